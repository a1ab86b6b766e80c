"""One published list taken, set-based: settings, what was said of each, inspections and judgements.

In whatever order lists of different days arrive the end is the same. An attribute of a setting is what the newest list
that had something there said. A judgement is that of the newest list that gave it a grade, and points to the first list
that said so; a list with less to say takes nothing away. Of two lists of one day, the one handed in later is the
correction of the other: what it says counts.
"""

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from plumbline.audit.history import prefixed
from plumbline.intake.staging import copy_in, copy_lines, hashed_joins
from plumbline.ofsted.models import OfstedList
from plumbline.ofsted.overruled import Overruled
from plumbline.ofsted.staging import NOTHING, TEXTS, ListRead, lines_of_inspections, stage

# One list at a time: which one is newer must not change while one is taken.
_LOCK = 7_161_905_562
# England has eight or nine regions, as Ofsted or the Government count; a list with most of them is of the country.
_WHOLE_COUNTRY = 6


@dataclass(slots=True)
class Taken:
    """What taking a list changed, by URN; `events`: (URN, kind, day) of inspections that are new or say more."""

    ofsted_list: OfstedList
    new_list: bool
    added: frozenset[str] = frozenset()
    changed: set[str] = field(default_factory=set)
    new_events: set[tuple[str, str, date]] = field(default_factory=set)
    changed_events: set[tuple[str, str, date]] = field(default_factory=set)
    overruled: list[Overruled] = field(default_factory=list)
    withstood: list[Overruled] = field(default_factory=list)


def take(read: ListRead, *, import_run_id: int, into: OfstedList | None = None, proves_to: date | None = None) -> Taken:
    """Write a list, or more rows of the list `into`. `proves_to`: the last day for which it proves a check, where that
    is not its own. Only in a transaction; the rules are not applied here (evaluation.evaluate)."""
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as beside:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        stage(cursor, read)
        # Made ready while the database writes the settings.
        told = beside.submit(lines_of_inspections, read)
        ofsted_list, new = (into, False) if into else _list(read, import_run_id, proves_to)
        taken = Taken(ofsted_list, new)
        known: dict[str, Any] = {
            "list": ofsted_list.pk,
            "register": read.register,
            "as_at": read.as_at,
            "proves_to": (ofsted_list.proves_to or read.as_at) if read.proves else None,
            "whole": read.whole,
            "new": new,
        }
        _write_settings(cursor, taken, known)
        if not new:
            _prove_checks(cursor, known)
        _write_listings(cursor, taken, known)
        _write_facts(cursor, read, ofsted_list)
        inspections, judgements = told.result()
        copy_lines(cursor, "stage_inspection", iter(inspections))
        copy_lines(cursor, "stage_judgement", iter(judgements))
        _write_inspections(cursor, taken, known)
        _retract(cursor, taken, known)
        _write_judgements(cursor, taken, known)
        if read.whole:
            _find_gone(cursor, read.family)
    return taken


def in_stage_to_evaluate(*, rule_version: str) -> list[int]:
    """Of the settings of the list just taken, those whose standing it can have changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select s.id from stage_setting g join ofsted_setting s on s.register = g.register and s.urn = g.urn
               left join lateral (select min(p.from_on) as first from ofsted_statusperiod p where p.setting_id = s.id) p
                   on true
               where s.evaluated_rev <> s.judgements_rev or s.rule_version <> %s or p.first is null
                   or p.first > g.as_at or s.id in (select setting_id from relisted) or exists (
                       select from ofsted_listing l where l.setting_id = s.id
                       and lower(coalesce(l.registration_status, '')) <> lower(coalesce(g.registration_status, ''))
                       and coalesce(l.registration_status, '') <> '' and coalesce(g.registration_status, '') <> '')""",
            [rule_version],
        )
        return [row[0] for row in cursor.fetchall()]


# --- the list itself ------------------------------------------------------------------------------------------------


