"""From the recommendation of a bid to the award, its notices, the letters and what the winner promised.

A framework may have several winners. What is decided of them is decided of the tender: its awards go on together, each
step in one statement, because the database refuses one that goes alone.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Max, Q

from plumbline.commissioning.access import CLEARED, tenders_visible_to
from plumbline.commissioning.models import (
    Award,
    Bid,
    BidState,
    Evaluator,
    ExclusionCheck,
    ImplementationPlan,
    Promise,
    Tender,
)
from plumbline.commissioning.queries import evaluation as queries
from plumbline.commissioning.rules import award as rules
from plumbline.commissioning.rules import scoring
from plumbline.commissioning.rules import tender as tender_rules
from plumbline.commissioning.rules.award import Outcome, Winner
from plumbline.commissioning.rules.scoring import Result, Standing
from plumbline.commissioning.states import AWARD_MOVES, BID_MOVES, TENDER_MOVES
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.people.access import Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.queries import holidays_from, same_body

_S, _A = Tender.State, Award.State


@operation
def recommend(
    *, tender_id: int, bid_ids: Sequence[int], reason: str, tie_reason: str = "", act: PersonalAct
) -> list[Award]:
    """Recommend the bid with the highest total, of a framework one or several, from the highest total down; without
    scores (a direct award, a call-off from one supplier) the one that passed stage 1. Where totals are equal and one of
    them is left out a person decides, and says why. The awards come back with the best bid first."""
    tender = _managed(tender_id, act=act)
    chosen = {
        bid.pk: bid
        for bid in Bid.objects.select_for_update(of=("self",))
        .select_related("supplier")
        .filter(pk__in=bid_ids, tender=tender)
        .order_by("pk")
    }
    unknown = [number for number in bid_ids if number not in chosen]
    if unknown:
        raise NotAllowed(f"There is no bid {unknown[0]}.")
    if queries.standing_awards(tender):
        raise RuleBroken("A bid is recommended already.", code="recommended")
    rules.check_how_many(kind=tender.kind, bids=len(chosen))
    for bid in chosen.values():
        check_move(BID_MOVES, BidState(bid.state), BidState.RECOMMENDED)
        _check_grounds(bid)
        _check_on_framework(tender, bid)
    _check_conflicts(tender)
    if not reason.strip():
        raise RuleBroken("Say why this bid is recommended.", code="missing_reason")
    if tender.state == _S.STAGE1 or not queries.scored(tender):
        rules.check_direct(kind=tender.kind, because=tender.direct_award_reason, standing=_standing(tender))
        kept: dict[str, Any] = {"scored": False}
    else:
        found = queries.result_of(tender)
        scoring.check_recommended(found, chosen, tie_reason=tie_reason)
        kept = scoring.kept(found) | {"tie_decided_because": tie_reason.strip()}
        chosen = {row.bid: chosen[row.bid] for row in found.standings if row.bid in chosen}
    if tender.state != _S.RECOMMENDATION:
        check_move(TENDER_MOVES, _S(tender.state), _S.RECOMMENDATION)
        if tender.state == _S.MODERATION:
            raise RuleBroken("Close the moderation first.", code="wrong_state")
        _move(tender, _S.RECOMMENDATION, act.on)
    Bid.objects.filter(pk__in=chosen).update(state=BidState.RECOMMENDED)
    awards = [
        Award.objects.create(
            tender=tender, bid=bid, reason=reason.strip(), result=kept, recommended_at=act.at, recommended_by=act.by
        )
        for bid in chosen.values()
    ]
    for award in awards:
        act.record(
            "commissioning.award.recommended", subject=award, because=reason.strip(), tender=tender.pk, bid=award.bid_id
        )
    return awards


def _check_grounds(bid: Bid) -> None:
    rules.check_grounds(
        supplier=bid.supplier.name,
        results=dict(bid.exclusion_checks.values_list("ground", "result")),
        grounds=dict(ExclusionCheck.Ground.choices),
    )


def _check_on_framework(tender: Tender, bid: Bid) -> None:
    """A call-off is from a supplier of the framework, by whichever of its names; where no award of that is recorded,
    nothing is known of it."""
    awarded = queries.standing_awards(tender.framework) if tender.framework else []
    if awarded:
        bodies = same_body([award.bid.supplier_id for award in awarded])
        rules.check_on_framework(
            supplier=bid.supplier.name,
            has_place=bid.supplier_id in bodies,
            awarded_to=[award.bid.supplier.name for award in awarded],
        )


def _check_conflicts(tender: Tender) -> None:
    """No award while it is not decided what follows from someone's conflict of interest in the tender."""
    waiting = tender.conflicts.filter(decided_at=None).order_by("pk")
    tender_rules.check_conflicts(waiting.values_list("person", flat=True))


