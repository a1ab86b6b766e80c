"""Keeping files as evidence, outside the web root, under their checksum."""

import hashlib
import os
from datetime import datetime
from pathlib import Path

from django.db import transaction

from plumbline.audit import operations as audit
from plumbline.evidence import rules
from plumbline.evidence.models import Document
from plumbline.people.models import User


@transaction.atomic
def keep_document(
    *, title: str, file_name: str, content: bytes, folder: Path, by: User | None, at: datetime
) -> Document:
    """Write a file under its checksum below `folder` and record it. Raises RuleBroken for what cannot be kept."""
    media_type, ending = rules.check_file(content)
    digest = hashlib.sha256(content).hexdigest()
    _write(rules.path_of(folder, digest), content)
    name = "".join(c for c in Path(file_name).stem if c.isalnum() or c in " -_.")[:150].strip() or "document"
    document = Document.objects.create(
        title=title.strip() or name, file_name=name + ending, media_type=media_type, size=len(content), sha256=digest,
        added_at=at, added_by=by,
    )  # fmt: skip
    audit.record("evidence.document.kept", by=by, at=at, subject=document, sha256=digest, size=len(content))
    return document


@transaction.atomic
def note_opened(*, document: Document, by: User, at: datetime) -> None:
    """Leave the trace that someone took a document out."""
    audit.record("evidence.document.opened", by=by, at=at, subject=document)


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
