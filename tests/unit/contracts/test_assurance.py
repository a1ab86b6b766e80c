"""For how long an assessment is valid, and what a return shows of the six policies."""

from datetime import date

import pytest

from plumbline.contracts.rules import assurance as rules
from plumbline.contracts.rules.assurance import PolicyAnswer
from tests.refusals import code_of, raises

DONE = date(2016, 2, 29)
SIX = ("safer_recruitment", "safeguarding", "dbs", "whistleblowing", "complaints", "anti_bullying")


@pytest.mark.parametrize(
    ("said", "document", "until"),
    [
        (None, None, date(2017, 2, 28)),
        (date(2016, 8, 1), None, date(2016, 8, 1)),
        (date(2016, 8, 1), date(2016, 7, 1), date(2016, 7, 1)),
        (None, date(2018, 1, 1), date(2017, 2, 28)),
    ],
)
def test_it_is_valid_until_the_first_of_term_document_and_what_was_said(said, document, until) -> None:
    found = rules.valid_until(completed_on=DONE, months=12, said=said, document_expires_on=document)
    assert found == until


def check(**changes) -> None:
    given = {
        "kind": "self", "completed_on": DONE, "said": None, "months": 12, "instrument": "Section 11",
        "has_source": True, "on": date(2016, 7, 31),
    }  # fmt: skip
    rules.check_assessment(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "peer"}, "unknown_kind"),
        ({"completed_on": date(2016, 8, 1)}, "future_date"),
        ({"said": date(2016, 2, 28)}, "end_before_start"),
        ({"said": date(2017, 3, 1)}, "longer_than_term"),
        ({"instrument": " "}, "missing_instrument"),
        ({"has_source": False}, "missing_source"),
    ],
)
def test_an_assessment_that_cannot_be_so_is_refused(changes, code) -> None:
    with raises(code):
        check(**changes)


def test_an_assessment_as_long_as_the_term_is_taken() -> None:
    assert check(said=date(2017, 2, 28)) is None


@pytest.mark.parametrize(
    ("months", "from_on", "because", "code"),
    [
        (0, date(2016, 8, 1), "Agreed", "out_of_range"),
        (61, date(2016, 8, 1), "Agreed", "out_of_range"),
        (24, date(2016, 7, 30), "Agreed", "past_date"),
        (24, date(2016, 8, 1), " ", "missing_reason"),
    ],
)
def test_a_term_that_cannot_be_is_refused(months, from_on, because, code) -> None:
    with raises(code):
        rules.check_term(kind="self", months=months, from_on=from_on, because=because, on=date(2016, 7, 31))


def answer(policy: str, value: str = "yes", reviewed_on: date | None = DONE, kind: str = "yes_no") -> PolicyAnswer:
    return PolicyAnswer(f"policy.{policy}", kind, value, reviewed_on)


def test_a_policy_in_place_with_the_day_of_its_review_counts() -> None:
    reviews, _ = rules.reviews_of([answer("dbs")], policies=SIX)
    assert reviews == [("dbs", DONE, None)]


def test_a_policy_that_is_not_in_place_does_not_count() -> None:
    assert rules.reviews_of([answer("dbs", "no")], policies=SIX)[0] == []


def test_a_policy_without_the_day_of_its_review_does_not_count() -> None:
    assert rules.reviews_of([answer("dbs", reviewed_on=None)], policies=SIX)[0] == []


def test_a_day_asked_for_as_such_is_the_day_of_the_review() -> None:
    reviews, _ = rules.reviews_of([answer("dbs", "2016-05-01", None, "date")], policies=SIX)
    assert reviews == [("dbs", date(2016, 5, 1), None)]


def test_the_policies_of_which_nothing_is_shown_are_named() -> None:
    assert rules.reviews_of([answer("dbs")], policies=SIX)[1] == [one for one in SIX if one != "dbs"]


def test_a_fact_that_is_none_of_the_six_is_left_aside() -> None:
    assert rules.reviews_of([answer("mood")], policies=SIX) == ([], list(SIX))


def test_a_day_that_is_none_is_no_review() -> None:
    assert rules.reviews_of([answer("dbs", "last May", None, "date")], policies=SIX)[0] == []


def test_of_two_reviews_the_later_counts() -> None:
    later = answer("dbs", reviewed_on=date(2016, 5, 1))
    assert rules.reviews_of([later, answer("dbs")], policies=SIX)[0] == [("dbs", date(2016, 5, 1), None)]
    assert rules.reviews_of([answer("dbs"), later], policies=SIX)[0] == [("dbs", date(2016, 5, 1), None)]


@pytest.mark.parametrize(
    ("kind", "months", "from_on", "code"),
    [
        ("self", 1, date(2016, 7, 31), ""),
        ("self", rules.LONGEST_MONTHS, date(2016, 7, 31), ""),
        ("peer", 12, date(2016, 7, 31), "unknown_kind"),
    ],
)
def test_a_term_from_today_on_is_taken(kind: str, months: int, from_on: date, code: str) -> None:
    given = {"kind": kind, "months": months, "from_on": from_on, "because": "Agreed.", "on": date(2016, 7, 31)}
    assert code_of(rules.check_term, **given) == code


@pytest.mark.parametrize(
    ("agreed_on", "has_source", "code"),
    [
        (date(2016, 7, 31), False, ""),
        (date(2016, 7, 30), False, "missing_source"),
        (date(2016, 7, 30), True, ""),
        (date(2016, 8, 1), True, "future_date"),
    ],
)
def test_a_plan_of_a_day_that_has_passed_needs_what_shows_it(agreed_on: date, has_source: bool, code: str) -> None:
    given = {"agreed_on": agreed_on, "has_source": has_source, "on": date(2016, 7, 31)}
    assert code_of(rules.check_plan, **given) == code
