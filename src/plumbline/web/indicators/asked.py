"""The question that a figure page's address asks, and what is asked where the address says nothing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from plumbline.indicators import queries, questions
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import taken_at
from plumbline.kernel.periods import Period, add_months, last_of_month
from plumbline.measures import catalogue
from plumbline.measures.model import Asked, Measure
from plumbline.web.kit.days import NotADay, read_day
from plumbline.web.kit.request import Request


@dataclass(frozen=True)
class Question:
    """What is asked, and what the form shows of it."""

    asked: Asked
    known_at: datetime | None


def read(request: Request, key: str) -> Question:
    """Raises RuleBroken for a measure, day, moment or split that there is not."""
    measure = catalogue.get(key)
    last_known = horizon(measure, request.day)
    given = request.GET
    asked: dict[str, Any] = {"key": key, "by": given.get("by") or None}
    if measure.is_stock:
        asked["as_at"] = _day(given, "as_at") or last_known
    else:
        year = last_year(last_known)
        asked |= {"from": _day(given, "from") or year.first, "to": _day(given, "to") or year.last}
    return Question(asked=questions.read(asked), known_at=_moment(given))


def horizon(measure: Measure, on: date) -> date:
    """The last day that can be asked about: that of the records, or today."""
    reached = [day for source, day in queries.horizons().items() if source in measure.sources]
    return min([*reached, on])


def last_year(day: date) -> Period:
    """The last whole year from April to March on that day, as committee reports count."""
    last = date(day.year if (day.month, day.day) >= (3, 31) else day.year - 1, 3, 31)
    return Period(date(last.year - 1, 4, 1), last)


def before(asked: Asked) -> Asked:
    """The same question a year earlier."""

    def back(day: date) -> date:
        moved = add_months(day, -12)
        return last_of_month(moved) if day == last_of_month(day) else moved

    period = Period(back(asked.period.first), back(asked.period.last)) if asked.period else None
    return Asked(asked.measure, as_at=back(asked.as_at) if asked.as_at else None, period=period)


def history(asked: Asked) -> Asked:
    """The series that the figure's chart draws: three years, by quarter, up to the day asked."""
    end = asked.as_at or (asked.period.last if asked.period else None)
    if end is None:
        raise RuleBroken("A question is about one day or one period.", code="wrong_question")
    if not asked.measure.is_stock and asked.period:
        # Pieces of a flow must be whole to compare: the months of the period and of the two years before.
        first = add_months(asked.period.first, -24)
        return Asked(asked.measure, period=Period(first, asked.period.last), every="quarter")
    start = add_months(end.replace(day=1), -35)
    last = end if end == last_of_month(end) else end.replace(day=1) - timedelta(1)
    return Asked(asked.measure, period=Period(start, max(last, start)), every="month")


def _day(given: QueryDict, name: str) -> date | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        return read_day(text)
    except NotADay as wrong:
        raise RuleBroken(f"The day “{text}” {wrong}.", code="bad_date") from wrong


def _moment(given: QueryDict) -> datetime | None:
    text = given.get("known_at", "").strip()
    if not text:
        return None
    try:
        moment = parse_datetime(text)
        if moment is None:
            moment = datetime.combine(read_day(text), datetime.max.time().replace(microsecond=0))
    except (NotADay, ValueError) as wrong:
        raise RuleBroken(f"“{text}” is not a day or a moment, such as 9 September 2016.", code="bad_date") from wrong
    return moment if moment.tzinfo else taken_at(moment.date(), moment.time())
