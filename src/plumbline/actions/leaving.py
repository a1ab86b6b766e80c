"""Actions as what is someone's own."""

from datetime import date

from django.db.models import Q, QuerySet

from plumbline.actions.models import Action
from plumbline.actions.rules import CHILD_SUBJECTS
from plumbline.actions.states import OUTSTANDING
from plumbline.people import access
from plumbline.people.leaving import Kind
from plumbline.people.models import RoleHeld, Tie, User


def _holders(user: User, on: date) -> QuerySet[User]:
    held = RoleHeld.objects.filter(access.held_on(on)).values("user")
    return User.objects.filter(is_active=True, pk__in=held).exclude(pk=user.pk)


def _why_not(action: Action, to: User, on: date) -> str:
    if action.subject_type not in CHILD_SUBJECTS:
        return ""
    ties = Tie.objects.filter(
        access.held_on(on), user=to, subject_type=action.subject_type, subject_id=action.subject_id
    )
    if ties.exists():
        return ""
    return f"Action {action.pk} is about a child whom {to} may not see. Hand it over on its own page, or leave it."


KINDS = (
    Kind("actions", Action, "owner", "action to do", "actions to do", lambda on: Q(state__in=OUTSTANDING), _holders,
         lambda action: f"Action {action.pk}", _why_not),
)  # fmt: skip
