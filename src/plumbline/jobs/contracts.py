"""`plumbline contracts`: each contract in force on a day, with its rating and every reason."""

import json
from datetime import date

import click

from plumbline.contracts.queries import rating
from plumbline.kernel import wording


def contracts(*, day: date, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rating.contracts_json(day), ensure_ascii=False))
        return
    rated = rating.ratings_on(day)
    for each in rated.values():
        click.echo(f"{each.reference}: {each.colour}")
        for reason in each.reasons:
            click.echo(f"  {reason.since_when}")
        for later in each.entered_later:
            click.echo(f"  {later}")
    counts = {colour: sum(each.colour == colour for each in rated.values()) for colour in ("red", "amber", "green")}
    click.echo(
        f"{len(rated):,} contracts in force on {wording.day(day)}: "
        + ", ".join(f"{count:,} {colour}" for colour, count in counts.items()),
        err=True,
    )
