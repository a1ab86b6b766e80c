"""Rows that could not be taken: staged while an import runs, then kept to be mended and tried again."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from plumbline.audit import intake
from plumbline.audit.models import Import
from plumbline.exchange.readers import RefusedRow as ReadRefused
from plumbline.exchange.readers import Table

# More than this an answer does not list; all of them are kept.
MOST_LISTED = 100_000
_AT_ONCE = 10_000


def add(file: str, refused: Sequence[ReadRefused]) -> None:
    """Stage refusals found while reading (`audit.intake.stage_refusals` made the table)."""
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


def add_cells(file: str, table: Table) -> None:
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


def keep(import_run: Import) -> None:
    """Keep the staged refusals to be mended. One that was refused before with the very same cells is kept once."""
    intake.insert(
        "exchange_refusedrow",
        given={name: f"r.{name}" for name in ("file", "line", "row_id", "code", "reason")}
        | {"import_run_id": "%(run)s", "cells": "coalesce(r.cells, '{}'::jsonb)"},
        rows="""staged_refusal r
            where not exists (select from exchange_refusedrow k
                where k.file = r.file and k.row_id = r.row_id and k.code = r.code
                    and k.cells = coalesce(r.cells, '{}'::jsonb) and k.reason = r.reason)
            order by r.file, r.line""",
        parameters={"run": import_run.pk},
    )


def settle_taken(*, file: str, staged: str, import_run: Import, because: str) -> int:
    """Settle the kept rows whose id came in with this file, unless the very row was refused again; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""update exchange_refusedrow k set state = 'mended', settled_at = %(at)s, settled_because = %(because)s
                where k.state = 'open' and k.file = %(file)s and k.row_id <> '' and k.import_run_id <> %(run)s
                    and exists (select from {staged} s where s.id = k.row_id)
                    and not exists (select from staged_refusal r where r.file = k.file and r.row_id = k.row_id)""",
            {"at": import_run.at, "because": because, "file": file, "run": import_run.pk},
        )
        return cursor.rowcount
