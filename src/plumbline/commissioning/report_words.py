"""How the papers of an evaluation say a day, a moment, an amount, points; "" or words where there is none."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from plumbline.audit.models import Event
from plumbline.audit.moments import shown
from plumbline.commissioning.rules.scoring import Result, rounded
from plumbline.documents.model import Column, Row, Table
from plumbline.kernel import wording
from plumbline.people.models import User
from plumbline.toolkits.models import ToolkitVersion


def facts(caption: str, heading: str, rows: Sequence[tuple[str, str]]) -> Table:
    return Table(caption, (Column(heading), Column("Recorded")), [Row(name, (value,)) for name, value in rows])


def version(version: ToolkitVersion | None) -> str:
    return f"{version.title}, version {version.number}" if version is not None else "none"


def by_on(who: User | None, when: datetime | None) -> str:
    return f"{who.called}, {moment(when)}" if who is not None and when is not None else ""


def event(event: Event | None) -> str:
    return f"{moment(event.at)}, by {event.by_name}" if event is not None else ""


def moment(when: datetime | None) -> str:
    return wording.moment(shown(when)) if when is not None else ""


def day(day: date | None) -> str:
    return wording.day(day) if day is not None else ""


def money(amount: Decimal | None) -> str:
    return wording.NOT_RECORDED if amount is None else wording.money(amount)


def points(total: Fraction | None, found: Result) -> str:
    return "" if total is None else str(rounded(total, found.places))


def exact(value: Fraction) -> str:
    """To two places, and the fraction itself where that is not all of it."""
    shown = rounded(value)
    return str(shown) if Fraction(shown) == value else f"{shown} ({value})"
