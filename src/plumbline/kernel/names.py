"""Names as people look them up: the database sorts by code point only, so a key is kept beside them."""

import unicodedata


def sort_key(text: str) -> str:
    """Lower case, accents and marks taken off, white space folded: "O’Brien, Zoë" → "o'brien, zoe"."""
    plain = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())
