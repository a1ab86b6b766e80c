"""What waits for someone among the actions, for "My work"."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from plumbline.actions import queries
from plumbline.actions.models import Action
from plumbline.people.models import User
from plumbline.web.kit import wording
from plumbline.web.kit.work_item import Item


def items(viewer: User, on: date) -> Iterable[Item]:
    """Each action that is the viewer's to do; and those to be verified, as one line."""
    for action in queries.to_do(viewer, on=on):
        yield Item(
            what=action.title, whom=action.subject_label, why=_why(action), due=action.due_on,
            url=reverse("action", args=[action.pk]), button="Open the action", gravity=2 if action.critical else 3,
        )  # fmt: skip
    waiting = queries.to_verify(viewer, on=on)
    number = waiting.count()
    first = waiting.first()
    if first is not None:
        url = reverse("action", args=[first.pk]) if number == 1 else f"{reverse('actions')}?who=verify"
        yield Item(
            what=f"{wording.how_many(number, 'action', 'actions')} reported done: verify "
                 f"{'it' if number == 1 else 'them'}",
            whom=f"{first.title}, {first.subject_label}" if number == 1 else "",
            why=f"Waiting since {wording.day(first.done_on)}." if first.done_on else "", due=None, url=url,
            button="Look at it" if number == 1 else "Look at them", gravity=3,
        )  # fmt: skip


def _why(action: Action) -> str:
    if action.state == "sent_back":
        return "It was sent back: see what is missing."
    return "Children may be at risk until it is done." if action.critical else action.get_origin_type_display()
