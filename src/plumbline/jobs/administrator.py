"""`plumbline make-administrator`: the first user of a new installation; the others are made on the page."""

import json

import click
from django.db import transaction

from plumbline.jobs import ways_in
from plumbline.people import operations


def make(*, username: str, name: str, as_json: bool) -> None:
    """Print the password to hand over; it is kept nowhere. Raises RuleBroken for a name that is taken."""
    act = ways_in.act()
    with transaction.atomic():
        user, password = operations.make_user(username=username, name=name, act=act)
        operations.give_role(user=user, role="administrator", from_on=act.on, to_on=None, act=act)
    if as_json:
        click.echo(json.dumps({"username": user.username, "password": password}))
        return
    click.echo(f"User name: {user.username}\nPassword:  {password}\nA second factor is set up at the first sign-in.")
