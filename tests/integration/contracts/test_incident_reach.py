"""Who sees what of a serious incident: providers, the contract's own people, and who works with a linked child."""

from datetime import date

import pytest

from plumbline.audit.models import Event
from plumbline.contracts.operations import incidents
from plumbline.contracts.operations.held_texts import settle_text
from plumbline.contracts.queries import held
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.queries.held import HELD
from plumbline.flags.models import Flag, Message
from plumbline.flags.queries import flags_visible_to
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Child
from tests.factories.people import ChildFactory, ProfessionalFactory, TieFactory, UserFactory
from tests.factories.records import InvolvementFactory
from tests.integration.contracts.incident_situations import (
    AT,
    ON,
    World,
    an_incident,
    provider_user,
    to_review,
)

pytestmark = [pytest.mark.django_db, pytest.mark.login("web")]


# --- who sees what ---------------------------------------------------------------------------------------------------


def sees(viewer, incident) -> bool:
    return queries.incidents_visible_to(viewer, on=ON).filter(pk=incident.pk).exists()


def test_the_own_provider_sees_its_incident_and_another_does_not(world: World) -> None:
    incident = an_incident(world)
    assert [sees(world.provider, incident), sees(world.other_provider, incident)] == [True, False]


def test_a_provider_merged_into_the_contracts_provider_sees_its_incidents(world: World) -> None:
    incident = an_incident(world)
    organisation = world.other_provider.roles_held.get().organisation
    organisation.merged_into = world.contract.provider
    organisation.save()
    assert sees(world.other_provider, incident)


@pytest.mark.parametrize(
    ("role", "can_see"),
    [("contract_officer", True), ("management_team", True), ("performance_analyst", False), ("social_worker", False),
     ("partnership_officer", False), ("elected_member", False), ("administrator", False)],
)  # fmt: skip
def test_incidents_are_seen_by_roles_that_work_with_them(world: World, role: str, can_see: bool) -> None:
    assert sees(UserFactory(role=role), an_incident(world)) is can_see


def test_the_social_worker_of_a_linked_child_sees_the_incident(world: World) -> None:
    child, worker = ChildFactory(), UserFactory(role="social_worker")
    TieFactory(user=worker, subject_id=child.pk)
    assert sees(worker, an_incident(world, children=(child,)))


def test_a_lead_professional_tied_to_the_child_is_not_told_of_it(world: World) -> None:
    child, lead = ChildFactory(), UserFactory(role="lead_professional")
    TieFactory(user=lead, subject_id=child.pk)
    assert not sees(lead, an_incident(world, children=(child,)))


def test_linked_children_are_a_count_to_who_may_not_see_them(world: World) -> None:
    incident = an_incident(world, children=(ChildFactory(), ChildFactory()))
    assert queries.children_of(incident, visible=Child.objects.none()) == ([], 2)


def test_a_linked_child_is_named_to_who_may_see_it(world: World) -> None:
    child = ChildFactory()
    incident = an_incident(world, children=(child, ChildFactory()))
    assert queries.children_of(incident, visible=Child.objects.filter(pk=child.pk)) == ([child], 1)


@pytest.mark.parametrize(
    ("who", "may"), [("manager", True), ("area_lead", True), ("officer", False), ("provider", False)]
)
def test_the_full_account_is_for_the_contracts_own_people(world: World, who: str, may: bool) -> None:
    colleague = provider_user(world.contract.provider)
    incident = an_incident(world, by=colleague, narrative="All of it.")
    assert queries.may_read_narrative(getattr(world, who), incident, on=ON) is may


def test_whoever_wrote_the_full_account_reads_it(world: World) -> None:
    assert queries.may_read_narrative(world.provider, an_incident(world, narrative="All of it."), on=ON)


def test_the_contracts_manager_lets_a_colleague_read(world: World) -> None:
    incident = an_incident(world, narrative="All of it.")
    incidents.let_read(
        incident_id=incident.pk, reader=world.officer, because="Holiday.", act=Act(world.manager, AT, ON)
    )
    assert queries.may_read_narrative(world.officer, incident, on=ON)


def test_nobody_lets_themselves_read(world: World) -> None:
    incident = an_incident(world, narrative="All of it.")
    with pytest.raises(NotAllowed):
        incidents.let_read(
            incident_id=incident.pk, reader=world.officer, because="Curious.", act=Act(world.officer, AT, ON)
        )


def test_a_role_that_reads_no_accounts_is_not_let_in(world: World) -> None:
    incident = an_incident(world, narrative="All of it.")
    with pytest.raises(RuleBroken, match="Their role"):
        incidents.let_read(
            incident_id=incident.pk, reader=UserFactory(role="evaluator"), because="x", act=Act(world.manager, AT, ON)
        )


