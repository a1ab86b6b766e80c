"""Counting working days, by which clocks run: after a day, or beginning with it, as the law of each clock says."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from plumbline.commissioning.rules.award import standstill_ends
from plumbline.contracts.rules.incidents import due_at
from plumbline.contracts.rules.notifications import library
from plumbline.flags import rules as flags
from plumbline.flags.kinds import kinds
from plumbline.kernel.moments import day_here
from plumbline.kernel.periods import (
    last_of_month,
    same_day_next_year,
    working_days_after,
    working_days_beginning_with,
    working_days_of_month,
)

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2016, 7, day) for day in (8, 9, 10, 11))
# The late summer bank holiday of 2016, Christmas and the new year.
HOLIDAYS = frozenset({date(2016, 8, 29), date(2016, 12, 26), date(2016, 12, 27), date(2017, 1, 2)})
BANK_HOLIDAY, CHRISTMAS_DAY, CHRISTMAS_EVE_FRIDAY = date(2016, 8, 29), date(2016, 12, 25), date(2016, 12, 23)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (FRIDAY, 1, MONDAY),
        (SATURDAY, 1, MONDAY),
        (SUNDAY, 1, MONDAY),
        (SATURDAY, 5, date(2016, 7, 15)),
        (FRIDAY, 0, FRIDAY),
        (SATURDAY, 0, MONDAY),
        (date(2016, 8, 26), 1, date(2016, 8, 30)),
        (date(2016, 8, 27), 1, date(2016, 8, 30)),
        (BANK_HOLIDAY, 0, date(2016, 8, 30)),
        (CHRISTMAS_EVE_FRIDAY, 1, date(2016, 12, 28)),
        (CHRISTMAS_DAY, 5, date(2017, 1, 4)),
    ],
)
def test_working_days_after_are_counted_from_the_next_day(day: date, count: int, expected: date) -> None:
    assert working_days_after(day, count, HOLIDAYS) == expected


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (FRIDAY, 1, FRIDAY),
        (FRIDAY, 8, date(2016, 7, 19)),
        (SATURDAY, 1, MONDAY),
        (SATURDAY, 8, date(2016, 7, 20)),
        (SUNDAY, 8, date(2016, 7, 20)),
        (MONDAY, 8, date(2016, 7, 20)),
        (BANK_HOLIDAY, 8, date(2016, 9, 8)),
        (CHRISTMAS_DAY, 8, date(2017, 1, 9)),
    ],
)
def test_a_period_beginning_with_a_day_has_so_many_working_days(day: date, count: int, expected: date) -> None:
    assert working_days_beginning_with(day, count, HOLIDAYS) == expected


def _incident(clock: str) -> Callable[[date], date]:
    def by_when(day: date) -> date:
        knew_at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
        return day_here(due_at(library().clocks[clock], knew_at, holidays=HOLIDAYS))

    return by_when


# Every clock of working days of the program, and its last day when it starts on each of these.
STARTS = (SATURDAY, BANK_HOLIDAY, CHRISTMAS_DAY)
CLOCKS: dict[str, tuple[Callable[[date], date], tuple[date, date, date]]] = {
    # "8 working days beginning with the day on which" (Procurement Act 2023, section 51): the first is the next
    # working day, and all eight are whole.
    "standstill": (
        lambda day: standstill_ends(day, 8, HOLIDAYS),
        (date(2016, 7, 20), date(2016, 9, 8), date(2017, 1, 9)),
    ),
    # "Within one working day" (Working Together; Keeping Children Safe in Education): after the day of knowing.
    "designated officer": (_incident("lado"), (MONDAY, date(2016, 8, 30), date(2016, 12, 28))),
    # "Within 5 working days of becoming aware" (Working Together to Safeguard Children 2023, chapter 5).
    "national panel": (_incident("panel"), (date(2016, 7, 15), date(2016, 9, 5), date(2017, 1, 4))),
    # "Within 15 working days of becoming aware" (the same).
    "rapid review": (_incident("rapid_review"), (date(2016, 7, 29), date(2016, 9, 19), date(2017, 1, 18))),
    # Our own clocks (domain.md 5.11): working days after we learnt of it.
    "child seen": (
        lambda day: next(
            step.due_on for step in flags.steps_of(kinds()["setting_adverse"], learnt_on=day, holidays=HOLIDAYS)
            if step.rule.code == "child_seen"
        ),
        (date(2016, 7, 15), date(2016, 9, 5), date(2017, 1, 4)),
    ),
    "weekly review": (
        lambda day: flags.next_time(
            flags.step_rule(kinds()["setting_unregistered"], "review"), after=day, holidays=HOLIDAYS
        ) or day,
        (date(2016, 7, 15), date(2016, 9, 5), date(2017, 1, 4)),
    ),
    "emergency at night": (
        lambda day: flags.due_on(kinds()["exception_undecided"], (), learnt_on=day, holidays=HOLIDAYS),
        (MONDAY, date(2016, 8, 30), date(2016, 12, 28)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("clock", CLOCKS)
def test_each_clock_that_starts_on_a_day_that_is_none_gives_all_its_days(clock: str) -> None:
    by_when, expected = CLOCKS[clock]
    assert tuple(by_when(day) for day in STARTS) == expected


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2016, 7, 31), 1, date(2017, 7, 31)),
        (date(2016, 2, 29), 1, date(2017, 3, 1)),
        (date(2016, 2, 29), 4, date(2020, 2, 29)),
    ],
)
def test_the_same_day_of_a_later_year(day: date, years: int, expected: date) -> None:
    assert same_day_next_year(day, years) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2016, 2, 1), date(2016, 2, 29)),
        (date(2017, 2, 28), date(2017, 2, 28)),
        (date(2016, 12, 31), date(2016, 12, 31)),
        (date(2016, 11, 30), date(2016, 11, 30)),
    ],
)
def test_the_last_day_of_a_month(day: date, expected: date) -> None:
    assert last_of_month(day) == expected


def test_the_working_days_of_a_month_leave_out_weekends_and_bank_holidays() -> None:
    august = list(working_days_of_month(date(2016, 8, 31), HOLIDAYS))
    assert (august[0], august[-1], len(august)) == (date(2016, 8, 1), date(2016, 8, 31), 22)
    assert BANK_HOLIDAY not in august
