"""Where the plan of an award is read, and what a page about it leads back to."""

from typing import Any

from django.urls import reverse

from plumbline.commissioning.models import ImplementationPlan
from plumbline.web.kit.asking import Question


def address(plan: ImplementationPlan) -> str:
    """A framework has a plan for each supplier, on pages of their own."""
    if plan.award_id is None:
        return reverse("tender_implementation", args=[plan.tender_id])
    return reverse("award_implementation", args=[plan.tender_id, plan.award_id])


def of_plan(plan: ImplementationPlan, *, back: str = "", **said: Any) -> Question:
    """A page with one form about a plan. `back`: where it leads back to; else to the plan."""
    return Question(caption=plan.title, back=back or address(plan), back_words=plan.title, **said)
