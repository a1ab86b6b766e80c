"""The register of contracts and what was looked at under each, from a folder of files: all of it, or nothing.

Columns: `contracts_kinds`. One transaction; contracts are rated again before it ends. The files carry no day of their
own: each says what it holds, and what it does not hold stays as it is.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from plumbline.audit import operations as audit
from plumbline.contracts import intake as contracts
from plumbline.contracts.operations import rating
from plumbline.exchange import contract_means, contracts_kinds, refusals, ssd_kinds
from plumbline.exchange.extract_files import Found, Source, found_in, open_source, said
from plumbline.exchange.readers import Note, RefusedRow
from plumbline.exchange.ssd_kinds import Kind
from plumbline.exchange.ssd_rows import staged_rows
from plumbline.exchange.wrong_files import WrongFile
from plumbline.intake import imports, refusing, staging, taking
from plumbline.intake.models import Import
from plumbline.intake.tables import Taken
from plumbline.kernel.errors import RuleBroken
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.acting import operation
from plumbline.people.models import User

Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class _Run:
    import_run: Import
    # The last day that something that happened can be of.
    latest: str
    progress: Progress
    done: int = 0
    files: dict[str, Taken] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def say(self, what: str) -> None:
        self.progress(self.done, 0, what)


def import_contracts(
    folder: Path,
    *,
    dry_run: bool = False,
    by: User | None,
    at: datetime,
    on: date,
    progress: Progress = lambda done, total, what: None,
) -> dict[str, Any]:
    """Take the files in; the answer of interfaces.md (`files`, `refused`, `seconds`), with `notes`, `means`
    (which contracts change, in sentences) and `import`.

    Raises RuleBroken where the folder holds none of the files (nothing_to_read), or none that can be read.
    """
    started = time.monotonic()
    access.check(by, Permission.IMPORTS, on=on)
    kinds = contracts_kinds.kinds()
    with found_in(folder, kinds, what="the register of contracts") as found, transaction.atomic():
        imports.lock(waiting=lambda: progress(0, 0, "Another import is running; waiting for it to end"))
        run = _Run(
            imports.begin(kind="contracts", label=folder.name, by=by, at=at, as_at=on),
            latest=on.isoformat(),
            progress=progress,
            notes=found.notes,
        )
        refusing.stage_refusals()
        before = contract_means.standing(on=on)
        _take_files(run, found, kinds)
        run.say("Rating the contracts")
        follow_up(by=by, at=at, on=on)
        means = contract_means.what_changes(before, contract_means.standing(on=on))
        listed, count = refusing.listed(list(run.files))
        refusals.keep(run.import_run)
        result = {"files": {name: taken.as_json() for name, taken in run.files.items()}, "refused": listed}
        imports.end(run.import_run, result["files"])
        audit.record("exchange.contracts.imported", by=by, at=at, subject=run.import_run, files=result["files"])
        if dry_run:
            transaction.set_rollback(True)
    if count > len(listed):
        reason = f"{count:,} rows were refused; the first {len(listed):,} are listed, all are kept."
        run.notes.append(Note(None, "more_refused", reason).as_json(folder.name))
    return result | {
        "seconds": round(time.monotonic() - started, 2),
        "notes": run.notes,
        "means": means,
        "import": None if dry_run else run.import_run.pk,
    }


@operation
def follow_up(*, by: User | None, at: datetime, on: date) -> None:
    """What follows once rows of contracts are in: whom they name, and their ratings."""
    contracts.find_people()
    # Their flags are put to whom they name now, by the rating of all.
    rating.rerate(contract_ids=None, by=by, at=at, on=on)


def _take_files(run: _Run, found: Found, kinds: dict[str, Kind]) -> None:
    wrong: list[WrongFile] = []
    for name in kinds:
        if name not in found.sources and name not in found.wrong:
            continue
        run.files[name] = Taken()
        try:
            if name in found.wrong:
                raise found.wrong[name]
            _take_file(run, kinds[name], found.sources[name])
        except WrongFile as refused:
            # Nothing of it was taken yet: rows are staged whole before any is.
            wrong.append(refused)
            refusing.drop(name)
            refusing.add(name, [RefusedRow(1, "", refused.code, refused.reason, {})])
            run.files[name] = Taken(read=1, refused=1)
    if len(wrong) == len(run.files):
        raise RuleBroken(" ".join(refused.reason for refused in wrong), code=wrong[0].code)


def _take_file(run: _Run, kind: Kind, source: Source) -> None:
    run.say(f"Reading {source.name}")
    staged = f"staged_{kind.name}"
    staging.stage(staged, kind.staged)
    table = open_source(kind, source)
    if unknown := table.unknown_columns({cell.column for cell in kind.cells}):
        table.notes.append(Note(None, "unknown_columns", f"Columns that are not read: {', '.join(unknown)}."))
    absent = ssd_kinds.absent_from(kind, table.names)
    taken = run.files[kind.name]
    for lines, refused in staged_rows(kind, table, latest=run.latest):
        staging.load(staged, lines)
        refusing.add(kind.name, refused)
        taken.read += len(lines) + len(refused)
        taken.refused += len(refused)
        run.done += len(lines) + len(refused)
    staging.analyse(staged)
    taken.refused += refusing.refuse_unfound(name=staged, file=kind.name, intake=kind.intake)
    compared = [column for column, _ in kind.staged if column != "id"]
    repeated, conflicts = refusing.refuse_repeats(name=staged, file=kind.name, columns=compared)
    taken.repeated += repeated
    taken.refused += conflicts
    take_staged(kind, staged, import_run=run.import_run, absent=absent, taken=taken)
    if taken.refused:
        refusing.add_cells(kind.name, open_source(kind, source))
    refusals.settle_taken(
        file=kind.name,
        staged=staged,
        import_run=run.import_run,
        because=f"Came in with {source.path.name} handed in later.",
    )
    run.notes += said(kind.name, table.notes + ssd_kinds.notes(kind))


def take_staged(kind: Kind, staged: str, *, import_run: Import, absent: Collection[str], taken: Taken) -> None:
    """Bring staged rows of one kind into their table, and the settings that contracts name; counted in `taken`."""
    taken.added, taken.changed, taken.unchanged = taking.take(
        name=staged, intake=kind.intake, import_run=import_run, absent=absent
    )
    if kind.name == "contracts" and "setting_urns" not in absent:
        changed = contracts.take_settings(staged=staged, import_run=import_run)
        taken.changed += changed
        taken.unchanged -= changed
