"""What waits for someone because of serious incidents, for "My work": the council's people and a provider's alike."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse

from plumbline.contracts.models import Incident
from plumbline.contracts.queries import held
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.queries.contacts import refused_for
from plumbline.kernel.moments import day_of
from plumbline.people.models import User
from plumbline.people.queries import holidays_from
from plumbline.placements.access import children_visible_to
from plumbline.web.contracts.incidents import words
from plumbline.web.contracts.incidents.contacts import address_of
from plumbline.web.contracts.incidents.held import about
from plumbline.web.kit.work_item import Item


def items(viewer: User, on: date) -> Iterable[Item]:
    """One line an incident with someone to tell, whatever the number; decisions; forms to agree."""
    yield from _to_tell(viewer, on)
    for text in held.to_read(viewer, visible=children_visible_to(viewer, on=on), on=on):
        yield Item(
            what="Read a text before others do", whom=about(text),
            why="Its writer may not see every name that it must not hold, so nobody sees it yet.", due=None,
            url=reverse("text_to_read", args=[text.pk]), button="Read it", gravity=2,
        )  # fmt: skip
    for incident in queries.to_be_decided(viewer, on=on):
        yield Item(
            what="Decide whether the national panel must be notified", whom=_whom(incident),
            why=f"{incident.get_type_display()}. The council has five working days from learning of it.",
            due=day_of(incident.reported_at, on=on), url=reverse("incident_decide", args=[incident.pk]),
            button="Decide", gravity=1,
        )  # fmt: skip
    for row in refused_for(viewer, on=on):
        yield Item(
            what="Put an office’s e-mail address right: it refused a message", whom=words.label(row.recipient),
            why=f"{row.email}: “{row.refused_because[:200]}”. Until then no incident reaches it by e-mail.", due=on,
            url=address_of(row.contract, row.recipient), button="Put it right", gravity=2,
        )  # fmt: skip
    for form in queries.forms_to_agree(viewer, on=on):
        yield Item(
            what="Read and agree the incident form", whom=f"{form.contract.reference}, {form.contract.title}",
            why=f"Version {form.number} holds once all three sides have agreed it.", due=None,
            url=reverse("incident_form", args=[form.contract_id]), button="Read it", gravity=3,
        )  # fmt: skip


def _to_tell(viewer: User, on: date) -> Iterable[Item]:
    waiting: dict[int, list[str]] = {}
    incidents: dict[int, tuple[Incident, datetime]] = {}
    rows = list(queries.notifications_to_send(viewer, on=on))
    written = [day_of(row.mail.sent_at, on=on) for row in rows if row.mail and row.mail.sent_at]
    holidays = holidays_from(min(written, default=on))
    for row in rows:
        incidents.setdefault(row.incident_id, (row.incident, row.due_at))
        missed = words.missed(row, on=on, holidays=holidays)
        who = f"{words.label(row.recipient)} ({missed})" if missed else words.label(row.recipient)
        waiting.setdefault(row.incident_id, []).append(who)
    for sent in queries.news_to_send(viewer, on=on):
        incident, due = incidents.get(sent.news.incident_id, (sent.news.incident, sent.due_at))
        incidents[incident.pk] = incident, min(due, sent.due_at)
        waiting.setdefault(incident.pk, []).append(f"{words.label(sent.notification.recipient)} (later news)")
    for pk, (incident, due) in incidents.items():
        yield Item(
            what=f"Tell of an incident: {incident.get_type_display().lower()}", whom=_whom(incident),
            why=f"Still to be told: {', '.join(waiting[pk])}.", due=due, url=reverse("incident", args=[pk]),
            button="Open the incident", gravity=1,
        )  # fmt: skip


def _whom(incident: Incident) -> str:
    return f"{incident.reference}, contract {incident.contract.reference}"
