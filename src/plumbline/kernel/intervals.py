"""Intervals of days, first and last included: joined, cut out of each other, and what is overdue between them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

# No day comes after it: an interval that ends here goes on until a fact changes.
FAR = date.max
_DAY = timedelta(1)

Interval = tuple[date, date]


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """In order, and those that overlap or touch as one."""
    found: list[Interval] = []
    for from_on, to_on in sorted(intervals):
        if to_on < from_on:
            continue
        if found and (found[-1][1] == FAR or from_on <= found[-1][1] + _DAY):
            if to_on > found[-1][1]:
                found[-1] = (found[-1][0], to_on)
        else:
            found.append((from_on, to_on))
    return found


def gaps(covered: Sequence[Interval], first: date, last: date) -> list[Interval]:
    """The days from `first` to `last` that are in none of `covered` (merged)."""
    found = []
    for from_on, to_on in covered:
        if to_on < first:
            continue
        if from_on > last:
            break
        if from_on > first:
            found.append((first, from_on - _DAY))
        if to_on >= last:
            return found
        first = to_on + _DAY
    if first <= last:
        found.append((first, last))
    return found


def clipped(intervals: Iterable[Interval], first: date, last: date) -> list[Interval]:
    """What of each lies between `first` and `last`."""
    return [
        (max(from_on, first), min(to_on, last)) for from_on, to_on in intervals if from_on <= last and to_on >= first
    ]


def overdue(done: Sequence[date], start: date, days: int, last: date) -> list[tuple[date, date, date]]:
    """Days on which the last of `done`, or the start, was more than `days` ago; with that day as the third."""
    found = []
    since = start
    for day in (*done, None):
        if day is not None and day <= since:
            continue
        late = since + timedelta(days + 1)
        until = day - _DAY if day is not None else FAR
        if late > last:
            break
        if late <= until:
            found.append((late, min(until, last), since))
        if day is not None:
            since = day
    return found
