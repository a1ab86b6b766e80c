"""When a matter is to be done, and what may be put off."""

from datetime import date, timedelta

import pytest

from plumbline.due.rules import Band, Clock, band, check_put_off, is_late
from plumbline.kernel.duties import Gravity
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import end_of

TODAY = date(2016, 7, 31)
NOW = end_of(TODAY) - timedelta(hours=14)
CLOCK = Clock.of(on=TODAY, now=NOW)


@pytest.mark.parametrize(
    ("gravity", "days", "expected"),
    [
        (Gravity.DANGER, -3, Band.NOW),
        (Gravity.DANGER, 0, Band.NOW),
        (Gravity.DANGER, None, Band.NOW),
        (Gravity.DANGER, 3, Band.WEEK),
        (Gravity.UNSEEN, 0, Band.NOW),
        (Gravity.UNSEEN, None, Band.WEEK),
        (Gravity.LAW, -30, Band.NOW),
        (Gravity.LAW, 8, Band.PLANNED),
        (Gravity.AGREED, -30, Band.TODAY),
        (Gravity.AGREED, 0, Band.TODAY),
        (Gravity.AGREED, 7, Band.WEEK),
        (Gravity.AGREED, 8, Band.PLANNED),
        (Gravity.HOUSEKEEPING, None, Band.WEEK),
    ],
)
def test_now_is_danger_and_a_clock_that_runs_out_today(gravity, days, expected):
    due = None if days is None else end_of(TODAY + timedelta(days))
    assert band(gravity, due, CLOCK) == expected


@pytest.mark.parametrize(("seconds", "late"), [(-61, True), (-59, False), (0, False), (59, False)])
def test_what_is_due_is_late_from_the_next_minute(seconds, late):
    now = NOW.replace(second=59)
    assert is_late(now + timedelta(seconds=seconds), now) is late
    assert is_late(None, now) is False


def test_an_hour_is_an_hour():
    assert band(Gravity.LAW, NOW + timedelta(hours=2), CLOCK) == Band.NOW


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"gravest": Gravity.DANGER}, "child_in_danger"),
        ({"because": "  "}, "missing_reason"),
        ({"until_on": TODAY}, "day_not_to_come"),
        ({"until_on": TODAY + timedelta(93)}, "too_long"),
    ],
)
def test_a_child_in_danger_is_never_put_off_and_nothing_without_a_reason_and_a_day(change, code):
    given = {"gravest": Gravity.AGREED, "until_on": TODAY + timedelta(14), "because": "They are away.", "on": TODAY}
    with pytest.raises(RuleBroken) as refused:
        check_put_off(**{**given, **change})
    assert refused.value.code == code


def test_what_is_agreed_is_put_off_to_a_day_to_come() -> None:
    given = {"gravest": Gravity.AGREED, "because": "They are away.", "on": TODAY}
    assert check_put_off(until_on=TODAY + timedelta(1), **given) is None
    assert check_put_off(until_on=TODAY + timedelta(92), **given) is None
