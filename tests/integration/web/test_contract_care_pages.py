"""The pages of the care of contracts: each answers for whom it is, and a record goes from its form to the table."""

import io
import re
import zipfile
from datetime import date

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plumbline.actions.operations import raise_action
from plumbline.contracts.models import Assessment, Evaluation, HeldText, Visit
from plumbline.contracts.operations import evaluations, home_reports, kpis, visits
from plumbline.contracts.rules.evaluations import CaseGiven
from plumbline.contracts.rules.visits import AREAS, FindingGiven
from plumbline.flags.models import Flag
from plumbline.people.models import Child, RoleHeld, Tie
from plumbline.toolkits import library
from plumbline.toolkits.operations import returns
from plumbline.web.contract_care import work
from tests.factories.files import pdf
from tests.factories.toolkits import a_document
from tests.integration.contracts.care_situations import (
    AT,
    LONG_AGO,
    TODAY,
    a_contract,
    a_home,
    a_user,
    by,
)
from tests.integration.contracts.test_evaluations import meeting
from tests.integration.web.signing_in import as_

pytestmark = pytest.mark.django_db
VISITED = date(2016, 7, 5)


@pytest.fixture(autouse=True)
def _the_day(settings, tmp_path) -> None:
    settings.TODAY = TODAY
    settings.HOME = tmp_path


def day(name: str, when: date) -> dict[str, str]:
    return {f"{name}_day": str(when.day), f"{name}_month": str(when.month), f"{name}_year": str(when.year)}


@pytest.fixture
def person():
    return a_user("contract_officer")


@pytest.fixture
def officer(person) -> Client:
    return as_(person)


@pytest.fixture
def contract():
    return a_contract(visit_required=True, starts_on=date(2014, 1, 1))


@pytest.fixture
def home(contract):
    return a_home(contract)


@pytest.fixture
def planned(contract, person) -> Evaluation:
    return evaluations.plan_evaluation(contract_id=contract.pk, held_on=date(2016, 7, 12), **by(person))


@pytest.fixture
def visited(contract, home, person) -> Visit:
    visit = visits.plan_visit(contract_id=contract.pk, setting_id=home.pk, visited_on=VISITED, **by(person))
    return visits.hold_visit(
        visit_id=visit.pk, visited_on=VISITED, visitors="Beth", summary="Calm.",
        findings=[FindingGiven(area, "met") for area in AREAS], **by(person),
    )  # fmt: skip


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path} answered {answer.status_code}"
    return answer.content.decode()


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


def test_a_meeting_that_was_held_is_shown(officer, planned, person) -> None:
    evaluations.hold_evaluation(evaluation_id=planned.pk, meeting=meeting(), **by(person))
    assert "All was discussed." in page(officer, f"/contracts/meetings/{planned.pk}/")


def test_a_day_that_has_passed_leads_to_the_record(officer, contract) -> None:
    answer = officer.post(f"/contracts/{contract.pk}/meetings/plan/", day("held_on", date(2016, 7, 12)))
    assert answer.url.endswith("/record/who/")


def fill(client: Client, planned: Evaluation, key: str, typed: dict[str, str]):
    return client.post(f"/contracts/meetings/{planned.pk}/record/{key}/", typed)


def fill_all(client: Client, planned: Evaluation, **changes: dict[str, str]) -> None:
    typed = {
        "who": {**day("held_on", planned.held_on), "chair": "Beth", "name_0": "Beth", "name_1": "Owen",
                "service_1": "on", "area": ""},
        "previous": {}, "safeguarding": {"incidents": "2", "concerns_raised": "no"},
        "cases": {"reference_0": "A7", "summary_0": "Late visits"}, "arrangements": {}, "commitments": {}, "kpis": {},
        "minutes": {"minutes": "All was discussed."},
        "actions": {"title_0": "Train the night staff", "owner_0": "provider", "due_0": "1/9/2016"},
        "next": day("next_on", date(2016, 10, 11)),
    } | changes  # fmt: skip
    for key, given in typed.items():
        answer = fill(client, planned, key, given)
        assert answer.status_code == 302, f"{key} answered {answer.status_code}"


