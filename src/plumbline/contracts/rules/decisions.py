"""What the management team decides on a reason against a contract."""

from datetime import date

from plumbline.kernel.errors import RuleBroken


def check(*, decision: str, by_when: date, holds: bool, on: date) -> None:
    """Raise RuleBroken where it says nothing, comes too late, or there is no such reason today."""
    if not holds:
        raise RuleBroken("This does not count against the contract today.", code="no_such_reason")
    if not decision.strip():
        raise RuleBroken("Say what was decided.", code="missing_decision")
    if by_when < on:
        raise RuleBroken("The day by which it is to be done is past.", code="past_date")


def overdue(*, by_when: date, action_is_over: bool, on: date) -> bool:
    """Whether a decision on a reason that still holds was not carried out in time."""
    return by_when < on and not action_is_over
