"""Pages of returns: answering beside someone else, drafts, evidence, the Excel file, moderation, and who sees what."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plumbline.people.act import Act
from plumbline.people.models import Draft
from plumbline.toolkits.models import Return
from plumbline.toolkits.operations import returns
from tests.factories.toolkits import (
    AT,
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
from tests.integration.web.signing_in import as_
from tests.queries import assert_constant_queries

pytestmark = pytest.mark.django_db
ACT = Act(None, AT, TODAY)


@pytest.fixture(autouse=True)
def _the_day(settings, tmp_path) -> None:
    settings.TODAY = TODAY
    settings.HOME = tmp_path


@pytest.fixture
def made() -> Return:
    return asked()


@pytest.fixture
def provider(made) -> Client:
    return as_(a_person("provider_user", organisation=made.organisation))


def section(made, part="part_1") -> str:
    """The page that asks all the questions of a section."""
    return f"/returns/{made.pk}/sections/{part}/whole/"


def question(made, key="supervision") -> str:
    return f"/returns/{made.pk}/questions/{key}/"


def fields_of(page) -> dict[str, str]:
    """What a browser would send of the page's form as it stands."""
    form = page.context["form"]
    sent = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, list):
            sent |= {
                f"{bound.html_name}_{part}": str(each or "")
                for part, each in zip(("day", "month", "year"), value, strict=True)
            }
        elif hasattr(value, "day"):
            sent |= {f"{bound.html_name}_{part}": str(getattr(value, part)) for part in ("day", "month", "year")}
        else:
            sent[bound.html_name] = value or ""
    return sent


def kept(made, key) -> str:
    found = made.answers.filter(criterion=key).first()
    return found.value if found else ""


def handed_in(made) -> Return:
    answer_all(made)
    return returns.submit(return_id=made.pk, act=ACT)


# --- answering -----------------------------------------------------------------------------------------------------


def test_saving_a_section_leads_to_the_next(made, provider) -> None:
    page = provider.get(section(made))
    answered = provider.post(section(made), {**fields_of(page), "value_supervision": "good"})
    assert (answered.url, kept(made, "supervision")) == (section(made, "part_2"), "good")


def test_the_last_section_leads_to_checking(made, provider) -> None:
    page = provider.get(section(made, "part_2"))
    answered = provider.post(section(made, "part_2"), {**fields_of(page), "value_culture": "good"})
    assert answered.url == f"/returns/{made.pk}/check/"


def test_two_who_answer_the_same_question_at_once_see_both_answers(made, provider) -> None:
    mine = fields_of(provider.get(section(made)))
    answer(made, "supervision", "good", comment="Seen in twelve files.")
    page = provider.post(
        section(made), {**mine, "value_supervision": "inadequate", "comment_supervision": "Not for me."}
    )
    text = page.content.decode()
    assert ("Seen in twelve files." in text, "Not for me." in text, kept(made, "supervision")) == (True, True, "good")


def test_after_a_conflict_mine_can_be_put_in_its_place(made, provider) -> None:
    mine = fields_of(provider.get(section(made)))
    answer(made, "supervision", "good")
    page = provider.post(section(made), {**mine, "value_supervision": "inadequate"})
    provider.post(section(made), fields_of(page))
    assert kept(made, "supervision") == "inadequate"


def test_after_a_conflict_theirs_can_be_kept(made, provider) -> None:
    mine = fields_of(provider.get(section(made)))
    answer(made, "supervision", "good")
    page = provider.post(section(made), {**mine, "value_supervision": "inadequate"})
    provider.post(section(made), {**fields_of(page), "keep": "supervision"})
    assert (kept(made, "supervision"), Draft.objects.count()) == ("good", 0)


def test_what_conflicted_is_still_there_on_coming_back(made, provider) -> None:
    mine = fields_of(provider.get(section(made)))
    answer(made, "supervision", "good")
    provider.post(section(made), {**mine, "value_supervision": "inadequate", "comment_supervision": "My own words."})
    assert "My own words." in provider.get(section(made)).content.decode()


def test_a_question_i_did_not_touch_is_not_put_back(made, provider) -> None:
    mine = fields_of(provider.get(section(made)))
    answer(made, "supervision", "good")
    provider.post(section(made), {**mine, "value_recruits_safely": "yes"})
    assert (kept(made, "supervision"), kept(made, "recruits_safely")) == ("good", "yes")


def test_a_value_that_is_none_of_the_choices_is_shown_as_wrong(made, provider) -> None:
    page = provider.post(section(made), {**fields_of(provider.get(section(made))), "value_supervision": "splendid"})
    assert "There is a problem" in page.content.decode()


