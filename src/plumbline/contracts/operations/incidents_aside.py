"""An incident that is the same as another, or was entered in error: set aside with the reason, and taken back."""

from plumbline.actions.operations import cancel
from plumbline.actions.states import OUTSTANDING
from plumbline.contracts import locked_incident, naming
from plumbline.contracts.models import Incident, IncidentState
from plumbline.contracts.operations import incident_forms, incident_notices, incidents
from plumbline.contracts.operations.held_texts import hold_text
from plumbline.contracts.queries import held
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.rules import incidents as rules
from plumbline.contracts.states import INCIDENT_MOVES
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.people.act import Act
from plumbline.people.acting import operation


@naming.watched
@operation
def set_aside(*, incident_id: int, same_as: str, because: str, act: Act) -> Incident:
    """Say that an incident is the same as another (`same_as`, its number), or was entered in error (""), and why.

    Its clocks, its flags and what it gave people to do end; it counts nowhere, and stays readable. The children linked
    to it are linked to the other. Raises RuleBroken, and NotAllowed for the person who does not handle it.
    """
    incident = locked_incident.to_manage(incident_id, act=act, closed=True)
    check_move(INCIDENT_MOVES, IncidentState(incident.state), IncidentState.ASIDE)
    other = _other(incident, same_as.strip(), act=act) if same_as.strip() else None
    leading_here = list(incident.same.order_by("reference").values_list("reference", flat=True))
    rules.check_aside(because=because, is_error=other is None, leading_here=leading_here)
    names = naming.of_incident(incident, act=act)
    incident.aside_because = naming.shown(because.strip(), names, what="The reason", act=act)
    incident.state, incident.same_as = IncidentState.ASIDE, other
    incident.aside_at, incident.aside_by = act.now, act.by
    incident.save(update_fields=["state", "same_as", "aside_because", "aside_at", "aside_by"])
    if incident.aside_because == held.HELD:
        hold_text(record=incident, field="aside_because", text=because.strip(), incident=incident, act=act)
    incident.notifications.update(aside=True)
    _cancel_actions(incident, act=act)
    act.record(
        "contracts.incident.set_aside",
        subject=incident,
        because=because.strip(),
        same_as=other.reference if other else "",
    )
    if other is not None:
        for link in incident.children.exclude(child__in=other.children.values("child")).order_by("pk"):
            incidents.link_found(incident=other, child=link.child, act=act)
    _follow(incident, act=act)
    return incident


@operation
def take_back(*, incident_id: int, because: str, act: Act) -> Incident:
    """Say that it is an incident of its own after all, and why: its clocks go on as they were. It is open again, or
    closed where it was. What it gave people to do stays cancelled: it may be put down once more."""
    incident = locked_incident.to_manage(incident_id, act=act, aside=True)
    to = IncidentState.CLOSED if incident.closed_at else IncidentState.OPEN
    if incident.state != IncidentState.ASIDE:
        raise RuleBroken("The incident is not set aside.", code="wrong_state")
    if not because.strip():
        raise RuleBroken("Say why it is an incident of its own.", code="missing_reason")
    incident.state, incident.same_as, incident.aside_because = to, None, ""
    incident.aside_at = incident.aside_by = None
    incident.save(update_fields=["state", "same_as", "aside_because", "aside_at", "aside_by"])
    incident.notifications.update(aside=False)
    # A reason that nobody has read yet is of no use any more; the trail has it.
    incident.held_texts.filter(field="aside_because", settled_at=None).delete()
    act.record("contracts.incident.taken_back", subject=incident, because=because.strip())
    _follow(incident, act=act)
    return incident


def _other(incident: Incident, reference: str, *, act: Act) -> Incident:
    """The incident that this one is the same as, locked, of those that `act.by` may see."""
    seen = Incident.objects.all() if act.by is None else queries.incidents_visible_to(act.by, on=act.on)
    number = seen.filter(reference__iexact=reference).values_list("pk", flat=True).first()
    if number is None:
        raise RuleBroken(f"No incident {reference} is known to you.", code="unknown_incident")
    if number == incident.pk:
        raise RuleBroken(
            f"{incident.reference} is this incident itself. Give the number of the other.", code="same_incident"
        )
    other = locked_incident.seen(number, act=act)
    if other.state == IncidentState.ASIDE:
        raise RuleBroken(f"{other.reference} is set aside itself. Give the one that is worked on.", code="wrong_state")
    return other


def _cancel_actions(incident: Incident, *, act: Act) -> None:
    """What it gave people to do ends with it, no matter who owns it; so it is not for the one who acts to choose."""
    for number in queries.actions_of(incident).filter(state__in=OUTSTANDING).values_list("pk", flat=True):
        cancel(action_id=number, because=f"{incident.reference} is set aside.", act=Act(None, act.at, act.on))


def _follow(incident: Incident, *, act: Act) -> None:
    incident_forms.raise_form_flags(contract_id=incident.contract_id, act=act)
    incident_notices.follow(incident=incident, act=act)
