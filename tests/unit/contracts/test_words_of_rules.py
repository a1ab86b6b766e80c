"""What rules of contracts say in words: of a colour, a reason, a home's visit."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from plumbline.contracts.rules import contacts, flags, rating, visits
from tests.refusals import code_of

JULY = date(2016, 7, 31)


@dataclass(frozen=True)
class Reason:
    sentence: str


def reasons(*sentences: str) -> list[Reason]:
    return [Reason(each) for each in sentences]


def test_a_flag_about_a_contract_says_its_first_three_reasons_and_how_many_more() -> None:
    assert flags.reason("C-1", reasons("One.", "Two.", "Three.")) == "C-1: One. Two. Three."
    assert flags.reason("C-1", reasons("One.", "Two.", "Three.", "Four.", "Five.")) == (
        "C-1: One. Two. Three. And 2 more."
    )


@pytest.mark.parametrize(
    ("colour", "said"),
    [
        ("red", "The contract is red now."),
        ("amber", "The contract is amber now."),
        ("green", "Nothing counts against the contract any more."),
        (None, "The contract is not in force any more."),
    ],
)
def test_why_a_flag_about_a_colour_is_closed(colour: str | None, said: str) -> None:
    assert flags.why_closed(colour) == said


def test_a_reason_is_said_with_the_day_since_which_it_is_so() -> None:
    assert rating.since_when("The policy was not seen.", JULY) == "The policy was not seen. Since 31 July 2016."


def test_the_worst_of_several_colours() -> None:
    assert rating.worst(["green", "amber"]) == "amber"
    assert rating.worst(["amber", "red", "green"]) == "red"
    assert rating.worst([]) == "green"


def test_a_reason_that_has_left_the_book_keeps_its_code() -> None:
    known = next(iter(rating.BOOK.codes))
    assert rating.title(known) == rating.BOOK.codes[known].title != known
    assert rating.title("of_another_year") == "of_another_year"


def test_a_policy_is_called_as_the_book_has_it() -> None:
    key, label = next(iter(rating.POLICIES.items()))
    assert (rating.policy_label(key), rating.policy_label("other")) == (label, "other")


DUE = visits.visit_due(last_visit_on=date(2015, 7, 31), since=date(2014, 1, 1))


@pytest.mark.parametrize(
    ("on", "planned_on", "said"),
    [
        (DUE.due_on, None, "the yearly visit is due by"),
        (DUE.due_on + timedelta(1), None, "the yearly visit was due by"),
        (DUE.due_on, DUE.due_on, "It is planned for"),
        (DUE.due_on + timedelta(1), DUE.due_on, "is not recorded yet."),
        (DUE.due_on, None, "None is planned."),
    ],
)
def test_when_a_home_is_to_be_visited(on: date, planned_on: date | None, said: str) -> None:
    assert said in visits.due_sentence(DUE, planned_on=planned_on, on=on)


def test_a_home_that_was_never_visited_is_said_to_be_so() -> None:
    never = visits.visit_due(last_visit_on=None, since=date(2016, 7, 1))
    assert visits.due_sentence(never, planned_on=None, on=JULY).startswith("It has not been visited")


@pytest.mark.parametrize(
    ("on", "unread"),
    [(date(2016, 7, 30), False), (date(2016, 8, 1), False), (date(2016, 8, 2), True)],
)
def test_an_office_has_a_whole_working_day_to_read_what_it_was_written(on: date, unread: bool) -> None:
    assert contacts.is_unread(date(2016, 7, 29), on=on, holidays=()) is unread


def test_a_colour_is_worse_than_those_before_it() -> None:
    pairs = [(one, other) for one in rating.COLOURS for other in rating.COLOURS if rating.worse(one, other)]
    assert pairs == [("amber", "green"), ("red", "green"), ("red", "amber")]


def test_what_is_to_be_done_names_the_policy_and_keeps_a_code_that_has_left_the_book() -> None:
    policy, words = next(iter(rating.POLICIES.items()))
    said = {code: rating.to_do(code, policy, "the detail") for code in rating.BOOK.codes}
    assert [code for code, text in said.items() if "{about}" in text or "{detail}" in text] == []
    assert [
        code for code, each in rating.BOOK.codes.items() if "{about}" in each.to_do and words not in said[code]
    ] == []
    assert rating.to_do("of_another_year", policy, "") == "of_another_year"


RATED = {
    "colour": "green", "rules_colour": "amber", "because": "A visit showed it.", "from_on": JULY,
    "until_on": JULY, "may_override": True, "on": JULY,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"colour": "blue"}, "unknown_colour"),
        ({"because": " "}, "missing_reason"),
        ({"colour": "amber"}, "nothing_changes"),
        ({"from_on": JULY - timedelta(1)}, "past_date"),
        ({"until_on": JULY - timedelta(1)}, "end_before_start"),
        ({"may_override": False}, "needs_override"),
        ({"until_on": None}, "missing_end"),
        ({"colour": "red", "may_override": False, "until_on": None}, ""),
    ],
)
def test_a_better_rating_is_a_managers_and_has_a_last_day(change: dict[str, object], code: str) -> None:
    assert code_of(rating.check_by_hand, **{**RATED, **change}) == code


def test_a_rating_by_hand_says_whether_it_is_better() -> None:
    assert rating.check_by_hand(**RATED) is True
    assert rating.check_by_hand(**{**RATED, "colour": "red"}) is False