def test_the_journey_records_the_meeting(officer, planned) -> None:
    fill_all(officer, planned)
    officer.post(f"/contracts/meetings/{planned.pk}/check/")
    planned.refresh_from_db()
    assert (planned.state, planned.service_area_present, planned.safeguarding["incidents"]) == ("held", True, 2)


def test_what_was_typed_is_there_when_one_comes_back(officer, planned) -> None:
    fill(officer, planned, "minutes", {"minutes": "Half a sen", "later": "yes"})
    assert "Half a sen" in page(officer, f"/contracts/meetings/{planned.pk}/record/minutes/")


def test_what_is_being_typed_is_kept(officer, planned) -> None:
    answer = officer.post(f"/contracts/meetings/{planned.pk}/record/minutes/keep/", {"minutes": "Half a sen"})
    assert answer.content.decode().startswith("Saved ")


def test_a_page_that_lacks_something_says_what_and_keeps_the_rest(officer, planned) -> None:
    answer = fill(officer, planned, "actions", {"title_0": "Train", "owner_0": "provider"})
    assert "Say by when" in answer.content.decode()


def test_another_row_is_added_without_a_script(officer, planned) -> None:
    typed = {f"name_{number}": f"Person {number}" for number in range(4)}
    fill(officer, planned, "who", {**typed, "more": "yes"})
    assert 'name="name_5"' in page(officer, f"/contracts/meetings/{planned.pk}/record/who/")


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
    officer.post(f"/contracts/meetings/{planned.pk}/record/minutes/keep/", {"minutes": "Half a sen", "document": ""})
    assert "The minutes as a file" in page(officer, f"/contracts/meetings/{planned.pk}/check/")


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
        evaluation_id=planned.pk, meeting=meeting(cases=[CaseGiven("A7", "Late visits")]), **by(person)
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


# --- assurance -------------------------------------------------------------------------------------------------------


def test_a_self_assessment_is_recorded_from_a_file(officer, contract) -> None:
    officer.post(
        f"/contracts/{contract.pk}/assurance/record/self/",
        {**day("completed_on", date(2016, 7, 1)), "instrument": "Section 11",
         "document": SimpleUploadedFile("a.pdf", pdf())},
    )  # fmt: skip
    assert Assessment.objects.get(contract=contract).document.organisation == contract.provider


def test_a_file_that_expires_shortens_the_assessment(officer, contract) -> None:
    officer.post(
        f"/contracts/{contract.pk}/assurance/record/self/",
        {**day("completed_on", date(2016, 7, 1)), **day("expires_on", TODAY), "instrument": "Section 11",
         "document": SimpleUploadedFile("a.pdf", pdf())},
    )  # fmt: skip
    assert Assessment.objects.get(contract=contract).valid_until == TODAY


def test_the_partnership_officer_records_a_board_assessment(contract) -> None:
    as_(a_user("partnership_officer")).post(
        f"/contracts/{contract.pk}/assurance/record/board/",
        {**day("completed_on", date(2016, 7, 1)), "instrument": "Section 11",
         "document": SimpleUploadedFile("a.pdf", pdf())},
    )  # fmt: skip
    assert Assessment.objects.get(contract=contract).kind == "board"


def test_an_officer_finds_no_form_for_a_board_assessment(officer, contract) -> None:
    assert officer.get(f"/contracts/{contract.pk}/assurance/record/board/").status_code == 404


def test_a_self_assessment_is_asked_for(officer, contract) -> None:
    library.load(at=AT)
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


# --- visits ----------------------------------------------------------------------------------------------------------


