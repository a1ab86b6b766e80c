"""Declaring, scoring alone, locking, and moderation: who may what, and what is never shown."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from plumbline.audit.models import Event
from plumbline.commissioning.models import Bid, Evaluator, Score, Tender
from plumbline.commissioning.operations import evaluation
from plumbline.commissioning.queries import evaluation as queries
from plumbline.kernel.errors import NotAllowed, RuleBroken
from tests.duties import of_kind
from tests.factories.people import OrganisationFactory, UserFactory, hold_role
from tests.factories.tenders import AT, TODAY, BidFactory, EvaluatorFactory, TenderFactory, a_bidder
from tests.integration.commissioning.evaluating import agree, begun, in_moderation, locked, moderated, scored, settled

pytestmark = pytest.mark.django_db


def save(made, evaluator, *, bid=None, question="safeguarding", score="4", comment="Met."):
    return evaluation.save_score(
        tender_id=made.tender.pk,
        bid_id=(bid or made.bids[0]).pk,
        question=question,
        score=Decimal(score),
        comment=comment,
        act=made.by(evaluator.user),
    )


def declare(made, evaluator, conflict=""):
    return evaluation.declare(
        tender_id=made.tender.pk, has_conflict=bool(conflict), conflict=conflict, act=made.by(evaluator.user)
    )


# --- who evaluates ---


def test_the_lead_commissioner_chooses_evaluators_and_their_questions() -> None:
    made = begun(evaluators=0)
    user = UserFactory(role="evaluator")
    found = evaluation.assign_evaluator(
        tender_id=made.tender.pk, user_id=user.pk, questions=["staff", "safeguarding"], act=made.by()
    )
    assert found.questions == ["safeguarding", "staff"]


def test_another_commissioner_does_not_choose_evaluators() -> None:
    made = begun(evaluators=0)
    other, user = UserFactory(role="commissioner"), UserFactory(role="evaluator")
    with pytest.raises(RuleBroken, match="for the lead commissioner, Farah Quill"):
        evaluation.assign_evaluator(tender_id=made.tender.pk, user_id=user.pk, act=made.by(other))


def test_who_is_no_evaluator_cannot_be_chosen() -> None:
    made = begun(evaluators=0)
    with pytest.raises(RuleBroken, match="role of an evaluator"):
        evaluation.assign_evaluator(
            tender_id=made.tender.pk, user_id=UserFactory(role="contract_officer").pk, act=made.by()
        )


def test_who_acts_for_a_bidder_cannot_evaluate() -> None:
    made = begun(evaluators=0)
    user = UserFactory(role="evaluator")
    hold_role(user=user, role="provider_user", organisation=made.bids[0].supplier, from_on=TODAY)
    with pytest.raises(RuleBroken, match="acts for one of the bidders"):
        evaluation.assign_evaluator(tender_id=made.tender.pk, user_id=user.pk, act=made.by())


def test_who_acts_for_another_name_of_a_bidder_cannot_evaluate() -> None:
    made = begun(evaluators=0)
    old = a_bidder(TenderFactory(), "Elder").supplier
    old.merged_into = made.bids[0].supplier
    old.save()
    user = UserFactory(role="evaluator")
    hold_role(user=user, role="provider_user", organisation=old, from_on=TODAY)
    with pytest.raises(RuleBroken, match="acts for one of the bidders"):
        evaluation.assign_evaluator(tender_id=made.tender.pk, user_id=user.pk, act=made.by())


def test_a_question_that_was_scored_is_not_taken_from_its_evaluator() -> None:
    made = begun(evaluators=1)
    save(made, made.evaluators[0])
    with pytest.raises(RuleBroken, match="has scored a question"):
        evaluation.assign_evaluator(
            tender_id=made.tender.pk, user_id=made.evaluators[0].user_id, questions=["staff"], act=made.by()
        )


def test_evaluation_does_not_begin_while_a_question_has_nobody_to_score_it() -> None:
    made = begun(evaluators=0, state="stage1")
    EvaluatorFactory(tender=made.tender, questions=["safeguarding", "outcomes"])
    with pytest.raises(RuleBroken, match="nobody scores “How will you recruit and keep your staff"):
        evaluation.begin_evaluation(tender_id=made.tender.pk, act=made.by())


def test_evaluation_does_not_begin_while_a_bids_stage_1_is_not_decided() -> None:
    made = begun(state="stage1")
    a_bidder(made.tender, "Dogwood", state="received")
    with pytest.raises(RuleBroken, match="not decided for 1 of the bids"):
        evaluation.begin_evaluation(tender_id=made.tender.pk, act=made.by())


def test_evaluation_begins_with_the_bids_that_passed() -> None:
    made = begun(state="stage1")
    assert evaluation.begin_evaluation(tender_id=made.tender.pk, act=made.by()).state == "evaluation"


# --- declaring ---


def test_an_evaluator_who_has_not_declared_is_shown_nothing_of_the_bids() -> None:
    made = begun()
    fresh = EvaluatorFactory(tender=made.tender, declared="not_yet", declared_at=None)
    with pytest.raises(NotAllowed):
        queries.sheet_of(fresh)


def test_an_evaluator_who_has_not_declared_cannot_score() -> None:
    made = begun()
    fresh = EvaluatorFactory(tender=made.tender, declared="not_yet", declared_at=None)
    with pytest.raises(RuleBroken, match="Declare first"):
        save(made, fresh)


def test_the_bidders_names_are_shown_to_declare_against() -> None:
    made = begun(bidders=("Fern", "Gorse"))
    assert queries.bidders_of(made.tender) == ["Fern", "Gorse"]


def test_a_conflict_needs_its_words() -> None:
    made = begun()
    fresh = EvaluatorFactory(tender=made.tender, declared="not_yet", declared_at=None)
    with pytest.raises(RuleBroken, match="Say in which bidder"):
        evaluation.declare(tender_id=made.tender.pk, has_conflict=True, conflict=" ", act=made.by(fresh.user))


def test_nobody_declares_twice() -> None:
    made = begun()
    with pytest.raises(RuleBroken, match="declared already"):
        declare(made, made.evaluators[0])


def test_a_declaration_does_not_cover_a_bidder_who_was_added_afterwards() -> None:
    made = begun()
    a_bidder(made.tender, "Late", entered_at=AT)
    assert queries.why_not_yet(made.evaluators[0]) == "A bidder was added after your declaration. Declare again."


def relative(made) -> Evaluator:
    """An evaluator who is a bidder's relative, and says so."""
    fresh = EvaluatorFactory(tender=made.tender, declared="not_yet", declared_at=None)
    return declare(made, fresh, "My sister is the registered manager at Alder.")


