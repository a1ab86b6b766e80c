"""What an import takes in and took in, said to the person who gave the command."""

import json
import sys
from collections.abc import Callable
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

# More refusals than this are counted only; --json lists them.
_MOST_SHOWN = 20
_COUNTS = ("read", "added", "changed", "unchanged", "repeated", "refused")
_LONGEST = 40


def say(result: dict[str, Any], *, dry_run: bool, as_json: bool, more: Callable[[], None] | None = None) -> None:
    """The notes beside the output, then the counts of each file and what was refused. `more`: said between them."""
    for note in result["notes"]:
        where = f"{note['file']}, line {note['line']}" if note["line"] else note["file"]
        click.echo(f"{where}: {note['reason']}", err=True)
    for ends in result.get("gone", ()):
        click.echo(ends, err=True)
    if as_json:
        # The answer of an import is agreed (interfaces.md); a trial says besides what would follow.
        names = ("files", "refused", "notes", "seconds", *(("means",) if dry_run else ()))
        told = {name: result[name] for name in names if name in result}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    if dry_run:
        click.echo("Dry run: nothing was changed. This is what would be:")
    for sentence in result.get("means", ()):
        click.echo(sentence)
    click.echo(f"{'':{_LONGEST}}" + "".join(f"{name:>11}" for name in _COUNTS))
    for file, counts in result["files"].items():
        click.echo(f"{file[:_LONGEST]:{_LONGEST}}" + "".join(f"{counts[name]:>11,}" for name in _COUNTS))
    if more is not None:
        more()
    refused = result["refused"]
    for row in refused[:_MOST_SHOWN]:
        click.echo(f"{row['file']}, line {row['line']}, {row['id'] or 'no id'}: {row['code']}. {row['reason']}")
    if len(refused) > _MOST_SHOWN:
        click.echo(f"… and {len(refused) - _MOST_SHOWN:,} more refused rows.")
    click.echo(f"{result['seconds']:.1f} seconds")


class Shown:
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

    def __enter__(self) -> "Shown":
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