def _list(read: ListRead, import_run_id: int, proves_to: date | None) -> tuple[OfstedList, bool]:
    regions = sorted({str(row.attributes.get("region") or "") for row in read.rows} - {""})
    covers = regions if read.whole and 0 < len(regions) < _WHOLE_COUNTRY else []
    known = OfstedList.objects.filter(family=read.family, register=read.register, as_at=read.as_at, whole=read.whole)
    for same in known.order_by("pk"):
        if same.regions == covers:
            if same.proves_to:
                same.proves_to = None if proves_to is None else max(same.proves_to, proves_to)
            same.contents = sorted({*same.contents, read.content})
            same.save(update_fields=["proves_to", "contents"])
            return same, False
    return (
        OfstedList.objects.create(
            layout=read.layout,
            register=read.register,
            family=read.family,
            as_at=read.as_at,
            whole=read.whole,
            regions=covers,
            import_run_id=import_run_id,
            proves_to=proves_to,
            contents=[read.content],
        ),
        True,
    )


# --- settings ------------------------------------------------------------------------------------------------------

_OVERLAID = (*TEXTS, "sort_key")
_MERGED = (*_OVERLAID, "owner_id", "places", "registered_on")


def _write_settings(cursor: CursorWrapper, taken: Taken, known: Mapping[str, Any]) -> None:
    cursor.execute(
        """insert into ofsted_owner (name, sort_key)
           select distinct on (owner_key) owner, owner_key from stage_setting where owner_key <> ''
           order by owner_key, owner on conflict do nothing"""
    )
    texts = ", ".join(_OVERLAID)
    cursor.execute(
        f"""insert into ofsted_setting (register, urn, {texts}, owner_id, places, registered_on, listed_on,
                last_checked_on, status, reasons, rule_version, judgements_rev, evaluated_rev)
            select g.register, g.urn, {", ".join(f"coalesce(g.{name}, '')" for name in _OVERLAID)}, o.id, g.places,
                g.registered_on, g.as_at, %(proves_to)s::date, 'unmatched', '[]', '', 1, 0
            from stage_setting g left join ofsted_owner o on o.sort_key = g.owner_key
            where not exists (select from ofsted_setting s where s.register = g.register and s.urn = g.urn)
            order by g.urn on conflict (register, urn) do nothing returning urn""",
        known,
    )
    taken.added = frozenset(row[0] for row in cursor.fetchall())
    # Everybody who locks several settings takes them in this order.
    cursor.execute(
        """select count(*) from (select s.id from ofsted_setting s join stage_setting g
               on s.register = g.register and s.urn = g.urn order by s.urn, s.id for no key update of s) locked"""
    )
    overlaid = ", ".join(f"coalesce(nullif(g.{name}, ''), s.{name}) as {name}" for name in _OVERLAID)
    columns = (*_MERGED, "listed_on", "last_checked_on")
    cursor.execute(
        f"""with newer as (
                select s.id, {overlaid}, coalesce(o.id, s.owner_id) as owner_id, coalesce(g.places, s.places) as places,
                    coalesce(g.registered_on, s.registered_on) as registered_on,
                    greatest(g.as_at, s.listed_on) as listed_on,
                    greatest(%(proves_to)s::date, s.last_checked_on) as last_checked_on
                from stage_setting g join ofsted_setting s on s.register = g.register and s.urn = g.urn
                left join ofsted_owner o on o.sort_key = g.owner_key
                where s.listed_on is null or s.listed_on < g.as_at
            )
            update ofsted_setting s set ({", ".join(columns)}) = (select {prefixed("n", columns)}) from newer n
            where n.id = s.id and row({prefixed("s", columns)}) is distinct from row({prefixed("n", columns)})
            returning s.urn""",
        known,
    )
    taken.changed |= {row[0] for row in cursor.fetchall()} - taken.added


def _prove_checks(cursor: CursorWrapper, known: Mapping[str, Any]) -> None:
    """A list proves that what it names was checked up to its own day."""
    cursor.execute(
        """update ofsted_setting s set last_checked_on = %(proves_to)s::date from stage_setting g
           where s.register = g.register and s.urn = g.urn and s.last_checked_on < %(proves_to)s::date""",
        known,
    )