def _standing(tender: Tender) -> int:
    return Bid.objects.filter(tender=tender, state=BidState.PASSED).count()


@operation
def approve_award(*, tender_id: int, council: str, act: PersonalAct) -> list[Award]:
    """Approve a recommendation; never one's own. The letters to all bidders are drafted in the name of `council`."""
    tender, awards = _awards(tender_id, Permission.TENDERS_APPROVE, act=act)
    if awards[0].state != _A.RECOMMENDED or awards[0].approved_at is not None:
        raise RuleBroken("There is no recommendation that waits for approval.", code="wrong_state")
    rules.check_approver(recommended_by=awards[0].recommended_by_id, approver=act.by.pk)
    _check_conflicts(tender)
    _go_on(awards, approved_at=act.at, approved_by=act.by, approved_on=act.on)
    drafted = _draft_letters(tender, awards, council=council)
    for award in awards:
        act.record("commissioning.award.approved", subject=award, tender=tender.pk, letters=drafted)
    return awards


def _draft_letters(tender: Tender, awards: Sequence[Award], *, council: str) -> int:
    """A letter for each bidder that has none yet; one drafted for an earlier recommendation is drafted again."""
    outcomes = _outcomes(tender, awards)
    written = 0
    for bid in Bid.objects.select_for_update(of=("self",)).filter(pk__in=outcomes, letter_sent_on=None).order_by("pk"):
        bid.letter = rules.letter(
            outcomes[bid.pk],
            council=council,
            title=tender.title,
            reference=tender.reference,
            commissioner=str(tender.lead_commissioner),
            standstill_days=tender.standstill_days,
        )
        bid.save(update_fields=["letter"])
        written += 1
    return written


def _outcomes(tender: Tender, awards: Sequence[Award]) -> dict[int, Outcome]:
    """What each bidder that was scored (of a direct award: the supplier) is told, by the number of the bid."""
    if not queries.scored(tender):
        winners = tuple(Winner(award.bid.supplier.name, "") for award in awards)
        return {
            award.bid_id: Outcome(award.bid.supplier.name, True, None, "", "", (), "", winners, 1) for award in awards
        }
    board = queries.board_of(tender)
    found = queries.result_of(tender, board)
    best = [found.of(award.bid_id) for award in awards]
    return {
        row.bid: _outcome(row, best, found, queries.reasons_for(board, tender, row.bid), awards[0].tie_decided)
        for row in found.standings
        if _bid_of(board, row.bid).state != BidState.WITHDRAWN
    }


def _bid_of(board: queries.Board, number: int) -> Bid:
    return next(bid for bid in board.bids if bid.pk == number)


def _outcome(
    row: Standing, best: Sequence[Standing], found: Result, because: Mapping[str, str], tie_decided: str
) -> Outcome:
    won = row in best
    lost_to = [] if won else scoring.lost_tie_to(row, best)
    return Outcome(
        supplier=row.name,
        won=won,
        rank=row.rank,
        total=_total(row, found),
        stopped_because="" if row.rank is not None else " ".join(row.reasons),
        criteria=rules.criteria_of(row, because),
        made_of=rules.made_of(row, quality_share=found.quality_share, places=found.places),
        winners=tuple(
            Winner(each.name, _total(each, found), () if won else tuple(scoring.advantages(each, row))) for each in best
        ),
        ranked=sum(1 for each in found.standings if each.rank is not None),
        tie=scoring.tie_words(lost_to, tie_decided) if lost_to else "",
    )


def _total(row: Standing, found: Result) -> str:
    return "" if row.total is None else str(scoring.rounded(row.total, found.places))