# --- a question a page ---------------------------------------------------------------------------------------------


def ask(made, client, key, *, query="", **typed):
    """One question answered on its page."""
    page = client.get(question(made, key) + query)
    return client.post(question(made, key) + query, {**fields_of(page), **typed})


def test_a_page_asks_one_question(made, provider) -> None:
    asked_here = provider.get(question(made)).context["form"].fields
    assert [name for name in asked_here if name.startswith("value_")] == ["value_supervision"]


def test_saving_a_question_leads_to_the_next(made, provider) -> None:
    answered = ask(made, provider, "recruits_safely", value_recruits_safely="yes")
    assert (answered.url, kept(made, "recruits_safely")) == (question(made, "supervision"), "yes")


def test_what_is_answered_in_full_is_not_asked_again_on_the_way(made, provider) -> None:
    answer(made, "supervision", "good")
    assert ask(made, provider, "recruits_safely", value_recruits_safely="yes").url == question(made, "culture")


def test_an_answer_that_lacks_its_document_is_on_the_way() -> None:
    made = asked(published(content("trial_papers", [criterion("a"), criterion("b", evidence="required")])))
    answer(made, "b", "yes")
    provider = as_(a_person("provider_user", organisation=made.organisation))
    assert ask(made, provider, "a", value_a="yes").url == question(made, "b")


def test_after_the_last_question_all_is_checked(made, provider) -> None:
    answered = ask(made, provider, "impact_seen", value_impact_seen="It helped.")
    assert answered.url == f"/returns/{made.pk}/check/"


@pytest.mark.parametrize(
    ("came_from", "back"), [("check", "check/#q-supervision"), ("section", "sections/part_1/#q-supervision")]
)
def test_a_question_opened_to_be_changed_leads_back(made, provider, came_from, back) -> None:
    answered = ask(made, provider, "supervision", query=f"?from={came_from}", value_supervision="good")
    assert answered.url == f"/returns/{made.pk}/{back}"


def test_two_on_the_page_of_one_question_see_both_answers(made, provider) -> None:
    mine = fields_of(provider.get(question(made)))
    answer(made, "supervision", "good", comment="Seen in twelve files.")
    page = provider.post(question(made), {**mine, "value_supervision": "inadequate"})
    assert ("Seen in twelve files." in page.content.decode(), kept(made, "supervision")) == (True, "good")


def test_a_question_of_a_return_that_is_handed_in_is_read_in_its_section(made, provider) -> None:
    handed_in(made)
    assert provider.get(question(made)).url == f"/returns/{made.pk}/sections/part_1/#q-supervision"


def test_a_question_that_is_not_asked_does_not_exist(made, provider) -> None:
    assert provider.get(question(made, "invented")).status_code == 404


def test_a_section_says_what_each_of_its_answers_lacks() -> None:
    made = asked(published(content("trial_lacks", [criterion("a", evidence="required"), criterion("b")])))
    answer(made, "a", "yes")
    provider = as_(a_person("provider_user", organisation=made.organisation))
    page = provider.get(f"/returns/{made.pk}/sections/part_1/").content.decode()
    assert [words in page for words in ("A document is needed", "Not answered yet", "0 of 2 questions")] == [True] * 3


def test_who_answers_reads_last_time_beside_each_answer(made, provider) -> None:
    handed_in(made)
    second = asked(made.version, made.organisation)
    ask(second, provider, "supervision", value_supervision="inadequate")
    page = provider.get(f"/returns/{second.pk}/sections/part_1/").content.decode()
    assert ("Last time: Good" in page, "Carried forward from last time" in page) == (True, True)


# --- drafts --------------------------------------------------------------------------------------------------------


def keep_draft(client, made, seq="1", **typed):
    page = fields_of(client.get(section(made)))
    return client.post(f"/returns/{made.pk}/draft/", {**page, **typed, "seq": seq}, headers={"HX-Request": "true"})


def test_what_is_typed_is_kept_with_the_time(made, provider) -> None:
    assert keep_draft(provider, made, comment_supervision="Half a sen").content.decode().startswith("Saved ")


def test_a_draft_does_not_touch_the_record(made, provider) -> None:
    keep_draft(provider, made, value_supervision="good")
    assert kept(made, "supervision") == ""


def test_a_draft_is_offered_again_after_a_time_out(made) -> None:
    user = a_person("provider_user", organisation=made.organisation)
    before = as_(user)
    keep_draft(before, made, comment_supervision="Half a sentence")
    before.session.flush()
    assert before.get(section(made)).status_code == 302
    page = as_(user).get(section(made)).content.decode()
    assert "Half a sentence" in page


