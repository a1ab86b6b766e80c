"""When a matter is to be done: now, today, this week or later; and what may be put off."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from plumbline.kernel.duties import Gravity
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import end_of

# What has no day of its own is to be done within so many days, so that it is not behind everything else.
WEEK = timedelta(7)
# Nobody puts something off for longer.
LONGEST = timedelta(92)


class Band(IntEnum):
    NOW = 0
    TODAY = 1
    WEEK = 2
    PLANNED = 3
    PUT_OFF = 4


@dataclass(frozen=True, slots=True)
class Clock:
    """What a band is told by: the moment, the end of its day and of the week."""

    now: datetime
    today: datetime
    week: datetime

    @staticmethod
    def of(*, on: date, now: datetime) -> "Clock":
        return Clock(now, end_of(on), end_of(on + WEEK))


def minute(moment: datetime) -> int:
    """Which minute it is: what is kept sorts and is late by the minute."""
    return int(moment.timestamp() // 60)


def is_late(due_at: datetime | None, now: datetime) -> bool:
    """Late is what was to be done in a minute before this one."""
    return due_at is not None and minute(due_at) < minute(now)


def band(gravity: int, due_at: datetime | None, clock: Clock) -> Band:
    """Now: a child in danger, and a clock that runs out today or has run out. In SQL: due.queries, held alike by a
    test."""
    today = due_at is not None and due_at <= clock.today
    if gravity == Gravity.DANGER and (due_at is None or today):
        return Band.NOW
    if today:
        return Band.NOW if gravity <= Gravity.LAW else Band.TODAY
    return Band.WEEK if due_at is None or due_at <= clock.week else Band.PLANNED


def check_put_off(*, gravest: int, until_on: date, because: str, on: date) -> None:
    """Raise RuleBroken unless a matter may be put off until this day."""
    if gravest == Gravity.DANGER:
        raise RuleBroken("A child may be in danger: this cannot be put off.", code="child_in_danger")
    if not because.strip():
        raise RuleBroken("Say why it is put off.", code="missing_reason")
    if until_on <= on:
        raise RuleBroken("Give a day after today.", code="day_not_to_come")
    if until_on > on + LONGEST:
        raise RuleBroken("Nothing is put off for more than three months.", code="too_long")
