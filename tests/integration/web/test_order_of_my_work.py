"""In which order things stand in "My work", and that none is hidden for want of a day."""

from datetime import date, datetime, time, timedelta

import pytest

from plumbline.actions import operations as actions
from plumbline.kernel.moments import taken_at
from plumbline.web.home.work import items
from plumbline.web.kit.work_item import Item
from tests.integration.placements.situations import AT, TODAY, a_user

pytestmark = pytest.mark.django_db


# Half past nine.
NOW = taken_at(TODAY, time(9, 30))


def an_item(what: str, due: date | datetime | None, gravity: int = 3) -> Item:
    return Item(what, "", "", due, "/", "Open", gravity)


@pytest.fixture
def waiting(monkeypatch):
    """30 things due in the next month, and an approval without a day."""
    later = [an_item(f"Due {n:02}", TODAY + timedelta(n)) for n in range(30)]
    monkeypatch.setattr(items, "_SOURCES", (lambda viewer, on: [*later, an_item("An approval", None)],))
    return a_user("head_of_service")


def test_what_has_no_day_stands_among_what_is_due_in_a_week(waiting):
    shown = [item.what for item in items.work_of(waiting, on=TODAY, now=NOW).items]

    assert shown.index("An approval") == 8


def test_the_rest_is_counted(waiting):
    work = items.work_of(waiting, on=TODAY, now=NOW)

    assert (len(work.items), work.more) == (25, 6)


def test_all_of_it_can_be_asked_for(waiting):
    work = items.work_of(waiting, on=TODAY, now=NOW, whole=True)

    assert (len(work.items), work.more) == (31, 0)


def test_of_what_is_due_on_a_day_the_gravest_comes_first(monkeypatch):
    both = [an_item("Light", TODAY, 3), an_item("Grave", TODAY, 1)]
    monkeypatch.setattr(items, "_SOURCES", (lambda viewer, on: both,))

    assert [item.what for item in items.work_of(a_user(), on=TODAY, now=NOW).items] == ["Grave", "Light"]


def test_of_what_is_overdue_the_gravest_comes_first_though_others_have_waited_longer(monkeypatch):
    both = [an_item("Light", TODAY - timedelta(500), 3), an_item("Grave", TODAY - timedelta(1), 1)]
    monkeypatch.setattr(items, "_SOURCES", (lambda viewer, on: both,))

    assert [item.what for item in items.work_of(a_user(), on=TODAY, now=NOW).items] == ["Grave", "Light"]


def test_a_child_in_danger_stands_before_what_has_been_late_for_longer_and_an_hour_is_an_hour(monkeypatch):
    late, soon = (taken_at(TODAY, time(hour, 30)) for hour in (8, 11))
    found = [an_item("A yearly visit", TODAY - timedelta(200), 3), an_item("An overdue plan", TODAY - timedelta(2), 2),
             an_item("A child missing", late, 1), an_item("A child hurt", soon, 1), an_item("Next month", TODAY, 3),
             an_item("A child, in a week", TODAY + timedelta(8), 1)]  # fmt: skip
    monkeypatch.setattr(items, "_SOURCES", (lambda viewer, on: found,))

    shown = items.work_of(a_user(), on=TODAY, now=NOW).items

    assert [item.what for item in shown] == [
        "A child missing", "A child hurt", "An overdue plan", "A yearly visit", "Next month", "A child, in a week",
    ]  # fmt: skip
    assert [item.by_when(on=TODAY, now=NOW) for item in shown[:2]] == [
        "1 hour late, due today at 08:30", "in 2 hours, due today at 11:30",
    ]  # fmt: skip


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

    about_actions = [
        item for item in items.work_of(owner, on=late, now=NOW + timedelta(1)).items if "Action" in item.what + item.why
    ]
    assert [(item.button, "Action 0" in item.why) for item in about_actions] == [
        ("Open the action", False), ("See these actions", False)
    ]  # fmt: skip