def test_what_is_typed_after_the_time_out_is_told_at_once_and_kept(made) -> None:
    user = a_person("provider_user", organisation=made.organisation)
    client = as_(user)
    page = client.get(section(made))
    line = re.search(r'name="typed_into" value="([^"]+)"', page.content.decode())[1]
    typed = {**fields_of(page), "comment_supervision": "Half a sen", "typed_into": line, "seq": "1"}
    client.session.flush()
    answered = client.post(f"/returns/{made.pk}/draft/", typed, headers={"HX-Request": "true"})
    assert "You have been signed out." in answered.content.decode()
    assert "Half a sen" in as_(user).get(section(made)).content.decode()


@pytest.mark.parametrize("page", [section, question])
def test_what_is_sent_after_the_time_out_stands_in_the_page_again(made, page) -> None:
    user = a_person("provider_user", organisation=made.organisation)
    client = as_(user)
    shown = client.get(page(made))
    line = re.search(r'name="typed_into" value="([^"]+)"', shown.content.decode())[1]
    client.session.flush()
    client.post(page(made), {**fields_of(shown), "comment_supervision": "Half a sen", "typed_into": line})
    assert kept(made, "supervision") == ""
    again = as_(user).get(page(made)).content.decode()
    assert ("Half a sen" in again, "You typed this" in again) == (True, True)


def test_saving_the_section_takes_the_draft_away(made, provider) -> None:
    keep_draft(provider, made, value_supervision="good")
    provider.post(section(made), fields_of(provider.get(section(made))))
    assert (kept(made, "supervision"), Draft.objects.count()) == ("good", 0)


def test_a_draft_can_be_put_aside(made, provider) -> None:
    keep_draft(provider, made, value_supervision="good")
    provider.post(section(made), {"discard": "yes"})
    assert (kept(made, "supervision"), Draft.objects.count()) == ("", 0)


def test_a_draft_begun_before_somebody_elses_answer_does_not_overwrite_it(made, provider) -> None:
    keep_draft(provider, made, value_supervision="inadequate")
    answer(made, "supervision", "good")
    provider.post(section(made), fields_of(provider.get(section(made))))
    assert kept(made, "supervision") == "good"


def test_beside_a_draft_an_untouched_question_is_shown_as_it_stands_now(made, provider) -> None:
    keep_draft(provider, made, value_supervision="good")
    answer(made, "recruits_safely", "yes", comment="Answered by a colleague.")
    assert "Answered by a colleague." in provider.get(section(made)).content.decode()


def test_nobody_else_sees_a_draft(made, provider) -> None:
    keep_draft(provider, made, comment_supervision="Half a sentence")
    colleague = as_(a_person("provider_user", organisation=made.organisation))
    assert "Half a sentence" not in colleague.get(section(made)).content.decode()


def test_what_is_typed_on_one_page_is_offered_on_every_page_that_asks_the_question(made, provider) -> None:
    keep_draft(provider, made, comment_supervision="Half a sentence")
    assert "Half a sentence" in provider.get(question(made)).content.decode()


def test_only_what_was_touched_is_kept_as_a_draft(made, provider) -> None:
    keep_draft(provider, made, comment_supervision="Half a sentence")
    assert Draft.objects.count() == 1


def test_typing_undone_again_is_no_draft(made, provider) -> None:
    keep_draft(provider, made, comment_supervision="Half")
    page = fields_of(provider.get(question(made)))
    provider.post(f"/returns/{made.pk}/draft/", {**page, "comment_supervision": "", "seq": "2"})
    assert "You typed this" not in provider.get(question(made)).content.decode()


def test_what_is_typed_and_not_saved_is_said_before_handing_in(made, provider) -> None:
    keep_draft(provider, made, comment_supervision="Half a sentence")
    assert (
        "What you typed at “Supervision” is not saved yet."
        in provider.get(f"/returns/{made.pk}/check/").content.decode()
    )


def test_a_draft_that_comes_after_its_page_was_saved_is_not_said_to_be_unsaved(made, provider) -> None:
    page = fields_of(provider.get(question(made)))
    typed = {**page, "value_supervision": "good"}
    provider.post(question(made), typed)
    provider.post(f"/returns/{made.pk}/draft/", {**typed, "seq": "1"})
    assert "is not saved yet" not in provider.get(f"/returns/{made.pk}/check/").content.decode()


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
