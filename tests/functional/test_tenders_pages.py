"""A tender from the draft to stage 1 with three bidders, as a browser shows it, wide and narrow."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plumbline.commissioning.models import Bid, Tender
from plumbline.commissioning.operations import tenders
from plumbline.people.act import Act
from plumbline.people.models import User
from tests.functional.browser import faults_of, visit
from tests.integration.commissioning.tendering import AT, PDF, a_bid, a_tender, a_user, act, failed, in_stage1


@pytest.fixture
def written(writing: Callable[..., Any]) -> Any:
    with writing():
        yield


def type_day(page: Page, legend: str, day: date) -> None:
    group = page.get_by_role("group", name=legend)
    for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(label).fill(str(value))


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def begin_draft(page: Page, title: str) -> None:
    visit(page, "/tenders/new/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Service").fill("Short breaks")
    page.get_by_label("Competition").check()
    press(page, "Begin the draft")
    page.get_by_label("Stage 1: the business-information assessment").select_option(index=1)
    page.get_by_label("Scored questions").select_option(index=1)
    press(page, "Save and continue")
    type_day(page, "Last day for bids", date(2016, 8, 20))
    type_day(page, "Implementation begins", date(2016, 10, 1))
    type_day(page, "The service starts", date(2017, 1, 1))
    press(page, "Save and continue")
    press(page, "Ask for approval")
    expect(page.get_by_text("It waits for someone to approve it")).to_be_visible()


def enter_bid(page: Page, supplier: str) -> None:
    page.get_by_role("button", name="Enter a bid").last.click()
    page.get_by_label("Which supplier?").fill(supplier)
    press(page, "Find the supplier")
    page.get_by_role("link", name="Record a new supplier").click()
    press(page, "Record the supplier")
    type_day(page, "When did it come?", date(2016, 7, 30))
    page.get_by_label("At what time?").fill("11:58")
    page.get_by_label("Price in pounds").fill("£440,000")
    press(page, "Enter the bid")
    expect(page.get_by_text(f"The bid of {supplier} is entered")).to_be_visible()


def check_grounds(page: Page) -> None:
    for ground in ("Mandatory grounds", "Discretionary grounds", "Debarment list"):
        expect(page.get_by_role("heading", name=ground, level=1)).to_be_visible()
        page.get_by_label("None found").check()
        press(page, "Record the check")


def test_a_tender_runs_from_draft_to_the_end_of_stage_1_with_three_bidders(
    open_page: Callable[..., Page],
    written: None,
    someone: Callable[..., str],
    signed_in_as: Callable[..., Page],
    tmp_path: Path,
) -> None:
    title = f"Short breaks {Tender.objects.count() + 1}"
    commissioner = signed_in_as(open_page(1280), someone("commissioner"))
    begin_draft(commissioner, title)
    head = signed_in_as(open_page(320), someone("head_of_service"))
    visit(head, "/")
    head.get_by_role("button", name=f"May “{title}” go out?").click()
    press(head, "Approve to publish")
    expect(head.get_by_text("It is approved")).to_be_visible()

    tender = Tender.objects.get(title=title)
    visit(commissioner, f"/tenders/{tender.pk}/publish/")
    press(commissioner, "Record it as published")
    expect(commissioner.get_by_text("Bids come in at the portal, sealed")).to_be_visible()
    # The last day for bids goes by.
    Tender.objects.filter(pk=tender.pk).update(bids_due_on=date(2016, 7, 30))
    visit(commissioner, f"/tenders/{tender.pk}/")
    press(commissioner, "Close it to bids")
    suppliers = [f"{name} {tender.pk}" for name in ("Alder Care", "Bramble Trust", "Cedar Homes")]
    for supplier in suppliers:
        visit(commissioner, f"/tenders/{tender.pk}/bids/")
        enter_bid(commissioner, supplier)
    visit(commissioner, f"/tenders/{tender.pk}/")
    press(commissioner, "Begin stage 1")
    expect(commissioner.get_by_role("table", name="Bids and criteria")).to_be_visible()
    alder, bramble, cedar = (Bid.objects.get(tender=tender, supplier__name=name) for name in suppliers)

    paper = tmp_path / "papers.pdf"
    paper.write_bytes(PDF)
    for bid in (alder, cedar):
        pass_all(commissioner, bid, paper)
    visit(commissioner, f"/bids/{bramble.pk}/")
    commissioner.get_by_role("button", name="Decide the next one").click()
    commissioner.get_by_label("Fail", exact=True).check()
    commissioner.get_by_label("Why?").fill("There is no paper.")
    press(commissioner, "Record the decision")
    expect(commissioner.get_by_text("Ask the bidder for them first").first).to_be_visible()
    commissioner.get_by_text("Ask the bidder for clarification").click()
    press(commissioner, "Record the question")
    visit(commissioner, f"/tenders/{tender.pk}/stage1/")
    expect(commissioner.get_by_text("answer due 5 August 2016")).to_be_visible()
    expect(commissioner.get_by_text("Passed stage 1").first).to_be_visible()
    visit(commissioner, f"/bids/{bramble.pk}/withdraw/")
    commissioner.get_by_label("What did the bidder write?").fill("We cannot send it.")
    press(commissioner, "Record that it is withdrawn")
    visit(commissioner, f"/tenders/{tender.pk}/")
    expect(commissioner.get_by_role("button", name="Go to the evaluation")).to_be_visible()


def pass_all(page: Page, bid: Bid, paper: Path) -> None:
    """Every criterion of a bid with one paper for all, the grounds for exclusion, and the outcome."""
    visit(page, f"/bids/{bid.pk}/papers/")
    page.get_by_label("The paper").set_input_files(str(paper))
    for box in page.get_by_role("checkbox").all():
        box.check()
    press(page, "Attach the paper")
    page.get_by_role("link", name="Pass several criteria at once").click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    # Of each policy, the day of its last review: today, so that a change in law that another test entered is in it.
    for part, typed in (("day", "31"), ("month", "7"), ("year", "2016")):
        for each in page.locator(f"input[name^=reviewed_][name$=_{part}]").all():
            each.fill(typed)
    press(page, "Pass the criteria ticked")
    page.get_by_role("button", name="Check the next").click()
    check_grounds(page)
    page.get_by_role("button", name="Decide stage 1").click()
    press(page, "Record that it passes")
    expect(page.get_by_text(f"{bid.supplier.name} passed stage 1")).to_be_visible()


PAGES = (
    ("commissioner", "/tenders/"),
    ("commissioner", "/tenders/new/"),
    ("commissioner", "/tenders/{tender}/"),
    ("commissioner", "/tenders/{tender}/bids/"),
    ("commissioner", "/tenders/{tender}/stage1/"),
    ("commissioner", "/tenders/{tender}/conflicts/"),
    ("commissioner", "/tenders/{tender}/history/"),
    ("commissioner", "/tenders/{tender}/abandon/"),
    ("commissioner", "/tenders/{tender}/bids/enter/?q=Supplier"),
    ("commissioner", "/tenders/{tender}/bids/supplier/"),
    ("commissioner", "/tenders/{tender}/bids/file/"),
    ("commissioner", "/bids/{bid}/"),
    ("commissioner", "/bids/{bid}/answers/"),
    ("commissioner", "/bids/{bid}/papers/"),
    ("commissioner", "/bids/{bid}/stage1/"),
    ("commissioner", "/bids/{bid}/stage1/policy/"),
    ("commissioner", "/bids/{bid}/exclusion/mandatory/"),
    ("commissioner", "/bids/{bid}/outcome/"),
    ("commissioner", "/bids/{stopped}/"),
    ("commissioner", "/bids/{stopped}/letter/"),
    ("commissioner", "/tenders/{draft}/"),
    ("commissioner", "/tenders/{draft}/edit/what/"),
    ("commissioner", "/tenders/{draft}/edit/asked/"),
    ("commissioner", "/tenders/{draft}/edit/timetable/"),
    ("commissioner", "/tenders/{draft}/edit/people/"),
    ("commissioner", "/tenders/{draft}/publish/"),
    ("head_of_service", "/tenders/{draft}/approve/"),
    ("head_of_service", "/"),
)


def test_no_page_of_a_tender_has_an_accessibility_fault_or_scrolls_sideways(
    open_page: Callable[..., Page], written: None, someone: Callable[..., str], signed_in_as: Callable[..., Page]
) -> None:
    by: User = a_user()
    stopped, bid = in_stage1(by, number=2)
    failed(by, stopped)
    a_bid(by, bid.tender)
    draft = a_tender(by)
    tenders.record_conflict(tender_id=bid.tender_id, person="Owen", conflict="His sister works there.", act=act(by))
    tenders.ask_approval(tender_id=draft.pk, act=Act(by, AT, date(2016, 7, 31)))
    numbers = {"tender": bid.tender_id, "bid": bid.pk, "stopped": stopped.pk, "draft": draft.pk}
    pages = {role: signed_in_as(open_page(1280), someone(role)) for role in dict(PAGES)}
    assert faults_of((pages[role], path.format(**numbers)) for role, path in PAGES) == []
