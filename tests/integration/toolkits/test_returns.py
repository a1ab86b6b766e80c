"""A return from being asked for to being signed off: who may do what, and what is refused."""

from datetime import date, timedelta

import pytest

from plumbline.audit.models import Event
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.toolkits import content as contents
from plumbline.toolkits.access import is_asked, returns_visible_to
from plumbline.toolkits.models import Return, ReturnState
from plumbline.toolkits.operations import returns
from plumbline.toolkits.queries import returns as queries
from tests.duties import of_kind
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
    handed_in,
    plain_version,
    published,
)
from tests.refusals import raises

pytestmark = pytest.mark.django_db

ACT = Act(None, AT, TODAY)


def as_(user):
    return Act(user, AT, TODAY)


# --- asking --------------------------------------------------------------------------------------------------------


def test_a_return_is_asked_for_on_a_published_version_only() -> None:
    version = plain_version()
    version.state = "draft"
    with raises("not_published"):
        asked(version)


def test_a_provider_does_not_ask_for_returns() -> None:
    home = an_organisation()
    with pytest.raises(NotAllowed):
        returns.request_return(
            version=plain_version(),
            title="T",
            organisation=home,
            period_from=None,
            period_to=None,
            due_on=None,
            assign_to=(),
            act=as_(a_person("provider_user", organisation=home)),
        )


def test_a_return_of_the_councils_own_needs_somebody_to_answer() -> None:
    with raises("nobody_asked"):
        returns.request_return(
            version=plain_version(),
            title="T",
            organisation=None,
            period_from=None,
            period_to=None,
            due_on=None,
            assign_to=(),
            act=ACT,
        )


def test_a_return_begun_before_a_new_version_keeps_its_questions() -> None:
    version = plain_version()
    made = asked(version)
    answer(made, "recruits_safely", "yes")
    published(content(version.toolkit.key, [criterion("something_new")]))
    made.refresh_from_db()
    assert [c.key for c in contents.read(made.version.content).criteria] == [
        "recruits_safely",
        "supervision",
        "culture",
        "impact_seen",
    ]


def test_a_return_begun_before_a_new_version_can_still_be_finished() -> None:
    version = plain_version()
    made = asked(version)
    published(content(version.toolkit.key, [criterion("something_new")]))
    answer_all(made)
    assert returns.submit(return_id=made.pk, act=ACT).state == ReturnState.SUBMITTED


# --- answering -----------------------------------------------------------------------------------------------------


def test_the_first_answer_puts_it_in_progress() -> None:
    made = asked()
    answer(made, "recruits_safely", "yes")
    made.refresh_from_db()
    assert (made.state, made.revision) == ("in_progress", 1)


def test_two_officers_who_answer_at_once_do_not_overwrite_each_other() -> None:
    one, two = a_person("provider_user"), a_person("provider_user")
    made = asked(None, None, one, two)
    answer(made, "culture", "good", by=one)
    with pytest.raises(returns.Conflict) as refusal:
        answer(made, "culture", "inadequate", base=0, by=two)
    assert (refusal.value.theirs.value, refusal.value.theirs.answered_by) == ("good", one)


def test_after_a_conflict_the_first_answer_stands() -> None:
    made = asked()
    answer(made, "culture", "good")
    with pytest.raises(returns.Conflict):
        answer(made, "culture", "inadequate", base=0)
    assert made.answers.get(criterion="culture").value == "good"


def test_two_people_may_answer_different_questions_at_once() -> None:
    made = asked()
    answer(made, "culture", "good")
    answer(made, "supervision", "outstanding")
    assert made.answers.count() == 2


def test_the_same_answer_given_twice_at_once_is_no_conflict() -> None:
    made = asked()
    answer(made, "culture", "good")
    assert answer(made, "culture", "good", base=0).revision == 1


def test_a_revision_chosen_over_theirs_is_kept() -> None:
    made = asked()
    answer(made, "culture", "good")
    assert answer(made, "culture", "inadequate", base=1).revision == 2


