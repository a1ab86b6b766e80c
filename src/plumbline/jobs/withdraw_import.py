"""`plumbline withdraw-import`: what an import said is taken back."""

import json
from dataclasses import asdict
from datetime import date, datetime

import click

from plumbline.exchange import withdrawing
from plumbline.people.models import User


def withdraw_import(number: int, *, because: str, as_json: bool, by: User | None, at: datetime, on: date) -> None:
    done = withdrawing.withdraw_import(import_id=number, because=because, by=by, at=at, on=on)
    if as_json:
        click.echo(json.dumps({"import": number, **asdict(done)}))
        return
    click.echo(
        f"Import {number} is withdrawn: {done.put_back:,} rows say again what they said before it, "
        f"{done.taken_out:,} that it had brought are taken out."
    )
    if done.kept:
        click.echo(f"{done.kept:,} that it had brought stay, since other records rest on them.")
