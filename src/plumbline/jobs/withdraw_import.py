"""`plumbline withdraw-import`: what an import said is taken back."""

import json
from dataclasses import asdict

import click

from plumbline.exchange import withdrawing
from plumbline.people.act import Act


def withdraw_import(number: int, *, because: str, dry_run: bool, as_json: bool, act: Act) -> None:
    done = withdrawing.withdraw_import(import_id=number, because=because, dry_run=dry_run, act=act)
    if as_json:
        click.echo(json.dumps({"import": number, **asdict(done)}))
        return
    click.echo("Dry run: nothing was changed. This is what would be:" if dry_run else f"Import {number} is withdrawn.")
    for sentence in (*done.means, *withdrawing.counted(done.put_back, done.taken_out, done.kept)):
        click.echo(sentence)
