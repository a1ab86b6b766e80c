"""From the recommendation to the contract details: ties, approval by another, standstill, letters, promises."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from plumbline.audit.models import Event
from plumbline.commissioning.models import Award, Bid, ExclusionCheck, Tender, TenderConflict
from plumbline.commissioning.operations import award, implementation, stage1
from plumbline.commissioning.queries import evaluation as queries
from plumbline.contracts.models import Contract
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import BankHoliday, User
from plumbline.toolkits import library
from tests.duties import of_kind
from tests.factories.people import UserFactory, hold_role
from tests.factories.tenders import AT, TODAY, TenderFactory, a_bidder, an_approver
from tests.integration.commissioning import evaluating
from tests.integration.commissioning.evaluating import (
    COUNCIL,
    approved,
    letters_sent,
    moderated,
    recommended,
    settled,
)

pytestmark = pytest.mark.django_db

TIED = {"safeguarding": (4, 4), "staff": (4, 4), "outcomes": (5, 5)}


def recommend(made, at: int = 0, **more):
    [found] = evaluating.recommend(made, made.bids[at], **more)
    return found


# --- recommendation ---


def test_the_bid_with_the_highest_total_is_recommended_with_the_result_kept() -> None:
    made = settled()
    kept = recommend(made).result["standings"]
    assert [(each["name"][:5], each["total"], each["rank"]) for each in kept] == [
        ("Alder", "87.00", 1),
        ("Birch", "80.00", 2),
        ("Cedar", None, None),
    ]


def test_a_bid_that_is_not_first_is_not_recommended() -> None:
    with pytest.raises(RuleBroken, match="has rank 2"):
        recommend(settled(), 1)


def test_a_disqualified_bid_is_not_recommended() -> None:
    with pytest.raises(RuleBroken, match="Cannot move from Disqualified"):
        recommend(settled(), 2)


def test_a_tie_is_not_recommended_without_saying_how_it_was_decided() -> None:
    with pytest.raises(RuleBroken, match="Say how it was decided"):
        recommend(settled(bidders=("Alder", "Birch"), scores=TIED))


def test_a_tie_is_decided_by_a_person_with_a_reason() -> None:
    made = settled(bidders=("Alder", "Birch"), scores=TIED)
    found = recommend(made, 1, tie_reason="The higher safeguarding score at the interviews, as the tender said.")
    assert found.result["tie_decided_because"].startswith("The higher safeguarding score")


def test_price_decides_where_quality_is_equal_and_price_counts() -> None:
    made = settled(bidders=("Alder", "Birch"), scores=TIED, quality_share=60, prices={"Alder": 120000, "Birch": 90000})
    assert recommend(made, 1).result["standings"][0]["price_points"] == "40"


def test_nothing_is_recommended_without_a_reason() -> None:
    with pytest.raises(RuleBroken, match="Say why this bid"):
        recommend(settled(), reason=" ")


def test_nothing_is_recommended_while_a_ground_for_exclusion_was_not_looked_at() -> None:
    made = settled()
    ExclusionCheck.objects.filter(bid=made.bids[0], ground="debarment").delete()
    with pytest.raises(RuleBroken, match="not checked yet: Debarment list"):
        recommend(made)


def conflict_of(made) -> TenderConflict:
    return TenderConflict.objects.create(
        tender=made.tender, person="Owen Tibbs", conflict="A share in Alder.", recorded_at=AT, recorded_by=made.lead
    )


def test_nothing_is_recommended_while_a_conflict_in_the_tender_is_not_decided() -> None:
    made = settled()
    conflict_of(made)
    with pytest.raises(RuleBroken, match="Owen Tibbs"):
        recommend(made)


def test_nothing_is_approved_while_a_conflict_in_the_tender_is_not_decided() -> None:
    made, _ = recommended()
    conflict_of(made)
    with pytest.raises(RuleBroken, match="Owen Tibbs"):
        award.approve_award(tender_id=made.tender.pk, council=COUNCIL, act=made.by(made.approver))


def test_only_one_bid_stands_recommended() -> None:
    made, _ = recommended()
    with pytest.raises(RuleBroken, match="recommended already"):
        recommend(made, 1)


def test_a_competition_is_not_awarded_without_scores() -> None:
    tender = TenderFactory(state="stage1")
    bid = a_bidder(tender, "Alder")
    with pytest.raises(RuleBroken, match="decided by its scores"):
        award.recommend(
            tender_id=tender.pk, bid_ids=[bid.pk], reason="Good.", act=Act(tender.lead_commissioner, AT, TODAY)
        )


# --- without scores ---


def direct(**more):
    tender = TenderFactory(
        state="stage1", kind="direct_award", **{"direct_award_reason": "User choice: one child, one home.", **more}
    )
    return tender, a_bidder(tender, "Alder")


def recommend_directly(tender, bid):
    [found] = award.recommend(
        tender_id=tender.pk,
        bid_ids=[bid.pk],
        reason="The only home that can.",
        act=Act(tender.lead_commissioner, AT, TODAY),
    )
    return found


def test_a_direct_award_goes_from_stage_1_to_recommendation_without_scores() -> None:
    tender, bid = direct()
    recommend_directly(tender, bid)
    assert Tender.objects.get(pk=tender.pk).state == "recommendation"


def test_a_direct_award_needs_its_reason() -> None:
    with pytest.raises(RuleBroken, match="why the contract is awarded directly"):
        recommend_directly(*direct(direct_award_reason=""))


def test_a_direct_award_goes_to_nobody_who_has_not_passed_stage_1() -> None:
    tender, bid = direct()
    Bid.objects.filter(pk=bid.pk).update(state="received")
    with pytest.raises(RuleBroken, match="Cannot move from Received to Recommended"):
        recommend_directly(tender, bid)


def test_a_direct_award_reaches_its_contract_details() -> None:
    tender, bid = direct()
    recommend_directly(tender, bid)
    lead = Act(tender.lead_commissioner, AT, TODAY)
    award.approve_award(tender_id=tender.pk, council=COUNCIL, act=Act(an_approver(), AT, TODAY))
    award.confirm_award(tender_id=tender.pk, awarded_on=TODAY, act=lead)
    award.publish_details(tender_id=tender.pk, published_on=TODAY, act=lead)
    assert (Tender.objects.get(pk=tender.pk).state, Bid.objects.get(pk=bid.pk).state) == (
        "contract_details",
        "successful",
    )


# --- approval ---


def test_nobody_approves_their_own_recommendation() -> None:
    made, _ = recommended()
    hold_role(user=made.lead, role="head_of_service", from_on=TODAY)
    with pytest.raises(RuleBroken, match="Someone else approves"):
        award.approve_award(tender_id=made.tender.pk, council=COUNCIL, act=made.by(User.objects.get(pk=made.lead.pk)))


def test_the_database_refuses_an_approval_by_the_recommender() -> None:
    made, found = recommended()
    with pytest.raises(IntegrityError, match="award_approved_by_another"), transaction.atomic():
        Award.objects.filter(pk=found.pk).update(approved_by=made.lead, approved_at=AT)


def test_who_may_not_approve_finds_no_award() -> None:
    made, _ = recommended()
    with pytest.raises(NotAllowed):
        award.approve_award(
            tender_id=made.tender.pk, council=COUNCIL, act=made.by(UserFactory(role="contract_officer"))
        )


def test_nothing_is_awarded_that_was_not_approved() -> None:
    made, _ = recommended()
    with pytest.raises(RuleBroken, match="not approved yet"):
        award.confirm_award(tender_id=made.tender.pk, awarded_on=TODAY, act=made.by())


# --- letters ---


def letter_of(bid: Bid) -> str:
    return Bid.objects.values_list("letter", flat=True).get(pk=bid.pk)


def test_every_bidder_has_a_letter_drafted_on_approval() -> None:
    made, _ = approved()
    letters = [letter_of(bid) for bid in made.bids]
    assert len(letters) == 3
    assert len(set(letters)) == 3
    assert all(made.tender.title in each for each in letters)


def test_an_unsuccessful_bidder_is_told_scores_rank_and_where_the_winner_was_better() -> None:
    made, _ = approved()
    letter = letter_of(made.bids[1])
    assert [
        words
        for words in (
            "80.00 points of 100 and rank 2 of 2",
            "How will you recruit and keep your staff?: 4 of 5 (28.00 of 35 points). All three read staff alike.",
            "“How will you recruit and keep your staff?”: it scored 5, yours 4, of 5.",
        )
        if words not in letter
    ] == []


def test_a_disqualified_bidder_is_told_which_minimum_was_missed() -> None:
    made, _ = approved()
    assert "It was disqualified: “How will you keep children safe" in letter_of(made.bids[2])


def test_no_letter_names_an_evaluator() -> None:
    made, _ = approved(method="moderate")
    assert not [name for name in ("Ann Ash", "Bob Beech", "Cat Cherry") for bid in made.bids if name in letter_of(bid)]


def test_a_letter_that_was_sent_is_not_edited() -> None:
    made, _ = approved()
    letters_sent(made)
    with pytest.raises(RuleBroken, match="letter was sent on 29 July 2016"):
        award.edit_outcome_letter(bid_id=made.bids[0].pk, text="Another.", act=made.by())


# --- standstill and award ---


def in_standstill():
    made, _ = approved(standstill_days=8)
    letters_sent(made)
    [found] = award.publish_notice(tender_id=made.tender.pk, notice_on=TODAY, act=made.by())
    return made, found


def test_the_notice_waits_for_every_bidders_letter() -> None:
    made, _ = approved(standstill_days=8)
    with pytest.raises(RuleBroken, match="Not sent yet: Alder"):
        award.publish_notice(tender_id=made.tender.pk, notice_on=TODAY, act=made.by())


def test_the_standstill_lasts_eight_working_days_that_begin_with_the_day_of_the_notice() -> None:
    assert in_standstill()[1].standstill_until == date(2016, 8, 9)


def test_a_bank_holiday_does_not_count_in_the_standstill() -> None:
    BankHoliday.objects.update_or_create(day=date(2016, 8, 4), defaults={"name": "Test holiday"})
    assert in_standstill()[1].standstill_until == date(2016, 8, 10)


def test_nothing_is_awarded_on_the_last_day_of_the_standstill() -> None:
    made, _ = in_standstill()
    last = date(2016, 8, 9)
    with pytest.raises(RuleBroken, match="until the end of 9 August 2016"):
        award.confirm_award(tender_id=made.tender.pk, awarded_on=last, act=made.by(on=last))


def test_the_contract_is_awarded_on_the_day_after_the_standstill() -> None:
    made, _ = in_standstill()
    day = date(2016, 8, 10)
    award.confirm_award(tender_id=made.tender.pk, awarded_on=day, act=made.by(on=day))
    assert sorted(Bid.objects.filter(tender=made.tender).values_list("state", flat=True)) == [
        "disqualified",
        "successful",
        "unsuccessful",
    ]


def test_nothing_is_awarded_before_the_notice_where_there_is_a_standstill() -> None:
    made, _ = approved(standstill_days=8)
    with pytest.raises(RuleBroken, match="publish the award notice first"):
        award.confirm_award(tender_id=made.tender.pk, awarded_on=TODAY, act=made.by())


def test_a_light_touch_contract_is_awarded_without_a_standstill() -> None:
    made, _ = approved()
    award.confirm_award(tender_id=made.tender.pk, awarded_on=TODAY, act=made.by())
    assert made.fresh().state == "awarded"


def test_details_are_not_published_before_the_award() -> None:
    made, _ = approved()
    award.confirm_award(tender_id=made.tender.pk, awarded_on=TODAY, act=made.by())
    with pytest.raises(RuleBroken, match="between the award and today"):
        award.publish_details(tender_id=made.tender.pk, published_on=TODAY - timedelta(1), act=made.by())


# --- taken back ---


def test_a_recommendation_taken_back_in_the_standstill_can_be_made_again() -> None:
    made, _ = in_standstill()
    award.cancel_recommendation(tender_id=made.tender.pk, because="A bidder challenged the score.", act=made.by())
    assert recommend(made).state == "recommended"


def test_a_recommendation_is_not_taken_back_without_a_reason() -> None:
    made, _ = recommended()
    with pytest.raises(RuleBroken, match="Say why"):
        award.cancel_recommendation(tender_id=made.tender.pk, because="", act=made.by())


def test_letters_sent_for_a_recommendation_taken_back_stay_in_the_trail() -> None:
    made, _ = in_standstill()
    award.cancel_recommendation(tender_id=made.tender.pk, because="A bidder challenged the score.", act=made.by())
    event = Event.objects.get(kind="commissioning.award.cancelled")
    assert event.data["letters_sent_before"] == sorted(bid.pk for bid in made.bids)


# --- promises ---


def test_what_the_winner_promised_is_recorded_for_the_contract() -> None:
    made, found = approved()
    award.record_promise(
        award_id=found.pk, text="Two trained leads on every shift.", question="safeguarding", act=made.by()
    )
    assert [each.text for each in queries.promises_of(found)] == ["Two trained leads on every shift."]


def test_a_promise_to_a_question_that_was_not_asked_is_refused() -> None:
    made, found = approved()
    with pytest.raises(RuleBroken, match="no question “parking”"):
        award.record_promise(award_id=found.pk, text="Places to park.", question="parking", act=made.by())


# --- who is told that something waits ---


def test_a_recommendation_waits_for_who_may_approve_it() -> None:
    made, _ = recommended()
    assert [each.subject_id for each in of_kind("tender.approve", made.approver, TODAY)] == [made.tender.pk]


def test_a_standstill_that_is_over_waits_for_the_commissioner() -> None:
    made, _ = in_standstill()
    days = (date(2016, 8, 9), date(2016, 8, 10))
    waiting = [of_kind("tender.award", made.lead, day) for day in days]
    assert [len(each) for each in waiting] == [0, 1]


# --- no day before what it follows ---


def test_the_award_notice_cannot_be_dated_before_the_approval() -> None:
    made, _ = approved(standstill_days=8)
    letters_sent(made)
    with pytest.raises(RuleBroken, match="approved on 29 July 2016: the notice cannot"):
        award.publish_notice(tender_id=made.tender.pk, notice_on=date(2016, 7, 1), act=made.by())


def test_the_award_notice_cannot_be_dated_before_the_last_letter() -> None:
    made, _ = approved(standstill_days=8)
    letters_sent(made)
    later = date(2016, 8, 3)
    Bid.objects.filter(pk=made.bids[1].pk).update(letter_sent_on=later)
    with pytest.raises(RuleBroken, match="last letter went out on 3 August 2016"):
        award.publish_notice(tender_id=made.tender.pk, notice_on=TODAY, act=made.by(on=later))


def test_a_letter_of_the_outcome_cannot_be_dated_before_the_approval() -> None:
    made, _ = approved()
    with pytest.raises(RuleBroken, match="cannot have gone out before 29 July 2016"):
        award.send_outcome_letter(bid_id=made.bids[0].pk, sent_on=date(2016, 7, 28), act=made.by())


def test_a_contract_cannot_be_awarded_on_a_day_before_its_approval() -> None:
    made, _ = approved()
    with pytest.raises(RuleBroken, match="cannot have been awarded before 29 July 2016, the day of its approval"):
        award.confirm_award(tender_id=made.tender.pk, awarded_on=date(2016, 7, 28), act=made.by())


def test_the_database_dates_no_notice_before_the_approval() -> None:
    _, found = approved(standstill_days=8)
    with pytest.raises(IntegrityError, match="award_nothing_before_its_approval"), transaction.atomic():
        Award.objects.filter(pk=found.pk).update(notice_on=date(2016, 7, 1))


# --- what comes to light between the approval and the award ---


def test_nothing_is_awarded_while_a_conflict_in_the_tender_is_not_decided() -> None:
    made, _ = in_standstill()
    conflict_of(made)
    day = date(2016, 8, 10)
    with pytest.raises(RuleBroken, match="Owen Tibbs"):
        award.confirm_award(tender_id=made.tender.pk, awarded_on=day, act=made.by(on=day))


def exclude(made, bid, on=TODAY):
    return stage1.check_exclusion(
        bid_id=bid.pk,
        ground="debarment",
        result="excluded",
        note="On the list since 20 July.",
        checked_on=on,
        council=COUNCIL,
        act=made.by(on=on),
    )


def test_a_supplier_that_comes_onto_the_debarment_list_during_the_evaluation_is_stopped_with_its_letter() -> None:
    made = moderated()
    exclude(made, made.bids[0])
    stopped = Bid.objects.get(pk=made.bids[0].pk)
    assert (stopped.state, "debarment list" in stopped.letter) == ("disqualified", True)


def test_a_recommended_supplier_is_excluded_once_the_recommendation_is_taken_back() -> None:
    made, _ = approved()
    with pytest.raises(RuleBroken, match="Take the recommendation back first"):
        exclude(made, made.bids[0])
    award.cancel_recommendation(tender_id=made.tender.pk, because="It is on the debarment list.", act=made.by())
    exclude(made, made.bids[0])
    assert Bid.objects.get(pk=made.bids[0].pk).state == "disqualified"


def test_a_promise_is_a_commitment_of_the_contract_once_that_has_begun() -> None:
    made, found = approved()
    award.confirm_award(tender_id=made.tender.pk, awarded_on=TODAY, act=made.by())
    Contract.objects.create(
        reference="CT900",
        title="Care",
        kind="block",
        provider=made.bids[0].supplier,
        service="Care",
        starts_on=date(2016, 11, 1),
        state="implementation",
        award=found,
    )
    with pytest.raises(RuleBroken, match="add a commitment to the contract"):
        award.record_promise(award_id=found.pk, text="A nurse.", act=made.by())


def test_a_plan_made_before_the_contract_details_does_not_hold_the_tender_back() -> None:
    made, found = approved()
    award.confirm_award(tender_id=made.tender.pk, awarded_on=TODAY, act=made.by())
    library.load(act=Act(None, AT, AT.date()))
    implementation.make_plan(award_id=found.pk, service_starts_on=date(2016, 11, 1), act=made.by())
    award.publish_details(tender_id=made.tender.pk, published_on=TODAY, act=made.by())
    assert made.fresh().state == "implementation"


def test_the_letter_says_how_quality_and_price_make_the_total() -> None:
    made, _ = approved(quality_share=60, prices={"Alder": 100000, "Birch": 90000, "Cedar": 80000})
    assert (
        "Your bid has 88.20 points of 100 and rank 1 of 2. Its quality has 87.00 of 100 points; quality counts 60 in a "
        "hundred, which is 52.20 points. Its price has 36.00 of 40 points. Together: 88.20."
    ) in Bid.objects.get(pk=made.bids[0].pk).letter
