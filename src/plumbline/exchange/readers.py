"""Reads a table out of a text file: finds its encoding, its delimiter and its header.

What counts as what (encodings, dates, absent values, identifiers) is the page "Reading files" of the
interfaces. A file is never held in memory: only the row in hand is.
"""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from pathlib import Path

from plumbline.kernel.errors import RuleBroken

Cells = dict[str, str]

# Published files put titles and notes above the header; no file seen has more than five such rows.
HEADER_WITHIN_ROWS = 200
# One cell longer than this is a quotation mark that was never closed, not a cell.
LONGEST_CELL = 1_000_000

DELIMITERS = (",", ";", "\t")
_SCAN_BYTES = 1 << 20
# Bytes outside ASCII looked at to tell Windows-1252 from Mac Roman.
_SITES_WANTED = 4_000


class WrongFile(RuleBroken):
    """The file as a whole cannot be read; nothing of it is to be kept.

    Codes: bad_header, empty_file, not_a_table, truncated_file, two_tables, too_large.
    Raised on opening, or, for what only shows at the end (`truncated_file`, `two_tables`), while rows are read:
    read inside one transaction.
    """

    default_code = "bad_header"


class BadDate(ValueError):
    """The text is no date that can be; `reason` is a sentence for people."""

    def __init__(self, text: str) -> None:
        self.reason = f"“{text}” is not a date: write it as 2016-06-30 or 30/06/2016."
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be taken: where it stands, whose it is, why, and all of it, to be mended and tried again."""

    line: int
    id: str
    code: str
    reason: str
    raw: Cells


Row = tuple[int, "Cells | RefusedRow"]


@dataclass(slots=True)
class Table:
    """The rows under one header. Iterating gives `(line, cells)`, or `(line, RefusedRow)` with code wrong_cells.

    `line` counts rows as a spreadsheet does, from 1; a cell with a line break in it is still one row. `cells` maps the
    folded column name (its alias's, where the caller gave one) to the text as it stands; blank rows are left out.
    A table is read once.
    """

    header_line: int
    columns: list[str]
    encoding: str
    delimiter: str
    sheet: str
    names: list[str] = field(repr=False)
    _rows: Iterator[Row] = field(repr=False)

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def unknown_columns(self, known: Collection[str]) -> list[str]:
        """The columns, as written, that are not among the folded names `known`."""
        return [column for column, name in zip(self.columns, self.names, strict=True) if name not in known]

    def has(self, name: str) -> bool:
        return name in self.names


# --- words ---------------------------------------------------------------------------------------------------------

_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\ufeff": ""})


def fold(name: str) -> str:
    """A column name, or a wording, for comparison: trimmed, one space for white space, lower case."""
    return " ".join(name.translate(_APOSTROPHES).split()).casefold()


_ABSENT = frozenset({"", "-", "null", "#n/a", "nan", "redacted"})
_ABSENT_TEXT = frozenset({"", "NULL", "#N/A", "nan", "REDACTED"})


def clean(text: str) -> str:
    """A cell of a kind that cannot hold “NULL” or “-” (a date, a code, a number): "" where it says nothing."""
    text = text.strip()
    return "" if text.casefold() in _ABSENT else text


def clean_text(text: str) -> str:
    """A cell of free text. A person may be called Nan or Null, so only a machine's exact spellings are absent."""
    text = text.strip()
    return "" if text in _ABSENT_TEXT else text


_WHOLE_FLOAT = re.compile(r"\d+\.0+")


def clean_id(text: str) -> str:
    """An identifier or URN: trimmed, upper case; `103120.0`, as a spreadsheet writes a number, is `103120`."""
    text = text.strip().upper()
    if _WHOLE_FLOAT.fullmatch(text):
        text = text[: text.index(".")]
    return "" if text.casefold() in _ABSENT else text


_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?(?: ?Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})" + _TIME, re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})" + _TIME, re.ASCII)
# Outside these years a “date” is a slip of typing; it is refused, not stored.
_YEARS = range(1900, 2200)


