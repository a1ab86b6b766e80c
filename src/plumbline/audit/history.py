"""Row history, kept by the database: every version of every recorded row, from and to the moment of commit.

For each table of a `Recorded` model there is `<table>_history`: `from_tx`, `to_tx` (NULL: still so), then the
table's own columns by name. Statement triggers write it, whichever way the change came: ORM, bulk, COPY, raw SQL.
The numbers are those of `audit_moment`, whose `at` a deferred trigger sets at commit (audit.moments reads them).
The whole is described in docs/adr: history by moment of commit.
"""

from collections.abc import Iterable, Sequence

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper

from plumbline.audit.models import Recorded

FOUNDATION = """
create sequence if not exists audit_history_tx;
-- Holds nothing: its lock is what each commit shares and the choice of a moment takes alone. No login of pages or work
-- has a right to it, so that nobody else can hold up every commit, as an advisory lock's number would let them.
create table if not exists audit_gate ();

create or replace function audit_current_tx() returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    number bigint := nullif(current_setting('plumbline.tx', true), '')::bigint;
begin
    -- The number is believed only if this very transaction took it, and has not been stamped yet.
    if number is not null and exists (
        select from audit_moment where tx = number and at is null and xact = pg_current_xact_id()::text::bigint
    ) then
        return number;
    end if;
    number := nextval('audit_history_tx');
    insert into audit_moment (tx, xact) values (number, pg_current_xact_id()::text::bigint);
    perform set_config('plumbline.tx', number::text, true);
    return number;
end $$;

create or replace function audit_stamp_moment() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    -- Shared by every commit; who chooses a moment to publish waits only for the commits in progress.
    lock table audit_gate in row exclusive mode;
    update audit_moment set at = clock_timestamp() where tx = new.tx;
    return null;
end $$;

create or replace function audit_choose_moment() returns timestamptz
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '60s' as $$
declare
    chosen timestamptz;
begin
    begin
        lock table audit_gate in exclusive mode;
        chosen := clock_timestamp();
        -- Undone at once, and the lock with it: who goes on for minutes after choosing holds up nobody.
        raise exception using errcode = 'PL000';
    exception when sqlstate 'PL000' then
        null;
    end;
    return chosen;
end $$;

drop trigger if exists stamp on audit_moment;
create constraint trigger stamp after insert on audit_moment
    deferrable initially deferred for each row execute function audit_stamp_moment();

create or replace function audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception '% on % is refused: what was recorded stays', tg_op, tg_table_name
        using errcode = 'restrict_violation';
end $$;

-- Events are added, and sealed once; nothing else.
create or replace function audit_guard_event() returns trigger language plpgsql as $$
begin
    if old.seal_no is null and (to_jsonb(new) - 'seal_no') = (to_jsonb(old) - 'seal_no') then
        return new;
    end if;
    raise exception 'UPDATE on audit_event is refused: what was recorded stays' using errcode = 'restrict_violation';
end $$;
-- Whose event it is cannot choose its number (a right that nobody has), nor that it is sealed, nor, but for the worker,
-- which tells of imports and the night's work, its moment.
create or replace function audit_guard_new_event() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not has_column_privilege(session_user, 'audit_event', 'seal_no', 'update') then
        if new.seal_no is not null then
            raise exception 'An event is sealed by the sealer' using errcode = 'restrict_violation';
        end if;
        new.at := clock_timestamp();
    end if;
    return new;
end $$;
create or replace trigger guard_new before insert on audit_event
    for each row execute function audit_guard_new_event();
create or replace trigger guard before update on audit_event for each row execute function audit_guard_event();
create or replace trigger no_delete before delete on audit_event for each row execute function audit_refuse();
create or replace trigger no_truncate before truncate on audit_event for each statement execute function audit_refuse();
create or replace trigger no_change before update or delete on audit_seal for each row execute function audit_refuse();
create or replace trigger no_delete before delete on audit_head for each row execute function audit_refuse();
create or replace trigger no_truncate before truncate on audit_head for each statement execute function audit_refuse();
create or replace function audit_guard_head() returns trigger language plpgsql as $$
begin
    if new.seal_no > old.seal_no and new.events > old.events then
        return new;
    end if;
    raise exception 'UPDATE on audit_head is refused: what was sealed stays' using errcode = 'restrict_violation';
end $$;
create or replace trigger guard before update on audit_head for each row execute function audit_guard_head();
create or replace trigger no_truncate before truncate on audit_seal for each statement execute function audit_refuse();
"""

