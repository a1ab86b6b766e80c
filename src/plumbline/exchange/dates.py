"""What a cell says of a day, and what a whole column of days says of how it was written.

What counts as what is the page "Reading files" of the interfaces. A day is never read month first: a column whose days
can only be read so, or which a spreadsheet read so, refuses its file.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from plumbline.exchange.cells import clean
from plumbline.kernel.moments import day_here

# What systems write for “no end” and “not known”.
OPEN_ENDED = frozenset({date(9999, 12, 31), date(2099, 12, 31), date(1900, 1, 1)})
# Outside these years a “date” is a slip of typing; it is refused, not stored.
_YEARS = range(1900, 2200)


class BadDate(ValueError):
    """The text is no date that can be; `reason` is a sentence for people."""

    def __init__(self, text: str) -> None:
        self.reason = f"“{text}” is not a date: write it as 2016-06-30 or 30/06/2016."
        super().__init__(self.reason)


_TIME = (
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?: ?(?P<half>[AaPp][Mm]))?"
    r"(?: ?(?P<zone>Z|[+-]\d{2}(?::?\d{2})?))?)?"
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTH = r"(?P<word>" + "|".join(_MONTHS) + ")"
_SHAPES = tuple(
    re.compile(shape + _TIME, re.ASCII | re.IGNORECASE)
    for shape in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})(?P<between>[/-])(?P<month>\d{1,2})(?P=between)(?P<year>\d{4})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        rf"(?P<day>\d{{1,2}})-{_MONTH}-(?P<year>\d{{4}})",
        rf"{_MONTH} +(?P<day>\d{{1,2}}) +(?P<year>\d{{4}})",
    )
)


@lru_cache(maxsize=65_536)
def parse_date(text: str) -> date | None:
    """The day that `text` says, None where it says nothing, or one of the days that mean “open” (OPEN_ENDED).

    ISO, dd/mm/yyyy, dd-mm-yyyy, yyyymmdd, dd-MON-yyyy and `Jan  4 2016`, with or without a time; with an offset it is
    the day here at that moment. Never month first. Raises BadDate for anything else, an impossible day too.
    """
    day = day_written(text)
    return None if day in OPEN_ENDED else day


@lru_cache(maxsize=65_536)
def day_written(text: str) -> date | None:
    """As `parse_date`, with the days that mean “open” left as they are."""
    text = clean(text)
    if not text:
        return None
    match = next((found for shape in _SHAPES if (found := shape.fullmatch(text))), None)
    if match is None:
        raise BadDate(text)
    said = match.groupdict()
    month = _MONTHS[said["word"].casefold()] if said.get("word") else int(said["month"])
    try:
        day = date(int(said["year"]), month, int(said["day"]))
        if said["hour"]:
            day = _here(day, said)
    except (ValueError, OverflowError):
        raise BadDate(text) from None
    if day.year not in _YEARS and day not in OPEN_ENDED:
        raise BadDate(text)
    return day


def _here(day: date, said: Mapping[str, str]) -> date:
    """The day here at the time said; raises ValueError where there is no such time."""
    hour, half = int(said["hour"]), (said["half"] or "").casefold()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half == "pm" else 0)
    moment = datetime(day.year, day.month, day.day, hour, int(said["minute"]), int(said["second"] or 0), tzinfo=UTC)
    if not said["zone"] or day in OPEN_ENDED:
        return day
    return day_here(moment - _offset(said["zone"]))


def _offset(zone: str) -> timedelta:
    if zone in "Zz":
        return timedelta()
    figures = zone[1:].replace(":", "")
    ahead = timedelta(hours=int(figures[:2]), minutes=int(figures[2:] or 0))
    if ahead > timedelta(hours=15):
        raise ValueError(zone)
    return ahead if zone[0] == "+" else -ahead


# --- columns of days -----------------------------------------------------------------------------------------------

# How a cell is written: what no order of day and month can be told from; ISO (as spreadsheets' real dates come) with
# a day that could be a month, and with one that could not; figures that can be read either way, or day first only;
# month first only; a day that means “open”.
NOTHING, LOW, HIGH, EITHER, DAY_FIRST, MONTH_FIRST, OPEN = range(7)

_FIGURES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](?:\d{4}|\d{2})\b.*", re.ASCII)


@lru_cache(maxsize=65_536)
def order_of(text: str) -> int:
    """How a cell of days is written: one of the constants above."""
    try:
        day = day_written(text)
    except BadDate:
        day = None
    if day in OPEN_ENDED:
        return OPEN
    if figures := _FIGURES.fullmatch(clean(text)):
        first, second = int(figures[1]), int(figures[2])
        if first <= 12 < second <= 31:
            return MONTH_FIRST
        return NOTHING if day is None else DAY_FIRST if first > 12 else EITHER
    if day is None or not clean(text)[:4].isdecimal():
        return NOTHING
    return LOW if day.day <= 12 else HIGH


_MOST_LINES = 10


class Days:
    """Watches the columns of days of one table while its rows are read.

    `see` each row, then ask `month_first` and `open_ended`. `real_dates`: the table is in a spreadsheet, where a
    date that the program understood comes as ISO.
    """

    def __init__(self, columns: Collection[str], *, real_dates: bool) -> None:
        self.columns = tuple(columns)
        self._real_dates = real_dates
        self._seen: dict[str, set[int]] = {column: set() for column in columns}
        self._lines: dict[tuple[str, int], list[int]] = {}
        self._open: dict[str, Counter[str]] = {column: Counter() for column in columns}

    def see(self, line: int, cells: Mapping[str, str]) -> None:
        for column in self.columns:
            order = order_of(cells[column])
            if order >= DAY_FIRST:
                if order == OPEN:
                    self._open[column][str(day_written(cells[column]))] += 1
                elif order == MONTH_FIRST or self._real_dates:
                    self._lines.setdefault((column, order), []).append(line)
            self._seen[column].add(order)

    def month_first(self) -> str:
        """The sentence by which the file is refused, or ""."""
        for column in self.columns:
            if lines := self._lines.get((column, MONTH_FIRST)):
                return (
                    f"{column}: the dates on {_listed(lines)} can only be read month first (such as 03/15/2016), so "
                    "the others of this column may be month first too, and none is guessed. Have the dates written as "
                    "2016-03-15, and try again."
                )
            seen = self._seen[column]
            if self._real_dates and {LOW, DAY_FIRST} <= seen and not seen & {HIGH, EITHER}:
                return (
                    f"{column}: every real date has a day up to the 12th, and every date that is text, on "
                    f"{_listed(self._lines[column, DAY_FIRST])}, has one after it. The sheet was opened month first, "
                    "and day and month of the real dates are swapped. Make it again from its source, with the dates "
                    "written as 2016-03-15."
                )
        return ""

    def open_ended(self) -> list[tuple[str, str]]:
        """A column, and a sentence about its days that mean “open”, for each that has any."""
        return [
            (
                column,
                f"{column}: taken as open, or as not recorded: "
                + ", ".join(f"{day} ({count:,} row{'' if count == 1 else 's'})" for day, count in sorted(found.items()))
                + ".",
            )
            for column, found in self._open.items()
            if found
        ]


def _listed(lines: list[int]) -> str:
    listed = ", ".join(f"{line:,}" for line in lines[:_MOST_LINES])
    more = f" and {len(lines) - _MOST_LINES:,} more" if len(lines) > _MOST_LINES else ""
    return f"line{'' if len(lines) == 1 else 's'} {listed}{more}"
