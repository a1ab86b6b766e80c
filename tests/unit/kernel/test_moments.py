"""Moments on the council's clocks, over the nights on which those change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from plumbline.contracts.rules.incidents import due_at
from plumbline.contracts.rules.notifications import Clock
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import PLACE, add_hours, as_on, day_of, end_of, here, moment, taken_at

# 27 March 2016 has no 01:30, and 30 October 2016 has two.
FORWARD, BACK = date(2016, 3, 27), date(2016, 10, 30)
HOURS = [datetime(2016, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(366 * 24)]


@pytest.mark.parametrize("hours", [1, 24, 72])
def test_a_clock_of_hours_runs_so_many_hours_from_each_hour_of_a_year(hours: int) -> None:
    clock = Clock(key="x", hours=hours, working_days=None, words="")
    apart = {due_at(clock, here(knew), holidays=()) - knew for knew in HOURS}
    assert apart == {timedelta(hours=hours)}


def test_each_hour_of_a_year_is_read_back_as_it_was_typed_but_the_second_of_an_hour_that_comes_twice() -> None:
    moved = [at for at in HOURS if taken_at(here(at).date(), here(at).time()) != at]
    assert moved == [datetime(2016, 10, 30, 1, tzinfo=UTC)]
    assert taken_at(BACK, time(1)) == datetime(2016, 10, 30, 0, tzinfo=UTC)


def test_the_hour_that_is_left_out_is_refused_and_no_other_of_the_year() -> None:
    refused = []
    for n in range(366 * 24):
        typed = datetime(2016, 1, 1) + timedelta(hours=n)  # noqa: DTZ001 - as it is typed
        try:
            taken_at(typed.date(), typed.time())
        except RuleBroken as wrong:
            refused.append((typed, wrong.code))
    assert refused == [(datetime(2016, 3, 27, 1), "no_such_time")]  # noqa: DTZ001 - as it is typed
    with pytest.raises(RuleBroken, match="There was no 01:30 on 27 March 2016"):
        taken_at(FORWARD, time(1, 30))


def test_a_clock_over_the_night_in_which_the_clocks_go_forward_is_not_an_hour_short() -> None:
    knew = datetime.combine(date(2016, 3, 26), time(14), PLACE)
    assert here(add_hours(knew, 24)) == datetime.combine(FORWARD, time(15), PLACE)


def test_a_day_ends_here() -> None:
    assert [end_of(day) for day in (date(2016, 1, 4), date(2016, 7, 4))] == [
        datetime(2016, 1, 4, 23, 59, tzinfo=UTC),
        datetime(2016, 7, 4, 22, 59, tzinfo=UTC),
    ]


def test_the_day_of_a_moment_is_the_day_here_and_never_after_the_day_taken_for_today() -> None:
    late_in_june = datetime(2016, 6, 30, 23, 30, tzinfo=UTC)
    assert day_of(late_in_june, on=date(2016, 7, 31)) == date(2016, 7, 1)
    assert day_of(datetime(2026, 11, 30, 9, tzinfo=UTC), on=date(2016, 7, 31)) == date(2016, 7, 31)


def test_a_moment_is_shown_as_of_the_demonstrations_day_and_outside_it_as_it_is() -> None:
    real, before = datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2016, 7, 30, 9, tzinfo=UTC)
    assert f"{as_on(real, date(2016, 7, 31)):%d %m %Y %H:%M}" == "31 07 2016 09:00"
    assert as_on(before, date(2016, 7, 31)) == before
    assert as_on(real, None) == real


def test_a_moment_of_today_may_be_carried_to_a_day_without_that_hour() -> None:
    assert here(moment(on=FORWARD, at=datetime(2026, 11, 30, 1, 30, tzinfo=UTC))).date() == FORWARD
