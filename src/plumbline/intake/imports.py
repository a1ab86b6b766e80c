"""One reading of files from outside, all of it or nothing, and how far its source now reaches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connection, models, transaction

from plumbline.audit.models import called
from plumbline.intake.models import Extract, Import
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken

# One import at a time: another waits for it to end.
IMPORT_LOCK = 7_161_905_547


def lock(*, waiting: Callable[[], None] = lambda: None) -> None:
    """Let no other import run until this transaction ends; `waiting` is called if one is running now."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [IMPORT_LOCK])
        if not cursor.fetchone()[0]:
            waiting()
            cursor.execute("select pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


@contextmanager
def importing(
    *,
    kind: str,
    label: str,
    by: models.Model | None,
    at: datetime,
    as_at: date | None,
    backfill: bool = False,
    because: str = "",
    dry_run: bool = False,
    waiting: Callable[[], None] = lambda: None,
) -> Iterator[Import]:
    """Take files in: the import that rows will name as their source, in whose `files` the caller leaves what was
    counted of each. `dry_run` puts everything back."""
    with transaction.atomic():
        lock(waiting=waiting)
        run = Import.objects.create(
            kind=kind,
            label=label,
            at=at,
            by_id=by.pk if by else None,
            by_name=called(by),
            as_at=as_at,
            backfill=backfill,
            because=because,
        )
        yield run
        # The number that this transaction has in history, by which what the import said can be taken back.
        with connection.cursor() as cursor:
            cursor.execute("select max(tx) from audit_moment where xact = pg_current_xact_id()::text::bigint")
            run.tx = cursor.fetchone()[0]
        run.save(update_fields=["files", "tx"])
        if dry_run:
            transaction.set_rollback(True)


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
