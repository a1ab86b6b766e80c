"""A tender from its draft to a live contract by its pages alone: three bidders, three evaluators, and the winner."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from plumbline.audit import operations as audit
from plumbline.audit.models import Event
from plumbline.audit.queries import verify_chain
from plumbline.commissioning.models import Bid, Tender
from plumbline.commissioning.rules.implementation import COUNCIL_CONTACTS, SUPPLIER_CONTACTS
from plumbline.contracts.models import Contract, IncidentForm, Policy, PolicyReview
from plumbline.contracts.rules.go_live import KNOWN
from plumbline.people.act import Act
from plumbline.people.models import User
from plumbline.toolkits import library
from tests import conftest as harness
from tests.factories.people import UserFactory
from tests.factories.tenders import AT, a_version
from tests.integration.web.walking import PAPER, Walker

TITLE = "Supported living for care leavers"
ALDER, BRAMBLE, CEDAR = "Alder Living", "Bramble Trust", "Cedar Homes"
# What each evaluator gives each bidder for every question; the safeguarding question asks for 3 at least.
GIVEN = {ALDER: ("5", "4", "4"), BRAMBLE: ("2", "1", "2"), CEDAR: ("3", "4", "3")}
AGREED = {ALDER: "4", BRAMBLE: "2", CEDAR: "3"}
PROMISE = "A named deputy on call at every hour"


class Council:
    """Everybody in it, each with their own browser, and the day that all of them have."""

    def __init__(self, page: Callable[[User], Client], settings: Any) -> None:
        self.settings = settings
        self.sign_in = lambda user: Walker(page(user))
        self.users = {
            name: UserFactory(role=role, name=name)
            for name, role in (
                ("Farah Quill", "commissioner"),
                ("Margaret Oyelaran", "head_of_service"),
                ("Owen Tibbs", "service_area_lead"),
                ("Hugh Dunmore", "evaluator"),
                ("Ines Calder", "evaluator"),
                ("Rafal Stone", "evaluator"),
                ("Beth Larkin", "contract_officer"),
                ("Marcus Webb", "administrator"),
                ("Wei Thornton", "performance_analyst"),
            )
        }
        self.commissioner, self.head, self.area_lead, *self.evaluators, self.officer, self.admin, self.analyst = (
            self.sign_in(user) for user in self.users.values()
        )

    def it_is(self, day: date) -> None:
        self.settings.TODAY = day


@pytest.fixture
def council(own_database: str, page: Callable[[User], Client], settings: Any, tmp_path: Any) -> Council:
    """In a database of its own: the pages sign in to it as they do in service, and the seal as its own job does."""
    settings.HOME = tmp_path
    harness.point_at(own_database, "web")
    library.load(act=Act(None, AT, AT.date()))
    a_version("own_questions", "Questions of our own", purpose="tender_questions")
    return Council(page, settings)


def test_a_tender_runs_from_its_draft_to_a_live_contract_by_its_pages(council: Council, own_database: str) -> None:
    council.it_is(date(2016, 7, 31))
    tender = drafted_and_published(council)
    council.it_is(date(2016, 8, 22))
    checked(council, tender)
    council.it_is(date(2016, 8, 30))
    scored(council, tender)
    moderated(council, tender)
    recommended_and_told(council, tender)
    council.it_is(date(2016, 9, 20))
    awarded(council, tender)
    provider = of_the_winner(council)
    made_ready(council, tender, provider)
    council.it_is(date(2016, 12, 30))
    live(council, tender)

    contract = Contract.objects.get()
    # The register, the provider's own page, the trail and the figures all tell of it.
    council.officer.open(f"/contracts/{contract.pk}/").reads(ALDER, TITLE, "The service starts on 1 January 2017")
    assert [each.text for each in contract.commitments.all()] == [PROMISE]
    council.sign_in(provider).open("/provider/").reads(TITLE)
    council.it_is(date(2017, 1, 1))
    council.officer.open(f"/contracts/{contract.pk}/").reads("Amber", "without a valid safeguarding-board assessment")
    assert missing_events() == set()
    figure = council.analyst.open("/figures/tenders_with_stage1/")
    figure.press("Ask", **{"from": "2016-07-01", "to": "2016-12-31"}).reads("1 of 1 procurements")
    harness.point_at(own_database, "worker")
    audit.seal(at=AT)
    assert verify_chain().problems == ()


# The step of each kind that the walk leaves in the trail.
STEPS = {
    "commissioning.award.approved", "commissioning.award.made", "commissioning.award.notice_published",
    "commissioning.award.recommended", "commissioning.bid.letter_sent", "commissioning.pack.acknowledged",
    "commissioning.pack.confirmed", "commissioning.promise.recorded", "contracts.contract.begun",
    "contracts.contract.live",
}  # fmt: skip


def missing_events() -> set[str]:
    return STEPS - set(Event.objects.values_list("kind", flat=True))


def drafted_and_published(council: Council) -> Tender:
    farah = council.commissioner.open("/tenders/").follow("Begin a tender")
    farah.press(
        "Begin the draft",
        title=TITLE,
        service="Supported living",
        kind="competition",
        body="children",
        value="£450,000",
        statutory_function=True,
    )
    farah.press("Save and continue", stage1_id="Business", questions_id="Questions of our own", quality_share="60")
    farah.press(
        "Save and continue",
        bids_due_on=date(2016, 8, 20),
        implementation_from=date(2016, 9, 14),
        service_starts_on=date(2017, 1, 1),
        service_ends_on=date(2019, 12, 31),
        standstill_days="8",
    )
    farah.press("Ask for approval").reads("It waits for someone to approve it")
    council.head.open("/").follow("May “Supported living for care leavers” go out?").press("Approve to publish")
    farah.open("/").follow("Supported living for care leavers: publish it").press("Record it as published")
    farah.reads("Bids come in at the portal")
    return Tender.objects.get()


def checked(council: Council, tender: Tender) -> None:
    farah = council.commissioner.open("/").follow("close it to bids").press("Close it to bids")
    for name in (ALDER, BRAMBLE, CEDAR):
        farah.follow("Enter a bid").press("Find the supplier", q=name).follow("Record a new supplier")
        farah.press("Record the supplier", name=name)
        farah.press(
            "Enter the bid", received_on=date(2016, 8, 19), received_time="11:58", price="440,000", new_to_council=True
        )
        bid = Bid.objects.get(supplier__name=name)
        farah.open(f"/bids/{bid.pk}/").follow("Enter the answers")
        questions = [each.get("name") for each in farah.tree.xpath("//textarea")]
        farah.press("Save the answers", **{key: f"How {name} answers {key}." for key in questions})
        farah.open(f"/tenders/{tender.pk}/bids/")
    farah.open(f"/tenders/{tender.pk}/").press("Begin stage 1")
    for name in (ALDER, BRAMBLE, CEDAR):
        farah.open(f"/tenders/{tender.pk}/stage1/").follow(name)
        farah.follow("Attach a paper").press(
            "Attach the paper", document=PAPER, title="Everything", criteria="every one"
        )
        farah.follow("Pass several criteria at once")
        days = {
            each.get("name").rpartition("_")[0] for each in farah.tree.xpath("//input[starts-with(@name, 'reviewed_')]")
        }
        farah.press("Pass the criteria ticked", criteria="every one", **dict.fromkeys(days, date(2016, 7, 1)))
        farah.follow("Check the next")
        for _ in range(3):
            farah.press("Record the check", result="none")
        farah.follow("Decide stage 1").press("Record that it passes").reads(f"{name} passed stage 1")


def scored(council: Council, tender: Tender) -> None:
    farah = council.commissioner.open(f"/tenders/{tender.pk}/").follow("Go to the evaluation")
    for name in ("Hugh Dunmore", "Ines Calder", "Rafal Stone"):
        farah.follow("Choose an evaluator").press("Choose this evaluator", user=name)
    farah.follow("Begin the evaluation").press("Begin the evaluation")
    for number, evaluator in enumerate(council.evaluators):
        evaluator.open("/").follow("Declare").press("Record my declaration", has_conflict="no")
        evaluator.follow("Score the next answer")
        while evaluator.tree.xpath("//input[@name='score']"):
            bidder = next(name for name in GIVEN if name in evaluator.heading)
            evaluator.press("Save and go on", score=GIVEN[bidder][number], comment=f"{bidder}: as it says.")
        evaluator.follow("Read and lock").press("Lock my scores")


def moderated(council: Council, tender: Tender) -> None:
    farah = council.commissioner.open("/").follow("Open the scores").press("Open the scores")
    farah.follow("Record the meeting").press("Record the meeting")
    farah.follow("Agree the next score")
    while farah.tree.xpath("//input[@name='score']"):
        bidder = next(name for name in GIVEN if name in farah.heading)
        farah.press("Save and go on", score=AGREED[bidder], discussion="Each read out why.", reason="As the majority.")
    farah.follow("Close the moderation").reads(f"{BRAMBLE} is disqualified").press("Close the moderation")
    farah.reads("Rank 1")


def recommended_and_told(council: Council, tender: Tender) -> None:
    farah = council.commissioner.follow("Recommend a bid").press("Recommend this bid", reason="The highest total.")
    council.head.open("/").follow("Approve a recommended award").press("Approve the award")
    for name in (ALDER, BRAMBLE, CEDAR):
        farah.open(f"/tenders/{tender.pk}/award/").follow(name).follow("Record it as sent").press("Record it as sent")
    farah.follow("Record that it is published").press("Record that it is published").reads("The standstill lasts")
    farah.follow("Record a promise").press("Record the promise", text=PROMISE)


def awarded(council: Council, tender: Tender) -> None:
    farah = council.commissioner.open("/").follow("Award the contract")
    farah.press("Award the contract").follow("Record that they are published").press("Record that they are published")
    farah.follow("Make the plan").press("Make the plan")


def of_the_winner(council: Council) -> User:
    council.admin.open("/users/new/").press(
        "Make the user", name="Kemi Ashdown", username="kemi", role="provider_user", organisation=ALDER
    )
    # The password that the administrator handed over is changed at the first sign-in.
    User.objects.filter(username="kemi").update(must_change_password=False)
    return User.objects.get(username="kemi")


def made_ready(council: Council, tender: Tender, provider: User) -> None:
    farah = council.commissioner.open(f"/tenders/{tender.pk}/implementation/")
    farah.follow("Name both leads").press("Save", commissioner="Farah Quill", service_area_lead="Owen Tibbs")
    plan = tender.awards.get(state="awarded").plan
    for role in COUNCIL_CONTACTS:
        farah.open(f"/plans/{plan.pk}/contacts/council/{role}/").press(
            "Save the contact", name="The desk", phone="01522 100"
        )
    farah.follow("Enter the contract").press("Enter the contract", reference="CT900", manager="Beth Larkin")
    farah.press("Give the pack")
    kemi = council.sign_in(provider).open("/").follow("Read whom to tell")
    kemi.press("I have read and understood this", name="Kemi Ashdown")
    for role in SUPPLIER_CONTACTS:
        kemi.open(f"/plans/{plan.pk}/contacts/supplier/{role}/").press(
            "Save the contact", name="Kemi Ashdown", phone="01522 200"
        )
    for lead in (council.area_lead, council.commissioner):
        lead.open("/").follow("Confirm that the supplier understands").press("Confirm it")
    # Met by the record: the policies that passed stage 1, and the incident form that all three agreed.
    council.officer.open(f"/tenders/{tender.pk}/implementation/").press("Count them for this contract")
    assert set(PolicyReview.objects.values_list("policy", flat=True)) == set(Policy.values)
    contract = Contract.objects.get(plan=plan)
    agreed = {f"{side}_agreed_at": AT for side in ("manager", "area", "provider")}
    IncidentForm.objects.create(contract=contract, number=1, steps=[], made_at=AT, **agreed)
    for item in plan.items.filter(critical=True).exclude(criterion__in=KNOWN):
        farah.open(f"/plans/{plan.pk}/items/{item.number}/").press(
            "Save", state="done", note="Done and seen.", evidence=PAPER
        )


def live(council: Council, tender: Tender) -> None:
    beth = council.officer.open("/").follow("Decide that the service begins")
    beth.press("Go live").reads("CT900")
