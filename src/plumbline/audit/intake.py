"""Rows on their way in: staged in a temporary table, compared with what is known by the database, taken at once.

A room that takes rows from outside declares an `Intake` for each table (its `intake` module). Who reads the files
(exchange) stages the rows and calls these steps in order, in one transaction:

    lock() · begin() · stage_refusals() · for each table: stage(), then load(), refuse_unfound(),
    refuse_repeats(), take(), mark_missing()

A staged row has `line`, `id` and the columns that the intake's values name as `s.…`. History follows by trigger.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from plumbline.audit.models import Extract, Import
from plumbline.kernel.errors import RuleBroken

# One import at a time: another waits for it to end.
IMPORT_LOCK = 7_161_905_547
# Stands for NULL in a staged row. No text read from a cell can be this: it is white space, and trimmed off.
NULL = "\x1f"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its value as SQL over the staged row `s` and the joins, and the staged column it is of.

    Where the file has no column `of`, an existing row keeps what it has.
    """

    name: str
    value: str
    of: str


def same(*names: str) -> tuple[Column, ...]:
    """Columns taken as they are staged, under the same name."""
    return tuple(Column(name, f"s.{name}", name) for name in names)


@dataclass(frozen=True, slots=True)
class Need:
    """A staged row is refused where no row of `table` has its `of`. `reason` is a sentence with {} for the value."""

    table: str
    of: str
    code: str
    reason: str
    absent: str
    key: str = "source_id"


@dataclass(frozen=True, slots=True)
class Intake:
    """How staged rows become rows of one table."""

    table: str
    columns: tuple[Column, ...]
    joins: str = ""
    needs: tuple[Need, ...] = ()
    # Columns that are given a value only when the row is new.
    fixed: Mapping[str, str] = field(default_factory=dict)
    # Which row of the table, `t`, is the staged row, `s`; and which rows of the table this source speaks of.
    match: str = "t.source_id = s.id"
    scope: str = "true"
    # Rows carry the import they came from and the day since which an extract no longer holds them.
    traced: bool = True
    # Called with the name of the staged rows before they are looked up: fills in what other rows say of them.
    fill: Callable[[str], None] | None = None
    # Called with the name of the staged rows before they are taken: makes what they point to.
    before: Callable[[str], None] | None = None


@dataclass(slots=True)
class Taken:
    """How the rows of one file were counted; read = the sum of the others."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    repeated: int = 0
    refused: int = 0

    def as_json(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("read", "added", "changed", "unchanged", "repeated", "refused")}


def lock(*, waiting: Callable[[], None]) -> None:
    """Let no other import run until this transaction ends; `waiting` is called if one is running now."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [IMPORT_LOCK])
        if not cursor.fetchone()[0]:
            waiting()
            cursor.execute("select pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def begin(
    *,
    kind: str,
    label: str,
    by: models.Model | None,
    at: datetime,
    as_at: date | None,
    backfill: bool = False,
    because: str = "",
) -> Import:
    """The import that rows will name as their source."""
    return Import.objects.create(
        kind=kind,
        label=label,
        at=at,
        by_id=by.pk if by else None,
        by_name=getattr(by, "called", str(by)) if by else "the machine",
        as_at=as_at,
        backfill=backfill,
        because=because,
    )


def end(import_run: Import, files: Any) -> None:
    """Keep what was counted of each file, and the number that this transaction has in history, by which what the import
    said can be taken back."""
    with connection.cursor() as cursor:
        cursor.execute("select max(tx) from audit_moment where xact = pg_current_xact_id()::text::bigint")
        import_run.tx = cursor.fetchone()[0]
    import_run.files = files
    import_run.save(update_fields=["files", "tx"])


def horizon(source: str) -> date | None:
    """The day of the newest extract of this source."""
    return (
        Extract.objects.filter(source=source).order_by("-extracted_on").values_list("extracted_on", flat=True).first()
    )


def reach(*, source: str, extracted_on: date, import_run: Import) -> None:
    """Record how far the source now reaches, where that is further than before."""
    last = horizon(source)
    if last is None or last < extracted_on:
        Extract.objects.create(source=source, extracted_on=extracted_on, import_run=import_run)


# --- staging -------------------------------------------------------------------------------------------------------


def stage_refusals() -> None:
    """Make the empty temporary table of the rows that are refused, of whatever file."""
    with connection.cursor() as cursor:
        cursor.execute(
            """drop table if exists staged_refusal;
               create temporary table staged_refusal (
                   file text, line int, row_id text, code text, reason text, cells jsonb) on commit drop"""
        )


