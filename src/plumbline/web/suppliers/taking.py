"""A package of published notices handed in: looked at first, then taken, both by the worker as every import is."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from procrastinate.contrib.django import app

from plumbline.exchange import uploads
from plumbline.exchange.handed_in import Given
from plumbline.exchange.models import Upload
from plumbline.exchange.ocds_files import LARGEST
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.web.access import requires
from plumbline.web.request import Request
from plumbline.web.suppliers.forms import HandInNotices
from plumbline.web.uploads import takes_files

# A job that has given no sign of life for so long has been stopped.
_SILENT_SECONDS = 300
_COUNTS = ("read", "added", "changed", "unchanged", "repeated", "refused")
_LOOKS = {
    "uploaded": "grey", "looking": "in_progress", "ready": "amber", "taking": "in_progress", "done": "done",
    "refused": "refused",
}  # fmt: skip
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
                    home=settings.HOME, by=request.user, at=request.at, on=request.day,
                )  # fmt: skip
                _look(request, upload)
        except RuleBroken as refusal:
            form.refuse(refusal, field="package")
        else:
            return redirect("notices_upload", upload.pk)
    crumbs = [("Published notices", reverse("notices")), ("Take a package in", "")]
    return render(request, "suppliers/hand_in.html", {
        "form": form, "handed_in": handed_in(request), "breadcrumbs": crumbs,
    })  # fmt: skip


@requires(Permission.SUPPLIERS_SETTLE)
def upload(request: Request, upload_id: int) -> HttpResponseBase:
    found = _upload(request, upload_id)
    at_work = found.state in (Upload.State.LOOKING, Upload.State.TAKING)
    seen = parse_datetime(found.progress["at"]) if found.progress.get("at") else None
    result = found.result if found.state == Upload.State.DONE else found.would_change
    return render(request, "suppliers/upload.html", {
        "upload": found,
        "look": _LOOKS[found.state],
        "at_work": at_work,
        "seen": seen,
        "stopped": at_work and seen is not None and (request.at - seen).total_seconds() > _SILENT_SECONDS,
        "found": result,
        "counts": _counts(result),
        "breadcrumbs": [("Published notices", reverse("notices")), ("Take a package in", reverse("notices_hand_in")),
                        (f"Upload {found.pk}", "")],
    })  # fmt: skip


def _counts(found: dict[str, Any]) -> list[tuple[str, list[int]]]:
    return [(name, [counts.get(each, 0) for each in _COUNTS]) for name, counts in found.get("files", {}).items()]


@requires(Permission.SUPPLIERS_SETTLE)
def look(request: Request, upload_id: int) -> HttpResponseBase:
    found = _upload(request, upload_id)
    if request.method == "POST":
        with transaction.atomic():
            _look(request, found)
    return redirect("notices_upload", found.pk)


def _look(request: Request, found: Upload) -> None:
    uploads.ask_to_look(upload=found, by=request.user, at=request.at, on=request.day)
    # In the transaction of the asking: a job is there if and only if it was asked for.
    app.configure_task("look_at_upload", queue="imports", lock="imports").defer(upload_id=found.pk)


@requires(Permission.SUPPLIERS_SETTLE)
def take(request: Request, upload_id: int) -> HttpResponseBase:
    found = _upload(request, upload_id)
    if request.method == "POST":
        with transaction.atomic():
            uploads.ask_to_take(upload=found, by=request.user, at=request.at, on=request.day)
            app.configure_task("take_upload", queue="imports", lock="imports").defer(upload_id=found.pk)
    return redirect("notices_upload", found.pk)


def _upload(request: Request, upload_id: int) -> Upload:
    visible = uploads.uploads_visible_to(request.user, on=request.day)
    found = visible.filter(pk=upload_id, kind=uploads.NOTICES).first()
    if found is None:
        raise Http404
    return found
