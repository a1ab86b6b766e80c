"""Rows are put back that one import wrote, column by column, out of their own history (docs/adr/0038)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models


@dataclass(frozen=True, slots=True)
class Undone:
    """How many rows went back to what they said before, were taken out, and stay: others rest on them, or they were
    changed since."""

    put_back: int
    taken_out: int
    kept: int


def undo(
    model: type[models.Model],
    *,
    tx: int | None,
    derived: Collection[str] = (),
    following: tuple[str, str] | None = None,
) -> Undone:
    """Put the rows of a table back that one transaction wrote: `<table>_history` has both versions.

    `derived`: columns that are worked out, and not said by a source: they stay. `following`: table and column of what
    follows from a row that is all its sources' own. Such a row goes out although it was changed since, and with it what
    follows.
    """
    table = model._meta.db_table
    columns = [f.column for f in model._meta.concrete_fields if not f.primary_key and f.name not in derived]
    back = ", ".join(
        f'"{c}" = case when o."{c}" is distinct from n."{c}" and t."{c}" is not distinct from n."{c}" then o."{c}" '
        f'else t."{c}" end'
        for c in columns
    )
    new = f"""select n.id from {table}_history n where n.from_tx = %(tx)s
              and not exists (select from {table}_history o where o.id = n.id and o.to_tx = n.from_tx)"""
    # One that was changed since says what a person or another source said, too.
    as_written = "true" if following else " and ".join(f't."{c}" is not distinct from n."{c}"' for c in columns)
    untouched = f"""select t.id from {table} t join {table}_history n on n.id = t.id and n.from_tx = %(tx)s
                    where t.id in ({new}) and {as_written}"""
    resting = " and ".join(
        f'not exists (select from {rest} r where r."{column}" = t.id)'
        for rest, column in _that_point_to(model)
        if (rest, column) != following
    )
    named = ", ".join(f'"{f.column}"' for f in model._meta.concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""update {table} t set {back}
                from {table}_history n join {table}_history o on o.id = n.id and o.to_tx = n.from_tx
                where n.from_tx = %(tx)s and t.id = n.id""",
            {"tx": tx},
        )
        put_back = cursor.rowcount
        if following:
            cursor.execute(
                f"""delete from {following[0]} p using {table} t
                    where p."{following[1]}" = t.id and t.id in ({untouched}) and {resting or "true"}""",
                {"tx": tx},
            )
        cursor.execute(f"delete from {table} t where t.id in ({untouched}) and {resting or 'true'}", {"tx": tx})
        taken_out = cursor.rowcount
        cursor.execute(f"select count(*) from {table} t where t.id in ({new})", {"tx": tx})
        kept = cursor.fetchone()[0]
        cursor.execute(
            f"""insert into {table} ({named}) overriding system value select {named} from {table}_history o
                where o.to_tx = %(tx)s
                    and not exists (select from {table}_history n where n.id = o.id and n.from_tx = %(tx)s)
                    and not exists (select from {table} t where t.id = o.id)""",
            {"tx": tx},
        )
        put_back += cursor.rowcount
    return Undone(put_back, taken_out, kept)


def _that_point_to(model: type[models.Model]) -> Sequence[tuple[str, str]]:
    """Table and column of everything that may point to a row of this table."""
    found: list[tuple[str, str]] = []
    for related in model._meta.related_objects:
        field: Any = related.field
        if not field.many_to_many:
            found.append((field.model._meta.db_table, field.column))
    return found
