"""Evaluation meetings: planned, held in one go, cancelled; who may, what follows, and who sees a case's child."""

from datetime import date

import pytest

from plumbline.actions.models import Action
from plumbline.audit.models import Event
from plumbline.contracts import naming
from plumbline.contracts.models import CommitmentCheck, Evaluation, HeldText, KpiReading, ReasonPeriod
from plumbline.contracts.operations import arrangements, evaluations, kpis
from plumbline.contracts.operations.held_texts import settle_text
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries import care
from plumbline.contracts.queries.held import HELD, to_read
from plumbline.contracts.rules.evaluations import (
    ActionGiven,
    Attendee,
    CaseGiven,
    CommitmentGiven,
    KpiGiven,
    Meeting,
)
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.models import Child, Tie
from tests.factories.people import hold_role
from tests.integration.contracts.care_situations import LONG_AGO, TODAY, a_contract, a_user, an_organisation, by
from tests.refusals import raises

pytestmark = pytest.mark.django_db

HELD_ON = date(2016, 7, 12)


@pytest.fixture
def officer():
    return a_user("contract_officer")


@pytest.fixture
def contract():
    return a_contract()


@pytest.fixture
def planned(contract, officer) -> Evaluation:
    return evaluations.plan_evaluation(contract_id=contract.pk, held_on=HELD_ON, act=by(officer))


def meeting(**changes) -> Meeting:
    given = {
        "held_on": HELD_ON, "chair": "Beth Larkin", "service_area_said": None, "minutes": "All was discussed.",
        "attendees": [Attendee("Beth Larkin", "The council"), Attendee("Owen Tibbs", "", "Lead", service_area=True)],
        "minutes_document_id": None, "safeguarding": {"incidents": 1}, "next_on": date(2016, 10, 11),
    }  # fmt: skip
    return Meeting(**{**given, **changes})


def hold(planned: Evaluation, officer, **changes) -> Evaluation:
    return evaluations.hold_evaluation(evaluation_id=planned.pk, meeting=meeting(**changes), act=by(officer))


def a_child(forename: str = "Zara", surname: str = "Quill") -> Child:
    return Child.objects.create(source_id="P77001", forename=forename, surname=surname, sort_key="quill, zara")


def one_who_sees(child: Child):
    """A head of service who is tied to this child: they see contracts, and this child."""
    user = a_user("head_of_service")
    hold_role(user=user, role="contract_officer", from_on=LONG_AGO)
    Tie.objects.create(user=user, subject_type="child", subject_id=child.pk, why="allocated_worker", from_on=LONG_AGO)
    return user


def test_a_meeting_held_says_that_the_service_area_was_there(planned, officer) -> None:
    assert hold(planned, officer).service_area_present is True


def test_a_meeting_held_keeps_who_was_there(planned, officer) -> None:
    held = hold(planned, officer)
    assert list(held.attendees.order_by("pk").values_list("name", flat=True)) == ["Beth Larkin", "Owen Tibbs"]


def test_a_meeting_held_plans_the_next(planned, officer, contract) -> None:
    hold(planned, officer)
    assert contract.evaluations.get(state="planned").held_on == date(2016, 10, 11)


def test_a_meeting_held_leaves_its_event(planned, officer) -> None:
    hold(planned, officer)
    assert Event.objects.filter(kind="contracts.evaluation.held", subject_id=str(planned.pk)).exists()


def test_a_meeting_held_ends_the_reason_that_it_was_overdue(planned, officer, contract) -> None:
    rerate(contract_ids=[contract.pk], act=by(None))
    late_from = date(2016, 1, 1).toordinal() + 93
    before = ReasonPeriod.objects.get(contract=contract, code="evaluation_overdue")
    assert before.from_on.toordinal() == late_from and before.to_on is None  # noqa: PT018 - one fact of two days

    hold(planned, officer)

    ended = ReasonPeriod.objects.filter(contract=contract, code="evaluation_overdue").order_by("from_on").first()
    assert ended.to_on == date(2016, 7, 11)


def test_an_action_of_the_meeting_is_the_providers_where_no_user_is_named(planned, officer, contract) -> None:
    hold(planned, officer, actions=[ActionGiven("Train the night staff", date(2016, 9, 1))])
    assert Action.objects.get(origin_type="evaluation", origin_id=planned.pk).owner_organisation == contract.provider


