"""How the rating of a contract is said and drawn."""

from typing import Any

from plumbline.contracts.queries.rating import Rating
from plumbline.contracts.rules import rating as rules

COLOURS = {"red": "Red", "amber": "Amber", "green": "Green", "": "Not in force"}
KINDS = {"": "grey"}


def drawn_as(colour: str) -> str:
    return KINDS.get(colour, colour)


def sentence(row: Any) -> str:
    """The worst reason of a row of the register, and how many more there are."""
    if not row.code:
        return ""
    more = row.reasons - 1
    said = rules.sentence(row.code, row.about, row.detail)
    return f"{said} And {more} more." if more > 0 else said


def lasting(rated: Rating | None) -> list[str]:
    """Every reason in a sentence with the day since which it holds, the worst first."""
    if rated is None:
        return []
    return [each.since_when for each in rated.reasons]
