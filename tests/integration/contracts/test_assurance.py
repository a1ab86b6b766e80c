"""Assessments, plans and policies: who records which, for how long they count, and what follows from a return."""

from datetime import UTC, date, datetime

import pytest

from plumbline.actions.operations import raise_action
from plumbline.audit.models import Event
from plumbline.contracts.models import Assessment, ContractReturn, PolicyReview, ReasonPeriod
from plumbline.contracts.operations import assurance
from plumbline.contracts.queries import care
from plumbline.contracts.queries.rating import history, rating_on, ratings_on
from plumbline.contracts.rules.evaluations import ActionGiven
from plumbline.evidence.models import Document
from plumbline.kernel.errors import NotAllowed
from plumbline.people.act import Act
from plumbline.toolkits import library
from plumbline.toolkits.models import Answer, AnswerDocument, Return
from plumbline.toolkits.operations import returns
from tests.integration.contracts.care_situations import AT, TODAY, a_contract, a_user, an_organisation, by
from tests.refusals import raises

pytestmark = pytest.mark.django_db

DONE = date(2016, 7, 1)


@pytest.fixture
def officer():
    return a_user("contract_officer")


@pytest.fixture
def contract():
    return a_contract()


def a_document(**changes) -> Document:
    given = {
        "title": "Assessment", "file_name": "a.pdf", "media_type": "application/pdf", "size": 9, "sha256": "0" * 64,
        "added_at": AT,
    }  # fmt: skip
    return Document.objects.create(**{**given, **changes})


def record(contract, officer, kind: str = "self", **changes) -> Assessment:
    given = {"completed_on": DONE, "instrument": "Section 11"}
    if "return_id" not in changes:
        given["document_id"] = changes.pop("document_id", None) or a_document().pk
    return assurance.record_assessment(contract_id=contract.pk, kind=kind, **{**given, **changes}, act=by(officer))


def reasons(contract, code: str, on: date = TODAY) -> bool:
    held = ReasonPeriod.objects.filter(contract=contract, code=code, from_on__lte=on)
    return held.exclude(to_on__lt=on).exists()


def a_return(contract, purpose: str, toolkit: str, officer) -> ContractReturn:
    library.load(act=Act(None, AT, AT.date()))
    return assurance.request_contract_return(
        contract_id=contract.pk, purpose=purpose, toolkit=toolkit, due_on=date(2016, 9, 1), act=by(officer)
    )


def signed_off(tied: ContractReturn) -> ContractReturn:
    Return.objects.filter(pk=tied.answer_set_id).update(
        state="signed_off", submitted_at=datetime(2016, 7, 20, 23, 30, tzinfo=UTC), signed_off_at=AT
    )
    return tied


def test_a_self_assessment_from_a_document_counts_for_the_councils_term(contract, officer) -> None:
    assert record(contract, officer).valid_until == date(2017, 7, 1)


def test_a_self_assessment_ends_the_reason_against_the_contract(contract, officer) -> None:
    record(contract, officer)
    assert not reasons(contract, "no_self_assessment")


def test_the_contract_is_without_a_self_assessment_again_the_day_after_its_document_expires(contract, officer) -> None:
    record(contract, officer, document_id=a_document(expires_on=date(2016, 7, 31)).pk)
    days = (date(2016, 7, 31), date(2016, 8, 1))
    assert [reasons(contract, "no_self_assessment", day) for day in days] == [False, True]


def test_a_longer_validity_than_the_councils_term_is_refused(contract, officer) -> None:
    with raises("longer_than_term"):
        record(contract, officer, valid_until=date(2018, 1, 1))


def test_a_term_that_the_council_settled_counts_from_its_day(contract, officer) -> None:
    assurance.set_term(
        kind="self", months=24, from_on=date(2016, 8, 1), because="Agreed.", act=by(a_user("head_of_service"))
    )
    days = (date(2016, 7, 31), date(2016, 8, 1))
    assert [care.term_on("self", on=day) for day in days] == [12, 24]


def test_an_officer_does_not_settle_the_term(officer) -> None:
    with pytest.raises(NotAllowed):
        assurance.set_term(kind="self", months=24, from_on=date(2016, 8, 1), because="Agreed.", act=by(officer))


def test_the_partnership_officer_records_a_board_assessment() -> None:
    contract = a_contract(statutory_from=date(2016, 1, 1))
    record(contract, a_user("partnership_officer"), "board")
    assert not reasons(contract, "no_board_assessment")


def test_a_contract_officer_does_not_record_a_board_assessment(contract, officer) -> None:
    with pytest.raises(NotAllowed):
        record(contract, officer, "board")


def test_the_partnership_officer_does_not_record_a_self_assessment(contract) -> None:
    with pytest.raises(NotAllowed):
        record(contract, a_user("partnership_officer"))