@operation
def publish_notice(*, tender_id: int, notice_on: date, act: PersonalAct) -> list[Award]:
    """The contract award notice was published; the standstill, where the procedure has one, begins with it."""
    tender, awards = _awards(tender_id, Permission.TENDERS_MANAGE, act=act)
    first = awards[0]
    if first.state != _A.RECOMMENDED or first.notice_on is not None:
        raise RuleBroken("The award notice is published already.", code="wrong_state")
    told = Bid.objects.filter(tender=tender).exclude(state=BidState.WITHDRAWN).order_by("supplier__sort_key")
    rules.check_notice(
        approved_on=first.approved_on,
        last_sent_on=told.aggregate(last=Max("letter_sent_on"))["last"],
        on=act.on,
        notice_on=notice_on,
        unsent=list(told.filter(letter_sent_on=None).values_list("supplier__name", flat=True)),
    )
    _check_conflicts(tender)
    if tender.standstill_days:
        holidays = holidays_from(notice_on)
        check_move(AWARD_MOVES, _A(first.state), _A.STANDSTILL)
        check_move(TENDER_MOVES, _S(tender.state), _S.STANDSTILL)
        tender.standstill_until = rules.standstill_ends(notice_on, tender.standstill_days, holidays)
        _go_on(awards, notice_on=notice_on, state=_A.STANDSTILL, standstill_until=tender.standstill_until)
        _move(tender, _S.STANDSTILL, act.on, "standstill_until")
    else:
        _go_on(awards, notice_on=notice_on)
    for award in awards:
        act.record(
            "commissioning.award.notice_published",
            subject=award,
            tender=tender.pk,
            notice_on=notice_on.isoformat(),
            standstill_until=award.standstill_until.isoformat() if award.standstill_until else "",
        )
    return awards


@operation
def cancel_recommendation(*, tender_id: int, because: str, act: PersonalAct) -> list[Award]:
    """Take a recommendation back before the award, of a framework every bid of it: not approved, challenged in the
    standstill, or withdrawn."""
    tender, awards = _awards(tender_id, Permission.TENDERS_MANAGE, Permission.TENDERS_APPROVE, act=act)
    check_move(AWARD_MOVES, _A(awards[0].state), _A.CANCELLED)
    if not because.strip():
        raise RuleBroken("Say why the recommendation is taken back.", code="missing_reason")
    recommended = Bid.objects.select_for_update(of=("self",)).filter(awards__in=awards).order_by("pk")
    for bid in recommended:
        check_move(BID_MOVES, BidState(bid.state), BidState.PASSED)
        bid.state = BidState.PASSED
        bid.save(update_fields=["state"])
    _go_on(awards, state=_A.CANCELLED, cancelled_because=because.strip())
    # Letters that told of it are void, and are written again; those of stage 1 stay.
    void = Bid.objects.filter(pk__in=[each.pk for each in queries.scored_bids(tender)])
    sent = list(void.filter(letter_sent_on__isnull=False).order_by("pk").values_list("pk", flat=True))
    void.update(letter="", letter_sent_on=None)
    if tender.state == _S.STANDSTILL:
        tender.standstill_until = None
        _move(tender, _S.RECOMMENDATION, act.on, "standstill_until")
    for award in awards:
        act.record(
            "commissioning.award.cancelled",
            subject=award,
            because=because.strip(),
            tender=tender.pk,
            letters_sent_before=sent,
        )
    return awards


