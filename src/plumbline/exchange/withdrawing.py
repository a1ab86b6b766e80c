"""An import is taken back, with a reason: what it said is as if it had not been said, from now on.

Nothing is wiped out. Each row goes back, by a change of its own, to what it said before the import, and history keeps
both: a figure published meanwhile runs again to its value. What people changed since is theirs and stays. Statuses,
flags, ties and ratings follow. A setting of which only a placement has told stays, as known by its number alone.
Login `worker`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from plumbline.audit import intake
from plumbline.audit import operations as audit
from plumbline.audit.models import Import
from plumbline.exchange import contracts, operations
from plumbline.exchange.models import RefusedRow
from plumbline.kernel.errors import RuleBroken
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User
from plumbline.placements import operations as placements

# What an import says, by its kind: those that point to others come first.
_SAYS: dict[str, tuple[str, ...]] = {
    "ssd": (
        "placements.Placement", "earlyhelp.TacAudit", "earlyhelp.Tac", "socialcare.Involvement",
        "socialcare.CareEpisode", "socialcare.Referral", "people.CodeMapping", "people.Child", "people.Professional",
        "people.Organisation", "audit.Extract",
    ),
    "ofsted": ("ofsted.Judgement", "ofsted.Inspection", "ofsted.Setting"),
    "contracts": (
        "contracts.PolicyReview", "contracts.Assessment", "contracts.Evaluation", "contracts.Visit",
        "contracts.ContractSetting", "contracts.Contract", "evidence.LawChange", "audit.Extract",
    ),
}  # fmt: skip
_SETTINGS, _STATUSES = "ofsted_setting", "ofsted_statusperiod"
# Worked out from the rest, not said by a list.
_DERIVED = frozenset({"status", "status_since", "reasons", "rule_version", "judgements_rev", "evaluated_rev"})


@dataclass(slots=True)
class Withdrawn:
    """How many rows went back to what they said before, were taken out, and stay: others rest on them, or they were
    changed since."""

    put_back: int = 0
    taken_out: int = 0
    kept: int = 0


@transaction.atomic
def withdraw_import(*, import_id: int, because: str, by: User | None, at: datetime, on: date) -> Withdrawn:
    """Take back what an import said.

    Raises RuleBroken: unknown_import; missing_reason; withdrawn_already; cannot_be_withdrawn (of a kind, or of a time,
    of which it is not known what it changed); rests_on_it, where a later import of its kind stands: that is withdrawn
    first.
    """
    access.check(by, Permission.IMPORTS, on=on)
    intake.lock(waiting=lambda: None)
    run = Import.objects.select_for_update().filter(pk=import_id).first()
    if run is None:
        raise RuleBroken(f"There is no import {import_id}.", code="unknown_import")
    _check(run, because)
    done = Withdrawn()
    touched: set[int] = set()
    with connection.cursor() as cursor:
        if run.kind == "ofsted":
            touched |= _settings_of(cursor, run)
            _let_go_of_lists(cursor, run)
        for name in _SAYS[run.kind]:
            _undo(cursor, apps.get_model(name), run.tx, done)
        if touched:
            cursor.execute(
                "update ofsted_setting set judgements_rev = judgements_rev + 1 where id = any(%s)", [sorted(touched)]
            )
    RefusedRow.objects.filter(import_run=run, state=RefusedRow.State.OPEN).update(
        state=RefusedRow.State.DISMISSED, settled_because="The import was withdrawn.", settled_at=at, settled_by=by
    )
    run.withdrawn_at, run.withdrawn_because = at, because.strip()
    run.withdrawn_by_name = str(by) if by else "the machine"
    run.save(update_fields=["withdrawn_at", "withdrawn_because", "withdrawn_by_name"])
    audit.record(
        "exchange.import.withdrawn", by=by, at=at, subject=run, because=run.withdrawn_because, put_back=done.put_back,
        taken_out=done.taken_out, kept=done.kept,
    )  # fmt: skip
    _follow(run, by=by, at=at, on=on)
    return done


def _check(run: Import, because: str) -> None:
    if not because.strip():
        raise RuleBroken("Say why the import is withdrawn.", code="missing_reason")
    if run.withdrawn_at:
        raise RuleBroken(f"Import {run.pk} was withdrawn already: {run.withdrawn_because}", code="withdrawn_already")
    if run.kind not in _SAYS or run.tx is None:
        raise RuleBroken(
            f"Import {run.pk} changed nothing that is kept, or was taken before Plumbline kept what an import changes: "
            "it cannot be withdrawn.",
            code="cannot_be_withdrawn",
        )
    later = Import.objects.filter(kind=run.kind, pk__gt=run.pk, withdrawn_at=None).order_by("-pk").first()
    if later is not None:
        raise RuleBroken(
            f"Import {later.pk}, “{later.label}”, was taken after import {run.pk} and rests on it. Withdraw import "
            f"{later.pk} first.",
            code="rests_on_it",
        )


def _follow(run: Import, *, by: User | None, at: datetime, on: date) -> None:
    if run.kind == "ofsted":
        placements.turn_of_the_day(by=by, at=at, on=on)
    elif run.kind == "contracts":
        contracts.follow_up(by=by, at=at, on=on)
    else:
        operations.follow_up(by=by, at=at, on=on)


# --- rows -------------------------------------------------------------------------------------------------------------


def _undo(cursor: CursorWrapper, model: type[Model], tx: int | None, done: Withdrawn) -> None:
    """Put the rows of a table back that one transaction wrote: `<table>_history` has both versions."""
    table = model._meta.db_table
    columns = [f.column for f in model._meta.concrete_fields if not f.primary_key and f.name not in _DERIVED]
    back = ", ".join(
        f'"{c}" = case when o."{c}" is distinct from n."{c}" and t."{c}" is not distinct from n."{c}" then o."{c}" '
        f'else t."{c}" end'
        for c in columns
    )
    cursor.execute(
        f"""update {table} t set {back}
            from {table}_history n join {table}_history o on o.id = n.id and o.to_tx = n.from_tx
            where n.from_tx = %(tx)s and t.id = n.id""",
        {"tx": tx},
    )
    done.put_back += cursor.rowcount
    new = f"""select n.id from {table}_history n where n.from_tx = %(tx)s
              and not exists (select from {table}_history o where o.id = n.id and o.to_tx = n.from_tx)"""
    # One that was changed since says what a person or another source said, too. A setting is what lists say of it.
    as_written = (
        "true" if table == _SETTINGS else " and ".join(f't."{c}" is not distinct from n."{c}"' for c in columns)
    )
    untouched = f"""select t.id from {table} t join {table}_history n on n.id = t.id and n.from_tx = %(tx)s
                    where t.id in ({new}) and {as_written}"""
    resting = " and ".join(
        f'not exists (select from {rest} r where r."{column}" = t.id)' for rest, column in _that_point_to(model)
    )
    if table == _SETTINGS:
        # Where it stood follows from what was said of it, and goes with it.
        cursor.execute(
            f"""delete from {_STATUSES} p using {_SETTINGS} t
                where p.setting_id = t.id and t.id in ({untouched}) and {resting or "true"}""",
            {"tx": tx},
        )
    cursor.execute(f"delete from {table} t where t.id in ({untouched}) and {resting or 'true'}", {"tx": tx})
    done.taken_out += cursor.rowcount
    cursor.execute(f"select count(*) from {table} t where t.id in ({new})", {"tx": tx})
    done.kept += cursor.fetchone()[0]
    named = ", ".join(f'"{f.column}"' for f in model._meta.concrete_fields)
    cursor.execute(
        f"""insert into {table} ({named}) overriding system value select {named} from {table}_history o
            where o.to_tx = %(tx)s
                and not exists (select from {table}_history n where n.id = o.id and n.from_tx = %(tx)s)
                and not exists (select from {table} t where t.id = o.id)""",
        {"tx": tx},
    )
    done.put_back += cursor.rowcount


def _that_point_to(model: type[Model]) -> Sequence[tuple[str, str]]:
    """Table and column of everything that may point to a row of this table."""
    found: list[tuple[str, str]] = []
    for related in model._meta.related_objects:
        field: Any = related.field
        if field.model._meta.db_table != _STATUSES and not field.many_to_many:
            found.append((field.model._meta.db_table, field.column))
    return found


def _settings_of(cursor: CursorWrapper, run: Import) -> set[int]:
    """The settings of which the lists of an import said anything."""
    cursor.execute(
        """select l.setting_id from ofsted_listing l join ofsted_ofstedlist o on o.id = l.ofsted_list_id
           where o.import_run_id = %(run)s
           union select i.setting_id from ofsted_inspection_history i where i.from_tx = %(tx)s
           union select i.setting_id from ofsted_judgement_history j join ofsted_inspection_history i
               on i.id = j.inspection_id where j.from_tx = %(tx)s""",
        {"run": run.pk, "tx": run.tx},
    )
    return {row[0] for row in cursor.fetchall()}


def _let_go_of_lists(cursor: CursorWrapper, run: Import) -> None:
    """What stands only in the lists themselves: who was in them, and that they count as read in a month."""
    of_run = "select id from ofsted_ofstedlist where import_run_id = %(run)s"
    for statement in (
        f"delete from ofsted_listing where ofsted_list_id in ({of_run})",
        f"delete from ofsted_councilfact where ofsted_list_id in ({of_run})",
        f"delete from ofsted_monthlycheck_lists where ofstedlist_id in ({of_run})",
        "update ofsted_ofstedlist set compared_with_id = null, differences = '{}'"
        f" where compared_with_id in ({of_run})",
        f"update exchange_refusedrow set ofsted_list_id = null where ofsted_list_id in ({of_run})",
    ):
        cursor.execute(statement, {"run": run.pk})
