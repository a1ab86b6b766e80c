"""The register of contracts and what was looked at under each, from a folder of files: all of it, or nothing.

Columns: `contracts_kinds`. One transaction; contracts are rated anew before it ends. The files carry no day of their
own: each says what it holds, and what it does not hold stays as it is.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from plumbline.audit import intake
from plumbline.audit import operations as audit
from plumbline.audit.intake import Taken
from plumbline.audit.models import Import
from plumbline.contracts import intake as contracts
from plumbline.contracts.operations import rating
from plumbline.exchange import contracts_kinds, refusals, ssd_kinds
from plumbline.exchange.readers import RefusedRow, WrongFile
from plumbline.exchange.ssd_kinds import Kind
from plumbline.exchange.ssd_rows import open_kind, staged_rows
from plumbline.kernel.errors import RuleBroken
from plumbline.people import access
from plumbline.people.access import Permission
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
    notes: list[str] = field(default_factory=list)

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
    """Take the files in; the answer of interfaces.md (`files`, `refused`, `seconds`), with `notes` and `import`.

    Raises RuleBroken where the folder holds none of the files (nothing_to_read), or none that can be read.
    """
    started = time.monotonic()
    access.check(by, Permission.IMPORTS, on=on)
    kinds = contracts_kinds.kinds()
    found = find_files(folder, list(kinds))
    with transaction.atomic():
        intake.lock(waiting=lambda: progress(0, 0, "Another import is running; waiting for it to end"))
        run = _Run(
            intake.begin(kind="contracts", label=folder.name, by=by, at=at, as_at=on),
            latest=on.isoformat(), progress=progress,
        )  # fmt: skip
        intake.stage_refusals()
        _take_files(run, found, kinds)
        run.say("Rating the contracts")
        follow_up(by=by, at=at, on=on)
        listed, count = refusals.listed(list(run.files))
        refusals.keep(run.import_run)
        result = {"files": {name: taken.as_json() for name, taken in run.files.items()}, "refused": listed}
        run.import_run.files = result["files"]
        run.import_run.save(update_fields=["files"])
        audit.record("exchange.contracts.imported", by=by, at=at, subject=run.import_run, files=result["files"])
        if dry_run:
            transaction.set_rollback(True)
    if count > len(listed):
        run.notes.append(f"{count:,} rows were refused; the first {len(listed):,} are listed, all are kept.")
    return result | {
        "seconds": round(time.monotonic() - started, 1),
        "notes": run.notes,
        "import": None if dry_run else run.import_run.pk,
    }


@transaction.atomic
def follow_up(*, by: User | None, at: datetime, on: date) -> None:
    """What follows once rows of contracts are in: whom they name, and their ratings."""
    contracts.find_people()
    # Their flags are put to whom they name now, by the rating of all.
    rating.rerate(contract_ids=None, by=by, at=at, on=on)


def find_files(folder: Path, names: list[str]) -> dict[str, Path]:
    """The files in the folder, by name, in the order of being taken; raises RuleBroken where there are none."""
    if not folder.is_dir():
        raise RuleBroken(f"{folder} is not a folder.", code="no_folder")
    present = {path.name.casefold(): path for path in sorted(folder.iterdir()) if path.is_file()}
    found = {name: present[f"{name}.csv"] for name in names if f"{name}.csv" in present}
    if not found:
        raise RuleBroken(
            f"{folder} holds none of the files of contracts: {', '.join(f'{name}.csv' for name in names)}.",
            code="nothing_to_read",
        )
    return found


def _take_files(run: _Run, found: dict[str, Path], kinds: dict[str, Kind]) -> None:
    wrong: list[WrongFile] = []
    for name, path in found.items():
        run.files[name] = Taken()
        try:
            _take_file(run, kinds[name], path)
        except WrongFile as refused:
            # Nothing of it was taken yet: rows are staged whole before any is.
            wrong.append(refused)
            refusals.drop(name)
            refusals.add(name, [RefusedRow(1, "", refused.code, refused.reason, {})])
            run.files[name] = Taken(read=1, refused=1)
    if len(wrong) == len(found):
        raise RuleBroken(" ".join(refused.reason for refused in wrong), code=wrong[0].code)


def _take_file(run: _Run, kind: Kind, path: Path) -> None:
    run.say(f"Reading {path.name}")
    staged = f"staged_{kind.name}"
    intake.stage(staged, kind.staged)
    table = open_kind(kind, path)
    if unknown := table.unknown_columns({cell.column for cell in kind.cells}):
        run.notes.append(f"{path.name}: columns that are not read: {', '.join(unknown)}.")
    absent = {cell.to for cell in kind.cells if not table.has(cell.column)}
    taken = run.files[kind.name]
    for lines, refused in staged_rows(kind, table, latest=run.latest):
        intake.load(staged, lines)
        refusals.add(kind.name, refused)
        taken.read += len(lines) + len(refused)
        taken.refused += len(refused)
        run.done += len(lines) + len(refused)
    intake.analyse(staged)
    taken.refused += intake.refuse_unfound(name=staged, file=kind.name, intake=kind.intake)
    compared = [column for column, _ in kind.staged if column != "id"]
    repeated, conflicts = intake.refuse_repeats(name=staged, file=kind.name, columns=compared)
    taken.repeated += repeated
    taken.refused += conflicts
    take_staged(kind, staged, import_run=run.import_run, absent=absent, taken=taken)
    if taken.refused:
        refusals.add_cells(kind.name, open_kind(kind, path))
    refusals.settle_taken(
        file=kind.name, staged=staged, import_run=run.import_run, because=f"Came in with {path.name} handed in later."
    )
    run.notes += ssd_kinds.notes(kind)


def take_staged(kind: Kind, staged: str, *, import_run: Import, absent: set[str], taken: Taken) -> None:
    """Bring staged rows of one kind into their table, and the settings that contracts name; counted in `taken`."""
    taken.added, taken.changed, taken.unchanged = intake.take(
        name=staged, intake=kind.intake, import_run=import_run, absent=absent
    )
    if kind.name == "contracts" and "setting_urns" not in absent:
        changed = contracts.take_settings(staged=staged, import_run=import_run)
        taken.changed += changed
        taken.unchanged -= changed
