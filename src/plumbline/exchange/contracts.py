"""The register of contracts and what was looked at under each: which files there are, and what follows from them.

Columns: `contracts_kinds`. Contracts are rated again before the transaction ends. The files carry no day of their own:
each says what it holds, and what it does not hold stays as it is.
"""

import time
from pathlib import Path
from typing import Any

from plumbline.contracts import intake as contracts
from plumbline.contracts.operations import rating
from plumbline.exchange import contract_means, contracts_kinds, folders
from plumbline.exchange.folder_files import found_in
from plumbline.exchange.folders import Folder, Progress
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.acting import operation


@operation
def follow_up(*, act: Act) -> None:
    """What follows once rows of contracts are in: whom they name, and their ratings."""
    contracts.find_people()
    # Their flags are put to whom they name now, by the rating of all.
    rating.rerate(contract_ids=None, act=act)


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
    act: Act,
    progress: Progress = lambda done, total, what: None,
) -> dict[str, Any]:
    """Take the files in; the answer of interfaces.md (`files`, `refused`, `seconds`), with `notes`, `means`
    (which contracts change, in sentences) and `import`.

    Raises RuleBroken where the folder holds none of the files (nothing_to_read), or none that can be read.
    """
    started = time.monotonic()
    act.check(Permission.IMPORTS)
    with (
        found_in(folder, FOLDER.kinds(), what=FOLDER.what) as found,
        folders.taking_in(
            FOLDER, found, label=folder.name, day=act.on, dry_run=dry_run, started=started, act=act, progress=progress
        ) as run,
    ):
        act.record("exchange.contracts.imported", subject=run.import_run, files=run.counts)
    return run.answer()