def stage(name: str, columns: Sequence[tuple[str, str]]) -> None:
    """Make the empty temporary table of one file's rows; columns as name and type."""
    typed = ", ".join(f"{column} {kind}" for column, kind in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""drop table if exists {name};
                create temporary table {name} (line int, {typed}) on commit drop"""
        )


def load(name: str, lines: Iterable[str]) -> None:
    """Add rows: each line is `line` and the columns, separated by tabs, in COPY's text form with NULL for null."""
    with connection.cursor() as cursor, cursor.cursor.copy(f"copy {name} from stdin with (null E'\\x1f')") as copy:
        copy.write("".join(lines))


def analyse(name: str) -> None:
    """Let the database know how many rows were staged. Of their columns only the id matters to its plans."""
    with connection.cursor() as cursor:
        cursor.execute(f"analyze {name} (id)")


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
                        ({_of("s", columns)}) is not distinct from ({_of("f", columns)}) as same),
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


def _of(alias: str, columns: Iterable[str]) -> str:
    return ", ".join(f"{alias}.{column}" for column in columns)


# --- taking --------------------------------------------------------------------------------------------------------


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
        cursor.execute(f"select count(*) from {name}")
        staged = cursor.fetchone()[0]
    return added, changed, staged - added - changed


def _change(cursor: CursorWrapper, name: str, intake: Intake, import_run: Import, absent: frozenset[str]) -> int:
    held = [column for column in intake.columns if column.of not in absent]
    names = [column.name for column in held]
    values = [column.value for column in held]
    extra = ""
    if intake.traced:
        names.append("missing_since")
        values.append("null::date")
        extra = ", import_run_id = %(run)s"
    quoted = [f'"{column}"' for column in names]
    cursor.execute(
        f"""update {intake.table} t set ({", ".join(quoted)}) = row({", ".join(values)}){extra}
            from {name} s {intake.joins}
            where {intake.match} and {intake.scope}
                and ({_of("t", quoted)}) is distinct from ({", ".join(values)})""",
        {"run": import_run.pk},
    )
    return cursor.rowcount


def _add(name: str, intake: Intake, import_run: Import) -> int:
    given = {column.name: column.value for column in intake.columns} | dict(intake.fixed)
    if intake.traced:
        given |= {"import_run_id": "%(run)s"}
    return insert(
        intake.table,
        given=given,
        rows=f"""{name} s {intake.joins}
            where not exists (select from {intake.table} t where {intake.match} and {intake.scope})""",
        parameters={"run": import_run.pk},
    )


def insert(table: str, *, given: Mapping[str, str], rows: str, parameters: Mapping[str, Any]) -> int:
    """Insert rows by one statement; how many. `given`: SQL of each column over `rows`, what follows "from".

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
        cursor.execute(f"insert into {table} ({listed}) select {', '.join(columns.values())} from {rows}", values)
        return cursor.rowcount


def count_known(*, intake: Intake, open_where: str = "") -> tuple[int, int]:
    """How many imported rows the newest extract holds, and how many of these have no day in the column `open_where`."""
    if not intake.traced:
        return 0, 0
    still_open = f"t.{open_where} is null" if open_where else "false"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select count(*), count(*) filter (where {still_open}) from {intake.table} t
                where {intake.scope} and t.import_run_id is not null and t.missing_since is null"""
        )
        return cursor.fetchone()


def mark_missing(*, name: str, file: str, intake: Intake, since: date) -> int:
    """Mark the imported rows that this whole file no longer holds (rows it held but were refused stay); how many."""
    if not intake.traced:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"""update {intake.table} t set missing_since = %(since)s
                where {intake.scope} and t.import_run_id is not null and t.missing_since is null
                    and not exists (select from {name} s where {intake.match})
                    and not exists (select from staged_refusal s where s.file = %(file)s and s.row_id = t.source_id)""",
            {"since": since, "file": file},
        )
        return cursor.rowcount


def mark_filled(*, intake: Intake, since: date, import_run: Import) -> int:
    """Mark what this older extract added: the newest, of the day `since`, did not hold it; how many."""
    if not intake.traced:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"""update {intake.table} t set missing_since = %(since)s
                where {intake.scope} and t.import_run_id = %(run)s and t.missing_since is null""",
            {"since": since, "run": import_run.pk},
        )
        return cursor.rowcount


def refuse_older(*, source: str, extracted_on: date) -> None:
    """Raise RuleBroken where a newer extract of this source was taken already."""
    last = horizon(source)
    if last is not None and extracted_on < last:
        raise RuleBroken(
            f"This extract is of {extracted_on:%-d %B %Y}; {source} of {last:%-d %B %Y} was taken already. "
            "To fill in only what is not there, ask for --backfill.",
            code="older_extract",
        )
