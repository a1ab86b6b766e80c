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

# Which children come near a role that reaches placements, and until when: filled by who knows (placements.near).
_NEAR = "create table if not exists people_near (child_id bigint primary key, until date not null);"

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
        cursor.execute(_NEAR + _NAMELESS)
        for model, rule in about_children().items():
            table = model._meta.db_table
            seen = filled_in(rule, table=table)
            cursor.execute(_POLICIES.format(table=table, seen=seen, **names))
            if issubclass(model, Recorded):
                history = f"{table}_history"
                cursor.execute(_POLICIES.format(table=history, seen=as_row_of(table, f"{history}.id"), **names))
