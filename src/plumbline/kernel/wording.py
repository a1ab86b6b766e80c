"""Numbers, money, days and lateness in the words that people use: "2,704", "£12,500", "30 June 2016", "3 days late".

Plain values in, plain text out; the template filters of the same names and the tables use these.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

NOT_RECORDED = "not recorded"


def number(value: int | float | Decimal) -> str:
    """``2704`` as "2,704"; a fraction keeps at most one decimal place, and none where it is nought."""
    if isinstance(value, int):
        return f"{value:,}"
    text = f"{value:,.1f}"
    return text.removesuffix(".0")


def day(value: date) -> str:
    """ "30 June 2016"; of a moment, the day it falls on as given (convert to local time first)."""
    return _day(value)


@lru_cache(maxsize=8192)
def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def month(value: date) -> str:
    """ "June 2016"."""
    return f"{value:%B %Y}"


def how_many(count: int, one: str, many: str) -> str:
    """ "1 setting", "2,704 settings"."""
    return f"{number(count)} {one if count == 1 else many}"


def money(pounds: int | float | Decimal) -> str:
    """Pounds: "£12,500" where there are no pence, otherwise "£12,500.40"."""
    return f"£{pounds:,.2f}".removesuffix(".00")


def clock(value: datetime) -> str:
    return f"{value:%H:%M}"


def moment(value: datetime) -> str:
    """ "30 June 2016 at 14:32"; local time is the caller's business."""
    return f"{day(value)} at {clock(value)}"


def said(value: datetime, now: datetime) -> str:
    """A moment as people say it, seen from ``now`` (both in one time zone): "today at 14:32"."""
    days = value.toordinal() - now.toordinal()
    if days == 0:
        return f"today at {clock(value)}"
    if days == -1:
        return f"yesterday at {clock(value)}"
    return moment(value)


def how_soon(due_on: date, today: date) -> str:
    """ "today", "tomorrow", "in 5 days", "3 days late"; the day itself is said beside it."""
    days = (due_on - today).days
    if days in (0, 1):
        return "tomorrow" if days else "today"
    apart = how_many(abs(days), "day", "days")
    return f"in {apart}" if days > 0 else f"{apart} late"


def by_when(due_on: date, today: date) -> str:
    """ "today", "tomorrow", "in 5 days, 4 August 2016", "3 days late, due 28 July 2016"."""
    soon = how_soon(due_on, today)
    if soon in ("today", "tomorrow"):
        return soon
    return f"{soon}, {'due ' if due_on < today else ''}{day(due_on)}"


def until(due_at: datetime, now: datetime) -> str:
    """ "in 40 minutes", "in 3 hours", "2 days late"."""
    late = due_at < now
    apart = now - due_at if late else due_at - now
    if apart >= timedelta(days=2):
        words = how_many(apart.days, "day", "days")
    elif apart >= timedelta(hours=1):
        words = how_many(int(apart.total_seconds() // 3600), "hour", "hours")
    else:
        words = how_many(max(1, int(apart.total_seconds() // 60)), "minute", "minutes")
    return f"{words} late" if late else f"in {words}"


def share(percent: Decimal | float, numerator: int, denominator: int) -> str:
    """ "65% (1,750 of 2,704)"; the percentage comes rounded from the measure."""
    return f"{number(percent)}% ({number(numerator)} of {number(denominator)})"


def in_words(value: object) -> str:
    """Any plain value as a page shows it; nothing at all is "not recorded"."""
    if value is None or value == "":
        return NOT_RECORDED
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, (int, float, Decimal)):
        return number(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return str(value)
