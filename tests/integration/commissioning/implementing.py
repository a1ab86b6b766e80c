"""An award and what follows it, for the tests of going live."""

from datetime import UTC, date, datetime

from plumbline.commissioning.models import Award, Contact, PlanItem
from plumbline.commissioning.operations import implementation
from plumbline.commissioning.rules.implementation import COUNCIL_CONTACTS, SUPPLIER_CONTACTS
from plumbline.contracts.models import Contract, IncidentForm, Policy, PolicyReview
from plumbline.contracts.operations import go_live
from plumbline.contracts.rules.go_live import KNOWN
from plumbline.people.act import Act
from plumbline.people.models import RoleHeld
from plumbline.toolkits import library
from tests import databases
from tests.factories.tenders import BidFactory, TenderFactory
from tests.integration.placements.situations import a_user

AT = datetime(2016, 7, 29, 9, 0, tzinfo=UTC)
ON = date(2016, 7, 29)
START = date(2016, 10, 1)


class Situation:
    """An award to a supplier new to the council, with its plan and everybody who has to do with it."""

    def __init__(self, *, new: bool = True) -> None:
        library.load(act=Act(None, AT, AT.date()))
        self.commissioner, self.lead = a_user("commissioner"), a_user("service_area_lead")
        self.officer, self.head = a_user("contract_officer"), a_user("head_of_service")
        tender = TenderFactory(
            state="contract_details",
            lead_commissioner=self.commissioner,
            service_area_lead=self.lead,
            statutory_function=True,
            service_ends_on=date(2019, 9, 30),
        )
        bid = BidFactory(tender=tender, state="successful", new_to_council=new, price=90_000)
        self.award = Award.objects.create(
            tender=tender,
            bid=bid,
            state="awarded",
            reason="Best",
            result={},
            recommended_at=AT,
            recommended_by=self.commissioner,
            approved_at=AT,
            approved_by=self.head,
            awarded_on=date(2016, 7, 1),
        )
        self.provider = a_user("provider_user")
        with databases.as_worker():
            RoleHeld.objects.filter(user=self.provider).update(organisation=bid.supplier)
        self.plan = implementation.make_plan(
            award_id=self.award.pk, service_starts_on=START, act=Act(self.commissioner, AT, ON)
        )

    def contacts(self) -> None:
        named = set(self.plan.contacts.filter(ended_at=None).values_list("role", flat=True))
        for role in [each for each in COUNCIL_CONTACTS if each not in named]:
            self.contact(role)

    def contact(self, role: str, name: str = "Duty desk", by=None):
        return implementation.set_contact(
            plan_id=self.plan.pk,
            side=Contact.Side.COUNCIL,
            role=role,
            name=name,
            phone="01522 000000",
            act=Act(by or self.commissioner, AT, ON),
        )

    def pack(self):
        self.contacts()
        return implementation.give_pack(plan_id=self.plan.pk, act=Act(self.commissioner, AT, ON))

    def settle_pack(self) -> None:
        pack = self.pack()
        implementation.acknowledge_pack(pack_id=pack.pk, name="R. Quayle", act=Act(self.provider, AT, ON))
        for lead in (self.lead, self.commissioner):
            implementation.confirm_pack(pack_id=pack.pk, act=Act(lead, AT, ON))

    def suppliers_contacts(self) -> None:
        for role in SUPPLIER_CONTACTS:
            implementation.set_contact(
                plan_id=self.plan.pk,
                side=Contact.Side.SUPPLIER,
                role=role,
                name="R. Quayle",
                phone="01522 000001",
                act=Act(self.provider, AT, ON),
            )

    def do(self, criterion: str, state: str = "done", note: str = "Seen.", by=None) -> PlanItem:
        found = self.plan.items.get(criterion=criterion)
        return go_live.move_item(
            item_id=found.pk, state=PlanItem.State(state), note=note, act=Act(by or self.commissioner, AT, ON)
        )

    def do_critical(self) -> None:
        """Every critical item: what the record can meet by the record, the others by a word."""
        self.contacts()
        self.suppliers_contacts()
        self.form()
        self.policies()
        for found in self.plan.items.filter(critical=True).exclude(criterion__in=KNOWN):
            self.do(found.criterion)

    def form(self, **said) -> None:
        """The incident form of the contract, agreed by all three sides."""
        agreed = {f"{side}_agreed_at": AT for side in ("manager", "area", "provider")}
        IncidentForm.objects.create(contract=self.contract(), number=1, steps=[], made_at=AT, **{**agreed, **said})

    def policies(self, reviewed_on: date = date(2016, 7, 1)) -> None:
        PolicyReview.objects.bulk_create(
            PolicyReview(contract=self.contract(), policy=policy, reviewed_on=reviewed_on) for policy in Policy.values
        )

    def contract(self) -> Contract:
        begun = Contract.objects.filter(award=self.award).first()
        return begun or go_live.begin_contract(
            award_id=self.award.pk,
            reference="CT900",
            manager=self.officer,
            visit_required=True,
            act=Act(self.commissioner, AT, ON),
        )
