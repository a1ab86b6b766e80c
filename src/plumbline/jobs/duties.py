"""What waits for whom: each minute what changed, or all of it from nothing (`plumbline duties`)."""

from datetime import date

import click

from plumbline.due import keeping


def catch_up(*, on: date) -> None:
    keeping.catch_up(on=on, wait=True)


def from_nothing(*, on: date) -> None:
    click.echo(f"Duties: {keeping.from_nothing(on=on):,}")
