"""Figures in sentences."""

import pytest

from plumbline.documents.model import Figure, Text, Withheld, plain
from plumbline.scrutiny import placing
from plumbline.scrutiny.placing import Shown


def shown(ref="open_now", *, kind="stock", split="", reason="", **body):
    whole = {"key": "tac_open", "as_at": "2016-06-30", "withheld": False, **body} if body else None
    return Shown(ref, "TACs open", "TACs open on the day.", kind, "TACs", split, whole, reason)


SHARE = shown("led", kind="share_of_stock", value=64.7, numerator=1750, denominator=2704, not_yet_known=0)
COUNT = shown("now", value=2704, numerator=2704, denominator=None)
BEFORE = shown("before", value=1131, numerator=1131, denominator=None)
HIDDEN = shown("few", value=None, numerator=None, denominator=None, withheld=True)
SPLIT = shown(
    "split",
    split="status",
    value=102,
    numerator=102,
    rows=[
        {"group": {"status": "clear"}, "value": 98, "numerator": 98, "withheld": False},
        {"group": {"status": "adverse"}, "value": None, "numerator": None, "withheld": True},
    ],
)
NONE = shown("none", reason="The records reach to 31 July 2016 only.")
ALL = {figure.ref: figure for figure in (SHARE, COUNT, BEFORE, HIDDEN, SPLIT, NONE)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{now}} open", "2,704 open"),
        ("{{led}}", "64.7% (1,750 of 2,704)"),
        ("{{led.value}} or {{led.numerator}} of {{led.denominator}}", "64.7% or 1,750 of 2,704"),
        ("on {{now.when}}", "on 30 June 2016"),
        ("{{now vs before}}", "up from"),
        ("{{before vs now}}", "down from"),
        ("{{now vs now}}", "the same as"),
        ("{{now vs few}}", "against"),
        ("{{split[clear]}} clear", "98 clear"),
        ("{{split[watch]}} to be watched", "0 to be watched"),
        ("{{few}} of them", "withheld of them"),
        ("{{split[adverse]}} adverse", "withheld adverse"),
        ("{{none}}", "cannot be given"),
        ("{{unknown}} stays", "{{unknown}} stays"),
        ("{{now.__class__}} stays", "{{now.__class__}} stays"),
    ],
)
def test_a_text_says_its_figures(text, words):
    assert plain(placing.place(text, ALL)) == words


def test_a_withheld_figure_carries_no_value():
    [run] = placing.place("{{few}}", ALL)
    assert isinstance(run, Withheld)


def test_a_share_given_in_short_is_listed_with_what_it_is_a_share_of():
    [run] = placing.place("{{led.value}}", ALL)
    assert isinstance(run, Figure)
    assert run.full == "64.7% (1,750 of 2,704)"


def test_a_group_is_a_figure_of_its_own():
    [run] = placing.place("{{split[clear]}}", ALL)
    assert isinstance(run, Figure)
    assert (run.ref, run.title) == ("split-clear", "TACs open: Clear")


def test_the_reason_of_a_figure_that_cannot_be_given_is_said_once():
    assert placing.not_given("{{none}} and {{none.value}}", ALL) == (
        "“TACs open” cannot be given: The records reach to 31 July 2016 only.",
    )


def test_markup_in_a_text_stays_words():
    assert placing.place("<script>alert(1)</script>", ALL) == (Text("<script>alert(1)</script>"),)