@operation
def confirm_award(*, tender_id: int, awarded_on: date, act: PersonalAct) -> list[Award]:
    """The contract is awarded, of a framework one to each bid recommended: after the standstill, where there is one.
    Every other bid was unsuccessful."""
    tender, awards = _awards(tender_id, Permission.TENDERS_MANAGE, Permission.TENDERS_APPROVE, act=act)
    first = awards[0]
    if first.state == _A.AWARDED:
        raise RuleBroken("The contract is awarded already.", code="wrong_state")
    if awarded_on > act.on:
        raise RuleBroken(f"{wording.day(awarded_on)} is a date in the future.", code="future_date")
    rules.check_award(
        approved_on=first.approved_on,
        notice_on=first.notice_on,
        standstill_days=tender.standstill_days,
        standstill_until=first.standstill_until,
        awarded_on=awarded_on,
    )
    _check_conflicts(tender)
    for award in awards:
        _check_grounds(award.bid)
    check_move(AWARD_MOVES, _A(first.state), _A.AWARDED)
    check_move(TENDER_MOVES, _S(tender.state), _S.AWARDED)
    for bid in Bid.objects.select_for_update(of=("self",)).filter(tender=tender).order_by("pk"):
        outcome = {BidState.RECOMMENDED: BidState.SUCCESSFUL, BidState.PASSED: BidState.UNSUCCESSFUL}.get(
            BidState(bid.state)
        )
        if outcome is not None:
            check_move(BID_MOVES, BidState(bid.state), outcome)
            bid.state = outcome
            bid.save(update_fields=["state"])
    _go_on(awards, state=_A.AWARDED, awarded_on=awarded_on, awarded_at=act.at, awarded_by=act.by)
    _move(tender, _S.AWARDED, act.on)
    for award in awards:
        act.record(
            "commissioning.award.made",
            subject=award,
            tender=tender.pk,
            bid=award.bid_id,
            awarded_on=awarded_on.isoformat(),
        )
    return awards


@operation
def publish_details(*, tender_id: int, published_on: date, act: PersonalAct) -> list[Award]:
    """The contract details notice was published, after the signature."""
    tender, awards = _awards(tender_id, Permission.TENDERS_MANAGE, act=act)
    check_move(TENDER_MOVES, _S(tender.state), _S.CONTRACT_DETAILS)
    if awards[0].awarded_on is None or not awards[0].awarded_on <= published_on <= act.on:
        raise RuleBroken("The details were published between the award and today.", code="bad_date")
    _go_on(awards, details_published_on=published_on)
    _move(tender, _S.CONTRACT_DETAILS, act.on)
    if ImplementationPlan.objects.filter(award__in=awards).exists():
        # The plan did not wait for the notice.
        check_move(TENDER_MOVES, _S(tender.state), _S.IMPLEMENTATION)
        _move(tender, _S.IMPLEMENTATION, act.on)
    for award in awards:
        act.record(
            "commissioning.award.details_published",
            subject=award,
            tender=tender.pk,
            published_on=published_on.isoformat(),
        )
    return awards


# --- letters --------------------------------------------------------------------------------------------------------


@operation
def edit_outcome_letter(*, bid_id: int, text: str, act: PersonalAct) -> Bid:
    """The outcome letter as it will be sent."""
    bid = _with_letter(bid_id, act=act)
    if not text.strip():
        raise RuleBroken("The letter is empty.", code="missing_letter")
    if text.strip() == bid.letter.strip():
        return bid
    bid.letter = text.strip() + "\n"
    bid.save(update_fields=["letter"])
    act.record("commissioning.bid.letter_edited", subject=bid)
    return bid


@operation
def send_outcome_letter(*, bid_id: int, sent_on: date, act: PersonalAct) -> Bid:
    """The letter went out on a day; it is not edited any more."""
    bid = _with_letter(bid_id, act=act)
    standing = next(iter(queries.standing_awards(bid.tender)), None)
    tells_of_award = bid.state in queries.STANDING or bid.scores.exists()
    rules.check_sent(
        sent_on=sent_on,
        approved_on=standing.approved_on if standing and tells_of_award else None,
        stopped_on=bid.stopped_on,
        on=act.on,
    )
    bid.letter_sent_on = sent_on
    bid.save(update_fields=["letter_sent_on"])
    act.record("commissioning.bid.letter_sent", subject=bid, sent_on=sent_on.isoformat())
    return bid


def _with_letter(bid_id: int, *, act: PersonalAct) -> Bid:
    known = Bid.objects.filter(pk=bid_id).values_list("tender_id", flat=True).first()
    if known is None:
        raise NotAllowed(f"There is no bid {bid_id}.")
    _managed(known, act=act)
    bid = Bid.objects.select_for_update(of=("self",)).select_related("tender").get(pk=bid_id)
    if not bid.letter.strip():
        raise RuleBroken("The letter is drafted when the recommendation is approved.", code="missing_letter")
    if bid.letter_sent_on is not None:
        raise RuleBroken(f"The letter was sent on {wording.day(bid.letter_sent_on)}.", code="letter_sent")
    return bid


