"""What waits for someone among the toolkits, for "My work"."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.toolkits.queries import versions as queries
from plumbline.web.kit.work_item import Item


def items(viewer: User, on: date) -> Iterable[Item]:
    """Shipped versions that wait beside a council's own, and the drafts that the viewer has begun."""
    if not may(viewer, Permission.TOOLKITS_MANAGE, on=on):
        return
    for version in queries.waiting_for(viewer):
        shipped = version.source == version.Source.LIBRARY
        yield Item(
            what=f"{'Look at' if shipped else 'Go on with'} version {version.number} of the toolkit “{version.title}”",
            whom="",
            why="It came with a newer Plumbline, and does not replace your own by itself." if shipped
                else "Your draft is not published.",
            due=None, gravity=5, button="See what differs" if shipped else "Open the draft",
            url=reverse("toolkit_compare" if shipped else "toolkit_version", args=[version.pk]),
        )  # fmt: skip
