"""Counting working days, by which clocks run."""

from datetime import date

import pytest

from plumbline.kernel.periods import add_working_days

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2016, 7, day) for day in (8, 9, 10, 11))
# The late summer bank holiday of 2016.
HOLIDAYS = frozenset({date(2016, 8, 29)})


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
        (date(2016, 8, 29), 0, date(2016, 8, 30)),
    ],
)
def test_working_days_are_counted_from_the_day_after(day: date, count: int, expected: date) -> None:
    assert add_working_days(day, count, HOLIDAYS) == expected
