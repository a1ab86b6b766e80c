"""An extract of the council's social-care system: which files it has, of which day it is, and what follows from it."""

import time
from datetime import date
from pathlib import Path
from typing import Any

from plumbline.earlyhelp import intake as earlyhelp
from plumbline.exchange import extract_means, folders, ssd_kinds
from plumbline.exchange.folder_files import Found, found_in
from plumbline.exchange.folders import Folder, Progress
from plumbline.exchange.operations import ties
from plumbline.exchange.readers import Note
from plumbline.intake.tables import Taken
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import Said
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.acting import operation
from plumbline.placements import intake as placements
from plumbline.placements import operations as placement_operations
from plumbline.socialcare import intake as socialcare


@operation
def follow_up(*, act: Act) -> None:
    """What other rooms do once rows are in: who may reach whom, and what needs attention."""
    ties.refresh_ties(act=act)
    placement_operations.raise_flags(act=act)


def _after_file(name: str, taken: Taken) -> None:
    if name in ("code_map", "organisations") and (taken.added or taken.changed):
        earlyhelp.map_closures()
        earlyhelp.map_leads()
    elif name == "ssd_professionals" and taken.added:
        earlyhelp.find_leads()
        socialcare.find_workers()
        placements.find_caseworkers()


FOLDER = Folder(
    name="ssd",
    what="an extract",
    kinds=ssd_kinds.kinds,
    standing=extract_means.standing,
    what_changes=extract_means.what_changes,
    follow_up=follow_up,
    follows="What follows from the rows",
    came_in=lambda source, day: f"Came in with the extract of {wording.day(day)}.",
    after_file=_after_file,
    ends=Said(
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
    ),
)


def import_ssd(
    folder: Path,
    *,
    extracted_on: date | None = None,
    backfill: bool = False,
    dry_run: bool = False,
    strict: bool = False,
    whole: bool = False,
    act: Act,
    progress: Progress = lambda done, total, what: None,
) -> dict[str, Any]:
    """Take an extract in: a folder, a zip or a workbook. Answers as interfaces.md says (`files`, `refused`, `notes`,
    `seconds`), with `extracted_on`, and `gone`: what would end where more than a tenth of a kind is no longer there.
    Where anything is, it is refused (many_gone) unless it is said that the extract is `whole`.

    Without `extracted_on` it is the day of the newest file, at most today. `dry_run` says what would change; `strict`
    raises RuleBroken where any row is refused. `refused` lists the first 100,000.

    An extract older than the last of a file's kind is refused unless `backfill`. Then that file only adds rows whose id
    is not here, marked as no longer in the newest extract, which did not hold them; what is here stays as it is. A
    file that is not older is taken as ever, but with `backfill` nothing is marked as no longer in the extract.
    """
    started = time.monotonic()
    act.check(Permission.IMPORTS)
    with found_in(folder, FOLDER.kinds(), what=FOLDER.what) as found:
        day, assumed = (extracted_on, "") if extracted_on else _day_assumed(found, folder.name, on=act.on)
        if day > act.on:
            raise RuleBroken(f"The extract cannot be of {wording.day(day)}: that day has not come.", code="future_date")
        progress(0, 0, assumed or f"Extract of {wording.day(day)}")
        with folders.taking_in(
            FOLDER,
            found,
            label=folder.name,
            day=day,
            backfill=backfill,
            dry_run=dry_run,
            strict=strict,
            whole=whole,
            started=started,
            act=act,
            progress=progress,
        ) as run:
            act.record("exchange.ssd.imported", subject=run.import_run, extracted_on=day.isoformat(), files=run.counts)
    return run.answer() | {"extracted_on": day.isoformat(), "gone": run.gone}


def _day_assumed(found: Found, label: str, *, on: date) -> tuple[date, str]:
    """The day of which an extract is taken to be that is said to be of none, and the sentence that says so."""
    day = min(found.newest_day, on) if found.sources else on
    assumed = f"No day of the extract was given: {wording.day(day)} is taken, the day of the newest file" + (
        " (or today, where that is earlier)." if day == on else "."
    )
    found.notes.insert(0, Note(None, "day_assumed", assumed).as_json(label))
    return day, assumed
