"""One of Ofsted's published files, from the file to the flags: all of it, or nothing."""

import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from plumbline.audit import intake
from plumbline.audit.models import Import
from plumbline.exchange import refusals
from plumbline.exchange.extract_files import said
from plumbline.exchange.models import RefusedRow
from plumbline.exchange.ofsted_lists import OfstedList, read_lists
from plumbline.exchange.readers import Note
from plumbline.kernel.errors import RuleBroken
from plumbline.ofsted import models, rules
from plumbline.ofsted import operations as ofsted
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User
from plumbline.placements import operations as placements


def import_ofsted(
    path: Path, *, as_at: date, dry_run: bool = False, by: User | None, at: datetime, on: date
) -> dict[str, Any]:
    """Take every list in a file; the answer of interfaces.md (`files`, `refused`, `seconds`), with `notes`, `lists`
    (day, differences from the list before, whose status changed) and `import`.

    Raises RuleBroken (future_date), WrongFile where it is none of Ofsted's lists. `dry_run` puts everything back.
    """
    started = time.monotonic()
    access.check(by, Permission.IMPORTS, on=on)
    rules.check_list_day(as_at, on=on)
    if not path.is_file():
        raise RuleBroken(f"There is no file “{path.name}”.", code="missing_file")
    lists = read_lists(path, as_at)
    files: dict[str, dict[str, int]] = {}
    refused: list[dict[str, Any]] = []
    told: list[dict[str, Any]] = []
    with transaction.atomic():
        intake.lock(waiting=lambda: None)
        run = intake.begin(kind="ofsted", label=path.name, by=by, at=at, as_at=as_at)
        for read in lists:
            name = path.stem if len(lists) == 1 else f"{path.stem}: {read.sheet}"
            judged = placements.take_judgements(
                record=ofsted.record_list, read=read, import_run=run, by=by, at=at, on=on
            )
            taken = judged.recorded
            files[name] = {"read": read.read, **taken.rows, "repeated": read.repeated, "refused": len(read.refused)}
            refused += _keep_refused(run, name, read, taken.ofsted_list)
            told.append(_told(read, taken))
        run.files = files
        run.save(update_fields=["files"])
        if dry_run:
            transaction.set_rollback(True)
    return {
        "files": files,
        "refused": refused,
        "seconds": round(time.monotonic() - started, 1),
        "notes": _notes(lists, list(files)),
        "lists": told,
        "import": None if dry_run else run.pk,
    }


def _told(read: OfstedList, taken: ofsted.ListTaken) -> dict[str, Any]:
    return {
        "family": read.family,
        "as_at": read.as_at.isoformat(),
        "whole": read.whole,
        "differences": taken.ofsted_list.differences,
        "status_changes": [
            {"urn": change.urn, "before": change.before, "after": change.after} for change in taken.status_changes
        ],
    }


def _keep_refused(run: Import, file: str, read: OfstedList, ofsted_list: models.OfstedList) -> list[dict[str, Any]]:
    """Kept to be mended; those of this list that came in with it now are settled."""
    intake.stage_refusals()
    refusals.add(file[:100], read.refused)
    refusals.keep(run)
    RefusedRow.objects.filter(import_run=run, file=file[:100]).update(ofsted_list=ofsted_list)
    again = {row.id for row in read.refused}
    waiting = RefusedRow.objects.filter(ofsted_list=ofsted_list, state=RefusedRow.State.OPEN).exclude(import_run=run)
    waiting.filter(row_id__in={row.urn for row in read.rows} - again).update(
        state=RefusedRow.State.MENDED, settled_at=run.at, settled_because=f"Came in with {run.label} handed in later."
    )
    return [
        {"file": file, "line": row.line, "id": row.id, "code": row.code, "reason": row.reason} for row in read.refused
    ]


def _notes(lists: Sequence[OfstedList], names: Sequence[str]) -> list[dict[str, Any]]:
    notes = []
    for file, read in zip(names, lists, strict=True):
        about = [
            Note(note.line or None, note.code, f"{note.id}: {note.reason}" if note.id else note.reason)
            for note in read.notes
        ]
        if read.unknown_columns:
            about.insert(
                0, Note(None, "unknown_columns", f"Columns that are not read: {', '.join(read.unknown_columns)}.")
            )
        notes += said(file, about)
    return notes
