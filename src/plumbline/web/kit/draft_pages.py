"""Keeping what is typed into any form of the site while it is typed, and what becomes of it."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.views import csrf
from django.views.decorators.http import require_POST

from plumbline.web.kit import drafts, signed_out
from plumbline.web.kit.access import signed_in
from plumbline.web.kit.request import DatedRequest, Request


@signed_in
@require_POST
def keep(request: Request) -> HttpResponseBase:
    """Keep what is in a form now; answers with "Kept as a draft at 14:32", to be shown by its button."""
    place = drafts.sent_to(request.POST)
    if place is None:
        raise Http404
    kept = drafts.keep(place, request.POST, at=request.at)
    return signed_out.said(request, place.address, kept=kept)


@signed_in
@require_POST
def discard(request: Request) -> HttpResponseBase:
    """What was typed is not wanted: the page begins again with what is recorded."""
    place = drafts.sent_to(request.POST)
    if place is None:
        raise Http404
    drafts.drop(place)
    return redirect(place.address)


def forged(request: DatedRequest, reason: str = "") -> HttpResponseBase:
    """A form whose token is not that of the session: mostly a page that was opened before a new sign-in."""
    place = drafts.sent_to(request.POST)
    if place is None:
        return csrf.csrf_failure(request, reason=reason)
    if not request.user.is_authenticated:
        return signed_out.signed_out(request) or csrf.csrf_failure(request, reason=reason)
    if request.user.pk != place.user_id:
        return signed_out.someone_elses(request, place)
    return signed_out.signed_in_again(request, place)
