"""The text of one cell: what it says once cleaned, by the kind of thing that its column holds."""

import re
from functools import lru_cache

_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\ufeff": ""})


def fold(name: str) -> str:
    """A column name, or a wording, for comparison: trimmed, one space for white space, lower case."""
    return " ".join(name.translate(_APOSTROPHES).split()).casefold()


_ABSENT = frozenset({"", "-", "null", "#n/a", "nan", "redacted"})
_ABSENT_TEXT = frozenset({"", "NULL", "#N/A", "nan", "REDACTED"})
_FORMULA_TEXT = re.compile(r'="([^"]*)"')


def _unwrapped(text: str) -> str:
    """The text, trimmed, out of `="…"`, by which a file keeps a spreadsheet from reading it as a number."""
    text = text.strip()
    if text.startswith('="') and (found := _FORMULA_TEXT.fullmatch(text)):
        return found[1].strip()
    return text


@lru_cache(maxsize=65_536)
def clean(text: str) -> str:
    """A cell of a kind that cannot hold “NULL” or “-” (a date, a code, a number): "" where it says nothing."""
    text = _unwrapped(text)
    if text[:1] in "'\u2019":
        text = text[1:].strip()
    return "" if text.casefold() in _ABSENT else text


@lru_cache(maxsize=65_536)
def clean_text(text: str) -> str:
    """A cell of free text. A person may be called Nan or Null, so only a machine's exact spellings are absent."""
    text = _unwrapped(text)
    return "" if text in _ABSENT_TEXT else text


class RoundedId(ValueError):
    """The identifier was rounded by a spreadsheet, and whose it was cannot be known; `reason` is a sentence."""

    def __init__(self, text: str) -> None:
        self.reason = (
            f"“{text}” is an identifier that a spreadsheet has rounded: its last figures are lost. Make the file again "
            "from its source without opening it in a spreadsheet, or with the column as text."
        )
        super().__init__(self.reason)


_WHOLE_FLOAT = re.compile(r"\d+\.0+")
_ROUNDED = re.compile(r"[+-]?\d+(?:[.,]\d+)?E\+\d+")


def clean_id(text: str) -> str:
    """An identifier or URN: trimmed, upper case, without the apostrophe or `="…"` that a spreadsheet is kept off by;
    `103120.0`, as a spreadsheet writes a number, is `103120`. Raises RoundedId for `1.23457E+11`.
    """
    text = clean(text).upper()
    if _WHOLE_FLOAT.fullmatch(text):
        return text[: text.index(".")]
    if "E+" in text and _ROUNDED.fullmatch(text):
        raise RoundedId(text)
    return text
