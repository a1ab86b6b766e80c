"""`plumbline monthly-check`: opens this month's check, and says what is left of it."""

import click

from plumbline.kernel import wording
from plumbline.people.act import Act
from plumbline.placements import operations


def monthly_check(*, act: Act) -> None:
    check = operations.open_month(act=act)
    left = check.items.filter(outcome="to_do").select_related("setting").order_by("setting__urn")
    click.echo(
        f"Check of {wording.month(check.month)}, due on {wording.day(check.due_on)}: {check.items.count():,} settings, "
        f"{len(left):,} to look up, {check.lists.count():,} lists read" + (", complete." if check.completed_at else ".")
    )
    for item in left:
        click.echo(f"{item.setting.urn:12} {item.setting.status:12} {item.setting.name or item.setting.provision_type}")
