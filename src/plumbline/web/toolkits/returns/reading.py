"""A return as it is read, a section at a time; and what every page of a return has."""

from datetime import date
from typing import Any, NoReturn

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.people.access import Permission, may
from plumbline.toolkits import access, rules
from plumbline.toolkits.content import Criterion, Section
from plumbline.toolkits.models import Answer, Return
from plumbline.toolkits.queries import returns as queries
from plumbline.web.kit.access import signed_in
from plumbline.web.kit.request import Request
from plumbline.web.toolkits.returns import words

# Where a question was opened to be changed: there it leads back.
CHECK, SECTION = "check", "section"


def seen(request: Request, return_id: int) -> Return:
    return queries.return_seen(request.user, return_id=return_id, on=request.day)


def to_answer(request: Request, return_id: int) -> Return:
    """The return, where it is this person's to answer now; else "page not found"."""
    found = seen(request, return_id)
    if not access.may_answer(request.user, found, on=request.day):
        raise Http404
    return found


def section_of(held: queries.Held, key: str) -> Section:
    return next((section for section in held.content.sections if section.key == key), None) or _nowhere()


def criterion_of(held: queries.Held, key: str) -> tuple[Section, Criterion]:
    for section in held.content.sections:
        for criterion in section.criteria:
            if criterion.key == key:
                return section, criterion
    return _nowhere()


def _nowhere() -> NoReturn:
    raise Http404


def frame(answer_set: Return, held: queries.Held, current: str, *, reads_only: bool) -> dict[str, Any]:
    """What every page of a return has: its title, its sections as addresses, the way back."""
    tabs = [
        (section.title, words.address(answer_set, "return_section", section.key), section.key == current)
        for section in held.content.sections
    ]
    if not reads_only:
        tabs.append(("Check and hand in", words.address(answer_set, "return_check"), current == "check"))
    here = next((label for label, _, is_current in tabs if is_current), "")
    return {
        "answer_set": answer_set,
        "whose": words.whose(answer_set),
        "content": held.content,
        "tabs": tabs,
        "breadcrumbs": [
            ("Returns", reverse("returns")),
            (answer_set.title, words.address(answer_set)),
            (here, ""),
        ],
    }


@signed_in
def section(request: Request, return_id: int, section_key: str) -> HttpResponseBase:
    """One section's answers, to be read; for who is asked, with the way to each question."""
    answer_set = seen(request, return_id)
    held = queries.held(answer_set, on=request.day)
    found = section_of(held, section_key)
    answers_it = access.may_answer(request.user, answer_set, on=request.day)
    sections = held.content.sections
    number = sections.index(found)
    first = next((c for c in found.criteria if held.completeness.lack_of(c.key)), None) if answers_it else None
    context = {
        **frame(answer_set, held, found.key, reads_only=not answers_it), "section": found, "number": number + 1,
        "of": len(sections), "answers_it": answers_it, "progress": held.completeness.of(found),
        "rows": read_rows(
            request, answer_set, held, found, change_from=SECTION if answers_it else "",
            before=last_time(answer_set, request.day),
        ),
        "first": words.address(answer_set, "return_question", first.key) if first else "",
        "whole": words.address(answer_set, "return_section_whole", found.key),
        "after": words.address(answer_set, "return_section", sections[number + 1].key)
        if number + 1 < len(sections) else "",
    }  # fmt: skip
    return render(request, "toolkits/returns/reading.html", context)


def shows_moderation(request: Request, answer_set: Return) -> bool:
    """A moderator's answers are read by moderators as they work, by the others once all are there."""
    if answer_set.state in access.MODERATION_SHOWN:
        return True
    return may(request.user, Permission.RETURNS_MODERATE, on=request.day)


def read_rows(
    request: Request,
    answer_set: Return,
    held: queries.Held,
    found: Section,
    *,
    change_from: str = "",
    before: queries.Held | None = None,
) -> list[dict[str, Any]]:
    """The answers of a section, to be read. For who answers: `change_from`, the page that leads to each question, and
    `before`, what was said last time."""
    shows = shows_moderation(request, answer_set)
    rows = []
    for criterion in found.criteria:
        answer = held.answers.get(criterion.key)
        moderated = answer.moderated_value if answer and shows else ""
        rows.append(
            {
                "criterion": criterion,
                "answer": answer,
                "value": words.said(criterion, answer.value) if answer else "",
                "documents": held.documents.get(criterion.key, ()),
                "moderated": words.said(criterion, moderated),
                "differs": bool(moderated) and answer is not None and moderated != answer.value,
                "note": answer.moderation_note if answer and shows else "",
                "is_graded": rules.is_graded(criterion),
                **(_to_change(answer_set, held, criterion, before, answer, change_from) if change_from else {}),
            }
        )
    return rows


def _to_change(
    answer_set: Return,
    held: queries.Held,
    criterion: Criterion,
    before: queries.Held | None,
    answer: Answer | None,
    change_from: str,
) -> dict[str, Any]:
    """What is beside an answer for who can change it: what it lacks, what was said last time, and where it is
    changed."""
    lack = held.completeness.lack_of(criterion.key)
    return {
        "lack": words.LACKS[lack.code] if lack else "",
        "before": before_of(criterion, before, answer),
        "url": f"{words.address(answer_set, 'return_question', criterion.key)}?from={change_from}",
        "action": "Answer" if lack and lack.code == rules.NOT_ANSWERED else "Change",
        "evidence_url": f"{words.address(answer_set, 'return_evidence', criterion.key)}?from={change_from}"
        if lack and lack.code in ("missing_document", "expired_document")
        else "",
    }


def came_from(request: Request, answer_set: Return, section: Section, key: str) -> tuple[str, str]:
    """The page from which a question was opened to be changed, and its name; the section where none is said."""
    if request.GET.get("from", "") == CHECK:
        return f"{words.address(answer_set, 'return_check')}#q-{key}", "Check your answers"
    return f"{words.address(answer_set, 'return_section', section.key)}#q-{key}", section.title


def last_time(answer_set: Return, on: date) -> queries.Held | None:
    return queries.held(answer_set.previous, on=on) if answer_set.previous else None


def before_of(criterion: Criterion, before: queries.Held | None, answer: Answer | None) -> dict[str, Any] | None:
    """What was said last time; None where nothing was asked for then."""
    if before is None:
        return None
    asked = next((each for each in before.content.criteria if each.key == criterion.key), None)
    if asked is None:
        return {"is_new": True}
    then = before.values.get(criterion.key, "")
    return {
        "is_new": False,
        "value": words.said(asked, then),
        "same": answer is not None and answer.value == then,
        "carried": answer is not None and answer.carried_from_id is not None,
    }


def with_query(request: Request, address: str) -> str:
    query = request.GET.urlencode()
    return f"{address}?{query}" if query else address