def test_a_refused_action_leaves_the_meeting_unheld(planned, officer) -> None:
    with pytest.raises(RuleBroken):
        hold(planned, officer, actions=[ActionGiven("Train the night staff", date(2016, 1, 1))])
    planned.refresh_from_db()
    assert (planned.state, planned.attendees.count()) == ("planned", 0)


def test_a_meeting_is_not_held_twice(planned, officer) -> None:
    hold(planned, officer)
    with raises("wrong_state"):
        hold(planned, officer, next_on=None)


def test_two_meetings_are_not_planned_for_one_day(planned, officer, contract) -> None:
    with raises("already_there"):
        evaluations.plan_evaluation(contract_id=contract.pk, held_on=HELD_ON, act=by(officer))


def test_a_meeting_before_the_contract_began_is_refused(contract, officer) -> None:
    with raises("before_start"):
        evaluations.plan_evaluation(contract_id=contract.pk, held_on=date(2015, 12, 31), act=by(officer))


def test_a_cancelled_meeting_frees_its_day(planned, officer, contract) -> None:
    evaluations.cancel_evaluation(evaluation_id=planned.pk, because="The manager was ill.", act=by(officer))
    assert evaluations.plan_evaluation(contract_id=contract.pk, held_on=HELD_ON, act=by(officer)).pk


def test_a_meeting_is_cancelled_with_a_reason(planned, officer) -> None:
    with raises("missing_reason"):
        evaluations.cancel_evaluation(evaluation_id=planned.pk, because=" ", act=by(officer))


def test_a_meeting_put_on_another_day_keeps_both_days_in_the_trail(planned, officer) -> None:
    evaluations.move_evaluation(
        evaluation_id=planned.pk, held_on=date(2016, 7, 20), because="The school was shut.", act=by(officer)
    )
    event = Event.objects.get(kind="contracts.evaluation.moved")
    assert (event.data["before"], event.data["after"]) == ("2016-07-12", "2016-07-20")


def test_the_contracts_own_service_area_lead_may_plan_a_meeting() -> None:
    lead = a_user("service_area_lead")
    contract = a_contract(area_lead=lead)
    assert evaluations.plan_evaluation(contract_id=contract.pk, held_on=HELD_ON, act=by(lead)).pk


def test_another_service_area_lead_may_not_plan_a_meeting(contract) -> None:
    with pytest.raises(NotAllowed):
        evaluations.plan_evaluation(contract_id=contract.pk, held_on=HELD_ON, act=by(a_user("service_area_lead")))


def test_an_officer_whose_role_ended_yesterday_may_not_plan_a_meeting(contract) -> None:
    with pytest.raises(NotAllowed):
        evaluations.plan_evaluation(
            contract_id=contract.pk, held_on=HELD_ON, act=by(a_user("contract_officer", to_on=date(2016, 7, 30)))
        )


def test_a_provider_does_not_see_the_meetings(planned, contract) -> None:
    provider = a_user("provider_user", organisation=contract.provider)
    assert not care.evaluations_of(provider, contract, on=TODAY).exists()


def test_a_commitment_is_checked_at_the_meeting(planned, officer, contract) -> None:
    promised = arrangements.add_commitment(
        contract_id=contract.pk, text="A psychologist two days a week", source="Its bid", act=by(officer)
    )
    hold(planned, officer, commitments=[CommitmentGiven(promised.pk, "partly", "One day.")])
    assert CommitmentCheck.objects.get(commitment=promised).result == "partly"


def test_a_commitment_of_another_contract_is_not_there(planned, officer) -> None:
    other = arrangements.add_commitment(contract_id=a_contract().pk, text="X", source="Its bid", act=by(officer))
    with pytest.raises(NotAllowed):
        hold(planned, officer, commitments=[CommitmentGiven(other.pk, "met")])


def test_an_indicator_is_read_at_the_meeting(planned, officer, contract) -> None:
    kpi = kpis.add_kpi(contract_id=contract.pk, title="Visits on time", target="95%", act=by(officer))
    hold(planned, officer, kpi_quarter=date(2016, 4, 1), kpis=[KpiGiven(kpi.pk, "88%", "requires_improvement")])
    assert KpiReading.objects.get(kpi=kpi).evaluation == planned


