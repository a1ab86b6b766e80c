"""Staged rows are brought into their table at once; what an extract no longer holds is marked."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper

from plumbline.audit.history import prefixed
from plumbline.intake.models import Import
from plumbline.intake.tables import Intake


def take(
    *, name: str, intake: Intake, import_run: Import, absent: Iterable[str] = (), fill: bool = False
) -> tuple[int, int, int]:
    """Bring the staged rows into the table; how many were added, changed and unchanged.

    `absent`: staged columns that the file did not have. `fill`: only add what is not there (an older extract).
    """
    missing = frozenset(absent)
    with connection.cursor() as cursor:
        if intake.before:
            intake.before(name)
        changed = 0 if fill else _change(cursor, name, intake, import_run, missing)
        added = _add(name, intake, import_run)
        if intake.after:
            changed += intake.after(name, import_run, missing)
        cursor.execute(f"select count(*) from {name}")
        staged = cursor.fetchone()[0]
    return added, changed, staged - added - changed


def _change(cursor: CursorWrapper, name: str, intake: Intake, import_run: Import, absent: frozenset[str]) -> int:
    held = [column for column in intake.columns if column.of not in absent]
    values = ", ".join(column.value for column in held)
    quoted = [f'"{column.name}"' for column in held]
    # A row of which nothing is said but that it is there has nothing to change.
    change = f"""update {intake.table} t set ({", ".join(quoted)}) = row({values}) from {name} s {intake.joins}
        where {intake.match} and {intake.scope} and ({prefixed("t", quoted)}) is distinct from ({values})"""
    if not intake.traced:
        cursor.execute(change)
        return cursor.rowcount
    cursor.execute(
        f"""with changed as ({f"{change} returning t.id" if held else "select null::bigint as id where false"}),
                gone as materialized (select id from {intake.origin} where missing_since is not null),
                back as (
                    select t.id from {name} s {intake.joins}, {intake.table} t
                    where t.id in (select id from gone) and {intake.match} and {intake.scope})
            {trace(intake.origin, of="(select id from changed union select id from back) found")}""",
        {"run": import_run.pk},
    )
    return cursor.rowcount


def trace(origin: str, *, of: str) -> str:
    """SQL that says of rows, the `id` of `of`, that the import %(run)s brought them or something new of them."""
    return f"""insert into {origin} (id, import_run_id) select id, %(run)s from {of}
        on conflict (id) do update set import_run_id = excluded.import_run_id, missing_since = null"""


def _add(name: str, intake: Intake, import_run: Import) -> int:
    return insert(
        intake.table,
        given={column.name: column.value for column in intake.columns} | dict(intake.fixed),
        rows=f"""{name} s {intake.joins}
            where not exists (select from {intake.table} t where {intake.match} and {intake.scope})""",
        parameters={"run": import_run.pk},
        then=trace(intake.origin, of="added") if intake.traced else "",
    )


def insert(table: str, *, given: Mapping[str, str], rows: str, parameters: Mapping[str, Any], then: str = "") -> int:
    """Insert rows by one statement; how many. `given`: SQL of each column over `rows`, what follows "from"; `then`:
    SQL of what is written of each that was `added`, by its id.

    The other columns get their field's default, as they would of `Model.objects.create`.
    """
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    values = dict(parameters)
    columns = dict(given)
    for each in model._meta.concrete_fields:
        _, column = each.get_attname_column()
        if column is None or column in given or each.primary_key or each.null:
            continue
        values[f"default_{column}"] = each.get_db_prep_save(each.get_default(), connection)
        columns[column] = f"%(default_{column})s::{each.db_type(connection)}"
    listed = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        adding = f"insert into {table} ({listed}) select {', '.join(columns.values())} from {rows}"
        cursor.execute(f"with added as ({adding} returning id) {then}" if then else adding, values)
        return cursor.rowcount


def count_present(*, intake: Intake) -> int:
    """How many of the imported rows the newest extract holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select count(*) from {intake.table} t join {intake.origin} o on o.id = t.id
                where {intake.scope} and o.missing_since is null"""
        )
        return cursor.fetchone()[0]


def mark_missing(*, name: str, file: str, intake: Intake, since: date, open_where: str = "") -> tuple[int, int]:
    """Mark the imported rows that this whole file no longer holds (rows it held but were refused stay); how many, and
    how many of these have no day in the column `open_where`."""
    if not intake.traced:
        return 0, 0
    still_open = f"t.{open_where} is null" if open_where else "false"
    with connection.cursor() as cursor:
        # Found first: they are few, and where they came from is looked up for these alone.
        cursor.execute(
            f"""with gone as materialized (
                    select t.id, {still_open} as still_open from {intake.table} t where {intake.scope}
                        and not exists (select from {name} s where {intake.match})
                        and not exists (
                            select from staged_refusal s where s.file = %(file)s and s.row_id = t.source_id)),
                marked as (
                    update {intake.origin} o set missing_since = %(since)s from gone
                    where o.id = gone.id and o.missing_since is null returning gone.still_open)
                select count(*), count(*) filter (where still_open) from marked""",
            {"since": since, "file": file},
        )
        return cursor.fetchone()


def mark_filled(*, intake: Intake, since: date, import_run: Import) -> int:
    """Mark what this older extract added: the newest, of the day `since`, did not hold it; how many."""
    if not intake.traced:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"""update {intake.origin} o set missing_since = %(since)s from {intake.table} t
                where t.id = o.id and {intake.scope} and o.import_run_id = %(run)s and o.missing_since is null""",
            {"since": since, "run": import_run.pk},
        )
        return cursor.rowcount
