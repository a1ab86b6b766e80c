"""Children, TACs, imports, queues, reports, users, the trail and search: as a browser shows them, and their journeys by
keyboard, with the real worker behind the imports."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plumbline.people.act import Act
from plumbline.people.models import User
from plumbline.scrutiny import operations as scrutiny
from tests import databases
from tests.factories.people import ChildFactory, OrganisationFactory, TieFactory, UserFactory
from tests.factories.records import (
    InvolvementFactory,
    PlacementFactory,
    ReferralFactory,
    RefusedRowFactory,
    TacAuditFactory,
    TacFactory,
)
from tests.functional.browser import faults, faults_of, tab_to, visit
from tests.integration.exchange.extracts import AT, HEADERS, OPEN_TAC, TAC

TODAY = date(2016, 7, 31)


@dataclass
class County:
    """A child with a long record, whose social worker, and whose TAC's lead, can sign in."""

    child: Any
    tac: Any
    worker: User
    lead: User
    refused: Any


@pytest.fixture
def county(writing: Callable[..., Any]) -> County:
    with writing():
        child = ChildFactory(forename="Evie", surname="Blackbourn", sort_key="blackbourn, evie")
        tac = TacFactory(child=child, started_on=date(2015, 1, 5), lead_organisation=None, lead_wording="Elm Sch")
        TacAuditFactory(tac=tac)
        closed = date(2015, 3, 1)
        TacFactory(child=child, started_on=date(2014, 1, 5), ended_on=closed, end_wording="Sorted")
        ReferralFactory(child=child)
        InvolvementFactory(child=child)
        PlacementFactory(child=child)
        worker, lead = UserFactory(role="social_worker"), UserFactory(role="lead_professional")
        TieFactory(user=worker, subject_id=child.pk)
        TieFactory(user=lead, subject_type="tac", subject_id=tac.pk, why="lead_professional")
        TieFactory(user=lead, subject_id=child.pk, why="lead_professional")
        return County(child, tac, worker, lead, RefusedRowFactory())


@pytest.fixture
def report(site_database: str, writing: Callable[..., Any]) -> int:
    with writing():
        return scrutiny.write_report(question_numbers=[5, 6], as_at=TODAY, act=Act(None, AT, TODAY)).pk


def test_children_and_tacs_have_no_fault(wide, signed_in_as, county) -> None:
    page = signed_in_as(wide, county.worker.username)
    child, tac = f"/children/{county.child.pk}", f"/tacs/{county.tac.pk}"
    sections = [f"{child}/{name}/" for name in ("tacs", "social-care", "placements", "flags", "timeline")]
    paths = [
        "/children/",
        "/tacs/",
        "/tacs/?state=closed&started_from=rubbish",
        f"{child}/",
        *sections,
        f"{tac}/",
        f"{tac}/history/",
        f"{tac}/timeline/",
        "/search/?q=blackb",
    ]
    assert faults_of((page, path) for path in paths) == []


def test_imports_and_queues_have_no_fault(wide, signed_in_as, someone, county) -> None:
    page = signed_in_as(wide, someone("performance_analyst"))
    names = ["wording", "organisations", "gone", "refused", f"refused/{county.refused.pk}"]
    decide = "/queues/organisations/decide/?wording=Elm+Sch"
    queues = ["/queues/", *(f"/queues/{name}/" for name in names), decide]
    paths = ["/imports/", "/imports/new/", "/imports/uploads/", f"/imports/{county.refused.import_run_id}/", *queues]
    assert faults_of((page, path) for path in paths) == []


def test_users_have_no_fault(wide, signed_in_as, someone, county) -> None:
    page = signed_in_as(wide, someone("administrator"))
    paths = ["/users/", "/users/new/", f"/users/{county.worker.pk}/"]
    assert faults_of((page, path) for path in paths) == []


def test_the_trail_has_no_fault(wide, signed_in_as, someone, county) -> None:
    page = signed_in_as(wide, someone("information_governance"))
    paths = ["/audit/", f"/audit/?child={county.child.source_id}&check=yes"]
    assert faults_of((page, path) for path in paths) == []


