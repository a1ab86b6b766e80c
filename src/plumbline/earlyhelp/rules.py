"""Rules of early help, over plain values."""


def wording_key(wording: str) -> str:
    """What two wordings of the source have in common if they are the same: trimmed, one space, lower case."""
    return " ".join(wording.replace("\u2019", "'").replace("\u2018", "'").split()).casefold()
