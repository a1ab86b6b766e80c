"""One of Ofsted's published files, from the file to the flags: all of it, or nothing."""

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from plumbline.exchange import gias, import_gias, refusals
from plumbline.exchange.answers import answer
from plumbline.exchange.folder_files import said
from plumbline.exchange.models import RefusedRow
from plumbline.exchange.ofsted_lists import read_lists
from plumbline.exchange.ofsted_rows import OfstedList
from plumbline.exchange.readers import Note
from plumbline.exchange.wrong_files import WrongFile
from plumbline.intake import imports
from plumbline.intake.models import Import
from plumbline.intake.tables import Taken
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.memory import collecting_later
from plumbline.ofsted import list_days, models, queries
from plumbline.ofsted.evaluation import StatusChange
from plumbline.ofsted.grades import UNKNOWN
from plumbline.ofsted.operations.lists import ListTaken, record_list
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.placements import consequences
from plumbline.placements import operations as placements

_MOST_NAMED = 20


@collecting_later()
def import_ofsted(path: Path, *, as_at: date, because: str = "", dry_run: bool = False, act: Act) -> dict[str, Any]:
    """Take every list in a file; the answer of interfaces.md (`files`, `refused`, `seconds`), with `notes`, `means`
    (what changes for our own settings and the children there, and which judgements entered by hand it overrules, in
    sentences), `lists` (day, differences from the list before, whose status changed) and `import`.

    A list that seems to be of another day is taken only with `because`, the reason why it is right all the same.
    Raises RuleBroken: future_date; title_of_another_day, taken_for_another_day, older_list or newer_list, where no
    reason is given; WrongFile where it is none of Ofsted's lists. `dry_run` puts everything back.
    """
    started = time.monotonic()
    act.check(Permission.IMPORTS)
    list_days.check_list_day(as_at, on=act.on)
    if not path.is_file():
        raise RuleBroken(f"There is no file “{path.name}”.", code="missing_file")
    try:
        lists = read_lists(path, as_at)
    except WrongFile as refusal:
        register = gias.read_register(path) if refusal.code == "bad_header" else None
        if register is None:
            raise
        return import_gias.import_register(register, path, as_at=as_at, dry_run=dry_run, act=act)
    proves_to = _check_day(lists, as_at=as_at, because=because.strip())
    refused: list[dict[str, Any]] = []
    told: list[dict[str, Any]] = []
    changes: list[StatusChange] = []
    overruled: list[str] = []
    with imports.importing(
        kind="ofsted",
        label=path.name,
        by=act.by,
        at=act.at,
        as_at=as_at,
        because=because.strip(),
        dry_run=dry_run,
    ) as run:
        then = consequences.before(on=act.on)
        for read in lists:
            name = path.stem if len(lists) == 1 else f"{path.stem}: {read.sheet}"
            judged = placements.take_judgements(
                record=record_list, read=read, import_run=run, proves_to=proves_to, act=act
            )
            taken = judged.recorded
            counts = Taken(read.read, **taken.rows, repeated=read.repeated, refused=len(read.refused))
            run.files[name] = counts.as_json()
            refused += _keep_refused(run, name, read, taken.ofsted_list)
            told.append(_told(read, taken))
            changes += taken.status_changes
            overruled += [each.sentence for each in taken.overruled] + [each.withstood for each in taken.withstood]
        means = [*consequences.what_changes(then, changes, on=act.on), *overruled, *_to_be_read(lists)]
    notes = _notes(lists, list(run.files))
    return answer(run, started=started, dry_run=dry_run, refused=refused, notes=notes, means=means, lists=told)


def _check_day(lists: Sequence[OfstedList], *, as_at: date, because: str) -> date | None:
    """The last day for which the lists prove a check; None: the day that they are as at."""
    dated = [read for read in lists if read.newest_inspection]
    doubts = list_days.doubts_about_day(
        as_at=as_at,
        said=[],
        rows=sum(read.read for read in dated),
        later=sum(row.code == "future_date" for read in lists for row in read.refused),
        newest=max((read.newest_inspection for read in dated if read.newest_inspection), default=None),
        taken_for={
            day
            for read in lists
            if read.rows
            for day in queries.other_days_of(
                family=read.family, register=read.register, content=read.content, as_at=as_at
            )
        },
    )
    for read in lists:
        doubts += list_days.doubts_about_day(
            as_at=as_at, said=read.said_as_at, rows=0, later=0, newest=None, taken_for=()
        )
    if doubts and not because:
        raise RuleBroken(
            f"{' '.join(doubt.sentence for doubt in doubts)} Give the day that the list is of; or, if it is of "
            f"{wording.day(as_at)} all the same, say why.",
            code=doubts[0].code,
        )
    return min((doubt.proves_to for doubt in doubts if doubt.proves_to), default=None)


def _to_be_read(lists: Sequence[OfstedList]) -> list[str]:
    """The wordings that someone has to make sense of."""
    words = sorted(
        {
            f"“{judgement.wording}”"
            for read in lists
            for row in read.rows
            for told in row.inspections
            for judgement in told.judgements.values()
            if judgement.grade == UNKNOWN
        }
    )
    if not words:
        return []
    listed = ", ".join(words[:_MOST_NAMED])
    return [f"Words of judgements that are not understood here, and have to be read in the reports: {listed}."]


def _told(read: OfstedList, taken: ListTaken) -> dict[str, Any]:
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
    kept = refusals.keep_of_file(run, file=file, refused=read.refused)
    RefusedRow.objects.filter(import_run=run, file=file[:100]).update(ofsted_list=ofsted_list)
    came_in = {row.urn for row in read.rows} - {row.id for row in read.refused}
    waiting = RefusedRow.objects.filter(ofsted_list=ofsted_list, state=RefusedRow.State.OPEN).exclude(import_run=run)
    mended = [pk for pk, row_id in waiting.values_list("pk", "row_id") if row_id in came_in]
    if mended:
        RefusedRow.objects.filter(pk__in=mended).update(
            state=RefusedRow.State.MENDED,
            settled_at=run.at,
            settled_because=f"Came in with {run.label} handed in later.",
        )
    return kept


def _notes(lists: Sequence[OfstedList], names: Sequence[str]) -> list[dict[str, Any]]:
    notes = []
    for file, read in zip(names, lists, strict=True):
        about = [
            Note(note.line or None, note.code, f"{note.id}: {note.reason}" if note.id else note.reason)
            for note in read.notes
        ]
        if read.hidden and read is lists[0]:
            listed = ", ".join(f"“{sheet}”" for sheet in sorted(read.hidden))
            about.insert(0, Note(None, "sheet_not_read", f"Hidden sheets are not read: {listed}."))
        if read.unknown_columns:
            about.insert(
                0, Note(None, "unknown_columns", f"Columns that are not read: {', '.join(read.unknown_columns)}.")
            )
        notes += said(file, about)
    return notes