def test_a_visit_goes_from_plan_to_pack(officer, contract, home) -> None:
    planned = officer.post(
        f"/contracts/visits/plan/?contract={contract.pk}&setting={home.pk}", day("visited_on", VISITED)
    )
    visit = Visit.objects.get()
    assert planned.url.endswith(f"/contracts/visits/{visit.pk}/record/")
    judged = {f"judged_{area}": "met" for area in AREAS}
    officer.post(planned.url, {**day("visited_on", VISITED), "visitors": "Beth", "owner": "provider", **judged})
    officer.post(f"/contracts/visits/{visit.pk}/report/", {})
    officer.post(f"/contracts/visits/{visit.pk}/answer/", {"answer": "We agree."})
    officer.post(f"/contracts/visits/{visit.pk}/sign-off/")
    pack = officer.post(f"/contracts/visits/{visit.pk}/pack/")
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        assert sorted(archive.namelist()) == ["manifest.json", "report.pdf", "visit.json"]


def test_a_visit_is_recorded_from_what_its_toolkit_says(officer, contract, home, person) -> None:
    library.load(at=AT)
    visit = visits.plan_visit(contract_id=contract.pk, setting_id=home.pk, visited_on=VISITED, **by(person))
    begun = officer.post(f"/contracts/visits/{visit.pk}/toolkit/")
    visit.refresh_from_db()
    assert begun.url == f"/returns/{visit.answer_set_id}/"
    assert f'href="/contracts/visits/{visit.pk}/"' in page(officer, begun.url)
    returns.save_answer(
        return_id=visit.answer_set_id, criterion="training", value="partly", comment="First aid ran out.",
        base_revision=0, **by(person),
    )  # fmt: skip
    form = page(officer, f"/contracts/visits/{visit.pk}/record/")
    assert "First aid ran out." in form
    assert re.search(r'name="judged_training"[^>]*value="partly"[^>]*checked', form)


def test_a_visit_is_shown(officer, visited) -> None:
    assert "Send the report" in page(officer, f"/contracts/visits/{visited.pk}/")


def test_an_area_not_met_needs_its_words(officer, contract, home, person) -> None:
    visit = visits.plan_visit(contract_id=contract.pk, setting_id=home.pk, visited_on=VISITED, **by(person))
    judged = {f"judged_{area}": "not_met" for area in AREAS}
    answer = officer.post(
        f"/contracts/visits/{visit.pk}/record/", {**day("visited_on", VISITED), "visitors": "Beth", **judged}
    )
    assert "Training: say what was found" in answer.content.decode()


def test_a_provider_does_not_find_a_visit_before_its_report_was_sent(visited, contract) -> None:
    provider = as_(a_user("provider_user", organisation=contract.provider))
    assert provider.get(f"/contracts/visits/{visited.pk}/").status_code == 404


def test_a_provider_answers_the_report_of_its_visit(officer, visited, contract) -> None:
    officer.post(f"/contracts/visits/{visited.pk}/report/", {})
    provider = as_(a_user("provider_user", organisation=contract.provider))
    assert "Answer the report" in page(provider, f"/contracts/visits/{visited.pk}/")
    provider.post(f"/contracts/visits/{visited.pk}/answer/", {"answer": "We agree."})
    visited.refresh_from_db()
    assert visited.provider_answer == "We agree."


def test_another_councils_visit_is_accepted(officer, home, contract) -> None:
    officer.post(
        f"/contracts/visits/accept/?contract={contract.pk}&setting={home.pk}",
        {"by_council": "Lakeshire", **day("visited_on", VISITED), "because": "Same month.",
         "report": SimpleUploadedFile("r.pdf", pdf())},
    )  # fmt: skip
    assert Visit.objects.get().by_council == "Lakeshire"


def test_a_pack_is_read_and_its_visit_accepted(officer, person, visited, home) -> None:
    visits.sign_off_visit(visit_id=visited.pk, because="Agreed.", **by(person))
    content = officer.post(f"/contracts/visits/{visited.pk}/pack/").content
    answer = officer.post("/contracts/visits/pack/", {"pack": SimpleUploadedFile("v.zip", content)})
    assert "Not signed." in answer.content.decode()
    report_id = answer.context["report_id"]
    officer.post(
        "/contracts/visits/pack/accept/",
        {"setting": home.pk, "report_id": report_id, "by_council": "Lakeshire", "because": "Same month.",
         **day("visited_on", VISITED)},
    )  # fmt: skip
    assert Visit.objects.exclude(pk=visited.pk).get().report_id == report_id


