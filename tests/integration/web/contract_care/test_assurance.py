"""The pages of assessments, plans and policy reviews."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plumbline.contracts.models import Assessment
from plumbline.people.act import Act
from plumbline.toolkits import library
from tests.factories.files import pdf
from tests.factories.toolkits import a_document
from tests.integration.contracts.care_situations import (
    AT,
    TODAY,
    a_contract,
    a_user,
)
from tests.integration.web.contract_care.pages import day, page
from tests.integration.web.signing_in import as_

pytestmark = pytest.mark.django_db


def test_a_self_assessment_is_recorded_from_a_file(officer, contract) -> None:
    officer.post(
        f"/contracts/{contract.pk}/assurance/record/self/",
        {
            **day("completed_on", date(2016, 7, 1)),
            "instrument": "Section 11",
            "document": SimpleUploadedFile("a.pdf", pdf()),
        },
    )
    assert Assessment.objects.get(contract=contract).document.organisation == contract.provider


def test_a_file_that_expires_shortens_the_assessment(officer, contract) -> None:
    officer.post(
        f"/contracts/{contract.pk}/assurance/record/self/",
        {
            **day("completed_on", date(2016, 7, 1)),
            **day("expires_on", TODAY),
            "instrument": "Section 11",
            "document": SimpleUploadedFile("a.pdf", pdf()),
        },
    )
    assert Assessment.objects.get(contract=contract).valid_until == TODAY


def test_the_partnership_officer_records_a_board_assessment(contract) -> None:
    as_(a_user("partnership_officer")).post(
        f"/contracts/{contract.pk}/assurance/record/board/",
        {
            **day("completed_on", date(2016, 7, 1)),
            "instrument": "Section 11",
            "document": SimpleUploadedFile("a.pdf", pdf()),
        },
    )
    assert Assessment.objects.get(contract=contract).kind == "board"


def test_an_officer_finds_no_form_for_a_board_assessment(officer, contract) -> None:
    assert officer.get(f"/contracts/{contract.pk}/assurance/record/board/").status_code == 404


def test_a_self_assessment_is_asked_for(officer, contract) -> None:
    library.load(act=Act(None, AT, TODAY))
    officer.post(
        f"/contracts/{contract.pk}/assurance/ask/self/", {"toolkit": "section11", **day("due_on", date(2016, 9, 1))}
    )
    assert contract.returns.get().purpose == "self_assessment"


def test_a_plan_is_agreed_with_its_action(officer, contract, person) -> None:
    Assessment.objects.create(
        contract=contract, kind="self", completed_on=date(2016, 7, 1), valid_until=date(2017, 7, 1)
    )
    officer.post(
        f"/contracts/{contract.pk}/assurance/plan/",
        {**day("agreed_on", TODAY), "title": "Train", "owner": "provider", **day("due_on", date(2016, 9, 1))},
    )
    assert contract.assessments.filter(kind="plan").exists()


def test_a_plan_without_an_action_is_refused_at_its_field(officer, contract) -> None:
    Assessment.objects.create(
        contract=contract, kind="self", completed_on=date(2016, 7, 1), valid_until=date(2017, 7, 1)
    )
    answer = officer.post(f"/contracts/{contract.pk}/assurance/plan/", {**day("agreed_on", TODAY), "owner": "provider"})
    assert "A plan counts when its actions are written down" in answer.content.decode()


def test_a_policy_review_is_recorded(officer, contract) -> None:
    officer.post(f"/contracts/{contract.pk}/assurance/policy/", {"policy": "dbs", **day("reviewed_on", TODAY)})
    assert contract.policy_reviews.get().policy == "dbs"


def test_the_management_team_settles_a_term() -> None:
    client = as_(a_user("management_team"))
    client.post(
        "/contracts/assessment-terms/",
        {"kind": "self", "months": "24", "because": "Agreed.", **day("from_on", date(2016, 10, 1))},
    )
    assert "24 months from" in page(client, "/contracts/assessment-terms/")


def test_the_partnership_officer_is_shown_what_waits_for_the_board() -> None:
    waiting = a_contract(statutory_from=date(2016, 1, 1))
    assert waiting.reference in page(as_(a_user("partnership_officer")), "/contracts/board-assessments/")


@pytest.mark.parametrize(("role", "reads"), [("contract_officer", True), ("performance_analyst", False)])
def test_the_title_of_an_assessments_document_is_for_who_may_open_it(role, reads):
    contract = a_contract()
    document = a_document(title="What the visitor of the home saw")
    Assessment.objects.create(
        contract=contract, kind="self", completed_on=date(2016, 1, 1), valid_until=date(2017, 1, 1), document=document
    )
    said = as_(a_user(role)).get(f"/contracts/{contract.pk}/assurance/").content.decode()
    assert ("What the visitor of the home saw" in said, "a file that is not open to you" in said) == (reads, not reads)
