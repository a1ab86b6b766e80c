"""Days and periods as the figures and clocks of the field count them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included, as on every page, command and report."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise RuleBroken(
                f"The period ends on {wording.day(self.last)}, before it starts on {wording.day(self.first)}.",
                code="end_before_start",
            )

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def same_day_next_year(day: date, years: int = 1) -> date:
    """The same day `years` later; 29 February becomes 1 March (measures.md, repeat referral)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return min(date(year, month + 1, 1) + timedelta(day.day - 1), last_of_month(date(year, month + 1, 1)))


def last_of_month(day: date) -> date:
    """The last day of the month that a day lies in."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(1)


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Whether a day is from Monday to Friday and no bank holiday (`holidays`)."""
    return day.weekday() < 5 and day not in holidays


def working_days_after(day: date, count: int, holidays: Collection[date]) -> date:
    """The `count`th working day after `day`: the first after a Saturday is the Monday. `count` 0 is the day itself, or
    the next working day.

    For a clock of "within n working days" of something that happened on `day`, which itself is not counted.
    """
    if count == 0:
        return working_days_beginning_with(day, 1, holidays)
    for _ in range(count):
        day += timedelta(1)
        while not is_working_day(day, holidays):
            day += timedelta(1)
    return day


def working_days_beginning_with(day: date, count: int, holidays: Collection[date]) -> date:
    """The last of `count` (1 or more) working days that begin with `day`: `day` counts where it is a working day, and
    otherwise the first is the next one.

    For a clock of "a period of n working days beginning with the day on which", such as a standstill.
    """
    while not is_working_day(day, holidays):
        day += timedelta(1)
    return working_days_after(day, count - 1, holidays) if count > 1 else day


def moved_by_a_holiday(due_on: date, *, counts_from: date, day: date, counts: bool, holidays: Collection[date]) -> date:
    """By when a running clock of working days is due once `day` has become a bank holiday (`counts`) or is none now.

    `holidays` as they are then, `counts_from` the first day that the clock could count. A day outside the clock, or at
    a weekend, moves nothing.
    """
    if not counts_from <= day <= due_on or day.weekday() >= 5:
        return due_on
    if counts:
        return working_days_after(due_on, 1, holidays)
    earlier = due_on - timedelta(1)
    while not is_working_day(earlier, holidays):
        earlier -= timedelta(1)
    return earlier


def working_days_of_month(day: date, holidays: Collection[date]) -> Iterator[date]:
    """The working days of the month that a day lies in, in order."""
    current = day.replace(day=1)
    while current.month == day.month:
        if is_working_day(current, holidays):
            yield current
        current += timedelta(1)
