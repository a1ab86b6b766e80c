"""Many rows into a table at once, and joins of many rows."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.backends.utils import CursorWrapper

_special = re.compile(r"[\\\t\n\r]").search
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_in(cursor: CursorWrapper, into: str, rows: Iterable[Sequence[Any]]) -> None:
    """`into`: a table of ours, with or without its columns. None becomes NULL; dates and numbers as they print."""
    text = "".join("\t".join(map(_cell, row)) + "\n" for row in rows)
    with cursor.copy(f"copy {into} from stdin") as copy:
        copy.write(text)


@contextmanager
def hashed_joins(cursor: CursorWrapper) -> Iterator[None]:
    """Join thousands of rows as such. Before a table is first analysed the planner takes it for nearly empty, and a
    loop over both sides then takes minutes.
    """
    cursor.execute("set local enable_nestloop = off")
    yield
    cursor.execute("set local enable_nestloop = on")


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    text = str(value)
    return text.translate(_ESCAPED) if _special(text) else text