def _write_listings(cursor: CursorWrapper, taken: Taken, known: Mapping[str, Any]) -> None:
    """Kept once for each list and setting. A second copy of the same list adds what the first had not, and corrects
    what it says otherwise: it blanks nothing."""
    cursor.execute(
        """drop table if exists relisted;
           create temp table relisted on commit drop as
           select s.id as setting_id, l.said_on from ofsted_listing l join ofsted_setting s on s.id = l.setting_id
           join stage_setting g on s.register = g.register and s.urn = g.urn
           where l.ofsted_list_id = %(list)s and (
               (g.said_on is not null and l.said_on is distinct from g.said_on)
               or lower(coalesce(l.registration_status, '')) <> lower(coalesce(g.registration_status, '')))""",
        known,
    )
    cursor.execute(
        """insert into ofsted_listing as l
               (ofsted_list_id, setting_id, line, registration_status, attributes, said_aspect, said_grade, said_on)
           select %(list)s, s.id, g.line, g.registration_status, g.attributes, g.said_aspect, g.said_grade, g.said_on
           from stage_setting g join ofsted_setting s on s.register = g.register and s.urn = g.urn
           on conflict (ofsted_list_id, setting_id) do update set
               line = excluded.line,
               registration_status = coalesce(nullif(excluded.registration_status, ''), l.registration_status),
               attributes = excluded.attributes || l.attributes || (select coalesce(jsonb_object_agg(key, value), '{}')
                   from jsonb_each(excluded.attributes) where value not in ('""'::jsonb, 'null'::jsonb)),
               (said_aspect, said_grade, said_on) = (select
                   case when told then excluded.said_aspect else l.said_aspect end,
                   case when told then excluded.said_grade else l.said_grade end,
                   case when told then excluded.said_on else l.said_on end
                   from (select excluded.said_on is not null as told) t)
           where (l.attributes, l.registration_status, l.said_aspect, l.said_grade, l.said_on) is distinct from
               (excluded.attributes, excluded.registration_status, excluded.said_aspect, excluded.said_grade,
                   excluded.said_on)
           returning setting_id""",
        known,
    )
    touched = [row[0] for row in cursor.fetchall()]
    if not touched:
        return
    # Settings that a list of the same day or a newer one has named: what each attribute is, is worked out again.
    cursor.execute(
        f"""with older as (
                select s.id from ofsted_setting s join stage_setting g on s.register = g.register and s.urn = g.urn
                where s.id = any(%(touched)s) and (not %(new)s or exists (select from ofsted_listing l
                    join ofsted_ofstedlist o on o.id = l.ofsted_list_id
                    where l.setting_id = s.id and o.id <> %(list)s and o.as_at >= %(as_at)s))
            ), said as (
                select l.setting_id, jsonb_object_agg(e.key, e.value order by o.as_at, o.whole, o.id) as a
                from older join ofsted_listing l on l.setting_id = older.id
                join ofsted_ofstedlist o on o.id = l.ofsted_list_id
                cross join jsonb_each(l.attributes) e
                where e.value not in ('""'::jsonb, 'null'::jsonb) group by l.setting_id
            ), merged as (
                select setting_id, {", ".join(_merged(name, width) for name, width in TEXTS.items())},
                    coalesce(left(a->>'sort_key', 330), '') as sort_key, o.id as owner_id,
                    case when a->>'places' ~ '^[0-9]+$' then (a->>'places')::int end as places,
                    (a->>'registered_on')::date as registered_on
                from said left join ofsted_owner o on o.sort_key = a->>'owner_key'
            )
            update ofsted_setting s set ({", ".join(_MERGED)}) = (select {prefixed("m", _MERGED)}) from merged m
            where m.setting_id = s.id and row({prefixed("s", _MERGED)}) is distinct from row({prefixed("m", _MERGED)})
            returning s.urn""",
        {**known, "touched": touched},
    )
    taken.changed |= {row[0] for row in cursor.fetchall()} - taken.added


# Fact → its width as a column.
_FACTS = {
    "name": 300, "postcode": 20, "telephone": 60, "email": 254, "placement_codes": 120, "provider_codes": 120,
    "places": 20, "report_link": 500, "conditions": None, "owner": 300,
}  # fmt: skip
_ADDRESS = ("line 1", "line 2", "line 3", "town", "county")


