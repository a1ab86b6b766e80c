"""Who looked: found by child, by person and by day, by information governance alone."""

from datetime import UTC, date, datetime

import pytest

from plumbline.audit.models import Event
from plumbline.flags.models import Flag, FlagFor
from tests.factories.people import ChildFactory, TieFactory, UserFactory
from tests.factories.records import PlacementFactory, RefusedRowFactory

TODAY = date(2016, 7, 31)

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]


@pytest.fixture
def looked(page):
    """A social worker who opened one child twice, and another once."""
    user = UserFactory(role="social_worker", name="Rosa Pem")
    children = [ChildFactory(), ChildFactory()]
    for child in children:
        TieFactory(user=user, subject_id=child.pk)
    for child in (children[0], children[0], children[1]):
        page(user).get(f"/children/{child.pk}/")
    return children


def trail(page, query=""):
    return page(UserFactory(role="information_governance")).get(f"/audit/?{query}")


def test_a_child_is_asked_for_by_its_number(page, looked):
    rows = trail(page, f"child={looked[0].source_id.lower()}").context["table"].rows
    assert {event.child_id for event in rows} == {looked[0].pk}


def test_who_looked_at_a_child_is_counted_by_person(page, looked):
    context = trail(page, f"child={looked[0].source_id}").context
    assert [(row["by_name"], row["looks"]) for row in context["lookers"]] == [("Rosa Pem", 2)]


def test_a_person_is_asked_for_by_name(page, looked):
    rows = trail(page, "who=rosa+pem&what=looks").context["table"].rows
    assert rows.count() == 3


def test_another_day_holds_none_of_it(page, looked):
    assert trail(page, "to=1+January+2015").context["table"].count == 0


def test_reading_the_trail_is_in_the_trail(page, looked):
    trail(page, "who=rosa")
    assert Event.objects.get(kind="people.trail.listed").data == {"asked": {"who": "rosa"}}


def test_the_chain_is_checked_when_asked(page, looked):
    assert "The chain is whole" in trail(page, "check=yes").content.decode()


@pytest.mark.parametrize("role", ["administrator", "director", "social_worker", "elected_member"])
def test_the_trail_is_for_information_governance_alone(page, role):
    assert page(UserFactory(role=role)).get("/audit/").status_code == 404


def test_a_flag_seen_by_number_leaves_its_trace_on_the_child(page):
    child = PlacementFactory(child__surname="Umber").child
    flag = Flag.objects.create(
        kind="setting_adverse",
        key="one",
        subject_type="placement",
        child_id=child.pk,
        reason="So.",
        due_on=TODAY,
        raised_at=datetime(2016, 7, 31, 9, 0, tzinfo=UTC),
        raised_on=TODAY,
    )
    FlagFor.objects.create(
        flag=flag,
        recipient="role:management_team",
        why="told",
        from_on=TODAY,
        from_at=datetime(2016, 7, 31, 9, 0, tzinfo=UTC),
    )
    page(UserFactory(role="management_team")).get(f"/flags/{flag.pk}/")
    looked = Event.objects.filter(child_id=child.pk).exclude(kind="flags.flag.opened")
    assert [event.by_role for event in looked] == ["Management team"]


def test_a_refused_row_that_is_read_leaves_a_trace_of_which(page):
    row = RefusedRowFactory()
    page(UserFactory(role="performance_analyst")).get(f"/queues/refused/{row.pk}/")
    [event] = Event.objects.filter(kind="people.refused_rows.listed")
    assert event.data["asked"]["number"] == row.row_id


def test_who_settles_lists_and_imports_nothing_finds_them_in_the_menu(page):
    assert "Data to match" in page(UserFactory(role="administrator")).get("/").content.decode()


def test_the_menu_names_the_lists_once_for_who_imports_too(page):
    assert "Data to match" not in page(UserFactory(role="performance_analyst")).get("/imports/").content.decode()