def test_an_assessment_without_document_or_return_is_refused(contract, officer) -> None:
    with raises("missing_source"):
        assurance.record_assessment(
            contract_id=contract.pk, kind="self", completed_on=DONE, instrument="Section 11", act=by(officer)
        )


def test_the_same_assessment_is_not_recorded_twice(contract, officer) -> None:
    record(contract, officer)
    with raises("already_there"):
        record(contract, officer)


def test_a_withdrawn_assessment_no_longer_counts(contract, officer) -> None:
    assurance.withdraw_assessment(
        assessment_id=record(contract, officer).pk, because="It was another provider’s.", act=by(officer)
    )
    assert reasons(contract, "no_self_assessment")


def test_a_withdrawn_assessment_stays_in_the_trail(contract, officer) -> None:
    assurance.withdraw_assessment(
        assessment_id=record(contract, officer).pk, because="It was another provider’s.", act=by(officer)
    )
    assert Event.objects.get(kind="contracts.assessment.withdrawn").because == "It was another provider’s."


def test_a_plan_without_actions_does_not_count(contract, officer) -> None:
    record(contract, officer)
    with raises("no_actions"):
        assurance.agree_plan(contract_id=contract.pk, agreed_on=TODAY, act=by(officer))


def test_a_plan_without_a_self_assessment_does_not_count(contract, officer) -> None:
    with raises("no_self"):
        assurance.agree_plan(
            contract_id=contract.pk, agreed_on=DONE, actions=[ActionGiven("Train", date(2016, 9, 1))], act=by(officer)
        )


def test_a_plan_with_its_actions_counts(contract, officer) -> None:
    record(contract, officer)
    assurance.agree_plan(
        contract_id=contract.pk, agreed_on=TODAY, actions=[ActionGiven("Train", date(2016, 9, 1))], act=by(officer)
    )
    assert not reasons(contract, "no_action_plan")


def test_a_plan_for_days_that_have_passed_needs_its_paper_and_is_marked_as_entered_later(contract, officer) -> None:
    record(contract, officer)
    plan = {"contract_id": contract.pk, "agreed_on": DONE, "actions": [ActionGiven("Train", date(2016, 9, 1))]}
    with raises("missing_source"):
        assurance.agree_plan(**plan, act=by(officer))
    assert not contract.assessments.filter(kind="plan").exists()
    assurance.agree_plan(**plan, document_id=a_document(title="Plan").pk, act=by(officer))

    said = "Action plan completed on 1 July 2016: entered later, on 31 July 2016."
    marked = {
        day: said in rating_on(date(2016, *day), contract.pk).entered_later
        for day in ((6, 30), (7, 1), (7, 30), (7, 31))
    }
    assert marked == {(6, 30): False, (7, 1): True, (7, 30): True, (7, 31): False}
    assert [said in spell.entered_later for spell in history(contract)] == [
        spell.period.from_on <= date(2016, 7, 30) and (spell.period.to_on or date.max) >= DONE
        for spell in history(contract)
    ]
    assert len(ratings_on(date(2016, 7, 2))[contract.pk].entered_later) == 2


def test_the_action_plan_within_a_self_assessment_is_the_action_plan(contract, officer) -> None:
    tied = signed_off(a_return(contract, "self_assessment", "section11", officer))
    document = a_document(title="Our plan", organisation=contract.provider)
    given = Answer.objects.create(answer_set=tied.answer_set, criterion="action_plan", value="given", answered_at=AT)
    AnswerDocument.objects.create(answer=given, document=document, given_at=AT)
    assurance.take_up(return_id=tied.answer_set_id, act=by(officer))
    plan = contract.assessments.get(kind="plan")
    assert (plan.completed_on, plan.document, plan.answer_set) == (date(2016, 7, 21), document, tied.answer_set)
    assert not reasons(contract, "no_action_plan")


def test_a_self_assessment_asked_for_is_the_providers_to_answer(contract, officer) -> None:
    tied = a_return(contract, "self_assessment", "section11", officer)
    assert tied.answer_set.organisation == contract.provider


def test_a_second_one_is_not_asked_for_while_the_first_is_open(contract, officer) -> None:
    a_return(contract, "self_assessment", "section11", officer)
    with raises("already_there"):
        a_return(contract, "self_assessment", "section11", officer)


def test_a_toolkit_that_does_not_serve_the_purpose_is_refused(contract, officer) -> None:
    with raises("wrong_toolkit"):
        a_return(contract, "self_assessment", "site_visit", officer)


def test_a_joint_evaluation_is_the_councils_own_to_fill_in(contract, officer) -> None:
    tied = a_return(contract, "evaluation", "joint_evaluation", officer)
    assert tied.answer_set.assignments.get().user == officer


def test_a_signed_off_self_assessment_is_recorded_from_the_day_it_was_handed_in(contract, officer) -> None:
    tied = signed_off(a_return(contract, "self_assessment", "section11", officer))
    assurance.take_up(return_id=tied.answer_set_id, act=by(officer))
    assert contract.assessments.get().completed_on == date(2016, 7, 21)


