"""Evaluators, their declarations and scores, and moderation, until the scores are settled."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import DatabaseError, transaction
from django.db.models import Q

from plumbline.commissioning import guard
from plumbline.commissioning.access import CLEARED, tenders_visible_to
from plumbline.commissioning.models import (
    Bid,
    BidState,
    Evaluator,
    ModeratedScore,
    ModerationMeeting,
    Score,
    Tender,
)
from plumbline.commissioning.queries import evaluation as queries
from plumbline.commissioning.queries.tenders import bids_of_one_supplier
from plumbline.commissioning.rules import evaluation as rules
from plumbline.commissioning.rules import scoring
from plumbline.commissioning.rules import tender as tender_rules
from plumbline.commissioning.states import BID_MOVES, TENDER_MOVES
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.people import access
from plumbline.people.access import Permission, current_roles
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import User
from plumbline.people.queries import same_body

_S = Tender.State
_BEFORE_MODERATION = frozenset({_S.DRAFT, _S.APPROVED, _S.PUBLISHED, _S.CLOSED, _S.STAGE1, _S.EVALUATION})


@operation
def assign_evaluator(*, tender_id: int, user_id: int, questions: Sequence[str] = (), act: PersonalAct) -> Evaluator:
    """Ask someone to score the bids: all questions, or those named. Only the lead commissioner asks.

    Asked again with other questions, the newer list counts; refused where that would leave out what they have scored,
    once they have locked, or when moderation has begun. Nobody who acts for a bidder evaluates.
    """
    tender = _led(tender_id, act=act)
    if tender.state not in _BEFORE_MODERATION:
        raise RuleBroken("Evaluators are chosen before the scores are open.", code="wrong_state")
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not access.may(user, Permission.TENDERS_EVALUATE, on=act.on):
        raise RuleBroken("This person does not have the role of an evaluator.", code="not_an_evaluator")
    titles = queries.titles_of(tender)
    unknown = sorted(set(questions) - titles.keys())
    if unknown:
        raise RuleBroken(f"The tender has no question “{unknown[0]}”.", code="unknown_question")
    rules.check_own_side(is_bidders=_acts_for_a_bidder(user, tender, on=act.on))
    chosen = [key for key in titles if key in questions]
    chosen = [] if len(chosen) == len(titles) else chosen
    known = Evaluator.objects.select_for_update(of=("self",)).filter(tender=tender, user=user).first()
    if known is None:
        known = Evaluator.objects.create(tender=tender, user=user, questions=chosen)
    else:
        _check_reassigned(known, chosen)
        known.questions = chosen
        known.save(update_fields=["questions"])
    act.record("commissioning.evaluator.assigned", subject=known, tender=tender.pk, user=user.called, questions=chosen)
    return known


def _check_reassigned(known: Evaluator, chosen: Sequence[str]) -> None:
    if known.excluded:
        raise RuleBroken("This evaluator was excluded, and does not come back.", code="excluded")
    if known.locked_at is not None:
        raise RuleBroken("This evaluator has locked their scores.", code="locked")
    if chosen and Score.objects.filter(evaluator=known).exclude(question__in=chosen).exists():
        raise RuleBroken("This evaluator has scored a question that you would take away.", code="already_scored")


def _check_sides(tender: Tender, *, on: date) -> None:
    """Nobody scores for whom a bidder is named, be it that the bid came, or two names became one, after they were
    chosen."""
    for evaluator in queries.evaluators_of(tender):
        if not evaluator.excluded:
            acts = _acts_for_a_bidder(evaluator.user, tender, on=on)
            rules.check_own_side(is_bidders=acts, name=str(evaluator.user))


def _acts_for_a_bidder(user: User, tender: Tender, *, on: date) -> bool:
    """Whether one of the user's roles is held for a bidder, under any of the names that were found to be one."""
    held = (each.organisation_id for each in current_roles(user, on=on))
    bidders = set(Bid.objects.filter(tender=tender).values_list("supplier_id", flat=True))
    return bool(same_body({each for each in held if each is not None}) & bidders)