@pytest.mark.parametrize(
    ("key", "value", "more", "code"),
    [("nothing_such", "yes", {}, "unknown_criterion"), ("culture", "yes", {}, "bad_value"),
     ("culture", "good", {"reviewed_on": TODAY + timedelta(1)}, "future_date"),
     ("culture", "good", {"comment": "x" * 10_001}, "too_long")],
)  # fmt: skip
def test_what_is_no_answer_is_refused(key, value, more, code) -> None:
    made = asked()
    with pytest.raises(RuleBroken) as refusal:
        answer(made, key, value, **more)
    assert refusal.value.code == code


def test_another_provider_cannot_answer() -> None:
    made = asked()
    with pytest.raises(NotAllowed):
        answer(made, "culture", "good", by=a_person("provider_user", organisation=an_organisation()))


def test_a_merged_name_of_the_provider_answers() -> None:
    home, old_name = an_organisation(), an_organisation()
    old_name.merged_into = home
    old_name.save()
    made = asked(None, home)
    assert answer(made, "culture", "good", by=a_person("provider_user", organisation=old_name)).value == "good"


def test_a_contract_officer_does_not_answer_for_a_provider() -> None:
    made = asked()
    with pytest.raises(NotAllowed):
        answer(made, "culture", "good", by=a_person("contract_officer"))


def test_an_answer_is_not_changed_once_handed_in() -> None:
    made = handed_in()
    with raises("not_answerable"):
        answer(made, "culture", "inadequate", base=1)


def test_a_passed_due_date_stops_nobody() -> None:
    made = asked(due_on=date(2016, 1, 1))
    answer_all(made)
    assert returns.submit(return_id=made.pk, act=ACT).state == "submitted"


def test_answers_leave_their_events() -> None:
    made = asked()
    answer(made, "culture", "good")
    left = Event.objects.filter(subject_id=str(made.pk), subject_type="toolkits.return").order_by("no")
    assert [event.kind for event in left] == ["toolkits.return.requested", "toolkits.answer.saved"]


# --- evidence ------------------------------------------------------------------------------------------------------


def test_one_document_serves_two_criteria() -> None:
    made = asked()
    document = a_document(made.organisation)
    for key in ("recruits_safely", "culture"):
        returns.give_document(return_id=made.pk, criterion=key, document_id=document.pk, act=ACT)
    assert queries.held(made, on=TODAY).documented == {"recruits_safely", "culture"}


def test_giving_a_document_is_no_conflict_with_the_answer_being_typed() -> None:
    made = asked()
    returns.give_document(return_id=made.pk, criterion="culture", document_id=a_document(made.organisation).pk, act=ACT)
    assert answer(made, "culture", "good", base=0).value == "good"


@pytest.mark.parametrize(
    "more",
    [{"expires_on": TODAY - timedelta(1)}, {"sensitivity": "restricted"}, {"withdrawn_at": AT}],
    ids=["expired", "restricted", "withdrawn"],
)
def test_a_document_that_does_not_stand_cannot_be_given(more) -> None:
    made = asked()
    document = a_document(made.organisation, **more)
    with raises("unknown_document"):
        returns.give_document(return_id=made.pk, criterion="culture", document_id=document.pk, act=ACT)


def test_a_document_of_another_provider_cannot_be_given() -> None:
    made = asked()
    with raises("unknown_document"):
        returns.give_document(
            return_id=made.pk, criterion="culture", document_id=a_document(an_organisation()).pk, act=ACT
        )


def test_a_provider_cannot_give_what_the_council_keeps_to_itself() -> None:
    made = asked()
    document = a_document(made.organisation, sensitivity="council")
    with pytest.raises(RuleBroken):
        returns.give_document(
            return_id=made.pk,
            criterion="culture",
            document_id=document.pk,
            act=as_(a_person("provider_user", organisation=made.organisation)),
        )


def test_a_document_is_valid_on_its_last_day() -> None:
    document = a_document(expires_on=TODAY)
    assert [queries.is_valid(document, on=TODAY + timedelta(days)) for days in (0, 1)] == [True, False]


def test_a_document_taken_back_is_no_evidence_any_more() -> None:
    made = asked()
    document = a_document(made.organisation)
    returns.give_document(return_id=made.pk, criterion="culture", document_id=document.pk, act=ACT)
    returns.take_document_back(return_id=made.pk, criterion="culture", document_id=document.pk, act=ACT)
    assert queries.held(made, on=TODAY).documented == frozenset()


