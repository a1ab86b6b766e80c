"""Figures as a browser shows them, on the demonstration county: cards, one figure in its kinds, its records and its
definition; wide, narrow, by keyboard."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import databases
from tests.functional.browser import faults, faults_of, tab_to, visit
from tests.functional.site import served

YEAR = "from=2015-04-01&to=2016-03-31"
PAGES = (
    "/figures/",
    "/figures/tac_open/",
    f"/figures/tac_closed_needs_met_or_reduced/?{YEAR}&by=lead_sector",
    f"/figures/tac_duration/?{YEAR}",
    "/figures/placements_open/",
    "/figures/tac_audit_inadequate/records/",
    "/figures/tac_open/definition/",
)


@pytest.fixture(scope="module")
def site_database() -> Iterator[str]:
    """The demonstration county, which these pages only read."""
    with databases.copy_of(databases.template("demo")) as name:
        yield name


@pytest.fixture(scope="module")
def site(site_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(site_database, tmp_path_factory.mktemp("figures") / "log.txt") as address:
        yield address


@pytest.fixture
def analyst(someone: Callable[..., str], signed_in_as: Callable[..., Page]) -> Callable[[Page], Page]:
    return lambda page: signed_in_as(page, someone("performance_analyst"))


def test_no_page_has_an_accessibility_fault_or_scrolls_sideways(wide, analyst) -> None:
    page = analyst(wide)
    assert faults_of((page, path) for path in PAGES) == []


def test_a_question_that_cannot_be_answered_says_so_without_a_fault(wide, analyst) -> None:
    page = visit(analyst(wide), "/figures/tac_open/?as_at=30+June+2017", status=400)
    expect(page.get_by_role("main")).to_contain_text("30 June 2017")
    assert faults(page) == []


def test_another_day_is_asked_by_keyboard(wide, analyst) -> None:
    visit(analyst(wide), "/figures/tac_open/?as_at=30+June+2016")
    expect(wide.locator(".pl-figure")).to_contain_text("2,704")
    wide.get_by_label("As at").focus()
    wide.keyboard.press("Control+a")
    wide.keyboard.type("30 June 2014")
    wide.keyboard.press("Enter")
    expect(wide.locator(".pl-figure")).to_contain_text("1,200")


def test_a_card_leads_by_keyboard_to_its_figure_and_on_to_its_definition(narrow, analyst) -> None:
    visit(analyst(narrow), "/figures/")
    tab_to(narrow, "TACs open")
    narrow.keyboard.press("Enter")
    narrow.wait_for_url("**/figures/tac_open/")
    tab_to(narrow, "The definition in code")
    narrow.keyboard.press("Enter")
    expect(narrow.get_by_role("heading", level=1)).to_have_text("Definition: TACs open")


def test_a_figure_is_asked_without_scripts(open_page, analyst) -> None:
    page = visit(analyst(open_page(320, java_script_enabled=False)), "/figures/tac_open/")
    page.get_by_label("As at").fill("30 June 2014")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".pl-figure")).to_contain_text("1,200")
