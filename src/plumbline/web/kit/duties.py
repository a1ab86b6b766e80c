"""How duties are drawn: where they are done, by when, in the council's words."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from plumbline.due.models import Item
from plumbline.due.queries import DutySeen, MatterSeen
from plumbline.due.rules import is_late
from plumbline.kernel.labels import say
from plumbline.kernel.moments import day_here, here
from plumbline.web.kit import wording


def address(place: str) -> str:
    """The page where a duty is done: "route 12 section ?query"."""
    path, _, query = place.partition(" ?")
    route, *args = path.split()
    return reverse(route, args=args) + (f"?{query}" if query else "")


def by_when(item: Item, *, on: date, now: datetime) -> str:
    """ "in 5 days, 4 August 2016"; of a moment "in 40 minutes, today at 14:30"; "" where it has no day."""
    if item.due_at is None:
        return ""
    if item.by_day:
        return wording.by_when(day_here(item.due_at), on)
    return f"{wording.until(item.due_at, now)}, due {wording.said(here(item.due_at), here(now))}"


def drawn(seen: DutySeen, *, on: date, now: datetime) -> dict[str, Any]:
    item = seen.item
    return {
        "pk": item.pk,
        "what": say(item.what),
        "called": say(seen.called),
        "why": say(item.why),
        "asked": item.asked,
        "deed": say(item.deed),
        "url": address(item.place),
        "due": by_when(item, on=on, now=now),
        "late": is_late(item.due_at, now),
        "gravity": item.gravity,
    }


def matter_drawn(matter: MatterSeen, *, on: date, now: datetime) -> dict[str, Any]:
    """One row: the first of its duties with its button, and the others, each with its own. Many of a kind that are done
    in one list are one line."""
    first, *others = [drawn(each, on=on, now=now) for each in matter.duties]
    many = matter.duties[0].item.many
    if matter.all > 1 and many and all(each.item.kind == matter.duties[0].item.kind for each in matter.duties):
        listed = len({each.item.place for each in matter.duties}) == 1
        others = [] if listed else [first, *others]
        alike = f"{wording.number(matter.all)} {say(many)}"
        first = {**first, "what": alike, "why": ""} | ({"called": ""} if listed else {})
    return {
        **first,
        "others": others,
        "more": matter.all - len(matter.duties) if others else 0,
        "slug": slug(matter.type),
        "number": matter.number,
    }


def slug(matter_type: str) -> str:
    """As it stands in the address of a matter."""
    return matter_type.replace(".", "-")


def matter_type(slug: str) -> str:
    """As the address of a matter gives it."""
    return slug.replace("-", ".")


def lines(found: Sequence[DutySeen], *, on: date, now: datetime) -> list[dict[str, Any]]:
    return [drawn(each, on=on, now=now) for each in found]
