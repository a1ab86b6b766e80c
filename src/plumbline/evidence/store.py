"""The files of evidence on this machine, each under its checksum. None stays whose record was taken back.

A file cannot be rolled back as a row is. What is written is remembered for as long as one request takes, and goes again
where no record of it is there when the request is over: its page was refused, or failed.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from django.db import connection, transaction

from plumbline.evidence.models import Document

_written: ContextVar[dict[Path, Callable[[], bool]] | None] = ContextVar("written", default=None)


def write(path: Path, content: bytes) -> None:
    """Keep a file, in the transaction of its document; `path` ends with its checksum."""
    _alone(path)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
    remember(path, is_kept=Document.objects.filter(sha256=path.name).exists)


def remember(path: Path, *, is_kept: Callable[[], bool]) -> None:
    """A file or folder that was written now; `is_kept` says afterwards whether its record is there."""
    written = _written.get()
    if written is not None:
        written[path] = is_kept


@contextmanager
def only_what_was_kept() -> Iterator[None]:
    """Around what one request does, outside all its transactions."""
    written: dict[Path, Callable[[], bool]] = {}
    token = _written.set(written)
    try:
        yield
    finally:
        _written.reset(token)
        for path, is_kept in written.items():
            with transaction.atomic():
                _alone(path)
                if not is_kept():
                    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _alone(path: Path) -> None:
    """Until this transaction ends nobody else keeps this content or lets it go: someone may be giving the same file."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"file {path.name}"])
