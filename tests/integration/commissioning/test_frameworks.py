"""A framework awarded to several suppliers, from the recommendation to a contract with each."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from plumbline.audit.models import Event
from plumbline.commissioning import report
from plumbline.commissioning.assessment_summary import assessment_summary
from plumbline.commissioning.models import Award, Bid
from plumbline.commissioning.operations import award, implementation
from plumbline.commissioning.queries import evaluation as queries
from plumbline.contracts.models import Contract
from plumbline.contracts.operations import go_live
from plumbline.indicators import questions
from plumbline.indicators.queries import ask
from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Organisation
from plumbline.toolkits import library
from tests.duties import of_kind
from tests.factories.people import OrganisationFactory
from tests.factories.tenders import AT, TODAY, TenderFactory, a_bidder
from tests.integration.commissioning.evaluating import (
    COUNCIL,
    Evaluation,
    approve,
    letters_sent,
    recommend,
    settled,
)
from tests.integration.commissioning.test_evaluation_report import words

pytestmark = pytest.mark.django_db

# Alder 87, Birch 80, Cedar 67, Damson below a minimum.
BIDDERS = ("Alder", "Birch", "Cedar", "Damson")
SCORES = {"safeguarding": (4, 4, 3, 2), "staff": (5, 4, 4, 5), "outcomes": (4, 4, 3, 5)}
# Alder alone ahead, then two alike.
TIED = {"safeguarding": (5, 4, 4), "staff": (5, 4, 4), "outcomes": (5, 4, 4)}


def framework(**more: Any) -> Evaluation:
    return settled(**{"kind": "framework", "bidders": BIDDERS, "scores": SCORES, **more})


def tied() -> Evaluation:
    return framework(bidders=BIDDERS[:3], scores=TIED)


def two_recommended(**more: Any) -> Evaluation:
    made = framework(**more)
    recommend(made, made.bids[1], made.bids[0])
    return made


def two_approved(**more: Any) -> Evaluation:
    made = two_recommended(**more)
    approve(made)
    return made


def two_awarded(**more: Any) -> tuple[Evaluation, list[Award]]:
    made = two_approved(**more)
    return made, award.confirm_award(tender_id=made.tender.pk, awarded_on=TODAY, act=made.by())


def states(made: Evaluation) -> list[str]:
    return [Bid.objects.get(pk=bid.pk).state for bid in made.bids]


# --- recommendation ---


def test_several_bids_are_recommended_and_stand_in_the_order_of_their_totals() -> None:
    made = framework()
    found = recommend(made, made.bids[1], made.bids[0])
    assert ([each.bid for each in found], states(made)) == (
        made.bids[:2],
        ["recommended", "recommended", "passed", "disqualified"],
    )


def test_a_framework_may_have_one_supplier() -> None:
    made = framework()
    assert [each.bid for each in recommend(made, made.bids[0])] == made.bids[:1]


def test_no_bid_is_left_out_for_one_that_is_ranked_below_it() -> None:
    made = framework()
    with pytest.raises(RuleBroken, match=r"Cedar has rank 3\. No bid is left out .* ranked below it: Birch\."):
        recommend(made, made.bids[0], made.bids[2])


def test_a_bid_below_a_minimum_is_never_among_them() -> None:
    made = framework()
    with pytest.raises(RuleBroken, match="Cannot move from Disqualified"):
        recommend(made, *made.bids)


def test_nothing_is_recommended_where_no_bid_is_chosen() -> None:
    with pytest.raises(RuleBroken, match="Choose the bid"):
        recommend(framework())


def test_equal_totals_at_the_last_place_are_decided_by_a_person_with_a_reason() -> None:
    made = tied()
    with pytest.raises(RuleBroken, match=r"Birch and Cedar have the same total\. Say how it was decided"):
        recommend(made, made.bids[0], made.bids[2])
    found = recommend(made, made.bids[0], made.bids[2], tie_reason="The higher safeguarding score, as published.")
    assert found[1].result["tie_decided_because"].startswith("The higher safeguarding score")


def test_equal_totals_that_are_all_recommended_need_no_decision() -> None:
    made = tied()
    assert len(recommend(made, *made.bids)) == 3


def test_a_competition_is_recommended_to_one_bid() -> None:
    made = framework(kind="competition")
    with pytest.raises(RuleBroken, match="Only a framework is awarded to several suppliers"):
        recommend(made, *made.bids[:2])


def test_a_framework_is_not_awarded_without_scores() -> None:
    tender = TenderFactory(state="stage1", kind="framework")
    bid = a_bidder(tender, "Alder")
    with pytest.raises(RuleBroken, match="A framework is decided by its scores"):
        award.recommend(
            tender_id=tender.pk, bid_ids=[bid.pk], reason="Good.", act=Act(tender.lead_commissioner, AT, TODAY)
        )


# --- what the database holds ---


SECOND = """insert into commissioning_award
                (tender_id, bid_id, state, reason, result, recommended_at, recommended_by_id, cancelled_because)
            select tender_id, %s, state, reason, result, recommended_at, recommended_by_id, ''
            from commissioning_award where tender_id = %s"""


def run(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("login", [pytest.param(login, marks=pytest.mark.login(login)) for login in ("web", "worker")])
def test_the_database_refuses_a_second_award_of_a_competition(login) -> None:
    made = framework(kind="competition")
    recommend(made, made.bids[0])
    with pytest.raises(DatabaseError, match="Only a framework is awarded to several suppliers"):
        run(SECOND, made.bids[1].pk, made.tender.pk)


def test_the_database_refuses_a_second_award_of_one_bid() -> None:
    made = framework()
    recommend(made, made.bids[0])
    with pytest.raises(IntegrityError, match="award_one_standing_per_bid"):
        run(SECOND, made.bids[0].pk, made.tender.pk)


def test_the_database_refuses_an_award_that_goes_on_alone() -> None:
    made = two_approved()
    with pytest.raises(DatabaseError, match="recommended, approved and made together"):
        run("update commissioning_award set notice_on = '2016-07-29' where bid_id = %s", made.bids[0].pk)


def test_the_database_refuses_to_make_a_published_framework_a_competition() -> None:
    made = two_recommended()
    with pytest.raises(DatabaseError, match="are fixed when it is published"):
        run("update commissioning_tender set kind = 'competition' where id = %s", made.tender.pk)


# --- one approval, one notice, one standstill ---


def test_two_recommendations_wait_as_one_for_who_approves() -> None:
    made = two_recommended()
    assert [each.why for each in of_kind("tender.approve", made.approver, TODAY)] == ["Recommended: Alder and Birch."]


def test_one_notice_begins_one_standstill_for_all() -> None:
    made = two_approved(standstill_days=8)
    letters_sent(made)
    found = award.publish_notice(tender_id=made.tender.pk, notice_on=TODAY, act=made.by())
    assert {(each.state, each.standstill_until) for each in found} == {("standstill", date(2016, 8, 9))}


def test_each_award_has_its_events() -> None:
    made, found = two_awarded()
    for kind in ("recommended", "approved", "made"):
        events = Event.objects.filter(kind=f"commissioning.award.{kind}")
        assert sorted(events.values_list("subject_id", flat=True)) == sorted(str(each.pk) for each in found)
    assert made.fresh().state == "awarded"


def test_every_other_bid_was_unsuccessful() -> None:
    made, _ = two_awarded()
    assert states(made) == ["successful", "successful", "unsuccessful", "disqualified"]


def test_a_recommendation_is_taken_back_whole_and_made_again() -> None:
    made = two_approved()
    award.cancel_recommendation(tender_id=made.tender.pk, because="Birch withdrew its price.", act=made.by())
    assert (states(made)[:2], len(recommend(made, made.bids[0]))) == (["passed", "passed"], 1)


# --- letters and papers ---


def letter(made: Evaluation, at: int) -> str:
    return Bid.objects.get(pk=made.bids[at].pk).letter


@pytest.mark.parametrize("at", [0, 1])
def test_each_winner_is_told_that_it_won_and_of_how_many_contracts(at) -> None:
    made = two_approved()
    said = letter(made, at)
    assert ("award one of 2 contracts to you" in said, "was not successful" in said) == (True, False)


def test_a_bidder_that_did_not_win_is_told_who_did_and_where_each_was_better() -> None:
    said = letter(two_approved(), 2)
    assert "It was not successful." in said
    assert "The successful bidders are Alder (87.00 points) and Birch (80.00 points)." in said
    of_alder, of_birch = said.split("Where the bid of Alder was better than yours:")[1].split(
        "Where the bid of Birch was better than yours:"
    )
    staff = "How will you recruit and keep your staff?"
    assert (f"“{staff}”: it scored 5, yours 4, of 5." in of_alder, staff in of_birch) == (True, False)


def test_one_winner_of_a_framework_is_told_of_the_contract() -> None:
    made = framework()
    recommend(made, made.bids[0])
    approve(made)
    assert "award the contract to you" in letter(made, 0)


def test_who_lost_a_tie_is_told_how_it_was_decided_and_nobody_else() -> None:
    made = tied()
    recommend(made, made.bids[0], made.bids[2], tie_reason="The higher safeguarding score, as published.")
    approve(made)
    told = "Your total is the same as that of Cedar. How it was decided: The higher safeguarding score, as published."
    assert [told in letter(made, at) for at in range(3)] == [False, True, False]
    assert [told in summary(made, at) for at in range(3)] == [False, True, False]


FRAME = {"council": COUNCIL, "colour": "#1d4f91", "on": TODAY}


def test_the_report_has_one_recommendation_of_both() -> None:
    made = two_approved()
    said = words(report.evaluation_report(made.fresh(), **FRAME))
    assert ("Recommended: Alder and Birch. Approved on" in said, said.count("Recommendation of")) == (True, 1)


def test_the_report_says_what_each_winner_promised() -> None:
    made = two_approved()
    first = queries.standing_awards(made.tender)[0]
    award.record_promise(award_id=first.pk, text="A nurse on each shift.", act=made.by())
    said = words(report.evaluation_report(made.fresh(), **FRAME))
    assert "Alder: this was promised.\nA nurse on each shift.\nBirch: no promise is recorded." in said


def summary(made: Evaluation, at: int) -> str:
    bid = Bid.objects.select_related("supplier").get(pk=made.bids[at].pk)
    awards = queries.standing_awards(made.tender)
    return words(assessment_summary(made.fresh(), awards, bid, **FRAME))


def test_the_summary_of_one_that_did_not_win_explains_each_successful_bid() -> None:
    said = summary(two_approved(), 2)
    assert "The successful bids are those of Alder and Birch." in said
    assert ("A successful bid: Alder" in said, "A successful bid: Birch" in said) == (True, True)


def test_the_summary_of_a_winner_tells_of_its_own_bid_alone() -> None:
    said = summary(two_approved(), 1)
    assert ("Your bid was successful." in said, "A successful bid" in said) == (True, False)


# --- a contract with each ---


def begin(made: Evaluation, one: Award, reference: str) -> Contract:
    implementation.make_plan(award_id=one.pk, service_starts_on=date(2016, 11, 1), act=made.by())
    return go_live.begin_contract(
        award_id=one.pk, reference=reference, manager=None, visit_required=False, act=made.by()
    )


def two_contracts(**more: Any) -> tuple[Evaluation, list[Contract]]:
    library.load(act=Act(None, AT, AT.date()))
    made = two_approved(prices={"Alder": 120000, "Birch": 90000}, **more)
    awards = queries.standing_awards(made.tender)
    for one, text in zip(awards, ("A nurse.", "A garden."), strict=True):
        award.record_promise(award_id=one.pk, text=text, act=made.by())
    award.confirm_award(tender_id=made.tender.pk, awarded_on=TODAY, act=made.by())
    award.publish_details(tender_id=made.tender.pk, published_on=TODAY, act=made.by())
    return made, [begin(made, one, f"CT90{at}") for at, one in enumerate(awards)]


def test_each_supplier_has_its_own_contract_plan_and_commitments() -> None:
    made, contracts = two_contracts()
    assert [
        (each.kind, each.provider.name, each.value, [one.text for one in each.commitments.all()]) for each in contracts
    ] == [("framework", "Alder", 120000, ["A nurse."]), ("framework", "Birch", 90000, ["A garden."])]
    assert len({each.plan_id for each in contracts}) == 2
    assert made.fresh().state == "implementation"


def test_the_plans_of_the_suppliers_are_told_apart_by_their_names() -> None:
    made, contracts = two_contracts()
    assert [each.plan.title for each in contracts] == [f"{name}: {made.tender.title}" for name in BIDDERS[:2]]


def test_one_supplier_goes_live_without_the_other() -> None:
    made, contracts = two_contracts()
    head = made.approver
    go_live.go_live(contract_id=contracts[0].pk, override_because="A child waits.", act=Act(head, AT, TODAY))
    assert sorted(Contract.objects.values_list("state", flat=True)) == ["implementation", "live"]


def test_what_all_were_estimated_at_together_is_the_value_of_none() -> None:
    made, found = two_awarded(value=500_000)
    Bid.objects.filter(tender=made.tender).update(price=None)
    assert [queries.value_of(Award.objects.get(pk=each.pk)) for each in found] == [None, None]


# --- calls off it ---


def called_off(made: Evaluation, supplier: Organisation) -> Evaluation:
    """A call-off from the framework, with one bid, of this supplier."""
    call = settled(kind="call_off", framework=made.tender, bidders=("Elm",), scores=dict.fromkeys(SCORES, (4,)))
    Bid.objects.filter(pk=call.bids[0].pk).update(supplier=supplier)
    return call


def test_a_call_off_from_a_supplier_of_the_framework_is_recommended() -> None:
    made, _ = two_awarded()
    call = called_off(made, made.bids[1].supplier)
    assert recommend(call, call.bids[0])


def test_a_supplier_of_the_framework_is_known_by_each_of_its_names() -> None:
    made, _ = two_awarded()
    other_name = OrganisationFactory(name="Alder Care", merged_into=made.bids[0].supplier)
    call = called_off(made, other_name)
    assert recommend(call, call.bids[0])


def test_a_call_off_from_a_supplier_without_a_place_on_the_framework_is_refused() -> None:
    made, _ = two_awarded()
    call = called_off(made, made.bids[2].supplier)
    with pytest.raises(RuleBroken, match=r"Cedar has no place on the framework. It was awarded to Alder and Birch"):
        recommend(call, call.bids[0])


def test_of_a_framework_whose_award_is_not_recorded_no_supplier_is_refused() -> None:
    call = called_off(framework(), OrganisationFactory(name="Elm Care"))
    assert recommend(call, call.bids[0])


def test_the_contract_of_a_call_off_is_under_the_framework_contract_of_its_supplier() -> None:
    made, contracts = two_contracts()
    call = called_off(made, made.bids[1].supplier)
    recommend(call, call.bids[0])
    approve(call)
    [one] = award.confirm_award(tender_id=call.tender.pk, awarded_on=TODAY, act=call.by())
    assert begin(call, one, "CT950").framework == contracts[1]


# --- figures ---


@pytest.mark.parametrize("measure", ["tenders_published", "tenders_with_stage1", "tenders_scored_safeguarding"])
def test_a_framework_with_two_suppliers_counts_as_one_procurement(measure) -> None:
    two_contracts()
    asked = questions.read({"key": measure, "from": "2016-05-01", "to": "2016-05-31"})
    total = ask(viewer=None, asked=asked, on=TODAY).total
    assert (total.numerator, total.denominator) in {(1, None), (1, 1)}
