"""Loading question sets, writing a report, publishing it, and running its figures again."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from plumbline.indicators import operations as indicators
from plumbline.indicators import queries as figures
from plumbline.indicators import questions
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.names import listed
from plumbline.kernel.transitions import check_move
from plumbline.measures.catalogue import CATALOGUE
from plumbline.measures.disclosure import get_profile
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.acting import operation
from plumbline.people.labels import speaking_on
from plumbline.people.models import User
from plumbline.scrutiny import days, library, queries, records, rules, wording
from plumbline.scrutiny.models import Answer, Claim, ClaimEvidence, Question, QuestionSet, Quotation, Report
from plumbline.scrutiny.states import REPORT_MOVES


@operation
def load_question_sets(*, act: Act) -> None:
    """The library's question sets into the database; run again, it changes only what the library changed."""
    for written in library.question_sets():
        described = {name: written.get(name, "") for name in ("title", "publisher", "year", "source", "note")}
        found, _ = QuestionSet.objects.update_or_create(key=written["key"], defaults=described)
        before = {question.number: question for question in found.questions.all()}
        changed = 0
        for number in range(1, written["slots"] + 1):
            said = dict.fromkeys(("wording", "theme", "source"), "")
            said |= {part: str(words).strip() for part, words in written["questions"].get(number, {}).items()}
            question = before.get(number)
            if question is None:
                Question.objects.create(question_set=found, number=number, **said)
            elif any(getattr(question, part) != words for part, words in said.items()):
                Question.objects.filter(pk=question.pk).update(**said)
            else:
                continue
            changed += 1
        if changed:
            act.record("scrutiny.question_set.loaded", subject=found, changed=changed)


@operation
def write_report(
    *,
    question_numbers: Sequence[int],
    as_at: date,
    profile: str = "dfe-cin",
    act: Act,
    answers: library.Answers | None = None,
) -> Report:
    """A draft that answers the questions as at a day, from `answers`, else from `queries.answers_here`.

    Raises NotAllowed, also for a profile that shows more than the author may see; and RuleBroken: no_question,
    unknown_question (no such number), no_wording (a slot whose wording was not found), no_answer, future_date,
    unknown_profile.
    """
    act.check(Permission.REPORT_WRITE)
    if as_at > act.on:
        raise RuleBroken(
            f"{wording.on_day(as_at)} has not come yet: today is {wording.on_day(act.on)}.", code="future_date"
        )
    # A paper is written in the words of the day that it is about.
    with speaking_on(as_at):
        chosen_profile = get_profile(profile)
        figures.check_profile(act.by, profile, on=act.on)
        written = answers or queries.answers_here()
        asked = _questions(written, question_numbers)
        report = Report.objects.create(
            title=_title([question.number for question in asked]),
            as_at=as_at,
            profile=chosen_profile.name,
            front={**written.front, "dated": act.on.isoformat(), "question_set": written.question_set},
            made_at=act.at,
            made_by=act.by,
        )
        for question in asked:
            one = written.answers[question.number]
            answer = Answer.objects.create(
                report=report, question=question, summary=one.summary, conclusion=one.conclusion
            )
            for position, claim in enumerate(one.claims, start=1):
                options = dict(claim.options)
                if "register" in options:
                    options["found"] = records.read(
                        options["register"], as_at=as_at, on=act.on, at=act.at, profile=chosen_profile
                    )
                row = Claim.objects.create(
                    answer=answer, position=position, kind=claim.kind, text=claim.text, options=options
                )
                _tie(row, claim, written, as_at)
    act.record(
        "scrutiny.report.written",
        subject=report,
        questions=[question.number for question in asked],
        as_at=as_at.isoformat(),
        profile=profile,
    )
    return report


