"""PostgreSQL, through any DB-API cursor that takes %(name)s parameters (psycopg's, Django's)."""

import re
from typing import Any, Protocol

from plumbline.measures.compile import Statement

_PARAMETER = re.compile(r"(?<!:):([a-z_]+)")


class Cursor(Protocol):
    def execute(self, query: Any, params: Any = None, /) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class PostgresEngine:
    """Runs statements on `cursor`, inside whatever transaction and search path the caller has set."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def run(self, statement: Statement) -> list[tuple[Any, ...]]:
        text = _PARAMETER.sub(r"%(\1)s", statement.text.replace("%", "%%"))
        self._cursor.execute(text, statement.parameters)
        return [tuple(row) for row in self._cursor.fetchall()]
