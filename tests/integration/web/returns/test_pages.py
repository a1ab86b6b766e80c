"""Pages of returns: evidence, checking, the Excel file, moderation, and who sees what."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plumbline.toolkits.models import Return
from plumbline.toolkits.operations import returns
from tests.factories.toolkits import (
    TODAY,
    a_document,
    a_person,
    an_organisation,
    answer,
    answer_all,
    asked,
    content,
    criterion,
    published,
)
from tests.integration.web.returns.answering import ACT, fields_of, handed_in, kept, section
from tests.integration.web.signing_in import as_
from tests.queries import assert_constant_queries

pytestmark = pytest.mark.django_db


# --- evidence and offers -------------------------------------------------------------------------------------------

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"  # noqa: E501


def test_a_provider_uploads_evidence(made, provider) -> None:
    file = SimpleUploadedFile("policy.pdf", PDF, "application/pdf")
    provider.post(
        f"/returns/{made.pk}/evidence/recruits_safely/",
        {"what": "upload", "title": "Recruitment policy", "document": file},
    )
    given = made.answers.get(criterion="recruits_safely").documents.get().document
    assert (given.title, given.organisation, given.sensitivity) == ("Recruitment policy", made.organisation, "shared")


def test_whoever_is_asked_to_answer_gives_evidence_whatever_their_role() -> None:
    worker = a_person("social_worker")
    own = asked(None, None, worker)
    file = SimpleUploadedFile("notes.pdf", PDF, "application/pdf")
    as_(worker).post(f"/returns/{own.pk}/evidence/culture/", {"what": "upload", "title": "Notes", "document": file})
    assert own.answers.get(criterion="culture").documents.get().document.title == "Notes"


def test_a_document_kept_already_is_chosen(made, provider) -> None:
    document = a_document(made.organisation)
    provider.post(f"/returns/{made.pk}/evidence/culture/", {"what": "choose", "chosen": str(document.pk)})
    assert made.answers.get(criterion="culture").documents.get().document == document


@pytest.mark.parametrize(
    ("query", "back"),
    [("", "questions/culture/"), ("?from=check", "check/#q-culture"), ("?from=section", "sections/part_2/#q-culture")],
)
def test_after_evidence_is_given_one_is_back_where_one_came_from(made, provider, query, back) -> None:
    document = a_document(made.organisation)
    answered = provider.post(
        f"/returns/{made.pk}/evidence/culture/{query}", {"what": "choose", "chosen": str(document.pk)}
    )
    assert answered.url == f"/returns/{made.pk}/{back}"


def test_a_page_in_disguise_is_refused_with_a_sentence(made, provider) -> None:
    file = SimpleUploadedFile("policy.pdf", b"<html><script>1</script>", "application/pdf")
    page = provider.post(f"/returns/{made.pk}/evidence/culture/", {"what": "upload", "title": "P", "document": file})
    assert "There is a problem" in page.content.decode()


def test_an_answer_given_elsewhere_is_taken_by_a_button(made, provider) -> None:
    handed_in(made)
    second = asked(
        published(content("other_trial", [criterion("there", fact="policy.safer_recruitment")])), made.organisation
    )
    source = made.answers.get(criterion="recruits_safely")
    page = provider.get(section(second))
    provider.post(section(second), {**fields_of(page), "then": f"take:there:{source.pk}"})
    assert kept(second, "there") == "yes"


# --- checking and handing in ---------------------------------------------------------------------------------------


def test_an_incomplete_return_cannot_be_handed_in_by_its_page(made, provider) -> None:
    answer(made, "culture", "good")
    provider.post(f"/returns/{made.pk}/check/", {"hand_in": "yes"})
    made.refresh_from_db()
    assert made.state == "in_progress"


def test_a_complete_return_is_handed_in(made, provider) -> None:
    answer_all(made)
    provider.post(f"/returns/{made.pk}/check/", {"hand_in": "yes"})
    made.refresh_from_db()
    assert made.state == "submitted"


@pytest.mark.parametrize(("ticked", "state"), [({}, "requested"), ({"still_true": "on"}, "submitted")])
def test_answers_carried_from_last_time_are_confirmed_before_they_are_handed_in(made, provider, ticked, state) -> None:
    handed_in(made)
    second = asked(made.version, made.organisation)
    provider.post(f"/returns/{second.pk}/check/", {"hand_in": "yes", **ticked})
    second.refresh_from_db()
    assert second.state == state


# --- the file ------------------------------------------------------------------------------------------------------


def test_the_file_goes_out_and_comes_back(made, provider) -> None:
    file = provider.get(f"/returns/{made.pk}/excel/").content
    answered = provider.post(f"/returns/{made.pk}/excel/back/", {"file": SimpleUploadedFile("r.xlsx", file)})
    assert answered.url == f"/returns/{made.pk}/"


@pytest.mark.parametrize("what", ["excel/", "paper/", "", "sections/part_1/"])
def test_who_made_it_takes_it_out_for_ever(made, provider, what) -> None:
    made = handed_in(made)
    returns.moderate(return_id=made.pk, agree_with_rest=True, act=ACT)
    returns.sign_off(return_id=made.pk, act=ACT)
    Return.objects.filter(pk=made.pk).update(due_on=TODAY - timedelta(400))
    assert provider.get(f"/returns/{made.pk}/{what}").status_code == 200


# --- moderation ----------------------------------------------------------------------------------------------------


@pytest.fixture
def officer() -> Client:
    return as_(a_person("contract_officer"))


def test_a_moderator_who_differs_must_say_why(made, officer) -> None:
    handed_in(made)
    page = officer.post(f"/returns/{made.pk}/moderate/part_1/", {"value_supervision": "inadequate"})
    assert "Say why your answer differs from theirs." in page.content.decode()


def test_the_two_grades_stand_side_by_side(made, officer) -> None:
    handed_in(made)
    officer.post(
        f"/returns/{made.pk}/moderate/part_1/", {"value_supervision": "inadequate", "note_supervision": "None."}
    )
    officer.post(f"/returns/{made.pk}/moderate/", {"agree": "yes"})
    made.refresh_from_db()
    assert (made.overall_self_grade, made.overall_moderated_grade) == ("good", "inadequate")


def test_the_provider_does_not_read_a_moderation_that_is_not_closed(made, provider, officer) -> None:
    handed_in(made)
    officer.post(
        f"/returns/{made.pk}/moderate/part_1/", {"value_supervision": "inadequate", "note_supervision": "Hmmm"}
    )
    assert "Hmmm" not in provider.get(f"/returns/{made.pk}/paper/").content.decode()


def test_sent_back_the_reason_stands_first(made, provider, officer) -> None:
    handed_in(made)
    officer.post(f"/returns/{made.pk}/send-back/", {"because": "Say how you know."})
    assert "It was sent back: Say how you know." in provider.get(f"/returns/{made.pk}/").content.decode()


def test_it_is_signed_off(made, officer) -> None:
    handed_in(made)
    returns.moderate(return_id=made.pk, agree_with_rest=True, act=ACT)
    officer.post(f"/returns/{made.pk}/sign-off/", {"sign_off": "yes"})
    made.refresh_from_db()
    assert made.state == "signed_off"


# --- who sees what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["", "sections/part_1/", "check/", "excel/", "paper/", "excel/back/"])
def test_another_providers_return_does_not_exist(made, what) -> None:
    stranger = as_(a_person("provider_user", organisation=an_organisation()))
    assert stranger.get(f"/returns/{made.pk}/{what}").status_code == 404


@pytest.mark.parametrize("what", ["moderate/", "moderate/part_1/", "send-back/", "sign-off/", "people/", "cancel/"])
def test_a_provider_does_not_judge_its_own_return(made, provider, what) -> None:
    handed_in(made)
    assert provider.get(f"/returns/{made.pk}/{what}").status_code == 404


def test_an_officer_reads_what_is_not_theirs_to_answer(made, officer) -> None:
    answer = officer.get(section(made), follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert made.title in page
    assert "Save and continue" not in page


def test_an_officer_cannot_post_what_is_not_theirs_to_answer(made, officer) -> None:
    assert officer.post(section(made), {"value_supervision": "good"}).status_code == 404


def test_a_return_is_asked_for_on_its_page(made, officer) -> None:
    home = an_organisation()
    officer.post(
        "/returns/new/",
        {
            "toolkit": made.version.toolkit.key,
            "organisation": str(home.pk),
            "title": "Assurance 2016",
            "due_on_day": "1",
            "due_on_month": "9",
            "due_on_year": "2016",
        },
    )
    assert Return.objects.get(organisation=home).title == "Assurance 2016"


@pytest.mark.parametrize("called", ["Ada Wren", "ada@hearth.example", "ADA WREN "])
def test_who_is_to_answer_is_asked_by_name_or_address(made, officer, called) -> None:
    person = a_person("social_worker", name="Ada Wren")
    person.email = "ada@hearth.example"
    person.save()
    officer.post(f"/returns/{made.pk}/people/", {"username": called})
    assert made.assignments.get().user == person


def test_of_two_of_one_name_neither_is_asked_by_it(made, officer) -> None:
    for _ in range(2):
        a_person("social_worker", name="Ada Wren")
    page = officer.post(f"/returns/{made.pk}/people/", {"username": "Ada Wren"}).content.decode()
    assert ("More than one person is called Ada Wren" in page, made.assignments.exists()) == (True, False)


def test_a_return_that_nobody_can_answer_says_so(made, officer) -> None:
    assert "Nobody can answer it" in officer.get(f"/returns/{made.pk}/").content.decode()


def test_what_is_answered_by_pages_of_its_own_cannot_be_asked_for_as_a_return(officer) -> None:
    offered = officer.get("/returns/new/").context["form"].fields["toolkit"].choices
    assert not {"business_information", "quality_questions", "implementation_plan"} & {key for key, _ in offered}


def test_the_list_says_how_much_is_answered_in_full(made, officer) -> None:
    answer(made, "supervision", "good")
    assert "1 of 4" in officer.get("/returns/").content.decode()


def test_the_list_can_be_narrowed_to_what_is_overdue(made, officer) -> None:
    asked(made.version, made.organisation, due_on=TODAY - timedelta(9), title="Assurance 2015")
    page = officer.get("/returns/?late=yes").content.decode()
    assert ("Assurance 2015" in page, "9 days late" in page, "Self-assessment 2016" in page) == (True, True, False)


def test_the_list_has_a_constant_number_of_queries(made, officer) -> None:
    answer(made, "supervision", "good")

    def more() -> None:
        for _ in range(5):
            answer_all(asked(made.version))

    assert_constant_queries(lambda: officer.get("/returns/"), more=more)


def test_mine_are_those_to_be_answered_by_me(made, provider) -> None:
    asked(made.version)
    assert provider.get("/returns/?whose=mine").content.decode().count("Self-assessment 2016") == 1


# --- my work -------------------------------------------------------------------------------------------------------


def test_what_is_to_be_answered_is_in_my_work(made, provider) -> None:
    assert "Answer: Self-assessment 2016" in provider.get("/provider/").content.decode()


def test_my_work_says_how_far_a_return_is_answered(made, provider) -> None:
    answer(made, "supervision", "good")
    assert "1 of 4 questions answered in full." in provider.get("/provider/").content.decode()


def test_who_has_no_flags_and_asked_for_it_sees_what_is_overdue() -> None:
    partner = a_person("partnership_officer")
    made = asked(due_on=TODAY - timedelta(1))
    Return.objects.filter(pk=made.pk).update(requested_by=partner)
    assert "Overdue: Self-assessment 2016" in as_(partner).get("/").content.decode()


def test_what_was_sent_back_is_in_my_work(made, provider) -> None:
    handed_in(made)
    returns.send_back(return_id=made.pk, because="Say how.", act=ACT)
    assert "Correct: Self-assessment 2016" in provider.get("/provider/").content.decode()


def test_what_is_to_be_moderated_is_in_my_work(made, officer) -> None:
    handed_in(made)
    assert "Moderate: Self-assessment 2016" in officer.get("/").content.decode()


def test_what_is_to_be_signed_off_is_in_my_work(made) -> None:
    handed_in(made)
    returns.moderate(return_id=made.pk, agree_with_rest=True, act=ACT)
    assert "Sign off: Self-assessment 2016" in as_(a_person("director")).get("/").content.decode()
