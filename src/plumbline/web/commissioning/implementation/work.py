"""What waits for someone in the implementation of what was awarded, for "My work"."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from plumbline.commissioning.models import Award, ImplementationPlan
from plumbline.commissioning.queries import implementation as queries
from plumbline.contracts.queries.go_live import standings
from plumbline.contracts.queries.register import plans_ready
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.web.commissioning.implementation.addresses import address
from plumbline.web.kit.work_item import Item

# The overdue and the next few of a long plan: the page has the rest.
_MOST = 5


def items(viewer: User, on: date) -> Iterable[Item]:
    """Packs to acknowledge or confirm, plans to make, and the items that are the viewer's, soonest first."""
    for pack in queries.packs_to_acknowledge(viewer, on=on).select_related("plan"):
        yield Item("Read whom to tell, and acknowledge it by name", pack.plan.title,
                   pack.because or "New to the council", None, reverse("pack", args=[pack.pk]), "Read it",
                   gravity=2)  # fmt: skip
    if not may(viewer, Permission.IMPLEMENTATION, on=on):
        return
    for pack in queries.packs_to_confirm(viewer, on=on).select_related("plan"):
        yield Item("Confirm that the supplier understands whom to tell", pack.plan.title,
                   f"{pack.acknowledged_name} has acknowledged it", None, reverse("pack", args=[pack.pk]),
                   "Confirm it", gravity=2)  # fmt: skip
    unplanned = Award.objects.filter(state=Award.State.AWARDED, tender__lead_commissioner=viewer).exclude(
        pk__in=ImplementationPlan.objects.exclude(award=None).values("award")
    )
    for award in unplanned.select_related("tender", "bid__supplier").order_by("pk"):
        yield Item("Make the implementation plan", award.tender.title,
                   f"The contract is awarded to {award.bid.supplier.name}", None,
                   reverse("plan_new", args=[award.tender_id, award.pk]), "Make the plan")  # fmt: skip
    for plan in plans_ready(viewer, on=on):
        yield Item("Decide that the service begins", plan.title, "Everything critical is settled",
                   plan.service_starts_on, address(plan), "Go to the plan",
                   gravity=2)  # fmt: skip
    open_items = list(queries.items_of(viewer, on=on))
    standing = standings(list({item.plan_id: item.plan for item in open_items}.values()), on=on)
    met = {(pk, each.number) for pk, plan in standing.items() for each in plan.items if each.settled}
    for item in [each for each in open_items if (each.plan_id, each.number) not in met][:_MOST]:
        yield Item(f"{item.number}. {item.title}", item.plan.title, "Critical: it holds up going live"
                   if item.critical else "Implementation", item.due_on,
                   reverse("plan_item", args=[item.plan_id, item.number]), "Open the item",
                   gravity=2 if item.critical else 3)  # fmt: skip
