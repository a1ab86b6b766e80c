"""One line of "My work", as each area of the site hands its own over."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: what, for whom, why now, by when, and the button. `gravity` 1 is the gravest."""

    what: str
    whom: str
    why: str
    due: date | None
    url: str
    button: str
    gravity: int = 3
