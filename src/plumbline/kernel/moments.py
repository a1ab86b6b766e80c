"""Moments and the council's clocks: hours are counted in UTC, days are those of Europe/London.

In the demonstration days are of 2016 and moments are real: the day of a moment is then the demonstration's day
(`day_of`), and as of that day it is shown (`as_on`).
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken

# Days end, and people say times, where the council is.
PLACE = ZoneInfo("Europe/London")


def here(moment: datetime) -> datetime:
    """The moment on the council's clocks."""
    return moment.astimezone(PLACE)


def as_on(moment: datetime, on: date | None) -> datetime:
    """The moment on the council's clocks; where its day is later than `on`, the day taken for today, its time of day on
    that day."""
    local = here(moment)
    if on is None or local.date() <= on:
        return local
    return datetime.combine(on, local.time(), PLACE)


def day_here(moment: datetime) -> date:
    """The day here of a moment that a person gave, and nobody's clock."""
    return here(moment).date()


def day_of(moment: datetime, *, on: date) -> date:
    """The day here on which a moment of recording falls: no later day than `on`, the day taken for today."""
    return min(here(moment).date(), on)


def moment(*, on: date, at: datetime) -> datetime:
    """The moment on the council's clocks: `at`, or its time of day on the day taken for today where that is another."""
    return at if day_here(at) == on else datetime.combine(on, here(at).time(), PLACE).astimezone(UTC)


def taken_at(day: date, at: time) -> datetime:
    """The moment, in UTC, of a day and a time that a person read from a clock here.

    Of the hour that comes twice when the clocks go back, the earlier: a clock that begins then is over no later. Raises
    RuleBroken (no_such_time) for a time in the hour that is left out when they go forward.
    """
    local = datetime.combine(day, at.replace(fold=0), PLACE)
    moment = local.astimezone(UTC)
    if moment.astimezone(PLACE).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise RuleBroken(
            f"There was no {at:%H:%M} on {wording.day(day)}: the clocks went forward from 01:00 to 02:00. Give the "
            "time on a clock that had been put forward.",
            code="no_such_time",
        )
    return moment


def end_of(day: date) -> datetime:
    """The last minute of a day here, in UTC; in a year no clock changes then."""
    return datetime.combine(day, time(23, 59), PLACE).astimezone(UTC)


def add_hours(moment: datetime, hours: int) -> datetime:
    """So many hours later, in UTC, also over a night in which the clocks change."""
    return moment.astimezone(UTC) + timedelta(hours=hours)
