"""Series: a period cut into pieces."""

from datetime import timedelta

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.periods import Period, add_months
from plumbline.measures.model import Every

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def pieces(period: Period, every: Every | None) -> tuple[Period, ...]:
    """The period in months, quarters or years counted from its first day; the last may be short.

    Raises RuleBroken (unknown_every) for another word.
    """
    if every is None:
        return (period,)
    if every not in _MONTHS:
        raise RuleBroken(f"A series goes by month, quarter or year, not by “{every}”.", code="unknown_every")
    found: list[Period] = []
    first = period.first
    while first <= period.last:
        # Counted from the first day each time: stepping from a short month would lose the 31st for good.
        following = add_months(period.first, (len(found) + 1) * _MONTHS[every])
        found.append(Period(first, min(following - timedelta(1), period.last)))
        first = following
    return tuple(found)
