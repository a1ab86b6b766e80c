"""Rows are put back that one import wrote, column by column, out of their own history (docs/adr/0038)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from plumbline.intake.models import Origin


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
    """Put the rows of a table back that one transaction wrote: `<table>_history` has both versions. Where they came
    from goes back with them.

    `derived`: columns that are worked out, and not said by a source: they stay. `following`: table and column of what
    follows from a row that is all its sources' own. Such a row goes out although it was changed since, and with it what
    follows.
    """
    table = model._meta.db_table
    columns = _columns(model, but=derived)
    goes_along = [following] if following else []
    origin = _origin_of(model)
    if origin:
        goes_along.append((origin._meta.db_table, "id"))
    # One that was changed since says what a person or another source said, too.
    as_written = "true" if following else " and ".join(f'h."{c}" is not distinct from n."{c}"' for c in columns)
    resting = " and ".join(
        ["true"]
        + [
            f'not exists (select from {rest} r where r."{column}" = t.id)'
            for rest, column in _that_point_to(model)
            if (rest, column) not in goes_along
        ]
    )
    goes_out = f"""t.id in (select h.id from {table} h join {table}_history n on n.id = h.id and n.from_tx = %(tx)s
        where h.id in ({_new(table)}) and {as_written}) and {resting}"""
    named = ", ".join(f'"{f.column}"' for f in model._meta.concrete_fields)
    with connection.cursor() as cursor:
        back = _put_back(cursor, table, columns, tx)
        if origin:
            back |= _put_back(cursor, origin._meta.db_table, _columns(origin), tx)
        for rest, column in goes_along:
            cursor.execute(f'delete from {rest} p using {table} t where p."{column}" = t.id and {goes_out}', {"tx": tx})
        cursor.execute(f"delete from {table} t where {goes_out}", {"tx": tx})
        taken_out = cursor.rowcount
        if origin:
            # What had been typed here was found in the files, and is typed here again.
            found = origin._meta.db_table
            cursor.execute(
                f"delete from {found} o where o.id in ({_new(found)}) and o.id not in ({_new(table)})", {"tx": tx}
            )
        cursor.execute(f"select count(*) from {table} t where t.id in ({_new(table)})", {"tx": tx})
        kept = cursor.fetchone()[0]
        cursor.execute(
            f"""insert into {table} ({named}) overriding system value select {named} from {table}_history o
                where o.to_tx = %(tx)s
                    and not exists (select from {table}_history n where n.id = o.id and n.from_tx = %(tx)s)
                    and not exists (select from {table} t where t.id = o.id)""",
            {"tx": tx},
        )
        put_back = len(back) + cursor.rowcount
    return Undone(put_back, taken_out, kept)


def _put_back(cursor: CursorWrapper, table: str, columns: Sequence[str], tx: int | None) -> set[int]:
    """Give each column that the transaction changed, and none since, what it said before; the rows concerned."""
    back = ", ".join(
        f'"{c}" = case when o."{c}" is distinct from n."{c}" and t."{c}" is not distinct from n."{c}" then o."{c}" '
        f'else t."{c}" end'
        for c in columns
    )
    cursor.execute(
        f"""update {table} t set {back}
            from {table}_history n join {table}_history o on o.id = n.id and o.to_tx = n.from_tx
            where n.from_tx = %(tx)s and t.id = n.id returning t.id""",
        {"tx": tx},
    )
    return {pk for (pk,) in cursor.fetchall()}


def _new(table: str) -> str:
    """SQL of the rows that were not there before the transaction."""
    return f"""select n.id from {table}_history n where n.from_tx = %(tx)s
        and not exists (select from {table}_history o where o.id = n.id and o.to_tx = n.from_tx)"""


def _columns(model: type[models.Model], *, but: Collection[str] = ()) -> list[str]:
    return [str(f.column) for f in model._meta.concrete_fields if not f.primary_key and f.name not in but]


def _origin_of(model: type[models.Model]) -> type[Origin] | None:
    found = [each.related_model for each in model._meta.related_objects]
    return next((each for each in found if isinstance(each, type) and issubclass(each, Origin)), None)


def _that_point_to(model: type[models.Model]) -> Sequence[tuple[str, str]]:
    """Table and column of everything that may point to a row of this table."""
    found: list[tuple[str, str]] = []
    for related in model._meta.related_objects:
        field: Any = related.field
        if not field.many_to_many:
            found.append((field.model._meta.db_table, field.column))
    return found
