"""`plumbline import-ofsted`: one of Ofsted's published lists."""

from pathlib import Path
from typing import Any

import click

from plumbline.exchange import import_ofsted as exchange
from plumbline.jobs import taken_in
from plumbline.jobs.ways_in import read_day
from plumbline.kernel import wording
from plumbline.people.act import Act


def import_ofsted(path: Path, *, as_at: str, because: str, dry_run: bool, as_json: bool, act: Act) -> None:
    result = exchange.import_ofsted(path, as_at=read_day(as_at), because=because, dry_run=dry_run, act=act)
    taken_in.say(result, dry_run=dry_run, as_json=as_json, more=lambda: _say_differences(result["lists"]))


def _say_differences(lists: list[dict[str, Any]]) -> None:
    for told in lists:
        differences = told["differences"]
        if differences:
            click.echo(
                f"Against the list before: {differences['new']:,} new, {differences['gone']:,} gone, "
                f"{differences['better']:,} better, {differences['worse']:,} worse, "
                f"{differences['newly_adverse']:,} newly adverse, {differences['unchanged']:,} unchanged."
            )
        changed = wording.how_many(len(told["status_changes"]), "setting has", "settings have")
        click.echo(f"{changed} another status today than before.")