# --- handing in, moderation, sign-off ------------------------------------------------------------------------------


def test_an_incomplete_return_is_not_taken() -> None:
    made = asked()
    answer(made, "culture", "good")
    with pytest.raises(returns.Incomplete) as refusal:
        returns.submit(return_id=made.pk, act=ACT)
    assert [each.criterion for each in refusal.value.missing] == ["recruits_safely", "supervision", "impact_seen"]


def test_the_self_grade_is_kept_when_handed_in() -> None:
    assert handed_in(supervision="good", culture="outstanding").overall_self_grade == "good"


def test_the_way_through_moderation_to_sign_off() -> None:
    made = handed_in()
    officer, manager = a_person("contract_officer"), a_person("director")
    returns.moderate(return_id=made.pk, agree_with_rest=True, act=as_(officer))
    assert returns.sign_off(return_id=made.pk, act=as_(manager)).state == "signed_off"


def test_who_moderated_it_does_not_sign_it_off() -> None:
    made = handed_in()
    first, second, third = a_person("contract_officer"), a_person("contract_officer"), a_person("contract_officer")
    returns.moderate_answer(
        return_id=made.pk, criterion="culture", value="good", note="Less than they say.", act=as_(first)
    )
    returns.moderate(return_id=made.pk, agree_with_rest=True, act=as_(second))
    for judge in (first, second):
        assert of_kind("return.sign_off", judge, TODAY) == []
        with pytest.raises(RuleBroken) as refusal:
            returns.sign_off(return_id=made.pk, act=as_(judge))
        assert refusal.value.code == "own_moderation"
    assert [each.subject_id for each in of_kind("return.sign_off", third, TODAY)] == [made.pk]
    assert returns.sign_off(return_id=made.pk, act=as_(third)).state == "signed_off"


def test_sent_back_it_can_be_put_right_and_handed_in_again() -> None:
    made = handed_in()
    returns.send_back(return_id=made.pk, because="Say how you know.", act=ACT)
    answer(made, "impact_seen", "Two audits show it.", base=1)
    assert returns.submit(return_id=made.pk, act=ACT).state == "resubmitted"


def test_sending_back_needs_a_reason() -> None:
    made = handed_in()
    with raises("missing_reason"):
        returns.send_back(return_id=made.pk, because=" ", act=ACT)


def test_self_grade_and_moderated_grade_stand_beside_each_other() -> None:
    made = handed_in()
    returns.moderate_answer(
        return_id=made.pk, criterion="supervision", value="inadequate", note="No records seen.", act=ACT
    )
    done = returns.moderate(return_id=made.pk, agree_with_rest=True, act=ACT)
    assert (done.overall_self_grade, done.overall_moderated_grade) == ("good", "inadequate")


def test_a_moderator_who_differs_without_a_note_is_refused() -> None:
    made = handed_in()
    with raises("bad_moderation"):
        returns.moderate_answer(return_id=made.pk, criterion="supervision", value="inadequate", act=ACT)


def test_moderation_is_not_closed_while_answers_are_left() -> None:
    made = handed_in()
    with raises("not_moderated"):
        returns.moderate(return_id=made.pk, act=ACT)


def test_a_changed_answer_is_moderated_anew() -> None:
    made = handed_in()
    returns.moderate_answer(return_id=made.pk, criterion="culture", value="good", act=ACT)
    returns.send_back(return_id=made.pk, because="See note.", act=ACT)
    assert answer(made, "culture", "outstanding", base=1).moderated_value == ""


@pytest.mark.parametrize("what", ["comment", "document", "document taken back"])
def test_what_was_changed_beside_an_answer_is_moderated_anew(what) -> None:
    made = handed_in()
    document = a_document(made.organisation)
    returns.send_back(return_id=made.pk, because="Show it.", act=ACT)
    about = {"return_id": made.pk, "criterion": "culture"}
    if what == "document taken back":
        returns.give_document(document_id=document.pk, **about, act=ACT)
    made.answers.filter(criterion="culture").update(moderated_value="inadequate", moderation_note="No proof.")
    if what == "comment":
        answer(made, "culture", "good", base=1, comment="See the files.")
    elif what == "document":
        returns.give_document(document_id=document.pk, **about, act=ACT)
    else:
        returns.take_document_back(document_id=document.pk, **about, act=ACT)
    assert made.answers.get(criterion="culture").moderated_value == ""


