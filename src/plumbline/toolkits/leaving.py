"""Returns as what is someone's own: they were asked to answer them."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.leaving import Kind
from plumbline.people.models import RoleHeld, User
from plumbline.people.queries import organisations_of
from plumbline.toolkits.models import ReturnAssignment
from plumbline.toolkits.states import ANSWERABLE


def _holders(user: User, on: date) -> QuerySet[User]:
    """A provider's person is followed by another of the provider, one of the council by one of the council."""
    held = RoleHeld.objects.filter(access.held_on(on))
    bodies = organisations_of(user, on=on)
    of_providers = access.users_who_may(Permission.PROVIDER_PORTAL, on=on).values("pk")
    held = held.filter(organisation__in=bodies) if bodies else held.exclude(user__in=of_providers)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).exclude(pk=user.pk)


def _give(asked: ReturnAssignment, to: User, at: datetime) -> None:
    asked.ended_at = at
    asked.save(update_fields=["ended_at"])
    live = {"answer_set": asked.answer_set, "user": to, "ended_at": None}
    if not ReturnAssignment.objects.filter(**live).exists():
        ReturnAssignment.objects.create(**live, assigned_at=at, assigned_by=asked.assigned_by)


KINDS = (
    Kind("returns", ReturnAssignment, "user", "return to answer", "returns to answer",
         lambda on: Q(ended_at=None, answer_set__state__in=ANSWERABLE), _holders,
         lambda asked: f"Return {asked.answer_set_id}", give=_give),
)  # fmt: skip
