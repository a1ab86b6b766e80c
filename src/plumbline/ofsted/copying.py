"""Many rows into a table at once, and joins of many rows."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db.backends.utils import CursorWrapper

# No text that is kept can be this: it is white space, and trimmed off.
_NULL = "\x1f"
_AT_ONCE = 500
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_in(cursor: CursorWrapper, into: str, rows: Iterable[Sequence[Any]]) -> None:
    """`into`: a table of ours, with or without its columns. None becomes NULL; dates and numbers as they print."""
    copy_lines(cursor, into, lines_of(rows))


def lines_of(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The rows as `copy_lines` sends them."""
    return map(_line, rows)


def copy_lines(cursor: CursorWrapper, into: str, lines: Iterator[str]) -> None:
    with cursor.copy(f"copy {into} from stdin with (null E'\\x1f')") as copy:
        # By and by: the database takes in what it has while the rest is made.
        while text := "".join(islice(lines, _AT_ONCE)):
            copy.write(text)


def _line(row: Sequence[Any]) -> str:
    cells = [_NULL if value is None else value if value.__class__ is str else str(value) for value in row]
    line = "\t".join(cells)
    # Looked through once a row: there are dozens of cells in each.
    if "\\" in line or "\n" in line or "\r" in line or line.count("\t") != len(cells) - 1:
        line = "\t".join(cell.translate(_ESCAPED) for cell in cells)
    return f"{line}\n"


@contextmanager
def hashed_joins(cursor: CursorWrapper) -> Iterator[None]:
    """Join thousands of rows as such. Before a table is first analysed the planner takes it for nearly empty, and a
    loop over both sides then takes minutes.
    """
    cursor.execute("set local enable_nestloop = off")
    yield
    cursor.execute("set local enable_nestloop = on")
