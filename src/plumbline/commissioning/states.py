"""The tables of moves of tenders, bids, awards and plan items (domain.md 3.8)."""

from plumbline.commissioning.models import Award, BidState, PlanItem, Tender

_T = Tender.State

# A direct award has no bids to close, score or moderate: it goes from publication to the check of the one supplier and
# from there to the recommendation. A tender may be abandoned until it is awarded.
TENDER_MOVES = {
    _T.DRAFT: frozenset({_T.APPROVED, _T.ABANDONED}),
    _T.APPROVED: frozenset({_T.PUBLISHED, _T.DRAFT, _T.ABANDONED}),
    _T.PUBLISHED: frozenset({_T.CLOSED, _T.ABANDONED}),
    _T.CLOSED: frozenset({_T.STAGE1, _T.ABANDONED}),
    _T.STAGE1: frozenset({_T.EVALUATION, _T.RECOMMENDATION, _T.ABANDONED}),
    _T.EVALUATION: frozenset({_T.MODERATION, _T.ABANDONED}),
    _T.MODERATION: frozenset({_T.RECOMMENDATION, _T.ABANDONED}),
    _T.RECOMMENDATION: frozenset({_T.STANDSTILL, _T.AWARDED, _T.ABANDONED}),
    _T.STANDSTILL: frozenset({_T.AWARDED, _T.RECOMMENDATION, _T.ABANDONED}),
    _T.AWARDED: frozenset({_T.CONTRACT_DETAILS}),
    _T.CONTRACT_DETAILS: frozenset({_T.IMPLEMENTATION}),
    _T.IMPLEMENTATION: frozenset(),
    _T.ABANDONED: frozenset(),
}

_B = BidState

BID_MOVES = {
    _B.RECEIVED: frozenset({_B.CLARIFICATION, _B.PASSED, _B.FAILED, _B.DISQUALIFIED, _B.WITHDRAWN}),
    _B.CLARIFICATION: frozenset({_B.PASSED, _B.FAILED, _B.DISQUALIFIED, _B.WITHDRAWN}),
    _B.PASSED: frozenset({_B.RECOMMENDED, _B.UNSUCCESSFUL, _B.DISQUALIFIED, _B.WITHDRAWN}),
    _B.RECOMMENDED: frozenset({_B.SUCCESSFUL, _B.PASSED, _B.DISQUALIFIED, _B.WITHDRAWN}),
    _B.FAILED: frozenset(),
    _B.DISQUALIFIED: frozenset(),
    _B.WITHDRAWN: frozenset(),
    _B.SUCCESSFUL: frozenset(),
    _B.UNSUCCESSFUL: frozenset(),
}

# A bid in one of these goes no further, by any route.
STOPPED = frozenset({_B.FAILED, _B.DISQUALIFIED, _B.WITHDRAWN})

# While a tender is in one of these, grounds for exclusion are looked at again, should something come to light.
CHECKED_AGAIN = frozenset({_T.STAGE1, _T.EVALUATION, _T.MODERATION, _T.RECOMMENDATION, _T.STANDSTILL})

_A = Award.State

AWARD_MOVES = {
    _A.RECOMMENDED: frozenset({_A.STANDSTILL, _A.AWARDED, _A.CANCELLED}),
    _A.STANDSTILL: frozenset({_A.AWARDED, _A.CANCELLED}),
    _A.AWARDED: frozenset(),
    _A.CANCELLED: frozenset(),
}

_I = PlanItem.State

PLAN_ITEM_MOVES = {
    _I.OPEN: frozenset({_I.IN_PROGRESS, _I.DONE, _I.NOT_NEEDED}),
    _I.IN_PROGRESS: frozenset({_I.DONE, _I.NOT_NEEDED, _I.OPEN}),
    _I.DONE: frozenset({_I.OPEN}),
    _I.NOT_NEEDED: frozenset({_I.OPEN}),
}
