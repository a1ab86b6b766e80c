"""Documents, changes in law and actions as a browser shows them: a provider's phone, and the officer who verifies."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from plumbline.actions import operations as actions
from plumbline.evidence import operations as evidence
from plumbline.people.act import Act
from tests.factories.files import pdf, png
from tests.factories.people import OrganisationFactory, UserFactory
from tests.functional.browser import faults_of, visit
from tests.integration.exchange.extracts import AT

TODAY = date(2016, 7, 31)


@pytest.fixture
def care(writing, tmp_path) -> dict[str, Any]:
    """A provider with someone who signs in, an action of theirs, and a document that has expired."""
    with writing("web"):
        own, officer = OrganisationFactory(name=f"Rowan Care {tmp_path.name}"), UserFactory(role="contract_officer")
        provider = UserFactory(role="provider_user", role__organisation=own)
        document = evidence.keep_document(
            title="Whistleblowing policy",
            file_name="policy.pdf",
            content=pdf(),
            folder=tmp_path,
            act=Act(officer, AT, AT.date()),
            organisation=own,
            kind="whistleblowing",
            sensitivity="shared",
            expires_on=date(2016, 7, 1),
        )
        action = actions.raise_action(
            title="Mend the gate",
            subject_type="contract",
            subject_id=1,
            subject_label="Residential care",
            origin_type="visit",
            owner_organisation=own,
            due_on=TODAY,
            act=Act(officer, AT, date(2016, 7, 1)),
        )
        change = evidence.enter_law_change(
            title="Keeping children safe in education",
            in_force=TODAY,
            policies=["safeguarding"],
            review_by=date(2016, 12, 1),
            act=Act(officer, AT, TODAY),
        )
        return {"provider": provider, "officer": officer, "document": document, "action": action, "change": change}


def test_documents_and_actions_have_no_fault(wide, signed_in_as, care) -> None:
    page = signed_in_as(wide, care["officer"].username)
    document, action = f"/documents/{care['document'].pk}", f"/actions/{care['action'].pk}"
    paths = [
        "/documents/", "/documents/new/", f"{document}/about/", f"{document}/replace/", f"{document}/withdraw/",
        "/law-changes/", "/law-changes/new/", f"/law-changes/{care['change'].pk}/",
        "/actions/", f"{action}/", f"{action}/done/", f"{action}/move/", f"{action}/hand-over/", f"{action}/cancel/",
    ]  # fmt: skip

    assert faults_of((page, path) for path in paths) == []


def test_a_provider_reports_an_action_done_with_a_photograph_on_a_phone_and_an_officer_verifies_it(
    narrow, wide, signed_in_as, care, tmp_path: Path
) -> None:
    photograph = tmp_path / "gate.png"
    photograph.write_bytes(png())
    phone = signed_in_as(narrow, care["provider"].username)
    visit(phone, f"/actions/{care['action'].pk}/")
    phone.get_by_role("button", name="Report it done").click()
    phone.get_by_label("What was done, and what shows it?").fill("New hinges; see the photograph.")
    phone.get_by_label("Attach a document that shows it").set_input_files(photograph)
    phone.get_by_role("button", name="Report it done").click()
    expect(phone.get_by_text("It is over when someone else has verified it")).to_be_visible()
    officer = signed_in_as(wide, care["officer"].username)
    visit(officer, f"/actions/{care['action'].pk}/")
    officer.get_by_role("button", name="Verify it").click()
    officer.get_by_role("button", name="Verify it").click()

    expect(officer.get_by_text("Verified. The action is over.")).to_be_visible()


def test_a_file_that_is_something_else_is_refused_beside_its_field(wide, signed_in_as, care, tmp_path: Path) -> None:
    disguised = tmp_path / "policy.pdf"
    disguised.write_bytes(b"MZ\x90\x00")
    page = signed_in_as(wide, care["provider"].username)
    visit(page, f"/documents/{care['document'].pk}/replace/")
    page.get_by_label("Which file?").set_input_files(disguised)
    page.get_by_role("button", name="Keep the revision").click()

    expect(page.locator(".govuk-error-message")).to_contain_text("none of those that can be kept")
