"""The day that a list says it is as at, in the lines above its header."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from plumbline.exchange.dates import BadDate, parse_date

_MONTHS = {name[:3].casefold(): number for number, name in enumerate(calendar.month_name) if name}
_AT_A_DAY = re.compile(
    r"(?:\bat|\bas of|\bas on|\bposition on|\d to)\s*:?\s*(?:the\s+)?(?:end of\s+)?(?:"
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<month>[a-z]{3,9})\.?,?[\s-]+(?P<year>\d{4})"
    r"|(?P<month_2>[a-z]{3,9})\.?\s+(?:(?P<day_2>\d{1,2})(?:st|nd|rd|th)?,?\s+)?(?P<year_2>\d{4})"
    r"|(?P<written>\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2}))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SaidDay:
    """A day, or with `day` None a whole month, that a list says it is as at, and the line that says so."""

    year: int
    month: int
    day: int | None
    line: str

    def is_of(self, day: date) -> bool:
        return (self.year, self.month) == (day.year, day.month) and self.day in (None, day.day)

    @property
    def last(self) -> date:
        return date(self.year, self.month, self.day or calendar.monthrange(self.year, self.month)[1])


def said_days(lines: Iterable[str]) -> list[SaidDay]:
    """The days in “… as at 31 March 2025” and the like; also “Provider_level_at_31_Mar_2025”, as sheets are named."""
    found = []
    for line in lines:
        for match in _AT_A_DAY.finditer(line.replace("_", " ")):
            said = _said_day(match, line)
            if said:
                found.append(said)
    return found


def _said_day(match: re.Match[str], line: str) -> SaidDay | None:
    written = match["written"]
    if written:
        try:
            day = parse_date(written.replace(".", "/"))
        except BadDate:
            return None
        return SaidDay(day.year, day.month, day.day, line) if day else None
    month = _MONTHS.get((match["month"] or match["month_2"])[:3].casefold())
    number, year = match["day"] or match["day_2"], int(match["year"] or match["year_2"])
    if month is None or not 1990 <= year < 2200:
        return None
    if number and not 1 <= int(number) <= calendar.monthrange(year, month)[1]:
        return None
    return SaidDay(year, month, int(number) if number else None, line)
