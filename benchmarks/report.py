"""The report for questions 5, 6 and 7 with its three files: seconds by part, on the demonstration county and on as many
TACs as asked for.

Each part is the best of two processes. HTML comes first and draws the charts, which PDF then uses again; Word needs
them as pictures of another kind. `command` is `plumbline report` from its start to its end, as a process of its own.

    python -m benchmarks.report [TACS]
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import databases
from benchmarks.imports import EXTRACTED, TACS, multiply
from benchmarks.report_parts import AS_AT, QUESTIONS
from plumbline.config.environment import CHECKOUT

_LISTS = CHECKOUT / "src/plumbline/jobs/demonstration/ofsted"


def run(scale: int = 250_000) -> dict[str, Any]:
    """Seconds by part: `county` as it is, `many` multiplied to `scale` TACs."""
    with databases.fresh_databases("report") as fresh:
        return {name: _reported(fresh, tacs) for name, tacs in (("county", TACS), ("many", scale))}


def _reported(fresh: databases.Fresh, scale: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as made, fresh() as url:
        folder = Path(made)
        tacs = multiply(folder, scale)
        for year in (2015, 2016):
            path = _LISTS / f"provider_at_march_{year}.csv"
            databases.plumbline(url, "import-ofsted", str(path), "--as-at", f"{year}-03-31", "--json")
        databases.plumbline(url, "import-ssd", made, "--extracted", EXTRACTED, "--json")
        rounds = [_parts(url, folder) for _ in range(2)]
        best = {part: min(each["seconds"][part] for each in rounds) for part in rounds[0]["seconds"]}
        return {"tacs": tacs, **rounds[0], "seconds": best, "command": min(_command(url, folder) for _ in range(2))}


def _parts(url: str, folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.report_parts", str(folder)],
        env=databases.environ(url),
        cwd=CHECKOUT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return json.loads(done.stdout)


def _command(url: str, folder: Path) -> float:
    questions = [word for number in QUESTIONS for word in ("--question", str(number))]
    outputs = [word for ending in ("html", "docx", "pdf") for word in ("--output", str(folder / f"again.{ending}"))]
    begun = time.perf_counter()
    databases.plumbline(url, "report", *questions, "--as-at", AS_AT.isoformat(), *outputs, "--json")
    return round(time.perf_counter() - begun, 2)


def main() -> None:
    for found in run(int(sys.argv[1]) if len(sys.argv) > 1 else 250_000).values():
        print(f"{found['tacs']:,} TACs, {found['figures']} figures, {found['figures_not_given']} could not be given")
        print("  " + ", ".join(f"{part} {seconds:.2f} s" for part, seconds in found["seconds"].items()))
        print(f"  the command {found['command']} s")


if __name__ == "__main__":
    main()
