"""The pages of reports of homes, indicators, arrangements and commitments."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plumbline.contracts.operations import home_reports, kpis
from plumbline.contracts.rules.evaluations import ActionGiven
from tests.factories.files import pdf
from tests.integration.contracts.care_situations import (
    TODAY,
    a_contract,
    a_user,
    by,
)
from tests.integration.web.contract_care.pages import day, fill_all, page
from tests.integration.web.signing_in import as_

pytestmark = pytest.mark.django_db


def test_the_board_shows_what_is_missing(officer, home) -> None:
    assert "Missing" in page(officer, "/contracts/homes/")


def test_a_report_is_received_and_read_with_its_concern(officer, home) -> None:
    officer.post(
        f"/contracts/homes/{home.pk}/receive/",
        {
            "kind": "reg44",
            "period": "2016-05-01",
            **day("received_on", date(2016, 6, 20)),
            "document": SimpleUploadedFile("r.pdf", pdf()),
        },
    )
    report = home.home_reports.get()
    officer.post(f"/contracts/homes/reports/{report.pk}/", {"concerning": "yes", "concern": "Restraints have doubled."})
    report.refresh_from_db()
    assert report.read_at is None  # nothing is said to be done about it
    officer.post(
        f"/contracts/homes/reports/{report.pk}/",
        {
            "concerning": "yes",
            "concern": "Restraints have doubled.",
            "title": "Say why",
            "owner": "provider",
            "due_on_day": "30",
            "due_on_month": "9",
            "due_on_year": "2016",
        },
    )
    assert "Concern" in page(officer, "/contracts/homes/")


def test_a_provider_hands_its_report_in(home, contract) -> None:
    provider = as_(a_user("provider_user", organisation=contract.provider))
    assert "A report has come" in page(provider, f"/contracts/homes/{home.pk}/")


def test_a_provider_is_not_shown_what_a_report_gave_cause_for(home, contract, person) -> None:
    report = home_reports.receive_report(
        setting_id=home.pk,
        kind="reg44",
        period_from=date(2016, 5, 1),
        received_on=date(2016, 6, 20),
        document_id=None,
        with_children={},
        act=by(person),
    )
    home_reports.read_report(
        report_id=report.pk,
        concern="Restraints have doubled.",
        action=ActionGiven("Say why", date(2016, 9, 30)),
        act=by(person),
    )
    provider = as_(a_user("provider_user", organisation=contract.provider))
    shown = page(provider, f"/contracts/homes/{home.pk}/") + page(provider, f"/contracts/homes/reports/{report.pk}/")
    assert [word for word in ("Concern", "doubled") if word in shown] == []


def test_a_provider_sees_no_colour_beside_its_visits(home, contract) -> None:
    provider = as_(a_user("provider_user", organisation=contract.provider))
    assert "Amber" not in page(provider, f"/contracts/{contract.pk}/visits/")


def test_another_provider_finds_no_such_home(home) -> None:
    provider = as_(a_user("provider_user", organisation=a_contract().provider))
    assert provider.get(f"/contracts/homes/{home.pk}/").status_code == 404


def test_an_indicator_is_measured(officer, contract, person) -> None:
    officer.post(f"/contracts/{contract.pk}/kpis/new/", {"title": "Visits on time", "target": "95%"})
    kpi = contract.kpis.get()
    officer.post(f"/contracts/kpis/{kpi.pk}/read/", {"quarter": "2016-04-01", "value": "96%", "rating": "good"})
    assert "96%" in page(officer, f"/contracts/{contract.pk}/kpis/")


def test_an_indicator_of_the_meeting_is_read(officer, planned, contract, person) -> None:
    kpi = kpis.add_kpi(contract_id=contract.pk, title="Visits on time", target="95%", act=by(person))
    fill_all(officer, planned, kpis={"quarter": "2016-04-01", f"value_{kpi.pk}": "96%", f"rating_{kpi.pk}": "good"})
    officer.post(f"/contracts/meetings/{planned.pk}/check/")
    assert kpi.readings.get().value == "96%"


def test_an_arrangement_is_recorded_and_ended(officer, contract) -> None:
    officer.post(
        f"/contracts/{contract.pk}/arrangements/new/",
        {"text": "Two staff at night", "agreed_by": "Beth", "agreed_with": "Kemi", **day("agreed_on", TODAY)},
    )
    found = contract.arrangements.get()
    officer.post(f"/contracts/arrangements/{found.pk}/end/", {"because": "Not needed."})
    found.refresh_from_db()
    assert found.ended_on == TODAY


def test_a_commitment_is_added(officer, contract) -> None:
    officer.post(f"/contracts/{contract.pk}/commitments/new/", {"text": "A psychologist", "source": "Its bid"})
    assert "A psychologist" in page(officer, f"/contracts/{contract.pk}/commitments/")
