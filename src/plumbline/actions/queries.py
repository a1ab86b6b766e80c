"""Actions as their readers may see them."""

from datetime import date
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Case, DateField, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from plumbline.actions import rules
from plumbline.actions.models import Action, ActionNote, ActionState
from plumbline.actions.rules import Hand
from plumbline.actions.states import OUTSTANDING
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import Tie, User
from plumbline.people.queries import organisations_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Rank(TypedDict):
        rank: int

    Ranked = WithAnnotations[Action, _Rank]


def actions_visible_to(viewer: User, *, on: date) -> QuerySet[Action]:
    """The actions that the viewer may see: their own; their organisation's; with the permission all not about a child.

    One about a child, a TAC or a placement is seen by its owner and by the person who is tied to that record.
    """
    if not access.permissions_of(viewer, on=on):
        return Action.objects.none()
    about_child = Q(subject_type__in=rules.CHILD_SUBJECTS)
    seen = Q(owner=viewer)
    for_whom = organisations_of(viewer, on=on)
    if for_whom:
        seen |= Q(owner_organisation__in=for_whom) & ~about_child
    if access.may(viewer, Permission.ACTIONS_VIEW, on=on):
        ties = Tie.objects.filter(
            access.held_on(on),
            user=viewer,
            subject_type=OuterRef("subject_type"),
            subject_id=OuterRef("subject_id"),
        )
        seen |= ~about_child | Q(Exists(ties))
    return Action.objects.filter(seen).select_related("owner", "owner_organisation")


def actions_listed(viewer: User, *, on: date) -> "QuerySet[Ranked]":
    """Those, with `rank` for the list: 0 overdue, 1 to do, 2 done and to be verified, 3 over."""
    rank = Case(
        When(state__in=OUTSTANDING, due_on__lt=on, then=Value(0)),
        When(state__in=OUTSTANDING, then=Value(1)),
        When(state=ActionState.DONE, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return actions_visible_to(viewer, on=on).annotate(rank=rank)


def with_today(actions: QuerySet[Action], *, on: date) -> QuerySet[Action]:
    """The day beside each row, for what a list says of how soon it is due."""
    return actions.annotate(today=Value(on, DateField()))


def overdue(on: date) -> QuerySet[Action]:
    """Every action not done by its day: for the night's flags and for the rooms above that count them."""
    return Action.objects.filter(state__in=OUTSTANDING, due_on__lt=on)


def actions_about(viewer: User, *, subject_type: str, subject_id: int, on: date) -> QuerySet[Action]:
    """The viewer's view of what is to be done about one record, what is overdue first."""
    about = actions_listed(viewer, on=on).filter(subject_type=subject_type, subject_id=subject_id)
    return about.order_by("rank", "due_on", "pk")


def those_seen(viewer: User, actions: QuerySet[Action], *, on: date) -> QuerySet[Action]:
    """Of these actions those that the viewer may see."""
    return actions.filter(pk__in=actions_visible_to(viewer, on=on).order_by().values("pk"))


def owned_by(viewer: User, *, on: date) -> Q:
    """The condition that an action is the viewer's to do: in person, or of the organisation they act for."""
    return Q(owner=viewer) | Q(owner__isnull=True, owner_organisation__in=organisations_of(viewer, on=on))


def hand_of(viewer: User | None, action: Action, *, on: date) -> Hand:
    """What the viewer is to an action; None is the machine's administrator, who raises actions and owns none."""
    if viewer is None:
        return Hand(owns=False, did=False, raises=True, verifies=False)
    organisations = organisations_of(viewer, on=on)
    return Hand(
        owns=action.owner_id == viewer.pk or action.owner_organisation_id in organisations,
        did=action.done_by_id == viewer.pk,
        raises=access.may(viewer, Permission.ACTIONS_RAISE, on=on),
        verifies=access.may(viewer, Permission.ACTIONS_VERIFY, on=on),
    )


def notes_of(action: Action) -> QuerySet[ActionNote]:
    """The progress of an action that the viewer was handed by `actions_visible_to`, newest first."""
    return action.notes.select_related("by", "document").order_by("-at", "-pk")


def owner_words(action: Action) -> str:
    """ "Beth Larkin", "Rowan Care Ltd", "Kemi Ashdown, Rowan Care Ltd"."""
    named: list[Any] = [action.owner, action.owner_organisation and action.owner_organisation.name]
    return ", ".join(str(each) for each in named if each)
