"""What the record itself says of an implementation plan's items: these are met by the record, and by no word.

Each sentence says what is not there yet. Source: the items of `toolkits/library/implementation_plan.yaml`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plumbline.commissioning.rules.implementation import (
    CONTACTS_ITEM,
    COUNCIL_CONTACTS,
    SAFEGUARDING_LEADS_ITEM,
    SUPPLIER_CONTACTS,
)
from plumbline.contracts.rules.assurance import KINDS
from plumbline.contracts.rules.rating import BOOK, POLICIES, LawChange

FORM_ITEM, POLICIES_ITEM, ASSESSMENT_ITEM = "incident_route", "policies_checked", "assessment"
KNOWN = frozenset({SAFEGUARDING_LEADS_ITEM, CONTACTS_ITEM, FORM_ITEM, POLICIES_ITEM, ASSESSMENT_ITEM})


@dataclass(frozen=True, slots=True)
class Held:
    """What is held for one plan and its contract.

    `form_waits`: the sides that have not agreed the newest incident form, () where one is agreed, None where none is
    written. `reviews`: by policy, the day of its last review. `needed`: kinds of assessment that the contract needs
    when it starts; `assessed`: those held and valid then; `asked`: kinds of which a return with its day is asked for.
    """

    begun: bool
    council_roles: frozenset[str] = frozenset()
    supplier_roles: frozenset[str] = frozenset()
    pack_settled: bool = True
    form_waits: tuple[str, ...] | None = None
    reviews: Mapping[str, date] | None = None
    needed: tuple[str, ...] = ()
    assessed: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


def lacking(held: Held, *, laws: Sequence[LawChange], on: date) -> dict[str, tuple[str, ...]]:
    """By the key of each item of KNOWN, what the record does not have on the day, as sentences; () where it is met."""
    of_supplier = _missing("The supplier’s contacts", SUPPLIER_CONTACTS, held.supplier_roles)
    contacts = (*_missing("The council’s contacts", COUNCIL_CONTACTS, held.council_roles), *of_supplier)
    if not held.pack_settled:
        contacts = (*contacts, "The supplier is new, and its pack is not settled.")
    found = {SAFEGUARDING_LEADS_ITEM: of_supplier, CONTACTS_ITEM: contacts}
    if not held.begun:
        return found | dict.fromkeys(KNOWN - set(found), ("The contract is not entered yet.",))
    return found | {
        FORM_ITEM: _form(held.form_waits),
        POLICIES_ITEM: _policies(held.reviews or {}, laws=laws, on=on),
        ASSESSMENT_ITEM: tuple(
            f"No {KINDS[kind]} is held, and none is asked for with a day."
            for kind in held.needed
            if kind not in held.assessed | held.asked
        ),
    }


def _missing(whose: str, asked: Mapping[str, str], named: frozenset[str]) -> tuple[str, ...]:
    missing = [label for role, label in asked.items() if role not in named]
    return (f"{whose} are not all entered. Missing: {', '.join(missing)}.",) if missing else ()


def _form(waits: tuple[str, ...] | None) -> tuple[str, ...]:
    if waits is None:
        return ("No serious-incident form is written for this contract.",)
    return (f"The serious-incident form is not agreed yet by: {', '.join(waits)}.",) if waits else ()


def _policies(reviews: Mapping[str, date], *, laws: Sequence[LawChange], on: date) -> tuple[str, ...]:
    found = []
    missing = [words for policy, words in POLICIES.items() if policy not in reviews]
    if missing:
        found.append(f"Not received yet: {', '.join(missing)}.")
    year = timedelta(BOOK.days["policy_review"])
    for policy, reviewed_on in reviews.items():
        since = [law.title for law in laws if policy in law.policies and reviewed_on < law.in_force <= on]
        if since:
            found.append(f"The policy on {POLICIES[policy]} was last reviewed before the law changed: {since[-1]}.")
        elif reviewed_on + year < on:
            found.append(f"The policy on {POLICIES[policy]} was last reviewed more than a year ago.")
    return tuple(found)
