"""What was handed in and is worked on by the worker, whichever page it came by: how far it is, and what it is asked."""

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from procrastinate.contrib.django import app

from plumbline.exchange import uploads
from plumbline.exchange.models import Upload
from plumbline.web.kit.request import Request, acting

# A job that has given no sign of life for so long has been stopped.
_SILENT_SECONDS = 300
_COUNTS = ("read", "added", "changed", "unchanged", "repeated", "refused")
LOOKS = {
    "uploaded": "grey", "looking": "in_progress", "ready": "amber", "taking": "in_progress", "done": "done",
    "refused": "refused",
}  # fmt: skip


def standing(request: Request, upload: Upload) -> dict[str, Any]:
    """How far it has come, and what of each file was found or would be."""
    seen = parse_datetime(upload.progress.get("at", "")) if upload.progress.get("at") else None
    at_work = upload.state in (Upload.State.LOOKING, Upload.State.TAKING)
    found = upload.result if upload.state == Upload.State.DONE else upload.would_change
    return {
        "upload": upload,
        "look": LOOKS[upload.state],
        "seen": seen,
        "at_work": at_work,
        "stopped": at_work and seen is not None and (request.at - seen).total_seconds() > _SILENT_SECONDS,
        "found": found,
        "counts": counts_of(found.get("files", {})),
    }


def counts_of(files: Mapping[str, dict[str, int]]) -> list[tuple[str, list[int]]]:
    """The counts of each file, in the order of the page's columns."""
    return [(name, [counts.get(each, 0) for each in _COUNTS]) for name, counts in files.items()]


def look(request: Request, upload: Upload, *, because: str = "") -> None:
    """Have it looked at; `because`: why a list is of its day all the same. A job is there if and only if it was asked
    for: the page that calls this does it whole (web.kit.asking)."""
    uploads.ask_to_look(upload=upload, because=because, act=acting(request))
    app.configure_task("look_at_upload", queue="imports", lock="imports").defer(upload_id=upload.pk)


def take(request: Request, upload: Upload, *, whole: bool = False) -> None:
    """Have what was looked at taken in; `whole`: it was said that what the files lack has ended."""
    uploads.ask_to_take(upload=upload, whole=whole, act=acting(request))
    app.configure_task("take_upload", queue="imports", lock="imports").defer(upload_id=upload.pk)
