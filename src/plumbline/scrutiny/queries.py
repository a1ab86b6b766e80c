"""Reports as they may be read, and their figures as they may be shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.db.models import QuerySet

from plumbline.documents import model as documents
from plumbline.indicators import queries as indicators
from plumbline.indicators import questions
from plumbline.indicators.models import Publication
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.measures.catalogue import CATALOGUE
from plumbline.measures.disclosure import PROFILES, get_profile
from plumbline.measures.model import Measure
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.labels import speaking_on
from plumbline.people.models import User
from plumbline.scrutiny import document, library, placing, rules, wording
from plumbline.scrutiny.models import Answer, Claim, ClaimEvidence, Question, Report
from plumbline.scrutiny.placing import Shown

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


def _in_its_own_words(
    make: Callable[Concatenate[Report, _Given], _Made],
) -> Callable[Concatenate[Report, _Given], _Made]:
    """Whatever is made of a report is said in the council's words of the day that it is about; of a published one, as
    they were known when it was published."""

    @wraps(make)
    def run(report: Report, /, *args: _Given.args, **kwargs: _Given.kwargs) -> _Made:
        with speaking_on(report.as_at, known_at=report.published_at):
            return make(report, *args, **kwargs)

    return run


def reports_visible_to(viewer: User | None, on: date) -> QuerySet[Report]:
    """Newest first: drafts and published ones, or published ones only, or none. None is the machine's administrator.

    A report whose profile withholds no small counts is for those who may see them.
    """
    reports = Report.objects.select_related("publication").order_by("-id")
    if indicators.profile_of(viewer, on=on) is not None:
        reports = reports.exclude(profile__in=[each.name for each in PROFILES.values() if not each.threshold])
    if viewer is None or access.may(viewer, Permission.REPORT_VIEW_DRAFT, on=on):
        return reports
    if access.may(viewer, Permission.REPORT_VIEW_PUBLISHED, on=on):
        return reports.filter(state=Report.State.PUBLISHED)
    return reports.none()


def get_report(*, viewer: User | None, report_id: int, on: date) -> Report:
    """Raises RuleBroken (no_report), also for a report that the viewer may not see."""
    report = reports_visible_to(viewer, on).filter(pk=report_id).first()
    if report is None:
        raise RuleBroken(f"There is no report {report_id}.", code="no_report")
    return report


DEMONSTRATION = "county_2016"


def answers_here() -> library.Answers:
    """The demonstration's answers in the demonstration alone; a council that has written none has the figures of each
    question offered, and no words of an invented county."""
    written = library.answers(DEMONSTRATION)
    return written if settings.DEMO else library.offered(written)


def answerable_questions(written: library.Answers) -> list[Question]:
    """The questions that these answers have an answer to, in the order of their numbers."""
    asked = Question.objects.filter(question_set__key=written.question_set, number__in=written.answers.keys())
    return list(asked.exclude(wording="").order_by("number"))


def figures_asked(report: Report) -> dict[str, dict[str, Any]]:
    """Every figure that a claim of the report rests on: its question, by reference, in the order of the text."""
    evidence = ClaimEvidence.objects.filter(claim__answer__report=report).exclude(figure_ref="")
    ordered = evidence.order_by("claim__answer__question__number", "claim__position", "id")
    return {ref: asked or {} for ref, asked in ordered.values_list("figure_ref", "figure_asked")}


@_in_its_own_words
def figures_shown(report: Report, *, on: date) -> dict[str, Shown]:
    """Every figure of the report as it may be shown under its profile: frozen ones of a published report, or else as
    the records are now. A question that has no answer has its reason instead. The caller has checked who reads."""
    asked = figures_asked(report)
    if report.publication is None:
        bodies, reasons = _asked_now(asked, report.profile, on)
    else:
        bodies, reasons = _frozen(report.publication), report.front.get("cannot_be_given", {})
    bodies = rules.withhold_alike(bodies)
    defined = report.front.get("measures", {})
    found = {}
    for ref, question in asked.items():
        about = defined.get(question["key"]) or described(CATALOGUE[question["key"]])
        found[ref] = Shown(
            ref=ref,
            title=about["title"],
            meaning=_meaning(about["meaning"], bodies.get(ref)),
            kind=about["kind"],
            unit=about["unit"],
            split=question.get("by", ""),
            body=bodies.get(ref),
            reason=reasons.get(ref, ""),
        )
    return found


def figures_json(shown: Mapping[str, Shown], asked: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The figures of a report as `plumbline report --json` gives them."""
    return [
        {"ref": ref, **figure.body}
        if figure.body is not None
        else {"ref": ref, **asked[ref], "value": None, "reason": figure.reason}
        for ref, figure in shown.items()
    ]


@_in_its_own_words
def report_document(
    report: Report,
    *,
    viewer: User | None,
    on: date,
    council: str,
    colour: str,
    shown: Mapping[str, Shown] | None = None,
) -> documents.Report:
    """The report in the house format, ready for documents.html, docx and pdf.

    `shown` are the figures if the caller has them already (figures_shown). Raises NotAllowed for a viewer who may not
    see the report.
    """
    if not reports_visible_to(viewer, on).filter(pk=report.pk).exists():
        raise NotAllowed("You may not see this report.")
    shown = figures_shown(report, on=on) if shown is None else shown
    answers = Answer.objects.filter(report=report).select_related("question").order_by("question__number")
    claims = Claim.objects.filter(answer__report=report).prefetch_related("evidence__quotation", "evidence__document")
    by_answer: dict[int, list[Claim]] = {}
    for claim in claims.order_by("position"):
        by_answer.setdefault(claim.answer_id, []).append(claim)
    paper = document.Paper(
        title=report.title,
        as_at=report.as_at,
        dated=date.fromisoformat(report.front["dated"]),
        standing=standing(report),
        front=report.front,
        sections=[
            document.Section(
                number=answer.question.number,
                wording=answer.question.wording,
                summary=answer.summary,
                conclusion=answer.conclusion,
                claims=[_written(claim) for claim in by_answer.get(answer.pk, [])],
            )
            for answer in answers
        ],
        background_papers=_background_papers(report, answers, claims, shown),
        council=council,
        colour=colour,
        threshold=get_profile(report.profile).threshold or None,
    )
    return document.build(paper, shown)