def test_a_return_that_is_not_signed_off_is_not_taken_up(contract, officer) -> None:
    tied = a_return(contract, "self_assessment", "section11", officer)
    assert assurance.take_up(return_id=tied.answer_set_id, act=by(officer)) == []


def test_a_return_is_taken_up_once(contract, officer) -> None:
    tied = signed_off(a_return(contract, "self_assessment", "section11", officer))
    said = [assurance.take_up(return_id=tied.answer_set_id, act=by(officer)) for _ in range(2)]
    assert (bool(said[0]), said[1]) == (True, [])


def test_the_night_takes_up_what_was_signed_off_unseen(contract, officer) -> None:
    signed_off(a_return(contract, "self_assessment", "section11", officer))
    assert assurance.take_up_all(act=by(None)) == 1


def test_the_plan_counts_where_the_provider_wrote_its_actions_down_first(contract, officer) -> None:
    tied = signed_off(a_return(contract, "self_assessment", "section11", officer))
    raise_action(
        title="Train",
        subject_type="contract",
        subject_id=contract.pk,
        subject_label="X",
        origin_type="assessment",
        owner_organisation=contract.provider,
        due_on=date(2016, 9, 1),
        act=by(officer),
    )
    assurance.take_up(return_id=tied.answer_set_id, act=by(officer))
    assert set(contract.assessments.values_list("kind", flat=True)) == {"self", "plan"}


def test_a_return_serves_another_contract_of_the_same_provider(contract, officer) -> None:
    tied = signed_off(a_return(contract, "self_assessment", "section11", officer))
    second = a_contract(provider=contract.provider)
    assert record(second, officer, return_id=tied.answer_set_id).answer_set_id == tied.answer_set_id


def test_a_return_of_a_provider_merged_into_this_one_serves_too(contract, officer) -> None:
    tied = signed_off(a_return(contract, "self_assessment", "section11", officer))
    second = a_contract(provider=an_organisation())
    contract.provider.merged_into = second.provider
    contract.provider.save(update_fields=["merged_into"])
    assert list(care.signed_off_elsewhere(second, purpose="self_assessment")) == [tied]


def test_a_return_of_another_provider_does_not_serve(contract, officer) -> None:
    tied = signed_off(a_return(contract, "self_assessment", "section11", officer))
    with pytest.raises(NotAllowed):
        record(a_contract(), officer, return_id=tied.answer_set_id)


def test_a_signed_off_assurance_return_records_the_reviews_that_it_shows(contract, officer) -> None:
    tied = a_return(contract, "assurance", "contract_assurance", officer)
    provider = a_user("provider_user", organisation=contract.provider)
    returns.save_answer(
        return_id=tied.answer_set_id,
        criterion="dbs",
        value="yes",
        reviewed_on=date(2016, 5, 3),
        base_revision=0,
        act=by(provider),
    )
    assurance.take_up(return_id=signed_off(tied).answer_set_id, act=by(officer))
    assert list(PolicyReview.objects.values_list("policy", "reviewed_on")) == [("dbs", date(2016, 5, 3))]


def test_a_policy_review_of_today_ends_the_reason_that_it_is_missing(contract, officer) -> None:
    assurance.review_policy(contract_id=contract.pk, policy="dbs", reviewed_on=TODAY, act=by(officer))
    missing = ReasonPeriod.objects.filter(contract=contract, code="policy_missing", about="dbs", to_on=None)
    assert not missing.exists()


def test_a_policy_that_is_none_of_the_six_is_refused(contract, officer) -> None:
    with raises("unknown_policy"):
        assurance.review_policy(contract_id=contract.pk, policy="catering", reviewed_on=TODAY, act=by(officer))


def test_the_partnership_officer_is_told_which_contracts_wait_for_the_board(officer) -> None:
    waiting, has_one = a_contract(statutory_from=date(2016, 1, 1)), a_contract(statutory_from=date(2016, 1, 1))
    record(has_one, a_user("partnership_officer"), "board")
    assert care.board_assessments_waiting(on=TODAY) == [waiting]


def test_a_contract_that_becomes_statutory_within_the_time_waits_for_the_board_already() -> None:
    soon = a_contract(statutory_from=date(2016, 9, 1))
    assert care.board_assessments_waiting(on=TODAY) == [soon]


def test_a_document_is_used_only_by_who_may_open_it(contract, officer) -> None:
    closed = a_document(sensitivity="restricted")
    for document in (closed, a_document(withdrawn_at=AT)):
        with pytest.raises(NotAllowed):
            record(contract, officer, document_id=document.pk)
    assert not contract.assessments.exists()
    Document.objects.filter(pk=closed.pk).update(added_by=officer)
    assert record(contract, officer, document_id=closed.pk).document == closed
