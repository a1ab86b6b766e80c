"""Evidence taken out: only as a file, never shown inside the page, and only by who may see settings."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from plumbline.evidence.operations import note_opened
from plumbline.evidence.rules import path_of
from plumbline.ofsted import lookups
from plumbline.people.access import Permission
from plumbline.web.access import requires


def folder() -> Path:
    """Where files of evidence are kept on this machine, outside the web root."""
    return Path(settings.HOME) / "files"


@requires(Permission.SETTINGS_VIEW)
def document(request: HttpRequest, document_id: int) -> HttpResponseBase:
    found = lookups.document(document_id=document_id)
    if found is None:
        raise Http404
    path = path_of(folder(), found.sha256)
    if not path.exists():
        raise Http404
    note_opened(document=found, by=request.user, at=request.at)
    # At most 10 MB (evidence.rules).
    answer = HttpResponse(path.read_bytes(), content_type=found.media_type)
    answer["Content-Disposition"] = content_disposition_header(True, found.file_name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
