"""Reading what social care told us. The person who may see a child may see these: the caller has asked people first."""

from datetime import date

from django.db.models import Q, QuerySet

from plumbline.socialcare.models import Involvement, Referral


def referrals_of(*, child_id: int) -> QuerySet[Referral]:
    """A child's referrals and the episodes that followed, newest first."""
    return Referral.objects.filter(child_id=child_id).order_by("-referred_on", "-id")


def involvements_of(*, child_id: int) -> QuerySet[Involvement]:
    """Who was allocated to a child, newest first."""
    return Involvement.objects.filter(child_id=child_id).select_related("professional").order_by("-from_on", "-id")


def allocated_on(*, child_ids: list[int], on: date) -> QuerySet[Involvement]:
    """The involvements of these children on a day: from its first day, up to the day before it ended."""
    return (
        Involvement.objects.filter(child_id__in=child_ids, from_on__lte=on)
        .filter(Q(to_on__isnull=True) | Q(to_on__gt=on))
        .select_related("professional")
        .order_by("child_id", "-from_on", "-id")
    )