def test_an_evaluator_who_is_a_bidders_relative_sees_nothing_until_it_is_decided() -> None:
    made = begun()
    with pytest.raises(NotAllowed):
        queries.sheet_of(relative(made))


def test_an_evaluator_who_is_a_bidders_relative_and_excluded_finds_no_tender() -> None:
    made = begun()
    fresh = relative(made)
    evaluation.exclude_evaluator(evaluator_id=fresh.pk, because="A sister leads a bidder.", act=made.by())
    with pytest.raises(NotAllowed):
        queries.evaluator_seen(fresh.user, tender_id=made.tender.pk, on=TODAY)


def test_an_excluded_evaluator_who_is_a_commissioner_too_finds_no_tender_by_that_role() -> None:
    made = begun()
    fresh = relative(made)
    hold_role(user=fresh.user, role="commissioner", from_on=TODAY)
    evaluation.exclude_evaluator(evaluator_id=fresh.pk, because="A sister leads a bidder.", act=made.by())
    with pytest.raises(NotAllowed):
        queries.tender_managed(fresh.user, tender_id=made.tender.pk, on=TODAY)


def test_an_excluded_evaluator_cannot_declare_again() -> None:
    made = begun()
    fresh = relative(made)
    evaluation.exclude_evaluator(evaluator_id=fresh.pk, because="A sister leads a bidder.", act=made.by())
    with pytest.raises(NotAllowed):
        declare(made, fresh)


def test_an_accepted_conflict_lets_the_evaluator_score() -> None:
    made = begun()
    fresh = relative(made)
    evaluation.accept_conflict(evaluator_id=fresh.pk, because="She left Alder in 2010.", act=made.by())
    assert save(made, fresh).score == 4


def test_a_conflict_is_not_decided_without_a_reason() -> None:
    made = begun()
    with pytest.raises(RuleBroken, match="Say why"):
        evaluation.accept_conflict(evaluator_id=relative(made).pk, because=" ", act=made.by())


