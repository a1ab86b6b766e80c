"""What waits for someone on My work, for tests."""

from collections.abc import Sequence
from datetime import date, time

from plumbline.due import keeping, queries
from plumbline.due.models import Item
from plumbline.due.queries import DutySeen, MatterSeen
from plumbline.kernel.moments import taken_at
from plumbline.people.models import User


def duties_of(user: User, on: date) -> list[DutySeen]:
    """Their duties in the order of the page, those of one matter together."""
    keeping.catch_up(on=on, wait=True)
    found = queries.work_of(user, on=on, at=taken_at(on, time(9, 30)), most=1000)
    return of_matters(found.matters)


def of_kind(kind: str, user: User, on: date) -> list[Item]:
    """Their duties of one kind."""
    return [seen.item for seen in duties_of(user, on) if seen.item.kind == kind]


def of_matters(matters: Sequence[MatterSeen]) -> list[DutySeen]:
    return [seen for matter in matters for seen in matter.duties]


def what(user: User, on: date) -> list[str]:
    return [seen.item.what for seen in duties_of(user, on)]


def items(matters: Sequence[MatterSeen]) -> list[Item]:
    return [seen.item for seen in of_matters(matters)]
