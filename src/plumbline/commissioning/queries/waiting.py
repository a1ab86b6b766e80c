"""What waits for whom in an evaluation, and what the next step of a tender depends on."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from plumbline.commissioning.access import tenders_opened_to, tenders_visible_to
from plumbline.commissioning.models import Award, BidState, Evaluator, Tender
from plumbline.commissioning.queries.evaluation import (
    DECLARABLE,
    bids_to_score,
    board_of,
    sheet_of,
    standing_awards,
    suppliers_named,
    why_moderation_waits,
    why_not_yet,
)
from plumbline.commissioning.queries.tenders import details_of
from plumbline.commissioning.rules import evaluation as rules
from plumbline.commissioning.rules.next_step import WAITS, AwardFacts, Step, TenderFacts, next_step
from plumbline.commissioning.rules.tender import COMPETED, missing
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User

_S, _A = Tender.State, Award.State


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do in an evaluation. `kind`: declare, score, lock, decide_conflict, approve, or a step of
    rules.next_step."""

    kind: str
    tender: Tender
    left: int = 0
    of: int = 0
    who: str = ""
    due: date | None = None
    since: datetime | None = None
    evaluator_id: int = 0


def waiting_for_evaluator(viewer: User, *, on: date) -> list[Waiting]:
    """What an evaluator has to declare, score or lock."""
    if not access.may(viewer, Permission.TENDERS_EVALUATE, on=on):
        return []
    found = []
    mine = Evaluator.objects.filter(user=viewer, excluded=False, locked_at=None, tender__state__in=DECLARABLE)
    for evaluator in mine.select_related("tender__questions", "user").order_by("tender__state_since", "pk"):
        why = why_not_yet(evaluator)
        tender = evaluator.tender
        if why and evaluator.declared == rules.CONFLICT and evaluator.decided_at is None:
            continue  # waits for the lead commissioner
        if why:
            found.append(Waiting("declare", tender))
        elif tender.state == _S.EVALUATION:
            sheet = sheet_of(evaluator)
            kind = "score" if sheet.open else "lock"
            found.append(Waiting(kind, tender, left=len(sheet.open), of=len(sheet.cells)))
    return found


def waiting_for_commissioner(viewer: User, *, on: date) -> list[Waiting]:
    """What the lead of a tender has to decide between stage 1 and the contract details."""
    if not access.may(viewer, Permission.TENDERS_MANAGE, on=on):
        return []
    found = []
    undecided = Evaluator.objects.filter(
        tender__lead_commissioner=viewer, tender__in=tenders_visible_to(viewer, on=on), declared=rules.CONFLICT,
        decided_at=None, excluded=False, tender__state__in=DECLARABLE | {_S.MODERATION},
    ).exclude(user=viewer)  # fmt: skip
    found += [
        Waiting("decide_conflict", each.tender, who=str(each.user), evaluator_id=each.pk)
        for each in undecided.select_related("tender", "user").order_by("declared_at", "pk")
    ]
    led = tenders_visible_to(viewer, on=on).filter(lead_commissioner=viewer)
    for tender in led.filter(state__in=(_S.EVALUATION, _S.MODERATION, _S.RECOMMENDATION, _S.STANDSTILL, _S.AWARDED)):
        waiting = waiting_next(tender, on=on)
        if waiting is not None:
            found.append(waiting)
    return found


def facts_of(tender: Tender, *, on: date, live: bool = False) -> TenderFacts:
    """What the next step of a tender depends on, for rules.next_step. `live`: whether its service is, as the room of
    contracts knows."""
    states = list(tender.bids.values_list("state", "letter_sent_on"))
    award = next(iter(standing_awards(tender)), None)
    return TenderFacts(
        state=tender.state, kind=tender.kind,
        complete=tender.state == _S.DRAFT and not missing(details_of(tender), on=on),
        approval_asked=tender.approval_asked_at is not None, bids_due_on=tender.bids_due_on, bids=len(states),
        waiting=sum(state in (BidState.RECEIVED, BidState.CLARIFICATION) for state, _ in states),
        passed=any(state == BidState.PASSED for state, _ in states),
        scored=tender.kind in COMPETED or tender.questions_id is not None,
        may_open=tender.state == _S.EVALUATION and not why_moderation_waits(tender),
        unagreed=len(board_of(tender, bids_to_score(tender)).open) if tender.state == _S.MODERATION else 0,
        award=AwardFacts(
            approved=award.approved_at is not None, awarded=award.state == _A.AWARDED, notice_on=award.notice_on,
            standstill_until=award.standstill_until if award.state == _A.STANDSTILL else None,
            unsent=sum(state != BidState.WITHDRAWN and sent_on is None for state, sent_on in states),
        ) if award else None,
        live=live,
    )  # fmt: skip


def waiting_next(tender: Tender, *, on: date) -> Waiting | None:
    step = next_step(facts_of(tender, on=on), on=on)
    if step is None or step in WAITS:
        return None
    if step == Step.MODERATE:
        board = board_of(tender, bids_to_score(tender))
        return Waiting(step, tender, left=len(board.open), of=len(board.cells))
    return Waiting(step, tender)


def waiting_for_approver(viewer: User, *, on: date) -> list[Waiting]:
    """Recommendations that someone other than the recommender has to approve."""
    if not access.may(viewer, Permission.TENDERS_APPROVE, on=on):
        return []
    waiting = Award.objects.filter(
        state=_A.RECOMMENDED, approved_at=None, tender__in=tenders_opened_to(viewer, on=on)
    ).exclude(recommended_by=viewer)
    rows = waiting.select_related("tender", "bid__supplier").order_by("recommended_at", "tender", "pk")
    return [
        Waiting("approve", tender, who=suppliers_named(awards), since=since)
        for (since, tender), awards in groupby(rows, key=lambda award: (award.recommended_at, award.tender))
    ]