def test_nobody_decides_on_their_own_conflict() -> None:
    made = begun()
    hold_role(user=made.lead, role="evaluator", from_on=TODAY)
    own = EvaluatorFactory(tender=made.tender, user=made.lead, declared="not_yet", declared_at=None)
    declare(made, own, "I was a director of Birch.")
    with pytest.raises(RuleBroken, match="own conflict"):
        evaluation.accept_conflict(evaluator_id=own.pk, because="It is nothing.", act=made.by())


# --- scoring alone ---


def test_a_score_is_kept_with_its_comment() -> None:
    made = begun()
    kept = save(made, made.evaluators[0], comment=" Named leads and deputies. ")
    assert (kept.score, kept.comment) == (4, "Named leads and deputies.")


def test_a_score_without_a_comment_is_refused() -> None:
    made = begun()
    with pytest.raises(RuleBroken, match="Say why you give this score"):
        save(made, made.evaluators[0], comment=" ")


@pytest.mark.parametrize("score", ["6", "-1", "2.5"])
def test_a_score_outside_the_scale_is_refused(score) -> None:
    made = begun()
    with pytest.raises(RuleBroken, match="is not a score of"):
        save(made, made.evaluators[0], score=score)


def test_an_evaluator_does_not_score_a_question_of_somebody_else() -> None:
    made = begun(evaluators=0)
    one = EvaluatorFactory(tender=made.tender, questions=["staff"])
    with pytest.raises(NotAllowed):
        save(made, one, question="safeguarding")


def test_a_bid_that_failed_stage_1_is_not_there_to_score() -> None:
    made = begun()
    failed = a_bidder(made.tender, "Failed", state="failed", stopped_because="No policy.")
    Bid.objects.filter(pk=failed.pk).update(entered_at=made.bids[0].entered_at)
    with pytest.raises(NotAllowed):
        save(made, made.evaluators[0], bid=failed)


def test_the_trail_of_a_score_does_not_say_the_score() -> None:
    made = begun()
    save(made, made.evaluators[0])
    event = Event.objects.get(kind="commissioning.score.saved")
    assert event.data == {"bid": made.bids[0].pk, "question": "safeguarding"}


def test_scores_are_not_locked_while_an_answer_has_none() -> None:
    made = begun()
    save(made, made.evaluators[0])
    with pytest.raises(RuleBroken, match="8 answers have no score yet"):
        evaluation.lock_scores(tender_id=made.tender.pk, act=made.by(made.evaluators[0].user))


def test_a_locked_score_does_not_change() -> None:
    made = locked()
    with pytest.raises(RuleBroken, match="You have locked your scores"):
        save(made, made.evaluators[0], score="1")


def test_scores_are_locked_once() -> None:
    made = locked()
    with pytest.raises(RuleBroken, match="You have locked your scores"):
        evaluation.lock_scores(tender_id=made.tender.pk, act=made.by(made.evaluators[0].user))


# --- nobody sees another's scores before all have locked ---


def all_but_one_locked():
    made = scored()
    for evaluator in made.evaluators[:2]:
        evaluation.lock_scores(tender_id=made.tender.pk, act=made.by(evaluator.user))
    return made


def test_no_evaluator_sees_the_scores_while_one_has_not_locked() -> None:
    made = all_but_one_locked()
    with pytest.raises(NotAllowed):
        queries.scores_seen(made.evaluators[0].user, tender_id=made.tender.pk, on=TODAY)


def test_the_commissioner_does_not_see_the_scores_while_one_has_not_locked() -> None:
    made = all_but_one_locked()
    with pytest.raises(NotAllowed):
        queries.scores_seen(made.lead, tender_id=made.tender.pk, on=TODAY)


def test_an_evaluators_own_page_holds_no_score_of_another() -> None:
    made = scored()
    own = made.evaluators[0]
    assert {cell.score.evaluator_id for cell in queries.sheet_of(own).cells if cell.score} == {own.pk}


def test_moderation_does_not_open_while_one_has_not_locked() -> None:
    made = all_but_one_locked()
    with pytest.raises(RuleBroken, match="Cat Cherry has not locked"):
        evaluation.open_moderation(tender_id=made.tender.pk, act=made.by())


def test_moderation_does_not_wait_for_an_evaluator_who_was_excluded() -> None:
    made = all_but_one_locked()
    evaluation.exclude_evaluator(evaluator_id=made.evaluators[2].pk, because="Ill.", act=made.by())
    assert evaluation.open_moderation(tender_id=made.tender.pk, act=made.by()).state == "moderation"


