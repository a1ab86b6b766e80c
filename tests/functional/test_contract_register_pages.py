"""The register of contracts, one contract and the management team's list: as a browser shows them, and by keyboard."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from plumbline.contracts.models import Contract
from plumbline.contracts.operations import rating
from plumbline.contracts.operations.register import Entry, register_contract
from plumbline.people.act import Act
from tests import conftest as harness
from tests.functional.browser import faults_of, tab_to, visit
from tests.integration.placements.situations import AT, TODAY, a_setting, a_user


@pytest.fixture
def contract(site_database: str, django_db_blocker: Any) -> Contract:
    """In force for a month, with a setting, rated worse by hand, and nothing seen of it yet."""
    with django_db_blocker.unblock():
        harness.point_at(site_database, "worker")
        number = Contract.objects.count()
        setting = a_setting(urn=f"SC6{number:05}")
        entry = Entry(
            reference=f"CT9{number:02}",
            title="Short breaks",
            kind="block",
            provider="Fenside Care Ltd",
            service="Short breaks",
            starts_on=TODAY - timedelta(30),
            ends_on=date(2018, 2, 28),
            urns=[setting.urn],
        )
        made = register_contract(entry=entry, act=Act(None, AT, TODAY))
        rating.rate_by_hand(
            contract_id=made.pk,
            colour="red",
            because="Two staff left",
            until_on=date(2016, 12, 31),
            act=Act(a_user("contract_officer"), AT, TODAY),
        )
        connection.close()
    return made


PAGES = (
    ("contract_officer", "/"),
    ("management_team", "/"),
    ("contract_officer", "/contracts/"),
    ("contract_officer", "/contracts/?day=31/3/2016"),
    ("contract_officer", "/contracts/new/"),
    ("contract_officer", "/contracts/published/"),
    ("contract_officer", "/contracts/{pk}/"),
    ("management_team", "/contracts/{pk}/"),
    ("contract_officer", "/contracts/{pk}/history/?day=30/7/2016"),
    ("contract_officer", "/contracts/{pk}/change/"),
    ("contract_officer", "/contracts/{pk}/end/"),
    ("contract_officer", "/contracts/{pk}/rating/"),
    ("contract_officer", "/contracts/{pk}/rating/end/"),
    ("management_team", "/contracts/team/"),
    ("management_team", "/contracts/{pk}/decide/?code=no_action_plan&about="),
)


def test_no_page_has_an_accessibility_fault_or_scrolls_sideways(
    open_page: Callable[..., Page], contract: Contract, someone: Callable[..., str], signed_in_as: Callable[..., Page]
) -> None:
    pages = {role: signed_in_as(open_page(1280), someone(role)) for role in dict(PAGES)}
    assert faults_of((pages[role], path.format(pk=contract.pk)) for role, path in PAGES) == []


def test_the_management_team_decides_by_keyboard_on_what_turned_the_contract_amber(
    wide: Page, contract: Contract, someone: Callable[..., str], signed_in_as: Callable[..., Page]
) -> None:
    visit(signed_in_as(wide, someone("management_team")), f"/contracts/{contract.pk}/")
    expect(wide.get_by_text("There is no valid action plan to go with the self-assessment.").first).to_be_visible()
    tab_to(wide, "Decide : No action plan")
    wide.keyboard.press("Enter")
    expect(wide.get_by_role("heading", name="What is decided?")).to_be_visible()
    tab_to(wide, "What was decided?")
    wide.keyboard.type("The plan by Friday, or no new child.")
    tab_to(wide, "Day")
    for part in ("5", "8", "2016"):
        wide.keyboard.type(part)
        wide.keyboard.press("Tab")
    tab_to(wide, "Record the decision")
    wide.keyboard.press("Enter")
    expect(wide.get_by_text("Decided, to be done by 5 August 2016.")).to_be_visible()
    expect(wide.get_by_text("The plan by Friday, or no new child.")).to_be_visible()
