"""An evaluation as a browser shows it: three evaluators, three bidders, from the declaration to the award."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plumbline.commissioning.models import Tender
from plumbline.people.act import Act
from plumbline.people.models import Organisation, User
from plumbline.toolkits import library
from tests.factories.tenders import (
    EARLIER,
    QUESTIONS,
    STAGE1,
    BidFactory,
    EvaluatorFactory,
    TenderFactory,
    a_version,
)
from tests.functional.browser import faults, visit
from tests.integration.commissioning.evaluating import settled

BIDDERS = ("Fell Trust", "Moor Homes", "Dale Care")
# What each evaluator gives each bidder for the two questions: Moor Homes is best, Dale Care below the minimum.
GIVEN = {"Fell Trust": ("4", "3"), "Moor Homes": ("5", "4"), "Dale Care": ("2", "5")}


@dataclass
class Evaluation:
    tender: int
    bids: dict[str, int]
    lead: str
    evaluators: list[str]
    approver: str

    def path(self, below: str = "") -> str:
        return f"/tenders/{self.tender}/{below}"


def supplier(name: str) -> Organisation:
    known = Organisation.objects.filter(name=name).first()
    return known or Organisation.objects.create(name=name, sort_key=name.casefold(), sector="voluntary")


@pytest.fixture
def at_stage1(writing: Callable[..., Any], someone: Callable[..., str]) -> Evaluation:
    """Three bids have passed stage 1, and three evaluators are chosen who have not declared."""
    lead, approver = someone("commissioner", name="Farah Quill"), someone("head_of_service", name="Margaret Oyelaran")
    evaluators = [someone("evaluator", name=name) for name in ("Ann Ash", "Bob Beech", "Cat Cherry")]
    with writing():
        number = Tender.objects.count()
        questions = [{**QUESTIONS[0], "weight": "60"}, {**QUESTIONS[1], "weight": "40"}]
        tender = TenderFactory(
            reference=f"BJ-{number}",
            title=f"Homes for children {number}",
            state="stage1",
            standstill_days=0,
            lead_commissioner=User.objects.get(username=lead),
            state_since=date(2016, 7, 1),
            stage1=a_version(f"journey_stage1_{number}", "Business information", STAGE1, "tender_stage1"),
            questions=a_version(f"journey_questions_{number}", "Quality questions", questions),
        )
        bids = {name: BidFactory(tender=tender, supplier=supplier(name), entered_at=EARLIER).pk for name in BIDDERS}
        for username in evaluators:
            EvaluatorFactory(
                tender=tender, user=User.objects.get(username=username), declared="not_yet", declared_at=None
            )
        return Evaluation(tender.pk, bids, lead, evaluators, approver)


def check(page: Page) -> None:
    """What the page shows is accessible and does not scroll sideways, wide or narrow."""
    assert faults(page) == [], page.url


def declare(page: Page, *, checked: bool = False) -> None:
    """From "My work" to a declaration without a conflict."""
    visit(page, "/")
    page.get_by_role("button", name="Declare", exact=False).first.click()
    if checked:
        check(page)
    page.get_by_label("No, I have no interest in any of them").check()
    page.get_by_role("button", name="Record my declaration").click()


def score_all(page: Page, made: Evaluation, *, checked: bool = False) -> None:
    visit(page, made.path("evaluation/"))
    if checked:
        check(page)
    page.get_by_role("button", name="Score the next answer").click()
    for number in range(len(BIDDERS) * 2):
        caption = page.locator(".govuk-caption-l").inner_text()
        bidder = next(name for name in BIDDERS if name in caption)
        question = 0 if "keep children safe" in page.locator("h1").inner_text() else 1
        if number == 0 and checked:
            check(page)
        page.locator(f"input[name=score][value='{GIVEN[bidder][question]}']").check()
        page.get_by_label("Why this score?").fill(f"What {bidder} writes bears it out.")
        if number == 0:
            expect(page.locator(".pl-saved")).to_contain_text("Kept as a draft at")
        page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Read and lock").click()
    if checked:
        check(page)
    page.get_by_role("button", name="Lock my scores").click()
    expect(page.locator("h1")).to_contain_text("Locked")


def test_a_tender_runs_from_the_declarations_to_the_award(
    wide: Page, open_page: Callable[..., Page], signed_in_as: Callable[[Page, str], Page], at_stage1: Evaluation
) -> None:
    made = at_stage1
    lead = signed_in_as(wide, made.lead)
    people = [signed_in_as(open_page(1280), username) for username in made.evaluators]
    for at, person in enumerate(people):
        declare(person, checked=at == 0)

    visit(lead, made.path("evaluation/"))
    lead.get_by_role("button", name="Begin the evaluation").click()
    lead.get_by_role("button", name="Begin the evaluation").click()
    for at, person in enumerate(people):
        score_all(person, made, checked=at == 0)
        if at == 1:
            visit(lead, made.path("evaluation/"))
            expect(lead.locator("main")).to_contain_text("Cat Cherry has not locked their scores yet.")
            check(lead)

    visit(lead, made.path("evaluation/"))
    lead.get_by_role("button", name="Open the scores").click()
    lead.get_by_role("button", name="Open the scores").click()
    lead.get_by_role("button", name="Record the meeting").click()
    lead.get_by_role("button", name="Record the meeting").click()
    check(lead)
    lead.get_by_role("button", name="Agree the next score").click()
    for number in range(len(BIDDERS) * 2):
        if number == 0:
            check(lead)
        lead.get_by_label("What was discussed?").fill("All three read it alike.")
        lead.get_by_role("button", name="Save and go on").click()
    lead.get_by_role("button", name="Close the moderation").click()
    lead.get_by_role("button", name="Close the moderation").click()

    expect(lead.get_by_role("row").filter(has_text="Moor Homes").first).to_contain_text("92.00")
    check(lead)
    lead.get_by_role("button", name="Recommend a bid").click()
    lead.get_by_label("Why?").fill("The highest total.")
    check(lead)
    lead.get_by_role("button", name="Recommend this bid").click()

    approver = signed_in_as(open_page(1280), made.approver)
    visit(approver, "/")
    approver.get_by_role("button", name="Read and decide", exact=False).first.click()
    approver.get_by_role("button", name="Approve the award").click()
    visit(approver, made.path("report/"))
    check(approver)

    visit(lead, made.path("award/"))
    check(lead)
    lead.get_by_role("link", name="Dale Care").click()
    expect(lead.get_by_label("The letter")).to_contain_text("It was disqualified")
    check(lead)
    visit(lead, made.path("award/"))
    lead.get_by_role("button", name="Record a promise").click()
    lead.get_by_label("What did the winner promise?").fill("Two trained leads on every shift.")
    lead.get_by_role("button", name="Record the promise").click()
    lead.get_by_role("link", name="Award it without a notice").click()
    lead.get_by_role("button", name="Award the contract").click()
    expect(lead.locator("h1")).to_contain_text("Awarded")


def test_a_framework_is_recommended_approved_and_made_ready_for_two_suppliers(
    wide: Page,
    open_page: Callable[..., Page],
    signed_in_as: Callable[[Page, str], Page],
    writing: Callable[..., Any],
) -> None:
    with writing():
        library.load(act=Act(None, EARLIER, EARLIER.date()))
        made = settled(
            kind="framework",
            bidders=("Quarry Homes", "Reed Care", "Sedge Trust"),
            scores={"safeguarding": (4, 4, 4), "staff": (5, 3, 3), "outcomes": (5, 3, 3)},
        )
    lead = signed_in_as(wide, made.lead.username)
    path = f"/tenders/{made.tender.pk}/"

    visit(lead, f"{path}award/recommend/")
    check(lead)
    lead.get_by_label("Sedge Trust").check()
    lead.get_by_label("Why?", exact=True).fill("The highest totals.")
    lead.get_by_role("button", name="Recommend these bids").click()
    expect(lead.locator("main")).to_contain_text("No bid is left out for one that is ranked below it: Quarry Homes.")
    check(lead)
    lead.get_by_label("Quarry Homes").check()
    lead.get_by_role("button", name="Recommend these bids").click()
    expect(lead.locator("main")).to_contain_text("Reed Care and Sedge Trust have the same total.")
    lead.get_by_label("How was it decided").fill("The higher safeguarding score at the visits, as the tender said.")
    lead.get_by_role("button", name="Recommend these bids").click()
    check(lead)

    approver = signed_in_as(open_page(1280), made.approver.username)
    visit(approver, f"{path}award/approve/")
    check(approver)
    approver.get_by_role("button", name="Approve the award").click()
    visit(lead, f"{path}award/")
    check(lead)
    lead.get_by_role("link", name="Award it without a notice").click()
    lead.get_by_role("button", name="Award the contract").click()

    visit(lead, f"{path}implementation/")
    check(lead)
    lead.get_by_role("link", name="Sedge Trust").click()
    check(lead)
    lead.get_by_role("button", name="Make the plan").click()
    lead.get_by_role("button", name="Make the plan").click()
    expect(lead.locator("main")).to_contain_text("Items settled")
    check(lead)


def test_an_evaluator_who_declares_a_relative_is_shown_nothing_more(
    wide: Page,
    open_page: Callable[..., Page],
    signed_in_as: Callable[[Page, str], Page],
    at_stage1: Evaluation,
) -> None:
    made = at_stage1
    relative, lead = signed_in_as(wide, made.evaluators[0]), signed_in_as(open_page(1280), made.lead)
    visit(relative, made.path("evaluation/declaration/"))
    relative.get_by_label("Yes, or it could look like it").check()
    relative.get_by_label("In which bidder, and what is it?").fill("My sister manages a home of Fell Trust.")
    relative.get_by_role("button", name="Record my declaration").click()
    expect(relative.locator("main")).to_contain_text("Until then nothing is shown.")
    visit(lead, "/")
    lead.get_by_role("button", name="Decide", exact=False).first.click()
    lead.get_by_role("link", name="Exclude them instead").click()
    lead.get_by_label("Why?").fill("A sister works for a bidder.")
    lead.get_by_role("button", name="Exclude them").click()
    visit(relative, made.path("evaluation/"), status=404)
