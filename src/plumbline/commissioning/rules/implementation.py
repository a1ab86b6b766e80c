"""From award to the first day: dates of the plan, what must be given to a new supplier, and what holds up go-live.

Source of the rules: the seed report of 2016 (implementation period; reporting pathways and contacts for a supplier new
to the council; both leads confirm) and domain.md 4.1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import Said
from plumbline.toolkits.content import Content

# The item that stands for the supplier's own named people: done once they are entered.
SAFEGUARDING_LEADS_ITEM = "named_leads"
# The item that stands for the reporting pathways and contacts: of a new supplier done only with a settled pack.
CONTACTS_ITEM = "contact_sheet"

# Whom a supplier must be able to reach, before anything else (domain.md 4.1, item 4).
COUNCIL_CONTACTS: Mapping[str, str] = Said(
    {
        "customer_service_centre": "{Contact_Centre}",
        "safeguarding_hub": "Multi-agency safeguarding hub",
        "lado": "Designated officer for allegations (LADO)",
        "emergency_duty": "Emergency duty team",
        "contract_manager": "Contract manager",
        "service_area_lead": "Service-area lead",
        "lead_commissioner": "Lead commissioner",
    }
)
# What the supplier names of its own.
SUPPLIER_CONTACTS: Mapping[str, str] = {
    "safeguarding_lead": "Safeguarding lead",
    "safeguarding_deputy": "Deputy safeguarding lead",
    "out_of_hours": "Out of hours",
}

# The pathways that a new supplier is given, in the council's own words of who tells whom, how soon.
PATHWAYS: tuple[tuple[str, str], ...] = (
    (
        "A child is in danger now",
        "Call 999. Then call the {Contact_Centre} (out of hours: the emergency duty team) about every child of"
        " the family, and tell the contract manager the same day.",
    ),
    (
        "You are worried about a child",
        "Call the {Contact_Centre} at once; do not wait for a meeting. Follow up in writing within 24 hours,"
        " with a copy to the service's inbox so that the child's own worker knows.",
    ),
    (
        "Someone who works with children may have harmed a child",
        "Tell the designated officer (LADO) within one working day, before you ask the person anything, and tell the"
        " contract manager.",
    ),
    (
        "A serious incident",
        "Follow the serious-incident form of this contract: each step, each recipient, each time limit. Homes and"
        " supported accommodation also notify Ofsted.",
    ),
    (
        "You disagree with what was decided about a child",
        "Use the escalation policy: first with the worker's manager, then with the service-area lead. A disagreement"
        " never delays keeping a child safe.",
    ),
)


@dataclass(frozen=True, slots=True)
class ItemDue:
    number: int
    criterion: str
    title: str
    critical: bool
    due_on: date


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a plan as it stands; `settled`: done, or not needed with the reason. `lacks`: of an item that the
    record meets, what the record does not have yet, as sentences."""

    number: int
    criterion: str
    title: str
    critical: bool
    settled: bool
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """The newest pack given to a supplier: who has acknowledged and confirmed it."""

    number: int
    acknowledged: bool
    area_lead_confirmed: bool
    commissioner_confirmed: bool

    @property
    def settled(self) -> bool:
        return self.acknowledged and self.area_lead_confirmed and self.commissioner_confirmed


def items_due(content: Content, *, service_starts_on: date) -> tuple[ItemDue, ...]:
    """The items of the template with their days, counted from the day on which the service starts."""
    return tuple(
        ItemDue(number, each.key, each.title, each.critical, service_starts_on + timedelta(each.due_days or 0))
        for number, each in enumerate(content.criteria, start=1)
    )


def pack_wanting(*, supplier_is_new: bool, pack: Pack | None) -> tuple[str, ...]:
    """What is missing before a supplier new to the council has understood whom to tell; () where nothing is."""
    if not supplier_is_new:
        return ()
    if pack is None:
        return ("The reporting pathways and contacts have not been given to the supplier.",)
    missing = []
    if not pack.acknowledged:
        missing.append(f"The supplier has not acknowledged pack {pack.number} by name.")
    if not pack.area_lead_confirmed:
        missing.append(f"The service-area lead has not confirmed that the supplier understands pack {pack.number}.")
    if not pack.commissioner_confirmed:
        missing.append(f"The lead commissioner has not confirmed that the supplier understands pack {pack.number}.")
    return tuple(missing)


def missing_contacts(roles: Sequence[str]) -> tuple[str, ...]:
    """Which of the council's contacts a pack cannot be given without, in words. `roles`: those there are."""
    return tuple(label for role, label in COUNCIL_CONTACTS.items() if role not in roles)


def check_settled(*, state: str, critical: bool, note: str, has_evidence: bool, may_waive: bool) -> None:
    """Raise RuleBroken unless an item may be brought to a state."""
    if state == "not_needed" and not note.strip():
        raise RuleBroken("Say why this item is not needed here.", code="missing_reason")
    if state == "not_needed" and critical and not may_waive:
        raise RuleBroken(
            "This item is critical for safeguarding: only a manager who may decide to go live without it can say that "
            "it is not needed.",
            code="critical_item",
        )
    if state == "done" and critical and not (note.strip() or has_evidence):
        raise RuleBroken(
            "Say what was done, or give the evidence: this item holds up going live.", code="missing_evidence"
        )


def check_met(lacks: Sequence[str]) -> None:
    """Raise RuleBroken while the record does not have what an item asks for: a word does not stand in for it."""
    if lacks:
        raise RuleBroken(" ".join(lacks), code="not_in_record")


def check_said_new(*, was_new: bool, is_new: bool, because: str, may_waive: bool) -> None:
    """Raise RuleBroken where no reason is given, or where a person who may not waive the induction pack says that a
    supplier is not new after all (`critical_item`)."""
    if not because.strip():
        raise RuleBroken("Say how you know.", code="missing_reason")
    if was_new and not is_new and not may_waive:
        raise RuleBroken(
            "A supplier that is new must have the pack. Only a manager who may decide to go live without it can say "
            "that this one is not new.",
            code="critical_item",
        )


def hindrances(items: Sequence[Item], *, supplier_is_new: bool, pack: Pack | None) -> tuple[str, ...]:
    """Why the service may not go live yet, as sentences; () where it may. Only critical items hold it up."""
    open_items = tuple(
        " ".join((f"Item {item.number}, {item.title}, is open.", *item.lacks))
        for item in items
        if item.critical and not item.settled
    )
    return open_items + pack_wanting(supplier_is_new=supplier_is_new, pack=pack)
