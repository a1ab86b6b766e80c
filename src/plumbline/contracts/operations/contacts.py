"""Keeping how those who are told of incidents are reached, and writing to those of the council's own."""

import secrets
from datetime import datetime

from django.conf import settings

from plumbline.contracts.locked_contract import contract_to_change
from plumbline.contracts.models import Incident, Notification, ReportingContact
from plumbline.contracts.queries import contacts as queries
from plumbline.contracts.queries.incidents import UNTOLD
from plumbline.contracts.rules import contacts as rules
from plumbline.contracts.rules.contacts import Way
from plumbline.contracts.rules.notifications import library
from plumbline.flags.models import Message
from plumbline.flags.outbox import LINK
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.acting import operation


@operation
def set_contact(*, contract_id: int | None, recipient: str, way: Way, act: Act) -> ReportingContact | None:
    """Keep how a recipient is reached: for a contract by who manages it, for the council (None) by who keeps its lists.
    With nothing given what is kept is taken away, and what holds for the council holds. Raises RuleBroken, NotAllowed.
    """
    contract = None
    if contract_id is None:
        act.check(Permission.LISTS_MANAGE)
    else:
        contract = contract_to_change(contract_id=contract_id, act=act)
    way = Way(way.phone.strip(), way.email.strip(), way.form_url.strip(), way.hours.strip())
    rules.check(recipient, way)
    there = queries.kept(contract, recipient)
    if way == Way():
        if there is not None:
            there.delete()
        kept = None
    else:
        kept, _ = ReportingContact.objects.update_or_create(
            contract=contract,
            recipient=recipient,
            defaults={
                "phone": way.phone,
                "email": way.email,
                "form_url": way.form_url,
                "hours": way.hours,
                "changed_at": act.at,
                "changed_by": act.by,
            },
        )
    act.record(
        "contracts.reporting_contact.set",
        subject=contract,
        recipient=recipient,
        phone=way.phone,
        email=way.email,
        form=way.form_url,
        hours=way.hours,
    )
    # What the wrong address refused goes to the right one.
    for incident in queries.undelivered(contract, recipient):
        write_to_own(incident=incident, act=act)
    return kept


@operation
def write_to_own(*, incident: Incident, act: Act) -> int:
    """Write to each of the council's own offices that is to be told and was not written to yet, or at an address that
    failed and is another now: that there is an incident, and where. Nothing else: no name, not what happened. Returns
    how many were written.

    It does not count as told: who tells them says so.
    """
    ways, own = queries.ways_for(incident.contract), library().recipients
    rows = [
        row
        for row in queries.to_write_to(incident).select_for_update(of=("self",))
        if row.recipient in own and own[row.recipient].council and row.recipient in ways and ways[row.recipient].email
        if row.mail is None or row.mail.to_address != ways[row.recipient].email
    ]
    for row in rows:
        row.mail = _mail(incident, to=ways[row.recipient].email, at=act.at)
    Notification.objects.bulk_update(rows, ["mail"])
    if rows:
        act.record(
            "contracts.incident.offices_written_to", subject=incident, recipients=[row.recipient for row in rows]
        )
    return len(rows)


def _mail(incident: Incident, *, to: str, at: datetime) -> Message:
    """The nameless e-mail, with a link by which its reader says that it was read: its token is kept beside the text
    until it has left, and then as a digest alone. Without an address of the site there is none."""
    said = [f"{incident.reference} was reported, and you are to be told of it."]
    token = secrets.token_urlsafe(32) if settings.SITE else ""
    if token:
        said += [
            f"Sign in to Plumbline and open it:\n{settings.SITE}/incidents/{incident.pk}/",
            f"Tell Plumbline that this has been read, and who has taken it. You need not sign in for that:\n{LINK}",
            "Opening the page is not enough: write who has taken it, and press the button.",
        ]
    else:
        said.append("Sign in to Plumbline and open it.")
    made = Message.objects.create(
        to_user=None,
        to_address=to,
        subject=f"Plumbline: incident {incident.reference}",
        body="\n\n".join(said) + "\n",
        written_at=at,
        next_attempt_at=at,
    )
    if token:
        made.secret = f"{settings.SITE}/incidents/e-mails/{made.pk}/{token}/"
        made.read_key = queries.key_of(token)
        made.save(update_fields=["secret", "read_key"])
    return made


@operation
def mark_mail_read(*, mail_id: int, token: str, read_by: str, act: Act) -> Notification:
    """The reader of such an e-mail says by its link that it was read, and who has taken it. The first reading counts;
    a later one changes nothing. It tells nobody in place of who is to tell them.

    Raises RuleBroken: bad_link (none was made with this token, or its matter is over), missing_name.
    """
    row = queries.line_of_link(mail_id=mail_id, token=token)
    if row is None or row.mail is None:
        raise RuleBroken("This link cannot be used.", code="bad_link")
    name = " ".join(read_by.split())[:100]
    if not name:
        raise RuleBroken("Write who has read it.", code="missing_name")
    row.mail = Message.objects.select_for_update(of=("self",)).get(pk=row.mail.pk)
    if row.mail.read_at is None:
        row.mail.read_at, row.mail.read_by = act.at, name
        row.mail.save(update_fields=["read_at", "read_by"])
        act.record(
            "contracts.notification.mail_read",
            subject=row,
            incident=row.incident.reference,
            recipient=row.recipient,
            read_by=name,
        )
    return row


@operation
def stop_mail(*, incident: Incident, act: Act) -> int:
    """What was written to offices that need not be told any more, and waits still, is not sent."""
    over = incident.notifications.exclude(UNTOLD).exclude(mail=None).exclude(sent_at__isnull=False)
    waiting = Message.objects.filter(pk__in=over.values("mail"), state=Message.State.WAITING)
    stopped = waiting.update(state=Message.State.NOT_SENT, error="They need not be told any more.", secret="")
    if stopped:
        act.record("contracts.incident.mail_stopped", subject=incident, messages=stopped)
    return stopped
