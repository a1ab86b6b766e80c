"""A package of published notices handed in: looked at first, then taken, both by the worker as every import is."""

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.exchange import uploads
from plumbline.exchange.handed_in import Given
from plumbline.exchange.models import Upload
from plumbline.exchange.ocds_files import LARGEST
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.web.commissioning.suppliers.forms import HandInNotices
from plumbline.web.kit import under_way
from plumbline.web.kit.access import requires
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
    form = HandInNotices(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["package"]
        try:
            with transaction.atomic():
                upload = uploads.receive(
                    kind=uploads.NOTICES, given=[Given(file.name, file.file)], as_at=None, backfill=False,
                    home=settings.HOME, **acting(request),
                )  # fmt: skip
                under_way.look(request, upload)
        except RuleBroken as refusal:
            form.refuse(refusal, field="package")
        else:
            return redirect("notices_upload", upload.pk)
    crumbs = [("Published notices", reverse("notices")), ("Take a package in", "")]
    return render(request, "commissioning/suppliers/hand_in.html", {
        "form": form, "handed_in": handed_in(request), "breadcrumbs": crumbs,
    })  # fmt: skip


@requires(Permission.SUPPLIERS_SETTLE)
def upload(request: Request, upload_id: int) -> HttpResponseBase:
    found = _upload(request, upload_id)
    return render(request, "commissioning/suppliers/upload.html", {
        **under_way.standing(request, found),
        "breadcrumbs": [("Published notices", reverse("notices")), ("Take a package in", reverse("notices_hand_in")),
                        (f"Upload {found.pk}", "")],
    })  # fmt: skip


@requires(Permission.SUPPLIERS_SETTLE)
def look(request: Request, upload_id: int) -> HttpResponseBase:
    found = _upload(request, upload_id)
    if request.method == "POST":
        under_way.look(request, found)
    return redirect("notices_upload", found.pk)


@requires(Permission.SUPPLIERS_SETTLE)
def take(request: Request, upload_id: int) -> HttpResponseBase:
    found = _upload(request, upload_id)
    if request.method == "POST":
        under_way.take(request, found)
    return redirect("notices_upload", found.pk)


def _upload(request: Request, upload_id: int) -> Upload:
    visible = uploads.uploads_visible_to(request.user, on=request.day)
    found = visible.filter(pk=upload_id, kind=uploads.NOTICES).first()
    if found is None:
        raise Http404
    return found
