"""How suppliers and published notices are said."""

from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.audit.models import Event
from plumbline.commissioning.models import OcdsParty
from plumbline.kernel import wording

MATCH_KINDS = {"waiting": "amber", "identifier": "green", "person": "green", "new": "green", "not_ours": "grey"}
NOTICE_KINDS = {"active": "blue", "planned": "blue", "planning": "blue", "complete": "green"}

_EVENTS = {
    "commissioning.supplier.made": "Put in the register",
    "commissioning.supplier.decided": "Decided who a published supplier is",
    "commissioning.supplier.undecided": "A decision on a published supplier was taken back",
    "commissioning.supplier.merged": "Two names found to be one supplier",
    "commissioning.supplier.renamed": "It has another name",
    "commissioning.supplier.unmerged": "A merge was undone: two suppliers",
}


def notice_kind(status: str) -> str:
    return NOTICE_KINDS.get(status, "grey")


def value(row: Any) -> str:
    """The value of a published award or contract with its currency; "" where none was published."""
    if row.value is None:
        return ""
    if row.currency in ("", "GBP"):
        return wording.money(row.value)
    return f"{row.currency} {row.value:,.2f}".removesuffix(".00")


def timeline(events: Sequence[Event], names: Mapping[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "at": event.at,
            "who": event.by_name,
            "what": _EVENTS.get(event.kind, _plain(event.kind)),
            "detail": _detail(event, names),
        }
        for event in events
    ]


def concerned(events: Sequence[Event]) -> list[int]:
    """The organisations whose names the timeline needs."""
    found = {event.data.get(key) for event in events for key in ("into", "organisation")}
    found |= {int(event.subject_id) for event in events if event.kind.endswith("merged") and event.subject_id.isdigit()}
    return [pk for pk in found if isinstance(pk, int)]


def _detail(event: Event, names: Mapping[int, str]) -> str:
    merged = names.get(int(event.subject_id), "") if event.subject_id.isdigit() else ""
    if event.kind == "commissioning.supplier.merged":
        return f"{merged} is read as {names.get(event.data.get('into', 0), '')}. {event.because}"
    if event.kind == "commissioning.supplier.renamed":
        return f"{event.data.get('before')} is called {event.data.get('after')}. {event.because}"
    if event.kind == "commissioning.supplier.unmerged":
        return f"{merged} is a supplier of its own again. {event.because}"
    if event.kind == "commissioning.supplier.decided":
        match = OcdsParty.Match(event.data["match"]).label
        return f"{match}, in {wording.how_many(event.data.get('rows', 1), 'notice', 'notices')}."
    return event.because


def _plain(kind: str) -> str:
    return kind.partition(".")[2].replace(".", " ").replace("_", " ").capitalize()
