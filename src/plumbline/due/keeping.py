"""Duties are worked out again where records changed, and for each new day; what is kept is what the rooms say.

`catch_up` is asked before duties are read, by the pages and by the job of each minute. Where nothing changed it is one
question. `from_nothing` gives the same as every change one by one: a test holds it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from plumbline.due.models import Item
from plumbline.due.reading import A_DUTY, MINUTE
from plumbline.due.sources import SOURCES
from plumbline.kernel.duties import Duty, Source
from plumbline.kernel.moments import end_of
from plumbline.people.acting import beyond

# One at a time works out: two would each miss what the other's change means.
_LOCK = 6401905547
_FIELDS = tuple(field.attname for field in Item._meta.concrete_fields if not field.primary_key)
_IDENTITY = ("kind", "subject_type", "subject_id", "about", "whose")
_BATCH = 2000

# The matters that duties changed of, from their duties.
_GONE = """
delete from due_matter m using unnest(%(types)s::text[], %(ids)s::bigint[]) t(type, id)
    where m.matter_type = t.type and m.matter_id = t.id
"""
_THERE = f"""
insert into due_matter (whose, but, matter_type, matter_id, gravity, minute, shows_from, number)
    select i.whose, i.but, i.matter_type, i.matter_id, i.gravity,
        min({MINUTE.format(row="i")}), i.shows_from, count(*)
    from due_item i join unnest(%(types)s::text[], %(ids)s::bigint[]) t(type, id)
        on i.matter_type = t.type and i.matter_id = t.id
    where {A_DUTY.format(row="i")}
    group by i.whose, i.but, i.matter_type, i.matter_id, i.gravity, i.due_at is null, i.shows_from
"""


def catch_up(*, on: date, wait: bool = False) -> bool:
    """Work out what changed since it was last done. False where another does so at this moment, and `wait` is not said:
    what is kept is of a moment ago."""
    if not _has_to(on):
        return True
    with transaction.atomic(), beyond():
        with connection.cursor() as cursor:
            cursor.execute(f"select pg_{'' if wait else 'try_'}advisory_xact_lock({_LOCK})")
            if cursor.fetchone()[0] is False:
                return False
        _work_out(on)
    return True


def from_nothing(*, on: date) -> int:
    """Everything worked out again; how many duties there are."""
    with transaction.atomic(), beyond():
        with connection.cursor() as cursor:
            cursor.execute(f"select pg_advisory_xact_lock({_LOCK})")
            cursor.execute("delete from due_item; delete from due_matter; delete from due_workedout")
        _work_out(on)
        return Item.objects.count()


def _has_to(on: date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """select exists (select from due_changed)
                or (select count(*) from due_workedout where on_day = %s and source = any(%s)) < %s""",
            [on, [source.name for source in SOURCES], len(SOURCES)],
        )
        return bool(cursor.fetchone()[0])


def _work_out(on: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select source from due_workedout where on_day = %s", [on])
        of_today = {name for (name,) in cursor.fetchall()}
        cursor.execute("delete from due_changed returning source, key")
        changed: dict[str, set[int | None]] = defaultdict(set)
        for name, key in cursor.fetchall():
            changed[name].add(key)
    matters: set[tuple[str, int]] = set()
    for source in SOURCES:
        keys = changed.get(source.name, set())
        if source.name not in of_today or None in keys:
            matters |= _keep(source, None, on)
        elif keys:
            matters |= _keep(source, sorted(key for key in keys if key is not None), on)
    if matters:
        listed = sorted(matters)
        those: dict[str, Any] = {"types": [kind for kind, _ in listed], "ids": [pk for _, pk in listed]}
        with connection.cursor() as cursor:
            cursor.execute(_GONE, those)
            cursor.execute(_THERE, those)
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into due_workedout (source, on_day) select unnest(%s::text[]), %s
               on conflict (source) do update set on_day = excluded.on_day
               where due_workedout.on_day <> excluded.on_day""",
            [[source.name for source in SOURCES], on],
        )


def _keep(source: Source, keys: Sequence[int] | None, on: date) -> set[tuple[str, int]]:
    """What the source says of these records, or of all, in place of what was kept; which matters it changes."""
    kept = Item.objects.filter(source=source.name)
    if keys is not None:
        kept = kept.filter(key__in=keys)
    wanted = {identity(row): row for row in rows_of(source, keys, on)}
    gone, matters = [], set()
    for pk, *values in kept.values_list("pk", *_FIELDS):
        before = dict(zip(_FIELDS, values, strict=True))
        same = wanted.get(identity(before))
        if same == before:
            del wanted[identity(before)]
            continue
        gone.append(pk)
        matters.add((before["matter_type"], before["matter_id"]))
    if gone:
        Item.objects.filter(pk__in=gone).delete()
    if wanted:
        Item.objects.bulk_create([Item(**row) for row in wanted.values()], batch_size=_BATCH)
        matters |= {(row["matter_type"], row["matter_id"]) for row in wanted.values()}
    return matters


def rows_of(source: Source, keys: Collection[int] | None, on: date) -> Iterable[dict[str, Any]]:
    """The duties that a source says, as they are kept."""
    return [_row(source, duty) for duty in source.of(keys, on)]


def identity(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[field] for field in _IDENTITY)


def _row(source: Source, duty: Duty) -> dict[str, Any]:
    matter_type, matter_id = duty.matter or duty.subject
    by_day = isinstance(duty.due, date) and not isinstance(duty.due, datetime)
    due_at = duty.due if isinstance(duty.due, datetime) or duty.due is None else end_of(duty.due)
    return {
        "source": source.name,
        "key": duty.key,
        "kind": duty.kind,
        "subject_type": duty.subject[0],
        "subject_id": duty.subject[1],
        "about": duty.about[:200],
        "whose": duty.whose,
        "but": sorted(set(duty.but)),
        "known_to": duty.known_to,
        "matter_type": matter_type,
        "matter_id": matter_id,
        "child_id": duty.child,
        "called": duty.called,
        "what": duty.what,
        "here": duty.here,
        "why": duty.why,
        "asked": duty.asked,
        "many": duty.many,
        "deed": duty.deed,
        "place": duty.place,
        "gravity": int(duty.gravity),
        "due_at": due_at,
        "by_day": by_day,
        "shows_from": duty.shows_from,
    }
