"""Which TACs a viewer may open, by their ties and roles alone."""

from datetime import date

from django.db.models import Q, QuerySet

from plumbline.earlyhelp.models import OF_ONE_TAC, Tac
from plumbline.people import access
from plumbline.people import queries as people
from plumbline.people.access import Permission
from plumbline.people.models import User


def tacs_visible_to(viewer: User, *, on: date) -> QuerySet[Tac]:
    """The TACs that the viewer leads or belongs to, and those of children whose worker (or that worker's manager) they
    are. Of restricted children by a tie alone. No permission to see TACs: none."""
    if not access.may(viewer, Permission.TACS_VIEW, on=on):
        return Tac.objects.none()
    own = people.live_ties(viewer, people.TAC, on=on).values("subject_id")
    children = people.live_ties(viewer, people.CHILD, on=on).exclude(why__in=OF_ONE_TAC).values("subject_id")
    # A union, since "one or the other" would be tried on every TAC there is.
    seen = Q(pk__in=own.union(Tac.objects.filter(child__in=children).values("pk")))
    if "all" in access.reaches(viewer, on=on):
        seen |= Q(child__restricted=False)
    return Tac.objects.filter(seen)
