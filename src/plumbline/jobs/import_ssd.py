"""`plumbline import-ssd`: an extract of the council's social-care system."""

import sys
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from plumbline.exchange import ssd
from plumbline.jobs import taken_in
from plumbline.jobs.ways_in import read_day
from plumbline.people.models import User


def import_ssd(
    folder: Path,
    *,
    extracted: str | None,
    backfill: bool,
    dry_run: bool,
    strict: bool,
    whole: bool,
    as_json: bool,
    by: User | None,
    at: datetime,
    on: date,
) -> None:
    day = read_day(extracted) if extracted else None
    with _Shown() as shown:
        result = ssd.import_ssd(
            folder,
            extracted_on=day,
            backfill=backfill,
            dry_run=dry_run,
            strict=strict,
            whole=whole,
            by=by,
            at=at,
            on=on,
            progress=shown.step,
        )
    taken_in.say(result, dry_run=dry_run, as_json=as_json)


class _Shown:
    """Progress for people: a bar in a terminal, a line at each new step elsewhere."""

    def __init__(self) -> None:
        self.last = ""
        self.bar: Progress | None = None
        if sys.stderr.isatty():
            self.bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
            )
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
