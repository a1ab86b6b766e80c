"""What a request carries when it reaches a page. Django makes the request; these say what is known of it by then."""

from datetime import date, datetime

from django.http import HttpRequest

from plumbline.people.act import PersonalAct
from plumbline.people.models import User


class DatedRequest(HttpRequest):
    """With what `DayMiddleware` sets: `day`, the day taken for today, and `at`, the real moment."""

    day: date
    at: datetime


class Request(DatedRequest):
    """What a page takes that is marked `signed_in` or `requires`: the mark lets nobody else in."""

    user: User


def record_number(text: str | None) -> int:
    """The number of a record as an address or a form gives it; 0, which no record has, where it is no such number."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0


def acting(request: Request) -> PersonalAct:
    """The person who is signed in does it, at this moment, on the day taken for today."""
    return PersonalAct(request.user, request.at, request.day)


def now_of(request: Request) -> datetime:
    """The moment on the council's clocks."""
    return acting(request).now
