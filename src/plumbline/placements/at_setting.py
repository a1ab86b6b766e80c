"""A serious incident at a setting where we have children: who knows the children is told at once, and asked whether it
concerns them. Nobody types a child's number by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from plumbline.actions.models import Action
from plumbline.contracts import naming
from plumbline.contracts.models import HeldText, Incident, IncidentChild, IncidentNews, IncidentState, IncidentType
from plumbline.contracts.operations import held_texts, incidents, incidents_aside
from plumbline.flags import operations as flags
from plumbline.flags import rules as flag_rules
from plumbline.flags.kinds import kinds
from plumbline.flags.models import Flag
from plumbline.flags.operations import Raised
from plumbline.flags.rules import Wanted
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.moments import day_here
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation, over_all_records
from plumbline.people.models import Child, User
from plumbline.placements import flagging
from plumbline.placements.access import children_visible_to
from plumbline.placements.models import ChildAtIncident
from plumbline.placements.rules import Concern

KIND = "incident_at_setting"
SUBJECT = "child_at_incident"

# Placed there on the day, who left on that day too: they may have been there in the morning.
_PLACED = """
insert into placements_childatincident (incident_id, placement_id, because)
select i.id, p.id, '' from contracts_incident i
join placements_placement p on p.setting_id = i.setting_id
    and p.started_on <= (i.occurred_at at time zone 'Europe/London')::date
    and (p.ended_on is null or p.ended_on >= (i.occurred_at at time zone 'Europe/London')::date)
left join placements_placementorigin o on o.id = p.id
where i.state = %(open)s and o.missing_since is null
on conflict (incident_id, placement_id) do nothing
returning incident_id
"""


@operation
def report_incident(*, act: Act, **said: Any) -> Incident:
    """Report an incident (`contracts.operations.incidents.report_incident`), and tell who knows the children placed
    there on its day."""
    incident = incidents.report_incident(act=act, **said)
    tell_of_children(act=act)
    return incident


@operation
def change_facts(*, act: Act, **said: Any) -> Incident:
    """Put right what was reported; with another setting or day, others are told."""
    incident = incidents.change_facts(act=act, **said)
    tell_of_children(act=act)
    _hide_names(incident, act=act)
    return incident


@operation
def add_news(*, act: Act, **said: Any) -> IncidentNews:
    """Add what became known later (`contracts.operations.incidents.add_news`)."""
    news = incidents.add_news(act=act, **said)
    _hide_names(news.incident, act=act)
    return news


@operation
def raise_incident_action(*, incident_id: int, act: Act, **said: Any) -> Action:
    """Put down an action about it (`contracts.operations.incidents.raise_incident_action`)."""
    action = incidents.raise_incident_action(incident_id=incident_id, act=act, **said)
    _hide_names(Incident.objects.get(pk=incident_id), act=act)
    return action


@operation
def move_incident(*, act: Act, **said: Any) -> Incident:
    """Move it on (`contracts.operations.incidents.move_incident`), with what was learnt."""
    incident = incidents.move_incident(act=act, **said)
    _hide_names(incident, act=act)
    return incident


@operation
def set_aside(*, act: Act, **said: Any) -> Incident:
    """Set an incident aside (`contracts.operations.incidents_aside.set_aside`): nobody is asked about it any more."""
    incident = incidents_aside.set_aside(act=act, **said)
    tell_of_children(act=act)
    _hide_names(incident, act=act)
    return incident


@operation
def settle_text(*, act: PersonalAct, **said: Any) -> HeldText:
    """Let others read a text (`contracts.operations.held_texts.settle_text`); what names another child placed there
    waits for who knows that one."""
    found = held_texts.settle_text(act=act, **said)
    if found.incident_id is not None:
        _hide_names(Incident.objects.get(pk=found.incident_id), act=act)
    return found


@operation
def take_back(*, act: Act, **said: Any) -> Incident:
    """Take that back (`contracts.operations.incidents_aside.take_back`): who has not answered is asked again."""
    incident = incidents_aside.take_back(act=act, **said)
    tell_of_children(act=act)
    return incident


@operation
def tell_of_children(*, act: Act) -> Raised:
    """Make the flags about children placed at the setting of an open incident what they should be. Whatever comes in
    first: a placement recorded later is found by the night, or with the next incident."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACED, {"open": IncidentState.OPEN})
        found = {number for (number,) in cursor.fetchall()}
    for incident in Incident.objects.filter(pk__in=found).order_by("pk"):
        _hide_names(incident, act=act)
    return flags.reconcile(wanted=wanted(act.on), kinds=(KIND,), why_closed=_why_closed, act=act)


