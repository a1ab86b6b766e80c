"""Whom a failed sign-in is counted against: the user name as typed, whichever library hands it on."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest


def username(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The library asks with its own names before signing in, and with Django's after a failure."""
    given = credentials or {}
    typed = given.get("username") or given.get("login") or request.POST.get("login") or ""
    return str(typed).strip().lower()
