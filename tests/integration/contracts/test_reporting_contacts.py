"""How those who are told of incidents are reached: once for the council, a contract's own first; and their e-mails."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from plumbline.commissioning.models import Contact, ImplementationPlan
from plumbline.contracts.models import ReportingContact
from plumbline.contracts.operations import incident_notices, incidents_aside
from plumbline.contracts.operations.contacts import set_contact
from plumbline.contracts.queries.contacts import ways_for
from plumbline.contracts.rules.contacts import Way
from plumbline.flags.models import Message
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from tests.factories.people import ChildFactory, UserFactory
from tests.factories.tenders import TenderFactory
from tests.integration.commissioning.tendering import a_version
from tests.integration.contracts.incident_situations import AT, ON, World, an_incident, line

pytestmark = [pytest.mark.django_db, pytest.mark.login("web")]

CENTRE = "customer_service_centre"


def keep(recipient: str, *, contract_id: int | None = None, by=None, **way: str) -> ReportingContact | None:
    return set_contact(contract_id=contract_id, recipient=recipient, way=Way(**way), act=Act(by, AT, ON))


def test_a_contracts_own_stands_before_what_its_plan_names_and_what_the_council_has(
    world: World,
) -> None:
    contract = world.contract
    keep("lado", phone="01632 960 001", email="lado@example.org", form_url="https://example.org/lado")
    contract.plan = ImplementationPlan.objects.create(
        tender=TenderFactory(),
        version=a_version(purpose="implementation"),
        supplier=contract.provider,
        title="Homes",
        supplier_is_new=False,
        service_starts_on=date(2016, 9, 1),
        made_at=AT,
    )
    contract.save()
    Contact.objects.create(
        plan=contract.plan,
        side="council",
        role="lado",
        name="Desk",
        phone="01632 960 002",
        email="plan@example.org",
        entered_at=AT,
    )
    keep("lado", contract_id=contract.pk, by=world.manager, phone="01632 960 003")
    assert ways_for(contract)["lado"] == Way(
        "01632 960 003", "plan@example.org", "https://example.org/lado", "", own=True
    )
    assert ways_for(None)["lado"].phone == "01632 960 001"


def test_with_nothing_given_what_holds_for_the_council_holds_again(world: World) -> None:
    keep(CENTRE, phone="01632 960 001")
    keep(CENTRE, contract_id=world.contract.pk, phone="01632 960 002")
    assert keep(CENTRE, contract_id=world.contract.pk) is None
    assert ways_for(world.contract)[CENTRE] == Way("01632 960 001")


def test_who_keeps_the_lists_enters_the_councils_and_who_manages_the_contract_its_own(world: World) -> None:
    administrator = UserFactory(role="administrator")
    keep(CENTRE, by=administrator, phone="01632 960 001")
    keep(CENTRE, contract_id=world.contract.pk, by=world.manager, phone="01632 960 002")
    for contract_id, by in (
        (None, world.manager),
        (None, world.provider),
        (world.contract.pk, administrator),
        (world.contract.pk, world.provider),
    ):
        with pytest.raises(NotAllowed):
            keep(CENTRE, contract_id=contract_id, by=by, phone="01632 960 009")


@pytest.mark.parametrize(
    ("code", "recipient", "way"),
    [("unknown_recipient", "caseworker", {"phone": "01632 960 001"}), ("wrong_phone", "lado", {"phone": "the desk"}),
     ("wrong_address", "lado", {"form_url": "http://example.org/form"}),
     ("wrong_address", "lado", {"form_url": "javascript:alert(1)"}), ("missing_words", "lado", {"hours": "9 to 5"})],
)  # fmt: skip
def test_what_leads_nowhere_is_refused(code: str, recipient: str, way: dict[str, str]) -> None:
    with pytest.raises(RuleBroken, check=lambda refusal: refusal.code == code):
        keep(recipient, **way)


@pytest.mark.parametrize(
    ("written", "tel"),
    [("01632 960 001", "01632960001"), ("+44 (0)1632 960001", "+4401632960001"), ("01632 960001 ext 4", "01632960001"),
     ("01632 960001, or 960002", "01632960001"), ("", "")],
)  # fmt: skip
def test_a_number_becomes_a_link(written: str, tel: str) -> None:
    assert Way(phone=written).tel == tel


def test_the_database_keeps_one_for_the_council_and_no_other_kind_of_link() -> None:
    keep(CENTRE, phone="01632 960 001")
    for wrong in (
        {"phone": "01632 960 002"},
        {"recipient": "lado", "form_url": "http://example.org"},
        {"recipient": "lado"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportingContact.objects.create(**{"recipient": CENTRE, "changed_at": AT, **wrong})


# --- the e-mails to the council's own offices ------------------------------------------------------------------------


@pytest.fixture
def offices() -> None:
    keep(CENTRE, email="centre@example.org")
    keep("service_inbox", email="inbox@example.org")
    keep("ofsted", email="enquiries@example.org")


@pytest.mark.usefixtures("offices")
def test_the_councils_own_offices_are_written_to_once_and_nobody_outside(world: World) -> None:
    incident = an_incident(world, children=(ChildFactory(forename="Orla", surname="Penn"),))
    incident_notices.follow(incident=incident, act=Act(None, AT, ON))
    written = Message.objects.filter(to_user=None)
    assert sorted(written.values_list("to_address", flat=True)) == ["centre@example.org", "inbox@example.org"]
    for mail in written:
        assert f"/incidents/{incident.pk}/" in mail.body
        assert not {"Orla", "Penn", "missing", incident.summary} & set(f"{mail.subject} {mail.body}".split())
        assert incident.summary not in mail.body
    # It does not count as told: who tells them says so.
    assert line(incident, CENTRE).sent_at is None


@pytest.mark.usefixtures("offices")
def test_what_waits_is_not_sent_once_they_need_not_be_told(world: World) -> None:
    incident = an_incident(world)
    row = line(incident, "service_inbox")
    incident_notices.mark_not_needed(
        notification_id=row.pk, because="Told by the centre.", act=Act(world.manager, AT, ON)
    )
    row.refresh_from_db()
    assert row.mail.state == "not_sent"
    incidents_aside.set_aside(incident_id=incident.pk, same_as="", because="A test.", act=Act(world.manager, AT, ON))
    assert set(Message.objects.filter(to_user=None).values_list("state", flat=True)) == {"not_sent"}
