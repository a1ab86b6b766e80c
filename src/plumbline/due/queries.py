"""What is next for one person, from what is kept: the same rows for the page, its counts, its links and the e-mails."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from plumbline.due.models import Item, PutOff
from plumbline.due.reading import MINUTE, NO_DUTIES, ORDER
from plumbline.due.rules import Band, Clock, minute
from plumbline.people.models import User
from plumbline.placements.access import children_visible_to

_CHILD = re.compile(r"\{child\|([^}]*)\}")
_FIELDS = [field.attname for field in Item._meta.concrete_fields]
_ITEM = ", ".join(f"i.{name}" for name in _FIELDS)
_THEIRS = (
    "i.whose = any((select due_keys_of(%(viewer)s, %(on)s))::text[]) and %(viewer)s <> all(i.but)"
    " and (i.shows_from is null or i.shows_from <= %(at)s)"
)
_ORDER = ORDER.format(gravity="i.gravity", minute=MINUTE.format(row="i"), now="%(now)s", week="%(week)s")
_WORK = f"""select w.numbers, w.late, w.band, w.number, {_ITEM.replace("i.", "(w.item).")} from due_work(%(viewer)s,
    %(on)s, %(at)s, %(now)s, %(today)s, %(week)s, %(band)s, %(most)s, %(before)s) w"""
_OF_MATTERS = f"""
select {_ITEM} from due_item i join unnest(%(types)s::text[], %(ids)s::bigint[]) t(type, id)
    on i.matter_type = t.type and i.matter_id = t.id
where {NO_DUTIES.format(row="i")} and {_THEIRS} order by {_ORDER}, i.id
"""


@dataclass(frozen=True, slots=True)
class DutySeen:
    """A duty as its reader may see it: `child` is the name, where they may know it."""

    item: Item
    child: str

    @property
    def called(self) -> str:
        """How the matter is called: "{child|a case}" is the child's name, or what stands there for those who may not
        know it."""
        if self.item.child_id is None:
            return self.item.called
        return _CHILD.sub(lambda place: self.child or place[1], self.item.called)


@dataclass(frozen=True, slots=True)
class MatterSeen:
    """One matter with the first of its duties, and how many there are."""

    type: str
    number: int
    band: Band
    duties: list[DutySeen]
    all: int


@dataclass(frozen=True, slots=True)
class Work:
    """`counts`: how many matters each band holds; `late`: how many of them are late; `matters`: those asked for;
    `back`: what came back to the viewer, and they have not read: approved, refused, handed in."""

    counts: dict[Band, int]
    late: int
    matters: list[MatterSeen]
    back: list[DutySeen]

    @property
    def total(self) -> int:
        return sum(number for band, number in self.counts.items() if band < Band.PUT_OFF)


def work_of(
    viewer: User, *, on: date, now: datetime, at: datetime, band: Band | None = None, most: int = 25, before: int = 0
) -> Work:
    """What waits for the viewer, what to do next first, and what came back; of one band, or of all but what was put
    off: then the first few, where there is more than a page of it. One query, and one for the names of children.
    `now` is the moment on the council's clocks."""
    given = {**parameters(viewer, on=on, now=now, at=at), "band": band, "most": most, "before": before}
    with connection.cursor() as cursor:
        cursor.execute(_WORK, given)
        rows = cursor.fetchall()
    # Of each: the band, how many duties its matter has; then the duty.
    found = [(row[2], row[3], _item(row[4:])) for row in rows if row[4] is not None]
    seen = _seen(viewer, [item for *_, item in found], on=on)
    matters: dict[tuple[str, int], MatterSeen] = {}
    back = []
    for (of, number, item), duty in zip(found, seen, strict=True):
        if of is None:
            back.append(duty)
            continue
        key = item.matter_type, item.matter_id
        if key not in matters:
            matters[key] = MatterSeen(*key, Band(of), [], number)
        matters[key].duties.append(duty)
    numbers, late = rows[0][:2]
    return Work({each: numbers[each] for each in Band}, late, list(matters.values()), back)


def _item(values: Sequence[Any]) -> Item:
    return Item.from_db(None, _FIELDS, values)


def _seen(viewer: User, items: Sequence[Item], *, on: date) -> list[DutySeen]:
    children = {item.child_id for item in items if item.child_id}
    names = {}
    if children:
        names = {child.pk: child.name for child in children_visible_to(viewer, on=on).filter(pk__in=children)}
    return [DutySeen(item, names.get(item.child_id or 0, "")) for item in items]


def of_matter(
    viewer: User, *, matters: Collection[tuple[str, int]], on: date, now: datetime, at: datetime
) -> list[DutySeen]:
    """The viewer's own duties of a record and of what belongs to it, what to do next first."""
    listed = list(matters)
    asked = {
        **parameters(viewer, on=on, now=now, at=at),
        "types": [kind for kind, _ in listed],
        "ids": [pk for _, pk in listed],
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_MATTERS, asked)
        items = [_item(row) for row in cursor.fetchall()]
    return _seen(viewer, items, on=on)


def items_of(viewer: User, *, on: date, now: datetime, at: datetime) -> QuerySet[Item]:
    """Every duty that is the viewer's."""
    with connection.cursor() as cursor:
        cursor.execute(f"select i.id from due_item i where {_THEIRS}", parameters(viewer, on=on, now=now, at=at))
        ids = [pk for (pk,) in cursor.fetchall()]
    return Item.objects.filter(pk__in=ids)


def put_off_by(viewer: User, *, on: date) -> QuerySet[PutOff]:
    return PutOff.objects.filter(user=viewer, until_on__gt=on)


def parameters(viewer: User, *, on: date, now: datetime, at: datetime) -> dict[str, Any]:
    """What every statement here is given of the one who looks and the moment."""
    clock = Clock.of(on=on, now=now)
    return {
        "viewer": viewer.pk,
        "on": on,
        "at": at,
        "now": minute(clock.now),
        "today": minute(clock.today),
        "week": minute(clock.week),
    }
