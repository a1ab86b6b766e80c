"""Reading where rows came from: what the newest extract still holds, what it no longer holds."""

from datetime import date
from typing import TypeVar

from django.db.models import Model, QuerySet

from plumbline.intake.models import Import, Origin

Rows = TypeVar("Rows", bound=Model)


def present(rows: QuerySet[Rows]) -> QuerySet[Rows]:
    """Those that the newest extract still holds, and those that were typed here."""
    return rows.filter(origin__missing_since=None)


def missing(rows: QuerySet[Rows]) -> QuerySet[Rows]:
    """Those that the newest extract no longer holds."""
    return rows.filter(origin__missing_since__isnull=False)


def origin_of(row: Model) -> Origin | None:
    """Where one row came from; None: it was typed here. Who lists rows reads it with them, by `select_related`."""
    return getattr(row, "origin", None)


def import_of(row: Model) -> Import | None:
    """The import that brought the row or last changed it."""
    origin = origin_of(row)
    return origin.import_run if origin else None


def missing_since(row: Model) -> date | None:
    """The day of the first extract without the row."""
    origin = origin_of(row)
    return origin.missing_since if origin else None
