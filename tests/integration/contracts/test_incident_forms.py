"""The incident form of a contract: written by version, agreed by all three sides, agreed again after a change."""

import pytest

from plumbline.contracts.operations import incident_forms
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.rules.notifications import Step
from plumbline.flags.models import Flag
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from tests.duties import of_kind
from tests.factories.people import UserFactory
from tests.integration.contracts.incident_situations import AT, ON, STEPS, World, a_world, agreed, an_incident

pytestmark = [pytest.mark.django_db, pytest.mark.login("web")]

CHANGED = (*STEPS, Step("Look back together", "council"))


def write(world: World, steps=STEPS):
    return incident_forms.write_form(contract_id=world.contract.pk, steps=steps, act=Act(world.manager, AT, ON))


def test_two_agreements_are_not_enough(world: World) -> None:
    form = write(world)
    incident_forms.agree_form(form_id=form.pk, side="manager", act=Act(world.manager, AT, ON))
    incident_forms.agree_form(form_id=form.pk, side="area", act=Act(world.area_lead, AT, ON))
    assert queries.form_in_force(world.contract) is None


def test_three_agreements_put_a_form_in_force(world: World) -> None:
    form = agreed(world)
    assert queries.form_in_force(world.contract) == form


def test_a_change_is_a_new_version_that_nobody_has_agreed(world: World) -> None:
    agreed(world)
    form = write(world, CHANGED)
    assert (form.number, queries.agreed_of(form).by_all) == (2, False)


def test_until_the_change_is_agreed_the_older_version_stands(world: World) -> None:
    first = agreed(world)
    write(world, CHANGED)
    assert queries.form_in_force(world.contract) == first


def test_the_same_steps_are_no_new_version(world: World) -> None:
    write(world)
    with pytest.raises(RuleBroken, match="Nothing is different"):
        write(world)


def test_an_older_version_is_not_agreed_after_a_newer_was_written(world: World) -> None:
    old = write(world)
    write(world, CHANGED)
    with pytest.raises(RuleBroken, match="newer version"):
        incident_forms.agree_form(form_id=old.pk, side="provider", act=Act(world.provider, AT, ON))


def test_a_provider_writes_no_form(world: World) -> None:
    with pytest.raises(NotAllowed):
        incident_forms.write_form(contract_id=world.contract.pk, steps=STEPS, act=Act(world.provider, AT, ON))


@pytest.mark.parametrize(
    ("who", "side"),
    [("provider", "manager"), ("manager", "provider"), ("officer", "manager"), ("area_lead", "manager"),
     ("other_provider", "provider")],
)  # fmt: skip
def test_each_side_agrees_for_itself_only(world: World, who: str, side: str) -> None:
    form = write(world)
    with pytest.raises(NotAllowed):
        incident_forms.agree_form(form_id=form.pk, side=side, act=Act(getattr(world, who), AT, ON))


def test_where_no_manager_is_named_a_contract_officer_agrees_for_that_side() -> None:
    world = a_world(manager=None)
    assert queries.sides_of(world.officer, world.contract, on=ON) == ["manager"]


def test_where_no_area_lead_is_named_any_area_lead_agrees_for_that_side() -> None:
    world = a_world(area_lead=None)
    assert queries.sides_of(UserFactory(role="service_area_lead"), world.contract, on=ON) == ["area"]


@pytest.mark.parametrize("who", ["manager", "area_lead", "provider"])
def test_a_new_version_waits_for_each_side(world: World, who: str) -> None:
    form = write(world)
    assert [each.subject_id for each in of_kind("form.agree", getattr(world, who), ON)] == [form.pk]


def test_an_agreed_form_waits_for_nobody(world: World) -> None:
    agreed(world)
    assert of_kind("form.agree", world.provider, ON) == []


def test_another_provider_is_asked_to_agree_nothing(world: World) -> None:
    write(world)
    assert of_kind("form.agree", world.other_provider, ON) == []


def test_agreeing_the_form_closes_the_flag_that_none_was_agreed(world: World) -> None:
    an_incident(world)
    agreed(world)
    assert Flag.objects.get(kind="incident_form_missing", subject_id=world.contract.pk).state == "closed"


# --- the steps taken -------------------------------------------------------------------------------------------------


def ticked(incident) -> list[int]:
    return sorted(queries.steps_taken(incident))


def test_a_step_is_ticked_and_the_tick_taken_back_with_who_and_when(world: World) -> None:
    agreed(world)
    incident = an_incident(world)
    incident_forms.tick_step(incident_id=incident.pk, place=1, act=Act(world.provider, AT, ON))
    assert ticked(incident) == [1]
    with pytest.raises(RuleBroken, match="ticked this step already"):
        incident_forms.tick_step(incident_id=incident.pk, place=1, act=Act(world.manager, AT, ON))
    incident_forms.untick_step(incident_id=incident.pk, place=1, act=Act(world.manager, AT, ON))
    assert ticked(incident) == []
    incident_forms.tick_step(incident_id=incident.pk, place=1, act=Act(world.manager, AT, ON))
    ever = [(each.taken_by, each.undone_by) for each in queries.steps_ever_taken(incident)]
    assert ever == [(world.provider, world.manager), (world.manager, None)]


def test_the_provider_ticks_its_own_steps_and_the_council_all(world: World) -> None:
    agreed(world)
    incident = an_incident(world)
    for place, by in ((2, world.provider), (1, world.other_provider), (3, world.manager), (0, world.manager)):
        with pytest.raises(NotAllowed):
            incident_forms.tick_step(incident_id=incident.pk, place=place, act=Act(by, AT, ON))
    incident_forms.tick_step(incident_id=incident.pk, place=2, act=Act(world.manager, AT, ON))
    assert ticked(incident) == [2]
    with pytest.raises(RuleBroken, match="not ticked"):
        incident_forms.untick_step(incident_id=incident.pk, place=1, act=Act(world.manager, AT, ON))
