"""Who may use which page: every view carries a mark, and the mark is enforced here.

    @requires(Permission.SETTING_READ)
    def setting(request, urn): ...

    @signed_in
    def my_work(request): ...

    @public
    def accessibility(request): ...

A visitor who has not signed in is sent to sign in and comes back, and what they sent in a form is kept for the person
whose page it was (web.kit.drafts). Someone signed in without the permission gets
"page not found": what one may not see answers as if it did not exist. The mark says which pages a role reaches; which
*records* it reaches is said by the ``*_visible_to`` queries. A NotAllowed raised by a query or an operation becomes
"page not found" too, any other Refusal a page with its sentence (views that have a form show it there instead).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import wraps
from inspect import isfunction
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, URLResolver
from django.utils.http import url_has_allowed_host_and_scheme

from plumbline.evidence import store
from plumbline.kernel.errors import NotAllowed, Refusal
from plumbline.people import acting
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.web.kit import drafts, once, signed_out
from plumbline.web.kit.request import DatedRequest

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Access:
    """The mark: ``permissions`` are alternatives, any one of them is enough; none for public and signed-in pages."""

    kind: str  # "public", "signed_in", "requires"
    permissions: tuple[Permission, ...] = ()


PUBLIC = Access("public")
SIGNED_IN = Access("signed_in")


class Unmarked(TypeError):
    """A route leads to something that carries no mark."""


def public(view: View) -> View:
    return _marked(view, PUBLIC)


def signed_in(view: View) -> View:
    return _marked(view, SIGNED_IN)


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Mark a view as needing one of ``permissions``."""
    if not permissions or not all(isinstance(permission, Permission) for permission in permissions):
        raise TypeError("requires() takes one or more Permissions")
    return lambda view: _marked(view, Access("requires", permissions))


def access_of(view: Any) -> Access:
    """The mark of a view; raises Unmarked where there is none."""
    access = getattr(view, "access", None)
    if not isinstance(access, Access):
        raise Unmarked(
            f"{getattr(view, '__module__', '?')}.{getattr(view, '__qualname__', view)} says not who may use it"
        )
    return access


def routes(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str | None, Any]]:
    """Every route below ``resolver``: its path, its name, its view."""
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.name, pattern.callback


def may_use(user: User | AnonymousUser, access: Access, *, on: date) -> bool:
    """Whether a page so marked answers this user on a day."""
    if access.kind == "public":
        return True
    if isinstance(user, AnonymousUser):
        return False
    return access.kind == "signed_in" or any(may(user, permission, on=on) for permission in access.permissions)


def _marked(view: View, access: Access) -> View:
    if not isfunction(view):
        raise TypeError(f"{view!r} is not a function: write pages as functions")
    if hasattr(view, "access"):
        raise TypeError(f"{view.__qualname__} is marked twice")

    @wraps(view)
    def guarded(request: DatedRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if access.kind != "public" and not request.user.is_authenticated:
            return _to_sign_in(request)
        if not may_use(request.user, access, on=request.day):
            raise Http404
        place = drafts.sent_to(request.POST) if access.kind != "public" and request.method == "POST" else None
        if place and place.user_id != request.user.pk:
            return signed_out.refused(request)
        keeps = place is not None and not place.by_page
        # Before anything is done with it: whatever happens then, it is there to be gone on with until it is saved.
        if place and keeps:
            drafts.keep(place, request.POST, at=request.at)
        # The two refusals, turned into answers once for all pages that do not show them beside a field.
        try:
            with store.only_what_was_kept(), drafts.alone(place, request.POST):
                return _as_viewer(
                    request,
                    view,
                    lambda: once.carried_out(
                        request, view, place if keeps else None, lambda: view(request, *args, **kwargs)
                    ),
                )
        except NotAllowed as refusal:
            raise Http404 from refusal
        except Refusal as refusal:
            return render(request, "refused.html", {"reason": refusal.reason}, status=409)

    guarded.access = access  # type: ignore[attr-defined]  # a mark of ours on a function
    return guarded


def _as_viewer(request: DatedRequest, view: View, do: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer of `do`, to whom the database shows only the children that the one signed in may see."""
    if not isinstance(request.user, User) or getattr(view, "own_transactions", False):
        return do()
    refused: Refusal | Http404 | None = None
    with acting.viewing(request.user, on=request.day):
        try:
            answer = do()
        except (Refusal, Http404) as refusal:
            # What was recorded of the refusal stays.
            refused = refusal
    if refused is not None:
        raise refused
    return answer


def _to_sign_in(request: DatedRequest) -> HttpResponseBase:
    if request.method == "POST":
        return signed_out.signed_out(request) or redirect_to_login(_page_before(request), settings.LOGIN_URL)
    # A part of a page, asked for by htmx after the session ended, must not be filled with the sign-in page.
    if "HX-Request" in request.headers:
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = redirect_to_login(request.headers.get("HX-Current-URL", "/"), settings.LOGIN_URL).url
        return answer
    return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)


def _page_before(request: HttpRequest) -> str:
    """The page whose button was pressed: what was asked for with POST cannot be had by coming back to its address."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
