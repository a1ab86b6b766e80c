"""Limits on guessing, the same for every page that asks for a password or a code: see people.guessing.

They are counted in the database, so that all processes count together, and before the page looks at what was typed.
"""

import math
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.stagekit import unstash_login
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import signing
from django.http import HttpResponseBase
from django.shortcuts import render

from plumbline.people import guessing, inviting, operations
from plumbline.people.act import Act
from plumbline.people.models import User
from plumbline.web.kit.request import DatedRequest

View = Callable[[DatedRequest], HttpResponseBase]

# Signed: who has signed in with this browser before, and a number of its own.
_COOKIE = "plumbline_browser"
_SALT = "plumbline.browser"
_KEPT = 60 * 60 * 24 * 180
_MOST_NAMES = 12


def typed_name(request: DatedRequest) -> str:
    return request.POST.get("login", "").strip().lower()[:150]


def signed_in_name(request: DatedRequest) -> str:
    return request.user.get_username()


def name_in_between(request: DatedRequest) -> str:
    """Who gave the right password and is asked for the code."""
    login = unstash_login(request, peek=True)
    return login.user.get_username() if login and login.user else ""


def limited(kind: str, whose: Callable[[DatedRequest], str], view: View) -> View:
    """The page, which looks at no attempt while its name or its place has to wait."""

    @wraps(view)
    def guarded(request: DatedRequest) -> HttpResponseBase:
        username = whose(request) if request.method == "POST" else ""
        if not username:
            return view(request)
        by = request.user if isinstance(request.user, User) else None
        about: dict[str, Any] = {
            "kind": kind,
            "username": username,
            "source": _source(request, username),
            "act": Act(by, request.at, request.day),
        }
        until = operations.begin_attempt(**about)
        if until is not None:
            return wait(request, until=until)
        before = _state(request, by)
        answer = view(request)
        passed = _state(request, by) != before
        operations.end_attempt(succeeded=passed, **about)
        if passed and request.user.is_authenticated:
            remember(request, answer, username)
        return answer

    return guarded


def opening_link(request: DatedRequest, *, of: str, was_made: Callable[[], bool]) -> HttpResponseBase | None:
    """The answer to a link that is a secret, where this place has to wait after many that were never made; None: go on.

    One that was made is no guess, whatever has become of it, and how often it is opened counts nowhere.
    """
    about: dict[str, Any] = {
        "kind": inviting.LINK,
        "username": of,
        "source": address(request),
        "act": Act(None, request.at, request.day),
    }
    until = operations.begin_attempt(**about)
    if until is not None:
        return wait(request, until=until)
    if was_made():
        inviting.was_no_guess(source=about["source"], username=of)
    else:
        operations.end_attempt(succeeded=False, **about)
    return None


def passed_on_by_nobody(answer: HttpResponseBase) -> HttpResponseBase:
    """The address is a secret: neither the page nor where it leads from is kept or passed on."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _state(request: DatedRequest, by: User | None) -> tuple[Any, ...]:
    """What a right password or code changes: how this session was signed in, and one's own password and factor."""
    records = str(request.session.get(AUTHENTICATION_METHODS_SESSION_KEY))
    if by is None:
        return (records,)
    mine = User.objects.filter(pk=by.pk).values_list("password", flat=True).first()
    return records, mine, Authenticator.objects.filter(user=by, type=Authenticator.Type.TOTP).exists()


def wait(request: DatedRequest, *, until: datetime) -> HttpResponseBase:
    """Nothing is looked at before that moment."""
    seconds = math.ceil((until - request.at).total_seconds())
    minutes = math.ceil(seconds / 60)
    answer = render(request, "account/locked_out.html", {"minutes": minutes}, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _source(request: DatedRequest, username: str) -> str:
    browser = _browser(request)
    if username in browser.get("names", []):
        return f"{guessing.BROWSER}{browser['id']}"
    return address(request)


def address(request: DatedRequest) -> str:
    """The place of a person who has never signed in with this browser."""
    return f"{guessing.ADDRESS}{request.META.get('REMOTE_ADDR', '')}"[:80]


def _browser(request: DatedRequest) -> dict[str, Any]:
    try:
        found = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_KEPT)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def remember(request: DatedRequest, answer: HttpResponseBase, username: str) -> None:
    """Who has signed in with this browser is not shut out of it by what others try elsewhere."""
    browser = _browser(request)
    names = [username, *(name for name in browser.get("names", []) if name != username)][:_MOST_NAMES]
    kept = {"id": browser.get("id") or secrets.token_hex(16), "names": names}
    answer.set_cookie(
        _COOKIE, signing.dumps(kept, salt=_SALT), max_age=_KEPT, secure=not settings.DEMO, httponly=True, samesite="Lax"
    )
