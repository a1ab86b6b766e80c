"""Rules of early help, over plain values."""

from datetime import date

from plumbline.kernel.periods import add_months

# Help may rightly be long: after so many months it is a prompt to ask for advice, no fault (domain.md 6.2).
CONSULTED_AFTER_MONTHS = 12


def long_before(on: date) -> date:
    """Help that began before this day has lasted, on a day, for more than a year."""
    return add_months(on, -CONSULTED_AFTER_MONTHS)


def is_long(*, started_on: date, on: date) -> bool:
    """Whether help that goes on has lasted so long that a consultation is due."""
    return started_on < long_before(on)


def wording_key(wording: str) -> str:
    """What two wordings of the source have in common if they are the same: trimmed, one space, lower case."""
    return " ".join(wording.replace("\u2019", "'").replace("\u2018", "'").split()).casefold()
