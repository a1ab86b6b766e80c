"""Where files of evidence lie on this machine, and how one is handed out: as a file, never as a page."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from plumbline.evidence.models import Document
from plumbline.evidence.rules import path_of
from plumbline.kernel.errors import RuleBroken


def folder() -> Path:
    """Where files of evidence are kept, outside the web root."""
    return Path(settings.HOME) / "files"


def answer_with(document: Document) -> HttpResponse:
    """The file, as it was given: a browser saves it and runs nothing of it. Raises RuleBroken where the file is not
    there any more, or is not what was kept."""
    path = path_of(folder(), document.sha256)
    # At most 10 MB (evidence.rules).
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise RuleBroken(
            f"The file of document {document.pk} is not where it was kept, or is not what was kept: its checksum does "
            "not agree. Tell the person who looks after Plumbline; it may be in a backup.",
            code="file_lost",
        )
    answer = HttpResponse(content, content_type=document.media_type)
    answer["Content-Disposition"] = content_disposition_header(True, document.file_name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer
