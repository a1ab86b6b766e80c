"""Many rows on their way in: into a temporary table first, as the database takes them fastest, and joined as such."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

# Is put for NULL in a staged row. No text that is kept can be this: it is white space, and trimmed off.
NULL = "\x1f"
_AT_ONCE = 500
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def stage(name: str, columns: Sequence[tuple[str, str]]) -> None:
    """Make the empty temporary table of one file's rows; columns as name and type."""
    typed = ", ".join(f"{column} {kind}" for column, kind in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""drop table if exists {name};
                create temporary table {name} (line int, {typed}) on commit drop"""
        )


def load(name: str, lines: Iterable[str]) -> None:
    """Add rows to a staged table: each line is `line` and the columns, as `line_of` makes them."""
    with connection.cursor() as cursor:
        copy_lines(cursor, name, iter(lines))


def analyse(name: str) -> None:
    """Let the database know how many rows were staged. Of their columns only the id matters to its plans."""
    with connection.cursor() as cursor:
        cursor.execute(f"analyze {name} (id)")


def copy_in(cursor: CursorWrapper, into: str, rows: Iterable[Sequence[Any]]) -> None:
    """`into`: a table of ours, with or without its columns. None becomes NULL; dates and numbers as they print."""
    copy_lines(cursor, into, lines_of(rows))


def copy_lines(cursor: CursorWrapper, into: str, lines: Iterator[str]) -> None:
    """Send rows that are lines already, as `line_of` makes them."""
    with cursor.copy(f"copy {into} from stdin with (null E'\\x1f')") as copy:
        # By and by: the database takes in what it has while the rest is made.
        while text := "".join(islice(lines, _AT_ONCE)):
            copy.write(text)


def lines_of(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The rows as `copy_lines` sends them."""
    return (
        line_of([NULL if value is None else value if value.__class__ is str else str(value) for value in row])
        for row in rows
    )


def line_of(cells: Sequence[str]) -> str:
    """One row as COPY has it in its text form: cells with a tab between, what has a meaning there escaped."""
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