def test_reading_the_full_account_leaves_a_trace_on_the_child_too(world: World) -> None:
    child = ChildFactory()
    incident = an_incident(world, children=(child,), narrative="All of it.")
    incidents.note_narrative_read(incident_id=incident.pk, act=Act(world.manager, AT, ON))
    traces = Event.objects.filter(kind="contracts.incident.narrative_read", subject_id=str(incident.pk))
    assert sorted(traces.values_list("child_id", flat=True), key=str) == sorted([None, child.pk], key=str)


def test_who_may_not_read_the_full_account_leaves_no_trace_of_reading(world: World) -> None:
    incident = an_incident(world, narrative="All of it.")
    with pytest.raises(NotAllowed):
        incidents.note_narrative_read(incident_id=incident.pk, act=Act(world.officer, AT, ON))


@pytest.mark.parametrize("way", [incidents.link_child, incidents.link_child_placed_there])
def test_a_child_whom_a_text_names_is_linked_told_of_and_the_text_is_hidden_until_it_is_mended(world, way) -> None:
    child = InvolvementFactory(child=ChildFactory(forename="Orla", surname="Penn")).child
    worker = UserFactory(role="social_worker", email="worker@example.org")
    TieFactory(user=worker, subject_id=child.pk)
    incident = an_incident(world, summary="Orla did not come back.", immediate_action="The police were called.")
    incidents.add_news(incident_id=incident.pk, text="Penn is back.", act=Act(world.provider, AT, ON))
    incidents.raise_incident_action(
        incident_id=incident.pk,
        title="Ask Orla",
        detail="",
        owner=world.manager,
        owner_organisation=None,
        due_on=date(2016, 8, 1),
        critical=False,
        act=Act(world.manager, AT, ON),
    )
    assert way(incident_id=incident.pk, child=child, act=Act(world.manager, AT, ON)) == 3
    incident.refresh_from_db()
    assert flag_of(child).state == "open"
    assert (incident.summary, incident.immediate_action) == (HELD, "The police were called.")
    assert (incident.news.get().text, queries.actions_of(incident).get().detail) == (HELD, HELD)
    assert Message.objects.filter(to_user=worker, subject__contains="waits to be read").count() == 3
    for text in held.to_read(worker, visible=Child.objects.all(), on=ON):
        settle_text(held_id=text.pk, text="A child.", visible=Child.objects.all(), act=Act(worker, AT, ON))
    incident.refresh_from_db()
    assert (incident.summary, incident.news.get().text) == ("A child.", "A child.")


def test_a_child_is_linked_once(world: World) -> None:
    incident, child = an_incident(world), ChildFactory()
    incidents.link_child(incident_id=incident.pk, child=child, act=Act(world.manager, AT, ON))
    with pytest.raises(RuleBroken, match="linked already"):
        incidents.link_child(incident_id=incident.pk, child=child, act=Act(world.manager, AT, ON))


# --- the children's own workers --------------------------------------------------------------------------------------


def flag_of(child: Child) -> Flag | None:
    return Flag.objects.filter(kind="incident_child", child_id=child.pk).first()


def test_the_allocated_worker_and_the_manager_are_told_of_a_linked_child(world: World) -> None:
    worker = ProfessionalFactory()
    child = InvolvementFactory(professional=worker, team="West").child
    an_incident(world, children=(child,))
    told_to = set(flag_of(child).recipients.values_list("recipient", "team"))
    assert told_to == {(worker.source_id, ""), ("role:team_manager", "West")}


def test_a_child_linked_later_is_told_then(world: World) -> None:
    child, incident = InvolvementFactory().child, an_incident(world)
    incidents.link_child(incident_id=incident.pk, child=child, act=Act(world.manager, AT, ON))
    assert flag_of(child).state == "open"


def test_a_link_taken_back_closes_its_flag(world: World) -> None:
    child, incident = InvolvementFactory().child, an_incident(world)
    incidents.link_child(incident_id=incident.pk, child=child, act=Act(world.manager, AT, ON))
    incidents.unlink_child(
        incident_id=incident.pk, child=child, because="Another child.", act=Act(world.manager, AT, ON)
    )
    assert flag_of(child).state == "closed"


def test_the_flag_of_a_child_closes_with_the_review(world: World) -> None:
    child = InvolvementFactory().child
    to_review(an_incident(world, children=(child,)), world)
    assert flag_of(child).state == "closed"


def test_the_worker_finds_the_flag_and_a_lead_professional_does_not(world: World) -> None:
    child = InvolvementFactory().child
    worker, lead = UserFactory(role="social_worker"), UserFactory(role="lead_professional")
    for user in (worker, lead):
        TieFactory(user=user, subject_id=child.pk)
    an_incident(world, children=(child,))
    seen = [flags_visible_to(user, on=ON).filter(child_id=child.pk).exists() for user in (worker, lead)]
    assert seen == [True, False]
