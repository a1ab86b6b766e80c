"""Tenders, plans and their items as what is someone's own. Scoring bids is nobody else's: the lead asks another."""

from collections.abc import Callable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from plumbline.commissioning.access import CLEARED
from plumbline.commissioning.models import Evaluator, ImplementationPlan, PlanItem, Tender
from plumbline.people.access import Permission
from plumbline.people.leaving import Kind, holders
from plumbline.people.models import User

_OVER = (Tender.State.ABANDONED, Tender.State.IMPLEMENTATION)
_OPEN = (PlanItem.State.OPEN, PlanItem.State.IN_PROGRESS)


def _why_not_lead(tender: Tender, to: User, on: date) -> str:
    if to.pk == tender.service_area_lead_id:
        return f"{to} is the service-area lead of tender {tender.reference}; its lead is someone else."
    if Evaluator.objects.filter(tender=tender, user=to).exclude(CLEARED).exists():
        return f"{to} evaluates tender {tender.reference} and is not cleared to: someone else leads it."
    return ""


def _why_not_two(other: str) -> Callable[[ImplementationPlan, User, date], str]:
    def why_not(row: ImplementationPlan, to: User, on: date) -> str:
        if getattr(row, f"{other}_id") != to.pk:
            return ""
        return f"The lead commissioner and the service-area lead of plan {row.pk} are two people."

    return why_not


def _being_made_ready(on: date) -> Q:
    return Q(Exists(PlanItem.objects.filter(plan=OuterRef("pk"), state__in=_OPEN)))


def scoring(user: User) -> QuerySet[Evaluator]:
    """The tenders whose bids the user is still asked to score."""
    before = (Tender.State.RECOMMENDATION, Tender.State.STANDSTILL, Tender.State.AWARDED,
              Tender.State.CONTRACT_DETAILS, *_OVER)  # fmt: skip
    return Evaluator.objects.filter(user=user, excluded=False).exclude(tender__state__in=before)


KINDS = (
    Kind("tenders", Tender, "lead_commissioner", "tender as lead commissioner", "tenders as lead commissioner",
         lambda on: ~Q(state__in=_OVER), holders(Permission.TENDERS_MANAGE), lambda tender: tender.reference,
         _why_not_lead),
    Kind("tenders_of_service", Tender, "service_area_lead", "tender as service-area lead",
         "tenders as service-area lead",
         lambda on: ~Q(state__in=_OVER), holders(Permission.IMPLEMENTATION), lambda tender: tender.reference,
         lambda tender, to, on: "" if to.pk != tender.lead_commissioner_id else
         f"{to} leads tender {tender.reference}; its service-area lead is someone else."),
    Kind("plans", ImplementationPlan, "commissioner", "implementation plan as lead commissioner",
         "implementation plans as lead commissioner", _being_made_ready, holders(Permission.TENDERS_MANAGE),
         lambda plan: f"Plan {plan.pk}", _why_not_two("service_area_lead")),
    Kind("plans_of_service", ImplementationPlan, "service_area_lead", "implementation plan as service-area lead",
         "implementation plans as service-area lead", _being_made_ready, holders(Permission.IMPLEMENTATION),
         lambda plan: f"Plan {plan.pk}", _why_not_two("commissioner")),
    Kind("plan_items", PlanItem, "owner", "item of an implementation plan", "items of implementation plans",
         lambda on: Q(state__in=_OPEN), holders(Permission.CONTRACTS_VIEW),
         lambda item: f"Plan {item.plan_id}, item {item.number}"),
)  # fmt: skip
