"""One package of published notices, from the file to the suppliers that wait for a person: all of it, or nothing."""

import time
from pathlib import Path
from typing import Any

from plumbline.commissioning.operations import ocds
from plumbline.contracts.operations import register
from plumbline.exchange import refusals
from plumbline.exchange.answers import answer
from plumbline.exchange.ocds_files import read_package, together
from plumbline.exchange.readers import RefusedRow
from plumbline.intake import imports
from plumbline.intake.tables import Taken
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.people.act import Act


def import_ocds(path: Path, *, prefix: str = "", dry_run: bool = False, act: Act) -> dict[str, Any]:
    """Take the releases of a package; the answer of interfaces.md (`files`, `refused`, `notes`, `seconds`), with
    `processes`, `waiting` (suppliers for a person to decide), `ours` (processes found to be of our own tenders) and
    `import`.
    `prefix`: that of our own open data (PLUMBLINE_OCID_PREFIX).

    Raises RuleBroken (missing_file) and WrongFile (not_json, not_ocds, invalid_package). `line` counts releases from 1.
    """
    started = time.monotonic()
    act.check(Permission.SUPPLIERS_SETTLE)
    if not path.is_file():
        raise RuleBroken(f"There is no file “{path.name}”.", code="missing_file")
    package = read_package(path)
    name = path.stem[:100]
    with imports.importing(kind="ocds", label=path.name, by=act.by, at=act.at, as_at=None, dry_run=dry_run) as run:
        taken = ocds.take_releases(releases=package.releases, together=together, import_run=run, prefix=prefix, act=act)
        register.follow_published(act=act)
        refused = refusals.keep_of_file(
            run,
            file=name,
            refused=[
                RefusedRow(row.line, row.id, row.code, row.reason, {"release": str(row.body)[:20_000]})
                for row in package.refused
            ],
        )
        counts = Taken(
            package.read, taken.added, taken.changed, taken.unchanged, package.repeated, refused=len(refused)
        )
        run.files = {name: counts.as_json()}
    # Nothing of a package is taken otherwise than it says: there are no notes.
    return answer(
        run,
        started=started,
        dry_run=dry_run,
        refused=refused,
        processes=taken.processes,
        waiting=taken.waiting,
        ours=taken.ours,
    )
