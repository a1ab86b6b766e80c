"""Which children a role comes near because of their placement, and what of a child's placements a viewer may see."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from plumbline.earlyhelp.models import Tac
from plumbline.people import access
from plumbline.people import queries as people
from plumbline.people.access import Permission
from plumbline.people.models import Child, User
from plumbline.placements.models import Placement
from plumbline.socialcare.models import Involvement


def open_on(on: date) -> Q:
    """Placements that last on a day; the day on which one ends is not a day of it."""
    return Q(started_on__lte=on) & (Q(ended_on__isnull=True) | Q(ended_on__gt=on))


def children_visible_to(viewer: User, *, on: date) -> QuerySet[Child]:
    """`people.queries.children_visible_to`; a role that reaches placements comes near every child that was ever placed
    or has an allocated worker on the day, since those may be placed for the first time."""
    if "placements" not in access.reaches(viewer, on=on):
        return people.children_visible_to(viewer, on=on)
    allocated = Involvement.objects.filter(access.lasting_on(on))
    reached = Q(pk__in=Placement.objects.values("child")) | Q(pk__in=allocated.values("child"))
    return people.children_visible_to(viewer, on=on, reached=reached)


def children_listed(viewer: User, *, on: date) -> QuerySet[Child]:
    """The same children, each with `has_open_tac` and `is_placed` where the viewer may know it."""
    tac = Tac.objects.filter(child=OuterRef("pk"), started_on__lte=on)
    children = children_visible_to(viewer, on=on)
    if access.may(viewer, Permission.TACS_VIEW, on=on):
        children = children.annotate(has_open_tac=Exists(tac.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))))
    if access.may(viewer, Permission.PLACEMENTS_VIEW, on=on):
        children = children.annotate(is_placed=Exists(Placement.objects.filter(open_on(on), child=OuterRef("pk"))))
    return children


def placements_of_child(viewer: User, *, child: Child, on: date) -> QuerySet[Placement]:
    """The child's placements, newest first, if the viewer may see placements. The caller has found the child
    through `children_visible_to`."""
    if not access.may(viewer, Permission.PLACEMENTS_VIEW, on=on):
        return Placement.objects.none()
    return Placement.objects.filter(child=child).select_related("setting", "exception").order_by("-started_on", "-id")
