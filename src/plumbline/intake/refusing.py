"""Rows that cannot be taken, of whatever file, in a temporary table of their own while an import runs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from django.db import connection

from plumbline.audit.history import prefixed
from plumbline.intake.tables import Intake

# More than this an answer does not list; all of them are kept.
MOST_LISTED = 100_000
_AT_ONCE = 10_000


class Refused(Protocol):
    """A row as its reader refused it."""

    @property
    def line(self) -> int: ...
    @property
    def id(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def raw(self) -> Mapping[str, str]: ...


def stage_refusals() -> None:
    """Make the empty temporary table of the rows that are refused, of whatever file."""
    with connection.cursor() as cursor:
        cursor.execute(
            """drop table if exists staged_refusal;
               create temporary table staged_refusal (
                   file text, line int, row_id text, code text, reason text, cells jsonb) on commit drop"""
        )


def add(file: str, refused: Sequence[Refused]) -> None:
    """Stage refusals found while reading."""
    if not refused:
        return
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy("copy staged_refusal (file, line, row_id, code, reason, cells) from stdin") as copy,
    ):
        for row in refused:
            copy.write_row((file, row.line, row.id[:120], row.code, row.reason, _json(row.raw)))


def _json(cells: Mapping[str, str]) -> str:
    return json.dumps(cells, ensure_ascii=False)


def drop(file: str) -> None:
    """Forget what was staged of a file that turned out to be refused whole."""
    with connection.cursor() as cursor:
        cursor.execute("delete from staged_refusal where file = %s", [file])


def add_cells(file: str, table: Iterable[tuple[int, Any]]) -> None:
    """Give the refusals that the database found their cells, out of a second reading of the file."""
    lines = _lines_without_cells(file, after=0)
    if not lines:
        return
    wanted = iter(lines)
    next_line = next(wanted)
    found: list[tuple[int, str]] = []
    for line, cells in table:
        if line != next_line:
            continue
        if isinstance(cells, dict):
            found.append((line, _json(cells)))
        following = next(wanted, None)
        if following is None:
            _store_cells(file, found)
            found = []
            lines = _lines_without_cells(file, after=line)
            if not lines:
                return
            wanted = iter(lines)
            following = next(wanted)
        next_line = following
    _store_cells(file, found)


def _lines_without_cells(file: str, *, after: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select line from staged_refusal where file = %s and cells is null and line > %s order by line limit %s",
            [file, after, _AT_ONCE],
        )
        return [line for (line,) in cursor.fetchall()]


def _store_cells(file: str, found: Iterable[tuple[int, str]]) -> None:
    listed = list(found)
    with connection.cursor() as cursor:
        cursor.execute(
            """update staged_refusal r set cells = f.cells::jsonb
               from unnest(%s::int[], %s::text[]) as f (line, cells) where r.file = %s and r.line = f.line""",
            [[line for line, _ in listed], [cells for _, cells in listed], file],
        )


def listed(files: Sequence[str]) -> tuple[list[dict[str, Any]], int]:
    """The staged refusals as an answer shows them, in the order of the files and their lines; and how many in all."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from staged_refusal")
        count = cursor.fetchone()[0]
        cursor.execute(
            """select file, line, row_id, code, reason from staged_refusal
               order by array_position(%s::text[], file), line limit %s""",
            [list(files), MOST_LISTED],
        )
        names = ("file", "line", "id", "code", "reason")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()], count


def refuse_unfound(*, name: str, file: str, intake: Intake) -> int:
    """Take out of the staged rows, as refused, those that point to nothing known; how many."""
    refused = 0
    if intake.fill:
        intake.fill(name)
    with connection.cursor() as cursor:
        for need in intake.needs:
            cursor.execute(
                f"""with gone as (delete from {name} s
                        where not exists (select from {need.table} r where r.{need.key} = s.{need.of})
                        returning s.line, s.id, s.{need.of} as pointed)
                    insert into staged_refusal (file, line, row_id, code, reason)
                    select %(file)s, line, id, %(code)s,
                        case when pointed = '' then %(absent)s else replace(%(reason)s, '{{}}', pointed) end
                    from gone""",
                {"file": file, "code": need.code, "reason": need.reason, "absent": need.absent},
            )
            refused += cursor.rowcount
    return refused


def refuse_repeats(*, name: str, file: str, columns: Sequence[str]) -> tuple[int, int]:
    """Keep the first staged row of each id; how many were the same again, and how many refused as other content."""
    with connection.cursor() as cursor:
        cursor.execute(f"select exists (select from {name} group by id having count(*) > 1)")
        if not cursor.fetchone()[0]:
            return 0, 0
        cursor.execute(
            f"""with numbered as (
                    select line, min(line) over (partition by id) as first from {name}),
                later as (
                    delete from {name} s using numbered n, {name} f
                    where s.line = n.line and n.first < n.line and f.line = n.first
                    returning s.line, s.id, n.first,
                        ({prefixed("s", columns)}) is not distinct from ({prefixed("f", columns)}) as same),
                refused as (
                    insert into staged_refusal (file, line, row_id, code, reason)
                    select %(file)s, line, id, 'conflict_in_file',
                        'Line ' || first || ' of this file has the same id, ' || id || ', with other content; '
                        'that line was taken, this one was not.'
                    from later where not same)
                select count(*) filter (where same), count(*) filter (where not same) from later""",
            {"file": file},
        )
        return cursor.fetchone()
