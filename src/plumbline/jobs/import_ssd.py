"""`plumbline import-ssd`: an extract of the council's social-care system."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from plumbline.exchange import ssd
from plumbline.kernel.errors import RuleBroken
from plumbline.people.models import User

# More refusals than this are counted only; --json lists them.
_MOST_SHOWN = 20


def read_day(text: str | None) -> date | None:
    """A day as typed; raises RuleBroken."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleBroken(f"“{text}” is not a day. Write it as 2016-07-31.", code="bad_date") from None


def import_ssd(
    folder: Path,
    *,
    extracted: str | None,
    backfill: bool,
    dry_run: bool,
    strict: bool,
    as_json: bool,
    by: User | None,
    at: datetime,
    on: date,
) -> None:
    day = read_day(extracted)
    with _Shown() as shown:
        result = ssd.import_ssd(
            folder, extracted_on=day, backfill=backfill, dry_run=dry_run, strict=strict,
            by=by, at=at, on=on, progress=shown.step,
        )  # fmt: skip
    for note in result["notes"]:
        click.echo(note, err=True)
    if as_json:
        answer = {name: result[name] for name in ("files", "refused", "seconds")}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _say(result, dry_run=dry_run)


def _say(result: dict[str, Any], *, dry_run: bool) -> None:
    if dry_run:
        click.echo("Dry run: nothing was changed. This is what would be:")
    names = ("read", "added", "changed", "unchanged", "repeated", "refused")
    click.echo(f"{'':26}" + "".join(f"{name:>11}" for name in names))
    for file, counts in result["files"].items():
        click.echo(f"{file:26}" + "".join(f"{counts[name]:>11,}" for name in names))
    refused = result["refused"]
    for row in refused[:_MOST_SHOWN]:
        click.echo(f"{row['file']}, line {row['line']}, {row['id'] or 'no id'}: {row['code']}. {row['reason']}")
    if len(refused) > _MOST_SHOWN:
        click.echo(f"… and {len(refused) - _MOST_SHOWN:,} more refused rows.")
    click.echo(f"{result['seconds']} seconds")


class _Shown:
    """Progress for people: a bar in a terminal, a line at each new step elsewhere."""

    def __init__(self) -> None:
        self.last = ""
        self.bar: Progress | None = None
        if sys.stderr.isatty():
            self.bar = Progress(
                TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
                console=Console(stderr=True),
            )  # fmt: skip
            self.task = self.bar.add_task("Beginning", total=None)

    def __enter__(self) -> "_Shown":
        if self.bar:
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar:
            self.bar.stop()

    def step(self, done: int, total: int, what: str) -> None:
        if self.bar:
            self.bar.update(self.task, description=what, completed=done, total=total or None)
        elif what != self.last:
            click.echo(what, err=True)
        self.last = what
