"""How returns, their states and what happened to them are said."""

from datetime import date
from typing import Any

from django.urls import reverse

from plumbline.audit.models import Event
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.queries import care, visits
from plumbline.kernel import wording
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.toolkits import rules
from plumbline.toolkits.content import Content, Criterion
from plumbline.toolkits.models import Return, ReturnState
from plumbline.web.kit.asking import Question

_S = ReturnState
KINDS = {
    _S.REQUESTED: "blue", _S.IN_PROGRESS: "blue", _S.SUBMITTED: "blue", _S.RETURNED: "amber", _S.RESUBMITTED: "blue",
    _S.MODERATED: "blue", _S.SIGNED_OFF: "green", _S.CANCELLED: "grey",
}  # fmt: skip
# What a question lacks (toolkits.rules.Missing), in short.
LACKS = {
    "not_answered": "Not answered yet",
    "missing_document": "A document is needed",
    "expired_document": "The document has expired",
    "bad_value": "Not an answer",
}
_HAPPENED = {
    "toolkits.return.requested": "Asked for",
    "toolkits.return.submitted": "Handed in",
    "toolkits.return.sent_back": "Sent back",
    "toolkits.return.moderated": "Moderated",
    "toolkits.return.signed_off": "Signed off",
    "toolkits.return.cancelled": "Cancelled",
    "toolkits.return.assigned": "One person more asked to answer",
    "toolkits.return.assignment_ended": "One person not asked to answer any more",
    "exchange.return_file.taken": "Answered in Excel",
}


def address(answer_set: Return, route: str = "return", *more: str) -> str:
    return reverse(route, args=[answer_set.pk, *more])


def question(answer_set: Return, *, heading: str, button: str, about: str) -> Question:
    return Question(
        heading=heading,
        button=button,
        back=address(answer_set),
        back_words=answer_set.title,
        caption=answer_set.title,
        about=about,
    )


def whose(answer_set: Return) -> str:
    return answer_set.organisation.name if answer_set.organisation else "The council"


def serves(answer_set: Return, viewer: User, *, on: date) -> list[tuple[str, str]]:
    """What a return is filled in for, of what the viewer may see, with its page: a contract, a meeting, a visit."""
    found = []
    contract = contracts_visible_to(viewer, on=on).filter(returns__answer_set=answer_set).first()
    if contract is not None:
        inside = may(viewer, Permission.CONTRACTS_VIEW, on=on)
        page = reverse("contract" if inside else "provider_contract", args=[contract.pk])
        found.append((f"Contract {contract.called}", page))
    for meeting in care.evaluations_visible_to(viewer, on=on).filter(answer_set=answer_set):
        held_on = wording.day(meeting.held_on)
        found.append((f"Evaluation meeting of {held_on}", reverse("meeting", args=[meeting.pk])))
    for visit in visits.visits_visible_to(viewer, on=on).filter(answer_set=answer_set):
        found.append((f"Visit of {wording.day(visit.visited_on)}", reverse("visit", args=[visit.pk])))
    return found


def period(answer_set: Return) -> str:
    if answer_set.period_from is None or answer_set.period_to is None:
        return ""
    return f"{wording.day(answer_set.period_from)} to {wording.day(answer_set.period_to)}"


def grade(content: Content, kept: str) -> str:
    """A kept overall result in words: the label of the grade, or the percentage as it is."""
    for criterion in content.criteria:
        for option in rules.options_of(criterion):
            if option.code == kept and option.points is not None:
                return option.label
    return kept


def said(criterion: Criterion, value: str) -> str:
    """An answer as people read it."""
    if criterion.answer == "date" and value and not rules.check_answer(criterion, value):
        return wording.day(date.fromisoformat(value))
    return rules.label_of(criterion, value)


def timeline(events: list[Event]) -> list[dict[str, Any]]:
    return [
        {"at": event.at, "who": event.by_name, "what": _HAPPENED[event.kind], "detail": event.because or _detail(event)}
        for event in events
        if event.kind in _HAPPENED
    ]


def _detail(event: Event) -> str:
    if event.kind == "exchange.return_file.taken":
        data = event.data
        taken = wording.how_many(data["changed"], "answer", "answers")
        return f"{taken} taken, {wording.how_many(data['refused'], 'row', 'rows')} refused."
    if event.kind == "toolkits.return.requested" and event.data.get("carried"):
        carried = wording.how_many(event.data["carried"], "answer was", "answers were")
        return f"{carried} carried forward from last time."
    return ""
