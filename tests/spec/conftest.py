"""Small tables drawn in text, loaded into every engine."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import psycopg
import pyarrow
import pytest

from plumbline.measures.ask import Engine
from plumbline.measures.engines.duckdb import DuckDBEngine, create_tables, load
from plumbline.measures.engines.postgres import PostgresEngine
from plumbline.measures.facts import RELATIONS, Relation
from tests import databases

Rows = Sequence[Mapping[str, Any]]
# The columns of a table and its rows.
Filling = tuple[Sequence[str], Sequence[tuple[Any, ...]]]

_DEFAULTS = {
    "closure_code": "", "has_lead": True, "step_down_recorded": False, "began_adverse": False, "pounds": 0,
    "has_value": True, "visit_required": False, "service_area_present": False, "whose": "own", "needed": True,
    "in_time": False, "sent": False, "has_stage1": False, "scored_safeguarding": False, "failed_stage1": False,
}  # fmt: skip
_HISTORY = ("from_tx", "to_tx")
_NUMBERS = (*_HISTORY, "pounds", "told_hour")


# Run once more on an older PostgreSQL, nothing is asked of DuckDB again: it is the same one.
ENGINES = ["postgres"] if os.environ.get("PLUMBLINE_TEST_DATABASE_URL") == "debian" else ["postgres", "duckdb"]


@dataclass
class Facts:
    """Facts in one engine. `load` replaces all of them."""

    engine: Engine
    execute: Any
    insert: Callable[[Mapping[str, Filling]], None]
    name: str
    loaded: dict[str, Rows] = field(default_factory=dict, repr=False)
    given: Mapping[str, Rows] | None = field(default=None, repr=False)

    def load(self, tables: Mapping[str, Rows]) -> None:
        """Rows by relation; with `from_tx` they are versions, and those without `to_tx` stand now."""
        if tables is self.given:
            return
        self.given = tables
        for name in self.loaded:
            self.execute(f"delete from {RELATIONS[name].now}")
            self.execute(f"delete from {RELATIONS[name].versions}")
        self.loaded = {name: [complete(RELATIONS[name], row) for row in rows] for name, rows in tables.items()}
        filled: dict[str, Filling] = {}
        for name, rows in self.loaded.items():
            columns = [column.name for column in RELATIONS[name].columns]
            ever = [*columns, *_HISTORY]
            now = [row for row in rows if row["to_tx"] is None]
            filled[RELATIONS[name].now] = columns, [tuple(row[c] for c in columns) for row in now]
            filled[RELATIONS[name].versions] = ever, [tuple(row[c] for c in ever) for row in rows]
        self.insert(filled)


def complete(relation: Relation, row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {column.name: _DEFAULTS.get(column.name) for column in relation.columns}
    return {**plain, "from_tx": 1, "to_tx": None, **row}


def drawn(text: str) -> dict[str, list[dict[str, Any]]]:
    """Tables out of text: a relation's name on a line of its own, a header, and rows, cells parted by |.

    An empty cell is null, '' an empty text; dates are ISO; yes and no are booleans.
    """
    tables: dict[str, list[dict[str, Any]]] = {}
    relation, header = "", []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if "|" not in line and line in RELATIONS:
            relation, header = line, []
            tables[relation] = []
        elif not header:
            header = [cell.strip() for cell in line.split("|")]
        else:
            cells = [cell.strip() for cell in line.split("|")]
            tables[relation].append({name: _cell(name, cell) for name, cell in zip(header, cells, strict=True) if cell})
    return tables


def _cell(name: str, text: str) -> Any:
    if text == "''":
        return ""
    if text in ("yes", "no"):
        return text == "yes"
    if name in _NUMBERS:
        return int(text)
    return date.fromisoformat(text) if name == "dob" or name.endswith("_on") else text


@pytest.fixture(scope="session")
def postgres_facts() -> Iterator[Facts]:
    """An empty database of the test cluster, with plain tables in the place of the fact views."""
    name = f"test_spec_{os.getpid()}"
    databases.run_owner(f"create database {name}")
    try:
        with psycopg.connect(databases.with_name(databases.owner_url(), name)) as connection:
            cursor = connection.cursor()
            for relation in RELATIONS.values():
                columns = ", ".join(f"{column.name} {column.type}" for column in relation.columns)
                cursor.execute(f"create table {relation.now} ({columns})")
                cursor.execute(f"create table {relation.versions} ({columns}, from_tx bigint, to_tx bigint)")

            def insert(filled: Mapping[str, Filling]) -> None:
                for table, (columns, rows) in filled.items():
                    with cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy:
                        for row in rows:
                            copy.write_row(row)

            yield Facts(PostgresEngine(cursor), cursor.execute, insert, "postgres")
    finally:
        databases.run_owner(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def duckdb_facts() -> Iterator[Facts]:
    with duckdb.connect() as connection:
        create_tables(connection)

        def insert(filled: Mapping[str, Filling]) -> None:
            load(
                connection,
                {
                    table: pyarrow.table(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))
                    for table, (columns, rows) in filled.items()
                    if rows
                },
            )

        yield Facts(DuckDBEngine(connection), connection.execute, insert, "duckdb")


@pytest.fixture
def engines(request: pytest.FixtureRequest) -> list[Facts]:
    """Every engine with facts of its own, for a test that compares them."""
    return [request.getfixturevalue(f"{name}_facts") for name in ENGINES]


@pytest.fixture(params=ENGINES)
def facts(request: pytest.FixtureRequest) -> Facts:
    """Each test runs once on every engine."""
    return request.getfixturevalue(f"{request.param}_facts")
