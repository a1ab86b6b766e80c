"""An upload from being handed in to its result: stored, looked at (a dry run), taken, each in the background.

The page asks (`receive`, `ask_to_look`, `ask_to_take`, `ask_to_mend`) and the ways in enqueue the job that does it
(`look`, `take`, `mend`: login `worker`; `prefix`: of our own open data). A job ends in a state with a sentence,
whatever happens.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from plumbline.evidence import store as evidence_store
from plumbline.exchange import contracts, import_ocds, import_ofsted, known_folders, ocds_files, ofsted_lists, ssd
from plumbline.exchange.folders import Progress
from plumbline.exchange.handed_in import Given, Limits, store
from plumbline.exchange.models import RefusedRow, Upload
from plumbline.exchange.operations import rows
from plumbline.exchange.states import ROW_MOVES, UPLOAD_MOVES
from plumbline.intake.models import Import
from plumbline.kernel import wording
from plumbline.kernel.errors import Refusal, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import User

SSD, OFSTED, CONTRACTS, NOTICES = "ssd", "ofsted", "contracts", "ocds"
KINDS = {
    SSD: "An extract of the social-care system",
    OFSTED: "A list published by Ofsted",
    CONTRACTS: "The register of contracts",
}
# Published notices have pages of their own, for who settles suppliers.
_NEEDS = {**dict.fromkeys(KINDS, Permission.IMPORTS), NOTICES: Permission.SUPPLIERS_SETTLE}
# A package of notices is one JSON file, and read whole.
_HOW_STORED: dict[str, Any] = {
    NOTICES: {"limits": Limits(files=1, bytes=ocds_files.LARGEST), "endings": (".json",)},
}  # fmt: skip
# Refusals that a dry run shows; an import keeps all of its own.
_MOST_SHOWN = 200
_State = Upload.State

Clock = Callable[[], datetime]


@operation
def receive(
    *,
    kind: str,
    given: Iterable[Given],
    as_at: date | None,
    backfill: bool,
    because: str = "",
    home: Path,
    act: PersonalAct,
) -> Upload:
    """Store files under `home` for an import. Raises RuleBroken with nothing kept: see handed_in.store; unknown_kind;
    missing_day (an Ofsted list says not of which day it is); future_date; one_list (Ofsted's lists come one by one)."""
    act.check(needs(kind))
    if kind not in _NEEDS:
        raise RuleBroken("Say what the files are.", code="unknown_kind")
    if kind == OFSTED and as_at is None:
        raise RuleBroken("Say of which day the list is.", code="missing_day")
    if as_at is not None and as_at > act.on:
        raise RuleBroken("That day has not come yet.", code="future_date")
    upload = Upload.objects.create(
        kind=kind,
        uploaded_by=act.by,
        uploaded_at=act.at,
        options={"as_at": as_at.isoformat() if as_at else None, "backfill": backfill, "because": because.strip()},
    )
    # Numbers come again where a database is begun again beside old files.
    upload.folder = f"files/imports/{upload.pk}-{secrets.token_hex(8)}/upload-{upload.pk}"
    evidence_store.remember((home / upload.folder).parent, is_kept=Upload.objects.filter(pk=upload.pk).exists)
    upload.file_names = store(given, home / upload.folder, **_HOW_STORED.get(kind, {}))
    if kind == OFSTED and len(upload.file_names) > 1:
        raise RuleBroken("Hand in one list at a time: each is of its own day.", code="one_list")
    upload.save(update_fields=["folder", "file_names"])
    act.record(
        "exchange.upload.received",
        subject=upload,
        because=because.strip(),
        upload_kind=kind,
        files=upload.file_names,
    )
    return upload


@operation
def ask_to_look(*, upload: Upload, because: str = "", act: PersonalAct) -> None:
    """Let the upload be looked at; `because`: why it is right, though it was refused as of another day. The caller
    enqueues `look`."""
    if because.strip():
        upload.options |= {"because": because.strip()}
        upload.save(update_fields=["options"])
    _ask(upload, _State.LOOKING, "exchange.upload.look_asked", because=because.strip(), act=act)


@operation
def ask_to_take(*, upload: Upload, whole: bool = False, act: PersonalAct) -> None:
    """Let the upload be taken. The caller enqueues `take`. Raises RuleBroken (many_gone) where much would end by it
    and it is not said that the extract is `whole`."""
    if upload.would_change.get("gone") and not whole:
        raise RuleBroken("Say that this is the whole extract, or leave the files.", code="many_gone")
    _ask(upload, _State.TAKING, "exchange.upload.take_asked", act=act, whole=whole)


def _ask(
    upload: Upload, to: Upload.State, kind: str, *, because: str = "", whole: bool = False, act: PersonalAct
) -> None:
    act.check(_NEEDS[upload.kind])
    locked = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    check_move(UPLOAD_MOVES, _State(locked.state), to)
    locked.state, locked.reason = to, ""
    locked.options = locked.options | {"whole": whole}
    locked.progress = {"done": 0, "total": 0, "what": "Waiting for its turn", "at": act.at.isoformat()}
    locked.save(update_fields=["state", "reason", "progress", "options"])
    act.record(kind, subject=locked, because=because, whole=whole)


def look(*, upload_id: int, home: Path, prefix: str = "", now: Clock, on: date) -> None:
    """What would change: a dry run, kept on the upload."""
    upload = Upload.objects.select_related("uploaded_by").get(pk=upload_id)
    if upload.state != _State.LOOKING:
        return  # asked for twice: the first run did it
    with _ended(upload, now):
        found = _import(upload, home=home, prefix=prefix, now=now, on=on, dry_run=True)
        _end(upload, _State.READY, would_change=_shown(found))


def take(*, upload_id: int, home: Path, prefix: str = "", now: Clock, on: date) -> None:
    """Take the records. Killed at any moment it has taken nothing, or everything: run again it ends the same."""
    upload = Upload.objects.select_related("uploaded_by").get(pk=upload_id)
    if upload.state != _State.TAKING:
        return
    with _ended(upload, now):
        found = _import(upload, home=home, prefix=prefix, now=now, on=on, dry_run=False)
        _end(upload, _State.DONE, result=_shown(found), import_run_id=found.get("import"))


def needs(kind: str) -> Permission:
    """What it needs to hand in files of a kind, and to take back what they said."""
    return _NEEDS.get(kind, Permission.IMPORTS)


@contextmanager
def _ended(upload: Upload, now: Clock) -> Iterator[None]:
    """Whatever happens inside, the upload says so in a sentence."""
    try:
        yield
    except Refusal as refusal:
        _end(upload, _State.REFUSED, reason=refusal.reason, result={"code": refusal.code})
    except Exception:
        _end(
            upload,
            _State.REFUSED,
            reason="It stopped because of a fault of ours, which is in the log of the worker "
            f"({wording.moment(now())} UTC). Nothing was taken.",
        )
        raise


def _end(upload: Upload, state: Upload.State, **changes: Any) -> None:
    Upload.objects.filter(pk=upload.pk).update(state=state, **changes)


def _import(upload: Upload, *, home: Path, prefix: str, now: Clock, on: date, dry_run: bool) -> dict[str, Any]:
    folder = home / upload.folder
    as_at = date.fromisoformat(upload.options["as_at"]) if upload.options.get("as_at") else None
    act = PersonalAct(upload.uploaded_by, now(), on)
    if upload.kind == NOTICES:
        return import_ocds.import_ocds(folder / upload.file_names[0], prefix=prefix, dry_run=dry_run, act=act)
    if upload.kind == OFSTED:
        if as_at is None:
            raise RuleBroken("Say of which day the list is.", code="missing_day")
        return import_ofsted.import_ofsted(
            folder / upload.file_names[0],
            as_at=as_at,
            because=upload.options.get("because", ""),
            dry_run=dry_run,
            act=act,
        )
    with _outside(upload, now) as progress:
        if upload.kind == CONTRACTS:
            return contracts.import_contracts(folder, dry_run=dry_run, act=act, progress=progress)
        return ssd.import_ssd(
            folder,
            extracted_on=as_at,
            backfill=bool(upload.options.get("backfill")),
            dry_run=dry_run,
            whole=bool(upload.options.get("whole")),
            act=act,
            progress=progress,
        )


@contextmanager
def _outside(upload: Upload, now: Clock) -> Iterator[Progress]:
    """Progress that others see while the import's own transaction is still open: over a connection of its own."""
    other = connection.copy()
    said_last, said_at = "", now()

    def progress(done: int, total: int, what: str) -> None:
        nonlocal said_last, said_at
        moment = now()
        if what == said_last and (moment - said_at).total_seconds() < 0.5:
            return
        said_last, said_at = what, moment
        with other.cursor() as cursor:
            cursor.execute(
                "update exchange_upload set progress = jsonb_build_object('done', %s::int, 'total', %s::int,"
                " 'what', %s::text, 'at', %s::text) where id = %s",
                [done, total, what, moment.isoformat(), upload.pk],
            )

    try:
        yield progress
    finally:
        other.close()


def _shown(found: Mapping[str, Any]) -> dict[str, Any]:
    refused = list(found.get("refused", ()))
    return {
        "files": found["files"],
        "refused": refused[:_MOST_SHOWN],
        "refused_count": sum(counts.get("refused", 0) for counts in found["files"].values()),
        "notes": list(found.get("notes", ())),
        "gone": list(found.get("gone", ())),
        "seconds": found.get("seconds", 0),
        **{name: found[name] for name in ("processes", "waiting", "ours", "means") if name in found},
    }


# --- refused rows --------------------------------------------------------------------------------------------------


@operation
def ask_to_mend(*, refused_id: int, cells: Mapping[str, str], act: PersonalAct) -> RefusedRow:
    """Keep what was typed and let it be tried. The caller enqueues `mend`."""
    act.check(Permission.IMPORTS)
    row = _row(refused_id)
    check_move(ROW_MOVES, RefusedRow.State(row.state), RefusedRow.State.MENDED)
    row.tried = {"state": "waiting", "cells": dict(cells), "reason": "", "by_id": act.by.pk, "at": act.at.isoformat()}
    row.save(update_fields=["tried"])
    act.record("exchange.row.mending_asked", subject=row, file=row.file, line=row.line)
    return row


def mend(*, refused_id: int, now: Clock, on: date) -> None:
    """Try a row with what was typed; a refusal stays with the row, to be mended again."""
    row = RefusedRow.objects.get(pk=refused_id)
    if row.tried.get("state") != "waiting" or row.state != RefusedRow.State.OPEN:
        return
    by = User.objects.get(pk=row.tried["by_id"])
    try:
        rows.mend_row(refused_id=refused_id, cells=row.tried["cells"], act=PersonalAct(by, now(), on))
    except Refusal as refusal:
        _tried(row, refusal.reason)
    except Exception:
        _tried(row, "It stopped because of a fault of ours, which is in the log of the worker. Nothing was taken.")
        raise
    else:
        # What was typed is in the records now, and need not be there twice.
        RefusedRow.objects.filter(pk=refused_id).update(tried={})


def _tried(row: RefusedRow, reason: str) -> None:
    RefusedRow.objects.filter(pk=row.pk).update(tried={**row.tried, "state": "refused", "reason": reason})


@operation
def dismiss_alike(*, refused_id: int, because: str, act: PersonalAct) -> int:
    """Set aside every open row of the same import and file that was refused for the same code; how many."""
    row = _row(refused_id)
    alike = RefusedRow.objects.filter(
        import_run=row.import_run_id, file=row.file, code=row.code, state=RefusedRow.State.OPEN
    )
    numbers = list(alike.order_by("pk").values_list("pk", flat=True))
    for number in numbers:
        rows.dismiss_row(refused_id=number, because=because, act=act)
    return len(numbers)


@operation
def reopen_row(*, refused_id: int, act: PersonalAct) -> None:
    """Undo setting a row aside."""
    act.check(Permission.IMPORTS)
    row = _row(refused_id)
    check_move(ROW_MOVES, RefusedRow.State(row.state), RefusedRow.State.OPEN)
    row.state, row.settled_because, row.settled_by, row.settled_at = RefusedRow.State.OPEN, "", None, None
    row.save(update_fields=["state", "settled_because", "settled_by", "settled_at"])
    act.record("exchange.row.reopened", subject=row, file=row.file, line=row.line)


def _row(refused_id: int) -> RefusedRow:
    row = RefusedRow.objects.select_for_update(of=("self",)).filter(pk=refused_id).first()
    if row is None:
        raise RuleBroken("That row is not known.", code="unknown_row")
    return row


def uploads_visible_to(viewer: User, *, on: date) -> QuerySet[Upload]:
    """Uploads of the kinds that the viewer may hand in, no matter who did, newest first."""
    kinds = [kind for kind, needs in _NEEDS.items() if access.may(viewer, needs, on=on)]
    return Upload.objects.filter(kind__in=kinds).select_related("uploaded_by", "import_run").order_by("-pk")


def can_be_mended(row: RefusedRow) -> bool:
    """Whether it is a row of a table: not a whole file, and no published notice, which only its publisher mends."""
    if not row.cells:
        return False
    return row.ofsted_list_id is not None or known_folders.of_file(row.file) is not None


def cells_of(row: RefusedRow) -> dict[str, str]:
    """What the row said, or was last tried with, in the order of its kind's columns; other columns after them."""
    cells: dict[str, str] = row.tried.get("cells") or row.cells
    if row.ofsted_list is not None:
        known = ofsted_lists.columns_of(row.ofsted_list.family, row.ofsted_list.register)
    else:
        found = known_folders.of_file(row.file)
        known = [cell.column for cell in found[1].cells] if found else []
    return {name: cells[name] for name in [*known, *sorted(set(cells) - set(known))] if name in cells}


def refused_of(import_run: Import) -> QuerySet[RefusedRow]:
    """The refused rows of one import, in the order of the file."""
    return RefusedRow.objects.filter(import_run=import_run).order_by("file", "line")
