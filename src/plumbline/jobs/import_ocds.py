"""`plumbline import-ocds`: a package of published notices."""

import json
from pathlib import Path

import click
from django.conf import settings

from plumbline.exchange import import_ocds as exchange
from plumbline.people.act import Act


def import_ocds(path: Path, *, dry_run: bool, as_json: bool, act: Act) -> None:
    result = exchange.import_ocds(path, prefix=settings.OCID_PREFIX, dry_run=dry_run, act=act)
    if as_json:
        click.echo(
            json.dumps({name: result[name] for name in ("files", "refused", "notes", "seconds")}, ensure_ascii=False)
        )
        return
    if dry_run:
        click.echo("Dry run: nothing was changed. This is what would be:")
    for file, counts in result["files"].items():
        click.echo(f"{file}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))
    click.echo(
        f"{result['processes']:,} contracting processes; {result['waiting']:,} suppliers wait for a decision;"
        f" {result['ours']:,} are of our own tenders."
    )
    for row in result["refused"]:
        click.echo(f"{row['file']}, release {row['line']}, {row['id'] or 'no id'}: {row['code']}. {row['reason']}")
    click.echo(f"{result['seconds']:.1f} seconds")
