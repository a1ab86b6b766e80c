"""Placements begun and ended, exceptions, and what follows from a judgement for the children already there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar

from django.db import connection, transaction

from plumbline.flags import operations as flags
from plumbline.flags.operations import Raised
from plumbline.ofsted import operations as ofsted
from plumbline.ofsted.evaluation import StatusChange
from plumbline.people.models import User
from plumbline.placements import due, rules


class HasStatusChanges(Protocol):
    @property
    def status_changes(self) -> tuple[StatusChange, ...]: ...


Recorded = TypeVar("Recorded", bound=HasStatusChanges)


@dataclass(frozen=True, slots=True)
class Judged(Generic[Recorded]):
    """What was recorded, and the flags that followed. Whoever rates contracts goes on from `recorded.status_changes`."""

    recorded: Recorded
    raised: Raised


@transaction.atomic
def take_judgements(
    *, record: Callable[..., Recorded], by: User | None, at: datetime, on: date, **said: Any
) -> Judged[Recorded]:
    """The one way in for anything that Ofsted says. `record` is one of ofsted.operations (record_list,
    record_judgement, record_notice, end_notice, record_unregistered_use, end_unregistered_use), `said` its arguments.

    It records and derives the status; then, by a second statement, the children there are found and flagged.
    """
    recorded = record(by=by, at=at, on=on, **said)
    return Judged(recorded, raise_flags(by=by, at=at, on=on))


@transaction.atomic
def turn_of_the_day(*, by: User | None, at: datetime, on: date) -> Raised:
    """What a new day changes: notices that begin or end, newer rules, placements that began or ended, late checks."""
    ofsted.reevaluate(by=by, at=at, on=on)
    return raise_flags(by=by, at=at, on=on)


@transaction.atomic
def raise_flags(*, by: User | None, at: datetime, on: date, placement_id: int | None = None) -> Raised:
    """Bring every flag about placements in line with what is recorded now: raise, pass on, close with the reason.

    Call it after anything that changes placements, workers or settings, as a statement after theirs at READ COMMITTED:
    it then finds the children whose placement was committed while a setting was being judged. Raises nothing twice.
    With `placement_id` only the flags about that placement.
    """
    _mark_what_began_adverse()
    return flags.reconcile(
        wanted=due.wanted_on(on, placement_id=placement_id),
        kinds=rules.FLAG_KINDS,
        why_closed=lambda over: due.why_closed(over, on=on),
        by=by,
        at=at,
        on=on,
        subject=("placement", placement_id) if placement_id is not None else None,
    )


def _mark_what_began_adverse() -> None:
    """An imported placement may turn out to have begun at an adverse setting, when an older judgement arrives."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update placements_placement p set began_adverse = t.adverse
               from (select p.id, coalesce(s.status = any(%s), false) as adverse
                     from placements_placement p left join ofsted_statusperiod s on s.setting_id = p.setting_id
                        and s.from_on <= p.started_on and (s.to_on is null or s.to_on > p.started_on)
                     where p.import_run_id is not null) t
               where t.id = p.id and p.began_adverse <> t.adverse""",
            [list(rules.BLOCKED)],
        )
