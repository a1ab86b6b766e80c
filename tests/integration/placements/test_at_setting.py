"""A serious incident at a setting where we have children: who knows them is told at once, and links the child."""

from datetime import UTC, date, datetime

import pytest

from plumbline.audit.models import Event
from plumbline.contracts.models import IncidentChild
from plumbline.contracts.operations import incident_notices, incidents
from plumbline.contracts.operations.held_texts import settle_text
from plumbline.contracts.queries import held
from plumbline.contracts.queries import incidents as queries
from plumbline.flags.models import Flag, FlagFor, Message
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Child, Professional, Tie, User
from plumbline.placements import at_setting
from plumbline.placements.models import ChildAtIncident, Placement
from plumbline.socialcare.models import Involvement
from tests.factories.people import hold_role
from tests.integration.contracts.incident_situations import AT, ON, World, a_world, told
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
        source_id=f"I{child.pk}",
        child=child,
        professional=worker,
        role="Allocated worker",
        team=team,
        from_on=date(2010, 1, 1),
    )
    Tie.objects.create(user=user, subject_type="child", subject_id=child.pk, why="allocated", from_on=date(2010, 1, 1))
    return user


def report(world: World, **changes):
    return at_setting.report_incident(
        contract_id=world.contract.pk,
        setting_id=world.setting.pk,
        told=told(**changes),
        act=Act(world.provider, AT, ON),
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

    at_setting.answer(number=row.pk, concerned=True, because="", act=Act(worker, AT, ON))

    assert list(IncidentChild.objects.values_list("incident", "child")) == [(incident.pk, child.pk)]
    assert asked() == {}
    assert Flag.objects.filter(kind="incident_child", state="open", child_id=child.pk).exists()
    with pytest.raises(RuleBroken, match="answered already"):
        at_setting.answer(number=row.pk, concerned=False, because="x", act=Act(worker, AT, ON))


@pytest.mark.usefixtures("placement")
def test_a_no_says_how_it_is_known_and_is_no_link(world, child):
    worker = a_worker(child)
    report(world)
    row = ChildAtIncident.objects.get()

    with pytest.raises(RuleBroken, match="how you know"):
        at_setting.answer(number=row.pk, concerned=False, because=" ", act=Act(worker, AT, ON))
    at_setting.answer(number=row.pk, concerned=False, because="She was at school.", act=Act(worker, AT, ON))

    assert (asked(), IncidentChild.objects.count()) == ({}, 0)
    assert "She was at school." in Flag.objects.get(kind=at_setting.KIND).closed_because
    at_setting.tell_of_children(act=Act(None, AT, ON))
    assert asked() == {}


@pytest.mark.usefixtures("placement")
def test_who_may_not_see_the_child_is_not_asked(world, child):
    report(world)
    row = ChildAtIncident.objects.get()

    with pytest.raises(NotAllowed):
        at_setting.answer(number=row.pk, concerned=True, because="", act=Act(a_user("social_worker"), AT, ON))


@pytest.mark.usefixtures("placement")
def test_an_incident_put_right_to_another_place_asks_nobody_any_more(world, child):
    incident = report(world)
    at_setting.change_facts(
        incident_id=incident.pk, told=told(), setting_id=None, because="It was in town.", act=Act(world.manager, AT, ON)
    )

    assert asked() == {}


def test_a_placement_recorded_after_the_incident_is_found_by_the_night(world, child):
    incidents.report_incident(
        contract_id=world.contract.pk, setting_id=world.setting.pk, told=told(), act=Act(world.provider, AT, ON)
    )
    place(world.setting, child, started_on=BEFORE)
    at_setting.tell_of_children(act=Act(None, AT, ON))

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


# --- what is written names a child placed there ----------------------------------------------------------------------


def writes(world: World, field: str, words: str):
    """The incident once this has been written into that text of it, by the provider where it may."""
    if field in ("summary", "immediate_action"):
        return report(world, **{field: words})
    incident = report(world, type="near_miss")
    about = {"incident_id": incident.pk}
    if field == "changed":
        at_setting.change_facts(
            **about, told=told(summary=words), setting_id=world.setting.pk, because="x", act=Act(world.manager, AT, ON)
        )
    if field == "news":
        at_setting.add_news(**about, text=words, act=Act(world.provider, AT, ON))
    if field == "action":
        at_setting.raise_incident_action(
            **about,
            title=words,
            detail="",
            owner=world.manager,
            owner_organisation=None,
            due_on=date(2016, 8, 1),
            critical=False,
            act=Act(world.manager, AT, ON),
        )
    if field == "aside":
        at_setting.set_aside(**about, same_as="", because=words, act=Act(world.manager, AT, ON))
    if field == "lessons":
        for row in incident.notifications.all():
            incident_notices.mark_sent(notification_id=row.pk, channel="Telephone", act=Act(world.manager, AT, ON))
        at_setting.move_incident(**about, to="review", act=Act(world.manager, AT, ON))
        at_setting.move_incident(**about, to="closed", lessons=words, act=Act(world.manager, AT, ON))
    return incident


def everything_of(incident) -> str:
    incident.refresh_from_db()
    news = " ".join(incident.news.values_list("text", flat=True))
    done = " ".join(f"{each.title} {each.detail}" for each in queries.actions_of(incident))
    return f"{incident.summary} {incident.immediate_action} {incident.lessons} {incident.aside_because} {news} {done}"


@pytest.mark.usefixtures("placement")
@pytest.mark.parametrize("field", ["summary", "immediate_action", "changed", "news", "action", "aside", "lessons"])
def test_a_text_that_names_a_child_placed_there_is_hidden_before_anyone_has_linked_the_child(world, child, field):
    worker = a_worker(child)
    incident = writes(world, field, f"{child.forename} was hurt and seen by a doctor.")

    assert (child.forename in everything_of(incident), held.HELD in everything_of(incident)) == (False, True)
    assert not IncidentChild.objects.exists()
    # The person who is asked whether it concerns the child is asked to read it, and nobody else may.
    visible = Child.objects.filter(pk=child.pk)
    if field != "aside":
        assert child.pk in asked() or field == "lessons"
        for other in (world.manager, world.provider):
            assert not held.to_read(other, visible=Child.objects.none(), on=ON).exists()
        text = held.to_read(worker, visible=visible, on=ON).get()
        assert Message.objects.filter(to_user=worker, subject__contains="waits to be read").exists()
        with pytest.raises(RuleBroken, match="names someone"):
            settle_text(held_id=text.pk, text=f"{child.surname} was hurt.", visible=visible, act=Act(worker, AT, ON))
        settle_text(held_id=text.pk, text="A child was hurt.", visible=visible, act=Act(worker, AT, ON))
        assert "A child was hurt." in everything_of(incident)


def test_a_text_that_names_two_children_placed_there_waits_for_who_knows_each(world):
    first, second = (
        Child.objects.create(source_id=name, forename=name, surname="", sort_key=name) for name in ("Orla", "Bea")
    )
    workers = []
    for child in (first, second):
        place(world.setting, child, started_on=BEFORE)
        workers.append(a_worker(child))
    incident = report(world, summary="Orla and Bea were hurt.")
    for worker, child, words in (
        (workers[0], first, "A child and Bea were hurt."),
        (workers[1], second, "Two children were hurt."),
    ):
        assert held.HELD in everything_of(incident)
        visible = Child.objects.filter(pk=child.pk)
        (text,) = held.to_read(worker, visible=visible, on=ON)
        at_setting.settle_text(held_id=text.pk, text=words, visible=visible, act=Act(worker, AT, ON))
    assert "Two children were hurt." in everything_of(incident)


@pytest.mark.usefixtures("placement")
def test_a_name_that_was_found_is_an_event_and_after_five_nothing_is_told_by_what_is_hidden(world, child):
    a_worker(child)
    for _ in range(5):
        assert report(world, summary=f"{child.forename} was hurt.").summary
    assert Event.objects.filter(kind="contracts.name.found", by_id=world.provider.pk).count() == 5
    incident = report(world, summary="A child was hurt.")
    incident.refresh_from_db()
    assert incident.summary == held.HELD


@pytest.mark.usefixtures("placement")
def test_what_names_nobody_placed_there_is_read_at_once(world, child):
    Child.objects.create(source_id="Q1", forename="Quentin", surname="Yarrow", sort_key="yarrow, quentin")
    incident = report(world, summary="Quentin was hurt.")
    assert "Quentin was hurt." in everything_of(incident)


def test_a_placement_recorded_after_the_incident_hides_the_name_by_night(world, child):
    incident = report(world, summary=f"{child.forename} was hurt.")
    assert child.forename in everything_of(incident)
    place(world.setting, child, started_on=BEFORE)
    at_setting.tell_of_children(act=Act(None, AT, ON))
    assert held.HELD in everything_of(incident)
    assert not Event.objects.filter(kind="contracts.name.found").exists()


def test_a_refusal_because_of_a_name_leaves_its_event(world):
    staff = world.provider
    User.objects.filter(pk=staff.pk).update(name="Imogen Marsh")
    with pytest.raises(RuleBroken, match="names someone"):
        report(world, summary="Imogen Marsh left the door open.")
    assert Event.objects.filter(kind="contracts.name.refused", by_id=staff.pk).count() == 1
