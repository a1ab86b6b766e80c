"""Answers as charts and words."""

from decimal import Decimal

from plumbline.documents.model import Chart, Point, Series
from plumbline.kernel import wording
from plumbline.kernel.labels import as_shipped
from plumbline.measures.model import Answer, Measure, Row
from plumbline.scrutiny import wording as groups


def value_words(measure: Measure, row: Row) -> str:
    """The figure itself: "2,704", "64.7%", "withheld", "no cases"."""
    if row.withheld:
        return "withheld"
    if row.value is None:
        return "no cases"
    if measure.is_share:
        return f"{row.value}%"
    if measure.unit == "pounds":
        return wording.money(row.value)
    counted = wording.number(row.value)
    return f"{counted} {measure.unit}" if measure.kind == "distribution" else counted


def of_words(measure: Measure, row: Row) -> str:
    """What is under it: "1,750 of 2,704 TACs"."""
    if measure.is_share:
        return f"{_count(row.numerator)} of {_count(row.denominator)} {measure.unit}"
    if measure.kind == "distribution" and row.quartiles:
        lower, upper = map(wording.number, row.quartiles)
        cases = _count(row.denominator)
        return f"median; the middle half took {lower} to {upper} {measure.unit}; {cases} cases"
    return measure.unit


def change_words(measure: Measure, now: Row, then: Row) -> str:
    """Since a year before, in words and sign."""
    if now.withheld or then.withheld or now.value is None or then.value is None:
        return ""
    difference: Decimal | int = now.value - then.value
    unit = " percentage points" if measure.is_share else ""
    if not difference:
        return "the same as a year before"
    direction = "up" if difference > 0 else "down"
    return f"{direction} {wording.number(max(difference, -difference))}{unit} on a year before"


def trend(answer: Answer) -> Chart | None:
    """The figure's history as a line; None where there is nothing to draw."""
    points = [_point(answer.measure, row) for row in answer.rows]
    if len(points) < 2:
        return None
    measure = answer.measure
    return Chart(
        title=f"{measure.title}: {points[0].label} to {points[-1].label}",
        kind="line",
        series=[Series(measure.title, points)],
        measure=_measured(measure),
    )


def split_chart(answer: Answer, title: str) -> Chart | None:
    """The groups of one split as bars, largest first, "not recorded" last."""
    rows = [row for row in answer.rows if row.group]
    if not rows:
        return None
    points = [
        Point(at=group_words(row), value=_number(row), shown=value_words(answer.measure, row), withheld=row.withheld)
        for row in rows
    ]
    return Chart(
        title=f"{answer.measure.title}, by {title.lower()}",
        kind="bar",
        series=[Series(answer.measure.title, points)],
        measure=_measured(answer.measure),
        at_title=title,
    )


def _measured(measure: Measure) -> str:
    unit = "%" if measure.is_share else measure.unit
    # Whether the title says it is no matter of what a council calls it, nor of its capital.
    with as_shipped():
        says_it = ("%" if measure.is_share else measure.unit) in measure.title
    return measure.title if says_it else f"{measure.title} ({unit})"


def group_words(row: Row) -> str:
    [(split, group)] = row.group.items()
    return groups.group(split, group)


def _point(measure: Measure, row: Row) -> Point:
    at = row.at or row.last
    if at is None:
        raise ValueError("a row of a series has a day")
    shown = value_words(measure, row)
    if row.partial:
        shown += f" (to {wording.day(row.partial)} only)"
    return Point(at=at, value=_number(row), shown=shown, withheld=row.withheld)


def _number(row: Row) -> float | None:
    return None if row.withheld or row.value is None else float(row.value)


def _count(count: int | None) -> str:
    return "withheld" if count is None else wording.number(count)