def test_reports_have_no_fault(wide, signed_in_as, someone, report) -> None:
    page = signed_in_as(wide, someone("scrutiny_officer", "director"))
    paths = ["/reports/", "/reports/new/", f"/reports/{report}/", f"/reports/{report}/publish/"]
    assert faults_of((page, path) for path in paths) == []


def test_a_worker_opens_a_child_from_the_list_by_keyboard(wide, signed_in_as, county) -> None:
    visit(signed_in_as(wide, county.worker.username), "/children/")
    tab_to(wide, "Evie Blackbourn")
    wide.keyboard.press("Enter")
    expect(wide.get_by_role("heading", level=1)).to_have_text("Evie Blackbourn")


def test_the_sections_of_a_record_are_reached_by_keyboard(wide, signed_in_as, county) -> None:
    visit(signed_in_as(wide, county.worker.username), f"/children/{county.child.pk}/")
    tab_to(wide, "Timeline")
    wide.keyboard.press("Enter")
    expect(wide.get_by_role("heading", name=f"TAC {county.tac.source_id} opened")).to_be_visible()


def test_a_lead_sees_first_what_is_wrong_with_their_tac(wide, signed_in_as, county) -> None:
    visit(signed_in_as(wide, county.lead.username), f"/tacs/{county.tac.pk}/")
    expect(wide.get_by_label("What is wrong")).to_contain_text("“Elm Sch”, which is not mapped")


def test_a_child_is_found_from_the_search_box_by_keyboard(wide, signed_in_as, county) -> None:
    visit(signed_in_as(wide, county.worker.username), "/children/")
    wide.get_by_label("Search people, settings and organisations").focus()
    wide.keyboard.type("blackbourn evie")
    wide.keyboard.press("Enter")
    expect(wide.get_by_role("link", name="Evie Blackbourn").first).to_be_visible()


def test_information_governance_sees_who_looked_at_a_child(wide, narrow, signed_in_as, someone, county) -> None:
    visit(signed_in_as(wide, county.worker.username), f"/children/{county.child.pk}/")
    visit(signed_in_as(narrow, someone("information_governance")), f"/audit/?child={county.child.source_id}")
    expect(narrow.get_by_text(f"{county.worker.name}: 1 time")).to_be_visible()


def test_an_administrator_makes_a_user_who_can_sign_in(wide, open_page, signed_in_as, someone) -> None:
    visit(signed_in_as(wide, someone("administrator")), "/users/new/")
    username = f"ola.{someone('auditor')[-8:]}"
    wide.get_by_label("Full name").fill("Ola Berg")
    wide.get_by_label("User name").fill(username)
    wide.get_by_label("Role", exact=True).select_option("scrutiny_officer")
    wide.get_by_role("button", name="Make the user").press("Enter")
    password = wide.locator("strong.pl-code").inner_text()
    other = visit(open_page(1280), "/sign-in/")
    other.locator("input[name=login]").fill(username)
    other.locator("input[name=password]").fill(password)
    other.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(other.locator(".pl-header__person")).to_contain_text("Ola Berg")


def test_a_director_publishes_and_a_member_reads(wide, narrow, signed_in_as, someone, report) -> None:
    visit(signed_in_as(wide, someone("director")), f"/reports/{report}/")
    tab_to(wide, "Publish this report")
    wide.keyboard.press("Enter")
    wide.get_by_role("button", name="Publish", exact=True).press("Enter")
    expect(wide.get_by_text("Published. Its figures are frozen")).to_be_visible()
    visit(signed_in_as(narrow, someone("elected_member")), f"/reports/{report}/")
    assert faults(narrow) == []


# --- imports, with the worker ---------------------------------------------------------------------------------------


@pytest.fixture
def work(site_database: str) -> Callable[[], None]:
    """Do what waits for the worker, as the worker does it."""

    def worked() -> None:
        command = [sys.executable, "-m", "plumbline.config", "manage", "--login", "worker", "--"]
        subprocess.run(
            [*command, "procrastinate", "worker", "--one-shot", "--queues", "imports"],
            env=databases.environ_for(site_database),
            cwd=databases.CHECKOUT,
            check=True,
            capture_output=True,
        )

    return worked