@operation
def declare(*, tender_id: int, has_conflict: bool | None, conflict: str, act: PersonalAct) -> Evaluator:
    """Say whether one has an interest in any of the bidders, before anything of the bids is shown.

    Declared again where a bidder was added since, or where a conflict arises later, until moderation is closed. A
    conflict waits for the lead commissioner's decision, and until then nothing more is shown.
    """
    evaluator = _own(tender_id, act=act)
    later = evaluator.declared != rules.NOT_YET and evaluator.tender.state == _S.MODERATION
    if evaluator.tender.state not in queries.DECLARABLE and not later:
        raise RuleBroken(
            "Interests are declared once it is known who bids, and before scoring is over.", code="wrong_state"
        )
    rules.check_declared_again(
        declared=evaluator.declared,
        bidder_since=evaluator.declared != rules.NOT_YET and _bidder_since(evaluator),
        has_conflict=has_conflict,
    )
    rules.check_declaration(has_conflict=has_conflict, conflict=conflict)
    if not has_conflict and _acts_for_a_bidder(act.by, evaluator.tender, on=act.on):
        raise RuleBroken(
            "You act for one of the bidders. Declare it as a conflict of interest.", code="acts_for_bidder"
        )
    evaluator.declared = Evaluator.Declared.CONFLICT if has_conflict else Evaluator.Declared.NONE
    evaluator.conflict, evaluator.declared_at = conflict.strip(), act.at
    # What was decided was decided of an older declaration.
    evaluator.decided_at = evaluator.decided_by = None
    evaluator.decided_because = ""
    evaluator.save(update_fields=["declared", "conflict", "declared_at", "decided_at", "decided_by", "decided_because"])
    act.record(
        "commissioning.interest.declared",
        subject=evaluator,
        tender=evaluator.tender_id,
        declared=evaluator.declared,
        bidders=queries.bidders_of(evaluator.tender),
    )
    return evaluator


def _bidder_since(evaluator: Evaluator) -> bool:
    entered = Bid.objects.filter(tender=evaluator.tender_id, entered_at__gt=evaluator.declared_at)
    return entered.exists()


@operation
def accept_conflict(*, evaluator_id: int, because: str, act: PersonalAct) -> Evaluator:
    """A declared conflict does not stand in the way: the evaluator may score, for the reason given."""
    evaluator = _decided_on(evaluator_id, because=because, act=act)
    if evaluator.declared != Evaluator.Declared.CONFLICT:
        raise RuleBroken("No conflict was declared.", code="no_conflict")
    rules.check_own_side(
        is_bidders=_acts_for_a_bidder(evaluator.user, evaluator.tender, on=act.on), name=str(evaluator.user)
    )
    evaluator.decided_because, evaluator.decided_at, evaluator.decided_by = because.strip(), act.at, act.by
    evaluator.save(update_fields=["decided_because", "decided_at", "decided_by"])
    act.record(
        "commissioning.conflict.accepted", subject=evaluator, tender=evaluator.tender_id, because=because.strip()
    )
    return evaluator


@operation
def exclude_evaluator(*, evaluator_id: int, because: str, act: PersonalAct) -> Evaluator:
    """The evaluator sees nothing more of this tender, ever, and their scores count for nothing: a conflict of
    interest, or someone who cannot finish. Not once the scores are settled."""
    evaluator = _decided_on(evaluator_id, because=because, act=act)
    if evaluator.tender.state not in _BEFORE_MODERATION | {_S.MODERATION}:
        raise RuleBroken(
            "The scores are settled. Abandon the tender, or cancel its recommendation.", code="wrong_state"
        )
    evaluator.excluded = True
    evaluator.decided_because, evaluator.decided_at, evaluator.decided_by = because.strip(), act.at, act.by
    evaluator.save(update_fields=["excluded", "decided_because", "decided_at", "decided_by"])
    again = _agree_again(evaluator)
    act.record(
        "commissioning.evaluator.excluded",
        subject=evaluator,
        tender=evaluator.tender_id,
        because=because.strip(),
        to_agree_again=again,
    )
    return evaluator


def _agree_again(excluded: Evaluator) -> int:
    """Scores that were agreed from those of someone who is excluded since are to be agreed again; how many."""
    if excluded.tender.state != _S.MODERATION:
        return 0
    begun = ModeratedScore.objects.filter(bid__tender=excluded.tender_id)
    begun = begun.filter(start_scores__contains=[{"evaluator": excluded.user.called}])
    number = begun.count()
    begun.delete()
    return number