def _write_facts(cursor: CursorWrapper, read: ListRead, ofsted_list: OfstedList) -> None:
    """What only the council is told, as this list says it: of each setting, what the same list said before goes."""
    told = [row for row in read.rows if any(row.facts.values())]
    if not told:
        return
    cursor.execute("drop table if exists stage_fact")
    columns = ("urn", "line", "address", "closed_on", *_FACTS)
    cursor.execute(
        f"create temp table stage_fact (urn text, line int, address text, closed_on date, "
        f"{', '.join(f'{name} text' for name in _FACTS)}) on commit drop"
    )
    copy_in(
        cursor,
        "stage_fact",
        [
            [
                row.urn,
                row.line,
                ", ".join(filter(None, (row.facts.get(part, "") for part in _ADDRESS))),
                row.facts.get("closed_on") or None,
                *(row.facts.get(name, "")[:width] for name, width in _FACTS.items()),
            ]
            for row in told
        ],
    )
    given: dict[str, Any] = {"list": ofsted_list.pk, "register": read.register}
    cursor.execute(
        """delete from ofsted_councilfact f using ofsted_setting s, stage_fact g
           where f.ofsted_list_id = %(list)s and s.id = f.setting_id and s.register = %(register)s and s.urn = g.urn""",
        given,
    )
    listed = columns[1:]
    cursor.execute(
        f"""insert into ofsted_councilfact (setting_id, ofsted_list_id, {", ".join(listed)})
            select s.id, %(list)s, {prefixed("g", listed)} from stage_fact g
            join ofsted_setting s on s.register = %(register)s and s.urn = g.urn order by g.line""",
        given,
    )


def _merged(name: str, width: int) -> str:
    return f"coalesce(left(a->>'{name}', {width}), '') as {name}"


# --- inspections and judgements --------------------------------------------------------------------------------------


def _write_inspections(cursor: CursorWrapper, taken: Taken, known: Mapping[str, Any]) -> None:
    with hashed_joins(cursor):
        cursor.execute(
            f"""drop table if exists told;
            create temp table told on commit drop as
            select g.urn, g.kind, g.framework, g.inspected_on, s.id as setting_id, i.id as inspection_id,
                {_least("event_number")}, {_least("event_wording")}, {_least("predecessor_urn")},
                case when {_SAME_DAY} then coalesce(g.published_on, i.published_on)
                    else least(i.published_on, g.published_on) end as published_on,
                case when i.id is null or (%(as_at)s, %(whole)s) < (o.as_at, o.whole) then %(list)s::bigint
                    else i.ofsted_list_id end as ofsted_list_id,
                i.ofsted_list_id as list_before
            from stage_inspection g join ofsted_setting s on s.register = g.register and s.urn = g.urn
            left join ofsted_inspection i on i.setting_id = s.id and i.kind = g.kind and i.inspected_on = g.inspected_on
            left join ofsted_ofstedlist o on o.id = i.ofsted_list_id""",
            known,
        )
    cursor.execute(
        """insert into ofsted_inspection (setting_id, kind, framework, event_number, event_wording, inspected_on,
               published_on, predecessor_urn, inspectorate, source, ofsted_list_id, report_link)
           select setting_id, kind, framework, event_number, event_wording, inspected_on, published_on,
               predecessor_urn, 'Ofsted', 'list', ofsted_list_id, '' from told where inspection_id is null"""
    )
    # Where two lists differ about the same inspection the lesser value is kept, so that their order does not matter;
    # where they are of one day, that of the one handed in later.
    cursor.execute(
        """update ofsted_inspection i set (event_number, event_wording, predecessor_urn, published_on, ofsted_list_id) =
               (select n.event_number, n.event_wording, n.predecessor_urn, n.published_on, n.ofsted_list_id)
           from told n where n.inspection_id = i.id and (n.list_before is distinct from n.ofsted_list_id
               or (i.event_number, i.event_wording, i.predecessor_urn, i.published_on) is distinct from
                  (n.event_number, n.event_wording, n.predecessor_urn, n.published_on))
           returning n.urn, i.kind, i.inspected_on"""
    )
    taken.changed_events = set(cursor.fetchall())
    cursor.execute("select urn, kind, inspected_on from told where inspection_id is null")
    taken.new_events = set(cursor.fetchall())


# Of the joins of `told`: the inspection is known from a list of the same day, which this one corrects.
_SAME_DAY = "(o.as_at = %(as_at)s and o.whole = %(whole)s)"


def _least(name: str) -> str:
    return f"""case when {_SAME_DAY} then coalesce(nullif(g.{name}, ''), i.{name})
        else coalesce(least(nullif(i.{name}, ''), nullif(g.{name}, '')), '') end as {name}"""