def test_what_is_no_pack_is_refused_at_its_field(officer) -> None:
    answer = officer.post("/contracts/visits/pack/", {"pack": SimpleUploadedFile("v.zip", b"not a zip")})
    assert "This is no visit pack" in answer.content.decode()


def test_a_visit_is_accepted_for_no_setting_that_is_not_there(officer) -> None:
    assert officer.post("/contracts/visits/pack/accept/", {"setting": "the home"}).status_code == 404


# --- homes, indicators, the rest -------------------------------------------------------------------------------------


def test_the_board_shows_what_is_missing(officer, home) -> None:
    assert "Missing" in page(officer, "/contracts/homes/")


def test_a_report_is_received_and_read_with_its_concern(officer, home) -> None:
    officer.post(
        f"/contracts/homes/{home.pk}/receive/",
        {"kind": "reg44", "period": "2016-05-01", **day("received_on", date(2016, 6, 20)),
         "document": SimpleUploadedFile("r.pdf", pdf())},
    )  # fmt: skip
    report = home.home_reports.get()
    officer.post(f"/contracts/homes/reports/{report.pk}/", {"concern": "Restraints have doubled."})
    assert "Concern" in page(officer, "/contracts/homes/")


def test_a_provider_hands_its_report_in(home, contract) -> None:
    provider = as_(a_user("provider_user", organisation=contract.provider))
    assert "A report has come" in page(provider, f"/contracts/homes/{home.pk}/")


def test_a_provider_is_not_shown_what_a_report_gave_cause_for(home, contract, person) -> None:
    report = home_reports.receive_report(
        setting_id=home.pk, kind="reg44", period_from=date(2016, 5, 1), received_on=date(2016, 6, 20), document_id=None,
        with_children={}, **by(person),
    )  # fmt: skip
    home_reports.read_report(report_id=report.pk, concern="Restraints have doubled.", **by(person))
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
    kpi = kpis.add_kpi(contract_id=contract.pk, title="Visits on time", target="95%", **by(person))
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


# --- my work ---------------------------------------------------------------------------------------------------------


def said(user) -> list[str]:
    return [item.what for item in work.items(user, TODAY)]


def test_my_work_of_an_officer_has_the_meeting_to_record(planned, person) -> None:
    assert "Record the evaluation meeting" in said(person)


def test_my_work_of_an_officer_has_the_visit_to_plan(home, person) -> None:
    assert "Plan the yearly visit" in said(person)


def test_my_work_of_an_officer_has_the_reports_that_have_not_come(home, person) -> None:
    assert any("of homes have not come" in what for what in said(person))


def test_my_work_of_the_service_area_lead_has_only_their_own_meetings(planned) -> None:
    lead = a_user("service_area_lead")
    a_contract(area_lead=lead)
    assert said(lead) == ["Plan the evaluation meeting"]


def test_my_work_of_the_partnership_officer_has_the_board_assessments() -> None:
    a_contract(statutory_from=date(2016, 1, 1))
    assert said(a_user("partnership_officer")) == ["Record the board assessment"]


def test_my_work_of_a_provider_has_the_report_to_answer(officer, visited, contract) -> None:
    officer.post(f"/contracts/visits/{visited.pk}/report/", {})
    assert said(a_user("provider_user", organisation=contract.provider)) == ["Answer the report of a visit"]


def test_my_work_has_a_report_to_read(home, person) -> None:
    home_reports.receive_report(
        setting_id=home.pk, kind="reg44", period_from=date(2016, 5, 1), received_on=date(2016, 6, 20), document_id=None,
        with_children={}, **by(person),
    )  # fmt: skip
    assert "Read 1 report of a home" in said(person)


def test_two_roles_of_one_person_do_not_hide_what_waits(planned, person) -> None:
    RoleHeld.objects.create(user=person, role="partnership_officer", from_on=LONG_AGO)
    assert "Record the evaluation meeting" in said(person)


