"""A folder of files on its way in, each a table of its own, from the files to the tables: all of them, or none.

What the files hold is declared by a `Folder` (ssd, contracts); how rows become rows of a table is each room's `intake`.
One transaction: killed at any moment, nothing was taken. Memory does not grow with the files.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from plumbline.exchange import refusals
from plumbline.exchange.answers import answer
from plumbline.exchange.folder_files import Found, Source, open_source, said
from plumbline.exchange.folder_kinds import Kind, absent_from, notes
from plumbline.exchange.folder_rows import staged_rows
from plumbline.exchange.readers import Note, RefusedRow
from plumbline.exchange.wrong_files import WrongFile
from plumbline.intake import imports, merging, refusing, staging
from plumbline.intake.models import Import
from plumbline.intake.tables import Taken
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act

# done, of how many rows in all the files, and what is being done
Progress = Callable[[int, int, str], None]

_WHOLE_FILE = frozenset(
    {"bad_header", "empty_file", "not_a_table", "truncated_file", "two_tables", "too_large", "month_first", "two_files"}
)
# Fewer rows than this may well have ended since the extract before, however few there are.
_MANY = 10


@dataclass(frozen=True, slots=True)
class Folder:
    """A set of files that come in together."""

    # The kind of the import, and what it is in words.
    name: str
    what: str
    # The files in the order in which they are taken. Made again for each import.
    kinds: Callable[[], dict[str, Kind]]
    # What it means for people here, asked before and after (`on`); and how the two differ, in sentences.
    standing: Callable[..., Any]
    what_changes: Callable[[Any, Any], list[str]]
    # What follows in other rooms once rows are in (`act`), and what is said while it is done.
    follow_up: Callable[..., None]
    follows: str
    # Why a row that was refused before is settled by a later file, of a day.
    came_in: Callable[[Source, date], str]
    # What follows at once from the rows of one file.
    after_file: Callable[[str, Taken], None] = lambda name, taken: None
    # Of files that are of one day and whole: what it means, by file, where rows are no longer there. Empty: the files
    # carry no day of their own, and what they do not hold stays as it is.
    ends: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Run:
    """One import of a folder as it goes."""

    folder: Folder
    import_run: Import
    # The last day that something that happened can be of.
    day: date
    backfill: bool
    total: int
    progress: Progress
    notes: list[dict[str, Any]]
    started: float
    done: int = 0
    files: dict[str, Taken] = field(default_factory=dict)
    # Of each kind of which much would no longer be in the extract: what ends, as a sentence.
    gone: list[str] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    means: list[str] = field(default_factory=list)
    dry_run: bool = False

    def say(self, what: str) -> None:
        self.progress(self.done, self.total, what)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        return {name: taken.as_json() for name, taken in self.files.items()}

    def answer(self) -> dict[str, Any]:
        return answer(
            self.import_run,
            started=self.started,
            dry_run=self.dry_run,
            refused=self.refused,
            notes=self.notes,
            means=self.means,
        )


@contextmanager
def taking_in(
    folder: Folder,
    found: Found,
    *,
    label: str,
    day: date,
    backfill: bool = False,
    dry_run: bool = False,
    strict: bool = False,
    whole: bool = False,
    started: float,
    act: Act,
    progress: Progress,
) -> Iterator[Run]:
    """Take the files in, and what follows; the caller records its event inside. `dry_run` puts everything back.

    Raises RuleBroken: older_extract; many_gone, where much ends and it is not said that the files are `whole`; where
    `strict`, for any refused row; and where no file can be read.
    """
    with imports.importing(
        kind=folder.name,
        label=label,
        by=act.by,
        at=act.at,
        as_at=day,
        backfill=backfill,
        dry_run=dry_run,
        waiting=lambda: progress(0, 0, "Another import is running; waiting for it to end"),
    ) as import_run:
        if not backfill:
            for name in found.sources:
                imports.refuse_older(source=name, extracted_on=day)
        run = Run(
            folder, import_run, day, backfill, found.count_lines(), progress, found.notes, started, dry_run=dry_run
        )
        refusing.stage_refusals()
        before = folder.standing(on=act.on)
        _take_files(run, found)
        run.say(folder.follows)
        folder.follow_up(act=act)
        if run.gone and not (whole or dry_run):
            raise RuleBroken(
                f"{' '.join(run.gone)} Nothing was taken. If this is the whole extract, say so (--whole).",
                code="many_gone",
            )
        run.refused, count = refusing.listed(list(run.files))
        if strict and count:
            _refuse_any(run.refused[0], count)
        refusals.keep(import_run)
        import_run.files = run.counts
        yield run
        run.means = folder.what_changes(before, folder.standing(on=act.on))
        run.say("Dry run: putting everything back" if dry_run else "Committing")
    if count > len(run.refused):
        reason = f"{count:,} rows were refused; the first {len(run.refused):,} are listed, all are kept to be mended."
        run.notes.append(Note(None, "more_refused", reason).as_json(label))


def _refuse_any(first: dict[str, Any], count: int) -> None:
    raise RuleBroken(
        f"{count:,} rows were refused, so nothing was taken (--strict). "
        f"First: {first['file']}, line {first['line']}: {first['reason']}",
        code=first["code"] if first["code"] in _WHOLE_FILE else "refused_rows",
    )


def _take_files(run: Run, found: Found) -> None:
    wrong: list[WrongFile] = []
    for name, kind in run.folder.kinds().items():
        if name not in found.sources and name not in found.wrong:
            continue
        run.files[name] = Taken()
        try:
            if name in found.wrong:
                raise found.wrong[name]
            _take_file(run, kind, found.sources[name])
        except WrongFile as refused:
            # Nothing of it was taken yet: rows are staged whole before any is.
            wrong.append(refused)
            refusing.drop(name)
            refusing.add(name, [RefusedRow(1, "", refused.code, refused.reason, {})])
            run.files[name] = Taken(read=1, refused=1)
        run.folder.after_file(name, run.files[name])
    if len(wrong) == len(run.files):
        raise RuleBroken(" ".join(refused.reason for refused in wrong), code=wrong[0].code)


def _take_file(run: Run, kind: Kind, source: Source) -> None:
    run.say(f"Reading {source.name}")
    staged = f"staged_{kind.name}"
    staging.stage(staged, kind.staged)
    table = open_source(kind, source)
    if unknown := table.unknown_columns({cell.column for cell in kind.cells}):
        table.notes.append(Note(None, "unknown_columns", f"Columns that are not read: {', '.join(unknown)}."))
    absent = absent_from(kind, table.names)
    taken = run.files[kind.name]
    for lines, refused in staged_rows(kind, table, latest=run.day.isoformat()):
        staging.load(staged, lines)
        refusing.add(kind.name, refused)
        taken.read += len(lines) + len(refused)
        taken.refused += len(refused)
        run.done += len(lines) + len(refused)
        run.say(f"Reading {source.name}")
    run.say(f"Taking {source.name}")
    _take_staged(run, kind, staged, absent)
    refusals.settle_taken(
        file=kind.name, staged=staged, import_run=run.import_run, because=run.folder.came_in(source, run.day)
    )
    if taken.refused:
        refusing.add_cells(kind.name, open_source(kind, source))
    run.notes += said(kind.name, table.notes + notes(kind))


def _take_staged(run: Run, kind: Kind, staged: str, absent: frozenset[str]) -> None:
    taken = run.files[kind.name]
    staging.analyse(staged)
    taken.refused += refusing.refuse_unfound(name=staged, file=kind.name, intake=kind.intake)
    compared = [column for column, _ in kind.staged if column != "id"]
    repeated, conflicts = refusing.refuse_repeats(name=staged, file=kind.name, columns=compared)
    taken.repeated += repeated
    taken.refused += conflicts
    last = imports.horizon(kind.name)
    older = last is not None and run.day < last
    taken.added, taken.changed, taken.unchanged = merging.take(
        name=staged, intake=kind.intake, import_run=run.import_run, absent=absent, fill=older
    )
    if not run.folder.ends:
        return
    if older and last:
        merging.mark_filled(intake=kind.intake, since=last, import_run=run.import_run)
        return
    if not run.backfill:
        _mark_missing(run, kind, staged)
    imports.reach(source=kind.name, extracted_on=run.day, import_run=run.import_run)


def _mark_missing(run: Run, kind: Kind, staged: str) -> None:
    gone, ended = merging.mark_missing(
        name=staged, file=kind.name, intake=kind.intake, since=run.day, open_where=kind.end
    )
    if gone:
        run.notes.append(
            Note(None, "gone", f"{gone:,} rows taken earlier are no longer in the extract.").as_json(kind.name)
        )
    if gone < _MANY:
        return
    here = merging.count_present(intake=kind.intake) + gone
    if gone * 10 > here:
        opened = f", {ended:,} of them open" if kind.end else ""
        run.gone.append(
            f"{kind.name}: {gone:,} of {here:,} rows taken earlier are not in this extract{opened}. From "
            f"{wording.day(run.day)} they would count as no longer there. {run.folder.ends[kind.name]}"
        )
