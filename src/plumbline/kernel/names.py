"""Names as people look them up and list them. The database sorts by code point only, so a key is kept beside them."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# Letters that Unicode does not take apart into a letter and a mark, and signs that keyboards and programs change.
LETTERS = {
    "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "æ": "ae",
    "Æ": "ae", "œ": "oe", "Œ": "oe", "ħ": "h", "Ħ": "h", "ŧ": "t", "Ŧ": "t", "ı": "i", "ŋ": "n", "Ŋ": "n",
    "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "ʹ": "'", "′": "'", "`": "'", "´": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
}  # fmt: skip
_LETTERS = str.maketrans(LETTERS)


@lru_cache(maxsize=16_384)
def sort_key(text: str) -> str:
    """Lower case, accents and marks taken off, white space folded: "O’Brien–Łoś, Zoë" → "o'brien-los, zoe"."""
    if text.isascii():
        return " ".join(text.replace("`", "'").casefold().split())
    # Marks go first: one of them, the Greek iota below, would become a letter by itself.
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(plain.translate(_LETTERS).casefold().split())


def listed(names: Sequence[str]) -> str:
    """As a sentence names them: "Alder, Birch and Cedar"; "" where there is none."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
