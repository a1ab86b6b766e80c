"""What the next step of a tender depends on."""

from datetime import date

from plumbline.commissioning.models import Award, BidState, Tender
from plumbline.commissioning.queries.evaluation import (
    bids_to_score,
    board_of,
    standing_awards,
    why_moderation_waits,
)
from plumbline.commissioning.queries.tenders import WAITING, details_of
from plumbline.commissioning.rules.next_step import AwardFacts, TenderFacts
from plumbline.commissioning.rules.tender import COMPETED, missing

_S, _A = Tender.State, Award.State


def facts_of(tender: Tender, *, on: date) -> TenderFacts:
    """What the next step of a tender depends on, for rules.next_step."""
    states = list(tender.bids.values_list("state", "letter_sent_on"))
    award = next(iter(standing_awards(tender)), None)
    return TenderFacts(
        state=tender.state,
        kind=tender.kind,
        complete=tender.state == _S.DRAFT and not missing(details_of(tender), on=on),
        approval_asked=tender.approval_asked_at is not None,
        bids_due_on=tender.bids_due_on,
        bids=len(states),
        waiting=sum(state in WAITING for state, _ in states),
        passed=any(state == BidState.PASSED for state, _ in states),
        scored=tender.kind in COMPETED or tender.questions_id is not None,
        may_open=tender.state == _S.EVALUATION and not why_moderation_waits(tender),
        # Of averages nothing is agreed.
        unagreed=len(board_of(tender, bids_to_score(tender)).open)
        if tender.state == _S.MODERATION and tender.method == Tender.Method.MODERATE
        else 0,
        award=AwardFacts(
            approved=award.approved_at is not None,
            awarded=award.state == _A.AWARDED,
            notice_on=award.notice_on,
            standstill_until=award.standstill_until if award.state == _A.STANDSTILL else None,
            unsent=sum(state != BidState.WITHDRAWN and sent_on is None for state, sent_on in states),
        )
        if award
        else None,
    )
