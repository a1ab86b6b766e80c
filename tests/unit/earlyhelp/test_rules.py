"""When two wordings of the source are one."""

from plumbline.earlyhelp.rules import wording_key


def test_wordings_that_differ_in_spaces_capitals_and_apostrophes_are_one() -> None:
    assert wording_key("  Child’s  Needs MET ") == wording_key("child's needs met") == "child's needs met"
    assert wording_key("‘Needs met’") == "'needs met'"
    assert wording_key("Needs met") != wording_key("Needs not met")
