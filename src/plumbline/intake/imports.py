"""One reading of files from outside: it begins, ends, and says how far its source now reaches."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import connection, models

from plumbline.intake.models import Extract, Import
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken

# One import at a time: another waits for it to end.
IMPORT_LOCK = 7_161_905_547


def lock(*, waiting: Callable[[], None]) -> None:
    """Let no other import run until this transaction ends; `waiting` is called if one is running now."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [IMPORT_LOCK])
        if not cursor.fetchone()[0]:
            waiting()
            cursor.execute("select pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def begin(
    *,
    kind: str,
    label: str,
    by: models.Model | None,
    at: datetime,
    as_at: date | None,
    backfill: bool = False,
    because: str = "",
) -> Import:
    """The import that rows will name as their source."""
    return Import.objects.create(
        kind=kind,
        label=label,
        at=at,
        by_id=by.pk if by else None,
        by_name=getattr(by, "called", str(by)) if by else "the machine",
        as_at=as_at,
        backfill=backfill,
        because=because,
    )


def end(import_run: Import, files: Any) -> None:
    """Keep what was counted of each file, and the number that this transaction has in history, by which what the import
    said can be taken back."""
    with connection.cursor() as cursor:
        cursor.execute("select max(tx) from audit_moment where xact = pg_current_xact_id()::text::bigint")
        import_run.tx = cursor.fetchone()[0]
    import_run.files = files
    import_run.save(update_fields=["files", "tx"])


def horizon(source: str) -> date | None:
    """The day of the newest extract of this source."""
    return (
        Extract.objects.filter(source=source).order_by("-extracted_on").values_list("extracted_on", flat=True).first()
    )


def reach(*, source: str, extracted_on: date, import_run: Import) -> None:
    """Record how far the source now reaches, where that is further than before."""
    last = horizon(source)
    if last is None or last < extracted_on:
        Extract.objects.create(source=source, extracted_on=extracted_on, import_run=import_run)


def refuse_older(*, source: str, extracted_on: date) -> None:
    """Raise RuleBroken where a newer extract of this source was taken already."""
    last = horizon(source)
    if last is not None and extracted_on < last:
        raise RuleBroken(
            f"This extract is of {wording.day(extracted_on)}; {source} of {wording.day(last)} was taken already. "
            "To fill in only what is not there, ask for --backfill.",
            code="older_extract",
        )
