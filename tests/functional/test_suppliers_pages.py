"""Suppliers, the queue of published ones and published notices, as a browser shows them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from plumbline.commissioning.models import OcdsParty
from plumbline.commissioning.operations.suppliers import merge_suppliers
from plumbline.exchange.import_ocds import import_ocds
from plumbline.exchange.models import Upload
from plumbline.ofsted.models import Owner
from plumbline.people.act import Act
from plumbline.people.models import Organisation
from tests import conftest as harness
from tests.functional.browser import faults_of, visit
from tests.integration.contracts.care_situations import a_contract, a_home
from tests.integration.ocds.test_import import award, package, release
from tests.integration.placements.situations import AT, TODAY, a_user

# What the addresses below need of each record.
Numbers = dict[str, int]


@pytest.fixture
def numbers(site_database: str, django_db_blocker: Any, tmp_path: Path) -> Numbers:
    """A supplier under two names with a contract, a home and its owner; a process whose supplier waits; an upload."""
    with django_db_blocker.unblock():
        harness.point_at(site_database, "worker")
        at = Organisation.objects.count()
        officer = a_user("contract_officer")
        owner = Owner.objects.create(name=f"Harbour Group {at}", sort_key=f"harbour group {at}")
        contract = a_contract(reference=f"SUPPLIER{at}", provider=_organisation(f"Willow Bank {at}"))
        a_home(contract, owner=owner)
        a_home(owner=owner)
        other = _organisation(f"Willow Bank Homes {at}")
        merge = merge_suppliers(
            merged_id=other.pk, into_id=contract.provider_id, because="Renamed", act=Act(officer, AT, TODAY)
        )
        third = _organisation(f"Willow Bank Family Services {at}")
        said = {**award(f"Willow Bank Ltd {at}"), "contracts": [{"id": "C1", "awardID": "A1", "title": "Short breaks"}]}
        ocid = f"ocds-abc123-shown{at}"
        import_ocds(package(tmp_path, release(ocid, "1"), release(ocid, "2", **said)), act=Act(None, AT, TODAY))
        party = OcdsParty.objects.latest("pk")
        counted = {"read": 2, "added": 1, "changed": 0, "unchanged": 0, "repeated": 0, "refused": 1}
        upload = Upload.objects.create(
            kind="ocds",
            uploaded_by=officer,
            uploaded_at=AT,
            state="ready",
            file_names=["package.json"],
            would_change={
                "files": {"package": counted},
                "refused_count": 1,
                "processes": 1,
                "waiting": 1,
                "refused": [{"line": 2, "id": "x-2", "reason": "“initiationType” is missing (OCDS 1.1.5)."}],
            },
        )
        connection.close()
    return {
        "supplier": contract.provider_id,
        "merge": merge.pk,
        "third": third.pk,
        "party": party.pk,
        "notice": party.process_id,
        "upload": upload.pk,
    }


def _organisation(name: str) -> Organisation:
    return Organisation.objects.create(name=name, sort_key=name.casefold(), sector="voluntary")


PAGES = (
    "/suppliers/",
    "/suppliers/{supplier}/",
    "/suppliers/{supplier}/merge/",
    "/suppliers/{supplier}/merge/?other={third}",
    "/suppliers/merges/{merge}/undo/",
    "/suppliers/to-decide/",
    "/suppliers/to-decide/{party}/",
    "/notices/",
    "/notices/{notice}/",
    "/notices/hand-in/",
    "/notices/hand-in/{upload}/",
)


def test_no_page_of_suppliers_has_an_accessibility_fault_or_scrolls_sideways(
    open_page: Callable[..., Page], numbers: Numbers, someone: Callable[..., str], signed_in_as: Callable[..., Page]
) -> None:
    page = signed_in_as(open_page(1280), someone("contract_officer"))
    assert faults_of((page, path.format(**numbers)) for path in PAGES) == []


def test_a_published_supplier_is_decided_and_the_decision_taken_back(
    wide: Page, numbers: Numbers, someone: Callable[..., str], signed_in_as: Callable[..., Page]
) -> None:
    visit(signed_in_as(wide, someone("contract_officer")), f"/suppliers/to-decide/{numbers['party']}/")
    wide.get_by_label("None of ours").check()
    wide.get_by_role("button", name="Save this decision").click()
    expect(wide.get_by_text("is decided, in 1 notice.")).to_be_visible()
    wide.get_by_role("button", name="Undo", exact=True).click()
    expect(wide.get_by_text("Taken back, in 1 notice.")).to_be_visible()
