"""Run on the database of the benchmark: the report for questions 5 to 7, part by part, and its three files.

    python -m benchmarks.report_parts FOLDER

Prints JSON: seconds of each part, and the size of each file in bytes. In a process of its own, so that each part pays
what it pays in the command, what is loaded only for it too.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from plumbline.config.cli import start

QUESTIONS = [5, 6, 7]
AS_AT = date(2016, 6, 30)


def parts(folder: Path) -> dict[str, Any]:
    os.environ.pop("PLUMBLINE_LOGIN", None)
    start("worker")
    # Needs Django ready.
    from django.conf import settings

    from plumbline.documents import docx, html, pdf
    from plumbline.jobs import ways_in
    from plumbline.people.act import Act
    from plumbline.scrutiny import operations, queries

    seconds: dict[str, float] = {}

    @contextmanager
    def part(name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        seconds[name] = round(time.perf_counter() - begun, 3)

    on, at = ways_in.today(), ways_in.now()
    with part("write"):
        report = operations.write_report(question_numbers=QUESTIONS, as_at=AS_AT, act=Act(None, at, on))
    with part("ask"):
        shown = queries.figures_shown(report, on=on)
    with part("build"):
        document = queries.report_document(
            report, viewer=None, on=on, council=settings.COUNCIL, colour=settings.COLOUR, shown=shown
        )
    files = {}
    for name, write in (
        ("html", lambda: html.page(document).encode()),
        ("docx", lambda: docx.write(document, None)),
        ("pdf", lambda: pdf.write(document, at)),
    ):
        with part(name):
            files[name] = write()
    for name, content in files.items():
        (folder / f"report.{name}").write_bytes(content)
    missing = [ref for ref, figure in shown.items() if figure.body is None]
    return {
        "seconds": seconds,
        "bytes": {name: len(content) for name, content in files.items()},
        "figures": len(shown),
        "figures_not_given": len(missing),
    }


if __name__ == "__main__":
    print(json.dumps(parts(Path(sys.argv[1]))))