def test_nobody_joins_once_the_scores_are_open() -> None:
    made = in_moderation()
    with pytest.raises(RuleBroken, match="before the scores are open"):
        evaluation.assign_evaluator(tender_id=made.tender.pk, user_id=UserFactory(role="evaluator").pk, act=made.by())


def test_the_commissioner_sees_how_far_each_evaluator_is() -> None:
    made = all_but_one_locked()
    assert [(each.state, each.done, each.of) for each in queries.progress_of(made.fresh())] == [
        ("locked", 9, 9),
        ("locked", 9, 9),
        ("done", 9, 9),
    ]


def test_once_open_the_evaluators_see_all_scores() -> None:
    made = in_moderation()
    assert queries.scores_seen(made.evaluators[0].user, tender_id=made.tender.pk, on=TODAY) == made.tender


def test_a_contract_officer_sees_no_scores_before_the_award() -> None:
    made = in_moderation()
    with pytest.raises(NotAllowed):
        queries.scores_seen(UserFactory(role="contract_officer"), tender_id=made.tender.pk, on=TODAY)


# --- moderation ---


def test_an_agreed_score_keeps_the_scores_it_began_from() -> None:
    made = in_moderation()
    kept = agree(made, made.bids[0], "safeguarding", 4)
    assert kept.start_scores == [{"evaluator": name, "score": "4"} for name in ("Ann Ash", "Bob Beech", "Cat Cherry")]


def test_an_agreed_score_that_differs_from_anybodys_needs_a_reason() -> None:
    made = in_moderation()
    with pytest.raises(RuleBroken, match="Ann Ash scored 4; the agreed score is 3"):
        agree(made, made.bids[0], "safeguarding", 3)


def test_an_agreed_score_within_the_distance_decided_in_advance_needs_none() -> None:
    made = in_moderation(reason_beyond=Decimal(1))
    assert agree(made, made.bids[0], "safeguarding", 3).reason == ""


def test_an_agreed_score_with_its_reason_is_kept() -> None:
    made = in_moderation()
    assert agree(made, made.bids[0], "safeguarding", 3, "The escalation route is not dated.").score == 3


def test_an_agreed_score_outside_the_scale_is_refused() -> None:
    made = in_moderation()
    with pytest.raises(RuleBroken, match="is not a score of"):
        agree(made, made.bids[0], "safeguarding", 7, "Because.")


def test_a_meeting_was_not_held_before_moderation_was_opened() -> None:
    made = in_moderation()
    with pytest.raises(RuleBroken, match="cannot have been before"):
        evaluation.record_meeting(
            tender_id=made.tender.pk, held_on=TODAY - timedelta(1), chair="A", attendees="B", act=made.by()
        )


def test_moderation_is_not_closed_while_an_answer_has_no_agreed_score() -> None:
    made = in_moderation()
    agree(made, made.bids[0], "safeguarding", 4)
    with pytest.raises(RuleBroken, match="has no score yet"):
        evaluation.close_moderation(tender_id=made.tender.pk, act=made.by())


def test_a_bid_below_a_minimum_is_disqualified_with_the_reason() -> None:
    made = settled()
    cedar = Bid.objects.get(pk=made.bids[2].pk)
    assert (cedar.state, cedar.stopped_because) == (
        "disqualified",
        "“How will you keep children safe throughout the contract?” was scored 2, below the minimum of 3, which "
        "disqualifies a bid whatever its total.",
    )


def test_totals_and_ranks_are_exact() -> None:
    made = moderated()
    found = queries.result_of(made.fresh())
    assert [(row.name[:5], row.total, row.rank) for row in found.standings] == [
        ("Alder", 87, 1),
        ("Birch", 80, 2),
        ("Cedar", None, None),
    ]


def test_averages_of_three_evaluators_that_do_not_come_out_are_kept_exactly() -> None:
    made = scored(method="average", scores={"safeguarding": (4, 4, 4), "staff": (5, 4, 5), "outcomes": (4, 4, 5)})
    Score.objects.filter(evaluator=made.evaluators[0], bid=made.bids[0], question="safeguarding").update(score=5)
    for evaluator in made.evaluators:
        evaluation.lock_scores(tender_id=made.tender.pk, act=made.by(evaluator.user))
    evaluation.open_moderation(tender_id=made.tender.pk, act=made.by())
    total = queries.result_of(made.fresh()).of(made.bids[0].pk).total
    assert total == Fraction(269, 3)


