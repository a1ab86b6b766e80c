"""A question as JSON, as reports, commands and frozen figures keep it, and back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.periods import Period
from plumbline.measures import catalogue
from plumbline.measures.model import Asked

EVERY = ("month", "quarter", "year")


def read(asked: Mapping[str, Any]) -> Asked:
    """{"key", "as_at" | "from" and "to", "every", "by"} → Asked.

    Raises RuleBroken: unknown_measure, bad_date, end_before_start, wrong_question, unknown_every.
    """
    measure = catalogue.get(str(asked.get("key", "")))
    first, last = _day(asked, "from"), _day(asked, "to")
    if (first is None) != (last is None):
        raise RuleBroken("A period needs both its first and its last day.", code="wrong_question")
    every = asked.get("every") or None
    if every is not None and every not in EVERY:
        raise RuleBroken(f"A series is by {', '.join(EVERY)}, not by “{every}”.", code="unknown_every")
    return Asked(
        measure=measure,
        as_at=_day(asked, "as_at"),
        period=Period(first, last) if first and last else None,
        every=every,
        split_by=asked.get("by") or None,
    )


def write(asked: Asked) -> dict[str, str]:
    said = {"key": asked.measure.key}
    if asked.as_at:
        said["as_at"] = asked.as_at.isoformat()
    if asked.period:
        said |= {"from": asked.period.first.isoformat(), "to": asked.period.last.isoformat()}
    if asked.every:
        said["every"] = asked.every
    if asked.split_by:
        said["by"] = asked.split_by
    return said


def _day(asked: Mapping[str, Any], name: str) -> date | None:
    value = asked.get(name)
    if not value:
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise RuleBroken(
            f"“{value}” is not a day. Write it as YYYY-MM-DD, such as 2016-06-30.", code="bad_date"
        ) from None
