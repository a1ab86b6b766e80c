"""Names as people look them up and list them. The database sorts by code point only, so a key is kept beside them."""

import unicodedata
from collections.abc import Sequence


def sort_key(text: str) -> str:
    """Lower case, accents and marks taken off, white space folded: "O’Brien, Zoë" → "o'brien, zoe"."""
    plain = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def listed(names: Sequence[str]) -> str:
    """As a sentence names them: "Alder, Birch and Cedar"; "" where there is none."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
