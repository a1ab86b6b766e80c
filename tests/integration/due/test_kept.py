"""What is kept of duties is what the rooms say of the records as they are: after whatever changed, by whatever route,
and as days pass."""

import random
import re
from datetime import date
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from plumbline.due import keeping
from plumbline.due.models import Item, Matter
from plumbline.due.sources import SOURCES
from plumbline.kernel.duties import Source
from plumbline.people.acting import beyond
from plumbline.web.kit.duties import address

TODAY = date(2016, 7, 31)
# What a view shows of a table; the table is watched.
VIEWS = {
    "people_numberedchild": "people_child", "placements_stay": "placements_placement",
    "placements_leave": "placements_placementexception", "socialcare_allocation": "socialcare_involvement",
    "earlyhelp_led": "earlyhelp_tac", "flags_numberedflag": "flags_flag", "flags_numberedstep": "flags_flagstep",
    "contracts_numberedlink": "contracts_incidentchild",
}  # fmt: skip
_TABLE = re.compile(r"\b(?:from|join)\s+\"?([a-z0-9_]+)\"?", re.IGNORECASE)


def kept() -> dict[Any, dict[str, Any]]:
    rows = Item.objects.values(*keeping._FIELDS)
    return {keeping.identity(row): row for row in rows}


def said_by_the_rooms(on: date) -> dict[Any, dict[str, Any]]:
    return {keeping.identity(row): row for source in SOURCES for row in keeping.rows_of(source, None, on)}


def matters() -> set[tuple[Any, ...]]:
    names = [field.attname for field in Matter._meta.concrete_fields if not field.primary_key]
    return {tuple(map(str, row)) for row in Matter.objects.values_list(*names)}


def differences(want: dict[Any, dict[str, Any]]) -> list[str]:
    """What is kept and should not be, and the other way round."""
    have = kept()
    return [
        f"{key}: kept {have.get(key)}, wanted {want.get(key)}"
        for key in have.keys() | want.keys()
        if have.get(key) != want.get(key)
    ]


def watched_tables() -> list[str]:
    return sorted({table for source in SOURCES for table in source.watched if table not in {"audit_event"}})


# Columns that are only said in words, or that the night brings up to date.
_ONLY_WORDS = re.compile(
    r"(name|title|label|reason|wording|text|note|summary|detail|_by_id|^id$|source_id|sort_key|rev$)"
)


def touch(pick: random.Random) -> None:
    """Change a day, a state or a mark of one row of a table that is watched, or take it away."""
    table = pick.choice(watched_tables())
    with connection.cursor() as cursor:
        cursor.execute("select setseed(%s)", [pick.random()])
        cursor.execute(f"select ctid::text from {table} order by random() limit 1")
        found = cursor.fetchone()
        if found is None:
            return
        cursor.execute(
            """select column_name, data_type, is_nullable from information_schema.columns
               where table_name = %s order by ordinal_position""",
            [table],
        )
        columns = [row for row in cursor.fetchall() if not _ONLY_WORDS.search(row[0])]
        changes = (
            [(name, f"{name} + {pick.choice((-400, -30, -1, 1, 20))}") for name, kind, _ in columns if kind == "date"]
            + [
                (name, f"(select {name} from {table} order by random() limit 1)")
                for name, kind, _ in columns
                if kind in ("date", "character varying", "boolean", "smallint", "bigint", "timestamp with time zone")
            ]
            + [(name, "null") for name, _, nullable in columns if nullable == "YES"]
        )
        name, value = pick.choice(changes)
        statement = f"update {table} set {name} = {value} where ctid = %s::tid"
        if pick.random() < 0.1:
            statement = f"delete from {table} where ctid = %s::tid"
        try:
            with transaction.atomic():
                cursor.execute(statement, found)
                cursor.execute("set constraints all immediate; set constraints all deferred")
        except DatabaseError:
            return


def test_a_source_watches_every_table_that_it_reads(demo_database):
    """Or says that it need not: names are said again by the night, a published version stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'")
        tables = {name for (name,) in cursor.fetchall()}
    unwatched = {}
    with transaction.atomic(), beyond():
        for source in SOURCES:
            missing = read_by(source, tables) - set(source.watched) - source.settled
            if missing:
                unwatched[source.name] = missing
    assert unwatched == {}


def read_by(source: Source, tables: set[str]) -> set[str]:
    with CaptureQueriesContext(connection) as asked:
        list(source.of(None, TODAY))
        list(source.of([1, 2, 3], TODAY))
    found = {name.lower() for query in asked.captured_queries for name in _TABLE.findall(query["sql"])}
    return {VIEWS.get(name, name) for name in found & tables}


def test_a_table_that_is_watched_is_there_and_a_source_has_a_name_of_its_own(demo_database):
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
        tables = {name for (name,) in cursor.fetchall()}
    assert {table for source in SOURCES for table in (*source.watched, *source.settled)} <= tables
    assert len({source.name for source in SOURCES}) == len(SOURCES)


def test_every_duty_leads_to_a_page_that_there_is(demo_database):
    keeping.from_nothing(on=TODAY)
    wrong = []
    for kind, place in Item.objects.order_by("kind").distinct("kind").values_list("kind", "place"):
        try:
            address(place)
        except NoReverseMatch:
            wrong.append((kind, place))
    assert (wrong, bool(reverse("my_work"))) == ([], True)


def test_where_nothing_changed_nothing_is_worked_out(demo_database):
    keeping.from_nothing(on=TODAY)
    with CaptureQueriesContext(connection) as asked:
        keeping.catch_up(on=TODAY)
    assert len(asked) == 1
