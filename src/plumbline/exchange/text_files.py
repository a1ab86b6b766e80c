"""A text file before it is read as a table: whether it is text at all, in which encoding, and how it ends."""

import codecs
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from plumbline.exchange.wrong_files import WrongFile

_SCAN_BYTES = 1 << 20
# Bytes outside ASCII looked at to tell Windows-1252 from Mac Roman.
_SITES_WANTED = 4_000

_DISGUISES = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a compressed file (.gz)"),
    (b"\xff\xfe\x00\x00", "text in UTF-32"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"PAR1", "a Parquet file"),
)


# How a text file in UTF-16 begins, such as Excel's "Unicode Text": the one encoding that says itself what it is, and in
# which text holds zero bytes.
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

# Excel's older files, and those locked with a password, are packed in one and the same way.
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
# What a spreadsheet writes into a text file for a cell without a value; #N/A is read as absent.
ERRORS = (b"#REF!", b"#VALUE!", b"#NAME?", b"#DIV/0!", b"#NUM!", b"#NULL!")
ERROR_CELLS = frozenset(error.decode() for error in ERRORS)
# Ends a text file of DOS, and one made by joining files there.
_DOS_END = "\x1a"


def is_spreadsheet(path: Path) -> bool:
    """Whether the content, whatever the name says, is packed as XLSX and ODS files are."""
    with path.open("rb") as source:
        return source.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class Text:
    encoding: str
    ends_with_line: bool
    # Some cell may hold an error, such as #REF!.
    errors: bool
    dos_end: bool


def examine(path: Path, kind_name: str) -> Text:
    """One pass over the bytes: is it text, and in which encoding."""
    if is_spreadsheet(path):
        raise WrongFile(
            f"{path.name} is a spreadsheet or another packed file, whatever its name says; {kind_name} was expected "
            "as text. Save the sheet as CSV and try again.",
            code="not_a_table",
        )
    if _is_utf_16(path):
        return _examine_utf_16(path, kind_name)
    utf8 = codecs.getincrementaldecoder("utf-8")()
    valid, accented, errors = True, False, False
    last = b""
    empty = True
    with path.open("rb") as source:
        first = True
        while block := source.read(_SCAN_BYTES):
            if first:
                first = False
                if what := _disguise(path, block):
                    raise WrongFile(f"{path.name} is {what.format(kind_name=kind_name)}", code="not_a_table")
            if b"\x00" in block:
                raise WrongFile(
                    f"{path.name} holds zero bytes, which text never does: it is damaged, cut off or of another kind.",
                    code="not_a_table",
                )
            empty = empty and not block.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n\x1a")
            errors = errors or any(error in block for error in ERRORS)
            if valid:
                try:
                    accented = not utf8.decode(block).isascii() or accented
                except UnicodeDecodeError:
                    valid = False
            last = (last + block)[-8:]
    if empty:
        raise WrongFile(f"{path.name} is empty; {kind_name} was expected.", code="empty_file")
    cut_character = valid and bool(utf8.getstate()[0])
    if cut_character and accented:
        raise WrongFile(
            f"{path.name} ends in the middle of a character: it was cut off. Fetch it again.",
            code="truncated_file",
        )
    encoding = "utf-8-sig" if valid and not cut_character else _single_byte_encoding(_sites(path))
    return Text(encoding, last.rstrip(b"\x1a")[-1:] in b"\r\n", errors, last.endswith(b"\x1a"))


def _is_utf_16(path: Path) -> bool:
    with path.open("rb") as source:
        begins = source.read(4)
    return begins[:2] in _UTF_16 and begins != b"\xff\xfe\x00\x00"