def test_a_tender_that_averages_agrees_no_score() -> None:
    made = in_moderation(method="average")
    with pytest.raises(RuleBroken, match="averages the scores"):
        agree(made, made.bids[0], "safeguarding", 4)


def test_closing_moderation_leaves_a_trace() -> None:
    made = settled()
    assert (
        Event.objects.filter(
            kind="commissioning.tender.moderation_closed",
            subject_id=str(made.tender.pk),
            subject_type=Tender._meta.label_lower,
        ).count()
        == 1
    )


# --- what comes to light during an evaluation ---


def test_a_conflict_that_arises_later_is_declared_and_shuts_the_bids_until_it_is_decided() -> None:
    made = scored()
    evaluator = made.evaluators[0]
    declare(made, evaluator, "My sister has begun to work for Birch.")
    with pytest.raises(RuleBroken, match="decides on the conflict"):
        save(made, evaluator)
    evaluation.accept_conflict(evaluator_id=evaluator.pk, because="She works in another county.", act=made.by())
    assert save(made, evaluator).score == 4


def test_the_scores_are_not_opened_while_a_later_conflict_is_undecided() -> None:
    made = locked()
    declare(made, made.evaluators[0], "My sister has begun to work for Birch.")
    with pytest.raises(RuleBroken, match="Decide first on the conflict of interest that Ann Ash declared"):
        evaluation.open_moderation(tender_id=made.tender.pk, act=made.by())


def test_moderation_is_not_closed_while_a_later_conflict_is_undecided() -> None:
    made = moderated()
    declare(made, made.evaluators[0], "My sister has begun to work for Birch.")
    with pytest.raises(RuleBroken, match="Decide first on the conflict of interest that Ann Ash declared"):
        evaluation.close_moderation(tender_id=made.tender.pk, act=made.by())


def test_a_conflict_declared_in_moderation_waits_for_the_lead() -> None:
    made = in_moderation()
    declare(made, made.evaluators[0], "My sister has begun to work for Birch.")
    waiting = of_kind("tender.decide_conflict", made.lead, TODAY)
    assert [each.why.startswith("Ann Ash") for each in waiting] == [True]


def test_what_was_agreed_from_the_scores_of_somebody_excluded_since_is_agreed_anew() -> None:
    made = moderated()
    evaluation.exclude_evaluator(evaluator_id=made.evaluators[0].pk, because="Her sister works there.", act=made.by())
    with pytest.raises(RuleBroken, match="has no score yet"):
        evaluation.close_moderation(tender_id=made.tender.pk, act=made.by())


def bids_for(made, user) -> None:
    """A bid of the user's own organisation, entered after they were chosen to evaluate."""
    supplier = OrganisationFactory(name="Hazel Homes")
    hold_role(user=user, role="provider_user", organisation=supplier, from_on=TODAY)
    BidFactory(tender=made.tender, supplier=supplier)


def test_who_acts_for_a_bidder_that_came_later_cannot_declare_no_conflict() -> None:
    made = begun()
    fresh = EvaluatorFactory(tender=made.tender, declared="not_yet", declared_at=None)
    bids_for(made, fresh.user)
    with pytest.raises(RuleBroken, match="You act for one of the bidders"):
        declare(made, fresh)


def test_the_lead_cannot_let_somebody_evaluate_who_acts_for_a_bidder() -> None:
    made = begun()
    fresh = EvaluatorFactory(tender=made.tender, declared="not_yet", declared_at=None)
    bids_for(made, fresh.user)
    declare(made, fresh, "I am Hazel's accountant.")
    with pytest.raises(RuleBroken, match="acts for one of the bidders"):
        evaluation.accept_conflict(evaluator_id=fresh.pk, because="Only the accounts.", act=made.by())


def test_an_evaluation_does_not_begin_while_somebody_evaluates_who_acts_for_a_bidder() -> None:
    made = begun(state="stage1")
    bids_for(made, made.evaluators[0].user)
    with pytest.raises(RuleBroken, match="Ann Ash acts for one of the bidders"):
        evaluation.begin_evaluation(tender_id=made.tender.pk, act=made.by())


def test_an_evaluation_does_not_begin_with_two_bids_of_one_supplier() -> None:
    made = begun(state="stage1")
    one, other = made.bids[0].supplier, made.bids[1].supplier
    other.merged_into = one
    other.save()
    with pytest.raises(RuleBroken, match="are one supplier now"):
        evaluation.begin_evaluation(tender_id=made.tender.pk, act=made.by())
