"""What has to be flagged about serious incidents on a day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from plumbline.contracts.models import Contract, Incident, IncidentChild, IncidentState, IncidentType
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.recipients import Telling
from plumbline.contracts.rules.notifications import library
from plumbline.flags import rules as flag_rules
from plumbline.flags.kinds import kinds
from plumbline.flags.models import Flag
from plumbline.flags.rules import Wanted
from plumbline.kernel import wording
from plumbline.kernel.moments import day_here, here
from plumbline.socialcare.models import Involvement
from plumbline.socialcare.queries import allocated_on

REPORTED, OVERDUE, NO_FORM = "incident_reported", "notification_overdue", "incident_form_missing"
OF_INCIDENT = (REPORTED, OVERDUE)
OF_CONTRACT = (NO_FORM,)
CHILD_CONCERNED = "incident_child"
OF_CHILD = (CHILD_CONCERNED,)
INCIDENT, CONTRACT, LINK = "incident", "contract", "incident_child"
_PEOPLE = ("manager__professional", "area_lead__professional")
_WITH = ("setting", *(f"contract__{person}" for person in _PEOPLE))


def wanted_of_incidents(now: datetime, *, incident_id: int | None = None) -> list[Wanted]:
    """The flags that should be open: an incident with someone still to be told, and one with someone told too late.

    `now` is the moment on the council's clocks. The reasons name nobody.
    """
    ids = None if incident_id is None else [incident_id]
    late: dict[int, list[str]] = {}
    known: dict[int, Incident] = {}
    labels, told = library(), Telling(day_here(now))
    for row in queries.overdue_notifications(now=now, incident_ids=ids):
        known[row.incident_id] = row.incident
        late.setdefault(row.incident_id, []).append(f"{labels.label(row.recipient)} (due {_said(row.due_at)})")
    for sent in queries.overdue_news(now=now, incident_ids=ids):
        known[sent.news.incident_id] = sent.news.incident
        late.setdefault(sent.news.incident_id, []).append(
            f"{labels.label(sent.notification.recipient)}, of later news (due {_said(sent.due_at)})"
        )
    wanted = [
        _wanted(OVERDUE, known[pk], f"{_called(known[pk])}: not told in time: {'; '.join(who)}.", told)
        for pk, who in late.items()
    ]
    waiting = Incident.objects.filter(
        state=IncidentState.OPEN, notifications__in=queries.untold().values("pk")
    ).distinct()
    if ids is not None:
        waiting = waiting.filter(pk__in=ids)
    wanted += [
        _wanted(REPORTED, incident, f"{_called(incident)} was reported on {_said(incident.reported_at)}.", told)
        for incident in waiting.select_related(*_WITH).order_by("pk")
    ]
    return wanted


def wanted_of_children(on: date, *, link_id: int | None = None) -> list[Wanted]:
    """Each linked child of an open incident, for the person who is allocated to the child on the day and their
    manager."""
    links = IncidentChild.objects.filter(incident__state=IncidentState.OPEN)
    if link_id is not None:
        links = links.filter(pk=link_id)
    found = list(links.select_related("incident__contract", "incident__setting").order_by("pk"))
    allocated: dict[int, Involvement] = {}
    for each in allocated_on(child_ids=sorted({link.child_id for link in found}), on=on):
        allocated.setdefault(each.child_id, each)
    return [_of_child(link, allocated.get(link.child_id)) for link in found]


def _of_child(link: IncidentChild, allocated: Involvement | None) -> Wanted:
    incident = link.incident
    worker = ""
    if allocated is not None:
        known = allocated.professional
        worker = known.source_id if known is not None else allocated.professional_wording
    return Wanted(
        kind=CHILD_CONCERNED,
        subject_type=LINK,
        subject_id=link.pk,
        subject_source_id=incident.reference,
        setting_urn=incident.setting.urn if incident.setting else "",
        child_id=link.child_id,
        reason=f"{_called(incident)} concerns this child.",
        recipients=flag_rules.recipients(
            kinds()[CHILD_CONCERNED], worker=worker, team=allocated.team if allocated else ""
        ),
    )


def wanted_of_contracts(*, on: date, contract_id: int | None = None) -> list[Wanted]:
    """Contracts under which an incident was reported while no form is agreed by all three sides."""
    without = Incident.objects.filter(form=None).exclude(state=IncidentState.ASIDE)
    rows = Contract.objects.filter(pk__in=without.values("contract")).exclude(state="ended")
    rows = rows.exclude(pk__in=queries.agreed_forms().values("contract"))
    if contract_id is not None:
        rows = rows.filter(pk=contract_id)
    told, to = Telling(on), flag_rules.recipients(kinds()[NO_FORM], worker="")
    return [
        Wanted(
            kind=NO_FORM,
            subject_type=CONTRACT,
            subject_id=contract.pk,
            subject_source_id=contract.reference[:60],
            reason=f"A serious incident was reported under {contract.reference}, and no incident form is agreed.",
            recipients=told.in_place_of_roles(to, contract),
        )
        for contract in rows.select_related(*_PEOPLE).order_by("pk")
    ]


def why_closed(flags: Sequence[Flag]) -> Mapping[int, str]:
    """Why what each flag says is no longer so, in a sentence."""
    said = {
        REPORTED: "Everybody who had to be told has been told, or the incident is under review or set aside.",
        OVERDUE: "Everybody who had to be told has been told, or it was not needed, or the incident is set aside.",
        CHILD_CONCERNED: (
            "The incident is under review, closed or set aside, or the child is not linked to it any more."
        ),
        NO_FORM: "An incident form has been agreed, the incident is set aside, or the contract has ended.",
    }
    return {flag.pk: said[flag.kind] for flag in flags}


def _wanted(kind: str, incident: Incident, reason: str, told: Telling) -> Wanted:
    return Wanted(
        kind=kind,
        subject_type=INCIDENT,
        subject_id=incident.pk,
        subject_source_id=incident.reference,
        setting_urn=incident.setting.urn if incident.setting else "",
        reason=reason,
        recipients=told.in_place_of_roles(flag_rules.recipients(kinds()[kind], worker=""), incident.contract),
    )


def _called(incident: Incident) -> str:
    return f"{incident.reference} ({IncidentType(incident.type).label}, contract {incident.contract.reference})"


def _said(moment: datetime) -> str:
    return wording.moment(here(moment))
