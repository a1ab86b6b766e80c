"""What is next for one person, from what is kept: the same rows for the page, its counts, its links and the e-mails."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from plumbline.due.models import Item, PutOff
from plumbline.due.reading import A_DUTY, MINUTE, ORDER
from plumbline.due.rules import Band, Clock, minute
from plumbline.kernel.duties import BACK, WAIT, needed, organisation_in, person_in
from plumbline.kernel.moments import moment
from plumbline.people.access import ROLES, permissions_of
from plumbline.people.models import Organisation, User
from plumbline.placements.access import children_visible_to

_CHILD = re.compile(r"\{child\|([^}]*)\}")
_FIELDS = [field.attname for field in Item._meta.concrete_fields]
_ITEM = ", ".join(f"i.{name}" for name in _FIELDS)
_THEIRS = (
    "i.whose = any((select people_keys_of(%(viewer)s, %(on)s))::text[]) and %(viewer)s <> all(i.but)"
    " and (i.shows_from is null or i.shows_from <= %(at)s)"
)
_ORDER = ORDER.format(gravity="i.gravity", minute=MINUTE.format(row="i"), now="%(now)s", week="%(week)s")
_WORK = f"""select w.numbers, w.late, w.band, w.number, {_ITEM.replace("i.", "(w.item).")} from due_work(%(viewer)s,
    %(on)s, %(at)s, %(now)s, %(today)s, %(week)s, %(band)s, %(most)s, %(before)s) w"""
_OF_MATTER = f"""
select {_ITEM} from due_item i where i.matter_type = %(type)s and i.matter_id = %(id)s
    and {A_DUTY.format(row="i")} and {_THEIRS} order by {_ORDER}, i.id
"""
# At a record: the viewer's own first, then what others do there, then a day that it waits for.
_NEXT = f"""
select {_ITEM}, {_THEIRS} as mine from unnest(%(types)s::text[], %(ids)s::bigint[]) t(type, id) join due_item i
    on i.subject_type = t.type and i.subject_id = t.id or i.matter_type = t.type and i.matter_id = t.id
where i.kind not like '{BACK}%%' and (i.shows_from is null or i.shows_from <= %(at)s)
    and (i.known_to = any((select people_keys_of(%(viewer)s, %(on)s))::text[]) or {_THEIRS})
order by mine desc, i.kind like '{WAIT}%%', {_ORDER}, i.id
"""


@dataclass(frozen=True, slots=True)
class DutySeen:
    """A duty as its reader may see it: `child` is the name, where they may know it."""

    item: Item
    child: str

    @property
    def called(self) -> str:
        """How the matter is called: "{child|a case}" is the child's name, or what is there for those who may not
        know it."""
        if self.item.child_id is None:
            return self.item.called
        return _CHILD.sub(lambda place: self.child or place[1], self.item.called)


@dataclass(frozen=True, slots=True)
class Next:
    """What is next at a record. `whom`: whose it is, in words, "" where it is the viewer's own or a day that is waited
    for; `may`: whether the viewer's roles permit them to do it."""

    duty: DutySeen
    whom: str
    may: bool


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


def work_of(viewer: User, *, on: date, at: datetime, band: Band | None = None, most: int = 25, before: int = 0) -> Work:
    """What waits for the viewer, what to do next first, and what came back; of one band, or of all but what was put
    off: then the first few, where there is more than a page of it. One query, and one for the names of children."""
    given = {**_parameters(viewer, on=on, at=at), "band": band, "most": most, "before": before}
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


def of_matter(viewer: User, *, matter: tuple[str, int], on: date, at: datetime) -> list[DutySeen]:
    """The viewer's own duties of a matter, what to do next first."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_MATTER, {**_parameters(viewer, on=on, at=at), "type": matter[0], "id": matter[1]})
        items = [_item(row) for row in cursor.fetchall()]
    return _seen(viewer, items, on=on)


def next_for(
    viewer: User,
    *,
    of: Collection[tuple[str, int]],
    on: date,
    at: datetime,
    kinds: str | tuple[str, ...] = "",
) -> list[Next]:
    """What is next at these records, for whom and by when: the viewer's own first, then what they may know of others'.
    `kinds`: only those whose kind begins so, or, with what each is about, "tender.next close". Of a record that the
    viewer was let into."""
    asked = {
        **_parameters(viewer, on=on, at=at),
        "types": [kind for kind, _ in of],
        "ids": [pk for _, pk in of],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, asked)
        rows = [(_item(row[:-1]), row[-1]) for row in cursor.fetchall()]
    once: dict[tuple[Any, ...], tuple[Item, bool]] = {}
    for item, mine in rows:
        if item.named.startswith(kinds):
            once.setdefault((item.kind, item.subject_type, item.subject_id, item.about), (item, mine))
    items = list(once.values())
    whom = _whom([item for item, mine in items if not mine])
    permits = permissions_of(viewer, on=on)
    return [
        Next(
            duty,
            "" if mine or item.kind.startswith(WAIT) else whom[item.whose],
            mine or (needed(item.whose) in permits and viewer.pk not in item.but),
        )
        for (item, mine), duty in zip(items, _seen(viewer, [item for item, _ in items], on=on), strict=True)
    ]


def _whom(items: Sequence[Item]) -> dict[str, str]:
    """Whose duties these are, in words."""
    people = {number for item in items if (number := person_in(item.whose))}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=people)}
    organisations = {number for item in items if (number := organisation_in(item.whose))}
    called = dict(Organisation.objects.filter(pk__in=organisations).values_list("pk", "name"))
    return {
        item.whose: names.get(person_in(item.whose), "")
        or called.get(organisation_in(item.whose), "")
        or _roles(item.whose)
        for item in items
    }


def _roles(whose: str) -> str:
    kind, _, rest = whose.partition(":")
    key = rest.partition("/")[0]
    roles = [role for role in ROLES.values() if (key in role.permissions if kind == "may" else key == role.key)]
    first, *others = [role.label.lower() for role in roles] or ["someone else"]
    return " or ".join(filter(None, (", ".join([first, *others[:-1]]), *others[-1:])))


def subjects_of(viewer: User, *, kind: str, on: date, at: datetime) -> list[int]:
    """The records of which something of this kind waits for the viewer."""
    own = items_of(viewer, on=on, at=at).filter(kind__startswith=kind)
    return list(own.order_by("subject_id").values_list("subject_id", flat=True).distinct())


def items_of(viewer: User, *, on: date, at: datetime) -> QuerySet[Item]:
    """Every duty that is the viewer's."""
    with connection.cursor() as cursor:
        cursor.execute(f"select i.id from due_item i where {_THEIRS}", _parameters(viewer, on=on, at=at))
        ids = [pk for (pk,) in cursor.fetchall()]
    return Item.objects.filter(pk__in=ids)


def put_off_by(viewer: User, *, on: date) -> QuerySet[PutOff]:
    return PutOff.objects.filter(user=viewer, until_on__gt=on)


def _parameters(viewer: User, *, on: date, at: datetime) -> dict[str, Any]:
    """What every statement here is given of the one who looks and the moment."""
    clock = Clock.of(on=on, now=moment(on=on, at=at))
    return {
        "viewer": viewer.pk,
        "on": on,
        "at": at,
        "now": minute(clock.now),
        "today": minute(clock.today),
        "week": minute(clock.week),
    }
