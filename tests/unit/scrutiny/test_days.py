"""Days and periods that an answer names, for any day that a report is as at."""

from datetime import date

import pytest

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.periods import Period
from plumbline.scrutiny import days


@pytest.mark.parametrize(
    ("words", "as_at", "meant"),
    [
        ("D", date(2016, 6, 30), date(2016, 6, 30)),
        ("D-2y", date(2016, 6, 30), date(2014, 6, 30)),
        ("D-1y+1d", date(2016, 6, 30), date(2015, 7, 1)),
        ("year_end", date(2016, 6, 30), date(2016, 3, 31)),
        ("year_end", date(2016, 3, 31), date(2016, 3, 31)),
        ("year_end", date(2016, 3, 30), date(2015, 3, 31)),
        ("year_end-25m+1d", date(2016, 6, 30), date(2014, 3, 1)),
    ],
)
def test_a_day_is_counted_from_the_report_s_own(words, as_at, meant):
    assert days.day(words, as_at) == meant


def test_the_last_day_of_a_month_stays_the_last_day_when_months_are_counted():
    assert days.day("D-3m", date(2016, 6, 30)) == date(2016, 3, 31)


def test_another_day_keeps_its_number_when_months_are_counted():
    assert days.day("D-3m", date(2016, 6, 15)) == date(2016, 3, 15)


def test_the_leap_day_a_year_earlier_is_the_last_of_february():
    assert days.day("D-1y", date(2016, 2, 29)) == date(2015, 2, 28)


def test_last_year_is_the_whole_year_to_31_march_on_or_before_the_day():
    assert days.period("last_year", date(2016, 3, 31)) == Period(date(2015, 4, 1), date(2016, 3, 31))


def test_the_year_before_ends_where_last_year_starts():
    assert days.period("year_before", date(2016, 6, 30)) == Period(date(2014, 4, 1), date(2015, 3, 31))


@pytest.mark.parametrize("words", ["", "2016-06-30", "D-2", "D-2w", "tomorrow", "Dx"])
def test_words_that_name_no_day_are_refused(words):
    with pytest.raises(RuleBroken) as refusal:
        days.day(words, date(2016, 6, 30))
    assert refusal.value.code == "wrong_day"


def test_a_figure_becomes_the_question_it_asks():
    figure = {"key": "tac_open", "from": "D-1y+1d", "to": "D", "every": "month", "by": "lead_sector"}
    assert days.resolve(figure, date(2016, 6, 30)) == {
        "key": "tac_open",
        "every": "month",
        "by": "lead_sector",
        "from": "2015-07-01",
        "to": "2016-06-30",
    }
