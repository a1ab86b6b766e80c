"""`plumbline backup` and `plumbline restore`: everything in one file, and back.

The file is a tar: `manifest.json`, `database.dump` (PostgreSQL's own format) and the kept files. It holds records of
children: it is written for its owner only, and where it goes is the council's to decide.
"""

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

import plumbline
from plumbline.audit import operations as audit
from plumbline.jobs import ways_in
from plumbline.kernel.errors import RuleBroken


def backup(target: Path) -> dict[str, Any]:
    """Write the file whole or not at all; an older file of the name is replaced only then."""
    with tempfile.TemporaryDirectory(dir=target.resolve().parent) as folder:
        dump = Path(folder) / "database.dump"
        with dump.open("wb") as out:
            _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges"], stdout=out)
        manifest = {
            "product": "plumbline",
            "version": plumbline.__version__,
            "made_at": ways_in.now().isoformat(),
            "sha256": _digest(dump),
        }
        (Path(folder) / "manifest.json").write_text(json.dumps(manifest, indent=1))
        whole = Path(folder) / "whole.tar"
        whole.touch(mode=0o600)
        with tarfile.open(whole, "w") as archive:
            archive.add(Path(folder) / "manifest.json", "manifest.json")
            archive.add(dump, "database.dump")
            if _files().exists():
                archive.add(_files(), "files")
        whole.replace(target)
    audit.record("jobs.backup.made", by=None, at=ways_in.now(), sha256=manifest["sha256"])
    return {"file": str(target), "bytes": target.stat().st_size, **manifest}


def restore(source: Path) -> None:
    """Put everything back in one transaction; a file that is not whole changes nothing.

    Raises RuleBroken where the file is not a backup, is damaged, or the database holds records that are not in it.
    """
    _refuse_if_used()
    with tempfile.TemporaryDirectory() as folder:
        try:
            with tarfile.open(source) as archive:
                archive.extractall(folder, filter="data")
            manifest = json.loads((Path(folder) / "manifest.json").read_text())
        except (tarfile.TarError, OSError, ValueError) as wrong:
            raise RuleBroken(f"{source} is not a backup made by Plumbline: {wrong}.", code="bad_backup") from wrong
        dump = Path(folder) / "database.dump"
        if not dump.exists() or _digest(dump) != manifest.get("sha256"):
            raise RuleBroken(f"{source} is damaged: its database is not the one that was saved.", code="bad_backup")
        script = Path(folder) / "database.sql"
        with script.open("wb") as out:
            out.write(b"drop schema public cascade; create schema public;\n")
            out.flush()
            _run(["pg_restore", "--no-owner", "--no-privileges", "--file=-", str(dump)], stdout=out)
        connection.close()
        _run(
            [
                "psql",
                "--quiet",
                "--single-transaction",
                "--set=ON_ERROR_STOP=1",
                f"--file={script}",
                "--output=/dev/null",
            ]
        )
        if (Path(folder) / "files").exists():
            shutil.copytree(Path(folder) / "files", _files(), dirs_exist_ok=True)


def _refuse_if_used() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from people_child) or exists (select from scrutiny_report)")
        if cursor.fetchone()[0]:
            raise RuleBroken(
                "This database holds records already. Restore into a new PLUMBLINE_HOME, or an empty database.",
                code="not_empty",
            )


def _files() -> Path:
    return Path(settings.HOME) / "files"


def _run(command: list[str], **options: Any) -> None:
    of_ours = settings.POSTGRESQL_PROGRAMS / command[0]
    program = str(of_ours) if of_ours.exists() else shutil.which(command[0])
    if program is None:
        raise RuleBroken(f"{command[0]} is missing: install PostgreSQL's client programs.", code="no_client")
    login = connection.settings_dict
    environ = {
        "PATH": "/usr/bin:/bin",
        "PGHOST": login["HOST"],
        "PGPORT": login["PORT"] or "5432",
        "PGUSER": login["USER"],
        "PGPASSWORD": login["PASSWORD"],
        "PGDATABASE": login["NAME"],
        "PGOPTIONS": "-c client_min_messages=warning",
    }
    done = subprocess.run([program, *command[1:]], check=False, env=environ, stderr=subprocess.PIPE, **options)  # noqa: S603 - no shell
    if done.returncode:
        raise RuleBroken(f"{command[0]}: {done.stderr.decode(errors='replace').strip()[-500:]}", code="failed")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