@operation
def begin_evaluation(*, tender_id: int, act: PersonalAct) -> Tender:
    """Every bid's stage 1 is decided: those that passed go to the evaluators."""
    tender = _led(tender_id, act=act)
    check_move(TENDER_MOVES, _S(tender.state), _S.EVALUATION)
    if tender.kind == Tender.Kind.DIRECT_AWARD:
        raise RuleBroken("A direct award has no scores: recommend the supplier.", code="no_scores")
    scoring.check_questions(queries.questions_of(tender))
    undecided = tender.bids.filter(state__in=[BidState.RECEIVED, BidState.CLARIFICATION]).count()
    if undecided:
        raise RuleBroken(f"Stage 1 is not decided for {undecided} of the bids.", code="stage1_not_done")
    if not tender.bids.filter(state=BidState.PASSED).exists():
        raise RuleBroken("No bid passed stage 1. The tender can only be abandoned.", code="no_bids")
    tender_rules.check_one_bid_each(bids_of_one_supplier(tender))
    _check_sides(tender, on=act.on)
    uncovered = queries.not_covered(tender)
    if uncovered:
        raise RuleBroken(
            f"Choose who evaluates: nobody scores {', '.join(f'“{each}”' for each in uncovered)}.", code="no_evaluators"
        )
    _move(tender, _S.EVALUATION, act.on)
    act.record(
        "commissioning.tender.evaluation_begun", subject=tender, bids=tender.bids.filter(state=BidState.PASSED).count()
    )
    return tender


# --- scoring, each alone --------------------------------------------------------------------------------------------


@operation
def save_score(*, tender_id: int, bid_id: int, question: str, score: Decimal, comment: str, act: PersonalAct) -> Score:
    """One evaluator's score of one answer, with why. Changed freely until they lock; then never again."""
    evaluator = _scoring(tender_id, act=act)
    cell = queries.cell_of(queries.sheet_of(evaluator), bid_id=bid_id, question=question)
    asked = next(each for each in queries.questions_of(evaluator.tender) if each.key == question)
    scoring.check_score(score, asked)
    rules.check_comment(comment)
    if cell.score is not None and (cell.score.score, cell.score.comment) == (score, comment.strip()):
        return cell.score
    try:
        with transaction.atomic():
            saved, _ = Score.objects.update_or_create(
                bid=cell.bid,
                evaluator=evaluator,
                question=question,
                defaults={"score": score, "comment": comment.strip(), "scored_at": act.at},
            )
    except DatabaseError as error:
        # The bid was stopped, or withdrawn, at this very instant.
        refusal = guard.refusal(error)
        if refusal is None:
            raise
        raise refusal from error
    # The trail says that, not what: scores are read by nobody else before all have locked.
    act.record("commissioning.score.saved", subject=saved, bid=bid_id, question=question)
    return saved


@operation
def lock_scores(*, tender_id: int, act: PersonalAct) -> Evaluator:
    """Hand in one's scores. Final: no score of this evaluator changes again."""
    evaluator = _scoring(tender_id, act=act)
    left = len(queries.sheet_of(evaluator).open)
    if left:
        raise RuleBroken(
            f"{left} {'answer has' if left == 1 else 'answers have'} no score yet. Score every answer, then lock.",
            code="scores_missing",
        )
    evaluator.locked_at = act.at
    evaluator.save(update_fields=["locked_at"])
    act.record("commissioning.scores.locked", subject=evaluator, tender=evaluator.tender_id)
    return evaluator


def _scoring(tender_id: int, *, act: PersonalAct) -> Evaluator:
    """The evaluator's own row, locked, so that two of them do not wait for each other."""
    evaluator = _own(tender_id, act=act)
    why = queries.why_not_yet(evaluator)
    if why:
        raise RuleBroken(why, code="not_cleared")
    if evaluator.locked_at is not None:
        raise RuleBroken("You have locked your scores. They do not change any more.", code="locked")
    if evaluator.tender.state != _S.EVALUATION:
        raise RuleBroken("Bids are scored while the tender is being evaluated.", code="wrong_state")
    return evaluator


