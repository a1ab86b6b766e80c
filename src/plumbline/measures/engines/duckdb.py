"""DuckDB: the same measures over facts taken out as Arrow or Parquet, for many councils or one large one."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow

from plumbline.measures.compile import Statement
from plumbline.measures.facts import RELATIONS

_PARAMETER = re.compile(r"(?<!:):([a-z_]+)")
_TYPES = {"text": "varchar", "date": "date", "boolean": "boolean", "bigint": "bigint"}


class DuckDBEngine:
    """Runs statements on a connection that holds the fact tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def run(self, statement: Statement) -> list[tuple[Any, ...]]:
        text = _PARAMETER.sub(r"$\1", statement.text)
        return self.connection.execute(text, statement.parameters).fetchall()


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty fact tables, both of each relation. An existing one is left as it is."""
    for relation in RELATIONS.values():
        columns = ", ".join(f"{column.name} {_TYPES[column.type]}" for column in relation.columns)
        connection.execute(f"create table if not exists {relation.now} ({columns})")
        connection.execute(f"create table if not exists {relation.versions} ({columns}, from_tx bigint, to_tx bigint)")


def load(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pyarrow.Table | Path]) -> None:
    """Add rows to fact tables: by table name (`fact_tac`), an Arrow table or a Parquet file with those columns.

    Columns are matched by name. Raises KeyError for a table that the contract does not name.
    """
    create_tables(connection)
    known = {name for relation in RELATIONS.values() for name in (relation.now, relation.versions)}
    for name, rows in tables.items():
        if name not in known:
            raise KeyError(name)
        table = connection.read_parquet(str(rows)) if isinstance(rows, Path) else connection.from_arrow(rows)
        columns = ", ".join(table.columns)
        table.query("incoming", f"insert into {name} ({columns}) select {columns} from incoming")
