"""Series: how a period is cut."""

from datetime import date

import pytest

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.periods import Period
from plumbline.measures.series import pieces


def cut(first, last, every):
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    return [f"{piece.first}..{piece.last}" for piece in pieces(period, every)]


def test_without_a_step_the_period_is_one_piece():
    assert cut("2015-04-01", "2016-03-31", None) == ["2015-04-01..2016-03-31"]


def test_years_run_from_the_first_day_asked():
    assert cut("2014-04-01", "2016-03-31", "year") == ["2014-04-01..2015-03-31", "2015-04-01..2016-03-31"]


def test_the_last_piece_may_be_short():
    assert cut("2016-01-01", "2016-05-10", "quarter") == ["2016-01-01..2016-03-31", "2016-04-01..2016-05-10"]


def test_months_from_the_31st_come_back_to_it_after_a_short_month():
    assert cut("2016-01-31", "2016-04-29", "month") == [
        "2016-01-31..2016-02-28",
        "2016-02-29..2016-03-30",
        "2016-03-31..2016-04-29",
    ]


def test_another_step_is_refused():
    with pytest.raises(RuleBroken, match="by month, quarter or year, not by “week”") as refused:
        cut("2016-01-01", "2016-12-31", "week")

    assert refused.value.code == "unknown_every"
