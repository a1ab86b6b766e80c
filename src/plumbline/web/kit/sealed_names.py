"""Whose name no list or choice may give, since it would tell that they bid."""

from datetime import date

from django.db.models import Q, QuerySet

from plumbline.actions.models import Action
from plumbline.commissioning.models import BidDocument
from plumbline.commissioning.queries.suppliers import bidders_not_open_to
from plumbline.contracts.models import Contract
from plumbline.evidence.models import Document
from plumbline.people.models import Organisation, RoleHeld, User


def known_by_bids_alone(viewer: User, *, on: date) -> QuerySet[Organisation]:
    """The person who is here for bids that are not open to the viewer, and for nothing else: their name in any list or
    choice would tell that they bid. The papers of a bid are no other reason."""
    papers = BidDocument.objects.values("document")
    return (
        bidders_not_open_to(viewer, on=on)
        .filter(leads=None, ocds_parties=None, plans=None, returns=None)
        .exclude(known_otherwise(Document.objects.exclude(pk__in=papers)))
    )


def unnamed(viewer: User, *, on: date) -> frozenset[int]:
    """Their numbers, for a choice that is worked out in a room that knows nothing of bids."""
    return frozenset(known_by_bids_alone(viewer, on=on).values_list("pk", flat=True))


def known_otherwise(documents: QuerySet[Document]) -> Q:
    """Providers with a contract, those who give answers or sign in here, and those whose documents these are."""
    known = Q(pk__in=RoleHeld.objects.filter(role="provider_user").exclude(organisation=None).values("organisation"))
    for rows in (
        Contract.objects.values("provider"),
        documents.exclude(organisation=None).values("organisation"),
        Action.objects.exclude(owner_organisation=None).values("owner_organisation"),
    ):
        known |= Q(pk__in=rows)
    return known
