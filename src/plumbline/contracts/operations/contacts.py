"""Keeping how those who are told of incidents are reached, and writing to those of the council's own."""

from datetime import date, datetime

from django.conf import settings

from plumbline.audit import operations as audit
from plumbline.contracts.models import Incident, Notification, ReportingContact
from plumbline.contracts.queries import contacts as queries
from plumbline.contracts.queries.incidents import UNTOLD
from plumbline.contracts.reaching import contract_to_change
from plumbline.contracts.rules import contacts as rules
from plumbline.contracts.rules.contacts import Way
from plumbline.contracts.rules.notifications import library
from plumbline.flags.models import Message
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.acting import operation
from plumbline.people.models import User


@operation
def set_contact(
    *, contract_id: int | None, recipient: str, way: Way, by: User | None, at: datetime, on: date
) -> ReportingContact | None:
    """Keep how a recipient is reached: for a contract by who manages it, for the council (None) by who keeps its lists.
    With nothing given what is kept is taken away, and what holds for the council holds. Raises RuleBroken, NotAllowed.
    """
    contract = None
    if contract_id is None:
        access.check(by, Permission.LISTS_MANAGE, on=on)
    else:
        contract = contract_to_change(contract_id=contract_id, by=by, on=on)
    way = Way(way.phone.strip(), way.email.strip(), way.form_url.strip(), way.hours.strip())
    rules.check(recipient, way)
    there = queries.kept(contract, recipient)
    if way == Way():
        if there is not None:
            there.delete()
        kept = None
    else:
        kept, _ = ReportingContact.objects.update_or_create(
            contract=contract, recipient=recipient,
            defaults={"phone": way.phone, "email": way.email, "form_url": way.form_url, "hours": way.hours,
                      "changed_at": at, "changed_by": by},
        )  # fmt: skip
    audit.record(
        "contracts.reporting_contact.set", by=by, at=at, subject=contract, recipient=recipient, phone=way.phone,
        email=way.email, form=way.form_url, hours=way.hours,
    )  # fmt: skip
    return kept


@operation
def write_to_own(*, incident: Incident, by: User | None, at: datetime, on: date) -> int:
    """Write to each of the council's own offices that is to be told and was not written to yet: that there is an
    incident, and where. Nothing else: no name, not what happened. Returns how many were written.

    It does not count as told: who tells them says so.
    """
    ways, own = queries.ways_for(incident.contract), library().recipients
    rows = [
        row
        for row in incident.notifications.filter(UNTOLD, mail=None).order_by("pk")
        if row.recipient in own and own[row.recipient].council and row.recipient in ways and ways[row.recipient].email
    ]
    for row in rows:
        row.mail = Message.objects.create(
            to_user=None, to_address=ways[row.recipient].email, subject=f"Plumbline: incident {incident.reference}",
            body=f"{incident.reference} was reported, and you are to be told of it.\n\n"
            f"Sign in to Plumbline and open it: {_site()}/incidents/{incident.pk}/\n",
            written_at=at, next_attempt_at=at,
        )  # fmt: skip
    Notification.objects.bulk_update(rows, ["mail"])
    if rows:
        audit.record("contracts.incident.offices_written_to", by=by, at=at, subject=incident,
                     recipients=[row.recipient for row in rows])  # fmt: skip
    return len(rows)


def _site() -> str:
    return f"http://localhost:{settings.PORT}" if settings.DEMO else f"https://{settings.ALLOWED_HOSTS[0]}"


@operation
def stop_mail(*, incident: Incident, by: User | None, at: datetime, on: date) -> int:
    """What was written to offices that need not be told any more, and waits still, is not sent."""
    over = incident.notifications.exclude(UNTOLD).exclude(mail=None).exclude(sent_at__isnull=False)
    waiting = Message.objects.filter(pk__in=over.values("mail"), state=Message.State.WAITING)
    stopped = waiting.update(state=Message.State.NOT_SENT, error="They need not be told any more.")
    if stopped:
        audit.record("contracts.incident.mail_stopped", by=by, at=at, subject=incident, messages=stopped)
    return stopped
