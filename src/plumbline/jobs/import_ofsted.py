"""`plumbline import-ofsted`: one of Ofsted's published lists."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from plumbline.exchange import import_ofsted as exchange
from plumbline.jobs.import_ssd import read_day
from plumbline.kernel.errors import RuleBroken
from plumbline.people.models import User

# More refusals than this are counted only; --json lists them.
_MOST_SHOWN = 20


def import_ofsted(
    path: Path, *, as_at: str, dry_run: bool, as_json: bool, by: User | None, at: datetime, on: Any
) -> None:
    day = read_day(as_at)
    if day is None:
        raise RuleBroken("Say of which day the list is: --as-at 2016-03-31.", code="missing_day")
    result = exchange.import_ofsted(path, as_at=day, dry_run=dry_run, by=by, at=at, on=on)
    for note in result["notes"]:
        click.echo(note, err=True)
    if as_json:
        click.echo(json.dumps({name: result[name] for name in ("files", "refused", "seconds")}, ensure_ascii=False))
    else:
        _say(result, dry_run=dry_run)


def _say(result: dict[str, Any], *, dry_run: bool) -> None:
    if dry_run:
        click.echo("Dry run: nothing was changed. This is what would be:")
    names = ("read", "added", "changed", "unchanged", "repeated", "refused")
    click.echo(f"{'':40}" + "".join(f"{name:>11}" for name in names))
    for file, counts in result["files"].items():
        click.echo(f"{file[:40]:40}" + "".join(f"{counts[name]:>11,}" for name in names))
    for told in result["lists"]:
        differences = told["differences"]
        if differences:
            click.echo(
                f"Against the list before: {differences['new']:,} new, {differences['gone']:,} gone, "
                f"{differences['better']:,} better, {differences['worse']:,} worse, "
                f"{differences['newly_adverse']:,} newly adverse, {differences['unchanged']:,} unchanged."
            )
        click.echo(f"{len(told['status_changes']):,} settings stand otherwise today.")
    for row in result["refused"][:_MOST_SHOWN]:
        click.echo(f"{row['file']}, line {row['line']}, {row['id'] or 'no id'}: {row['code']}. {row['reason']}")
    if len(result["refused"]) > _MOST_SHOWN:
        click.echo(f"… and {len(result['refused']) - _MOST_SHOWN:,} more refused rows.")
    click.echo(f"{result['seconds']} seconds")
