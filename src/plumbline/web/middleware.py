"""The day and the moment of a request, asked of the clock once, here at the edge."""

from collections.abc import Callable
from typing import cast

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.utils import timezone

from plumbline.web.request import DatedRequest

# Pages that someone without a second factor needs in order to get one, or to leave.
_BEFORE_SECOND_FACTOR = {
    "account_logout", "account_reauthenticate", "mfa_reauthenticate", "mfa_activate_totp", "council_stylesheet",
    "accessibility", "glossary", "sources",
}  # fmt: skip

# In seconds.
_WRITTEN_DOWN_EVERY = 60


class DayMiddleware:
    """Sets `request.day` (the day taken for today) and `request.at` (the real moment, always)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Here it becomes one: Django makes the request and knows nothing of ours.
        dated = cast(DatedRequest, request)
        dated.at = timezone.now()
        dated.day = settings.TODAY or timezone.localdate()
        return self.get_response(dated)


class SessionEndMiddleware:
    """The session ends so long after it was last used, not after it was begun. Written down once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(cast(DatedRequest, request).at.timestamp())
            if now - request.session.get("used_at", 0) >= _WRITTEN_DOWN_EVERY:
                request.session["used_at"] = now
        answer = self.get_response(request)
        # On a shared machine "back" must not bring up what somebody before has read or typed.
        if request.user.is_authenticated and answer.get("Content-Type", "").startswith("text/html"):
            answer.headers.setdefault("Cache-Control", "private, no-store")
        return answer


class SecondFactorMiddleware:
    """Outside the demonstration nobody gets further without a second factor. Asked once a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.DEMO or not request.user.is_authenticated or request.session.get("second_factor"):
            return self.get_response(request)
        if Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists():
            request.session["second_factor"] = True
            return self.get_response(request)
        if resolve(request.path_info).url_name in _BEFORE_SECOND_FACTOR:
            return self.get_response(request)
        return redirect("mfa_activate_totp")