# --- moderation -----------------------------------------------------------------------------------------------------


@operation
def open_moderation(*, tender_id: int, act: PersonalAct) -> Tender:
    """Show the scores to those who moderate, now that every evaluator has locked. There is no way back."""
    tender = _managed(tender_id, act=act)
    check_move(TENDER_MOVES, _S(tender.state), _S.MODERATION)
    # Nobody joins, leaves or locks while this is decided.
    list(Evaluator.objects.select_for_update(of=("self",)).filter(tender=tender).order_by("pk"))
    reasons = queries.why_moderation_waits(tender)
    if reasons:
        raise RuleBroken(" ".join(reasons), code="not_all_locked")
    _check_sides(tender, on=act.on)
    _move(tender, _S.MODERATION, act.on)
    act.record("commissioning.tender.moderation_opened", subject=tender)
    return tender


@operation
def record_meeting(*, tender_id: int, held_on: date, chair: str, attendees: str, act: PersonalAct) -> ModerationMeeting:
    """A meeting at which scores are agreed: when, who chaired, who was there."""
    tender = _moderated(tender_id, act=act)
    rules.check_meeting(held_on=held_on, chair=chair, attendees=attendees, on=act.on)
    if held_on < tender.state_since:
        raise RuleBroken(
            f"Moderation was opened on {wording.day(tender.state_since)}: the meeting cannot have been before.",
            code="before_moderation",
        )
    meeting = ModerationMeeting.objects.create(
        tender=tender,
        held_on=held_on,
        chair=" ".join(chair.split()),
        attendees=attendees.strip(),
        recorded_at=act.at,
        recorded_by=act.by,
    )
    act.record("commissioning.moderation.held", subject=meeting, tender=tender.pk, held_on=held_on.isoformat())
    return meeting


@operation
def agree_score(
    *,
    tender_id: int,
    meeting_id: int,
    bid_id: int,
    question: str,
    score: Decimal,
    discussion: str,
    reason: str,
    act: PersonalAct,
) -> ModeratedScore:
    """The score agreed for one answer, with the scores it began from. Changed until moderation is closed.

    A reason is obligatory where it lies further from any individual score than the tender allows.
    """
    tender = _moderated(tender_id, act=act)
    if tender.method != Tender.Method.MODERATE:
        raise RuleBroken("This tender averages the scores: none is agreed.", code="averaged")
    meeting = ModerationMeeting.objects.filter(pk=meeting_id, tender=tender).first()
    if meeting is None:
        raise RuleBroken("Record the meeting first.", code="no_meeting")
    board = queries.board_of(tender, queries.bids_to_score(tender))
    cell = queries.moderated_cell(board, bid_id=bid_id, question=question)
    asked = next(each for each in queries.questions_of(tender) if each.key == question)
    scoring.check_score(score, asked)
    individual = [(given.evaluator, given.score) for given in cell.given]
    needed = scoring.why_a_reason_is_needed(score, individual, tender.reason_beyond)
    rules.check_agreed(discussion=discussion, reason=reason, why_needed=needed)
    agreed, _ = ModeratedScore.objects.update_or_create(
        bid=cell.bid,
        question=question,
        defaults={
            "meeting": meeting,
            "score": score,
            "discussion": discussion.strip(),
            "reason": reason.strip(),
            "start_scores": [{"evaluator": name, "score": scoring.plain(given)} for name, given in individual],
            "agreed_at": act.at,
            "agreed_by": act.by,
        },
    )
    act.record("commissioning.score.agreed", subject=agreed, because=reason.strip(), bid=bid_id, question=question)
    return agreed


