"""Which tenders and bids a viewer may see. What may not be seen answers as if it did not exist.

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

# An evaluator without another role reads a bid once it has passed stage 1; also one disqualified by its scores.
_NOT_EVALUATED = (frozenset({BidState.RECEIVED, BidState.CLARIFICATION}) | STOPPED) - {BidState.DISQUALIFIED}


def tenders_visible_to(viewer: User, *, on: date) -> QuerySet[Tender]:
    """Every tender for who may see tenders; for an evaluator those whose evaluator they are, unless excluded."""
    if access.may(viewer, Permission.TENDERS_VIEW, on=on):
        return Tender.objects.all()
    if access.may(viewer, Permission.TENDERS_EVALUATE, on=on):
        own = Evaluator.objects.filter(user=viewer, excluded=False)
        return Tender.objects.filter(pk__in=own.values("tender"))
    return Tender.objects.none()


def bids_visible_to(viewer: User, *, on: date) -> QuerySet[Bid]:
    """The bids of those tenders; none where the viewer evaluates and has not been cleared to."""
    own = Evaluator.objects.filter(user=viewer)
    bids = Bid.objects.filter(tender__in=tenders_visible_to(viewer, on=on))
    bids = bids.exclude(tender__in=own.exclude(CLEARED).values("tender"))
    if not access.may(viewer, Permission.TENDERS_VIEW, on=on):
        bids = bids.exclude(state__in=_NOT_EVALUATED).exclude(state="disqualified", stage1_decided_on=None)
    return bids


# Of an evaluator: nothing stands against their reading the bids.
CLEARED = Q(excluded=False) & (Q(declared="none") | Q(declared="conflict", decided_at__isnull=False))
