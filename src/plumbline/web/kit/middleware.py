"""The day and the moment of a request, asked of the clock once, here at the edge."""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address
from typing import cast
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from plumbline.people.labels import speaking_on
from plumbline.web.kit.request import DatedRequest

# Pages that someone with a handed-over password needs in order to choose their own, or to leave.
_BEFORE_PASSWORD = {
    "account_logout", "account_change_password", "council_stylesheet", "accessibility", "glossary", "sources",
}  # fmt: skip
# Pages that someone without a second factor needs in order to get one, or to leave.
_BEFORE_SECOND_FACTOR = {
    "account_logout", "account_reauthenticate", "mfa_reauthenticate", "mfa_activate_totp", "council_stylesheet",
    "accessibility", "glossary", "sources",
}  # fmt: skip

# Numbers of records and parts of days are smaller.
# In bytes.
_SHORT = 2 * 1024 * 1024
_LARGEST = 2**31 - 1
# In seconds.
_WRITTEN_DOWN_EVERY = 60


class ProxyMiddleware:
    """Whose request it is, where a web server is in front: what it says is believed of PLUMBLINE_TRUSTED_PROXIES
    only. The address is the last one in X-Forwarded-For that none of these wrote about another of these."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        if not _is_proxy(request.META.get("REMOTE_ADDR", "")):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
            return self.get_response(request)
        for address in reversed([each.strip() for each in said.split(",") if each.strip()]):
            request.META["REMOTE_ADDR"] = address
            if not _is_proxy(address):
                break
        return self.get_response(request)


def _is_proxy(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in settings.TRUSTED_PROXIES)


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


class LabelsMiddleware:
    """Lets everything on a page be said in the council's words of the day of the request (people.labels)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with speaking_on(cast(DatedRequest, request).day):
            return self.get_response(request)


class AddressMiddleware:
    """What no record, day or text can be is refused here, once for every page: a character that PostgreSQL cannot keep
    answers 400, a number that no record has 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        typed = (*_texts(request.GET), *(_texts(request.POST) if _is_short(request) else ()))
        if "\0" in request.path_info or any("\0" in text for text in typed):
            return HttpResponseBadRequest(
                "What was sent holds a character that is no text (a null character). Go back, take it out, and send "
                "it again.",
                content_type="text/plain; charset=utf-8",
                headers={"Cache-Control": "private, no-store"},
            )
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: Mapping[str, object]) -> None:
        """Raise Http404 for a number that is larger than any here."""
        if any(isinstance(value, int) and value > _LARGEST for value in kwargs.values()):
            raise Http404


def _is_short(request: HttpRequest) -> bool:
    """Whether what is sent may be read here: a large file is for its page, which may refuse it unread."""
    try:
        return request.method == "POST" and int(request.META.get("CONTENT_LENGTH") or 0) <= _SHORT
    except ValueError:
        return False


def _texts(sent: QueryDict) -> Iterator[str]:
    for name, values in sent.lists():
        yield name
        yield from (value for value in values if isinstance(value, str))


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
        # On a shared machine "back" must not bring up what someone before has read or typed, page or file; nor may a
        # library's own "no-cache" let it be kept. What is the same for everybody is kept.
        if request.user.is_authenticated and "public" not in answer.get("Cache-Control", ""):
            answer.headers["Cache-Control"] = "private, no-store"
        return answer


class SecondFactorMiddleware:
    """Nobody gets further with a password that was handed over, nor, outside the demonstration, without a second
    factor that this session has shown: by a code, or by setting it up. Taken off, it ends for every session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        page = _page(request)
        if request.user.must_change_password and page not in _BEFORE_PASSWORD:
            return redirect("account_change_password")
        if settings.DEMO or request.user.must_change_password or page in _BEFORE_SECOND_FACTOR:
            return self.get_response(request)
        kept = dict(Authenticator.objects.filter(user=request.user).values_list("pk", "type"))
        if Authenticator.Type.TOTP not in kept.values():
            return redirect("mfa_activate_totp")
        shown = {
            each.get("id") for each in get_authentication_records(request, request.user) if each.get("method") == "mfa"
        }
        if not (shown | {request.session.get("second_factor")}) & set(kept):
            return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)


def _page(request: HttpRequest) -> str | None:
    try:
        return resolve(request.path_info).url_name
    except Resolver404:
        return None
