"""What waits because of Teams Around the Child, for "My work"."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.urls import reverse

from plumbline.earlyhelp.access import tacs_visible_to
from plumbline.kernel.labels import say
from plumbline.people.access import Permission, may, reaches
from plumbline.people.models import User
from plumbline.people.queries import TAC, live_ties
from plumbline.web.kit import wording
from plumbline.web.kit.work_item import Item

# Help may rightly be long: after so many days it is a prompt to ask for advice, no fault (domain.md 6.2).
CONSULTED_AFTER = timedelta(365)


def items(viewer: User, on: date) -> Iterable[Item]:
    """TACs to audit, until their day; and the TACs of who works with them that have been open for more than a year."""
    if not may(viewer, Permission.TACS_VIEW, on=on) or "tied" not in reaches(viewer, on=on):
        return
    own = live_ties(viewer, TAC, on=on)
    to_audit = own.filter(why="audit")
    until = to_audit.order_by("to_on").values_list("to_on", flat=True).first()
    if until is not None:
        yield Item(
            what=f"{wording.how_many(to_audit.count(), say('{tac} is'), say('{tacs} are'))} open to you to audit",
            whom="", why="Grade each by what its record shows.", due=until,
            url=reverse("tacs"), button=say("See these {tacs}"),
        )  # fmt: skip
    worked_with = own.exclude(why="audit").values("subject_id")
    long = tacs_visible_to(viewer, on=on).filter(
        pk__in=worked_with, ended_on=None, started_on__lt=on - CONSULTED_AFTER
    ).count()  # fmt: skip
    if long:
        before = on - CONSULTED_AFTER - timedelta(1)
        yield Item(
            what=f"{wording.how_many(long, say('{tac} has'), say('{tacs} have'))} been open for more than a year",
            whom="", due=None,
            why="Long help may be right. Ask your early help consultant for a second view of each.",
            url=f"{reverse('tacs')}?state=open&started_to={before.day}/{before.month}/{before.year}",
            button=say("See these {tacs}"),
        )  # fmt: skip
