"""What waits for someone among the suppliers, for "My work"."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from plumbline.commissioning.queries import suppliers as queries
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.web.kit import wording
from plumbline.web.kit.work_item import Item


def items(viewer: User, on: date) -> Iterable[Item]:
    """For who settles suppliers: how many published ones wait for a person."""
    if not may(viewer, Permission.SUPPLIERS_SETTLE, on=on):
        return
    waiting = queries.how_many_wait()
    if waiting:
        yield Item(
            what=f"{wording.how_many(waiting, 'published supplier waits', 'published suppliers wait')} to be decided",
            whom="", why="No number says who they are. Until then their awards are in no supplier’s history.",
            due=None, url=reverse("supplier_queue"), button="Decide", gravity=4,
        )  # fmt: skip
