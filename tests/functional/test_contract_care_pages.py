"""The care of a contract as a browser shows it: its pages, wide and narrow, and a meeting recorded as it is typed."""

import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plumbline.contracts.models import Evaluation
from plumbline.contracts.operations import arrangements, evaluations, home_reports, kpis, visits
from plumbline.contracts.rules.evaluations import ActionGiven, CaseGiven
from plumbline.contracts.rules.visits import AREAS, FindingGiven
from tests.functional.browser import faults, faults_of, visit
from tests.integration.contracts.care_situations import a_contract, a_home, a_user, by
from tests.integration.contracts.test_evaluations import meeting

HELD_ON, VISITED = date(2016, 4, 12), date(2016, 7, 5)


@pytest.fixture
def care(writing) -> dict[str, Any]:
    """A contract with everything that its care has: a meeting held and one planned, a home, a visit, an indicator."""
    with writing():
        officer = a_user("contract_officer")
        contract = a_contract(visit_required=True, starts_on=date(2014, 1, 1))
        home = a_home(contract)
        kpi = kpis.add_kpi(contract_id=contract.pk, title="Visits on time", target="95%", act=by(officer))
        kpis.record_reading(
            kpi_id=kpi.pk, quarter_from=date(2016, 1, 1), value="88%", rating="approaching", act=by(officer)
        )
        arrangements.add_commitment(contract_id=contract.pk, text="A psychologist", source="Its bid", act=by(officer))
        arrangements.agree_arrangement(
            contract_id=contract.pk,
            text="Two staff at night",
            agreed_on=HELD_ON,
            agreed_by="Beth",
            agreed_with="Kemi",
            act=by(officer),
        )
        held = evaluations.plan_evaluation(contract_id=contract.pk, held_on=HELD_ON, act=by(officer))
        evaluations.hold_evaluation(
            evaluation_id=held.pk,
            act=by(officer),
            meeting=meeting(
                held_on=HELD_ON,
                next_on=date(2016, 7, 12),
                cases=[CaseGiven("A7", "Late visits")],
                actions=[ActionGiven("Train the night staff", date(2016, 9, 1))],
            ),
        )
        visited = visits.plan_visit(contract_id=contract.pk, setting_id=home.pk, visited_on=VISITED, act=by(officer))
        visits.hold_visit(
            visit_id=visited.pk,
            visited_on=VISITED,
            visitors="Beth",
            summary="Calm.",
            findings=[FindingGiven(area, "met") for area in AREAS],
            act=by(officer),
        )
        report = home_reports.receive_report(
            setting_id=home.pk,
            kind="reg44",
            period_from=date(2016, 5, 1),
            received_on=date(2016, 6, 20),
            document_id=None,
            with_children={},
            act=by(officer),
        )
        return {
            "officer": officer,
            "contract": contract,
            "held": held,
            "visit": visited,
            "home": home,
            "report": report,
            "kpi": kpi,
            "planned": contract.evaluations.get(state="planned"),
        }


STEPS = (
    "who",
    "previous",
    "safeguarding",
    "cases",
    "arrangements",
    "commitments",
    "kpis",
    "minutes",
    "actions",
    "next",
)


def test_the_pages_of_a_contracts_care_have_no_fault(wide, signed_in_as, care) -> None:
    page = signed_in_as(wide, care["officer"].username)
    own, planned = f"/contracts/{care['contract'].pk}", care["planned"].pk
    sections = ("meetings", "assurance", "visits", "kpis", "arrangements", "commitments")
    paths = [
        *(f"{own}/{section}/" for section in sections),
        *(f"/contracts/meetings/{planned}/record/{step}/" for step in STEPS), f"/contracts/meetings/{planned}/check/",
        f"/contracts/meetings/{planned}/record/",
        f"/contracts/meetings/{care['held'].pk}/", f"/contracts/visits/{care['visit'].pk}/",
        f"{own}/assurance/record/self/", f"/contracts/visits/accept/?contract={care['contract'].pk}",
        "/contracts/meetings-due/", "/contracts/visits-due/", "/contracts/homes/", "/contracts/visits/pack/",
        f"/contracts/homes/{care['home'].pk}/", f"/contracts/homes/reports/{care['report'].pk}/",
        f"/contracts/kpis/{care['kpi'].pk}/read/", "/contracts/assessment-terms/", "/",
    ]  # fmt: skip
    assert faults_of((page, path) for path in paths) == []


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def test_the_enter_key_in_a_row_saves_the_page_and_takes_no_row_out(wide: Page, signed_in_as, care) -> None:
    page = signed_in_as(wide, care["officer"].username)
    who = f"/contracts/meetings/{care['planned'].pk}/record/who/"
    visit(page, who)
    page.get_by_label("Name").first.fill("Beth Larkin")
    page.get_by_label("Name").nth(1).fill("Owen Tibbs")
    page.get_by_label("Name").nth(1).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What was to be done since last time")
    visit(page, who)
    expect(page.get_by_label("Name").nth(1)).to_have_value("Owen Tibbs")
    page.get_by_role("button", name="Remove Person 1").click()
    expect(page.get_by_label("Name").first).to_have_value("Owen Tibbs")


def test_what_a_concern_asks_is_revealed_by_the_answer(wide: Page, narrow: Page, signed_in_as, care) -> None:
    for page in (wide, narrow):
        signed_in_as(page, care["officer"].username)
        visit(page, f"/contracts/meetings/{care['planned'].pk}/record/safeguarding/")
        expect(page.get_by_label("Which concerns?")).to_be_hidden()
        page.get_by_label("Yes", exact=True).check()
        expect(page.get_by_label("Which concerns?")).to_be_visible()
        assert faults(page) == []
        go_on(page)
        # What is asked and empty is said, where it is to be answered.
        page.get_by_role("link", name="Say what is done about the concerns").click()
        expect(page.get_by_label("What is done about them?")).to_be_focused()
        assert faults(page) == []
        page.get_by_label("No", exact=True).check()
        expect(page.get_by_label("Which concerns?")).to_be_hidden()
        go_on(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Cases that need resolution")


def test_a_meeting_is_recorded_as_it_is_typed(wide: Page, signed_in_as, care, writing) -> None:
    page = signed_in_as(wide, care["officer"].username)
    visit(page, f"/contracts/{care['contract'].pk}/meetings/")
    page.get_by_role("button", name="Record the meeting").click()
    page.get_by_label("Name").first.fill("Beth Larkin")
    page.get_by_label("Name").nth(1).fill("Owen Tibbs")
    page.get_by_label("Came for the service area").nth(1).check()
    go_on(page)
    page.get_by_label("Train the night staff").fill("Half of them are trained.")
    go_on(page)
    page.get_by_label("Incidents this quarter").fill("2")
    page.get_by_label("No", exact=True).check()
    go_on(page)
    for _ in ("cases", "arrangements", "commitments", "kpis"):
        go_on(page)

    page.get_by_label("Minutes").fill("All was discussed")
    expect(page.locator(".pl-saved")).to_contain_text("Kept as a draft")
    page.reload()
    expect(page.get_by_label("Minutes")).to_have_value("All was discussed")

    go_on(page)
    go_on(page)
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    page.get_by_role("button", name="Record the meeting").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Evaluation meeting of 12 July 2016"))
    with writing():
        kept = Evaluation.objects.get(pk=care["planned"].pk)
    assert (kept.state, kept.service_area_present, kept.minutes) == ("held", True, "All was discussed")
