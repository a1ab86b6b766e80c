"""Texts for wide reading hold no names, and no refusal tells whose name it found.

What is typed is compared only with names that its writer may see. Where there are others (a child whom the writer may
not see, staff named in an account that they may not read), or the writer has been refused often, nothing is compared:
the text is kept unseen, whatever it says, and someone who may see those names reads it.

Who is only placed at the setting of an incident, and not linked to it, is looked for once the text is kept: where it
names one of them it is hidden, and never refused (placements.at_setting). That too says something to its writer, so it
is an event, and counts as a refusal does.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from plumbline.audit.models import Event
from plumbline.contracts.models import Contract, Incident
from plumbline.contracts.queries import held, incidents
from plumbline.contracts.rules import incidents as rules
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.models import Child
from plumbline.people.queries import organisations_of

P = ParamSpec("P")
R = TypeVar("R")

REFUSED, FOUND = "contracts.name.refused", "contracts.name.found"
_CODES = frozenset({"names_somebody", "names_a_child"})
# So many refusals of one writer in an hour, or names found for them of children whom they may not see; then their texts
# are kept unseen, whatever they say.
MOST_REFUSALS = 5


@dataclass(frozen=True, slots=True)
class Names:
    """Names that a text may not hold: those that its writer may see, and whether there are others."""

    seen: Collection[str]
    unseen: bool


def watched(operation: Callable[P, R]) -> Callable[P, R]:
    """Leave an event of each refusal because of a name; outside the transaction that is undone by it."""

    @wraps(operation)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return operation(*args, **kwargs)
        except RuleBroken as refusal:
            if refusal.code in _CODES:
                act = cast(Act, kwargs["act"])
                refusal.record(lambda: act.record(REFUSED, what=operation.__name__))
            raise

    return run


def shown(text: str, names: Names, *, what: str, act: Act) -> str:
    """The text as others may read it at once: as it is, or `held.HELD`. Raises RuleBroken where it holds a name that
    its writer may see."""
    if not text:
        return text
    if names.unseen or _often_refused(act):
        return held.HELD
    rules.check_nameless(text, names.seen, what=what)
    return text


def _often_refused(act: Act) -> bool:
    if act.by is None:
        return False
    lately = Event.objects.filter(kind__in=[REFUSED, FOUND], by_id=act.by.pk, at__gt=act.at - timedelta(hours=1))
    return lately.count() >= MOST_REFUSALS


def of_incident(
    incident: Incident | None,
    *,
    contract: Contract | None = None,
    children: Collection[Child] = (),
    staff: str | None = None,
    act: Act,
) -> Names:
    """The names that a text about the incident may not hold, as far as the writer may see them. `children`: those whom
    the caller has found among those that the writer may see; `staff`: what they have typed themselves."""
    of = contract or (incident.contract if incident else None)
    if of is None:
        raise ValueError("an incident or its contract")
    may_read = incident is None or act.by is None or incidents.may_read_narrative(act.by, incident, on=act.on)
    hidden = bool(incident and incident.staff_involved.strip()) and not may_read
    others = incidents.children_named(incident, of)
    seen, unseen = held.names_for(act.by, named=others, staff_hidden=hidden, on=act.on)
    known_staff = staff if staff is not None and not hidden else (incident.staff_involved if incident else "")
    provider = (
        act.by is None or act.may(Permission.INCIDENTS_MANAGE) or of.provider_id in organisations_of(act.by, on=act.on)
    )
    return Names(
        seen=incidents.names_of(
            children=[*children, *(child for child in others if child.pk in seen)],
            staff="" if hidden else known_staff,
            provider_id=of.provider_id if provider else None,
        ),
        unseen=unseen,
    )
