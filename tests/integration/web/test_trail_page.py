"""Who looked: found by child, by person and by day, by information governance alone."""

import pytest

from plumbline.audit.models import Event
from tests.factories.people import ChildFactory, TieFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.login("web")]


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
