"""What of the care of contracts waits on My work."""

from datetime import date

import pytest

from plumbline.contracts.operations import home_reports
from tests.duties import what
from tests.factories.people import hold_role
from tests.integration.contracts.care_situations import (
    LONG_AGO,
    TODAY,
    a_contract,
    a_user,
    by,
)

pytestmark = pytest.mark.django_db


def said(user) -> list[str]:
    return what(user, TODAY)


def test_my_work_of_an_officer_has_the_meeting_to_record(planned, person) -> None:
    assert "Record the evaluation meeting" in said(person)


def test_my_work_of_an_officer_has_the_visit_to_plan(home, person) -> None:
    assert "Plan the yearly visit" in said(person)


def test_my_work_of_an_officer_has_the_reports_that_have_not_come(home, person) -> None:
    assert any(each.startswith("Ask the home for its reports") for each in said(person))


def test_my_work_of_the_service_area_lead_has_only_their_own_meetings(planned) -> None:
    lead = a_user("service_area_lead")
    a_contract(area_lead=lead)
    assert said(lead) == ["Plan the evaluation meeting"]


def test_my_work_of_the_partnership_officer_has_the_board_assessments() -> None:
    a_contract(statutory_from=date(2016, 1, 1))
    assert said(a_user("partnership_officer")) == ["Record the {board} assessment"]


def test_my_work_of_a_provider_has_the_report_to_answer(officer, visited, contract) -> None:
    officer.post(f"/contracts/visits/{visited.pk}/report/", {})
    assert "Answer the report of a visit" in said(a_user("provider_user", organisation=contract.provider))


def test_my_work_has_a_report_to_read(home, person) -> None:
    home_reports.receive_report(
        setting_id=home.pk,
        kind="reg44",
        period_from=date(2016, 5, 1),
        received_on=date(2016, 6, 20),
        document_id=None,
        with_children={},
        act=by(person),
    )
    assert "Read the home’s report" in said(person)


def test_two_roles_of_one_person_do_not_hide_what_waits(planned, person) -> None:
    hold_role(user=person, role="partnership_officer", from_on=LONG_AGO)
    assert "Record the evaluation meeting" in said(person)
