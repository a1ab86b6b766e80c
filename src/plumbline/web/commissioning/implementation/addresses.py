"""Where the plan of an award is read."""

from django.urls import reverse

from plumbline.commissioning.models import ImplementationPlan


def address(plan: ImplementationPlan) -> str:
    """A framework has a plan for each supplier, on pages of their own."""
    if plan.award_id is None:
        return reverse("tender_implementation", args=[plan.tender_id])
    return reverse("award_implementation", args=[plan.tender_id, plan.award_id])