@lru_cache(maxsize=65_536)
def parse_date(text: str) -> date | None:
    """The day that `text` says, None where it says nothing. ISO, dd/mm/yyyy, dd-mm-yyyy, with or without a time.

    Never month first. Raises BadDate for anything else, an impossible day too.
    """
    text = clean(text)
    if not text:
        return None
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DAY_FIRST.fullmatch(text):
        day, _, month, year = match.groups()
    else:
        raise BadDate(text)
    if int(year) not in _YEARS:
        raise BadDate(text)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise BadDate(text) from None


# --- bytes ---------------------------------------------------------------------------------------------------------

_DISGUISES = (
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls)"),
    (b"\x1f\x8b", "a compressed file (.gz)"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"PAR1", "a Parquet file"),
)


def is_spreadsheet(path: Path) -> bool:
    """Whether the content, whatever the name says, is packed as XLSX and ODS files are."""
    with path.open("rb") as source:
        return source.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class _Text:
    encoding: str
    ends_with_line: bool


def _examine(path: Path, kind_name: str) -> _Text:
    """One pass over the bytes: is it text, and in which encoding."""
    if is_spreadsheet(path):
        raise WrongFile(
            f"{path.name} is a spreadsheet or another packed file, whatever its name says; {kind_name} was expected "
            "as text. Save the sheet as CSV and try again.",
            code="not_a_table",
        )
    utf8 = codecs.getincrementaldecoder("utf-8")()
    valid, accented = True, False
    last = b""
    empty = True
    with path.open("rb") as source:
        first = True
        while block := source.read(_SCAN_BYTES):
            if first:
                first = False
                for magic, what in _DISGUISES:
                    if block.startswith(magic):
                        raise WrongFile(
                            f"{path.name} is {what}; {kind_name} was expected as text. "
                            "Save it as CSV (UTF-8) and try again.",
                            code="not_a_table",
                        )
            if b"\x00" in block:
                raise WrongFile(
                    f"{path.name} holds zero bytes, which text never does: it is damaged, cut off or of another kind.",
                    code="not_a_table",
                )
            empty = empty and not block.removeprefix(b"\xef\xbb\xbf").strip()
            if valid:
                try:
                    accented = not utf8.decode(block).isascii() or accented
                except UnicodeDecodeError:
                    valid = False
            last = block[-1:]
    if empty:
        raise WrongFile(f"{path.name} is empty; {kind_name} was expected.", code="empty_file")
    cut_character = valid and bool(utf8.getstate()[0])
    if cut_character and accented:
        raise WrongFile(
            f"{path.name} ends in the middle of a character: it was cut off. Fetch it again.",
            code="truncated_file",
        )
    encoding = "utf-8-sig" if valid and not cut_character else _single_byte_encoding(_sites(path))
    return _Text(encoding, last in b"\r\n")


# A byte outside ASCII with what stands before and after it.
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


