"""Numbers and days in words, and words read as days."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from plumbline.kernel import wording
from plumbline.web.home.about.colours import contrast, text_on
from plumbline.web.kit.days import NotADay, read_day


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (2704, "2,704"),
        (Decimal("76.0"), "76"),
        (64.7, "64.7"),
        (True, "Yes"),
        (None, "not recorded"),
        ("", "not recorded"),
        (0, "0"),
        (date(2016, 6, 30), "30 June 2016"),
        (datetime(2016, 6, 30, 14, 5), "30 June 2016 at 14:05"),  # noqa: DTZ001
    ],
)
def test_a_value_is_said_in_words(value: object, words: str) -> None:
    assert wording.in_words(value) == words


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2016, 7, 31), "today"),
        (date(2016, 8, 1), "tomorrow"),
        (date(2016, 8, 5), "in 5 days, 5 August 2016"),
        (date(2016, 7, 30), "1 day late, due 30 July 2016"),
        (date(2016, 7, 28), "3 days late, due 28 July 2016"),
    ],
)
def test_when_something_is_due_is_said_from_today(due_on: date, words: str) -> None:
    assert wording.by_when(due_on, date(2016, 7, 31)) == words


def test_a_share_shows_what_it_is_of() -> None:
    assert wording.share(Decimal("64.7"), 1750, 2704) == "64.7% (1,750 of 2,704)"


@pytest.mark.parametrize(
    "text",
    [
        "31/7/2016",
        "31 July 2016",
        "31 jul 2016",
        "31-07-2016",
        "2016-07-31",
        "31st July, 2016",
        " 31 7 2016 ",
        "31.7.2016",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert read_day(text) == date(2016, 7, 31)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("31/2/2016", "must be a real date"),
        ("7/31/2016", "must be a real date"),
        ("31 ju 2016", "must be a real date"),
        ("1/2/16", "must have a year of four figures, such as 2016"),
        ("31 July", "must include a year"),
        ("soon", "must be a date, such as 31 July 2016"),
        ("", "must be a date, such as 31 July 2016"),
        ("³¹/7/2016", "must be a real date"),
    ],
)
def test_what_is_no_day_is_refused_with_what_to_do(text: str, words: str) -> None:
    with pytest.raises(NotADay, match=words):
        read_day(text)


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#1d4f6e", "#ffdd00", "#777777", "#d4351c", "#767676"])
def test_text_on_the_councils_colour_can_be_read(colour: str) -> None:
    assert contrast(colour, text_on(colour)) >= 4.5


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
