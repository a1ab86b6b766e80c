"""An incident, locked, for the person who may do something with it."""

from datetime import date

from plumbline.contracts.models import Incident, IncidentState
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.rules import incidents as rules
from plumbline.kernel.errors import NotAllowed
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User


def seen(incident_id: int, *, by: User | None, on: date) -> Incident:
    """The incident, locked, as the viewer may see it. Raises NotAllowed."""
    seen = Incident.objects.all() if by is None else queries.incidents_visible_to(by, on=on)
    incident = (
        Incident.objects.select_for_update(of=("self",))
        .select_related("contract__child", "setting", "form")
        .filter(pk=incident_id, pk__in=seen.values("pk"))
        .first()
    )
    if incident is None:
        raise NotAllowed(f"There is no incident {incident_id}.")
    return incident


def to_manage(incident_id: int, *, by: User | None, on: date, closed: bool = False, aside: bool = False) -> Incident:
    """The incident for the person who handles it for the council; `closed`, `aside`: also where it is so."""
    access.check(by, Permission.INCIDENTS_MANAGE, on=on)
    incident = seen(incident_id, by=by, on=on)
    if not ((closed and incident.state == IncidentState.CLOSED) or (aside and incident.state == IncidentState.ASIDE)):
        rules.check_live(incident.state)
    return incident


def check_works_on(incident: Incident, *, by: User | None, on: date) -> None:
    hand = queries.hand_of(by, incident, on=on)
    if not (hand.manages or hand.provides):
        raise NotAllowed(f"Incident {incident.pk} is not {by}'s to work on.")
