"""Sealing the audit trail, and checking its chain."""

import json

import click

from plumbline.audit import operations, queries
from plumbline.jobs import ways_in
from plumbline.kernel.errors import RuleBroken


def seal() -> None:
    count = operations.seal(at=ways_in.now())
    click.echo(f"{count} events sealed.", err=True)


def verify(*, as_json: bool) -> None:
    """Raise RuleBroken if an event was changed, taken away, or put in after it was sealed."""
    found = queries.verify_chain()
    if not found.whole:
        raise RuleBroken(" ".join(found.problems), code="chain_broken")
    if as_json:
        click.echo(
            json.dumps(
                {"whole": True, "seals": found.seals, "events": found.events, "not_yet_sealed": found.not_yet_sealed}
            )
        )
        return
    click.echo(
        f"The chain is whole: {found.events - found.not_yet_sealed:,} events under {found.seals:,} seals;"
        f" {found.not_yet_sealed:,} not sealed yet."
    )
