"""What is said of an action that is overdue, and to whom."""

from datetime import date

import pytest

from plumbline.actions import rules

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