def _hide_names(incident: Incident, *, act: Act) -> None:
    """Keep unseen what names a child placed there whom nobody has linked: it waits for who knows the child. Telling
    does not wait for it. That a name was found tells its writer something, where they may not see the child: it is an
    event, and counts as a refusal does (contracts.naming)."""
    linked = IncidentChild.objects.filter(incident=incident).values("child")
    placed = Child.objects.filter(
        pk__in=ChildAtIncident.objects.filter(incident=incident, placement__setting=incident.setting_id).values(
            "placement__child"
        )
    ).exclude(pk__in=linked)
    for child in placed.order_by("pk"):
        hidden = held_texts.hide_texts(incident=incident, child=child, linked=False, act=act)
        if hidden and act.by is not None and not children_visible_to(act.by, on=act.on).filter(pk=child.pk).exists():
            act.record(naming.FOUND, subject=incident)


def wanted(on: date) -> list[Wanted]:
    """A flag for each child placed there of whom nobody has said yet whether the incident concerns them."""
    rows = list(_waiting().select_related("incident__setting", "placement").order_by("pk"))
    of = {
        concern.placement_id: concern
        for concern, _ in flagging.concerned(on, among=[row.placement_id for row in rows], also_ended=True)
    }
    return [_wanted(row, of[row.placement_id]) for row in rows]


def _waiting() -> QuerySet[ChildAtIncident]:
    linked = IncidentChild.objects.filter(incident=OuterRef("incident"), child=OuterRef("placement__child"))
    return ChildAtIncident.objects.filter(
        ~Exists(linked),
        concerned=None,
        incident__state=IncidentState.OPEN,
        # The setting of the incident may have been put right since.
        placement__setting=F("incident__setting"),
    )


def _wanted(row: ChildAtIncident, concern: Concern) -> Wanted:
    incident = row.incident
    happened = f"{IncidentType(incident.type).label}, {wording.day(day_here(incident.occurred_at))}"
    return Wanted(
        kind=KIND,
        subject_type=SUBJECT,
        subject_id=row.pk,
        subject_source_id=incident.reference,
        setting_urn=concern.urn,
        child_id=concern.child_id,
        reason=f"{incident.reference} ({happened}) was at the setting of this child. Say whether it concerns them.",
        recipients=flag_rules.recipients(
            kinds()[KIND], worker=concern.worker, team=concern.team, looked_after=concern.looked_after
        ),
    )


def _why_closed(over: Sequence[Flag]) -> Mapping[int, str]:
    rows = ChildAtIncident.objects.in_bulk([flag.subject_id for flag in over if flag.subject_id])
    return {flag.pk: _why(rows.get(flag.subject_id or 0)) for flag in over}


def _why(row: ChildAtIncident | None) -> str:
    if row is not None and row.concerned is False:
        return f"The incident does not concern this child: {row.because}"
    if row is not None and row.concerned:
        return "The incident concerns this child, who is linked to it."
    return "The child is linked to the incident, or the incident is under review, closed, set aside or was elsewhere."


@dataclass(frozen=True, slots=True)
class Asked:
    """Of how many children placed there it was asked whether the incident concerns them, and what was said."""

    children: int
    yes: int
    no: int


@over_all_records
def asked_about(incident: Incident) -> Asked:
    """Counts alone, for who reads the incident and sees no child."""
    rows = ChildAtIncident.objects.filter(incident=incident, placement__setting=incident.setting_id)
    return Asked(
        **rows.aggregate(
            children=Count("pk"),
            yes=Count("pk", filter=Q(concerned=True)),
            no=Count("pk", filter=Q(concerned=False)),
        )
    )


def asked_of(viewer: User, *, number: int, on: date, locked: bool = False) -> ChildAtIncident:
    """The question about a child whom the viewer may see. Raises NotAllowed for any other."""
    rows = ChildAtIncident.objects.select_related("incident__contract", "incident__setting", "placement__child")
    if locked:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=number, placement__child__in=children_visible_to(viewer, on=on)).first()
    if row is None:
        raise NotAllowed(f"There is no question {number} about a child at an incident.")
    return row


@operation
def answer(*, number: int, concerned: bool, because: str, act: PersonalAct) -> ChildAtIncident:
    """Whether the incident concerns the child: a yes links the child, a no says why. Raises RuleBroken for a second
    answer, or a no without a reason; NotAllowed for a child whom `act.by` may not see."""
    row = asked_of(act.by, number=number, on=act.on, locked=True)
    if row.concerned is not None:
        raise RuleBroken("This was answered already.", code="answered_already")
    if not concerned and not because.strip():
        raise RuleBroken("Say how you know that it does not concern the child.", code="missing_reason")
    if concerned:
        incidents.link_child_placed_there(incident_id=row.incident_id, child=row.placement.child, act=act)
    row.concerned, row.because, row.answered_at, row.answered_by = concerned, because.strip(), act.at, act.by
    row.save(update_fields=["concerned", "because", "answered_at", "answered_by"])
    act.record(
        "placements.child_at_incident.answered",
        subject=row,
        child_id=row.placement.child_id,
        because=row.because,
        concerned=concerned,
    )
    flags.reconcile(wanted=[], kinds=(KIND,), why_closed=_why_closed, act=act, subject=(SUBJECT, row.pk))
    return row