@pytest.mark.parametrize("what", ["moderate", "sign_off"])
def test_who_answered_it_does_not_judge_it(what) -> None:
    officer = a_person("contract_officer")
    made = asked(None, None, officer)
    answer_all(made, by=officer)
    returns.submit(return_id=made.pk, act=as_(officer))
    if what == "sign_off":
        returns.moderate(return_id=made.pk, agree_with_rest=True, act=ACT)
    with pytest.raises(NotAllowed):
        getattr(returns, what)(return_id=made.pk, act=as_(officer))


@pytest.mark.parametrize("what", ["submit", "moderate", "sign_off"])
def test_a_step_out_of_turn_is_refused(what) -> None:
    made = asked()
    with raises("wrong_state"):
        getattr(returns, what)(return_id=made.pk, act=ACT)


def test_a_moderated_return_is_not_cancelled() -> None:
    made = handed_in()
    returns.moderate(return_id=made.pk, agree_with_rest=True, act=ACT)
    with raises("wrong_state"):
        returns.cancel(return_id=made.pk, because="Not wanted.", act=ACT)


# --- who sees what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["contract_officer", "service_area_lead", "partnership_officer", "director"])
def test_who_works_with_contracts_reads_every_return(role) -> None:
    made = asked()
    assert made in returns_visible_to(a_person(role), on=TODAY)


@pytest.mark.parametrize("role", ["administrator", "evaluator", "elected_member", "lead_professional"])
def test_others_read_none(role) -> None:
    asked()
    assert not returns_visible_to(a_person(role), on=TODAY).exists()


def test_a_provider_reads_its_own_returns_only() -> None:
    mine, other = asked(), asked()
    seen = returns_visible_to(a_person("provider_user", organisation=mine.organisation), on=TODAY)
    assert (mine in seen, other in seen) == (True, False)


def test_who_acts_for_another_provider_now_leaves_behind_what_they_handed_in_for_this_one() -> None:
    person = a_person("provider_user", organisation=an_organisation())
    made = handed_in(an_organisation())
    Return.objects.filter(pk=made.pk).update(submitted_by=person)
    assert made not in returns_visible_to(person, on=TODAY)


def test_who_holds_no_role_any_more_neither_reads_nor_answers_what_they_were_asked() -> None:
    person = a_person(role="")
    made = asked(None, None, person)
    assert (returns_visible_to(person, on=TODAY).exists(), is_asked(person, made, on=TODAY)) == (False, False)


def test_who_was_asked_once_reads_it_for_ever() -> None:
    one, two = a_person(), a_person()
    made = asked(None, None, one, two)
    returns.end_assignment(return_id=made.pk, user=one, act=ACT)
    assert made in returns_visible_to(one, on=TODAY)


def test_who_is_not_asked_any_more_does_not_answer() -> None:
    one, two = a_person(), a_person()
    made = asked(None, None, one, two)
    returns.end_assignment(return_id=made.pk, user=one, act=ACT)
    with pytest.raises(NotAllowed):
        answer(made, "culture", "good", by=one)


def test_who_answered_last_time_does_not_see_this_time_by_what_was_carried() -> None:
    person, home = a_person(), an_organisation()
    version = plain_version()
    first = asked(version, home, person)
    answer_all(first, by=person)
    returns.submit(return_id=first.pk, act=as_(person))
    second = asked(version, home)
    assert second not in returns_visible_to(person, on=TODAY)


def test_an_audit_of_a_case_is_not_for_who_works_with_contracts() -> None:
    person = a_person()
    audit = asked(published(content("case", [criterion("seen")], purpose="case_audit")), None, person)
    assert audit not in returns_visible_to(a_person("contract_officer"), on=TODAY)


def test_what_waits_is_listed_for_each() -> None:
    officer = a_person("contract_officer")
    made = asked(None, None, officer)
    provider_made = handed_in()
    asked_for, to_moderate = (of_kind(f"return.{kind}", officer, TODAY) for kind in ("answer", "moderate"))
    waiting = [[each.subject_id for each in some] for some in (asked_for, to_moderate)]
    assert waiting == [[made.pk], [provider_made.pk]]
