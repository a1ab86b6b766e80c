"""Who was told of an incident: sent, received, not needed, later news, and what is told upwards when it is late."""

from collections.abc import Collection
from datetime import datetime

from plumbline.contracts import flagging_of_incidents
from plumbline.contracts.models import Incident, NewsSent, Notification
from plumbline.contracts.operations import contacts
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.rules import incidents as rules
from plumbline.contracts.rules.notifications import library
from plumbline.flags import operations as flags
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.acting import operation


@operation
def mark_sent(*, notification_id: int, channel: str, sent_at: datetime | None = None, act: Act) -> Notification:
    """Say that a recipient was told: how, and when if that was not now. A provider says so of its own duties only.

    Raises RuleBroken where it was told already or is not needed, or for a moment that cannot be.
    """
    row, incident = _notification(notification_id, act=act)
    now = act.now
    if row.sent_at is not None or row.not_needed_because:
        raise RuleBroken("This is recorded already.", code="wrong_state")
    row.sent_at, row.sent_by, row.channel = _moment(sent_at, incident, now), act.by, _channel(channel)
    row.save(update_fields=["sent_at", "sent_by", "channel"])
    act.record(
        "contracts.notification.sent",
        subject=row,
        incident=incident.reference,
        recipient=row.recipient,
        late=row.sent_at > row.due_at,
    )
    follow(incident=incident, act=act)
    return row


@operation
def mark_received(*, notification_id: int, received_by: str, act: Act) -> Notification:
    """Say who received it. Of a recipient within the council only the council says so."""
    row, incident = _notification(notification_id, act=act)
    known = library().recipients.get(row.recipient)
    if known is not None and known.council and not queries.hand_of(act.by, incident, on=act.on).manages:
        raise NotAllowed(f"Whether notification {row.pk} was received is the council's to say.")
    if row.sent_at is None:
        raise RuleBroken("It has not been sent yet.", code="wrong_state")
    if row.received_at is not None:
        raise RuleBroken("This is recorded already.", code="wrong_state")
    if not received_by.strip():
        raise RuleBroken("Say who received it, or what reference they gave.", code="missing_words")
    row.received_at, row.received_by = act.now, received_by.strip()[:200]
    row.save(update_fields=["received_at", "received_by"])
    act.record("contracts.notification.received", subject=row, incident=incident.reference, recipient=row.recipient)
    return row


@operation
def mark_not_needed(*, notification_id: int, because: str, act: Act) -> Notification:
    """Say that a recipient need not be told, and why: the council's to say, never the provider's own."""
    row, incident = _notification(notification_id, act=act)
    if not queries.hand_of(act.by, incident, on=act.on).manages:
        raise NotAllowed(f"Whether notification {row.pk} is needed is the council's to say.")
    if row.sent_at is not None or row.not_needed_because:
        raise RuleBroken("This is recorded already.", code="wrong_state")
    if not because.strip():
        raise RuleBroken("Say why it is not needed.", code="missing_reason")
    row.not_needed_because = because.strip()
    row.save(update_fields=["not_needed_because"])
    act.record(
        "contracts.notification.not_needed",
        subject=row,
        incident=incident.reference,
        recipient=row.recipient,
        because=row.not_needed_because,
    )
    follow(incident=incident, act=act)
    return row


@operation
def mark_news_sent(*, news_sent_id: int, channel: str, sent_at: datetime | None = None, act: Act) -> NewsSent:
    """Say that a recipient was told the later news."""
    row = (
        NewsSent.objects.select_for_update(of=("self",))
        .select_related("notification", "news")
        .filter(pk=news_sent_id)
        .first()
    )
    if row is None:
        raise NotAllowed(f"There is no news {news_sent_id}.")
    _, incident = _notification(row.notification_id, act=act)
    if row.sent_at is not None:
        raise RuleBroken("This is recorded already.", code="wrong_state")
    now = act.now
    row.sent_at, row.sent_by, row.channel = _moment(sent_at, incident, now), act.by, _channel(channel)
    row.save(update_fields=["sent_at", "sent_by", "channel"])
    act.record(
        "contracts.news.sent",
        subject=row,
        incident=incident.reference,
        recipient=row.notification.recipient,
        late=row.sent_at > row.due_at,
    )
    follow(incident=incident, act=act)
    return row


