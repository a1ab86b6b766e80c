"""Numbers and days in the words that people use, for what rooms say themselves: "2,704", "30 June 2016"."""

from datetime import date
from decimal import Decimal


def number(value: int | float | Decimal) -> str:
    """``2704`` as "2,704"; a fraction keeps at most one decimal place, and none where it is nought."""
    if isinstance(value, int):
        return f"{value:,}"
    text = f"{value:,.1f}"
    return text.removesuffix(".0")


def day(value: date) -> str:
    """ "30 June 2016"; of a moment, the day it falls on as given (convert to local time first)."""
    return f"{value.day} {value:%B %Y}"


def how_many(count: int, one: str, many: str) -> str:
    """ "1 setting", "2,704 settings"."""
    return f"{number(count)} {one if count == 1 else many}"
