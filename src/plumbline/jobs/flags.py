"""`plumbline flags`: what needs attention, for whom, by when."""

import json

import click

from plumbline.flags import queries
from plumbline.flags.kinds import kinds
from plumbline.kernel.errors import RuleBroken


def flags(*, only_open: bool, kind: str | None, as_json: bool) -> None:
    if kind and kind not in kinds():
        raise RuleBroken(
            f"There is no kind of flag “{kind}”. The kinds are: {', '.join(kinds())}.", code="unknown_kind"
        )
    found = queries.flags_json(only_open=only_open, kind=kind or "")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for flag in found:
        due = f", by {flag['due_at']}" if flag["due_at"] and flag["state"] == "open" else ""
        click.echo(f"{flag['id']:>6}  {flag['kind']}, {flag['state']}{due}, for {', '.join(flag['for'])}")
        click.echo(f"        {flag['reason']}")
    click.echo(f"{len(found):,} flags", err=True)
