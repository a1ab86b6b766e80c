"""In which order things stand in "My work", and that none is hidden for want of a day."""

from datetime import date, timedelta

import pytest

from plumbline.web.work import items
from plumbline.web.work.item import Item
from tests.integration.placements.situations import TODAY, a_user

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