@operation
def close_moderation(*, tender_id: int, act: PersonalAct) -> Tender:
    """The scores are settled: bids below a minimum are disqualified, and one may be recommended."""
    tender = _moderated(tender_id, act=act)
    check_move(TENDER_MOVES, _S(tender.state), _S.RECOMMENDATION)
    waits = rules.undecided(queries.as_scorer(each) for each in queries.evaluators_of(tender))
    if waits:
        raise RuleBroken(" ".join(waits), code="conflict_undecided")
    _check_sides(tender, on=act.on)
    if tender.method == Tender.Method.MODERATE and not ModerationMeeting.objects.filter(tender=tender).exists():
        raise RuleBroken("No moderation meeting is recorded.", code="no_meeting")
    found = queries.result_of(tender)
    for bid in Bid.objects.select_for_update(of=("self",)).filter(tender=tender, state=BidState.PASSED).order_by("pk"):
        below = found.of(bid.pk).below
        if below:
            check_move(BID_MOVES, BidState(bid.state), BidState.DISQUALIFIED)
            bid.state, bid.stopped_because, bid.stopped_on = BidState.DISQUALIFIED, " ".join(below), act.on
            bid.save(update_fields=["state", "stopped_because", "stopped_on"])
            act.record("commissioning.bid.stopped", subject=bid, because=bid.stopped_because, state=bid.state)
    _move(tender, _S.RECOMMENDATION, act.on)
    act.record("commissioning.tender.moderation_closed", subject=tender)
    return tender


# --- what the operations have in common -----------------------------------------------------------------------------


def _own(tender_id: int, *, act: PersonalAct) -> Evaluator:
    """One's own row as evaluator, locked. None is there for the person who was excluded."""
    act.check(Permission.TENDERS_EVALUATE)
    found = (
        Evaluator.objects.select_for_update(of=("self",))
        .select_related("tender__questions", "user")
        .filter(tender=tender_id, user=act.by, excluded=False)
        .first()
    )
    if found is None:
        raise NotAllowed(f"There is no tender {tender_id} to evaluate.")
    return found


def _managed(tender_id: int, *, act: PersonalAct) -> Tender:
    """The tender, locked; none is there for an evaluator of it who was not cleared, whatever else they may do."""
    act.check(Permission.TENDERS_MANAGE)
    barred = Evaluator.objects.filter(user=act.by).exclude(CLEARED).values("tender")
    visible = Q(pk__in=tenders_visible_to(act.by, on=act.on).values("pk")) & ~Q(pk__in=barred)
    found = (
        Tender.objects.select_for_update(of=("self",)).select_related("questions").filter(visible, pk=tender_id).first()
    )
    if found is None:
        raise NotAllowed(f"There is no tender {tender_id}.")
    return found


def _led(tender_id: int, *, act: PersonalAct) -> Tender:
    tender = _managed(tender_id, act=act)
    if tender.lead_commissioner_id != act.by.pk:
        raise RuleBroken(
            f"This is for the lead commissioner, {tender.lead_commissioner}, to decide.", code="not_the_lead"
        )
    return tender


def _moderated(tender_id: int, *, act: PersonalAct) -> Tender:
    tender = _managed(tender_id, act=act)
    if tender.state != _S.MODERATION:
        raise RuleBroken("The tender is not in moderation.", code="wrong_state")
    return tender


def _decided_on(evaluator_id: int, *, because: str, act: PersonalAct) -> Evaluator:
    """An evaluator on whom the lead commissioner decides; never on oneself."""
    act.check(Permission.TENDERS_MANAGE)
    seen = Evaluator.objects.filter(pk=evaluator_id, tender__in=tenders_visible_to(act.by, on=act.on))
    known = seen.select_related("tender__lead_commissioner", "user").first()
    if known is None:
        raise NotAllowed(f"There is no evaluator {evaluator_id}.")
    if known.user_id == act.by.pk:
        raise RuleBroken("Nobody decides on their own conflict of interest.", code="own_conflict")
    # The tender first and then the evaluator, as everywhere, so that no two wait for each other for ever.
    tender = _led(known.tender_id, act=act)
    evaluator = Evaluator.objects.select_for_update(of=("self",)).select_related("user").get(pk=evaluator_id)
    evaluator.tender = tender
    if evaluator.excluded:
        raise RuleBroken("This evaluator was excluded already.", code="excluded")
    if not because.strip():
        raise RuleBroken("Say why: it is shown in the evaluation report.", code="missing_reason")
    return evaluator


def _move(tender: Tender, state: Tender.State, on: date) -> None:
    tender.state, tender.state_since = state, on
    tender.save(update_fields=["state", "state_since"])
