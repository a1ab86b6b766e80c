"""In which order things stand in "My work", and that none is hidden for want of a day."""

from datetime import date, timedelta

import pytest

from plumbline.actions import operations as actions
from plumbline.web.work import items
from plumbline.web.work.item import Item
from tests.integration.placements.situations import AT, TODAY, a_user

pytestmark = pytest.mark.django_db


def an_item(what: str, due: date | None, gravity: int = 3) -> Item:
    return Item(what, "", "", due, "/", "Open", gravity)


@pytest.fixture
def waiting(monkeypatch):
    """30 things due in the next month, and an approval without a day."""
    later = [an_item(f"Due {n:02}", TODAY + timedelta(n)) for n in range(30)]
    monkeypatch.setattr(items, "_SOURCES", (lambda viewer, on: [*later, an_item("An approval", None)],))
    return a_user("head_of_service")


def test_what_has_no_day_stands_among_what_is_due_in_a_week(waiting):
    shown = [item.what for item in items.work_of(waiting, on=TODAY).items]

    assert shown.index("An approval") == 8


def test_the_rest_is_counted(waiting):
    work = items.work_of(waiting, on=TODAY)

    assert (len(work.items), work.more) == (25, 6)


def test_all_of_it_can_be_asked_for(waiting):
    work = items.work_of(waiting, on=TODAY, whole=True)

    assert (len(work.items), work.more) == (31, 0)


def test_of_what_is_due_on_a_day_the_gravest_comes_first(monkeypatch):
    both = [an_item("Light", TODAY, 3), an_item("Grave", TODAY, 1)]
    monkeypatch.setattr(items, "_SOURCES", (lambda viewer, on: both,))

    assert [item.what for item in items.work_of(a_user(), on=TODAY).items] == ["Grave", "Light"]


def test_of_what_is_overdue_the_gravest_comes_first_though_others_have_waited_longer(monkeypatch):
    both = [an_item("Light", TODAY - timedelta(500), 3), an_item("Grave", TODAY - timedelta(1), 1)]
    monkeypatch.setattr(items, "_SOURCES", (lambda viewer, on: both,))

    assert [item.what for item in items.work_of(a_user(), on=TODAY).items] == ["Grave", "Light"]


def test_a_late_action_stands_once_before_its_owner_though_its_flag_is_put_to_them_too():
    owner = a_user("contract_officer")
    for number, whose in enumerate((owner, a_user("contract_officer"))):
        actions.raise_action(
            title=f"Action {number}", detail="", subject_type="contract", subject_id=7, subject_label="Home care",
            origin_type="visit", origin_id=3, owner=whose, owner_organisation=None, due_on=TODAY, critical=False,
            by=owner, at=AT, on=TODAY,
        )  # fmt: skip
    late = TODAY + timedelta(1)
    actions.raise_flags(by=None, at=AT, on=late)

    about_actions = [item for item in items.work_of(owner, on=late).items if "Action" in item.what + item.why]
    assert [(item.button, "Action 0" in item.why) for item in about_actions] == [
        ("Open the action", False), ("See these actions", False)
    ]  # fmt: skip
