"""`plumbline monthly-check`: opens this month's check, and says what is left of it."""

from datetime import date, datetime

import click

from plumbline.people.models import User
from plumbline.placements import operations


def monthly_check(*, by: User | None, at: datetime, on: date) -> None:
    check = operations.open_month(by=by, at=at, on=on)
    left = check.items.filter(outcome="to_do").select_related("setting").order_by("setting__urn")
    click.echo(
        f"Check of {check.month:%B %Y}, due on {check.due_on:%-d %B %Y}: {check.items.count():,} settings, "
        f"{len(left):,} to look up, {check.lists.count():,} lists read" + (", complete." if check.completed_at else ".")
    )
    for item in left:
        click.echo(f"{item.setting.urn:12} {item.setting.status:12} {item.setting.name or item.setting.provision_type}")
