"""Days, amounts and lateness as people say them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from plumbline.kernel import wording
from plumbline.kernel.labels import capital, small

TODAY = date(2016, 7, 31)


@pytest.mark.parametrize(
    ("due_on", "soon", "by_when"),
    [
        (date(2016, 7, 31), "today", "today"),
        (date(2016, 8, 1), "tomorrow", "tomorrow"),
        (date(2016, 8, 2), "in 2 days", "in 2 days, 2 August 2016"),
        (date(2016, 7, 30), "1 day late", "1 day late, due 30 July 2016"),
        (date(2013, 7, 31), "1,096 days late", "1,096 days late, due 31 July 2013"),
    ],
)
def test_how_soon_something_is_due_is_said_from_today(due_on: date, soon: str, by_when: str) -> None:
    assert (wording.how_soon(due_on, TODAY), wording.by_when(due_on, TODAY)) == (soon, by_when)


def test_a_moment_a_month_and_an_amount_in_words() -> None:
    assert wording.moment(datetime(2016, 7, 1, 9, 5, tzinfo=UTC)) == "1 July 2016 at 09:05"
    assert wording.month(TODAY) == "July 2016"
    assert (wording.money(Decimal("12500.00")), wording.money(Decimal("12500.4"))) == ("£12,500", "£12,500.40")


@pytest.mark.parametrize(
    ("words", "inside"), [("Safeguarding", "safeguarding"), ("TAC", "TAC"), ("A child", "a child"), ("", "")]
)
def test_words_begin_small_inside_a_sentence_but_for_those_in_capitals(words: str, inside: str) -> None:
    assert (small(words), capital(inside)) == (inside, words)
