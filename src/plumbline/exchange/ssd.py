"""An extract of the council's social-care system, from a folder of files to tables: all of it, or nothing.

What the files hold is in `ssd_kinds`; how rows become rows of a table is each room's `intake`. One transaction:
killed at any moment, nothing was taken. Memory does not grow with the files.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from plumbline.audit import operations as audit
from plumbline.earlyhelp import intake as earlyhelp
from plumbline.exchange import extract_means, operations, refusals, ssd_kinds
from plumbline.exchange.extract_files import Found, Source, found_in, open_source, said
from plumbline.exchange.readers import Note, RefusedRow
from plumbline.exchange.ssd_kinds import Kind
from plumbline.exchange.ssd_rows import staged_rows
from plumbline.exchange.wrong_files import WrongFile
from plumbline.intake import imports, refusing, staging, taking
from plumbline.intake.models import Import
from plumbline.intake.tables import Taken
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import Said
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
    notes: list[dict[str, Any]] = field(default_factory=list)
    # Of each kind of which much would no longer be in the extract: what ends, as a sentence.
    gone: list[str] = field(default_factory=list)

    def say(self, what: str) -> None:
        self.progress(self.done, self.total, what)


def import_ssd(
    folder: Path,
    *,
    extracted_on: date | None = None,
    backfill: bool = False,
    dry_run: bool = False,
    strict: bool = False,
    whole: bool = False,
    by: User | None,
    at: datetime,
    on: date,
    progress: Progress = lambda done, total, what: None,
) -> dict[str, Any]:
    """Take an extract in: a folder, a zip or a workbook. Answers as interfaces.md says (`files`, `refused`, `notes`,
    `seconds`), with `extracted_on`, and `gone`: what would end where more than a tenth of a kind is no longer there.
    Where anything is, it is refused (many_gone) unless it is said that the extract is `whole`.

    Without `extracted_on` it is the day of the newest file, at most `on`. `dry_run` says what would change; `strict`
    raises RuleBroken where any row is refused. `refused` lists the first 100,000.

    An extract older than the last of a file's kind is refused unless `backfill`. Then that file only adds rows whose id
    is not here, marked as no longer in the newest extract, which did not hold them; what is here stays as it is. A
    file that is not older is taken as ever, but with `backfill` nothing is marked as no longer in the extract.
    """
    started = time.monotonic()
    access.check(by, Permission.IMPORTS, on=on)
    with found_in(folder, ssd_kinds.kinds(), what="an extract") as found:
        return _import(
            folder.name,
            found,
            extracted_on=extracted_on,
            backfill=backfill,
            dry_run=dry_run,
            strict=strict,
            whole=whole,
            by=by,
            at=at,
            on=on,
            progress=progress,
            started=started,
        )


def _import(
    label: str,
    found: Found,
    *,
    extracted_on: date | None,
    backfill: bool,
    dry_run: bool,
    strict: bool,
    whole: bool,
    by: User | None,
    at: datetime,
    on: date,
    progress: Progress,
    started: float,
) -> dict[str, Any]:
    notes = found.notes
    assumed = ""
    if extracted_on is None:
        extracted_on = min(found.newest_day, on) if found.sources else on
        assumed = f"No day of the extract was given: {extracted_on:%-d %B %Y} is taken, the day of the newest file" + (
            " (or today, where that is earlier)." if extracted_on == on else "."
        )
        notes.insert(0, Note(None, "day_assumed", assumed).as_json(label))
    if extracted_on > on:
        raise RuleBroken(
            f"The extract cannot be of {extracted_on:%-d %B %Y}: that day has not come.", code="future_date"
        )
    progress(0, 0, assumed or f"Extract of {extracted_on:%-d %B %Y}")
    with transaction.atomic():
        imports.lock(waiting=lambda: progress(0, 0, "Another import is running; waiting for it to end"))
        if not backfill:
            for name in found.sources:
                imports.refuse_older(source=name, extracted_on=extracted_on)
        run = Run(
            import_run=imports.begin(kind="ssd", label=label, by=by, at=at, as_at=extracted_on, backfill=backfill),
            extracted_on=extracted_on,
            latest=extracted_on.isoformat(),
            backfill=backfill,
            total=found.count_lines(),
            progress=progress,
            notes=notes,
        )
        refusing.stage_refusals()
        before = extract_means.standing(on=on)
        _take_files(run, found, ssd_kinds.kinds())
        run.say("What follows from the rows")
        operations.follow_up(by=by, at=at, on=on)
        if run.gone and not (whole or dry_run):
            raise RuleBroken(
                f"{' '.join(run.gone)} Nothing was taken. If this is the whole extract, say so (--whole).",
                code="many_gone",
            )
        listed, count = refusing.listed(list(run.files))
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
        imports.end(run.import_run, result["files"])
        audit.record(
            "exchange.ssd.imported",
            by=by,
            at=at,
            subject=run.import_run,
            extracted_on=extracted_on.isoformat(),
            files=result["files"],
        )
        means = extract_means.what_changes(before, extract_means.standing(on=on))
        run.say("Dry run: putting everything back" if dry_run else "Committing")
        if dry_run:
            transaction.set_rollback(True)
    if count > len(listed):
        reason = f"{count:,} rows were refused; the first {len(listed):,} are listed, all are kept to be mended."
        notes.append(Note(None, "more_refused", reason).as_json(label))
    result["seconds"] = round(time.monotonic() - started, 2)
    return result | {
        "extracted_on": extracted_on.isoformat(),
        "notes": notes,
        "gone": run.gone,
        "means": means,
        "import": None if dry_run else run.import_run.pk,
    }


_WHOLE_FILE = frozenset(
    {"bad_header", "empty_file", "not_a_table", "truncated_file", "two_tables", "too_large", "month_first", "two_files"}
)
# Fewer rows than this may well have ended since the extract before, however few there are.
_MANY = 10


def _take_files(run: Run, found: Found, kinds: dict[str, Kind]) -> None:
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
        if name == "code_map" or name == "organisations":
            if run.files[name].added or run.files[name].changed:
                earlyhelp.map_closures()
                earlyhelp.map_leads()
        elif name == "ssd_professionals" and run.files[name].added:
            earlyhelp.find_leads()
            socialcare.find_workers()
            placements.find_caseworkers()
    if len(wrong) == len(run.files):
        raise RuleBroken(" ".join(refused.reason for refused in wrong), code=wrong[0].code)


def _take_file(run: Run, kind: Kind, source: Source) -> None:
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
        run.say(f"Reading {source.name}")
    run.say(f"Taking {source.name}")
    _take_staged(run, kind, staged, absent)
    if taken.refused:
        refusing.add_cells(kind.name, open_source(kind, source))
    run.notes += said(kind.name, table.notes + ssd_kinds.notes(kind))


_ENDS = Said(
    {
        "ssd_person": "These children are no longer known from the extract.",
        "ssd_professionals": "They are no longer known from the extract.",
        "ssd_early_help_episodes": "Figures say beside themselves that they count {tacs} no longer in the extract.",
        "ssd_cin_episodes": "Figures say beside themselves that they count episodes no longer in the extract.",
        "ssd_cla_episodes": "Placements that name no person cannot be found by them.",
        "ssd_involvements": "The access of the workers named on them to these children ends that day.",
        "ssd_cla_placement": "Nobody is told any more of a setting where these children are placed.",
        "school_placements": "The access of the caseworkers named on them to these children ends that day.",
        "tac_audits": "Figures say beside themselves that they count audits no longer in the extract.",
    }
)


def _what_ends(kind: Kind, gone: int, here: int, still_open: int, day: date) -> str:
    opened = f", {still_open:,} of them open" if kind.end else ""
    return (
        f"{kind.name}: {gone:,} of {here:,} rows taken earlier are not in this extract{opened}. From "
        f"{day:%-d %B %Y} they would count as no longer there. {_ENDS[kind.name]}"
    )


def _take_staged(run: Run, kind: Kind, staged: str, absent: frozenset[str]) -> None:
    taken = run.files[kind.name]
    staging.analyse(staged)
    taken.refused += refusing.refuse_unfound(name=staged, file=kind.name, intake=kind.intake)
    compared = [column for column, _ in kind.staged if column != "id"]
    repeated, conflicts = refusing.refuse_repeats(name=staged, file=kind.name, columns=compared)
    taken.repeated += repeated
    taken.refused += conflicts
    last = imports.horizon(kind.name)
    older = last is not None and run.extracted_on < last
    taken.added, taken.changed, taken.unchanged = taking.take(
        name=staged, intake=kind.intake, import_run=run.import_run, absent=absent, fill=older
    )
    if older and last:
        taking.mark_filled(intake=kind.intake, since=last, import_run=run.import_run)
    elif not run.backfill:
        here, still_open = taking.count_known(intake=kind.intake, open_where=kind.end)
        gone = taking.mark_missing(name=staged, file=kind.name, intake=kind.intake, since=run.extracted_on)
        if gone:
            run.notes.append(
                Note(None, "gone", f"{gone:,} rows taken earlier are no longer in the extract.").as_json(kind.name)
            )
        if gone >= _MANY and gone * 10 > here:
            ended = still_open - taking.count_known(intake=kind.intake, open_where=kind.end)[1]
            run.gone.append(_what_ends(kind, gone, here, ended, run.extracted_on))
    if not older:
        imports.reach(source=kind.name, extracted_on=run.extracted_on, import_run=run.import_run)
    refusals.settle_taken(
        file=kind.name,
        staged=staged,
        import_run=run.import_run,
        because=f"Came in with the extract of {run.extracted_on:%-d %B %Y}.",
    )
