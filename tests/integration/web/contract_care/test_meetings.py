"""The pages of evaluation meetings: planned, recorded page by page, and their cases."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plumbline.contracts.models import HeldText
from plumbline.contracts.operations import evaluations
from plumbline.contracts.rules.evaluations import CaseGiven
from plumbline.people.models import Child, Tie
from tests.factories.files import pdf
from tests.integration.contracts.care_situations import (
    LONG_AGO,
    TODAY,
    a_user,
    by,
)
from tests.integration.contracts.test_evaluations import meeting
from tests.integration.web.contract_care.pages import day, fill, fill_all, keep, page
from tests.integration.web.signing_in import as_

pytestmark = pytest.mark.django_db


def test_a_meeting_that_was_held_is_shown(officer, planned, person) -> None:
    evaluations.hold_evaluation(evaluation_id=planned.pk, meeting=meeting(), act=by(person))
    assert "All was discussed." in page(officer, f"/contracts/meetings/{planned.pk}/")


def test_a_day_that_has_passed_leads_to_the_record(officer, contract) -> None:
    answer = officer.post(f"/contracts/{contract.pk}/meetings/plan/", day("held_on", date(2016, 7, 12)))
    assert answer.url.endswith("/record/who/")


def test_the_journey_records_the_meeting(officer, planned) -> None:
    fill_all(officer, planned)
    officer.post(f"/contracts/meetings/{planned.pk}/check/")
    planned.refresh_from_db()
    assert (planned.state, planned.service_area_present, planned.safeguarding["incidents"]) == ("held", True, 2)


def test_what_was_typed_is_there_when_one_comes_back(officer, planned) -> None:
    fill(officer, planned, "minutes", {"minutes": "Half a sen", "later": "yes"})
    assert "Half a sen" in page(officer, f"/contracts/meetings/{planned.pk}/record/minutes/")


def test_what_is_being_typed_is_kept(officer, planned) -> None:
    assert "Kept as a draft at" in keep(officer, planned, "minutes", {"minutes": "Half a sen"})
    assert "Half a sen" in page(officer, f"/contracts/meetings/{planned.pk}/record/minutes/")


def test_a_page_that_lacks_something_says_what_and_keeps_the_rest(officer, planned) -> None:
    answer = fill(officer, planned, "actions", {"row-0-title": "Train", "row-0-owner": "provider"})
    assert "Say by when" in answer.content.decode()


def test_an_unfinished_record_is_not_taken(officer, planned) -> None:
    officer.post(f"/contracts/meetings/{planned.pk}/check/")
    planned.refresh_from_db()
    assert planned.state == "planned"


def test_the_check_says_what_is_missing(officer, planned) -> None:
    assert "Minutes: " in page(officer, f"/contracts/meetings/{planned.pk}/check/")


def test_minutes_are_attached(officer, planned, contract) -> None:
    fill_all(officer, planned, minutes={"minutes": "", "file": SimpleUploadedFile("minutes.pdf", pdf())})
    officer.post(f"/contracts/meetings/{planned.pk}/check/")
    planned.refresh_from_db()
    assert planned.minutes_document.kind == "minutes"


def test_what_is_saved_as_typed_while_the_minutes_are_on_their_way_does_not_lose_them(officer, planned) -> None:
    fill(officer, planned, "minutes", {"minutes": "", "file": SimpleUploadedFile("minutes.pdf", pdf())})
    keep(officer, planned, "minutes", {"minutes": "Half a sen"})
    assert "minutes.pdf" in page(officer, f"/contracts/meetings/{planned.pk}/check/")


def test_a_disguised_file_is_refused_at_its_field(officer, planned) -> None:
    answer = fill(officer, planned, "minutes", {"file": SimpleUploadedFile("minutes.pdf", b"MZ\x90")})
    assert answer.status_code == 200


def test_another_officer_does_not_see_what_is_half_typed(officer, planned) -> None:
    fill(officer, planned, "minutes", {"minutes": "Half a sen", "later": "yes"})
    other = as_(a_user("contract_officer"))
    assert "Half a sen" not in page(other, f"/contracts/meetings/{planned.pk}/record/minutes/")


def test_a_lead_of_another_service_does_not_record_the_meeting(planned) -> None:
    lead = as_(a_user("service_area_lead"))
    assert lead.get(f"/contracts/meetings/{planned.pk}/record/who/").status_code == 404


@pytest.fixture
def case(planned, person):
    child = Child.objects.create(source_id="P77001", forename="Zara", surname="Quill", sort_key="quill, zara")
    held = evaluations.hold_evaluation(
        evaluation_id=planned.pk, meeting=meeting(cases=[CaseGiven("A7", "Late visits")]), act=by(person)
    )
    found = held.cases.get()
    found.child = child
    found.save(update_fields=["child"])
    return found


def test_the_child_of_a_case_is_not_on_the_officers_page(officer, case, contract) -> None:
    shown = page(officer, f"/contracts/{contract.pk}/meetings/")
    assert ("A7" in shown, f"/children/{case.child_id}/" in shown) == (True, False)


def test_the_child_of_a_case_is_a_link_for_who_may_see_the_child(case, contract) -> None:
    head = a_user("head_of_service")
    Tie.objects.create(
        user=head, subject_type="child", subject_id=case.child_id, why="allocated_worker", from_on=LONG_AGO
    )
    assert f"/children/{case.child_id}/" in page(as_(head), f"/contracts/{contract.pk}/meetings/")


def test_a_case_is_resolved(officer, case) -> None:
    officer.post(f"/contracts/cases/{case.pk}/resolve/", {"resolution": "Visited weekly.", **day("resolved_on", TODAY)})
    case.refresh_from_db()
    # Whose the case is the officer may not see: the text is kept unseen until who knows the child has read it.
    assert case.resolution.startswith("This text is")
    assert HeldText.objects.get().text == "Visited weekly."