def test_a_second_reading_of_a_quarter_corrects_the_first(contract, officer) -> None:
    kpi = kpis.add_kpi(contract_id=contract.pk, title="Visits on time", target="95%", act=by(officer))
    for value, rating in (("88%", "requires_improvement"), ("96%", "good")):
        kpis.record_reading(kpi_id=kpi.pk, quarter_from=date(2016, 4, 1), value=value, rating=rating, act=by(officer))
    assert kpi.readings.get().value == "96%"


def test_two_quarters_that_require_improvement_count_against_the_contract(contract, officer) -> None:
    kpi = kpis.add_kpi(contract_id=contract.pk, title="Visits on time", target="95%", act=by(officer))
    for quarter in (date(2016, 1, 1), date(2016, 4, 1)):
        kpis.record_reading(
            kpi_id=kpi.pk, quarter_from=quarter, value="80%", rating="requires_improvement", act=by(officer)
        )
    assert ReasonPeriod.objects.filter(contract=contract, code="kpi_requires_improvement").exists()


def test_a_rating_word_that_is_none_of_the_five_is_refused(contract, officer) -> None:
    kpi = kpis.add_kpi(contract_id=contract.pk, title="Visits on time", target="95%", act=by(officer))
    with raises("missing_rating"):
        kpis.record_reading(kpi_id=kpi.pk, quarter_from=date(2016, 4, 1), value="80%", rating="amber", act=by(officer))


def test_an_ended_indicator_needs_a_reason(contract, officer) -> None:
    kpi = kpis.add_kpi(contract_id=contract.pk, title="Visits on time", target="95%", act=by(officer))
    with raises("missing_reason"):
        kpis.end_kpi(kpi_id=kpi.pk, because="", act=by(officer))


def test_an_arrangement_says_who_agreed_it_with_whom(contract, officer) -> None:
    with raises("missing_words"):
        arrangements.agree_arrangement(
            contract_id=contract.pk,
            text="Two staff at night",
            agreed_on=TODAY,
            agreed_by="Beth",
            agreed_with="",
            act=by(officer),
        )


def test_an_arrangement_that_ended_stays_on_the_record(contract, officer) -> None:
    agreed = arrangements.agree_arrangement(
        contract_id=contract.pk,
        text="Two staff at night",
        agreed_on=TODAY,
        agreed_by="Beth",
        agreed_with="Kemi",
        act=by(officer),
    )
    arrangements.end_arrangement(arrangement_id=agreed.pk, because="Not needed any more.", act=by(officer))
    agreed.refresh_from_db()
    assert agreed.ended_on == TODAY


def test_who_may_not_see_a_child_cannot_tie_a_case_to_it(planned, officer) -> None:
    a_child()
    with raises("unknown_child"):
        hold(planned, officer, cases=[CaseGiven("A7", "Late visits", "P77001")])


def test_a_case_whose_summary_names_the_child_is_refused(planned) -> None:
    seer = one_who_sees(a_child())
    with raises("names_a_child"):
        hold(planned, seer, cases=[CaseGiven("A7", "Zara was visited late.", "P77001")])


def test_a_case_shows_its_child_to_who_may_see_the_child(planned) -> None:
    seer = one_who_sees(child := a_child())
    held = hold(planned, seer, cases=[CaseGiven("A7", "Late visits", "P77001")])
    assert care.cases_seen(seer, held.cases.all(), on=TODAY)[0].child == child


def test_a_case_is_nameless_for_who_may_not_see_the_child(planned, officer) -> None:
    held = hold(planned, one_who_sees(a_child()), cases=[CaseGiven("A7", "Late visits", "P77001")])
    assert care.cases_seen(officer, held.cases.all(), on=TODAY)[0].child is None


def test_a_case_is_tied_to_its_child_later(planned, officer) -> None:
    case = hold(planned, officer, cases=[CaseGiven("A7", "Late visits")]).cases.get()
    child = a_child()
    assert evaluations.link_case(case_id=case.pk, child="p77001", act=by(one_who_sees(child))).child == child


def test_a_case_that_names_its_child_is_tied_all_the_same_and_hidden_until_it_is_mended(planned, officer) -> None:
    case = hold(planned, officer, cases=[CaseGiven("Quill", "Late visits to Zara")]).cases.get()
    child = a_child()
    seer = one_who_sees(child)
    linked = evaluations.link_case(case_id=case.pk, child="p77001", act=by(seer))
    assert (linked.child, linked.reference, linked.summary) == (child, f"Case {case.pk}", HELD)
    for text in to_read(seer, visible=Child.objects.all(), on=TODAY):
        settle_text(held_id=text.pk, text="A7", visible=Child.objects.all(), act=by(seer))
    case.refresh_from_db()
    assert (case.reference, case.summary) == ("A7", "A7")


