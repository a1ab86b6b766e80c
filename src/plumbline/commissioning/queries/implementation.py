"""Implementation plans as their readers may see them."""

from datetime import date

from django.db.models import QuerySet

from plumbline.commissioning.models import ImplementationPlan, PathwayPack, PlanItem
from plumbline.commissioning.rules.implementation import Pack
from plumbline.kernel.errors import NotAllowed
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User
from plumbline.people.queries import organisations_of

SETTLED = {PlanItem.State.DONE, PlanItem.State.NOT_NEEDED}


def plans_visible_to(viewer: User, *, on: date) -> QuerySet[ImplementationPlan]:
    """Every plan for who works on implementation or sees tenders; for a provider's people those of their own."""
    if access.may(viewer, Permission.IMPLEMENTATION, on=on) or access.may(viewer, Permission.TENDERS_VIEW, on=on):
        return ImplementationPlan.objects.all()
    return _of_supplier(viewer, on=on)


def plan_to_change(
    plan_id: int, *, viewer: User, on: date, suppliers_own: bool = False, manager: bool = False
) -> ImplementationPlan:
    """The plan, locked. `suppliers_own`: the supplier's people may as well; `manager`: who may go live with open items
    as well. Raises NotAllowed for everybody else."""
    found = ImplementationPlan.objects.none()
    works = access.may(viewer, Permission.IMPLEMENTATION, on=on)
    if works or (manager and access.may(viewer, Permission.CONTRACTS_OVERRIDE, on=on)):
        found = ImplementationPlan.objects.all()
    elif suppliers_own:
        found = _of_supplier(viewer, on=on)
    plan = ImplementationPlan.objects.select_for_update(of=("self",)).filter(pk__in=found.filter(pk=plan_id)).first()
    if plan is None:
        raise NotAllowed(f"There is no plan {plan_id}.")
    return plan


def pack_of_supplier(pack_id: int, *, viewer: User, on: date) -> PathwayPack:
    """A pack given to the viewer's own organisation, locked. Raises NotAllowed for everybody else."""
    own = _of_supplier(viewer, on=on)
    pack = PathwayPack.objects.select_for_update(of=("self",)).filter(pk=pack_id, plan__in=own.values("pk")).first()
    if pack is None:
        raise NotAllowed(f"There is no pack {pack_id}.")
    return pack


def newest_pack(plan: ImplementationPlan) -> Pack | None:
    pack = plan.packs.order_by("-number").first()
    return pack_standing(pack) if pack else None


def pack_standing(pack: PathwayPack) -> Pack:
    return Pack(
        number=pack.number,
        acknowledged=pack.acknowledged_at is not None,
        area_lead_confirmed=pack.area_lead_confirmed_at is not None,
        commissioner_confirmed=pack.commissioner_confirmed_at is not None,
    )


def _of_supplier(viewer: User, *, on: date) -> QuerySet[ImplementationPlan]:
    return ImplementationPlan.objects.filter(supplier__in=organisations_of(viewer, on=on))
