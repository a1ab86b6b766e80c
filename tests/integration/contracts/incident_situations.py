"""Contracts, their people and serious incidents for the tests, made by the shortest way."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

from plumbline.contracts.models import Contract, ContractSetting, Incident, Notification
from plumbline.contracts.operations import incident_forms, incidents
from plumbline.contracts.operations.incidents import Told
from plumbline.contracts.rules.notifications import Step
from plumbline.ofsted.models import Setting
from plumbline.people.act import Act
from plumbline.people.models import Organisation, User
from tests import databases
from tests.factories.people import OrganisationFactory, UserFactory, hold_role

# A Wednesday. The council's clocks are an hour before UTC's in July.
ON = date(2016, 7, 20)
AT = datetime(2016, 7, 20, 14, 0, tzinfo=UTC)
_numbers = count(1)

STEPS = (Step("Ring the service centre", "provider", "customer_service_centre"), Step("Tell the caseworker", "council"))


@dataclass
class World:
    """A live contract for one children's home, with its manager, area lead and provider's user, and another's."""

    contract: Contract
    setting: Setting
    manager: User
    area_lead: User
    provider: User
    other_provider: User
    officer: User


def provider_user(organisation: Organisation, **changes: object) -> User:
    user = UserFactory(email=f"p{next(_numbers)}@example.org", **changes)
    hold_role(user=user, role="provider_user", organisation=organisation, from_on=date(2010, 1, 1))
    return user


def a_world(**changes: object) -> World:
    number = next(_numbers)
    manager = UserFactory(role="contract_officer", email=f"m{number}@example.org")
    area_lead = UserFactory(role="service_area_lead", email=f"a{number}@example.org")
    with databases.as_worker():
        setting = Setting.objects.create(
            register="social_care", urn=f"SC8{number:05}", name="", provision_type="Children's home", status="clear"
        )
    organisation = OrganisationFactory(name=f"Alder Care {number}", sector="voluntary")
    given = {
        "reference": f"IT{number:04}", "title": "Residential care", "kind": "block", "provider": organisation,
        "service": "Residential care", "starts_on": date(2015, 1, 1), "manager": manager, "area_lead": area_lead,
    }  # fmt: skip
    contract = Contract.objects.create(**{**given, **changes})
    ContractSetting.objects.create(contract=contract, setting=setting, urn=setting.urn)
    return World(
        contract=contract,
        setting=setting,
        manager=manager,
        area_lead=area_lead,
        provider=provider_user(organisation),
        other_provider=provider_user(OrganisationFactory(name=f"Birch Care {number}")),
        officer=UserFactory(role="contract_officer", email=f"o{number}@example.org"),
    )


def told(**changes: object) -> Told:
    given = {
        "type": "missing", "occurred_at": datetime(2016, 7, 20, 13, 0, tzinfo=UTC),
        "summary": "A child did not come back from town.",
    }  # fmt: skip
    return Told(**{**given, **changes})


def an_incident(world: World, *, by: User | None = None, children: tuple = (), **changes: object) -> Incident:
    return incidents.report_incident(
        contract_id=world.contract.pk,
        setting_id=world.setting.pk,
        told=told(**changes),
        children=children,
        act=Act(by or world.provider, AT, ON),
    )


def line(incident: Incident, recipient: str) -> Notification:
    return incident.notifications.get(recipient=recipient)


def agreed(world: World, steps: tuple[Step, ...] = STEPS):
    form = incident_forms.write_form(contract_id=world.contract.pk, steps=steps, act=Act(world.manager, AT, ON))
    for side, user in (("manager", world.manager), ("area", world.area_lead), ("provider", world.provider)):
        form = incident_forms.agree_form(form_id=form.pk, side=side, act=Act(user, AT, ON))
    return form


def to_review(incident, world: World):
    return incidents.move_incident(incident_id=incident.pk, to="review", act=Act(world.manager, AT, ON))