def _examine_utf_16(path: Path, kind_name: str) -> Text:
    decoder = codecs.getincrementaldecoder("utf-16")()
    errors, last, empty = False, "", True
    with path.open("rb") as source:
        while True:
            block = source.read(_SCAN_BYTES)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as wrong:
                if wrong.reason == "truncated data" or wrong.reason == "unexpected end of data":
                    raise WrongFile(
                        f"{path.name} ends in the middle of a character: it was cut off. Fetch it again.",
                        code="truncated_file",
                    ) from None
                raise WrongFile(
                    f"{path.name} begins as text in UTF-16 and does not go on as such: it is damaged. Fetch it again.",
                    code="not_a_table",
                ) from None
            if "\x00" in text:
                raise WrongFile(
                    f"{path.name} holds characters that are no text: it is damaged, cut off or of another kind.",
                    code="not_a_table",
                )
            empty = empty and not text.strip(" \t\r\n\x1a")
            errors = errors or any(error in text for error in ERROR_CELLS)
            last = (last + text)[-8:]
            if not block:
                break
    if empty:
        raise WrongFile(f"{path.name} is empty; {kind_name} was expected.", code="empty_file")
    return Text("utf-16", last.rstrip(_DOS_END)[-1:] in ("\r", "\n"), errors, last.endswith(_DOS_END))


def _disguise(path: Path, begins: bytes) -> str:
    """What the file is where it is no text, as the rest of a sentence, or ""."""
    if begins.startswith(_OLD_EXCEL):
        if _LOCKED in path.read_bytes():
            return "locked with a password. Save it without, and try again."
        return "an old Excel file (.xls). Save it as XLSX or CSV (UTF-8) and try again."
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head|body)\b", begins, re.IGNORECASE):
        return "a web page, not a table: sign in where it comes from, and fetch the file itself."
    for magic, what in _DISGUISES:
        if begins.startswith(magic):
            return f"{what}; {{kind_name}} was expected as text. Save it as CSV (UTF-8) and try again."
    return ""


# A byte outside ASCII with what is before and after it.
_NOT_ASCII = re.compile(rb"[\x00-\x7f]?[\x80-\xff]+[\x00-\x7f]?")


def _sites(path: Path) -> list[bytes]:
    sites: list[bytes] = []
    with path.open("rb") as source:
        while len(sites) < _SITES_WANTED and (block := source.read(_SCAN_BYTES)):
            sites += _NOT_ASCII.findall(block)
    return sites[:_SITES_WANTED]


def _single_byte_encoding(sites: Sequence[bytes]) -> str:
    """Windows-1252, unless the bytes read better in Mac Roman (é within a word, a dash between spaces)."""

    def score(encoding: str) -> int:
        total = 0
        for site in sites:
            text = site.decode(encoding, errors="replace")
            for before, char, after in zip(" " + text, text, text[1:] + " ", strict=False):
                if not char.isascii():
                    total += _plausible(before, char, after)
        return total

    return "mac_roman" if score("mac_roman") > score("cp1252") else "cp1252"


def _plausible(before: str, char: str, after: str) -> int:
    """How well `char` reads between its neighbours, from -2 to 2."""
    if char in "\u2018\u2019\u201c\u201d":
        return 2 if before.isalnum() or after.isalnum() else -1
    if char in "\u2013\u2014":
        return 2 if before.isalnum() == after.isalnum() else -1
    if char in "\u2026\u2022":
        return -2 if after.isalpha() else 2
    if char in "£€":
        return 2 if after.isdigit() else -1
    if char in "\u00a0°½¼¾":
        return 1
    if not char.isalpha() or char == "ƒ" or (before.islower() and char.isupper()):
        return -2
    if before.isalpha():
        return 2
    return 1 if after.isalpha() else -2


def opened(path: Path, text: Text) -> io.TextIOWrapper:
    """The file, to read its lines with their endings."""
    # Five byte values mean nothing in Windows-1252; one of them in a name does not spoil the file.
    errors = "strict" if text.encoding in ("utf-8-sig", "utf-16") else "replace"
    return path.open(encoding=text.encoding, errors=errors, newline="")


def lines(source: Iterable[str], text: Text) -> Iterable[str]:
    """The lines of the file, without the byte that ends a file of DOS."""
    return (line for each in source if (line := each.rstrip(_DOS_END))) if text.dos_end else source
