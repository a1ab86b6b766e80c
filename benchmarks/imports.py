"""`import-ssd` against the best SQL written by hand into the same tables with the same history, and a bare COPY.

The demonstration county is multiplied to the number of TACs asked for. Each way starts on a fresh database; the tables
must hold the same afterwards, or its time does not count. Then the same extract once more, where nothing changes.

    python -m benchmarks.imports [TACS]
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import databases
from benchmarks.imports_by_hand import UPSERTS

COUNTY = Path(__file__).resolve().parents[1] / "src/plumbline/jobs/demonstration/county_2016"
TACS = 6_302
EXTRACTED = "2016-07-31"
# Columns that hold an id: each copy of the county has its own.
_IDS = {
    "ssd_person": (0,),
    "ssd_professionals": (0,),
    "ssd_early_help_episodes": (0, 1, 7),
    "ssd_cin_episodes": (0, 1, 7),
    "ssd_involvements": (0, 1, 6),
    "ssd_cla_placement": (0, 1),
    "tac_audits": (0, 1),
}
_TABLES = {
    "people_child": "source_id, forename, surname, dob, ethnicity",
    "people_professional": "source_id, name, department",
    "earlyhelp_tac": "source_id, started_on, ended_on, closure_code, lead_wording, worker_wording",
    "socialcare_referral": "source_id, referred_on, closed_on, close_reason, nfa",
    "socialcare_involvement": "source_id, from_on, to_on, team",
    "placements_placement": "source_id, started_on, ended_on, placement_type",
    "earlyhelp_tacaudit": "source_id, audited_on, grade",
}


def multiply(folder: Path, tacs: int) -> int:
    """Write the county into the folder as many times over as gives that many TACs at least; how many TACs."""
    copies = -(-tacs // TACS)
    for name in UPSERTS:
        with (COUNTY / f"{name}.csv").open(newline="") as source:
            header, *rows = csv.reader(source)
        with (folder / f"{name}.csv").open("w", newline="") as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(header)
            for copy in range(copies if name in _IDS else 1):
                for row in rows:
                    cells = list(row)
                    for place in _IDS.get(name, ()):
                        cells[place] += f"{copy:04}" if cells[place] else ""
                    writer.writerow(cells)
    return copies * TACS


def run(scale: int = 250_000, *, repeats: int = 2) -> dict[str, Any]:
    """Seconds, ratios, and the importing process's greatest memory in megabytes; the best of `repeats`."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        tacs = multiply(folder, scale)
        rows = sum(sum(1 for _ in path.open()) - 1 for path in folder.iterdir())
        with databases.fresh_databases("imports") as fresh:
            rounds = [_round(folder, fresh) for _ in range(repeats)]
    best = {name: min(each[name] for each in rounds) for name in rounds[0]}
    memory = max(each["memory_mb"] for each in rounds)
    return {
        "tacs": tacs,
        "rows": rows,
        **best,
        "memory_mb": memory,
        "rows_a_second": round(rows / best["ours"]),
        "ratio_to_by_hand": round(best["ours"] / best["by_hand"], 2),
        "ratio_to_copy": round(best["ours"] / best["copy"], 2),
        "again_ratio_to_by_hand": round(best["ours_again"] / best["by_hand_again"], 2),
    }


def _round(folder: Path, fresh: Any) -> dict[str, float]:
    with fresh() as url:
        theirs_first, theirs_again = (by_hand(url, folder) for _ in range(2))
        theirs = held(url)
    with fresh() as url:
        ours, memory = _ours(url, folder)
        ours_again, _ = _ours(url, folder)
        if held(url) != theirs:
            raise AssertionError("the two ways do not give the same tables")
    with fresh() as url:
        copy = _bare_copy(databases.as_owner(url), folder)
    return {
        "by_hand": theirs_first,
        "by_hand_again": theirs_again,
        "ours": ours,
        "ours_again": ours_again,
        "copy": copy,
        "memory_mb": memory,
    }


def _ours(url: str, folder: Path) -> tuple[float, float]:
    """The command itself, as a process of its own: the seconds it says it took, and its greatest memory."""
    process = subprocess.Popen(
        [sys.executable, "-m", "plumbline.config", "import-ssd", str(folder), "--extracted", EXTRACTED, "--json"],
        env=databases.environ(url),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        answer = json.loads(process.stdout.read())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or answer["refused"]:
        raise AssertionError("the county was not taken whole")
    return answer["seconds"], round(usage.ru_maxrss / 1024)


def by_hand(url: str, folder: Path) -> float:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        begun = time.perf_counter()
        cursor.execute(
            "insert into intake_import (kind, label, at, by_name, as_at, backfill, files, because, withdrawn_by_name,"
            " withdrawn_because) values ('ssd', 'by hand', now(), 'by hand', %s, false, '{}', '', '', '') returning id",
            [EXTRACTED],
        )
        run = cursor.fetchone()[0]
        for name, statements in UPSERTS.items():
            _stage(cursor, folder / f"{name}.csv", f"temporary table staged_{name}")
            cursor.execute(f"analyze staged_{name}")
            for statement in statements:
                cursor.execute(statement, {"run": run} if "%(run)s" in statement else None)
        connection.commit()
        return time.perf_counter() - begun


def _bare_copy(url: str, folder: Path) -> float:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        begun = time.perf_counter()
        for name in UPSERTS:
            _stage(cursor, folder / f"{name}.csv", f"table bare_{name}")
        connection.commit()
        return time.perf_counter() - begun


def _stage(cursor: psycopg.Cursor, path: Path, table: str) -> None:
    with path.open("rb") as source:
        columns = source.readline().decode().strip().split(",")
        cursor.execute(f"create {table} ({', '.join(f'{column!s} text' for column in map(_quoted, columns))})")
        with cursor.copy(f"copy {table.split()[-1]} from stdin with (format csv)") as copy:
            while block := source.read(1 << 20):
                copy.write(block)


def _quoted(column: str) -> str:
    return f'"{column}"'


def held(url: str) -> dict[str, tuple]:
    """How many rows of each table and its history, and a digest of what they say."""
    with psycopg.connect(url) as connection:
        return {
            table: connection.execute(
                f"""select count(*), md5(string_agg(md5(row({columns})::text), '' order by source_id)),
                    (select count(*) from {table}_history) from {table}"""
            ).fetchone()
            for table, columns in _TABLES.items()
        }


def main() -> None:
    found = run(int(sys.argv[1]) if len(sys.argv) > 1 else 250_000)
    print(f"{found['tacs']:,} TACs, {found['rows']:,} rows, memory {found['memory_mb']} MB at most")
    for what, ours, theirs in (("first", "ours", "by_hand"), ("again", "ours_again", "by_hand_again")):
        print(
            f"  {what}: ours {found[ours]:.1f} s, by hand {found[theirs]:.1f} s,"
            f" ratio {found[ours] / found[theirs]:.2f}"
        )
    print(f"  bare COPY {found['copy']:.1f} s, ratio {found['ratio_to_copy']}")
    print(f"  {found['rows_a_second']:,} rows a second")


if __name__ == "__main__":
    main()
