"""The register of contracts and what was looked at under each: which files there are, and what follows from them.

Columns: `contracts_kinds`. Contracts are rated again before the transaction ends. The files carry no day of their own:
each says what it holds, and what it does not hold stays as it is.
"""

import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

from plumbline.audit import operations as audit
from plumbline.contracts import intake as contracts
from plumbline.contracts.operations import rating
from plumbline.exchange import contract_means, contracts_kinds, folders
from plumbline.exchange.folder_files import found_in
from plumbline.exchange.folders import Folder, Progress
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.acting import operation
from plumbline.people.models import User


@operation
def follow_up(*, by: User | None, at: datetime, on: date) -> None:
    """What follows once rows of contracts are in: whom they name, and their ratings."""
    contracts.find_people()
    # Their flags are put to whom they name now, by the rating of all.
    rating.rerate(contract_ids=None, by=by, at=at, on=on)


FOLDER = Folder(
    name="contracts",
    what="the register of contracts",
    kinds=contracts_kinds.kinds,
    standing=contract_means.standing,
    what_changes=contract_means.what_changes,
    follow_up=follow_up,
    follows="Rating the contracts",
    came_in=lambda source, day: f"Came in with {source.path.name} handed in later.",
)


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
    with (
        found_in(folder, FOLDER.kinds(), what=FOLDER.what) as found,
        folders.taking_in(
            FOLDER,
            found,
            label=folder.name,
            day=on,
            dry_run=dry_run,
            started=started,
            by=by,
            at=at,
            on=on,
            progress=progress,
        ) as run,
    ):
        audit.record("exchange.contracts.imported", by=by, at=at, subject=run.import_run, files=run.counts)
    return run.answer()