TABLE = """
create table if not exists {history} (from_tx bigint not null, to_tx bigint);
{add_columns}
create unique index if not exists {history}_version on {history} (id, from_tx);
create unique index if not exists {history}_open on {history} (id) where to_tx is null;

create or replace function {table}_keep_history() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    keeping_tx bigint;
begin
    if tg_op = 'INSERT' then
        if not exists (select from new_rows) then return null; end if;
        keeping_tx := audit_current_tx();
        insert into {history} (from_tx, to_tx, {columns})
            select keeping_tx, null, {columns} from new_rows
            -- Deleted and inserted again in one transaction: one version.
            on conflict (id, from_tx) do update set (to_tx, {columns}) = row(null, {excluded});
    elsif tg_op = 'UPDATE' then
        -- Planned once, mostly by a change of one row, and the plan kept: so nothing here joins new rows to old ones,
        -- which would then go through all of them for each row of a large change.
        if exists (select id from new_rows except select id from old_rows) then
            raise exception 'the number of a row of {table} never changes' using errcode = 'restrict_violation';
        end if;
        if not exists (select {columns} from new_rows except select {columns} from old_rows) then return null; end if;
        keeping_tx := audit_current_tx();
        update {history} h set to_tx = keeping_tx
            from (select {columns} from new_rows except select {columns} from old_rows) n
            where h.id = n.id and h.to_tx is null and h.from_tx <> keeping_tx;
        insert into {history} (from_tx, to_tx, {columns})
            select keeping_tx, null, n.* from (select {columns} from new_rows except select {columns} from old_rows) n
            -- A second change in one transaction replaces its own version.
            on conflict (id, from_tx) do update set (to_tx, {columns}) = row(null, {excluded});
    else
        if not exists (select from old_rows) then return null; end if;
        keeping_tx := audit_current_tx();
        delete from {history} h using old_rows o where h.id = o.id and h.to_tx is null and h.from_tx = keeping_tx;
        update {history} h set to_tx = keeping_tx from old_rows o where h.id = o.id and h.to_tx is null;
    end if;
    return null;
end $$;
create or replace trigger history_insert after insert on {table}
    referencing new table as new_rows for each statement execute function {table}_keep_history();
create or replace trigger history_update after update on {table}
    referencing old table as old_rows new table as new_rows for each statement execute function {table}_keep_history();
create or replace trigger history_delete after delete on {table}
    referencing old table as old_rows for each statement execute function {table}_keep_history();
create or replace trigger no_truncate before truncate on {table} for each statement execute function audit_refuse();
create or replace trigger no_truncate before truncate on {history} for each statement execute function audit_refuse();
"""


def recorded_models() -> list[type[Recorded]]:
    found = [m for m in apps.get_models() if issubclass(m, Recorded) and m._meta.managed]
    return sorted(found, key=lambda m: m._meta.db_table)


def sync() -> None:
    """Bring history tables and triggers in line with the tables. Run by the owner after every migration."""
    with connection.cursor() as cursor:
        cursor.execute(FOUNDATION)
        for model in recorded_models():
            _sync_table(cursor, model._meta.db_table)


def _sync_table(cursor: CursorWrapper, table: str) -> None:
    history = f"{table}_history"
    cursor.execute(
        """select attname, format_type(atttypid, atttypmod) from pg_attribute
           where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum""",
        [table],
    )
    columns = cursor.fetchall()
    names = [f'"{name}"' for name, _ in columns]
    cursor.execute(
        TABLE.format(
            table=table,
            history=history,
            add_columns="\n".join(f'alter table {history} add column if not exists "{n}" {t};' for n, t in columns),
            columns=", ".join(names),
            excluded=prefixed("excluded", names),
        )
    )
    for name, kind in _of_another_type(cursor, history, columns):
        cursor.execute(f'alter table {history} alter column "{name}" type {kind}')
    # Rows that were there before their history began (a table that became recorded later).
    cursor.execute(
        f"""insert into {history} (from_tx, to_tx, {", ".join(names)})
            select audit_current_tx(), null, {", ".join(names)} from {table} t
            where not exists (select from {history} h where h.id = t.id)"""
    )


def _of_another_type(cursor: CursorWrapper, history: str, columns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Columns that a migration has made wider since: what is written into the table must go into its history."""
    cursor.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = %s::regclass", [history]
    )
    kept = dict(cursor.fetchall())
    return [(name, kind) for name, kind in columns if kept[name] != kind]


def prefixed(alias: str, names: Iterable[str]) -> str:
    """Columns, as SQL, each with the alias of its table before it."""
    return ", ".join(f"{alias}.{name}" for name in names)