# --- promises -------------------------------------------------------------------------------------------------------


@operation
def record_promise(
    *, award_id: int, text: str, question: str = "", due_on: date | None = None, act: PersonalAct
) -> Promise:
    """What the winner promised, in words that a review can check; it becomes a commitment of the contract."""
    award, tender = _award(award_id, Permission.TENDERS_MANAGE, act=act)
    if queries.contract_begun(award):
        raise RuleBroken("The contract has begun: add a commitment to the contract.", code="wrong_state")
    if not text.strip():
        raise RuleBroken("Say what was promised.", code="missing_promise")
    if question and question not in queries.titles_of(tender):
        raise RuleBroken(f"The tender has no question “{question}”.", code="unknown_question")
    promise = Promise.objects.create(
        award=award, question=question, text=text.strip(), due_on=due_on, recorded_at=act.at, recorded_by=act.by
    )
    act.record("commissioning.promise.recorded", subject=promise, tender=tender.pk, award=award.pk)
    return promise


@operation
def drop_promise(*, promise_id: int, because: str, act: PersonalAct) -> None:
    """A promise that was recorded wrongly goes, with the reason; its history stays."""
    promise = Promise.objects.select_related("award").filter(pk=promise_id).first()
    if promise is None:
        raise NotAllowed(f"There is no promise {promise_id}.")
    award, tender = _award(promise.award_id, Permission.TENDERS_MANAGE, act=act)
    if queries.contract_begun(award):
        raise RuleBroken("The promises are commitments of the contract now.", code="wrong_state")
    if not because.strip():
        raise RuleBroken("Say why it goes.", code="missing_reason")
    act.record(
        "commissioning.promise.dropped", subject=promise, because=because.strip(), tender=tender.pk, text=promise.text
    )
    promise.delete()


# --- what the operations have in common -----------------------------------------------------------------------------


def _managed(tender_id: int, *permissions: Permission, act: PersonalAct) -> Tender:
    """The tender, locked; none is there for an evaluator of it who was not cleared, whatever else they may do."""
    wanted = permissions or (Permission.TENDERS_MANAGE,)
    if not any(act.may(each) for each in wanted):
        act.check(wanted[0])
    barred = Evaluator.objects.filter(user=act.by).exclude(CLEARED).values("tender")
    visible = Q(pk__in=tenders_visible_to(act.by, on=act.on).values("pk")) & ~Q(pk__in=barred)
    found = (
        Tender.objects.select_for_update(of=("self",))
        .select_related("questions", "lead_commissioner")
        .filter(visible, pk=tender_id)
        .first()
    )
    if found is None:
        raise NotAllowed(f"There is no tender {tender_id}.")
    return found


def _awards(tender_id: int, *permissions: Permission, act: PersonalAct) -> tuple[Tender, list[Award]]:
    """The tender, locked, with its standing awards, which nobody changes without that lock: one at least."""
    tender = _managed(tender_id, *permissions, act=act)
    awards = queries.standing_awards(tender)
    if not awards:
        raise RuleBroken("No bid is recommended.", code="wrong_state")
    return tender, awards


def _go_on(awards: Sequence[Award], **columns: Any) -> None:
    """The same step for all of them, in one statement."""
    Award.objects.filter(pk__in=[award.pk for award in awards]).update(**columns)
    for award in awards:
        for name, value in columns.items():
            setattr(award, name, value)


def _award(award_id: int, permission: Permission, *, act: PersonalAct) -> tuple[Award, Tender]:
    """One award of a tender, with what concerns its supplier alone."""
    known = Award.objects.filter(pk=award_id).values_list("tender_id", flat=True).first()
    if known is None:
        raise NotAllowed(f"There is no award {award_id}.")
    tender = _managed(known, permission, act=act)
    return Award.objects.select_for_update(of=("self",)).get(pk=award_id), tender


def _move(tender: Tender, state: Tender.State, on: date, *columns: str) -> None:
    tender.state, tender.state_since = state, on
    tender.save(update_fields=["state", "state_since", *columns])
