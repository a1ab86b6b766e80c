"""Sealing the audit trail, and checking its chain."""

import json
from pathlib import Path

import click
from django.conf import settings

from plumbline.audit import operations, queries
from plumbline.jobs import ways_in
from plumbline.kernel.errors import RuleBroken

# The digests of the newest seals, one a line, in PLUMBLINE_HOME: outside the database, and best copied off the machine.
_HEADS = "audit-heads.txt"


def seal() -> None:
    count = seal_and_keep()
    click.echo(f"{count} events sealed.", err=True)


def seal_and_keep() -> int:
    """Seal what is not sealed yet, and keep the newest digest outside the database."""
    count = operations.seal(at=ways_in.now())
    newest = queries.last_seal()
    if count and newest is not None:
        kept = Path(settings.HOME) / _HEADS
        kept.touch(mode=0o600)
        with kept.open("a", encoding="ascii") as file:
            file.write(f"{newest.no} {newest.digest}\n")
    return count


def verify(*, as_json: bool) -> None:
    """Raise RuleBroken if an event was changed, taken away, or put in after it was sealed, or where the chain is not
    the one whose digests were kept outside the database."""
    found = queries.verify_chain()
    problems = [*found.problems, *_not_as_kept()]
    if problems:
        raise RuleBroken(" ".join(problems), code="chain_broken")
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


def _not_as_kept() -> list[str]:
    kept = Path(settings.HOME) / _HEADS
    if not kept.exists():
        return []
    pairs = [line.split() for line in kept.read_text(encoding="ascii").splitlines() if len(line.split()) == 2]
    there = queries.digests_of([int(no) for no, _ in pairs if no.isdigit()])
    wrong = [no for no, digest in pairs if not no.isdigit() or there.get(int(no)) != digest]
    if not wrong:
        return []
    return [f"Seal {wrong[0]} and {len(wrong) - 1} others are not the ones whose digests were kept in {kept.name}."]
