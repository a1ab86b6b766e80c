"""Rules of early help, over plain values."""

from datetime import date, timedelta

# Help may rightly be long: after so many days it is a prompt to ask for advice, no fault (domain.md 6.2).
CONSULTED_AFTER = timedelta(365)


def is_long(*, started_on: date, on: date) -> bool:
    """Whether help that goes on has lasted so long that a consultation is due."""
    return started_on < on - CONSULTED_AFTER


def wording_key(wording: str) -> str:
    """What two wordings of the source have in common if they are the same: trimmed, one space, lower case."""
    return " ".join(wording.replace("\u2019", "'").replace("\u2018", "'").split()).casefold()
