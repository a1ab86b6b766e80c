"""What a provider hands in and the council has not accepted yet."""

from django.db import models
from django.db.models import Q

from plumbline.audit.models import Recorded
from plumbline.contracts.models.register import Contract, Policy, PolicyReview
from plumbline.evidence.models import Document
from plumbline.people.models import User


class PolicyOffer(Recorded):
    """A policy that a provider has uploaded with the day of its review. It counts once the council has accepted it.

    `accepted`: NULL until the council has looked at it.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="policy_offers")
    policy = models.CharField(max_length=20, choices=Policy)
    reviewed_on = models.DateField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    accepted = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    refused_because = models.TextField(blank=True)
    review = models.ForeignKey(PolicyReview, on_delete=models.PROTECT, null=True, related_name="offers")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="policy_offer_who_has_when", condition=(Q(decided_by__isnull=True) | Q(decided_at__isnull=False))
            ),
            models.UniqueConstraint(
                fields=["contract", "policy"], condition=Q(accepted__isnull=True), name="policy_offer_one_waiting"
            ),
            models.CheckConstraint(
                name="policy_offer_refused_with_reason", condition=~Q(accepted=False) | ~Q(refused_because="")
            ),
            models.CheckConstraint(
                name="policy_offer_decided_has_moment",
                condition=Q(accepted__isnull=True, decided_at__isnull=True)
                | Q(accepted__isnull=False, decided_at__isnull=False),
            ),
        ]
