"""What the council itself knows of a setting beside Ofsted's word: the last visit, serious incidents, live exceptions.

For the person who may ask whether a child may be placed there: counts, and of incidents those that the viewer may see.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from plumbline.contracts.models import Incident, IncidentState, Visit, VisitFinding
from plumbline.contracts.queries.incidents import incidents_visible_to
from plumbline.contracts.queries.visits import MADE
from plumbline.kernel.moments import end_of
from plumbline.kernel.periods import add_months
from plumbline.ofsted.models import Setting
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User
from plumbline.placements.models import Leave, PlacementException

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Outcome(TypedDict):
        areas: int
        partly: int
        not_met: int

    VisitMade = WithAnnotations[Visit, _Outcome]

LOOK_BACK_MONTHS = 12
_MOST = 10


@dataclass(frozen=True, slots=True)
class KnownHere:
    """`visit`: the last one made, with how many areas it looked at, and how many were partly met and not met.
    `incidents`: of the last twelve months, and older ones that are not closed (`older_open`: there are some); `seen`:
    those that the viewer may see, open ones first. `exceptions`: how many are live."""

    visit: "VisitMade | None"
    opens_visit: bool
    incidents: int
    open_incidents: int
    older_open: bool
    seen: list[Incident]
    exceptions: int


def known_here(viewer: User, setting: Setting, *, on: date) -> KnownHere:
    """As on a day. The caller has found the setting for the viewer (queries.setting_seen)."""
    counted = _incidents(setting, on=on).aggregate(
        number=Count("pk"),
        still=Count("pk", filter=~Q(state=IncidentState.CLOSED)),
        older=Count("pk", filter=Q(occurred_at__lte=_since(on))),
    )
    seen = incidents_visible_to(viewer, on=on).filter(pk__in=_incidents(setting, on=on).values("pk"))
    closed = Case(When(state=IncidentState.CLOSED, then=Value(1)), default=Value(0), output_field=IntegerField())
    return KnownHere(
        visit=_last_visit(setting, on=on),
        opens_visit=access.may(viewer, Permission.CONTRACTS_VIEW, on=on),
        incidents=counted["number"],
        open_incidents=counted["still"],
        older_open=bool(counted["older"]),
        seen=list(seen.order_by(closed, "-occurred_at", "-pk")[:_MOST]),
        exceptions=live_exceptions(setting, on=on),
    )


def open_incidents(setting: Setting, *, on: date) -> int:
    """How many serious incidents at the setting are not closed, however long ago they were."""
    return _incidents(setting, on=on).exclude(state=IncidentState.CLOSED).count()


def live_exceptions(setting: Setting, *, on: date) -> int:
    """How many children may be placed here on the day by an exception; a count is no child's record."""
    approved = Leave.objects.filter(setting=setting, state=PlacementException.State.APPROVED)
    return approved.filter(from_on__lte=on, ends_on__gte=on).count()


def _last_visit(setting: Setting, *, on: date) -> "VisitMade | None":
    made = Visit.objects.filter(setting=setting, state__in=MADE, visited_on__lte=on)
    found = VisitFinding.Judgement
    return (
        made.select_related("recorded_by")
        .annotate(
            areas=Count("findings", filter=~Q(findings__judgement=found.NOT_SEEN)),
            partly=Count("findings", filter=Q(findings__judgement=found.PARTLY)),
            not_met=Count("findings", filter=Q(findings__judgement=found.NOT_MET)),
        )
        .order_by("-visited_on", "-pk")
        .first()
    )


def _since(on: date) -> datetime:
    return end_of(add_months(on, -LOOK_BACK_MONTHS))


def _incidents(setting: Setting, *, on: date) -> QuerySet[Incident]:
    reported = Incident.objects.exclude(state=IncidentState.ASIDE)
    lately_or_open = Q(occurred_at__gt=_since(on)) | ~Q(state=IncidentState.CLOSED)
    return reported.filter(lately_or_open, setting=setting, occurred_at__lte=end_of(on))
