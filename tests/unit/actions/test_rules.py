"""What an action must say, who may do what with it, and what is said of one that is overdue."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from plumbline.actions import rules
from plumbline.actions.rules import Hand

SAID = {"number": 9, "title": "Train the night staff", "subject": "Larch House", "owner": "Ada Ash"}


def test_an_overdue_action_names_its_subject_and_owner() -> None:
    assert rules.overdue_reason(**SAID, about_child=False, due_on=date(2016, 7, 1)) == (
        "“Train the night staff” (Larch House) was due on 1 July 2016 and is not done. Its owner is Ada Ash."
    )


def test_an_overdue_action_about_a_child_says_its_number_alone() -> None:
    said = rules.overdue_reason(**SAID, about_child=True, due_on=date(2016, 7, 1))
    assert said == "Action 9 was due on 1 July 2016 and is not done."


@pytest.mark.parametrize(
    ("critical", "about_child", "told"),
    [
        (False, False, ("contract_officer",)),
        (True, False, ("contract_officer", "head_of_service")),
        (False, True, ("head_of_service",)),
        (True, True, ("head_of_service",)),
    ],
)
def test_who_is_told_of_an_overdue_action(critical: bool, about_child: bool, told: tuple[str, ...]) -> None:
    assert rules.told(critical=critical, about_child=about_child) == told


TODAY = date(2016, 7, 31)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"title": " "}, "Say what is to be done."),
        ({"owned": False}, "Say who is to do it"),
        ({"due_on": TODAY}, ""),
        ({"due_on": TODAY - timedelta(1)}, "30 July 2016 is past."),
    ],
)
def test_an_action_says_what_is_to_be_done_by_whom_and_by_a_day_to_come(change, said) -> None:
    given = {"title": "Train the staff", "owned": True, "due_on": TODAY + timedelta(1), "on": TODAY}
    found = rules.new(**{**given, **change})
    assert (found.startswith(said), bool(found)) == (True, bool(said))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"to": TODAY + timedelta(5)}, "That is the day on which it is due already."),
        ({"to": TODAY}, ""),
        ({"to": TODAY - timedelta(1)}, "30 July 2016 is past."),
        ({"because": " "}, "Say why the day is moved."),
    ],
)
def test_a_day_is_moved_to_another_that_is_not_past_with_a_reason(change, said) -> None:
    given = {"due_on": TODAY + timedelta(5), "to": TODAY + timedelta(9), "because": "The trainer is ill.", "on": TODAY}
    assert rules.moved(**{**given, **change}) == said


HANDS = [Hand(*each) for each in product((False, True), repeat=4)]


def test_who_may_work_check_change_and_cancel() -> None:
    """Of every hand that there can be."""
    assert [hand for hand in HANDS if rules.may_work(hand)] == [h for h in HANDS if h.owns or h.raises]
    assert [hand for hand in HANDS if rules.may_change(hand)] == [h for h in HANDS if h.raises]
    assert [hand for hand in HANDS if rules.may_cancel(hand)] == [h for h in HANDS if h.raises and not h.owns]
    assert [hand for hand in HANDS if rules.may_check(hand)] == [
        Hand(owns=False, did=False, raises=raises, verifies=True) for raises in (False, True)
    ]


def test_who_may_not_check_is_told_why_and_who_may_is_told_nothing() -> None:
    assert [rules.why_not_check(hand) == "" for hand in HANDS] == [rules.may_check(hand) for hand in HANDS]
    asked = Hand(owns=False, did=False, raises=False, verifies=True)
    assert rules.why_not_check(replace(asked, owns=True, did=True)).startswith("The owner of an action")
    assert rules.why_not_check(replace(asked, did=True)).startswith("Who reported an action done")
    assert rules.why_not_check(replace(asked, verifies=False)) == "Verifying actions is not part of this role."
