"""How those who are told of incidents are reached, for a contract and for the council."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from plumbline.commissioning.models import Contact
from plumbline.contracts.locked_contract import may_change
from plumbline.contracts.models import Contract, Incident, Notification, ReportingContact
from plumbline.contracts.queries.incidents import OVER, UNTOLD
from plumbline.contracts.rules.contacts import OFFICES, Way, first_of
from plumbline.flags.models import Message
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Said(TypedDict):
        refused_because: str

    Refused = WithAnnotations[ReportingContact, _Said]


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
        ).order_by("pk")
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


def to_write_to(incident: Incident) -> QuerySet[Notification]:
    """The lines of an incident that are still to be told and have no e-mail, or one that failed."""
    none = Q(mail=None) | Q(mail__state=Message.State.FAILED)
    return incident.notifications.filter(UNTOLD, none).select_related("mail").order_by("pk")


def undelivered(contract: Contract | None, recipient: str) -> QuerySet[Incident]:
    """The open incidents, of this contract or of all, whose e-mail to this office failed while it is still to be
    told."""
    rows = Notification.objects.filter(UNTOLD, recipient=recipient, mail__state=Message.State.FAILED)
    found = Incident.objects.filter(pk__in=rows.values("incident")).exclude(state__in=OVER)
    return (found.filter(contract=contract) if contract else found).select_related("contract").order_by("pk")


def refused_for(viewer: User, *, on: date) -> "list[Refused]":
    """The offices whose address refused an e-mail, at once or by a bounce, until another is entered or it takes one
    again: for who may correct it."""
    keeps = access.may(viewer, Permission.LISTS_MANAGE, on=on)
    if not keeps and not access.may(viewer, Permission.CONTRACTS_MANAGE, on=on):
        return []
    rows = offices_that_refused()
    return [row for row in rows if (may_change(viewer, row.contract, on=on) if row.contract else keeps)]


def offices_that_refused() -> "QuerySet[Refused]":
    """The same for all."""
    failed = Message.objects.filter(to_user=None, to_address=OuterRef("email"), refused_at__isnull=False)
    later = Message.objects.filter(
        to_user=None, to_address=OuterRef("to_address"), state=Message.State.SENT, sent_at__gt=OuterRef("refused_at")
    )
    standing = failed.exclude(Exists(later)).order_by("-refused_at", "-pk")
    return (
        ReportingContact.objects.exclude(email="")
        .filter(Exists(standing))
        .annotate(refused_because=Subquery(standing.values("error")[:1]))
        .select_related("contract")
        .order_by("pk")
    )


def key_of(token: str) -> str:
    """What is kept of the token in the link of an e-mail to an office: who reads our records makes no link from it."""
    return hashlib.sha256(token.encode()).hexdigest()


def was_made(*, mail_id: int, token: str) -> bool:
    """Whether this token is in the link of this e-mail, whatever has become of its matter."""
    return _of_token(mail_id, token) is not None


def line_of_link(*, mail_id: int, token: str) -> Notification | None:
    """The line, with its incident, whose e-mail has this link, while its office is to be told and the incident is open.
    The person who has the link is nobody signed in, and is shown the number of the incident and the day."""
    row = _of_token(mail_id, token)
    over = row is None or row.incident.state in OVER or row.aside or row.not_needed_because
    return None if over else row


def _of_token(mail_id: int, token: str) -> Notification | None:
    row = Notification.objects.select_related("incident", "mail").filter(mail=mail_id).first()
    key = row.mail.read_key if row is not None and row.mail is not None else ""
    return row if key and secrets.compare_digest(key, key_of(token)) else None
