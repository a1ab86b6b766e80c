"""`plumbline import-contracts`: the register of contracts, and what was looked at under each."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from plumbline.exchange import contracts
from plumbline.people.models import User

# More refusals than this are counted only; --json lists them.
_MOST_SHOWN = 20
_COUNTS = ("read", "added", "changed", "unchanged", "repeated", "refused")


def import_contracts(folder: Path, *, dry_run: bool, as_json: bool, by: User | None, at: datetime, on: date) -> None:
    result = contracts.import_contracts(
        folder, dry_run=dry_run, by=by, at=at, on=on, progress=lambda done, total, what: click.echo(what, err=True)
    )
    for note in result["notes"]:
        click.echo(note, err=True)
    if as_json:
        click.echo(json.dumps({name: result[name] for name in ("files", "refused", "seconds")}, ensure_ascii=False))
    else:
        _say(result, dry_run=dry_run)


def _say(result: dict[str, Any], *, dry_run: bool) -> None:
    if dry_run:
        click.echo("Dry run: nothing was changed. This is what would be:")
    click.echo(f"{'':26}" + "".join(f"{name:>11}" for name in _COUNTS))
    for file, counts in result["files"].items():
        click.echo(f"{file:26}" + "".join(f"{counts[name]:>11,}" for name in _COUNTS))
    for row in result["refused"][:_MOST_SHOWN]:
        click.echo(f"{row['file']}, line {row['line']}, {row['id'] or 'no id'}: {row['code']}. {row['reason']}")
    if len(result["refused"]) > _MOST_SHOWN:
        click.echo(f"… and {len(result['refused']) - _MOST_SHOWN:,} more refused rows.")
    click.echo(f"{result['seconds']} seconds")
