"""What is flagged of a document that expires, on each side of its last day."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from plumbline.evidence import rules
from plumbline.evidence.rules import expires

LAST = date(2016, 8, 15)


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (LAST - timedelta(1), "document_expiring"),
        (LAST, "document_expiring"),
        (LAST + timedelta(1), "document_expired"),
    ],
)
def test_a_document_has_expired_on_the_day_after_its_last(on: date, kind: str) -> None:
    assert expires(title="“Insurance”", whose="Larch Care", expires_on=LAST, on=on)[0] == kind


def test_the_sentence_names_whose_it_is_where_that_may_be_said() -> None:
    said = expires(title="“Insurance”", whose="Larch Care", expires_on=LAST, on=LAST)[1]
    assert said == "“Insurance” of Larch Care expires on 15 August 2016. Ask for its successor."
    assert expires(title="Restricted document 4", whose="", expires_on=LAST, on=LAST)[1].startswith(
        "Restricted document 4 expires"
    )


FIRST, END = date(2016, 4, 1), date(2016, 6, 30)


@pytest.mark.parametrize(
    ("period_from", "period_to", "expires_on", "said"),
    [
        (FIRST, END, LAST, ""),
        (FIRST, FIRST, FIRST, ""),
        (END, FIRST, None, "The period that it speaks for ends before it begins."),
        (FIRST, None, FIRST - timedelta(1), "It expires before the period that it speaks for begins."),
        (None, END, FIRST, ""),
        (None, None, None, ""),
    ],
)
def test_the_days_of_a_document_follow_each_other(period_from, period_to, expires_on, said) -> None:
    assert rules.details(period_from=period_from, period_to=period_to, expires_on=expires_on) == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"title": " "}, "Say what has changed."),
        ({"policies": 0}, "Say which policies are to be reviewed for it."),
        ({"review_by": FIRST - timedelta(1)}, "cannot be due for review before the change is in force"),
    ],
)
def test_a_change_in_law_says_what_for_which_policies_and_by_when(change, said) -> None:
    given = {"title": "Working Together", "policies": 1, "in_force": FIRST, "review_by": FIRST}
    found = rules.law_change(**{**given, **change})
    assert (said in found, bool(found)) == (True, bool(said))


def test_a_document_lies_under_the_first_signs_of_its_checksum() -> None:
    assert rules.path_of(Path("kept"), "ab12cd") == Path("kept/ab/ab12cd")
