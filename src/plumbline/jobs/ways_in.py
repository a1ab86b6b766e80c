"""What every command needs at the edge: who acts, what day it is, what time it is."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import ParamSpec

from django.conf import settings
from django.utils import timezone

from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
from plumbline.people.labels import speaking_on
from plumbline.people.models import User

_Given = ParamSpec("_Given")


def today() -> date:
    return settings.TODAY or timezone.localdate()


def in_todays_words(task: Callable[_Given, None]) -> Callable[_Given, None]:
    """Let a piece of work say everything in the council's words of the day on which it is done."""

    @wraps(task)
    def run(*args: _Given.args, **kwargs: _Given.kwargs) -> None:
        with speaking_on(today):
            task(*args, **kwargs)

    return run


def now() -> datetime:
    return timezone.now()


def act(username: str | None = None) -> Act:
    """What this user, or the machine's administrator, does now. Raises RuleBroken for a name that is not known."""
    return Act(acting(username), now(), today())


def acting(username: str | None) -> User | None:
    """The user who acts; None for the machine's administrator. Raises RuleBroken for a name that is not known."""
    if not username:
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise RuleBroken(f"There is no user “{username}”.", code="unknown_user")
    return user


def read_day(text: str) -> date:
    """A day as typed. Raises RuleBroken (bad_date)."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleBroken(
            f"“{text}” is not a day. Write it as YYYY-MM-DD, such as 2016-06-30.", code="bad_date"
        ) from None
