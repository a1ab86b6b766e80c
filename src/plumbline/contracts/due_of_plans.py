"""What plans give people to do by which a service is made ready: items to settle, and whether it may begin."""

from collections.abc import Collection, Iterable
from datetime import date

from plumbline.commissioning.models import ImplementationPlan, PathwayPack, PlanItem
from plumbline.commissioning.queries.implementation import SETTLED
from plumbline.contracts.models import Contract, ContractState
from plumbline.contracts.queries.go_live import standings
from plumbline.kernel.duties import Duty, Gravity, Source, permitted, person
from plumbline.people.access import Permission

P = Permission


def of_items(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Open items, for their owner, else for those who lead the plan; none that the record meets by itself."""
    rows = PlanItem.objects.exclude(state__in=SETTLED).select_related("plan").order_by("due_on", "number", "pk")
    items = list(rows if keys is None else rows.filter(plan__in=keys))
    contracts = Contract.objects.filter(state=ContractState.IMPLEMENTATION).exclude(plan=None)
    waiting = {each.plan_id: each for each in (contracts if keys is None else contracts.filter(plan__in=keys))}
    plans = {item.plan_id: item.plan for item in items}
    plans |= ImplementationPlan.objects.in_bulk(list(set(waiting) - set(plans)))
    standing = standings(list(plans.values()), on=on)
    met = {(pk, each.number) for pk, plan in standing.items() for each in plan.items if each.settled}
    for item in items:
        if (item.plan_id, item.number) in met:
            continue
        for user in _owners(item):
            yield Duty(
                kind="plan.item",
                subject=("plan_item", item.pk),
                whose=person(user, P.IMPLEMENTATION),
                matter=("plan", item.plan_id),
                what=f"{item.number}. {item.title}",
                called=item.plan.title,
                why="Critical: it holds up going live" if item.critical else "Implementation",
                due=item.due_on,
                deed="Open the item",
                place=f"plan_item {item.plan_id} {item.number}",
                key=item.plan_id,
                gravity=Gravity.AGREED,
                known_to=permitted(P.TENDERS_VIEW),
            )
    yield from _to_prepare(keys)
    for plan_id, contract in waiting.items():
        plan = plans.get(plan_id or 0)
        if plan is None or standing[plan.pk].hindrances:
            continue
        for lead in dict.fromkeys((contract.manager_id, plan.commissioner_id)):
            if lead:
                yield Duty(
                    kind="plan.begin",
                    subject=("plan", plan.pk),
                    whose=person(lead, P.IMPLEMENTATION),
                    what="Decide that the service begins",
                    called=plan.title,
                    why="Everything critical is settled",
                    due=plan.service_starts_on,
                    deed="Go to the plan",
                    place=_place(plan),
                    key=plan.pk,
                    known_to=permitted(P.TENDERS_VIEW),
                )


# What all else of a plan waits for: what, why, the button, and the page; the pack is given on the plan's own.
_STEPS = {
    "leads": ("Name both leads", "They confirm that the supplier understands whom to tell: the lead commissioner and "
              "the service-area lead.", "plan_leads"),
    "contract": ("Enter the contract", "With what the bid promised.", "plan_contract"),
    "pack": ("Give the pack", "The supplier is new to the council: it is given the reporting pathways and all "
             "contacts.", ""),
}  # fmt: skip


def _to_prepare(keys: Collection[int] | None) -> Iterable[Duty]:
    """Until the leads are named, the contract is entered and a new supplier has its pack, the next of these."""
    plans = ImplementationPlan.objects.exclude(award=None).select_related("tender").order_by("pk")
    found = list(plans if keys is None else plans.filter(pk__in=keys))
    entered = dict(Contract.objects.filter(plan__in=found).values_list("plan", "state"))
    given = set(PathwayPack.objects.filter(plan__in=found).values_list("plan", flat=True))
    for plan in found:
        lead = plan.commissioner_id or (plan.tender.lead_commissioner_id if plan.tender else None)
        if lead is None or entered.get(plan.pk, ContractState.IMPLEMENTATION) != ContractState.IMPLEMENTATION:
            continue
        if plan.supplier_is_new and None in (plan.commissioner_id, plan.service_area_lead_id):
            step = "leads"
        elif plan.pk not in entered:
            step = "contract"
        elif plan.supplier_is_new and plan.pk not in given:
            step = "pack"
        else:
            continue
        what, why, route = _STEPS[step]
        yield Duty(
            kind=f"plan.prepare_{step}",
            subject=("plan", plan.pk),
            whose=person(lead, P.IMPLEMENTATION),
            what=what,
            why=why,
            called=plan.title,
            deed=what,
            place=f"{route} {plan.pk}" if route else _place(plan),
            key=plan.pk,
            known_to=permitted(P.TENDERS_VIEW),
        )


def _owners(item: PlanItem) -> list[int]:
    if item.owner_id is not None:
        return [item.owner_id]
    if item.owner_words:
        return []
    return list(dict.fromkeys(pk for pk in (item.plan.commissioner_id, item.plan.service_area_lead_id) if pk))


def _place(plan: ImplementationPlan) -> str:
    """A framework has a plan for each supplier, on pages of their own."""
    if plan.award_id is None:
        return f"tender_implementation {plan.tender_id}"
    return f"award_implementation {plan.tender_id} {plan.award_id}"


_BY_PLAN = "select plan_id as key from changed where plan_id is not null"
_OF_CONTRACT = (
    "select k.plan_id as key from changed c join contracts_contract k on k.id = c.contract_id"
    " where k.plan_id is not null"
)
SOURCES = (
    Source("plans", of_items, {
        "commissioning_planitem": _BY_PLAN, "commissioning_implementationplan": "select id as key from changed",
        "commissioning_pathwaypack": _BY_PLAN, "commissioning_contact": _BY_PLAN, "contracts_contract": _BY_PLAN,
        "contracts_incidentform": _OF_CONTRACT, "contracts_policyreview": _OF_CONTRACT,
        "contracts_assessment": _OF_CONTRACT, "contracts_contractreturn": _OF_CONTRACT,
        "toolkits_return": "select k.plan_id as key from changed c join contracts_contractreturn r"
                           " on r.answer_set_id = c.id join contracts_contract k on k.id = r.contract_id"
                           " where k.plan_id is not null",
        "evidence_lawchange": "",
        "commissioning_tender": "select p.id as key from changed c join commissioning_implementationplan p"
                                " on p.tender_id = c.id",
    }),
)  # fmt: skip
