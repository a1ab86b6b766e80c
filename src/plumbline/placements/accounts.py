"""Workers whom Plumbline cannot tell of anything, since they have no account that works: names and teams, no case."""

from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from plumbline.flags import queries as flags
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import Professional, User
from plumbline.placements.models import Stay
from plumbline.socialcare.models import Allocation

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Counted(TypedDict):
        team: str
        flags: int

    WithFlags = WithAnnotations[Professional, _Counted]


def workers_without_account(viewer: User, *, on: date) -> "QuerySet[WithFlags]":
    """`without_account`, as the viewer may see them: those who make accounts and the head of service all, a team
    manager those of the team."""
    found = without_account(on=on)
    held = [
        each
        for each in access.current_roles(viewer, on=on)
        if Permission.ACCOUNTS_MISSING in access.ROLES[each.role].permissions
    ]
    if not access.may(viewer, Permission.ACCOUNTS_MISSING, on=on):
        return found.none()
    if any(each.role != "team_manager" or not each.team for each in held):
        return found
    return found.filter(team__in={each.team for each in held})


def without_account(*, on: date) -> "QuerySet[WithFlags]":
    """Who is allocated to a child on the day, or is to be told of an open flag, and has no account that is on and has
    an e-mail address: with `team`, and `flags`, the open flags that have not reached them."""
    involved = Allocation.objects.filter(professional=OuterRef("pk"), from_on__lte=on).filter(
        Q(to_on=None) | Q(to_on__gt=on)
    )
    placed = Stay.objects.filter(caseworker=OuterRef("pk"), started_on__lte=on).filter(
        Q(ended_on=None) | Q(ended_on__gt=on)
    )
    unreached = flags.unreached().filter(recipient=OuterRef("source_id")).order_by()
    per_worker = unreached.values("recipient").annotate(number=Count("flag", distinct=True))
    return (
        Professional.objects.filter(Exists(involved) | Exists(placed) | Exists(unreached))
        .exclude(Exists(User.objects.filter(professional=OuterRef("pk"), is_active=True).exclude(email="")))
        .annotate(
            team=Coalesce(
                NullIf("department", Value("")),
                Subquery(involved.order_by("-from_on", "-pk").values("team")[:1]),
                Value(""),
            ),
            flags=Coalesce(Subquery(per_worker.values("number")), 0),
        )
        .prefetch_related("users")
    )
