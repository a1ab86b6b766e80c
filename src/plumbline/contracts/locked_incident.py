"""An incident, locked, for the person who may do something with it."""

from plumbline.contracts.models import Incident, IncidentState
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.rules import incidents as rules
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission
from plumbline.people.act import Act


def seen(incident_id: int, *, act: Act) -> Incident:
    """The incident, locked, as the viewer may see it. Raises NotAllowed."""
    seen = Incident.objects.all() if act.by is None else queries.incidents_visible_to(act.by, on=act.on)
    incident = (
        Incident.objects.select_for_update(of=("self",))
        .select_related("contract__child", "setting", "form")
        .filter(pk=incident_id, pk__in=seen.values("pk"))
        .first()
    )
    if incident is None:
        raise NotAllowed(f"There is no incident {incident_id}.")
    return incident


def to_manage(incident_id: int, *, act: Act, closed: bool = False, aside: bool = False) -> Incident:
    """The incident for the person who handles it for the council; `closed`, `aside`: also where it is so."""
    act.check(Permission.INCIDENTS_MANAGE)
    incident = seen(incident_id, act=act)
    if not ((closed and incident.state == IncidentState.CLOSED) or (aside and incident.state == IncidentState.ASIDE)):
        rules.check_live(incident.state)
    return incident


def check_works_on(incident: Incident, *, act: Act) -> None:
    hand = queries.hand_of(act.by, incident, on=act.on)
    if not (hand.manages or hand.provides):
        raise NotAllowed(f"Incident {incident.pk} is not {act.by}'s to work on.")
