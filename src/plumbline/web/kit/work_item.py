"""One line of "My work", as each area of the site hands its own over, and which stands before which."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from plumbline.kernel.moments import day_here, end_of, here
from plumbline.web.kit import wording

# What waits without a day of its own stands among what is due so soon, so that it is not behind everything else.
NO_DAY = timedelta(7)
# The gravity of what tells of a child in danger.
DANGER = 1


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: what, for whom, why now, by when, and the button. `gravity` 1 is the gravest.

    `due`: a day, by the end of which it is to be done, or a moment.
    """

    what: str
    whom: str
    why: str
    due: date | datetime | None
    url: str
    button: str
    gravity: int = 3

    @property
    def due_at(self) -> datetime | None:
        if self.due is None or isinstance(self.due, datetime):
            return self.due
        return end_of(self.due)

    @property
    def due_on(self) -> date | None:
        return day_here(self.due) if isinstance(self.due, datetime) else self.due

    def is_late(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at < now

    def by_when(self, *, on: date, now: datetime) -> str:
        """ "in 5 days, 4 August 2016"; of a moment "in 40 minutes, today at 14:30"; "" where it has no day."""
        if self.due is None:
            return ""
        if not isinstance(self.due, datetime):
            return wording.by_when(self.due, on)
        return f"{wording.until(self.due, now)}, due {wording.said(here(self.due), here(now))}"


def place_of(item: Item, *, on: date, now: datetime) -> tuple[Any, ...]:
    """What sorts the lines. A child in danger, today or late, stands first, also before what has been late for months;
    then what is late, of it the gravest; then the rest by its moment."""
    due_at = item.due_at
    if item.gravity <= DANGER and due_at is not None and due_at <= end_of(on):
        return 0, due_at, item.what
    if due_at is not None and due_at < now:
        return 1, item.gravity, due_at, item.what
    return 2, due_at or end_of(on + NO_DAY), due_at is None, item.gravity, item.what
