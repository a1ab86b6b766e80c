"""The database notes which records changed, no matter who writes by whatever route: their duties are worked out again.

So no operation has to think of it, and none can forget it. Each source says which tables it reads (kernel.duties); a
test holds that it names them all.
"""

from django.db import connection
from django.db.backends.utils import CursorWrapper

from plumbline.due import reading
from plumbline.due.sources import SOURCES
from plumbline.kernel.duties import Source

# In the council's own words every source may say something.
_WORDS = {"people_labelwording": ""}
_EVENTS = (("insert", "new"), ("update", "old"), ("update", "new"), ("delete", "old"))

# Of each change one statement for each source: the keys that it concerns, each once.
_NOTE = """
create or replace function due_note() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    execute format(
        'insert into due_changed (source, key) select distinct %L, k.key from (%s) k', tg_argv[0], tg_argv[1]);
    return null;
end $$;
"""
_ON_STATEMENT = """
create or replace trigger {name}_{event}_{rows} after {event} on {table} referencing {rows} table as changed
    for each statement execute function due_note({source}, {keys});
"""
_ON_ROW = """
create or replace trigger {name} after {event} on {table} for each row {condition}
    execute function due_note({source}, {keys});
"""


def sync() -> None:
    """Make the functions and triggers. Run by the owner after every migration, before the policies."""
    with connection.cursor() as cursor:
        reading.sync(cursor)
        _take_triggers_away(cursor)
        cursor.execute(_NOTE)
        for source in SOURCES:
            for table, keys in {**source.watched, **_WORDS}.items():
                cursor.execute(_triggers(source, table, keys))


def _triggers(source: Source, table: str, keys: str) -> str:
    change = (source.only_when or {}).get(table)
    every = keys or "select null::bigint as key" + ("" if change else " from changed")
    given = {
        "name": f"due_{source.name}_{table}"[:50], "table": table, "source": _quoted(source.name),
        "keys": _quoted(every),
    }  # fmt: skip
    if change:
        event, when, condition = change.partition(" when ")
        return _ON_ROW.format(event=event, condition=f"{when}{condition}", **given)
    return "".join(_ON_STATEMENT.format(event=event, rows=rows, **given) for event, rows in _EVENTS)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _take_triggers_away(cursor: CursorWrapper) -> None:
    """Those of sources that say otherwise now."""
    cursor.execute(
        """select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass) from pg_trigger t
           where not t.tgisinternal and t.tgname like 'due\\_%'"""
    )
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)
