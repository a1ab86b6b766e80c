"""Moments: what our records said at a time, exactly, also while others are writing."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import as_on


def shown(moment: datetime) -> datetime:
    """A moment on the council's clocks, as people read it: in the demonstration, whose days are of 2016 while its
    moments are real, as of the demonstration's day."""
    return as_on(moment, settings.TODAY)


class KnownAt(NamedTuple):
    """A moment in history numbers: everything up to `n`, but for the `late` ones that were committed after it."""

    at: datetime
    n: int
    late: tuple[int, ...]


def choose() -> datetime:
    """The moment for a publication. Waits for commits in progress only; nothing committed later is stamped earlier."""
    with connection.cursor() as cursor:
        cursor.execute("select audit_choose_moment()")
        return cursor.fetchone()[0]


def known_at(moment: datetime) -> KnownAt:
    """Raise RuleBroken if the moment lies before the first record.

    Ask this and the figures in one repeatable-read transaction, or a commit in between could be half seen.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """with upto as (select max(tx) as n from audit_moment where at <= %(at)s)
               select n, coalesce((select array_agg(tx order by tx) from audit_moment
                                   where tx <= n and at > %(at)s), '{}'), (select min(at) from audit_moment)
               from upto""",
            {"at": moment},
        )
        n, late, first = cursor.fetchone()
    if n is None:
        if first is None:
            raise RuleBroken("There are no records yet.", code="before_first_record")
        raise RuleBroken(
            f"Nothing was recorded here before {wording.moment(first)} (UTC); "
            f"what was known on {wording.moment(moment)} cannot be said.",
            code="before_first_record",
        )
    return KnownAt(at=moment, n=n, late=tuple(late))


def condition(alias: str = "") -> str:
    """SQL that keeps the versions known at (%(n)s, %(late)s) of a history table."""
    a = f"{alias}." if alias else ""
    return (
        f"({a}from_tx <= %(n)s and {a}from_tx <> all(%(late)s)"
        f" and ({a}to_tx is null or {a}to_tx > %(n)s or {a}to_tx = any(%(late)s)))"
    )


def parameters(known: KnownAt) -> dict[str, int | list[int]]:
    return {"n": known.n, "late": list(known.late)}
