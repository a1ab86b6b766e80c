"""Row security: which rows of tables about children the pages' login may read and write, held by the database itself.

A model about children says in `rows_seen` who sees its rows, by ties and roles alone, as the `*_visible_to` queries do
(people.row_rules). The history of a table is seen as the row itself is. Where nobody looks, nothing is seen.
Decision record: row security on tables about children (docs/adr/0017).
"""

from collections.abc import Callable, Iterable

from django.apps import apps
from django.db import connection, models

from plumbline.audit.models import Recorded
from plumbline.people.access import ROLES, Permission
from plumbline.people.row_rules import VIEWER, as_row_of

# Which children come near a role that reaches placements: those who were ever placed, and until when those are
# allocated to a worker. Kept by triggers, so that a rule about each of thousands of rows reads one row. Numbers alone.
_NEAR_OF = """
insert into people_near (child_id, until)
    select x.child_id, max(x.until) from (
        select child_id, 'infinity'::date as until from placements_placement
        union all select child_id, coalesce(to_on, 'infinity') from socialcare_involvement) x
    where {children} group by x.child_id
    on conflict (child_id) do update set until = excluded.until where people_near.until <> excluded.until;
delete from people_near n where {gone} and not exists (select from placements_placement p where p.child_id = n.child_id)
    and not exists (select from socialcare_involvement i where i.child_id = n.child_id);
"""
_CHANGED = "in (select child_id from changed)"
_NEAR = f"""
create table if not exists people_near (child_id bigint primary key, until date not null);
{_NEAR_OF.format(children="true", gone="true")}
create or replace function people_keep_near() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    {_NEAR_OF.format(children=f"x.child_id {_CHANGED}", gone=f"n.child_id {_CHANGED}")}
    return null;
end $$;
"""
# A row that is changed may be another child's afterwards: both are looked at.
_NEAR_TRIGGERS = "".join(
    f"""
create or replace trigger near_{event}_{rows} after {event} on {table} referencing {rows} table as changed
    for each statement execute function people_keep_near();"""
    for table in ("placements_placement", "socialcare_involvement")
    for event, rows in (("insert", "new"), ("update", "new"), ("update", "old"), ("delete", "old"))
)

# What is known of a child's record to those who may not see it.
_NAMELESS = """
create or replace view people_numberedchild as select id, source_id, restricted from people_child;
"""

_POLICIES = """
alter table {table} enable row level security;
drop policy if exists of_the_viewer on {table};
create policy of_the_viewer on {table} for all to {web}
    using ((select people_beyond()) or ({seen})) with check ((select people_beyond()) or ({seen}));
drop policy if exists of_the_machine on {table};
create policy of_the_machine on {table} for all to {worker} using (true) with check (true);
drop policy if exists nameless on {table};
create policy nameless on {table} for select to {facts} using (true);
"""


class _Roles:
    """`{may[children.view]}` in a rule: whether the one who looks holds a role that fits."""

    def __init__(self, fitting: Callable[[str], Iterable[str]]) -> None:
        self.fitting = fitting

    def __getitem__(self, key: str) -> str:
        listed = ", ".join(f"'{role}'" for role in sorted(self.fitting(key)))
        return f"(select people_viewer_holds(array[{listed}]::text[]))"


def _permitting(permission: str) -> list[str]:
    wanted = Permission(permission)
    return [role.key for role in ROLES.values() if wanted in role.permissions]


def _reaching(reach: str) -> list[str]:
    return [role.key for role in ROLES.values() if role.reach == reach]


def about_children() -> dict[type[models.Model], str]:
    """The models about children, each with its rule."""
    rules = {model: getattr(model, "rows_seen", "") for model in apps.get_models()}
    return {model: rule for model, rule in rules.items() if rule}


def filled_in(rule: str, *, table: str) -> str:
    """The rule of a table as a condition in SQL."""
    return rule.format(
        row=table, viewer=VIEWER, may=_Roles(_permitting), reaches=_Roles(_reaching), holds=_Roles(lambda role: [role])
    )


def sync(*, web: str, worker: str, facts: str) -> None:
    """Make the policies. Run by the owner after every migration, when histories are there."""
    names = dict(zip(("web", "worker", "facts"), map(connection.ops.quote_name, (web, worker, facts)), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_NEAR + _NEAR_TRIGGERS + _NAMELESS)
        for model, rule in about_children().items():
            table = model._meta.db_table
            seen = filled_in(rule, table=table)
            cursor.execute(_POLICIES.format(table=table, seen=seen, **names))
            if issubclass(model, Recorded):
                history = f"{table}_history"
                cursor.execute(_POLICIES.format(table=history, seen=as_row_of(table, f"{history}.id"), **names))
