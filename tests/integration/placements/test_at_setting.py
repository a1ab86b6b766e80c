"""A serious incident at a setting where we have children: who knows them is told at once, and links the child."""

from datetime import UTC, date, datetime

import pytest

from plumbline.contracts.models import IncidentChild
from plumbline.contracts.operations import incidents
from plumbline.flags.models import Flag, FlagFor, Message
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.models import Child, Professional, Tie, User
from plumbline.placements import at_setting
from plumbline.placements.models import ChildAtIncident, Placement
from plumbline.socialcare.models import Involvement
from tests.factories.people import hold_role
from tests.integration.contracts.incident_situations import NOW, World, a_world, told
from tests.integration.placements.situations import a_child, a_user, place

pytestmark = pytest.mark.django_db

# The incident of `told()` was on 20 July 2016.
BEFORE, AFTER = date(2016, 7, 1), date(2016, 7, 21)


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def child() -> Child:
    return a_child()


@pytest.fixture
def placement(world: World, child: Child) -> Placement:
    return place(world.setting, child, started_on=BEFORE, source="social_care")


def a_worker(child: Child, *, team: str = "North") -> User:
    worker = Professional.objects.create(source_id=f"SW{child.pk}", name="Archie Davies", sort_key="davies")
    user = User.objects.create(
        username=f"w{child.pk}", name="Archie Davies", email=f"w{child.pk}@example.org", professional=worker
    )
    hold_role(user=user, role="social_worker", from_on=date(2010, 1, 1))
    Involvement.objects.create(
        source_id=f"I{child.pk}", child=child, professional=worker, role="Allocated worker", team=team,
        from_on=date(2010, 1, 1),
    )  # fmt: skip
    Tie.objects.create(user=user, subject_type="child", subject_id=child.pk, why="allocated", from_on=date(2010, 1, 1))
    return user


def report(world: World, **changes):
    return at_setting.report_incident(
        contract_id=world.contract.pk, setting_id=world.setting.pk, told=told(**changes), by=world.provider, **NOW
    )


def asked() -> dict[int, set[str]]:
    """By child: to whom the open flags are put."""
    found: dict[int, set[str]] = {}
    for row in FlagFor.objects.filter(flag__kind=at_setting.KIND, flag__state="open", to_at=None):
        found.setdefault(row.flag.child_id, set()).add(row.recipient)
    return found


@pytest.mark.usefixtures("placement")
def test_worker_manager_reviewing_and_placement_officers_are_told_at_once_and_by_mail(world, child):
    worker = a_worker(child)
    report(world)

    assert asked() == {
        child.pk: {f"SW{child.pk}", "role:team_manager", "role:reviewing_officer", "role:placement_officer"}
    }
    mail = Message.objects.get(to_user=worker)
    assert child.forename not in mail.subject + mail.body


@pytest.mark.parametrize(
    ("placed", "is_asked"),
    [
        ({"started_on": BEFORE}, True),
        ({"started_on": BEFORE, "ended_on": date(2016, 7, 20)}, True),
        ({"started_on": date(2016, 7, 20)}, True),
        ({"started_on": BEFORE, "ended_on": date(2016, 7, 19)}, False),
        ({"started_on": AFTER}, False),
    ],
)
def test_those_placed_there_on_its_day_are_meant(world, child, placed, is_asked):
    place(world.setting, child, **placed)
    report(world)

    assert (child.pk in asked()) == is_asked


def test_the_day_of_an_incident_late_at_night_is_the_day_here(world, child):
    """Half past eleven at night in UTC on 30 June is 1 July here."""
    place(world.setting, child, started_on=date(2016, 7, 1))
    report(world, occurred_at=datetime(2016, 6, 30, 23, 30, tzinfo=UTC))

    assert child.pk in asked()


@pytest.mark.usefixtures("placement")
def test_a_worker_links_the_child_without_seeing_the_contract_and_the_flag_becomes_one_of_a_child_concerned(
    world, child
):
    worker = a_worker(child)
    incident = report(world)
    row = ChildAtIncident.objects.get()

    at_setting.answer(number=row.pk, concerned=True, because="", by=worker, **NOW)

    assert list(IncidentChild.objects.values_list("incident", "child")) == [(incident.pk, child.pk)]
    assert asked() == {}
    assert Flag.objects.filter(kind="incident_child", state="open", child_id=child.pk).exists()
    with pytest.raises(RuleBroken, match="answered already"):
        at_setting.answer(number=row.pk, concerned=False, because="x", by=worker, **NOW)


@pytest.mark.usefixtures("placement")
def test_a_no_says_how_it_is_known_and_is_no_link(world, child):
    worker = a_worker(child)
    report(world)
    row = ChildAtIncident.objects.get()

    with pytest.raises(RuleBroken, match="how you know"):
        at_setting.answer(number=row.pk, concerned=False, because=" ", by=worker, **NOW)
    at_setting.answer(number=row.pk, concerned=False, because="She was at school.", by=worker, **NOW)

    assert (asked(), IncidentChild.objects.count()) == ({}, 0)
    assert "She was at school." in Flag.objects.get(kind=at_setting.KIND).closed_because
    at_setting.tell_of_children(by=None, at=NOW["at"], on=NOW["on"])
    assert asked() == {}


@pytest.mark.usefixtures("placement")
def test_who_may_not_see_the_child_is_not_asked(world, child):
    report(world)
    row = ChildAtIncident.objects.get()

    with pytest.raises(NotAllowed):
        at_setting.answer(number=row.pk, concerned=True, because="", by=a_user("social_worker"), **NOW)


@pytest.mark.usefixtures("placement")
def test_an_incident_put_right_to_another_place_asks_nobody_any_more(world, child):
    incident = report(world)
    at_setting.change_facts(
        incident_id=incident.pk, told=told(), setting_id=None, because="It was in town.", by=world.manager, **NOW
    )

    assert asked() == {}


def test_a_placement_recorded_after_the_incident_is_found_by_the_night(world, child):
    incidents.report_incident(
        contract_id=world.contract.pk, setting_id=world.setting.pk, told=told(), by=world.provider, **NOW
    )
    place(world.setting, child, started_on=BEFORE)
    at_setting.tell_of_children(by=None, at=NOW["at"], on=NOW["on"])

    assert child.pk in asked()


@pytest.mark.usefixtures("placement")
def test_the_page_asks_and_says_a_missing_reason_at_its_field(client, world, child):
    client.force_login(a_worker(child))
    report(world)
    address = f"/incidents/at-setting/{ChildAtIncident.objects.get().pk}/"

    page = client.get(address).content.decode()
    assert child.name in page
    assert "A child did not come back from town." in page
    refused = client.post(address, {"concerned": "no", "because": ""})
    assert "Say how you know" in refused.content.decode()
    assert client.post(address, {"concerned": "yes", "because": ""}).status_code == 302
    client.force_login(world.other_provider)
    assert client.get(address).status_code in (403, 404)