def test_a_resolution_that_names_the_child_is_refused(planned) -> None:
    seer = one_who_sees(a_child())
    case = hold(planned, seer, cases=[CaseGiven("A7", "Late visits", "P77001")]).cases.get()
    with raises("names_a_child"):
        evaluations.resolve_case(case_id=case.pk, resolution="Quill moved.", resolved_on=TODAY, act=by(seer))


@pytest.mark.parametrize("resolution", ["Zara moved.", "Nadia moved.", "A child moved."])
def test_a_resolution_tells_nothing_of_a_child_whom_the_writer_may_not_see(planned, officer, resolution) -> None:
    seer = one_who_sees(a_child())
    case = hold(planned, seer, cases=[CaseGiven("A7", "Late visits", "P77001")]).cases.get()
    resolved = evaluations.resolve_case(case_id=case.pk, resolution=resolution, resolved_on=TODAY, act=by(officer))
    assert resolved.resolution == HELD


def test_what_is_said_of_a_case_without_a_child_is_read_at_once_since_nobody_could_let_it_through(
    planned, officer
) -> None:
    case = hold(planned, officer, cases=[CaseGiven("A7", "Late visits")]).cases.get()
    for _ in range(naming.MOST_REFUSALS):
        by(officer).record(naming.REFUSED, what="report_incident")
    resolved = evaluations.resolve_case(
        case_id=case.pk, resolution="Visited weekly since.", resolved_on=TODAY, act=by(officer)
    )
    assert (resolved.resolution, HeldText.objects.exists()) == ("Visited weekly since.", False)


def test_who_was_refused_often_has_what_they_say_of_a_case_with_a_child_read_by_who_knows_the_child(planned) -> None:
    seer = one_who_sees(a_child())
    case = hold(planned, seer, cases=[CaseGiven("A7", "Late visits", "P77001")]).cases.get()
    for _ in range(naming.MOST_REFUSALS):
        by(seer).record(naming.REFUSED, what="report_incident")
    resolved = evaluations.resolve_case(case_id=case.pk, resolution="A child moved.", resolved_on=TODAY, act=by(seer))
    assert resolved.resolution == HELD
    assert to_read(seer, visible=Child.objects.all(), on=TODAY).get().text == "A child moved."


def test_a_resolved_case_is_no_longer_open(planned, officer, contract) -> None:
    case = hold(planned, officer, cases=[CaseGiven("A7", "Late visits")]).cases.get()
    evaluations.resolve_case(case_id=case.pk, resolution="Visited weekly since.", resolved_on=TODAY, act=by(officer))
    assert not care.open_cases(officer, contract, on=TODAY).exists()


def test_what_a_meeting_heard_on_an_earlier_action_is_noted_there(planned, officer, contract) -> None:
    hold(planned, officer, actions=[ActionGiven("Train the night staff", date(2016, 9, 1))])
    action = care.previous_actions(contract).get()
    following = contract.evaluations.get(state="planned")
    evaluations.say_of_previous_action(
        evaluation_id=following.pk, action_id=action.pk, said="Half are trained.", act=by(officer)
    )
    assert action.notes.get().text == "Evaluation meeting of 11 October 2016: Half are trained."


def test_an_action_of_another_contract_is_not_heard(planned, officer) -> None:
    other = a_contract()
    action = Action.objects.create(
        title="X",
        subject_type="contract",
        subject_id=other.pk,
        subject_label="X",
        origin_type="other",
        raised_at=by(None).at,
        owner=officer,
        first_due_on=TODAY,
        due_on=TODAY,
    )
    with pytest.raises(NotAllowed):
        evaluations.say_of_previous_action(evaluation_id=planned.pk, action_id=action.pk, said="X", act=by(officer))


def test_meetings_due_are_asked_in_one_query(django_assert_num_queries, contract) -> None:
    a_contract(provider=an_organisation())
    with django_assert_num_queries(1):
        care.meetings_due(on=TODAY)


def test_the_next_meeting_is_due_after_the_last_that_was_held(planned, officer, contract) -> None:
    hold(planned, officer, next_on=None)
    assert care.meeting_due(contract, on=TODAY).due_on == date(2016, 10, 12)
