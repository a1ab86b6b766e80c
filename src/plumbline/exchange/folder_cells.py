"""What a cell may hold, and how it is written into a staged row.

Every reader takes the text of a cell and gives the text to stage, `NULL` for null; it raises RefusedCellError.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache

from plumbline.exchange.cells import RoundedId, clean, clean_id, clean_text, fold
from plumbline.exchange.dates import BadDate, parse_date
from plumbline.intake.staging import NULL
from plumbline.kernel import names

Read = Callable[[str], str]


class RefusedCellError(ValueError):
    """This row cannot be taken: a code of the interfaces, and a sentence. {column} stands for the column at fault."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


@lru_cache(maxsize=65_536)
def _iso(text: str) -> str:
    day = parse_date(text)
    return NULL if day is None else day.isoformat()


def a_day(text: str) -> str:
    try:
        return _iso(text)
    except BadDate as bad:
        raise RefusedCellError("bad_date", f"{{column}}: {bad.reason}") from bad


def an_id(text: str) -> str:
    # Most ids need no cleaning; a figure at the end also says that this is not "NULL" or "NAN".
    if text.isascii() and text.isalnum() and text[-1].isdigit() and text.isupper() and len(text) <= 60:
        return text
    try:
        text = clean_id(text)
    except RoundedId as rounded:
        raise RefusedCellError("rounded_id", f"{{column}}: {rounded.reason}") from rounded
    if len(text) > 60:
        raise _too_long(text, 60)
    return text


class Text:
    """A text or code of the source that says more about a row and is no name to find it by: kept up to `longest`
    characters, and how many were longer is counted."""

    def __init__(self, longest: int, *, code: bool = False) -> None:
        self.longest = longest
        self.cut = 0
        # Few texts of an extract are all different: names, reasons and organisations come again.
        self._read = lru_cache(maxsize=16_384)(_code if code else _text)

    def __call__(self, text: str) -> str:
        read = self._read(text)
        if len(read) > self.longest:
            self.cut += 1
            return read[: self.longest].rstrip()
        return read


def _text(text: str) -> str:
    text = clean_text(text)
    if not text.isprintable() or "  " in text:
        text = " ".join(text.split())
    return text


def _code(text: str) -> str:
    return " ".join(clean(text).split())


_as_written = Text(60)


def a_urn(text: str) -> str:
    """A URN as the source has it; one that a spreadsheet rounded is refused."""
    an_id(text.replace(" ", ""))
    return _as_written(text)


def text_of(longest: int) -> Read:
    """A text by which something is found, of at most so many characters; white space in it folded to single spaces."""

    @lru_cache(maxsize=16_384)
    def read(text: str) -> str:
        text = _text(text)
        if len(text) > longest:
            raise _too_long(text, longest)
        return text

    return read


def one_of(known: Mapping[str, str], what: str) -> Read:
    """A wording that must be known (by its folded form): the row is refused otherwise."""

    @lru_cache(maxsize=4_096)
    def read(text: str) -> str:
        said = clean(text)
        found = known.get(fold(said))
        if found is None:
            listed = ", ".join(dict.fromkeys(known.values()))
            raise RefusedCellError(
                "unknown_code",
                f"{{column}}: “{said}” is not {what} that is known here. Known: {listed}."
                if said
                else f"{{column}}: the cell is empty; it must be {what}: {listed}.",
            )
        return found

    return read


class Leniently:
    """A wording of little weight: where it is not known the row is taken, the value not recorded, and that counted."""

    def __init__(self, known: Mapping[str, str], otherwise: str) -> None:
        self.known = known
        self.otherwise = otherwise
        self.not_known: Counter[str] = Counter()

    def __call__(self, text: str) -> str:
        found = self.known.get(text)
        if found is not None:
            return found
        said = clean(text)
        if not said:
            return self.otherwise
        found = self.known.get(fold(said).upper())
        if found is None:
            if len(self.not_known) < 100:
                self.not_known[said[:60]] += 1
            return self.otherwise
        return found


SEX = {
    "F": "F", "FEMALE": "F", "2": "F", "B) FEMALE": "F",
    "M": "M", "MALE": "M", "1": "M", "A) MALE": "M",
    "U": "U", "UNKNOWN": "U", "0": "U", "9": "U", "NOT KNOWN": "U",
}  # fmt: skip

YES_OR_NO = {
    "Y": "t", "YES": "t", "TRUE": "t", "T": "t", "1": "t",
    "N": "f", "NO": "f", "FALSE": "f", "F": "f", "0": "f",
}  # fmt: skip


@lru_cache(maxsize=65_536)
def key_of(text: str) -> str:
    """The key by which names and organisations are looked up."""
    return " ".join(text.casefold().split()) if text.isascii() else names.sort_key(text)


def _too_long(text: str, longest: int) -> RefusedCellError:
    return RefusedCellError(
        "too_long", f"{{column}}: the text has {len(text):,} characters; at most {longest} can be kept: “{text[:40]}…”."
    )
