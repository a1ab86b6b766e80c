"""A package of published notices handed in: looked at first, then taken, both by the worker as every import is."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.exchange import uploads
from plumbline.exchange.handed_in import Given
from plumbline.exchange.models import Upload
from plumbline.exchange.ocds_files import LARGEST
from plumbline.people.access import Permission
from plumbline.web.commissioning.suppliers.forms import HandInNotices
from plumbline.web.kit import under_way
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import act, ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.kit.uploads import takes_files

_FORM_AROUND_IT = 1_000_000


def handed_in(request: Request) -> list[Upload]:
    """The packages handed in lately, for who may hand them in."""
    found = uploads.uploads_visible_to(request.user, on=request.day)
    return list(found.filter(kind=uploads.NOTICES)[:10])


@requires(Permission.SUPPLIERS_SETTLE)
@takes_files(largest=LARGEST + _FORM_AROUND_IT)
def hand_in(request: Request) -> HttpResponseBase:
    crumbs = [("Published notices", reverse("notices")), ("Take a package in", "")]

    def receive(package: Any) -> Upload:
        given = [Given(package.name, package.file)]
        received = uploads.receive(
            kind=uploads.NOTICES, given=given, as_at=None, backfill=False, home=settings.HOME, act=acting(request)
        )
        under_way.look(request, received)
        return received

    return ask(
        request,
        HandInNotices(request.POST or None, request.FILES or None),
        ("commissioning/suppliers/hand_in.html", {"handed_in": handed_in(request), "breadcrumbs": crumbs}),
        do=receive,
        done="",
        to=lambda received: reverse("notices_upload", args=[received.pk]),
    )


@requires(Permission.SUPPLIERS_SETTLE)
def upload(request: Request, upload_id: int) -> HttpResponseBase:
    found = _upload(request, upload_id)
    return render(
        request,
        "commissioning/suppliers/upload.html",
        {
            **under_way.standing(request, found),
            "breadcrumbs": [
                ("Published notices", reverse("notices")),
                ("Take a package in", reverse("notices_hand_in")),
                (f"Upload {found.pk}", ""),
            ],
        },
    )


@requires(Permission.SUPPLIERS_SETTLE)
def look(request: Request, upload_id: int) -> HttpResponseBase:
    found = _upload(request, upload_id)
    return act(
        request, do=partial(under_way.look, request, found), done="", to=reverse("notices_upload", args=[found.pk])
    )


@requires(Permission.SUPPLIERS_SETTLE)
def take(request: Request, upload_id: int) -> HttpResponseBase:
    found = _upload(request, upload_id)
    return act(
        request, do=partial(under_way.take, request, found), done="", to=reverse("notices_upload", args=[found.pk])
    )


def _upload(request: Request, upload_id: int) -> Upload:
    visible = uploads.uploads_visible_to(request.user, on=request.day)
    found = visible.filter(pk=upload_id, kind=uploads.NOTICES).first()
    if found is None:
        raise Http404
    return found
