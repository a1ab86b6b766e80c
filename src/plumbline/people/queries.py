"""Who is known here, as a viewer may see it: children by tie or by role's reach, users, and the trail of who looked.

Reading begins with the viewer. What may not be seen is left out, as if it did not exist.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from plumbline.audit.models import Event
from plumbline.kernel.names import sort_key
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.keys import SAME_BODY
from plumbline.people.models import (
    BankHoliday,
    Child,
    CodeMapping,
    FamilyMember,
    NumberedChild,
    Organisation,
    OrganisationName,
    RoleAsked,
    RoleHeld,
    Tie,
    User,
)

CHILD, TAC = "child", "tac"


def holidays_from(day: date) -> frozenset[date]:
    """The bank holidays on and after a day, which the clocks of working days that start then may meet."""
    return frozenset(BankHoliday.objects.filter(day__gte=day, counts=True).values_list("day", flat=True))


def holidays_end() -> date | None:
    """The last bank holiday that is known; clocks past it would count working days too soon."""
    return BankHoliday.objects.filter(counts=True).order_by("-day").values_list("day", flat=True).first()


def live_ties(viewer: User, subject_type: str, *, on: date) -> QuerySet[Tie]:
    """The viewer's own ties of one kind that are held on a day."""
    return Tie.objects.filter(access.held_on(on), user=viewer, subject_type=subject_type)


def children_visible_to(viewer: User, *, on: date, reached: Q | None = None) -> QuerySet[Child]:
    """The children that the viewer may open: their own by tie, restricted ones by nothing else.

    Roles that reach all children have those that are not restricted besides. A higher room that gives a role more
    (placements.access) says what as `reached`. No permission to see children: none.
    """
    if not access.may(viewer, Permission.CHILDREN_VIEW, on=on):
        return Child.objects.none()
    tied = Q(pk__in=live_ties(viewer, CHILD, on=on).values("subject_id"))
    beyond = Q()
    if "all" in access.reaches(viewer, on=on):
        beyond = Q(restricted=False)
    elif reached is not None:
        beyond = Q(restricted=False) & reached
    return Child.objects.filter(tied | beyond if beyond else tied)


def family_of(*, child_id: int, visible: QuerySet[Child]) -> list[FamilyMember]:
    """The others in the child's families, of those that the viewer may see."""
    families = FamilyMember.objects.filter(child_id=child_id).values("family")
    return list(
        FamilyMember.objects.filter(family__in=families, child__in=visible)
        .exclude(child_id=child_id)
        .select_related("child", "family")
        .order_by("child__dob", "pk")
    )


_THESE = "select id, merged_into_id from people_organisation where id = any(%s)"


def same_body(organisation_ids: Collection[int]) -> frozenset[int]:
    """The numbers of these organisations and of every other name of the same bodies (merged with them)."""
    if not organisation_ids:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(f"with recursive {SAME_BODY.format(these=_THESE)} select id from same", [list(organisation_ids)])
        return frozenset(number for (number,) in cursor.fetchall())


def organisations_of(viewer: User, *, on: date) -> frozenset[int]:
    """The numbers of the organisations that a provider's user acts for on a day, under all their names.

    Empty for everybody else: a role in the council, even one held for an organisation, acts for no provider.
    """
    if not viewer.is_active:
        return frozenset()
    held = access.current_roles(viewer, on=on)
    return same_body(
        {
            role.organisation_id
            for role in held
            if role.organisation_id and Permission.PROVIDER_PORTAL in access.ROLES[role.role].permissions
        }
    )


def acting_for(organisation_id: int, *, on: date) -> list[User]:
    """The provider's users who act for an organisation on a day, under any of its names."""
    held = RoleHeld.objects.filter(
        access.held_on(on),
        organisation__in=same_body({organisation_id}),
        role__in=[key for key, role in access.ROLES.items() if Permission.PROVIDER_PORTAL in role.permissions],
    )
    return list(User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("name", "pk"))


def people_called(words: str) -> list[User]:
    """Who can sign in and has this user name, e-mail address or whole name, in whatever letters."""
    words = " ".join(words.split())
    if not words:
        return []
    found = User.objects.filter(is_active=True).order_by("pk")
    by_user_name = list(found.filter(username=words.lower()))
    return by_user_name or list(found.filter(Q(email__iexact=words) | Q(name__iexact=words))[:10])


def organisations() -> QuerySet[Organisation]:
    """The council's register of organisations: no record of a person."""
    return Organisation.objects.order_by("sort_key")


def users_visible_to(viewer: User, *, on: date) -> QuerySet[User]:
    """Everyone who signs in, with the number of their roles on the day; for those who manage users."""
    if not access.may(viewer, Permission.USERS_MANAGE, on=on):
        return User.objects.none()
    held = RoleHeld.objects.filter(access.held_on(on), user=OuterRef("pk")).order_by().values("user")
    return (
        User.objects.select_related("professional")
        .annotate(roles_now=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0))
        .prefetch_related("roles_held")
    )


def roles_of(*, user: User) -> QuerySet[RoleHeld]:
    return RoleHeld.objects.filter(user=user).select_related("organisation").order_by("-from_on", "-id")


def corrections_of(viewer: User, *, user: User, on: date) -> list[Event]:
    """How a user was called and reached before, the newest first; for those who manage users."""
    if not access.may(viewer, Permission.USERS_MANAGE, on=on):
        return []
    found = Event.objects.filter(kind="people.user.corrected", subject_type="people.user", subject_id=str(user.pk))
    return list(found.order_by("-no"))


def roles_asked_visible_to(viewer: User, *, on: date) -> QuerySet[RoleAsked]:
    """The roles that wait to be confirmed, the oldest first; for those who may confirm, or manage users."""
    if not access.permissions_of(viewer, on=on) & {Permission.USERS_CONFIRM, Permission.USERS_MANAGE}:
        return RoleAsked.objects.none()
    related = ("user", "organisation", "asked_by")
    return RoleAsked.objects.filter(state=RoleAsked.State.ASKED).select_related(*related).order_by("asked_at", "pk")


def events_visible_to(viewer: User, *, on: date) -> QuerySet[Event]:
    """The trail of what was done and looked at, each event with the source id of its child as `child_source_id`."""
    if not access.may(viewer, Permission.AUDIT_VIEW, on=on):
        return Event.objects.none()
    child = NumberedChild.objects.filter(pk=OuterRef("child_id"))
    return Event.objects.annotate(child_source_id=Subquery(child.values("source_id")[:1]))


def lookers(events: QuerySet[Event]) -> QuerySet[Event, Any]:
    """Of these events, who and how often: rows of by_id, by_name, looks, most first."""
    return events.values("by_id", "by_name").annotate(looks=Count("no")).order_by("-looks", F("by_name"))


def code_mappings(column: str) -> QuerySet[CodeMapping]:
    """What each wording of a column means."""
    return CodeMapping.objects.filter(column=column).order_by("wording_key")


def organisation_names() -> QuerySet[OrganisationName]:
    """The other wordings by which organisations are known, as mapped by a person."""
    return OrganisationName.objects.select_related("organisation").order_by("sort_key")


def organisations_like(wording: str, *, most: int = 5, but: Collection[int] = ()) -> list[Organisation]:
    """The organisations of the register whose names are most like a wording, if any is at all like it; none of `but`,
    whom the one who asks may not know of."""
    alike = TrigramSimilarity("sort_key", sort_key(wording))
    found = Organisation.objects.annotate(alike=alike).filter(alike__gt=0.2).order_by("-alike", "pk")
    found = found.exclude(pk__in=but) if but else found
    return list(found[:most])
