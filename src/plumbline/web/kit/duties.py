"""How duties are drawn: where they are done, by when, in the council's words."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.urls import reverse

from plumbline.due import keeping, queries
from plumbline.due.models import Item
from plumbline.due.queries import DutySeen, MatterSeen, Next, Work
from plumbline.due.rules import is_late
from plumbline.kernel import wording
from plumbline.kernel.duties import WAIT
from plumbline.kernel.labels import say
from plumbline.kernel.moments import day_here, here
from plumbline.people.models import User
from plumbline.web.kit.request import Request, now_of


def address(place: str) -> str:
    """The page where a duty is done: "route 12 section ?query"."""
    if not place:
        return ""
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


@dataclass(frozen=True, slots=True)
class Button:
    """Of a duty that is done on the record's own page: what it says, and where it leads; without `args` to the page of
    the duty's record. `sent`: it is a form."""

    deed: str
    route: str
    sent: bool = False
    args: tuple[int | str, ...] = ()


def next_of(
    request: Request,
    *records: tuple[str, int],
    kinds: str | tuple[str, ...] = "",
    before: tuple[str, ...] = (),
    buttons: Mapping[str, Button] = MappingProxyType({}),
) -> dict[str, Any] | None:
    """What is next at a record, for "kit/next.html": the viewer's own first, else what they may know of others'. None
    where nothing is. `kinds`: only those whose kind begins so, or, with what each is about, "tender.next close";
    `before`: what all else waits for, named alike. `buttons`: of those that are done here, by just these names."""
    keeping.catch_up(on=request.day)
    found = queries.next_for(request.user, of=records, on=request.day, at=request.at, kinds=kinds)
    found.sort(key=lambda each: not each.duty.item.named.startswith(before))
    boxes = [_box(each, request, records, buttons) for each in found]
    # What the page itself shows and its reader does there is said by it already.
    elsewhere = [box for box in boxes if not box["may"] or box["url"] or box["action"]]
    return next(iter(elsewhere or boxes), None)


def _box(
    each: Next, request: Request, records: Collection[tuple[str, int]], buttons: Mapping[str, Button]
) -> dict[str, Any]:
    item = each.duty.item
    # At another record, of whose matter it is, it is called as everywhere.
    at_home = item.here if (item.subject_type, item.subject_id) in records else ""
    box = drawn(each.duty, on=request.day, now=now_of(request))
    # No button leads to the page on which it is.
    leads = each.may and box["url"] not in ("", request.path)
    box |= {
        "kind": item.kind,
        "what": say(at_home or item.what),
        "why": "" if at_home else box["why"],
        "whom": each.whom,
        "may": each.may and not item.kind.startswith(WAIT),
        "url": box["url"] if leads else "",
        "action": "",
    }
    button = buttons.get(item.kind) or buttons.get(item.named)
    if button is not None and each.may:
        where = reverse(button.route, args=button.args or [item.subject_id])
        box |= {"deed": button.deed, "action" if button.sent else "url": where}
    return box


def subjects_of(request: Request, kind: str) -> list[int]:
    """The records of which something of this kind waits for the viewer: for lists of them."""
    keeping.catch_up(on=request.day)
    return queries.subjects_of(request.user, kind=kind, on=request.day, at=request.at)


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
    # Of several that are called alike it is said why each is.
    called = Counter([first["what"], *(each["what"] for each in others)])
    return {
        **first,
        "others": [{**each, "alike": called[each["what"]] > 1} for each in others],
        "more": matter.all - len(matter.duties) if others else 0,
        "slug": slug(matter.type),
        "number": matter.number,
    }


def put_off_drawn(work: Work, viewer: User, *, on: date, now: datetime) -> list[dict[str, Any]]:
    """The rows of what the viewer put off, each with until when and why."""
    until = {(each.matter_type, each.matter_id): each for each in queries.put_off_by(viewer, on=on)}
    return [
        {
            **matter_drawn(matter, on=on, now=now),
            "put_off": f"Until {wording.day(until[key].until_on)}. {until[key].because}",
        }
        for matter in work.matters
        if (key := (matter.type, matter.number)) in until
    ]


def slug(matter_type: str) -> str:
    """As it is in the address of a matter."""
    return matter_type.replace(".", "-")


def matter_type(slug: str) -> str:
    """As the address of a matter gives it."""
    return slug.replace("-", ".")


def lines(found: Sequence[DutySeen], *, on: date, now: datetime) -> list[dict[str, Any]]:
    return [drawn(each, on=on, now=now) for each in found]
