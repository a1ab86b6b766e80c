"""The days and periods that an answer names, worked out from the day that a report is as at.

An answer is written once and asked for any day D, so it never names a calendar day. It names D, or `year_end` (the
last 31 March on or before D), moved by years, months and days: `D-2y`, `year_end-25m+1d`. A day at the end of its
month, moved by months or years, stays at the end of the month. Periods: `last_year` (the year to `year_end`),
`year_before` and `two_years_before`, both days included.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.periods import Period, add_months, last_of_month

_DAY = re.compile(r"(D|year_end)((?:[+-]\d+[dmy])*)")
_MOVE = re.compile(r"([+-]\d+)([dmy])")
_PERIODS = {"last_year": 0, "year_before": 1, "two_years_before": 2}


def day(words: str, as_at: date) -> date:
    """Raises RuleBroken (wrong_day) for words that are none of this module's."""
    found = _DAY.fullmatch(words.replace(" ", ""))
    if not found:
        raise RuleBroken(f"“{words}” names no day: write D or year_end, moved as in D-2y.", code="wrong_day")
    moved = as_at if found[1] == "D" else year_end(as_at)
    for count, unit in _MOVE.findall(found[2]):
        moved = _moved(moved, int(count), unit)
    return moved


def period(words: str, as_at: date) -> Period:
    """Raises RuleBroken (wrong_day) for a name that is none of this module's."""
    if words not in _PERIODS:
        raise RuleBroken(f"“{words}” names no period: write {', '.join(_PERIODS)}.", code="wrong_day")
    last = year_end(as_at).replace(year=year_end(as_at).year - _PERIODS[words])
    return Period(date(last.year - 1, 4, 1), last)


def year_end(as_at: date) -> date:
    """The last 31 March on or before the day."""
    this_year = date(as_at.year, 3, 31)
    return this_year if this_year <= as_at else date(as_at.year - 1, 3, 31)


def resolve(figure: Mapping[str, Any], as_at: date) -> dict[str, str]:
    """A figure of an answer as the question it asks on a day: {"key": …, "as_at": "2016-06-30"}, see indicators."""
    asked = {name: str(figure[name]) for name in ("key", "every", "by") if name in figure}
    for name in ("as_at", "from", "to"):
        if name in figure:
            asked[name] = day(str(figure[name]), as_at).isoformat()
    if "in" in figure:
        whole = period(str(figure["in"]), as_at)
        asked |= {"from": whole.first.isoformat(), "to": whole.last.isoformat()}
    return asked


def _moved(start: date, count: int, unit: str) -> date:
    if unit == "d":
        return start + timedelta(count)
    months = count * (12 if unit == "y" else 1)
    moved = add_months(start, months)
    return last_of_month(moved) if start == last_of_month(start) else moved
