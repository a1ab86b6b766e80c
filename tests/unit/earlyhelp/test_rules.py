"""The rules of early help on plain values: when two wordings of the source are one, and when help is long."""

from datetime import date

import pytest

from plumbline.earlyhelp.rules import is_long, wording_key


def test_wordings_that_differ_in_spaces_capitals_and_apostrophes_are_one() -> None:
    assert wording_key("  Child’s  Needs MET ") == wording_key("child's needs met") == "child's needs met"
    assert wording_key("‘Needs met’") == "'needs met'"
    assert wording_key("Needs met") != wording_key("Needs not met")


@pytest.mark.parametrize(("started_on", "long"), [(date(2015, 7, 31), False), (date(2015, 7, 30), True)])
def test_help_of_more_than_a_year_is_a_prompt_to_ask_for_advice(started_on: date, long: bool) -> None:
    assert is_long(started_on=started_on, on=date(2016, 7, 31)) == long
