"""A file of the schools register (GIAS), from the file to what is known of a URN: all of it, or nothing."""

import time
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from plumbline.exchange import refusals
from plumbline.exchange.gias import Register
from plumbline.intake import imports, refusing
from plumbline.ofsted import establishments
from plumbline.people.act import Act
from plumbline.placements import operations as placements


def import_register(read: Register, path: Path, *, as_at: date, dry_run: bool, act: Act) -> dict[str, Any]:
    """The answer of interfaces.md. It judges no setting: it explains why a URN is on no list, and what became of it."""
    started = time.monotonic()
    with transaction.atomic():
        imports.lock(waiting=lambda: None)
        run = imports.begin(kind="gias", label=path.name, by=act.by, at=act.at, as_at=as_at)
        rows = establishments.record_register(name=read.name, rows=read.rows, as_at=as_at, import_run=run, act=act)
        refusing.stage_refusals()
        refusing.add(read.name, read.refused)
        refusals.keep(run)
        placements.raise_flags(act=act)
        counts = {"read": read.read, **rows, "repeated": read.repeated, "refused": len(read.refused)}
        imports.end(run, {read.name: counts})
        if dry_run:
            transaction.set_rollback(True)
    return {
        "files": run.files,
        "refused": [
            {"file": read.name, "line": row.line, "id": row.id, "code": row.code, "reason": row.reason}
            for row in read.refused
        ],
        "seconds": round(time.monotonic() - started, 2),
        "notes": [],
        "means": [
            "No setting is judged by it: it explains why a school is on no list of Ofsted's, and what became of it."
        ],
        "lists": [],
        "import": None if dry_run else run.pk,
    }