@operation
def escalate_overdue(*, act: Act) -> int:
    """Tell contract officers, service-area leads and the management team of what was not told in time; how many.

    Each notification is told upwards once; its flag stays open until the recipient has been told.
    """
    now = act.now
    late = list(queries.overdue_notifications(now=now).filter(escalated_at=None).select_for_update(of=("self",)))
    for row in late:
        row.escalated_at = now
        act.record(
            "contracts.notification.escalated", subject=row, incident=row.incident.reference, recipient=row.recipient
        )
    Notification.objects.bulk_update(late, ["escalated_at"])
    raise_incident_flags(act=act)
    raise_child_flags(act=act)
    return len(late)


@operation
def raise_incident_flags(*, act: Act, incident_id: int | None = None) -> flags.Raised:
    """Make the flags about incidents what they should be now; with `incident_id` only those about one."""
    return flags.reconcile(
        wanted=flagging_of_incidents.wanted_of_incidents(act.now, incident_id=incident_id),
        kinds=flagging_of_incidents.OF_INCIDENT,
        why_closed=flagging_of_incidents.why_closed,
        act=act,
        subject=(flagging_of_incidents.INCIDENT, incident_id) if incident_id is not None else None,
    )


@operation
def raise_child_flags(*, act: Act, link_ids: Collection[int] | None = None) -> int:
    """Make the flags about linked children what they should be on the day: put to the allocated worker and manager.

    With `link_ids` only those about these links, also ones that are taken back. Returns how many were raised.
    """
    if link_ids is None:
        raised = flags.reconcile(
            wanted=flagging_of_incidents.wanted_of_children(act.on),
            kinds=flagging_of_incidents.OF_CHILD,
            why_closed=flagging_of_incidents.why_closed,
            act=act,
        )
        return sum(raised.raised.values())
    return sum(
        sum(
            flags.reconcile(
                wanted=flagging_of_incidents.wanted_of_children(act.on, link_id=link_id),
                kinds=flagging_of_incidents.OF_CHILD,
                why_closed=flagging_of_incidents.why_closed,
                act=act,
                subject=(flagging_of_incidents.LINK, link_id),
            ).raised.values()
        )
        for link_id in sorted(link_ids)
    )


@operation
def follow(*, incident: Incident, act: Act) -> None:
    """Make what follows from an incident what it should be now: its flags, those about its children, the rating, and
    what is written to the council's own offices."""
    contacts.write_to_own(incident=incident, act=act)
    contacts.stop_mail(incident=incident, act=act)
    raise_incident_flags(incident_id=incident.pk, act=act)
    links = incident.children.order_by("pk").values_list("pk", flat=True)
    raise_child_flags(link_ids=list(links), act=act)
    rerate(contract_ids=[incident.contract_id], act=act)


def _notification(notification_id: int, *, act: Act) -> tuple[Notification, Incident]:
    """The line, locked, for the person whose duty it is: the provider for its own, the council for all."""
    row = Notification.objects.select_for_update(of=("self",)).filter(pk=notification_id).first()
    seen = Incident.objects.all() if act.by is None else queries.incidents_visible_to(act.by, on=act.on)
    incident = seen.select_related("contract").filter(pk=row.incident_id).first() if row else None
    if row is None or incident is None:
        raise NotAllowed(f"There is no notification {notification_id}.")
    hand = queries.hand_of(act.by, incident, on=act.on)
    if not (hand.manages or (hand.provides and row.duty == Notification.Duty.PROVIDER)):
        raise NotAllowed(f"Notification {notification_id} is not {act.by}'s to answer.")
    rules.check_live(incident.state)
    return row, incident


def _moment(sent_at: datetime | None, incident: Incident, now: datetime) -> datetime:
    if sent_at is None:
        return now
    if sent_at > now:
        raise RuleBroken("It cannot have been sent in the future.", code="future_date")
    if sent_at < incident.occurred_at:
        raise RuleBroken("It cannot have been sent before the incident happened.", code="days_out_of_order")
    return sent_at


def _channel(channel: str) -> str:
    if not channel.strip():
        raise RuleBroken("Say how they were told: by telephone, by e-mail, by an online form.", code="missing_words")
    return channel.strip()[:60]
