"""The sections of a contract's care: each answers for whom it is, and what is due is listed."""

from datetime import date

import pytest

from plumbline.actions.operations import raise_action
from plumbline.contracts.operations import home_reports
from plumbline.flags.models import Flag
from plumbline.people.act import Act
from tests.integration.contracts.care_situations import (
    AT,
    TODAY,
    a_contract,
    a_user,
    by,
)
from tests.integration.web.contract_care.pages import page
from tests.integration.web.signing_in import as_

pytestmark = pytest.mark.django_db


SECTIONS = ("meetings", "assurance", "visits", "kpis", "arrangements", "commitments")


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("role", ["contract_officer", "service_area_lead", "management_team", "partnership_officer"])
def test_a_section_answers_for_who_works_with_contracts(contract, home, role, section) -> None:
    assert contract.title in page(as_(a_user(role)), f"/contracts/{contract.pk}/{section}/")


@pytest.mark.parametrize("section", [each for each in SECTIONS if each != "visits"])
def test_a_provider_is_not_shown_what_is_the_councils(contract, section) -> None:
    provider = as_(a_user("provider_user", organisation=contract.provider))
    assert provider.get(f"/contracts/{contract.pk}/{section}/").status_code == 404


@pytest.mark.parametrize("role", ["lead_professional", "elected_member", "administrator"])
def test_who_has_nothing_to_do_with_contracts_finds_no_meetings(contract, role) -> None:
    assert as_(a_user(role)).get(f"/contracts/{contract.pk}/meetings/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/contracts/meetings-due/", "/contracts/visits-due/", "/contracts/homes/", "/contracts/assessment-terms/"]
)
def test_what_is_due_is_listed(officer, home, path) -> None:
    assert "Contracts" in page(officer, path)


def test_the_list_of_visits_is_taken_out_as_a_file(officer, home) -> None:
    answer = officer.get("/contracts/visits-due/?format=csv")
    assert home.urn in b"".join(answer.streaming_content).decode()


def test_the_flags_of_what_is_due_are_listed_and_opened(officer, home, contract) -> None:
    home_reports.raise_care_flags(with_children={}, act=by(None))
    listed = page(officer, "/flags/?state=open")
    opened = [page(officer, f"/flags/{flag.pk}/") for flag in Flag.objects.order_by("pk")]
    assert ("A yearly visit comes near or is late" in listed, len(opened)) == (True, 3)


@pytest.mark.parametrize(("role", "reads"), [("contract_officer", True), ("partnership_officer", False)])
def test_a_contracts_page_names_its_actions_to_who_may_see_actions(role, reads):
    contract = a_contract()
    raise_action(
        title="Look at who was dismissed",
        detail="",
        subject_type="contract",
        subject_id=contract.pk,
        subject_label=contract.title,
        origin_type="other",
        origin_id=None,
        due_on=date(2016, 9, 1),
        critical=False,
        owner=a_user("contract_officer"),
        owner_organisation=None,
        act=Act(None, AT, TODAY),
    )
    said = as_(a_user(role)).get(f"/contracts/{contract.pk}/").content.decode()
    assert ("Look at who was dismissed" in said) == reads
