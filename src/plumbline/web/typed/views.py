"""Keeping what is typed into any form of the site while it is typed, and what becomes of it."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.views import csrf
from django.views.decorators.http import require_POST

from plumbline.web.access import signed_in
from plumbline.web.request import DatedRequest, Request
from plumbline.web.typed import places, rescuing


@signed_in
@require_POST
def keep(request: Request) -> HttpResponseBase:
    """Keep what stands in a form now; answers with "Kept as a draft at 14:32", to stand by its button."""
    place = places.sent_to(request.POST)
    if place is None:
        raise Http404
    kept = places.keep(place, request.POST, at=request.at)
    return rescuing.said(request, place.address, kept=kept)


@signed_in
@require_POST
def discard(request: Request) -> HttpResponseBase:
    """What was typed is not wanted: the page begins again with what is recorded."""
    place = places.sent_to(request.POST)
    if place is None:
        raise Http404
    places.drop(place)
    return redirect(place.address)


def forged(request: DatedRequest, reason: str = "") -> HttpResponseBase:
    """A form whose token is not that of the session: mostly a page that was opened before a new sign-in."""
    place = places.sent_to(request.POST)
    if place is None:
        return csrf.csrf_failure(request, reason=reason)
    if not request.user.is_authenticated:
        return rescuing.signed_out(request) or csrf.csrf_failure(request, reason=reason)
    if request.user.pk != place.user_id:
        return rescuing.someone_elses(request, place)
    return rescuing.signed_in_again(request, place)
