"""How those who are told of incidents are reached, for a contract and for the council."""

from collections.abc import Mapping

from django.db.models import Q

from plumbline.commissioning.models import Contact
from plumbline.contracts.models import Contract, ReportingContact
from plumbline.contracts.rules.contacts import OFFICES, Way, first_of


def ways_for(contract: Contract | None) -> Mapping[str, Way]:
    """By recipient: what the contract has of its own, then what its implementation plan names as the council's, then
    what holds for the whole council. Only those of whom something is known. None: for the whole council."""
    ways: dict[str, list[tuple[int, Way]]] = {}
    kept = ReportingContact.objects.filter(Q(contract=None) | Q(contract=contract))
    for row in kept:
        own = row.contract_id is not None
        way = Way(row.phone, row.email, row.form_url, row.hours, own=own)
        ways.setdefault(row.recipient, []).append((0 if own else 2, way))
    if contract is not None and contract.plan_id is not None:
        named = Contact.objects.filter(
            plan=contract.plan_id, side=Contact.Side.COUNCIL, ended_at=None, role__in=OFFICES
        ).order_by("pk")  # fmt: skip
        for each in named:
            way = Way(each.phone, each.email, "", each.hours, own=True)
            ways.setdefault(each.role, []).append((1, way))
    return {
        recipient: first_of([way for _, way in sorted(found, key=lambda each: each[0])])
        for recipient, found in ways.items()
    }


def kept(contract: Contract | None, recipient: str) -> ReportingContact | None:
    """What is kept for this contract itself, or for the council itself."""
    return ReportingContact.objects.filter(contract=contract, recipient=recipient).first()