def publish_report(*, report_id: int, act: Act) -> Report:
    """Freeze the report with every figure that can be given, as known at one moment.

    A figure that cannot be given is published as such, with its reason. Raises NotAllowed, and RuleBroken: no_report,
    wrong_state (it has been published already).
    """
    act.check(Permission.REPORT_PUBLISH)
    # Choosing the moment holds up every commit for the rest of its transaction, so the figures are frozen in a
    # transaction of their own; if someone else publishes meanwhile, ours are frozen figures that no report shows.
    draft = _to_publish(Report.objects.all(), report_id)
    asked = queries.figures_asked(draft)
    with speaking_on(draft.as_at):
        refused = _refusals(asked, act.on)
        publication = indicators.publish(
            title=draft.title,
            questions_by_ref={ref: question for ref, question in asked.items() if ref not in refused},
            profile=draft.profile,
            act=act,
        )
        defined = {question["key"]: queries.described(CATALOGUE[question["key"]]) for question in asked.values()}
    with transaction.atomic():
        report = _to_publish(Report.objects.select_for_update(of=("self",)), report_id)
        report.front |= {
            "dated": act.on.isoformat(),
            "cannot_be_given": refused,
            # A later change of wording in the catalogue does not change what was published.
            "measures": dict(sorted(defined.items())),
            "horizons": {source: day.isoformat() for source, day in figures.horizons().items()},
        }
        report.state, report.publication = Report.State.PUBLISHED, publication
        report.published_at, report.published_by = act.at, act.by
        report.save(update_fields=["front", "state", "publication", "published_at", "published_by"])
        act.record("scrutiny.report.published", subject=report, publication=publication.pk)
    return report


def _to_publish(reports: QuerySet[Report], report_id: int) -> Report:
    report = reports.filter(pk=report_id).first()
    if report is None:
        raise RuleBroken(f"There is no report {report_id}.", code="no_report")
    check_move(REPORT_MOVES, Report.State(report.state), Report.State.PUBLISHED)
    return report


def rerun_report(*, report_id: int, viewer: User | None, on: date) -> list[dict[str, Any]]:
    """Every figure of a published report: as published, as known then, as known now, and why they differ.

    Raises NotAllowed, and RuleBroken: no_report, not_published.
    """
    report = queries.get_report(viewer=viewer, report_id=report_id, on=on)
    if report.publication is None:
        raise RuleBroken(
            f"Report {report_id} has not been published, so there is nothing to compare with.", code="not_published"
        )
    return indicators.rerun(publication=report.publication, viewer=viewer, on=on, alike=rules.withhold_alike)


def _questions(written: library.Answers, numbers: Sequence[int]) -> list[Question]:
    """The questions in the order of their numbers, each answerable."""
    if not numbers:
        raise RuleBroken("A report answers at least one question.", code="no_question")
    in_set = Question.objects.filter(question_set__key=written.question_set).select_related("question_set")
    known = {question.number: question for question in in_set}
    if not known:
        raise RuleBroken("The question sets have not been loaded: run `plumbline init`.", code="unknown_question")
    for number in numbers:
        if number not in known:
            raise RuleBroken(
                f"There is no question {number}: {known[min(known)].question_set.title} has {len(known)} questions.",
                code="unknown_question",
            )
        if not known[number].wording:
            raise RuleBroken(
                f"The wording of question {number} was not found: it is an empty slot, and cannot be answered.",
                code="no_wording",
            )
        if number not in written.answers:
            raise RuleBroken(f"No answer to question {number} has been written yet.", code="no_answer")
    return [known[number] for number in sorted(set(numbers))]


def _title(numbers: Sequence[int]) -> str:
    asked = "question" if len(numbers) == 1 else "questions"
    return f"Assurance on safeguarding: {asked} {listed([str(number) for number in numbers])}"


def _tie(row: Claim, claim: library.WrittenClaim, written: library.Answers, as_at: date) -> None:
    """The evidence that the claim rests on."""
    evidence = [
        ClaimEvidence(claim=row, figure_ref=ref, figure_asked=days.resolve(written.figures[ref], as_at))
        for ref in claim.figures
    ]
    if claim.quotation:
        said = written.quotations[claim.quotation]
        quotation, _ = Quotation.objects.get_or_create(
            source_body=said["source_body"],
            source_title=said["source_title"],
            said_on=said["said_on"],
            text=" ".join(said["text"].split()),
            permission=said["permission"],
        )
        evidence.append(ClaimEvidence(claim=row, quotation=quotation))
    for one in evidence:
        one.save()


def _refusals(asked: Mapping[str, Mapping[str, Any]], on: date) -> dict[str, str]:
    """The reason for each figure that cannot be given now."""
    refused = {}
    for ref, question in asked.items():
        try:
            figures.answer_unchecked(asked=questions.read(question), on=on)
        except RuleBroken as refusal:
            refused[ref] = refusal.reason
    return refused