def _retract(cursor: CursorWrapper, taken: Taken, known: Mapping[str, Any]) -> None:
    """A corrected list that gives another day for the last inspection of a setting takes back the one that it had
    told of, where no other list tells of it."""
    cursor.execute(
        """with wrong as (
               select i.id from relisted r join ofsted_inspection i
                   on i.setting_id = r.setting_id and i.inspected_on = r.said_on
               where i.source = 'list' and i.entered_by_id is null and i.ofsted_list_id = %(list)s
                   and not exists (select from ofsted_setting s join stage_inspection g
                       on s.register = g.register and s.urn = g.urn
                       where s.id = i.setting_id and g.kind = i.kind and g.inspected_on = i.inspected_on)
                   and not exists (select from ofsted_listing l where l.setting_id = i.setting_id
                       and l.ofsted_list_id <> %(list)s and l.said_on = i.inspected_on)
                   and not exists (select from ofsted_checkitem c where c.inspection_id = i.id)
           ), unsaid as (delete from ofsted_judgement j using wrong w where j.inspection_id = w.id)
           select w.id, s.urn, i.kind, i.inspected_on from wrong w join ofsted_inspection i on i.id = w.id
           join ofsted_setting s on s.id = i.setting_id""",
        known,
    )
    wrong = cursor.fetchall()
    if wrong:
        cursor.execute("delete from ofsted_inspection where id = any(%s)", [[row[0] for row in wrong]])
        taken.changed |= {row[1] for row in wrong}


def _write_judgements(cursor: CursorWrapper, taken: Taken, known: Mapping[str, Any]) -> None:
    with hashed_joins(cursor):
        cursor.execute(
            """drop table if exists judged;
            create temp table judged on commit drop as
            select g.urn, g.kind, g.inspected_on, g.aspect, g.wording, g.grade, i.id as inspection_id, i.setting_id,
                i.entered_by_id, (i.entered_at at time zone 'Europe/London')::date as entered_on,
                j.id as judgement_id, j.grade as grade_before, o.as_at, o.whole
            from stage_judgement g join ofsted_setting s on s.register = g.register and s.urn = g.urn
            join ofsted_inspection i on i.setting_id = s.id and i.kind = g.kind and i.inspected_on = g.inspected_on
            left join ofsted_judgement j on j.inspection_id = i.id and j.aspect = g.aspect
            left join ofsted_ofstedlist o on o.id = j.ofsted_list_id
            where j.id is null or j.ofsted_list_id is distinct from %(list)s or j.grade <> g.grade""",
            known,
        )
        # What each list said of their settings, found once and not for each judgement.
        cursor.execute(
            """drop table if exists said;
            create temp table said on commit drop as
            select l.setting_id, l.said_on, l.said_aspect, l.said_grade, o.id as list_id, o.as_at, o.whole
            from ofsted_listing l join ofsted_ofstedlist o on o.id = l.ofsted_list_id
            where l.setting_id in (select setting_id from judged where judgement_id is not null);
            create index on said (setting_id, said_on)"""
        )
    cursor.execute("analyze judged, said")
    cursor.execute(
        """insert into ofsted_judgement (inspection_id, aspect, wording, grade, ofsted_list_id)
           select inspection_id, aspect, wording, grade, %(list)s from judged where judgement_id is null""",
        known,
    )
    # What is known of the size of the judgements may be of a moment at which nobody saw them yet: then a nested loop
    # would compare each with each.
    with hashed_joins(cursor):
        cursor.execute(
            """update ofsted_judgement j set wording = n.wording, grade = n.grade, ofsted_list_id = %(list)s
               from judged n where n.judgement_id = j.id and case
                   -- A grade is worth more than none, whatever the day of the list.
                   when (n.grade_before = any(%(nothing)s)) <> (n.grade = any(%(nothing)s))
                       then n.grade_before = any(%(nothing)s)
                   -- The first list that said so is the one pointed to, from the last that said otherwise on.
                   when n.grade_before = n.grade then (%(as_at)s, %(whole)s) < (n.as_at, n.whole) and not exists (
                       select from said l where l.setting_id = n.setting_id and l.said_on = n.inspected_on
                           and l.said_aspect = n.aspect and l.said_grade <> n.grade
                           and (l.as_at, l.whole) between (%(as_at)s, %(whole)s) and (n.as_at, n.whole))
                   -- Another grade: Ofsted corrected it, unless a still newer list says what is known already.
                   -- Of one day, the list handed in later corrects. An entry by hand after the list's day is newer.
                   else coalesce(%(as_at)s >= n.as_at, %(as_at)s >= n.entered_on, true) and not exists (
                       select from said l where l.setting_id = n.setting_id and l.said_on = n.inspected_on
                           and l.as_at > %(as_at)s)
               end returning n.urn, n.kind, n.inspected_on, n.as_at is null and n.grade_before <> n.grade,
                   n.setting_id, n.aspect, n.grade_before, n.grade, n.entered_by_id""",
            {**known, "nothing": list(NOTHING)},
        )
        for urn, kind, day, by_hand, setting, *judged in cursor.fetchall():
            taken.changed_events.add((urn, kind, day))
            if by_hand:
                taken.overruled.append(Overruled(setting, urn, day, *judged))
    cursor.execute(
        """select setting_id, urn, inspected_on, aspect, grade_before, grade, entered_by_id from judged
           where judgement_id is not null and as_at is null and entered_on > %(as_at)s and grade <> grade_before
               and grade <> all(%(nothing)s) and grade_before <> all(%(nothing)s) order by urn, aspect""",
        {**known, "nothing": list(NOTHING)},
    )
    taken.withstood += [Overruled(*row) for row in cursor.fetchall()]
    # Contradicted by this list and said again by a newer one: that newer one is what it rests on.
    with hashed_joins(cursor):
        cursor.execute(
            """update ofsted_judgement j set ofsted_list_id = n.again from (
                   select n.judgement_id, (select l.list_id from said l
                       where l.setting_id = n.setting_id and l.said_on = n.inspected_on and l.said_aspect = n.aspect
                           and l.said_grade = n.grade_before and (l.as_at, l.whole) > (%(as_at)s, %(whole)s)
                       order by l.as_at, l.whole limit 1) as again
                   from judged n where n.grade_before <> n.grade and (n.as_at, n.whole) < (%(as_at)s, %(whole)s)
                       and n.grade <> all(%(nothing)s) and n.grade_before <> all(%(nothing)s)
               ) n where n.judgement_id = j.id and n.again is not null""",
            {**known, "nothing": list(NOTHING)},
        )
    cursor.execute("select distinct urn, kind, inspected_on from judged where judgement_id is null")
    taken.changed_events |= set(cursor.fetchall())
    taken.changed_events -= taken.new_events


