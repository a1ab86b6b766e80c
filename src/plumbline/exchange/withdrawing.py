"""An import is taken back, with a reason: what it said is as if it had not been said, from now on.

Nothing is wiped out. Each row goes back, by a change of its own, to what it said before the import, and history keeps
both: a figure published meanwhile runs again to its value. What people changed since is theirs and stays. Statuses,
flags, ties and ratings follow. A setting of which only a placement has told stays, as known by its number alone.
The page asks for it (`ask`), has it tried first (`try_out`) and then done (`carry_out`); these two: login `worker`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from plumbline.audit.models import called
from plumbline.exchange import uploads
from plumbline.exchange.known_folders import FOLDERS
from plumbline.exchange.models import RefusedRow, Withdrawal
from plumbline.exchange.states import WITHDRAWAL_MOVES
from plumbline.intake import imports
from plumbline.intake.models import Import
from plumbline.intake.undoing import undo
from plumbline.kernel import wording
from plumbline.kernel.errors import Refusal, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.ofsted.evaluation import StatusChange
from plumbline.people import access
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import User
from plumbline.placements import consequences
from plumbline.placements import operations as placements

# What an import says, by its kind: those that point to others come first.
_SAYS: dict[str, tuple[str, ...]] = {
    "ssd": (
        "placements.Placement", "earlyhelp.TacAudit", "earlyhelp.Tac", "socialcare.Involvement",
        "socialcare.CareEpisode", "socialcare.Referral", "people.CodeMapping", "people.Child", "people.Professional",
        "people.Organisation", "intake.Extract",
    ),
    "ofsted": ("ofsted.Judgement", "ofsted.Inspection", "ofsted.Setting"),
    "contracts": (
        "contracts.PolicyReview", "contracts.Assessment", "contracts.Evaluation", "contracts.Visit",
        "contracts.ContractSetting", "contracts.Contract", "evidence.LawChange", "intake.Extract",
    ),
    # A supplier that someone has decided on since is kept, and with it the process.
    "ocds": (
        "contracts.Contract", "commissioning.OcdsParty", "commissioning.OcdsContract", "commissioning.OcdsAward",
        "commissioning.OcdsRelease", "commissioning.OcdsProcess",
    ),
    "gias": ("ofsted.EstablishmentLink", "ofsted.Establishment"),
}  # fmt: skip
# A setting is what lists say of it. Its status is worked out from that, and what it was goes with it.
_SAID_IN_PART: dict[str, dict[str, Any]] = {
    "ofsted.Setting": {
        "derived": {"status", "status_since", "reasons", "rule_version", "judgements_rev", "evaluated_rev"},
        "following": ("ofsted_statusperiod", "setting_id"),
    }
}


@dataclass(slots=True)
class Withdrawn:
    """How many rows went back to what they said before, were taken out, and stay: others rest on them, or they were
    changed since. `means`: what follows for settings, children and contracts, in sentences."""

    put_back: int = 0
    taken_out: int = 0
    kept: int = 0
    means: list[str] = field(default_factory=list)


@operation
def withdraw_import(*, import_id: int, because: str, dry_run: bool = False, act: Act) -> Withdrawn:
    """Take back what an import said; `dry_run` puts everything back.

    Raises RuleBroken: unknown_import; missing_reason; withdrawn_already; cannot_be_withdrawn (of a kind, or of a time,
    of which it is not known what it changed); rests_on_it, where a later import of its kind was not: that is withdrawn
    first.
    """
    imports.lock()
    run = _to_withdraw(import_id, because, act=act)
    before = _standing(run, on=act.on)
    done = Withdrawn()
    touched: set[int] = set()
    with connection.cursor() as cursor:
        if run.kind == "ofsted":
            touched |= _settings_of(cursor, run)
            _let_go_of_lists(cursor, run)
        for name in _SAYS[run.kind]:
            undone = undo(apps.get_model(name), tx=run.tx, **_SAID_IN_PART.get(name, {}))
            done.put_back += undone.put_back
            done.taken_out += undone.taken_out
            done.kept += undone.kept
        if touched:
            cursor.execute(
                "update ofsted_setting set judgements_rev = judgements_rev + 1 where id = any(%s)", [sorted(touched)]
            )
    RefusedRow.objects.filter(import_run=run, state=RefusedRow.State.OPEN).update(
        state=RefusedRow.State.DISMISSED,
        settled_because="The import was withdrawn.",
        settled_at=act.at,
        settled_by=act.by,
    )
    run.withdrawn_at, run.withdrawn_because = act.at, because.strip()
    run.withdrawn_by_name = called(act.by)
    run.save(update_fields=["withdrawn_at", "withdrawn_because", "withdrawn_by_name"])
    act.record(
        "exchange.import.withdrawn",
        subject=run,
        because=run.withdrawn_because,
        put_back=done.put_back,
        taken_out=done.taken_out,
        kept=done.kept,
    )
    changes = _follow(run, act=act)
    done.means = _what_changes(run, before, changes, on=act.on)
    if dry_run:
        transaction.set_rollback(True)
    return done


def _to_withdraw(import_id: int, because: str, *, act: Act) -> Import:
    run = Import.objects.select_for_update().filter(pk=import_id).first()
    act.check(uploads.needs(run.kind if run else ""))
    if run is None:
        raise RuleBroken(f"There is no import {import_id}.", code="unknown_import")
    if not because.strip():
        raise RuleBroken("Say why the import is withdrawn.", code="missing_reason")
    if run.withdrawn_at:
        raise RuleBroken(f"Import {run.pk} was withdrawn already: {run.withdrawn_because}", code="withdrawn_already")
    if not _is_known(run):
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
    return run


def may_be_withdrawn(run: Import) -> bool:
    """Whether it is known what it changed, and it was not withdrawn."""
    return _is_known(run) and run.withdrawn_at is None


def _is_known(run: Import) -> bool:
    return run.kind in _SAYS and run.tx is not None


def _follow(run: Import, *, act: Act) -> Sequence[StatusChange]:
    """What follows from the rows; the statuses of settings that changed by it."""
    if run.kind == "ofsted":
        return placements.follow_statuses(act=act).status_changes
    if run.kind == "gias":
        placements.raise_flags(act=act)
    elif run.kind in FOLDERS:
        FOLDERS[run.kind].follow_up(act=act)
    return ()


def _standing(run: Import, *, on: date) -> Any:
    if run.kind == "ofsted":
        return consequences.before(on=on)
    return FOLDERS[run.kind].standing(on=on) if run.kind in FOLDERS else None


def _what_changes(run: Import, before: Any, changes: Sequence[StatusChange], *, on: date) -> list[str]:
    if run.kind == "ofsted":
        return consequences.what_changes(before, changes, on=on)
    if run.kind in FOLDERS:
        return FOLDERS[run.kind].what_changes(before, _standing(run, on=on))
    return ["No setting, child or contract is judged by it."]


def counted(put_back: int, taken_out: int, kept: int) -> list[str]:
    """What becomes of the rows, in sentences for before and after."""
    sentences = [
        _rows(put_back, "row that it changed goes back to what it said before",
              "rows that it changed go back to what they said before"),
        _rows(taken_out, "row that it brought is taken out", "rows that it brought are taken out"),
    ]  # fmt: skip
    if kept:
        sentences.append(
            _rows(
                kept,
                "row that it brought stays: others rest on it, or it was changed since",
                "rows that it brought stay: others rest on them, or they were changed since",
            )
        )
    return sentences


def _rows(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}."


# --- asked for on the page --------------------------------------------------------------------------------------------

_State = Withdrawal.State
Clock = Callable[[], datetime]


@operation
def ask(*, import_id: int, because: str, act: PersonalAct) -> Withdrawal:
    """Ask that an import be withdrawn: it is tried first. The caller enqueues `try_out`. Asked for already: that one.
    Raises RuleBroken as `withdraw_import` does."""
    run = _to_withdraw(import_id, because, act=act)
    asked = Withdrawal.objects.filter(import_run=run, state__in=Withdrawal.OPEN).first()
    if asked is not None:
        return asked
    asked = Withdrawal.objects.create(
        import_run=run, because=because.strip(), asked_by=act.by, asked_at=act.at, since=act.at
    )
    act.record("exchange.withdrawal.asked", subject=run, because=asked.because)
    return asked


@operation
def settle(*, withdrawal_id: int, do: bool, act: PersonalAct) -> Withdrawal:
    """After the trial: have it done (`do`; the caller enqueues `carry_out`), or leave the import as it is."""
    asked = Withdrawal.objects.select_for_update(of=("self",)).select_related("import_run").get(pk=withdrawal_id)
    act.check(uploads.needs(asked.import_run.kind))
    to = _State.WITHDRAWING if do else _State.LEFT
    if asked.state != to:
        check_move(WITHDRAWAL_MOVES, _State(asked.state), to)
        asked.state, asked.since = to, act.at
        asked.save(update_fields=["state", "since"])
        kind = "exchange.withdrawal.confirmed" if do else "exchange.withdrawal.left"
        act.record(kind, subject=asked.import_run)
    return asked


def try_out(*, withdrawal_id: int, now: Clock, on: date) -> None:
    """What would change: everything is put back, and what it means is kept with the request."""
    _run(withdrawal_id, _State.TRYING, _State.READY, dry_run=True, now=now, on=on)


def carry_out(*, withdrawal_id: int, now: Clock, on: date) -> None:
    """Withdraw it. Killed at any moment it has changed nothing, or everything: run again it ends the same."""
    _run(withdrawal_id, _State.WITHDRAWING, _State.DONE, dry_run=False, now=now, on=on)


def _run(
    withdrawal_id: int, of: Withdrawal.State, to: Withdrawal.State, *, dry_run: bool, now: Clock, on: date
) -> None:
    asked = Withdrawal.objects.select_related("asked_by").get(pk=withdrawal_id)
    if asked.state != of:
        return  # asked for twice: the first run did it
    with _ended(asked, now), transaction.atomic():
        found = withdraw_import(
            import_id=asked.import_run_id,
            because=asked.because,
            dry_run=dry_run,
            act=PersonalAct(asked.asked_by, now(), on),
        )
        Withdrawal.objects.filter(pk=asked.pk).update(state=to, since=now(), result=asdict(found))


@contextmanager
def _ended(asked: Withdrawal, now: Clock) -> Iterator[None]:
    """Whatever happens inside, the request says so in a sentence."""
    refused = Withdrawal.objects.filter(pk=asked.pk)
    try:
        yield
    except Refusal as refusal:
        refused.update(state=_State.REFUSED, reason=refusal.reason)
    except Exception:
        refused.update(
            state=_State.REFUSED,
            reason="It stopped because of a fault of ours, which is in the log of the worker "
            f"({wording.moment(now())} UTC). Nothing was changed.",
        )
        raise


def withdrawals_visible_to(viewer: User, *, on: date) -> QuerySet[Withdrawal]:
    """The requests to withdraw imports of the kinds that the viewer may hand in, newest first."""
    kinds = [kind for kind in _SAYS if access.may(viewer, uploads.needs(kind), on=on)]
    return (
        Withdrawal.objects.filter(import_run__kind__in=kinds).select_related("import_run", "asked_by").order_by("-pk")
    )


# --- rows -------------------------------------------------------------------------------------------------------------


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
    """What is only in the lists themselves: who was in them, and that they count as read in a month."""
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
