"""An extract of the council's social-care system, from a folder of files to tables: all of it, or nothing.

What the files hold is in `ssd_kinds`; how rows become rows of a table is each room's `intake`. One transaction:
killed at any moment, nothing was taken. Memory does not grow with the files.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from plumbline.audit import intake
from plumbline.audit import operations as audit
from plumbline.audit.intake import Taken
from plumbline.audit.models import Import
from plumbline.earlyhelp import intake as earlyhelp
from plumbline.exchange import operations, refusals, ssd_kinds
from plumbline.exchange.readers import RefusedRow, WrongFile
from plumbline.exchange.ssd_kinds import Kind
from plumbline.exchange.ssd_rows import open_kind, staged_rows
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import day_here
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User
from plumbline.placements import intake as placements
from plumbline.socialcare import intake as socialcare

# done, of how many rows in all the files, and what is being done
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Run:
    """One import as it goes."""

    import_run: Import
    extracted_on: date
    latest: str
    backfill: bool
    total: int
    progress: Progress
    done: int = 0
    files: dict[str, Taken] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def say(self, what: str) -> None:
        self.progress(self.done, self.total, what)


def import_ssd(
    folder: Path,
    *,
    extracted_on: date | None = None,
    backfill: bool = False,
    dry_run: bool = False,
    strict: bool = False,
    by: User | None,
    at: datetime,
    on: date,
    progress: Progress = lambda done, total, what: None,
) -> dict[str, Any]:
    """Take an extract in; the answer of interfaces.md (`files`, `refused`, `seconds`), with `extracted_on` and `notes`.

    Without `extracted_on` it is the day of the newest file, at most `on`. `dry_run` says what would change; `strict`
    raises RuleBroken where any row is refused. `refused` lists the first 100,000.

    An extract older than the last of a file's kind is refused unless `backfill`. Then that file only adds rows whose id
    is not here, marked as no longer in the newest extract, which did not hold them; what is here stays as it is. A
    file that is not older is taken as ever, but with `backfill` nothing is marked as no longer in the extract.
    """
    started = time.monotonic()
    access.check(by, Permission.IMPORTS, on=on)
    found = find_files(folder)
    notes: list[str] = []
    if extracted_on is None:
        extracted_on = min(_newest_day(list(found.values())), on)
        notes.append(
            f"No day of the extract was given: {extracted_on:%-d %B %Y} is taken, the day of the newest file"
            + (" (or today, where that is earlier)." if extracted_on == on else ".")
        )
    if extracted_on > on:
        raise RuleBroken(
            f"The extract cannot be of {extracted_on:%-d %B %Y}: that day has not come.", code="future_date"
        )
    progress(0, 0, notes[0] if notes else f"Extract of {extracted_on:%-d %B %Y}")
    with transaction.atomic():
        intake.lock(waiting=lambda: progress(0, 0, "Another import is running; waiting for it to end"))
        if not backfill:
            for name in found:
                intake.refuse_older(source=name, extracted_on=extracted_on)
        run = Run(
            import_run=intake.begin(kind="ssd", label=folder.name, by=by, at=at, as_at=extracted_on, backfill=backfill),
            extracted_on=extracted_on,
            latest=extracted_on.isoformat(),
            backfill=backfill,
            total=sum(_count_lines(path) for path in found.values()),
            progress=progress,
            notes=notes,
        )
        intake.stage_refusals()
        _take_files(run, found, ssd_kinds.kinds())
        run.say("What follows from the rows")
        operations.follow_up(by=by, at=at, on=on)
        listed, count = refusals.listed(list(run.files))
        if strict and count:
            first = listed[0]
            raise RuleBroken(
                f"{count:,} rows were refused, so nothing was taken (--strict). "
                f"First: {first['file']}, line {first['line']}: {first['reason']}",
                code=first["code"] if first["code"] in _WHOLE_FILE else "refused_rows",
            )
        refusals.keep(run.import_run)
        result = {
            "files": {name: taken.as_json() for name, taken in run.files.items()},
            "refused": listed,
            "seconds": 0.0,
        }
        run.import_run.files = result["files"]
        run.import_run.save(update_fields=["files"])
        audit.record(
            "exchange.ssd.imported",
            by=by,
            at=at,
            subject=run.import_run,
            extracted_on=extracted_on.isoformat(),
            files=result["files"],
        )
        run.say("Dry run: putting everything back" if dry_run else "Committing")
        if dry_run:
            transaction.set_rollback(True)
    if count > len(listed):
        notes.append(f"{count:,} rows were refused; the first {len(listed):,} are listed, all are kept to be mended.")
    result["seconds"] = round(time.monotonic() - started, 1)
    return result | {
        "extracted_on": extracted_on.isoformat(),
        "notes": notes,
        "import": None if dry_run else run.import_run.pk,
    }


_WHOLE_FILE = frozenset({"bad_header", "empty_file", "not_a_table", "truncated_file", "two_tables", "too_large"})


def find_files(folder: Path) -> dict[str, Path]:
    """The files of an extract in the folder, by name; raises RuleBroken where there are none."""
    if not folder.is_dir():
        raise RuleBroken(f"{folder} is not a folder.", code="no_folder")
    present = {path.name.casefold(): path for path in sorted(folder.iterdir()) if path.is_file()}
    names = list(ssd_kinds.kinds())
    found = {name: present[f"{name}.csv"] for name in names if f"{name}.csv" in present}
    if not found:
        raise RuleBroken(
            f"{folder} holds none of the files of an extract: {', '.join(f'{name}.csv' for name in names)}.",
            code="nothing_to_read",
        )
    return found


def _newest_day(paths: Sequence[Path]) -> date:
    newest = max(path.stat().st_mtime for path in paths)
    return day_here(datetime.fromtimestamp(newest, tz=UTC))


def _count_lines(path: Path) -> int:
    """Lines of text, for the progress bar: nothing else counts them."""
    with path.open("rb") as source:
        return sum(block.count(b"\n") for block in iter(lambda: source.read(1 << 20), b""))


def _take_files(run: Run, found: dict[str, Path], kinds: dict[str, Kind]) -> None:
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
        if name == "code_map" or name == "organisations":
            if run.files[name].added or run.files[name].changed:
                earlyhelp.map_closures()
                earlyhelp.map_leads()
        elif name == "ssd_professionals" and run.files[name].added:
            earlyhelp.find_leads()
            socialcare.find_workers()
            placements.find_caseworkers()
    if len(wrong) == len(found):
        raise RuleBroken(" ".join(refused.reason for refused in wrong), code=wrong[0].code)


def _take_file(run: Run, kind: Kind, path: Path) -> None:
    run.say(f"Reading {path.name}")
    staged = f"staged_{kind.name}"
    intake.stage(staged, kind.staged)
    table = open_kind(kind, path)
    if unknown := table.unknown_columns({cell.column for cell in kind.cells}):
        run.notes.append(f"{path.name}: columns that are not read: {', '.join(unknown)}.")
    absent = frozenset(cell.to for cell in kind.cells if not table.has(cell.column))
    taken = run.files[kind.name]
    for lines, refused in staged_rows(kind, table, latest=run.latest):
        intake.load(staged, lines)
        refusals.add(kind.name, refused)
        taken.read += len(lines) + len(refused)
        taken.refused += len(refused)
        run.done += len(lines) + len(refused)
        run.say(f"Reading {path.name}")
    run.say(f"Taking {path.name}")
    _take_staged(run, kind, staged, absent)
    if taken.refused:
        refusals.add_cells(kind.name, open_kind(kind, path))
    run.notes += ssd_kinds.notes(kind)


def _take_staged(run: Run, kind: Kind, staged: str, absent: frozenset[str]) -> None:
    taken = run.files[kind.name]
    intake.analyse(staged)
    taken.refused += intake.refuse_unfound(name=staged, file=kind.name, intake=kind.intake)
    compared = [column for column, _ in kind.staged if column != "id"]
    repeated, conflicts = intake.refuse_repeats(name=staged, file=kind.name, columns=compared)
    taken.repeated += repeated
    taken.refused += conflicts
    last = intake.horizon(kind.name)
    older = last is not None and run.extracted_on < last
    taken.added, taken.changed, taken.unchanged = intake.take(
        name=staged, intake=kind.intake, import_run=run.import_run, absent=absent, fill=older
    )
    if older and last:
        intake.mark_filled(intake=kind.intake, since=last, import_run=run.import_run)
    elif not run.backfill:
        gone = intake.mark_missing(name=staged, file=kind.name, intake=kind.intake, since=run.extracted_on)
        if gone:
            run.notes.append(f"{kind.name}: {gone:,} rows taken earlier are no longer in the extract.")
    if not older:
        intake.reach(source=kind.name, extracted_on=run.extracted_on, import_run=run.import_run)
    refusals.settle_taken(
        file=kind.name,
        staged=staged,
        import_run=run.import_run,
        because=f"Came in with the extract of {run.extracted_on:%-d %B %Y}.",
    )