@pytest.fixture
def extract(tmp_path: Path, someone: Callable[..., str]) -> tuple[list[str], str]:
    """A person, one with an impossible date, and a closed TAC whose words mean nothing here; and what marks them."""
    mark = someone("auditor")[-8:].upper()
    anna, ben = f"P1{mark},Anna,Bell,F,2008-02-03,WBRI", f"P2{mark},Ben,Cole,M,31/02/2009,WBRI"
    rows = {
        "ssd_person": f"{anna}\n{ben}",
        "ssd_early_help_episodes": (f"{TAC}\n{OPEN_TAC.replace('P2', 'P1')}")
        .replace("EH", f"EH{mark}").replace("P1", f"P1{mark}").replace("Needs met", f"All well {mark}")
        .replace("Ash School", f"Ash School {mark}"),
    }  # fmt: skip
    for name, text in rows.items():
        (tmp_path / f"{name}.csv").write_text(f"{HEADERS[name]}\n{text}\n")
    return [str(tmp_path / f"{name}.csv") for name in rows], mark


def taken_in(page: Page, files: list[str], work: Callable[[], None]) -> None:
    visit(page, "/imports/new/")
    page.get_by_label("An extract of the social-care system").check()
    page.get_by_label("Files").set_input_files(files)
    for part, typed in (("Day", "31"), ("Month", "7"), ("Year", "2016")):
        page.get_by_label(part, exact=True).fill(typed)
    page.get_by_role("button", name="Look at the files").press("Enter")
    expect(page.get_by_text("You can leave this page")).to_be_visible()
    work()
    page.reload()
    page.get_by_role("button", name="Take these records").press("Enter")
    work()
    page.reload()


def test_an_extract_is_looked_at_taken_and_its_refused_row_mended(wide, signed_in_as, someone, extract, work) -> None:
    files, mark = extract
    taken_in(signed_in_as(wide, someone("performance_analyst")), files, work)
    expect(wide.get_by_role("heading", name="1 row could not be taken")).to_be_visible()
    wide.get_by_role("link", name="Mend them, or set them aside").press("Enter")
    wide.get_by_role("row").filter(has_text=f"P2{mark}").get_by_role("link").press("Enter")
    wide.get_by_label("pers_dob").fill("28/02/2009")
    wide.get_by_role("button", name="Try it again").press("Enter")
    work()
    # Scripts look again by themselves; nobody pressed anything.
    expect(wide.get_by_role("heading", level=1)).to_contain_text("Mended and taken", timeout=15_000)


def test_a_wording_is_mapped_and_taken_back(wide, signed_in_as, someone, extract, work) -> None:
    files, mark = extract
    taken_in(signed_in_as(wide, someone("performance_analyst")), files, work)
    visit(wide, "/queues/wording/")
    wide.get_by_label(f"It means (All well {mark})").select_option("needs_met")
    wide.get_by_role("button", name="Save these decisions").press("Enter")
    expect(wide.get_by_text("1 wording is mapped, on 1 TAC.")).to_be_visible()
    wide.get_by_role("button", name="Undo").press("Enter")
    expect(wide.get_by_label(f"It means (All well {mark})")).to_be_visible()


def test_an_import_needs_no_scripts(open_page, signed_in_as, someone, extract, work) -> None:
    files, _ = extract
    page = signed_in_as(open_page(1280, java_script_enabled=False), someone("performance_analyst"))
    taken_in(page, files, work)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Done"))


def test_an_organisation_is_decided_by_keyboard(wide, signed_in_as, someone, writing, extract, work) -> None:
    files, mark = extract
    taken_in(signed_in_as(wide, someone("performance_analyst")), files, work)
    with writing("web"):
        OrganisationFactory(name=f"Ash Schools {mark}")
    visit(wide, "/queues/organisations/")
    tab_to(wide, f"Decide what Ash School {mark} is", presses=300)
    wide.keyboard.press("Enter")
    wide.get_by_label(f"Ash Schools {mark} (School)").check()
    wide.get_by_role("button", name="Save this decision").press("Enter")
    expect(wide.get_by_text(f"“Ash School {mark}” is mapped, on 2 TACs.")).to_be_visible()
