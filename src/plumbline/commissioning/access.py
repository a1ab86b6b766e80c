"""Which tenders and bids a viewer may see. What may not be seen answers as if it did not exist.

The register of tenders is for everybody who sees tenders. Who bids, what they offer and how it is scored is read by
nobody before their own part begins (docs/adr/0030): who runs tenders, from the opening; their evaluators, once cleared;
who approves awards, once the scores are settled; everybody else who sees tenders, once it is awarded.

Nobody sees a bid of a tender whose evaluator they are before they have declared their interests and, where they
declared a conflict, before the lead commissioner decided that they may evaluate all the same; no role changes that.
"""

from datetime import date

from django.db.models import Q, QuerySet

from plumbline.commissioning.models import Bid, BidState, Evaluator, Tender
from plumbline.commissioning.states import STOPPED
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User

_S = Tender.State
AWARDED = frozenset({_S.AWARDED, _S.CONTRACT_DETAILS, _S.IMPLEMENTATION})
SETTLED = AWARDED | {_S.RECOMMENDATION, _S.STANDSTILL}
# An evaluator without another part reads a bid once it has passed stage 1; also one disqualified by its scores.
_NOT_EVALUATED = (frozenset({BidState.RECEIVED, BidState.CLARIFICATION}) | STOPPED) - {BidState.DISQUALIFIED}
_EVALUATED = ~Q(state__in=_NOT_EVALUATED) & ~Q(state=BidState.DISQUALIFIED, stage1_decided_on=None)
# Of an evaluator who may read the bids.
CLEARED = Q(excluded=False) & (Q(declared="none") | Q(declared="conflict", decided_at__isnull=False))


def tenders_visible_to(viewer: User, *, on: date) -> QuerySet[Tender]:
    """Every tender for who may see tenders; for an evaluator those whose evaluator they are, unless excluded."""
    if access.may(viewer, Permission.TENDERS_VIEW, on=on):
        return Tender.objects.all()
    if access.may(viewer, Permission.TENDERS_EVALUATE, on=on):
        own = Evaluator.objects.filter(user=viewer, excluded=False)
        return Tender.objects.filter(pk__in=own.values("tender"))
    return Tender.objects.none()


def tenders_opened_to(viewer: User, *, on: date) -> QuerySet[Tender]:
    """Those of which the viewer's roles, not their scoring, open everything: bidders, bids, conflicts, and the scores
    as far as these are open at all. None whose evaluator they are and were not cleared to be."""
    return (
        tenders_visible_to(viewer, on=on)
        .filter(state__in=_opened(viewer, on=on))
        .exclude(pk__in=_barred(viewer).values("tender"))
    )


def bids_visible_to(viewer: User, *, on: date) -> QuerySet[Bid]:
    """The bids of those tenders, and those that the viewer evaluates; none where they were not cleared to."""
    seen = Q(tender__in=tenders_opened_to(viewer, on=on))
    if access.may(viewer, Permission.TENDERS_EVALUATE, on=on):
        seen |= Q(tender__in=Evaluator.objects.filter(CLEARED, user=viewer).values("tender")) & _EVALUATED
    return Bid.objects.filter(seen)


def _opened(viewer: User, *, on: date) -> frozenset[str]:
    """The states of a tender in which the viewer's roles open it."""
    held = access.permissions_of(viewer, on=on)
    if Permission.TENDERS_MANAGE in held:
        return frozenset(_S.values)
    if Permission.TENDERS_APPROVE in held:
        return SETTLED
    return AWARDED if Permission.TENDERS_VIEW in held else frozenset()


def _barred(viewer: User) -> QuerySet[Evaluator]:
    return Evaluator.objects.filter(user=viewer).exclude(CLEARED)
