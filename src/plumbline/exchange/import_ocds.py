"""One package of published notices, from the file to the suppliers that wait for a person: all of it, or nothing."""

import time
from pathlib import Path
from typing import Any

from django.db import transaction

from plumbline.commissioning.operations import ocds
from plumbline.contracts.operations import register
from plumbline.exchange import refusals
from plumbline.exchange.ocds_files import read_package, together
from plumbline.exchange.readers import RefusedRow
from plumbline.intake import imports, refusing
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
    with transaction.atomic():
        imports.lock(waiting=lambda: None)
        run = imports.begin(kind="ocds", label=path.name, by=act.by, at=act.at, as_at=None)
        taken = ocds.take_releases(releases=package.releases, together=together, import_run=run, prefix=prefix, act=act)
        register.follow_published(act=act)
        counts = {
            "read": package.read,
            "added": taken.added,
            "changed": taken.changed,
            "unchanged": taken.unchanged,
            "repeated": package.repeated,
            "refused": len(package.refused),
        }
        refusing.stage_refusals()
        refusing.add(
            name,
            [
                RefusedRow(row.line, row.id, row.code, row.reason, {"release": str(row.body)[:20_000]})
                for row in package.refused
            ],
        )
        refusals.keep(run)
        imports.end(run, {name: counts})
        if dry_run:
            transaction.set_rollback(True)
    return {
        "files": run.files,
        "refused": [
            {"file": name, "line": row.line, "id": row.id, "code": row.code, "reason": row.reason}
            for row in package.refused
        ],
        # Nothing of a package is taken otherwise than it says.
        "notes": [],
        "seconds": round(time.monotonic() - started, 2),
        "processes": taken.processes,
        "waiting": taken.waiting,
        "ours": taken.ours,
        "import": None if dry_run else run.pk,
    }
