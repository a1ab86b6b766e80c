"""What is sent when its sender's session has ended, or is someone else's by now: kept, said, and never carried out."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from plumbline.kernel import wording
from plumbline.kernel.moments import here
from plumbline.web.kit import drafts
from plumbline.web.kit.request import DatedRequest

_FILES = " A file cannot be kept: choose it again."


def signed_out(request: DatedRequest) -> HttpResponseBase | None:
    """The answer to a form sent by nobody signed in; None where the form does not say whose it was."""
    place = drafts.sent_to(request.POST)
    kept = place is not None and _keep(request, place)
    if _is_typing(request):
        page = place.address if place else request.headers.get("HX-Current-URL", "/")
        return said(request, page, kept=kept, who="nobody")
    if place is None:
        return None
    if kept:
        messages.warning(
            request,
            "You had been signed out, so nothing was saved yet. What you typed is kept for you: sign in, and it is "
            "in the page again." + (_FILES if request.FILES else ""),
        )
    else:
        messages.warning(request, "You had been signed out, and what you sent could not be kept.")
    return redirect_to_login(place.address, settings.LOGIN_URL)


def someone_elses(request: DatedRequest, place: drafts.Place) -> HttpResponseBase:
    """The answer to a form of another person's page, who was signed in here before."""
    kept = _keep(request, place)
    if _is_typing(request):
        return said(request, place.address, kept=kept, who="another")
    return refused(request, kept=kept)


def refused(request: DatedRequest, *, kept: bool = False) -> HttpResponseBase:
    """The page that says so. No browser sends another's page with one's own token: nothing of that is kept."""
    return render(request, "kit/another.html", {"kept": kept, "files": bool(request.FILES)}, status=409)


def signed_in_again(request: DatedRequest, place: drafts.Place) -> HttpResponseBase:
    """The answer to a form of a page that was opened before its person signed in again."""
    kept = _keep(request, place)
    if _is_typing(request):
        return said(request, place.address, kept=kept, who="same")
    messages.warning(
        request,
        "You have signed in again since this page was opened, so nothing was saved yet. What you typed is below: "
        "look at it, and send it once more." + (_FILES if request.FILES else ""),
    )
    return redirect(place.address)


def said(request: DatedRequest, page: str, *, kept: bool, who: str = "same") -> HttpResponse:
    """What is shown by the button after something was kept, or was not, while it is being typed."""
    clock = wording.clock(here(request.at))
    context = {"kept": kept, "clock": clock, "who": who, "page": page}
    answer = render(request, "kit/said.html", context)
    if who == "nobody":
        answer["HX-Trigger"] = "pl-signed-out"
    return answer


def _keep(request: DatedRequest, place: drafts.Place) -> bool:
    return drafts.keep(place, request.POST, at=request.at)


def _is_typing(request: DatedRequest) -> bool:
    # Sent by the scripts while it is typed, or when the page is put away; not with the button.
    return "seq" in request.POST or "HX-Request" in request.headers
