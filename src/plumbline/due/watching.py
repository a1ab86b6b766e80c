"""The database notes which records changed, no matter who writes by whatever route: their duties are worked out again.

So no operation has to think of it, and none can forget it. Each source says which tables it reads (kernel.duties); a
test holds that it names them all.
"""

from django.db import connection
from django.db.backends.utils import CursorWrapper

from plumbline.due import reading
from plumbline.due.sources import SOURCES
from plumbline.flags.models import ALSO_READ
from plumbline.kernel.duties import Source
from plumbline.people.access import ROLES, Permission

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

# In which words of `whose` a person is meant, on a day: their own, those of their roles and of the organisation that
# they act for, under all its names.
_KEYS = """
create or replace function due_keys_of(person bigint, on_day date) returns text[]
language sql stable security definer set search_path = public, pg_temp as $$
    with recursive held as (
        select h.role, h.team, h.organisation_id from people_roleheld h join people_user u on u.id = h.user_id
        where h.user_id = person and u.is_active and h.from_on <= on_day
            and (h.to_on is null or h.to_on > on_day or h.to_on = on_day and h.ended_at is null)
    ), carried(role, permission) as (values {carried}),
    permitted as (select distinct permission from held join carried using (role)),
    put as (
        select role, team from held union select also.reads, team from held join (values {also}) also(role, reads)
            using (role)
    ),
    up as (
        select o.id, o.merged_into_id from held join carried c using (role) join people_organisation o
            on o.id = held.organisation_id where c.permission = '{portal}'
        union select o.id, o.merged_into_id from people_organisation o join up on o.id = up.merged_into_id
    ), same as (
        select id from up where merged_into_id is null
        union select o.id from people_organisation o join same on o.merged_into_id = same.id
    )
    select array(
        select 'u:' || person where exists (select from permitted)
        union all select 'u:' || person || '/' || permission from permitted
        union all select 'may:' || permission from permitted
        union all select 'role:' || role from (select distinct role from held) roles
        union all select distinct 'put:' || role || rest
            from put, unnest(array['', '/' || coalesce(nullif(team, ''), '*')]) rest
            where exists (select from permitted where permission = '{flags}')
        union all select 'org:' || id from same
    )
$$;
create or replace function due_keys_of_the_viewer() returns text[]
language sql stable parallel restricted security definer set search_path = public, pg_temp as $$
    select due_keys_of(a.acts, a.acts_on) from people_acting() a where a.acts is not null
$$;
"""


def sync() -> None:
    """Make the functions and triggers. Run by the owner after every migration, before the policies."""
    carried = ", ".join(f"('{role.key}', '{each}')" for role in ROLES.values() for each in sorted(role.permissions))
    also = ", ".join(f"('{role}', '{each}')" for role, others in ALSO_READ.items() for each in others)
    with connection.cursor() as cursor:
        cursor.execute(
            _KEYS.format(carried=carried, also=also, portal=Permission.PROVIDER_PORTAL, flags=Permission.FLAGS_VIEW)
        )
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
