"""What serious incidents give people to do, in the council and at the provider."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db.models import OuterRef, Q, Subquery

from plumbline.contracts.models import Incident, IncidentForm, IncidentState, NewsSent, Notification
from plumbline.contracts.queries.contacts import offices_that_refused
from plumbline.contracts.queries.incidents import NEWS_UNTOLD, OVER, UNTOLD
from plumbline.contracts.rules.incidents import TO_BE_DECIDED
from plumbline.contracts.rules.notifications import library
from plumbline.contracts.wording import missed
from plumbline.kernel.duties import Duty, Gravity, Source, of_role, organisation, permitted, person
from plumbline.kernel.moments import day_of
from plumbline.people.access import Permission
from plumbline.people.queries import holidays_from

P = Permission


def of_incidents(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """One duty an incident and side with someone to tell, whatever the number; and whether the panel is notified."""
    yield from _to_tell(keys, on)
    undecided = Incident.objects.filter(type__in=TO_BE_DECIDED, council_learnt_on=None).exclude(state__in=OVER)
    if keys is not None:
        undecided = undecided.filter(pk__in=keys)
    for incident in undecided.select_related("contract").order_by("reported_at", "pk"):
        yield Duty(
            kind="incident.decide",
            subject=("incident", incident.pk),
            whose=permitted(P.INCIDENTS_MANAGE),
            what="Decide whether the national panel must be notified",
            called=_called(incident),
            key=incident.pk,
            why=f"{incident.get_type_display()}. The council has five working days from learning of it.",
            due=day_of(incident.reported_at, on=on),
            gravity=Gravity.DANGER,
            deed="Decide",
            place=f"incident_decide {incident.pk}",
        )


def _to_tell(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    labels = library()
    notifications = Notification.objects.filter(UNTOLD).exclude(incident__state=IncidentState.CLOSED)
    news = NewsSent.objects.filter(NEWS_UNTOLD)
    if keys is not None:
        notifications, news = notifications.filter(incident__in=keys), news.filter(news__incident__in=keys)
    waiting: dict[tuple[int, str], list[str]] = {}
    found: dict[tuple[int, str], tuple[Incident, datetime]] = {}
    rows = list(notifications.select_related("incident__contract", "mail").order_by("due_at", "pk"))
    written = [day_of(row.mail.sent_at, on=on) for row in rows if row.mail and row.mail.sent_at]
    holidays = holidays_from(min(written, default=on))
    for row in rows:
        found.setdefault((row.incident_id, row.duty), (row.incident, row.due_at))
        why_not = missed(row, on=on, holidays=holidays)
        who = f"{labels.label(row.recipient)} ({why_not})" if why_not else labels.label(row.recipient)
        waiting.setdefault((row.incident_id, row.duty), []).append(who)
    for sent in news.select_related("notification", "news__incident__contract").order_by("due_at", "pk"):
        side = sent.news.incident_id, sent.notification.duty
        incident, due = found.get(side, (sent.news.incident, sent.due_at))
        found[side] = incident, min(due, sent.due_at)
        waiting.setdefault(side, []).append(f"{labels.label(sent.notification.recipient)} (later news)")
    for (pk, duty), (incident, due) in found.items():
        council = duty == Notification.Duty.COUNCIL
        yield Duty(
            kind="incident.tell",
            subject=("incident", pk),
            about=duty,
            called=_called(incident),
            key=pk,
            whose=permitted(P.INCIDENTS_MANAGE) if council else organisation(incident.contract.provider_id),
            what=f"Tell of an incident: {incident.get_type_display().lower()}",
            due=due,
            gravity=Gravity.DANGER,
            why=f"Still to be told: {', '.join(waiting[pk, duty])}.",
            here=f"Tell these, and mark each below: {', '.join(waiting[pk, duty])}",
            deed="Open the incident",
            place=f"incident {pk}",
        )


def _called(incident: Incident) -> str:
    return f"{incident.reference}, contract {incident.contract.reference}"


def of_offices(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Offices whose address refused an e-mail, for who may correct it."""
    labels = library()
    for row in offices_that_refused():
        yield Duty(
            kind="office.refused",
            subject=("reporting_contact", row.pk),
            key=row.pk,
            due=on,
            deed="Correct it",
            whose=permitted(P.CONTRACTS_MANAGE if row.contract_id else P.LISTS_MANAGE),
            gravity=Gravity.AGREED,
            what="Put an office’s e-mail address right: it refused a message",
            called=labels.label(row.recipient),
            why=f"{row.email}: “{row.refused_because[:200]}”. Until then no incident reaches it by e-mail.",
            place=f"contract_contact {row.contract_id} {row.recipient}"
            if row.contract_id
            else f"reporting_contact {row.recipient}",
        )


def of_forms(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """The newest version of each contract's form, for each side that has not agreed it: the named manager and area lead
    for theirs, where no user is named those who manage contracts and service-area leads; the provider's
    people."""
    newest = IncidentForm.objects.filter(contract=OuterRef("contract")).order_by("-number").values("number")[:1]
    waiting = (
        IncidentForm.objects.filter(number=Subquery(newest))
        .filter(Q(manager_agreed_at=None) | Q(area_agreed_at=None) | Q(provider_agreed_at=None))
        .exclude(contract__state="ended")
    )
    if keys is not None:
        waiting = waiting.filter(contract__in=keys)
    for form in waiting.select_related("contract").order_by("pk"):
        contract = form.contract
        agreed = (form.manager_agreed_by_id, form.area_agreed_by_id, form.provider_agreed_by_id)
        manager, lead = contract.manager_id, contract.area_lead_id
        sides = {
            "manager": person(manager) if manager else permitted(P.CONTRACTS_MANAGE),
            "area": person(lead) if lead else of_role("service_area_lead"),
            "provider": organisation(contract.provider_id),
        }
        for side, whose in sides.items():
            if getattr(form, f"{side}_agreed_at") is None:
                yield Duty(
                    kind="form.agree",
                    subject=("incident_form", form.pk),
                    about=side,
                    whose=whose,
                    key=contract.pk,
                    matter=("contract", contract.pk),
                    called=contract.called,
                    what="Read and agree the incident form",
                    deed="Read it",
                    place=f"incident_form {contract.pk}",
                    why=f"Version {form.number} holds once all three sides have agreed it.",
                    but=tuple(pk for pk in agreed if pk),
                )


SOURCES = (
    Source("incidents", of_incidents, {
        "contracts_incident": "select id as key from changed",
        "contracts_notification": "select incident_id as key from changed",
        "contracts_newssent": "select n.incident_id as key from changed c join contracts_incidentnews n"
                              " on n.id = c.news_id",
        "flags_message": "select n.incident_id as key from changed c join contracts_notification n on n.mail_id = c.id",
        "people_bankholiday": "",
        # How a contract is called is said again by the night; its provider does not change.
    }, settled=frozenset({"contracts_contract", "contracts_incidentnews"})),
    Source("offices", of_offices, {"contracts_reportingcontact": "", "flags_message": ""},
           settled=frozenset({"contracts_contract"})),
    Source("incident_forms", of_forms, {
        "contracts_incidentform": "select contract_id as key from changed",
        "contracts_contract": "select id as key from changed",
    }),
)  # fmt: skip
