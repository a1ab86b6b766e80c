"""What is someone's own, in a shape that every room declares: shown and handed over before they are switched off.

    KINDS = (Kind("contracts", Contract, "manager", "contract as contract manager", "contracts as …", …),)

A column that only names who did something is no such thing: it stays (tests/architecture/test_leaving.py names each).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from plumbline.kernel.errors import RuleBroken
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.models import User

Give = Callable[[Any, User, datetime], None]


def holders(permission: Permission) -> Callable[[User, date], QuerySet[User]]:
    """The person who has the permission."""
    return lambda user, on: access.users_who_may(permission, on=on).exclude(pk=user.pk)


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which records are someone's own: `column` names them, `still` says of which rows that is not over.

    `label` names a row to an administrator, who reads no case: a number or a reference. `why_not`: why this one cannot
    go to a person who may hold such records; "" where it can. `give`: where there is more to do than the column.
    """

    key: str
    model: type[Model]
    column: str
    one: str
    many: str
    still: Callable[[date], Q]
    holders: Callable[[User, date], QuerySet[User]]
    label: Callable[[Any], str]
    why_not: Callable[[Any, User, date], str] = lambda row, to, on: ""
    give: Give | None = None

    def rows(self, user: User, *, on: date) -> QuerySet[Any]:
        return self.model._default_manager.filter(self.still(on), **{self.column: user}).order_by("pk")

    def words(self, number: int) -> str:
        return f"{number} {self.one if number == 1 else self.many}"


def hand_over(kind: Kind, *, user: User, to: User, because: str, act: Act) -> list[Any]:
    """Give all of a kind to another person, each with its event. The caller has checked that `act.by` may.

    Raises RuleBroken (cannot_hold) for a person who may not hold one of them, with nothing given.
    """
    rows = list(kind.rows(user, on=act.on).select_for_update(of=("self",)))
    if rows and not kind.holders(user, act.on).filter(pk=to.pk).exists():
        raise RuleBroken(f"{to} cannot be given {kind.words(len(rows))}: that needs another role.", code="cannot_hold")
    for row in rows:
        reason = kind.why_not(row, to, act.on)
        if reason:
            raise RuleBroken(reason, code="cannot_hold")
        if kind.give:
            kind.give(row, to, act.at)
        else:
            setattr(row, kind.column, to)
            row.save(update_fields=[kind.column])
        act.record(
            "people.record.handed_over",
            subject=row,
            because=because,
            what=kind.key,
            before=user.pk,
            to=to.pk,
            to_name=to.called,
        )
    return rows
