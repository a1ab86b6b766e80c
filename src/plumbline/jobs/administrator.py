"""`plumbline make-administrator`: the first user of a new installation; the others are made on the page."""

import json

import click
from django.db import transaction

from plumbline.jobs import ways_in
from plumbline.people import operations
from plumbline.people.act import Act


def make(*, username: str, name: str, as_json: bool) -> None:
    """Print the password to hand over; it is kept nowhere. Raises RuleBroken for a name that is taken."""
    now, today = ways_in.now(), ways_in.today()
    with transaction.atomic():
        user, password = operations.make_user(username=username, name=name, act=Act(None, now, today))
        operations.give_role(user=user, role="administrator", from_on=today, to_on=None, act=Act(None, now, today))
    if as_json:
        click.echo(json.dumps({"username": user.username, "password": password}))
        return
    click.echo(f"User name: {user.username}\nPassword:  {password}\nA second factor is set up at the first sign-in.")
