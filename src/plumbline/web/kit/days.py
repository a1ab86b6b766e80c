"""Reading a day as people write it. Day before month, always."""

import re
from datetime import date

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


class NotADay(ValueError):
    """The text is no day; its message completes "The date of birth …"."""


def read_day(text: str) -> date:
    """ "31/7/2016", "31 July 2016", "31 7 2016", "31-07-2016", "31 jul 2016" or "2016-07-31"; raises NotADay."""
    text = " ".join(text.split())
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text):
        year, month, day = text.split("-")
        return day_of(day, month, year)
    parts = re.split(r"[\s/.\-]+", text.replace(",", " ").strip())
    if len(parts) == 2:
        raise NotADay("must include a year")
    if len(parts) != 3:
        raise NotADay("must be a date, such as 31 July 2016")
    return day_of(*parts)


def day_of(day: str, month: str, year: str) -> date:
    """The three parts as typed; the month as a number or a name; raises NotADay."""
    day, month, year = day.strip(), month.strip(), year.strip()
    missing = [name for name, part in (("day", day), ("month", month), ("year", year)) if not part]
    if missing:
        raise NotADay("must include a " + " and ".join(missing))
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise NotADay("must have a year of four figures, such as 2016")
    day = re.sub(r"(?i)(st|nd|rd|th)$", "", day)
    number = _month(month)
    if number is None or not (day.isascii() and day.isdigit()) or len(day) > 2:
        raise NotADay("must be a real date")
    try:
        return date(int(year), number, int(day))
    except ValueError as wrong:
        raise NotADay("must be a real date") from wrong


def _month(text: str) -> int | None:
    if text.isascii() and text.isdigit() and len(text) <= 2:
        return int(text)
    named = [at for at, name in enumerate(_MONTHS, start=1) if len(text) >= 3 and name.startswith(text.lower())]
    return named[0] if len(named) == 1 else None
