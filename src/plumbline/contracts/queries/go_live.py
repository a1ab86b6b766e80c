"""Whether services may go live: each item of an implementation plan as it stands, met by the record where it can be.

A fixed number of queries for any number of plans.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from plumbline.commissioning.models import Contact, ImplementationPlan, PathwayPack, PlanItem
from plumbline.commissioning.queries.implementation import SETTLED, pack_standing
from plumbline.commissioning.rules import implementation as plans
from plumbline.commissioning.rules.implementation import Item
from plumbline.contracts.models import Assessment, Contract, ContractReturn, IncidentForm, PolicyReview
from plumbline.contracts.queries.care import needed_kinds
from plumbline.contracts.queries.facts import laws
from plumbline.contracts.queries.incidents import agreed_forms
from plumbline.contracts.rules import go_live as rules
from plumbline.toolkits.models import ReturnState

_SIDES = {"manager": "the contract manager", "area": "the service area", "provider": "the provider"}
_ASKS = {
    ContractReturn.Purpose.SELF_ASSESSMENT: (Assessment.Kind.SELF, Assessment.Kind.PLAN),
    ContractReturn.Purpose.BOARD_ASSESSMENT: (Assessment.Kind.BOARD,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """`lacks`: by the key of an item that the record meets, what is not there yet. `hindrances`: why the service may
    not go live yet, as sentences, those about items first; () where it may."""

    items: tuple[Item, ...]
    lacks: dict[str, tuple[str, ...]]
    hindrances: tuple[str, ...]


def standing_of(plan: ImplementationPlan, *, on: date) -> Standing:
    return standings([plan], on=on)[plan.pk]


def hindrances_of(plan: ImplementationPlan | None, *, on: date) -> tuple[str, ...]:
    """Why the service may not go live yet, as sentences; () where it may."""
    return standing_of(plan, on=on).hindrances if plan else ("There is no plan.",)


def standings(found: Sequence[ImplementationPlan], *, on: date) -> dict[int, Standing]:
    """By plan, how far each is on the day."""
    items: dict[int, list[PlanItem]] = defaultdict(list)
    for item in PlanItem.objects.filter(plan__in=found).order_by("number"):
        items[item.plan_id].append(item)
    newest = PathwayPack.objects.filter(plan__in=found).order_by("plan", "-number").distinct("plan")
    packs = {pack.plan_id: pack_standing(pack) for pack in newest}
    roles: dict[tuple[int, str], set[str]] = defaultdict(set)
    contacts = Contact.objects.filter(plan__in=found, ended_at=None)
    for plan_id, side, role in contacts.values_list("plan", "side", "role"):
        roles[plan_id, side].add(role)
    contracts = {contract.plan_id: contract for contract in Contract.objects.filter(plan__in=found)}
    of_contract = _held(list(contracts.values()), on=on)
    changes = laws()
    answered = {}
    for plan in found:
        contract, pack = contracts.get(plan.pk), packs.get(plan.pk)
        more = of_contract[contract.pk] if contract else {}
        held = rules.Held(
            begun=contract is not None,
            council_roles=frozenset(roles[plan.pk, Contact.Side.COUNCIL]),
            supplier_roles=frozenset(roles[plan.pk, Contact.Side.SUPPLIER]),
            pack_settled=not plans.pack_wanting(supplier_is_new=plan.supplier_is_new, pack=pack),
            **more,
        )
        lacks = rules.lacking(held, laws=changes, on=on)
        standing = tuple(_item(item, lacks) for item in items[plan.pk])
        hindrances = plans.hindrances(standing, supplier_is_new=plan.supplier_is_new, pack=pack)
        answered[plan.pk] = Standing(standing, lacks, hindrances)
    return answered


def _item(item: PlanItem, lacks: dict[str, tuple[str, ...]]) -> Item:
    """An item that the record can meet is settled by the record alone, or where it is not needed."""
    wanting = lacks.get(item.criterion)
    if wanting is None or item.state == PlanItem.State.NOT_NEEDED:
        return Item(item.number, item.criterion, item.title, item.critical, item.state in SETTLED)
    return Item(item.number, item.criterion, item.title, item.critical, not wanting, wanting)


def _held(contracts: Sequence[Contract], *, on: date) -> dict[int, dict[str, Any]]:
    """What contracts hold, as arguments of rules.Held."""
    agreed = set(agreed_forms().filter(contract__in=contracts).values_list("contract", flat=True))
    forms = _by_contract(IncidentForm.objects.filter(contract__in=contracts).order_by("number"))
    reviews: dict[int, dict[str, date]] = defaultdict(dict)
    seen = PolicyReview.objects.filter(contract__in=contracts, reviewed_on__lte=on)
    for contract_id, policy, reviewed_on in seen.order_by("reviewed_on").values_list(
        "contract", "policy", "reviewed_on"
    ):
        reviews[contract_id][policy] = reviewed_on
    assessments = _by_contract(Assessment.objects.filter(contract__in=contracts))
    over = (ReturnState.SIGNED_OFF, ReturnState.CANCELLED)
    asked = _by_contract(
        ContractReturn.objects.filter(contract__in=contracts, answer_set__due_on__isnull=False).exclude(
            answer_set__state__in=over
        )
    )
    found: dict[int, dict[str, Any]] = {}
    for contract in contracts:
        day = max(on, contract.starts_on)
        form = next(reversed(forms[contract.pk]), None)
        found[contract.pk] = {
            "form_waits": () if contract.pk in agreed else _waits(form) if form else None,
            "reviews": reviews[contract.pk], "needed": needed_kinds(contract, on=day),
            "assessed": frozenset(
                each.kind for each in assessments[contract.pk] if each.completed_on <= on and each.valid_until >= day
            ),
            "asked": frozenset(kind for each in asked[contract.pk] for kind in _ASKS.get(each.purpose, ())),
        }  # fmt: skip
    return found


def _waits(form: IncidentForm) -> tuple[str, ...]:
    return tuple(words for side, words in _SIDES.items() if getattr(form, f"{side}_agreed_at") is None)


def _by_contract(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.contract_id].append(row)
    return found
