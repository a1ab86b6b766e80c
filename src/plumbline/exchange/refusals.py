"""Rows that could not be taken, kept to be mended and tried again, or settled since they came in after all."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from plumbline.intake import merging, refusing
from plumbline.intake.models import Import
from plumbline.intake.refusing import Refused


def keep(import_run: Import) -> None:
    """Keep the staged refusals to be mended. One that was refused before with the very same cells is kept once."""
    merging.insert(
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


def keep_of_file(import_run: Import, *, file: str, refused: Sequence[Refused]) -> list[dict[str, Any]]:
    """Keep the rows that were refused while one file was read; as an answer lists them."""
    refusing.stage_refusals()
    refusing.add(file[:100], refused)
    keep(import_run)
    return [{"file": file, "line": row.line, "id": row.id, "code": row.code, "reason": row.reason} for row in refused]


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
