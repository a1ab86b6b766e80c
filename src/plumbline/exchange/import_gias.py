"""A file of the schools register (GIAS), from the file to what is known of a URN: all of it, or nothing."""

import time
from datetime import date
from pathlib import Path
from typing import Any

from plumbline.exchange import refusals
from plumbline.exchange.answers import answer
from plumbline.exchange.gias import Register
from plumbline.intake import imports
from plumbline.intake.tables import Taken
from plumbline.ofsted import establishments
from plumbline.people.act import Act
from plumbline.placements import operations as placements

_MEANS = "No setting is judged by it: it explains why a school is on no list of Ofsted's, and what became of it."


def import_register(read: Register, path: Path, *, as_at: date, dry_run: bool, act: Act) -> dict[str, Any]:
    """The answer of interfaces.md. It judges no setting: it explains why a URN is on no list, and what became of it."""
    started = time.monotonic()
    with imports.importing(kind="gias", label=path.name, by=act.by, at=act.at, as_at=as_at, dry_run=dry_run) as run:
        rows = establishments.record_register(name=read.name, rows=read.rows, as_at=as_at, import_run=run, act=act)
        refused = refusals.keep_of_file(run, file=read.name, refused=read.refused)
        placements.raise_flags(act=act)
        run.files = {read.name: Taken(read.read, **rows, repeated=read.repeated, refused=len(refused)).as_json()}
    return answer(
        run,
        started=started,
        dry_run=dry_run,
        refused=refused,
        means=[_MEANS],
        lists=[],
    )
