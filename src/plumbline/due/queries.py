"""What is next for one person, from what is kept: the same rows for the page, its counts, its links and the e-mails."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from plumbline.due.models import Item, PutOff
from plumbline.due.rules import Band, Clock
from plumbline.kernel.duties import Gravity
from plumbline.people.models import User
from plumbline.placements.access import children_visible_to

_CHILD = re.compile(r"\{child\|([^}]*)\}")
# So many duties of one matter are shown; the others are counted.
SHOWN = 6
_THEIRS = (
    "{row}.whose = any((select due_keys_of(%(viewer)s, %(on)s))::text[]) and %(viewer)s <> all({row}.but)"
    " and ({row}.shows_from is null or {row}.shows_from <= %(at)s)"
)
# What sorts matters within a band, and duties within a matter, as one number: a child in danger, what is late and of it
# the gravest, then what comes first (by the minute), of that the gravest.
_SAFE = f"({{row}}.gravity > {int(Gravity.DANGER)})::int"
_IN_TIME = "({row}.due_at is null or {row}.due_at >= %(now)s)::int"
_PLACE = f"""((({_SAFE} * 2 + {_IN_TIME}) * 10
    + {_SAFE} * (1 - {_IN_TIME}) * {{row}}.gravity)::bigint * 1000000000
    + (date_part('epoch', coalesce({{row}}.due_at, %(week)s)) / 60)::bigint) * 10 + {{row}}.gravity"""
_A_BAND = 10**12
_BAND = f"""case
    when {{row}}.gravity = {int(Gravity.DANGER)} and ({{row}}.due_at is null or {{row}}.due_at <= %(today)s)
        then {int(Band.NOW)}
    when {{row}}.due_at <= %(today)s then case when {{row}}.gravity <= {int(Gravity.LAW)} then {int(Band.NOW)}
        else {int(Band.TODAY)} end
    when {{row}}.due_at is null or {{row}}.due_at <= %(week)s then {int(Band.WEEK)}
    else {int(Band.PLANNED)} end"""
# A matter that was put off stands apart, unless a child in it is in danger.
MATTERS = f"""
with matters as (
    select m.matter_type, m.matter_id, min({_PLACE.format(row="m")}
        + {_A_BAND} * case when p.id is not null and m.gravity > {int(Gravity.DANGER)} then {int(Band.PUT_OFF)}
            else {_BAND.format(row="m")} end) as place
    from due_matter m
    left join due_putoff p on p.user_id = %(viewer)s and p.matter_type = m.matter_type and p.matter_id = m.matter_id
        and p.until_on > %(on)s
    where {_THEIRS.format(row="m")}
    group by m.matter_type, m.matter_id
), counted as (
    select {", ".join(f"count(*) filter (where place / {_A_BAND} = {int(band)})" for band in Band)},
        count(*) filter (where place %% {_A_BAND} / {_A_BAND // 10} %% 2 = 0
            and place / {_A_BAND} < {int(Band.PUT_OFF)})
    from matters
)
select c.*, o.matter_type, o.matter_id, o.place / {_A_BAND} from counted c left join lateral (
    select * from matters where place / {_A_BAND} = coalesce(%(band)s, place / {_A_BAND})
        and (%(band)s is not null or place / {_A_BAND} < {int(Band.PUT_OFF)})
    order by place, matter_type, matter_id limit %(most)s offset %(before)s
) o on true order by o.place, matter_type, matter_id
"""
_ITEMS = f"""
with those as (
    select distinct on (i.kind, i.subject_type, i.subject_id, i.about) i.*, {_PLACE.format(row="i")} as place_in
    from due_item i join unnest(%(types)s::text[], %(ids)s::bigint[]) t(type, id)
        on i.matter_type = t.type and i.matter_id = t.id
    where i.kind not like 'back.%%' and {_THEIRS.format(row="i")}
    order by i.kind, i.subject_type, i.subject_id, i.about, i.whose
), placed as (
    select *, row_number() over here as nth, count(*) over (partition by matter_type, matter_id) as number
    from those window here as (partition by matter_type, matter_id order by place_in, id)
)
select * from placed where nth <= {SHOWN} order by nth, id
"""
_BACK = f"""
select i.* from due_item i where i.kind like 'back.%%' and {_THEIRS.format(row="i")}
    and not exists (select from due_seen s where s.user_id = %(viewer)s and s.kind = i.kind
        and s.subject_type = i.subject_type and s.subject_id = i.subject_id and s.about = i.about)
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
    duties: tuple[DutySeen, ...]
    all: int


@dataclass(frozen=True, slots=True)
class Work:
    """`counts`: how many matters each band holds; `late`: how many of them are late; `matters`: those asked for."""

    counts: dict[Band, int]
    late: int
    matters: list[MatterSeen]

    @property
    def total(self) -> int:
        return sum(number for band, number in self.counts.items() if band < Band.PUT_OFF)


def work_of(
    viewer: User, *, on: date, now: datetime, at: datetime, band: Band | None = None, most: int = 25, before: int = 0
) -> Work:
    """What waits for the viewer, what to do next first; of one band, or of all but what was put off. Three queries,
    and one for the names of children. `now` is the moment on the council's clocks."""
    given = {**parameters(viewer, on=on, now=now, at=at), "band": band, "most": most, "before": before}
    with connection.cursor() as cursor:
        cursor.execute(MATTERS, given)
        rows = cursor.fetchall()
    many = len(Band)
    found = [(kind, number, Band(of)) for *_, kind, number, of in rows if kind is not None]
    duties, numbers = _duties(viewer, [(kind, number) for kind, number, _ in found], on=on, now=now, at=at)
    return Work(
        counts={each: rows[0][each] for each in Band},
        late=rows[0][many],
        matters=[
            MatterSeen(kind, number, of, tuple(duties[kind, number]), numbers[kind, number])
            for kind, number, of in found
            if duties[kind, number]
        ],
    )


def _duties(
    viewer: User, matters: Sequence[tuple[str, int]], *, on: date, now: datetime, at: datetime
) -> tuple[dict[tuple[str, int], list[DutySeen]], dict[tuple[str, int], int]]:
    found: dict[tuple[str, int], list[DutySeen]] = defaultdict(list)
    numbers: dict[tuple[str, int], int] = {}
    if not matters:
        return found, numbers
    asked = {
        **parameters(viewer, on=on, now=now, at=at),
        "types": [kind for kind, _ in matters],
        "ids": [pk for _, pk in matters],
    }
    items = list(Item.objects.raw(_ITEMS, asked))
    for seen in _seen(viewer, items, on=on):
        where = seen.item.matter_type, seen.item.matter_id
        found[where].append(seen)
        numbers[where] = getattr(seen.item, "number")  # noqa: B009 - the query's own column
    return found, numbers


def _seen(viewer: User, items: Sequence[Item], *, on: date) -> list[DutySeen]:
    children = {item.child_id for item in items if item.child_id}
    names = {}
    if children:
        names = {child.pk: child.name for child in children_visible_to(viewer, on=on).filter(pk__in=children)}
    return [DutySeen(item, names.get(item.child_id or 0, "")) for item in items]


def came_back(viewer: User, *, on: date, now: datetime, at: datetime) -> list[DutySeen]:
    """What came back to the viewer, and they have not read: approved, refused, handed in. The newest first."""
    asked = parameters(viewer, on=on, now=now, at=at)
    return _seen(viewer, list(Item.objects.raw(f"{_BACK} order by i.about desc, i.id limit 25", asked)), on=on)


def of_matter(
    viewer: User, *, matters: Collection[tuple[str, int]], on: date, now: datetime, at: datetime
) -> list[DutySeen]:
    """The viewer's own duties of a record and of what belongs to it, what to do next first."""
    found, _ = _duties(viewer, list(matters), on=on, now=now, at=at)
    return [seen for matter in matters for seen in found[matter]]


def items_of(viewer: User, *, on: date, now: datetime, at: datetime) -> QuerySet[Item]:
    """Every duty that is the viewer's."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select i.id from due_item i where {_THEIRS.format(row='i')}", parameters(viewer, on=on, now=now, at=at)
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    return Item.objects.filter(pk__in=ids)


def put_off_by(viewer: User, *, on: date) -> QuerySet[PutOff]:
    return PutOff.objects.filter(user=viewer, until_on__gt=on)


def parameters(viewer: User, *, on: date, now: datetime, at: datetime) -> dict[str, Any]:
    """What every statement here is given of the one who looks and the moment."""
    clock = Clock.of(on=on, now=now)
    return {"viewer": viewer.pk, "on": on, "now": now, "at": at, "today": clock.today, "week": clock.week}