def _find_gone(cursor: CursorWrapper, family: str) -> None:
    """A setting has gone from the day of the first whole list of its family that is newer than the last that named it
    and covers its region.
    """
    cursor.execute(
        """with named as (
               select l.setting_id, max(o.as_at) as last from ofsted_listing l
               join ofsted_ofstedlist o on o.id = l.ofsted_list_id
               where o.whole and o.family = %(family)s
                   -- From the only list of its family nothing has gone, and nothing has to be looked for.
                   and ((select count(*) > 1 from ofsted_ofstedlist where whole and family = %(family)s)
                       or exists (select from ofsted_setting where gone_since is not null))
               group by l.setting_id
           ), gone as (
               select n.setting_id, (select min(o.as_at) from ofsted_ofstedlist o where o.whole
                   and o.family = %(family)s and o.as_at > n.last
                   and (o.regions = '[]' or o.regions ? s.region)) as since
               from named n join ofsted_setting s on s.id = n.setting_id
               -- A list of another family that named it later says that it has moved there, and is not gone.
               where not exists (select from ofsted_listing l join ofsted_ofstedlist o on o.id = l.ofsted_list_id
                   where l.setting_id = n.setting_id and o.family <> %(family)s and o.whole and o.as_at > n.last)
           )
           update ofsted_setting s set gone_since = g.since from gone g
           where g.setting_id = s.id and s.gone_since is distinct from g.since""",
        {"family": family},
    )


def said_by(ofsted_list: OfstedList, *, regions: Collection[str] = ()) -> dict[str, tuple[str, str, str]]:
    """What a list said of each setting: URN → aspect and grade of its overall judgement, and its status that day."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select s.urn, l.said_aspect, l.said_grade, coalesce(p.status, 'unmatched') from ofsted_listing l
               join ofsted_setting s on s.id = l.setting_id
               left join ofsted_statusperiod p on p.setting_id = s.id and p.from_on <= %(day)s
                   and (p.to_on is null or p.to_on > %(day)s)
               where l.ofsted_list_id = %(list)s and (%(regions)s::text[] = '{}' or s.region = any(%(regions)s))""",
            {"list": ofsted_list.pk, "day": ofsted_list.as_at, "regions": list(regions)},
        )
        return {urn: (aspect, grade, status) for urn, aspect, grade, status in cursor.fetchall()}
