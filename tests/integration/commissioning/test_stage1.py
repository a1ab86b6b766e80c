"""Bids entered, checked criterion by criterion, passed or stopped, and the letter that follows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plumbline.audit.models import Event
from plumbline.commissioning.models import Bid, Stage1Decision
from plumbline.commissioning.operations import bids, stage1, tenders
from plumbline.evidence.models import Document, LawChange
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.models import Organisation
from plumbline.toolkits.models import ToolkitVersion
from tests.integration.commissioning.tendering import (
    COUNCIL,
    LATER,
    PDF,
    a_bid,
    a_supplier,
    a_tender,
    a_user,
    act,
    check_grounds,
    decide,
    failed,
    in_stage1,
    passed,
)

pytestmark = pytest.mark.django_db

LATE = datetime(2016, 9, 2, 8, tzinfo=UTC)


@pytest.fixture
def commissioner():
    return a_user()


@pytest.fixture
def bid(commissioner):
    return in_stage1(commissioner)[0]


# --- bids


def test_bids_are_not_entered_before_they_are_opened(commissioner) -> None:
    tender = a_tender(commissioner, state="published")
    with pytest.raises(RuleBroken, match="after they were opened"):
        a_bid(commissioner, tender)


def test_a_supplier_bids_once(commissioner) -> None:
    tender, supplier = a_tender(commissioner, state="closed"), a_supplier("Ash Ltd")
    a_bid(commissioner, tender, supplier=supplier)
    with pytest.raises(RuleBroken, match="bid of Ash Ltd is entered already"):
        a_bid(commissioner, tender, supplier=supplier)


def test_a_merged_name_bids_as_the_supplier_that_it_is(commissioner) -> None:
    supplier = a_supplier()
    old = Organisation.objects.create(name="Ash", sort_key="ash", sector="other", merged_into=supplier)
    assert a_bid(commissioner, a_tender(commissioner, state="closed"), supplier=old).supplier == supplier


def test_a_late_bid_is_kept_and_stopped_with_its_letter(commissioner) -> None:
    late = a_bid(commissioner, a_tender(commissioner, state="closed"), received_at=LATE)
    assert (late.late, late.state, "the last day was 1 September 2016" in late.letter) == (True, "disqualified", True)


def test_a_late_bid_is_accepted_with_a_reason(commissioner) -> None:
    tender = a_tender(commissioner, state="closed")
    late = a_bid(commissioner, tender, received_at=LATE, late_accepted_because="The portal was down.")
    assert (late.late, late.state) == (True, "received")


def test_a_late_hour_of_the_last_day_is_in_time_by_the_clock_here(commissioner) -> None:
    tender = a_tender(commissioner, state="closed")
    # 22:30 in Greenwich is 23:30 here in summer.
    assert not a_bid(commissioner, tender, received_at=datetime(2016, 9, 1, 22, 30, tzinfo=UTC)).late


def test_a_direct_award_has_one_supplier(commissioner) -> None:
    tender = a_tender(
        commissioner,
        state="published",
        kind="direct_award",
        direct_award_reason="Settled.",
        questions_id=None,
        bids_due_on=None,
    )
    a_bid(commissioner, tender)
    with pytest.raises(RuleBroken, match="one supplier"):
        a_bid(commissioner, tender)


def test_a_supplier_is_made_with_its_numbers(commissioner) -> None:
    made = bids.make_supplier(name="Ash  Ltd", identifiers=[("GB-COH", "0123 4567")], act=act(commissioner))
    assert (made.name, made.sector, made.identifiers.get().value) == ("Ash Ltd", "other", "01234567")


def test_a_number_that_is_anothers_is_refused_with_its_name(commissioner) -> None:
    bids.make_supplier(name="Ash Ltd", identifiers=[("GB-COH", "01234567")], act=act(commissioner))
    with pytest.raises(RuleBroken, match="is that of Ash Ltd"):
        bids.make_supplier(name="Ash Limited", identifiers=[("GB-COH", "01234567")], act=act(commissioner))


def test_answers_are_kept_question_by_question(commissioner, bid) -> None:
    bids.save_answers(bid_id=bid.pk, answers={"quality": "Well.", "safeguarding": ""}, act=act(commissioner, LATER))
    assert list(bid.answers.values_list("question", "text")) == [("quality", "Well.")]


def test_an_answer_to_what_was_not_asked_is_refused(commissioner, bid) -> None:
    with pytest.raises(RuleBroken, match="does not ask weather"):
        bids.save_answers(bid_id=bid.pk, answers={"weather": "Fine."}, act=act(commissioner, LATER))


def test_a_paper_of_a_bid_is_for_named_people_only(commissioner, bid, tmp_path) -> None:
    attach(commissioner, bid, tmp_path)
    assert Document.objects.get(bids__bid=bid).sensitivity == "restricted"


def test_a_stopped_bid_takes_no_more_papers(commissioner, bid, tmp_path) -> None:
    failed(commissioner, bid)
    with pytest.raises(RuleBroken, match="goes no further"):
        attach(commissioner, bid, tmp_path)


def attach(by, bid: Bid, folder, *, criteria=("policy",)) -> None:
    bids.attach_paper(
        bid_id=bid.pk,
        criteria=criteria,
        title="",
        file_name="../../policy.pdf",
        content=PDF,
        folder=folder,
        act=act(by, LATER),
    )


def test_a_bid_is_withdrawn_with_the_bidders_words(commissioner, bid) -> None:
    gone = bids.withdraw_bid(bid_id=bid.pk, because="They won another tender.", act=act(commissioner, LATER))
    assert (gone.state, gone.stopped_on) == ("withdrawn", LATER)


# --- stage 1


def test_a_fail_needs_its_reason(commissioner, bid) -> None:
    with pytest.raises(RuleBroken, match="why the bid fails"):
        decide(commissioner, bid, "section11", "fail", "")


def test_a_missing_paper_is_asked_for_first(commissioner, bid) -> None:
    with pytest.raises(RuleBroken, match="Ask the bidder for them first"):
        decide(commissioner, bid, "policy", "fail", "No policy.")


def ask(by, bid: Bid, *, on: date = LATER, days: int = 5) -> Stage1Decision:
    return stage1.ask_clarification(
        bid_id=bid.pk,
        criterion="policy",
        asked="Please send your policy.",
        due_on=on + timedelta(days),
        act=act(by, on),
    )


def test_a_question_to_the_bidder_stands_on_the_bid(commissioner, bid) -> None:
    ask(commissioner, bid)
    bid.refresh_from_db()
    assert bid.state == "clarification"


def test_the_bidder_has_the_time_it_was_given(commissioner, bid) -> None:
    ask(commissioner, bid)
    with pytest.raises(RuleBroken, match="has until 7 September 2016"):
        decide(commissioner, bid, "policy", "fail", "No policy.")


def test_once_the_day_has_passed_the_criterion_may_fail(commissioner, bid) -> None:
    ask(commissioner, bid)
    found = stage1.decide_criterion(
        bid_id=bid.pk,
        criterion="policy",
        decision="fail",
        reason="No policy came.",
        act=act(commissioner, LATER + timedelta(6)),
    )
    assert found.decision == "fail"


def test_once_it_is_answered_the_criterion_may_fail(commissioner, bid) -> None:
    ask(commissioner, bid)
    stage1.answer_clarification(
        bid_id=bid.pk, criterion="policy", answer="We have none.", answered_on=LATER, act=act(commissioner, LATER)
    )
    decide(commissioner, bid, "policy", "fail", "They have none.")
    assert Stage1Decision.objects.get(bid=bid).decision == "fail"


def test_a_paper_that_is_attached_may_fail_at_once(commissioner, bid, tmp_path) -> None:
    attach(commissioner, bid, tmp_path)
    decide(commissioner, bid, "policy", "fail", "It is of 2009.")
    assert Stage1Decision.objects.get(bid=bid).reason == "It is of 2009."


def test_a_criterion_that_is_not_asked_does_not_exist(commissioner, bid) -> None:
    with pytest.raises(NotAllowed):
        decide(commissioner, bid, "weather")


def a_policy_asked(bid) -> None:
    """Of the stage 1 of this bid, the criterion "policy" asks for the safeguarding policy."""
    version = bid.tender.stage1
    version.content["sections"][0]["criteria"][1]["fact"] = "policy.safeguarding"
    ToolkitVersion.objects.filter(pk=version.pk).update(content=version.content)


def a_law(number: str, **said) -> None:
    given = {"title": f"Change {number}", "in_force": date(2016, 9, 1), "policies": ["safeguarding"], **said}
    LawChange.objects.create(source_id=number, review_by=date(2017, 1, 1), **given)


def test_a_policy_passes_only_as_reviewed_since_the_law_changed_and_keeps_the_day(commissioner, bid, tmp_path) -> None:
    a_policy_asked(bid)
    a_law("LC1")
    a_law("LC2", in_force=date(2016, 9, 2), policies=["dbs"])
    a_law("LC3", in_force=LATER + timedelta(1))
    for reviewed_on, code in ((None, "missing_review_day"), (date(2016, 8, 31), "reviewed_before_law_change")):
        with pytest.raises(RuleBroken) as refusal:
            decide(commissioner, bid, "policy", reviewed_on=reviewed_on)
        assert refusal.value.code == code
    decide(commissioner, bid, "policy", reviewed_on=date(2016, 9, 1))
    assert Stage1Decision.objects.get(bid=bid, criterion="policy").reviewed_on == date(2016, 9, 1)
    attach(commissioner, bid, tmp_path)
    with pytest.raises(RuleBroken, match="last reviewed on 31 August 2016, before a change in law: Change LC1"):
        stage1.pass_criteria(
            bid_id=bid.pk,
            criteria=["section11", "policy"],
            reviewed={"policy": date(2016, 8, 31)},
            act=act(commissioner, LATER),
        )
    assert not Stage1Decision.objects.filter(bid=bid, criterion="section11").exists()


def test_a_law_that_changed_since_a_policy_passed_holds_the_bid_back(commissioner, bid) -> None:
    a_policy_asked(bid)
    decide(commissioner, bid, "section11")
    decide(commissioner, bid, "policy", reviewed_on=date(2016, 8, 31))
    check_grounds(commissioner, bid)
    a_law("LC1")
    with pytest.raises(RuleBroken, match="Safeguarding policy: The policy was last reviewed on 31 August 2016"):
        stage1.pass_bid(bid_id=bid.pk, act=act(commissioner, LATER))
    assert passed_on(bid) is None
    decide(commissioner, bid, "policy", reviewed_on=date(2016, 9, 1))
    assert stage1.pass_bid(bid_id=bid.pk, act=act(commissioner, LATER)).state == "passed"


def test_a_bid_passes_with_all_decided_and_each_ground_checked(commissioner, bid) -> None:
    assert (passed(commissioner, bid).state, passed_on(bid)) == ("passed", LATER)


def passed_on(bid: Bid) -> date | None:
    return Bid.objects.get(pk=bid.pk).stage1_decided_on


def test_a_bid_does_not_pass_before_the_grounds_were_checked(commissioner, bid) -> None:
    for criterion in ("section11", "policy"):
        decide(commissioner, bid, criterion)
    with pytest.raises(RuleBroken, match="Not checked yet"):
        stage1.pass_bid(bid_id=bid.pk, act=act(commissioner, LATER))


def test_a_bid_with_a_failed_criterion_does_not_pass(commissioner, bid) -> None:
    decide(commissioner, bid, "section11", "fail", "It does not know it.")
    decide(commissioner, bid, "policy")
    check_grounds(commissioner, bid)
    with pytest.raises(RuleBroken, match="can only be stopped"):
        stage1.pass_bid(bid_id=bid.pk, act=act(commissioner, LATER))


def test_a_failed_bid_says_why_and_has_its_letter(commissioner, bid) -> None:
    stopped = failed(commissioner, bid)
    assert (stopped.state, stopped.stopped_because, "It does not know it." in stopped.letter) == (
        "failed",
        "Understands section 11: It does not know it.",
        True,
    )


def test_a_bid_fails_only_for_a_criterion_that_it_failed(commissioner, bid) -> None:
    with pytest.raises(RuleBroken, match="failed no criterion"):
        stage1.fail_bid(bid_id=bid.pk, council=COUNCIL, act=act(commissioner, LATER))


def test_a_bidder_is_told_all_that_failed_at_once(commissioner, bid) -> None:
    decide(commissioner, bid, "section11", "fail", "It does not know it.")
    with pytest.raises(RuleBroken, match="Not decided yet: Safeguarding policy"):
        stage1.fail_bid(bid_id=bid.pk, council=COUNCIL, act=act(commissioner, LATER))


def test_what_was_decided_stands_once_the_bid_has_failed(commissioner, bid) -> None:
    failed(commissioner, bid)
    with pytest.raises(RuleBroken, match="decided: failed stage 1"):
        decide(commissioner, bid, "section11", "pass")


def test_an_excluded_supplier_goes_no_further(commissioner, bid) -> None:
    stage1.check_exclusion(
        bid_id=bid.pk,
        ground="mandatory",
        result="excluded",
        note="Convicted in 2015.",
        checked_on=LATER,
        council=COUNCIL,
        act=act(commissioner, LATER),
    )
    bid.refresh_from_db()
    assert (bid.state, "Convicted in 2015." in bid.letter) == ("disqualified", True)


def test_a_letter_is_edited_until_it_is_sent(commissioner, bid) -> None:
    failed(commissioner, bid)
    stage1.edit_letter(bid_id=bid.pk, text="Dear Ash", act=act(commissioner, LATER))
    stage1.mark_letter_sent(bid_id=bid.pk, sent_on=LATER, act=act(commissioner, LATER))
    with pytest.raises(RuleBroken, match="was sent on 2 September 2016"):
        stage1.edit_letter(bid_id=bid.pk, text="Dear Oak", act=act(commissioner, LATER))


@pytest.mark.parametrize("role", ["contract_officer", "head_of_service", "evaluator"])
def test_nobody_but_a_commissioner_decides(bid, role) -> None:
    with pytest.raises(NotAllowed):
        decide(a_user(role), bid, "section11")


def test_every_decision_stands_in_the_trail(commissioner, bid) -> None:
    failed(commissioner, bid)
    events = Event.objects.filter(subject_type="commissioning.bid", subject_id=str(bid.pk)).order_by("no")
    assert [event.kind.split(".")[2] for event in events] == [
        "entered",
        "criterion_decided",
        "criterion_decided",
        "stopped",
    ]


# --- a clarification never makes a scored answer better


def test_a_scored_answer_stands_as_it_was_entered_once_stage_1_has_begun(commissioner) -> None:
    tender = a_tender(commissioner, state="closed")
    entered = a_bid(commissioner, tender)
    bids.save_answers(bid_id=entered.pk, answers={"quality": "As it came."}, act=act(commissioner, LATER))
    tenders.begin_stage1(tender_id=tender.pk, act=act(commissioner, LATER))
    with pytest.raises(RuleBroken, match="stay as they were entered"):
        bids.save_answers(bid_id=entered.pk, answers={"quality": "Better."}, act=act(commissioner, LATER))


def test_an_answer_that_was_forgotten_is_entered_while_nothing_was_asked_of_the_bidder(commissioner, bid) -> None:
    bids.save_answers(bid_id=bid.pk, answers={"quality": "As it came."}, act=act(commissioner, LATER))
    assert bid.answers.get().text == "As it came."


def test_no_scored_answer_is_added_once_the_bidder_was_asked_something(commissioner, bid) -> None:
    ask(commissioner, bid)
    with pytest.raises(RuleBroken, match="never for a scored question"):
        bids.save_answers(bid_id=bid.pk, answers={"quality": "New."}, act=act(commissioner, LATER))


@pytest.mark.parametrize("criteria", [["quality"], []], ids=["for a question", "for the whole bid"])
def test_what_came_after_a_clarification_is_no_paper_that_evaluators_read(
    commissioner, bid, tmp_path, criteria
) -> None:
    ask(commissioner, bid)
    with pytest.raises(RuleBroken, match="never for a scored question"):
        attach(commissioner, bid, tmp_path, criteria=criteria)


def test_what_came_after_a_clarification_is_attached_to_the_criterion_that_it_answers(
    commissioner, bid, tmp_path
) -> None:
    ask(commissioner, bid)
    attach(commissioner, bid, tmp_path, criteria=["policy"])
    assert bid.documents.get().criterion == "policy"


def test_a_supplier_bids_once_under_all_its_names(commissioner) -> None:
    tender = a_tender(commissioner, state="closed")
    one, other = a_supplier("Alder Care"), a_supplier("Alder Care Group")
    a_bid(commissioner, tender, supplier=one)
    one.merged_into = other
    one.save()
    with pytest.raises(RuleBroken, match="entered already, as Alder Care"):
        a_bid(commissioner, tender, supplier=other)