def test_the_flags_of_what_is_due_are_listed_and_opened(officer, home, contract) -> None:
    home_reports.raise_care_flags(with_children={}, **by(None))
    listed = page(officer, "/flags/?state=open")
    opened = [page(officer, f"/flags/{flag.pk}/") for flag in Flag.objects.order_by("pk")]
    assert ("A yearly visit comes near or is late" in listed, len(opened)) == (True, 3)


def test_a_pack_signed_with_the_councils_key_is_known_where_its_public_key_is(
    officer, person, visited, tmp_path
) -> None:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "signing_key.pem").write_bytes(private)
    (tmp_path / "partner_keys").mkdir()
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "partner_keys" / "Lakeshire.pem").write_bytes(public)
    visits.sign_off_visit(visit_id=visited.pk, because="Agreed.", **by(person))
    content = officer.post(f"/contracts/visits/{visited.pk}/pack/").content
    answer = officer.post("/contracts/visits/pack/", {"pack": SimpleUploadedFile("v.zip", content)})
    assert "Signed with the key of Lakeshire" in answer.content.decode()


@pytest.mark.parametrize(("role", "reads"), [("contract_officer", True), ("performance_analyst", False)])
def test_the_title_of_an_assessments_document_is_for_who_may_open_it(role, reads):
    contract = a_contract()
    document = a_document(title="What the visitor of the home saw")
    Assessment.objects.create(
        contract=contract, kind="self", completed_on=date(2016, 1, 1), valid_until=date(2017, 1, 1), document=document
    )
    said = as_(a_user(role)).get(f"/contracts/{contract.pk}/assurance/").content.decode()
    assert ("What the visitor of the home saw" in said, "a file that is not open to you" in said) == (reads, not reads)


def test_a_visits_page_names_a_provider_only_its_own_actions():
    contract = a_contract()
    visit = Visit.objects.create(contract=contract, state="report_sent", visited_on=VISITED, report_sent_on=TODAY)
    theirs, council = {"owner_organisation": contract.provider}, {"owner": a_user("contract_officer")}
    for title, owner in (("Fit the locks", theirs), ("Look at who was dismissed", council)):
        raise_action(
            title=title, detail="", subject_type="contract", subject_id=contract.pk, subject_label=contract.title,
            origin_type="visit", origin_id=visit.pk, due_on=date(2016, 9, 1), critical=False, by=None, at=AT, on=TODAY,
            **{"owner": None, "owner_organisation": None, **owner},
        )  # fmt: skip
    provider = as_(a_user("provider_user", organisation=contract.provider))
    said = provider.get(f"/contracts/visits/{visit.pk}/").content.decode()
    assert ("Fit the locks" in said, "Look at who was dismissed" in said) == (True, False)


@pytest.mark.parametrize(("role", "reads"), [("contract_officer", True), ("partnership_officer", False)])
def test_a_contracts_page_names_its_actions_to_who_may_see_actions(role, reads):
    contract = a_contract()
    raise_action(
        title="Look at who was dismissed", detail="", subject_type="contract", subject_id=contract.pk,
        subject_label=contract.title, origin_type="other", origin_id=None, due_on=date(2016, 9, 1), critical=False,
        owner=a_user("contract_officer"), owner_organisation=None, by=None, at=AT, on=TODAY,
    )  # fmt: skip
    said = as_(a_user(role)).get(f"/contracts/{contract.pk}/").content.decode()
    assert ("Look at who was dismissed" in said) == reads


def test_an_action_is_added_on_the_page_of_a_visit(officer, visited) -> None:
    typed = {"title": "Train everybody", "owner": "provider", "due_on_day": "31", "due_on_month": "8",
             "due_on_year": "2016"}  # fmt: skip
    officer.post(f"/contracts/visits/{visited.pk}/action/", typed)
    assert "Train everybody" in page(officer, f"/contracts/visits/{visited.pk}/")
