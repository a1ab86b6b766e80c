"""Of which day a list is: what speaks against the day that was given, and up to which day it proves a check."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken

# A list of so many rows or more has an inspection of the last months, if it is of the day given.
_MANY_ROWS = 100
STALE_AFTER_DAYS = 120


# Why a list seems to be of another day (`doubts_about_day`): what a reason can answer.
DOUBTS = ("title_of_another_day", "taken_for_another_day", "older_list", "newer_list")


class SaidDay(Protocol):
    """A day, or a month, that a list says it is as at; `line` says so."""

    @property
    def line(self) -> str: ...
    @property
    def last(self) -> date: ...
    def is_of(self, day: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a list seems to be of another day than was given: a code and a sentence; and the last day it can prove."""

    code: str
    sentence: str
    proves_to: date | None = None


def doubts_about_day(
    *,
    as_at: date,
    said: Sequence[SaidDay],
    rows: int,
    later: int,
    newest: date | None,
    taken_for: Collection[date],
) -> list[Doubt]:
    """Whether the list is of the day given. `said`: the days that it says itself; `rows`: how many it has; `later`: how
    many of them tell of inspections after the day; `newest`: its newest inspection up to the day; `taken_for`: other
    days for which the same content was taken."""
    doubts: list[Doubt] = []
    if said and not any(each.is_of(as_at) for each in said):
        last = max(each.last for each in said)
        doubts.append(
            Doubt(
                "title_of_another_day",
                f"The list itself says “{said[0].line[:200]}”, and {wording.day(as_at)} was given.",
                last if last < as_at else None,
            )
        )
    if taken_for:
        earlier = [day for day in taken_for if day < as_at]
        doubts.append(
            Doubt(
                "taken_for_another_day",
                f"The same content was taken already as of {wording.day(min(taken_for))}, and {wording.day(as_at)} "
                "was given.",
                min(earlier) if earlier else None,
            )
        )
    if rows >= _MANY_ROWS and newest and (as_at - newest).days > STALE_AFTER_DAYS:
        doubts.append(
            Doubt(
                "older_list",
                f"The newest inspection in this list of {rows:,} rows is of {wording.day(newest)}, "
                f"{(as_at - newest).days} days before {wording.day(as_at)}: it seems to be an older list.",
                newest,
            )
        )
    if rows >= _MANY_ROWS and later > rows / 10:
        doubts.append(
            Doubt(
                "newer_list",
                f"{later:,} of {rows:,} rows tell of inspections after {wording.day(as_at)}: it seems to be a "
                "newer list.",
            )
        )
    return doubts


def check_list_day(as_at: date, *, on: date) -> None:
    """Raise RuleBroken (future_date) for a list of a day that is still to come."""
    if as_at > on:
        raise RuleBroken(
            f"{wording.day(as_at)} is a date in the future (today is {wording.day(on)}): no list can be of that "
            "day yet.",
            code="future_date",
        )