@dataclass(frozen=True)
class Evidence:
    """What one claim rests on. `words` is the claim with its figures in it."""

    question: int
    position: int
    kind: str
    words: str
    figures: tuple[Shown, ...]
    quotation: document.Said | None
    documents: tuple[str, ...]


def evidence_of(report: Report, shown: Mapping[str, Shown]) -> list[Evidence]:
    """Every claim of the report with its evidence, in the order of the text. The caller has checked who reads."""
    claims = Claim.objects.filter(answer__report=report).prefetch_related("evidence__quotation", "evidence__document")
    found = []
    for claim in claims.select_related("answer__question").order_by("answer__question__number", "position"):
        ties = sorted(claim.evidence.all(), key=lambda one: one.pk)
        found.append(
            Evidence(
                question=claim.answer.question.number,
                position=claim.position,
                kind=claim.kind,
                words=documents.plain(placing.place(claim.text, shown)),
                figures=tuple(shown[one.figure_ref] for one in ties if one.figure_ref),
                quotation=_written(claim).quotation,
                documents=tuple(one.document.title for one in ties if one.document),
            )
        )
    return found


def standing(report: Report) -> str:
    """What the paper is now, in words."""
    if report.state == Report.State.PUBLISHED:
        return f"Published on {wording.on_day(report.front['dated'])}"
    return "Draft, not published"


def described(measure: Measure) -> dict[str, str]:
    """What a report says of a measure, besides its figure."""
    return {"title": measure.title, "meaning": measure.meaning, "unit": measure.unit, "kind": measure.kind}


def _frozen(publication: Publication) -> dict[str, dict[str, Any]]:
    return dict(publication.figures.order_by("id").values_list("ref", "shown"))


def _asked_now(
    asked: Mapping[str, Mapping[str, Any]], profile: str, on: date
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Each distinct question is asked once, and all of them of one state of the records."""
    bodies: dict[str, dict[str, Any]] = {}
    reasons: dict[str, str] = {}
    first: dict[tuple[tuple[str, str], ...], str] = {}
    with indicators.snapshot():
        for ref, question in asked.items():
            same = first.setdefault(tuple(sorted(question.items())), ref)
            if same != ref:
                if same in bodies:
                    bodies[ref] = bodies[same]
                else:
                    reasons[ref] = reasons[same]
                continue
            try:
                answer = indicators.answer_unchecked(asked=questions.read(question), on=on, profile=profile)
                bodies[ref] = answer.as_json()
            except RuleBroken as refusal:
                reasons[ref] = refusal.reason
    return bodies, reasons


def _meaning(meaning: str, body: Mapping[str, Any] | None) -> str:
    """The definition in words, what must be said beside this figure, and the definition's own key."""
    if body is None:
        return meaning
    notes = " ".join(body.get("notes", ()))
    return f"{meaning} {notes + ' ' if notes else ''}Measure {body['key']}, version {body['version']}."


def _written(claim: Claim) -> document.Written:
    said = next((one.quotation for one in claim.evidence.all() if one.quotation), None)
    quotation = document.Said(said.source_body, said.source_title, said.said_on, said.text) if said else None
    return document.Written(claim.kind, claim.text, claim.options, quotation)


def _background_papers(
    report: Report, answers: QuerySet[Answer], claims: QuerySet[Claim], shown: Mapping[str, Shown]
) -> list[documents.BackgroundPaper]:
    """What the report relied on, derived from the evidence of its claims."""
    found: dict[str, str] = {}
    for answer in answers.select_related("question__question_set"):
        guide = answer.question.question_set
        found[f"{guide.publisher}: {guide.title} ({guide.year})"] = guide.source
    frozen = report.front.get("horizons")
    horizons = frozen if frozen is not None else {s: d.isoformat() for s, d in indicators.horizons().items()}
    # A measure of a published report may have been taken out of the catalogue since.
    asked = [
        (CATALOGUE[figure.body["key"]], figure.body)
        for figure in shown.values()
        if figure.body and figure.body["key"] in CATALOGUE
    ]
    sources = dict.fromkeys(source for measure, _ in asked for source in measure.sources)
    for source in sources:
        if source in horizons:
            words = wording.SOURCES.get(source, source)
            found[f"{words}, to {wording.on_day(horizons[source])}"] = "Children's Services; holds personal data"
    for claim in claims:
        if "register" in claim.options and claim.options["found"]["rows"]:
            found[claim.options["found"]["source"]] = "Children's Services"
        for one in claim.evidence.all():
            if one.quotation:
                said = one.quotation
                found[f"{said.source_body}: {said.source_title}, {wording.on_day(said.said_on)}"] = said.permission
            if one.document:
                found[one.document.title] = "Children's Services"
    for register, moment in {wording.register(measure): body["known_at"] for measure, body in asked}.items():
        if register and not any(title.startswith(register) for title in found):
            found[f"{register}, {wording.at_moment(moment)}"] = "Children's Services"
    return [documents.BackgroundPaper(title, where) for title, where in found.items()]