# --- the header ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Header:
    line: int
    names: list[str]
    columns: list[str]
    places: list[int]
    # Cells of the whole header row, unnamed ones too.
    width: int
    # A wanted column, and its text as it stands: where it comes again, a second header begins.
    key: int
    key_column: str

    def same(self, row: Sequence[str]) -> bool:
        """Whether this row says the header's names once more."""
        return all(
            place < len(row) and fold(row[place]) == fold(column)
            for place, column in zip(self.places, self.columns, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """The table looked for: what people call it, the folded names its header must have, other names for them."""

    kind_name: str
    required: frozenset[str]
    aliases: Mapping[str, str]

    @classmethod
    def of(
        cls,
        kind_name: str,
        required: Collection[str],
        aliases: Mapping[str, str] | None = None,
    ) -> "Wanted":
        return cls(
            kind_name,
            frozenset(fold(name) for name in required),
            {fold(name): fold(to) for name, to in (aliases or {}).items()},
        )

    def names_of(self, cells: Sequence[str]) -> list[str]:
        """The cells as column names, folded and under the names asked for."""
        folded = [fold(cell) for cell in cells]
        return [self.aliases.get(name, name) for name in folded]

    def header_at(self, line: int, cells: Sequence[str], named: Sequence[str]) -> _Header | None:
        """The header, if these cells are it. Raises WrongFile where a wanted name stands twice, side by side."""
        if not self.required.issubset(named):
            return None
        names: list[str] = []
        columns: list[str] = []
        places: list[int] = []
        for place, name in enumerate(named):
            if not name:
                continue
            if name in names:
                if name in self.required:
                    first = places[names.index(name)]
                    raise WrongFile(
                        f"The header on line {line} has “{cells[place].strip()}” twice, in columns "
                        f"{column_letter(first)} and {column_letter(place)}: two tables stand side by "
                        f"side. Keep only {self.kind_name}.",
                        code="two_tables",
                    )
                # A second column of the same name, of no consequence: the first is read.
                continue
            names.append(name)
            columns.append(" ".join(cells[place].split()))
            places.append(place)
        key = min(place for place, name in zip(places, names, strict=True) if name in self.required)
        return _Header(line, names, columns, places, len(cells), key, cells[key])

    def not_found(self, file_name: str, closest: Sequence[str], where: str) -> WrongFile:
        looked_for = ", ".join(sorted(self.required))
        missing = self.required - set(self.names_of(closest))
        found = ", ".join(" ".join(name.split()) for name in closest if name.strip())
        if len(found) > 300:
            found = found[:300] + " …"
        return WrongFile(
            f"{file_name} is not {self.kind_name}: no header was found{where} with the columns {looked_for}."
            + (f" The nearest row has {found}; missing: {', '.join(sorted(missing))}." if found else ""),
            code="bad_header",
        )


def column_letter(place: int) -> str:
    """The letters by which a spreadsheet calls its `place`th column, counted from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def find_header(rows: Iterable[Sequence[str]], wanted: Wanted) -> tuple[_Header | None, list[str]]:
    """The header among the first rows, and, if there is none, the row that came nearest."""
    nearest: list[str] = []
    most = 0
    for line, cells in enumerate(rows, 1):
        if line > HEADER_WITHIN_ROWS:
            break
        names = wanted.names_of(cells)
        if header := wanted.header_at(line, cells, names):
            return header, []
        named = set(names) - {""}
        # Names in common first; without any, the widest of the rows is most likely the header.
        near = len(named & wanted.required) * 1_000 + len(named)
        if near > most:
            nearest, most = list(cells), near
    return None, nearest


# --- rows ----------------------------------------------------------------------------------------------------------


def open_table(
    path: Path,
    *,
    kind_name: str,
    required: Collection[str],
    aliases: Mapping[str, str] | None = None,
) -> Table:
    """The table in a text file whose header has every name of `required`; `aliases` maps other names to those used.

    Raises WrongFile with a sentence: see its codes.
    """
    wanted = Wanted.of(kind_name, required, aliases)
    text = _examine(path, kind_name)
    nearest: list[str] = []
    for delimiter in DELIMITERS:
        with _text_of(path, text) as source:
            try:
                header, close = find_header(_reader(source, delimiter), wanted)
            except csv.Error:
                continue
        if header:
            rows = _read_text(path, text, delimiter, header)
            return Table(
                header.line,
                header.columns,
                text.encoding,
                delimiter,
                "",
                header.names,
                rows,
            )
        if len(close) > len(nearest):
            nearest = close
    raise wanted.not_found(path.name, nearest, "")


def _text_of(path: Path, text: _Text) -> io.TextIOWrapper:
    # Five byte values mean nothing in Windows-1252; one of them in a name does not spoil the file.
    errors = "strict" if text.encoding == "utf-8-sig" else "replace"
    return path.open(encoding=text.encoding, errors=errors, newline="")


def _reader(source: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(source, delimiter=delimiter)


def _read_text(path: Path, text: _Text, delimiter: str, header: _Header) -> Iterator[Row]:
    ended = False

    def at_end() -> Iterator[str]:
        nonlocal ended
        ended = True
        yield from ()

    names, places = header.names, header.places
    narrowest, widest = places[-1] + 1, header.width
    straight = places == list(range(narrowest))
    pick = itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)
    key, key_column = header.key, header.key_column
    line = 0
    # The last line of a file that does not end its last line: short, it was cut off, and with it the file.
    held: tuple[int, RefusedRow] | None = None
    after_gap = False
    numbered: bool | None = None
    with _text_of(path, text) as source:
        try:
            for line, row in enumerate(_reader(chain(source, at_end()), delimiter), 1):
                if ended:
                    raise _never_closed(path.name, line)
                if line <= header.line:
                    continue
                if not (row and (row[0] or any(row))) or "".join(row).isspace():
                    after_gap = True
                    continue
                if held:
                    yield held
                    held = None
                if narrowest <= len(row) <= widest:
                    if (row[key] == key_column and header.same(row)) or (
                        after_gap and numbered and _reads_as_header(row, key)
                    ):
                        raise _second_header(path.name, "", header.line, line)
                    if after_gap:
                        after_gap = _is_title(row)
                    if numbered is None:
                        numbered = _has_figure(row[key])
                    yield (
                        line,
                        dict(zip(names, row if straight else pick(row), strict=False)),
                    )
                else:
                    refused = line, _wrong_cells(line, row, header)
                    if len(row) < narrowest and not text.ends_with_line:
                        held = refused
                    else:
                        yield refused
        except csv.Error as error:
            raise _never_closed(path.name, line + 1) from error
    if held:
        raise WrongFile(
            f"{path.name} stops in the middle of line {held[0]}: it was cut off. Fetch it again.",
            code="truncated_file",
        )


def _wrong_cells(line: int, row: Sequence[str], header: _Header) -> RefusedRow:
    raw = {name: row[place] for name, place in zip(header.names, header.places, strict=True) if place < len(row)}
    beyond = [cell for cell in row[header.width :] if cell.strip()]
    if beyond:
        raw["(beyond the header)"] = " | ".join(beyond)
    return RefusedRow(
        line,
        "",
        "wrong_cells",
        f"The row has {len(row)} cells, its header {header.width}: which cell belongs to which column cannot be known.",
        raw,
    )


def _never_closed(file_name: str, line: int) -> WrongFile:
    return WrongFile(
        f"{file_name}: a quotation mark opened on line {line} is never closed. The file is cut off or damaged.",
        code="truncated_file",
    )


def _second_header(file_name: str, sheet: str, first: int, second: int) -> WrongFile:
    where = f"{file_name}, sheet “{sheet}”," if sheet else file_name
    return WrongFile(
        f"{where} holds two tables: one header is on line {first}, another on line {second}. Keep one to a sheet.",
        code="two_tables",
    )


# --- rows of a sheet -----------------------------------------------------------------------------------------------


def sheet_table(rows: Iterator[Sequence[str]], *, header: _Header, file_name: str, sheet: str) -> Table:
    """The table of a sheet, given all its rows from the first; cells to the right of its header are left out."""
    return Table(
        header.line,
        header.columns,
        "",
        "",
        sheet,
        header.names,
        _read_sheet(rows, header, file_name, sheet),
    )


def _read_sheet(rows: Iterator[Sequence[str]], header: _Header, file_name: str, sheet: str) -> Iterator[Row]:
    names, places = header.names, header.places
    after_gap = False
    numbered: bool | None = None
    for line, row in enumerate(rows, 1):
        if line <= header.line:
            continue
        cells = {name: row[place] if place < len(row) else "" for name, place in zip(names, places, strict=True)}
        if not any(cell.strip() for cell in cells.values()):
            after_gap = True
            continue
        if header.same(row) or (after_gap and numbered and _reads_as_header(row, header.key)):
            raise _second_header(file_name, sheet, header.line, line)
        after_gap = after_gap and _is_title(row)
        if numbered is None:
            numbered = header.key < len(row) and _has_figure(row[header.key])
        yield line, cells


def _is_title(row: Sequence[str]) -> bool:
    """One filled cell: between a gap and a second table's header it is that table's title."""
    return sum(1 for cell in row if cell.strip()) == 1


def _has_figure(cell: str) -> bool:
    return any(char.isdigit() for char in cell)


def _reads_as_header(row: Sequence[str], key: int) -> bool:
    """Names, all different, none with a figure in it, in a table whose rows have a figure in their `key` cell."""
    filled = [fold(cell) for cell in row if cell.strip()]
    return (
        len(filled) >= 2
        and key < len(row)
        and bool(row[key].strip())
        and len(set(filled)) == len(filled)
        and not any(_has_figure(cell) for cell in filled)
    )
