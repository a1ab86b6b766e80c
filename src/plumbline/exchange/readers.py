"""Reads a table out of a text file: finds its encoding, its delimiter and its header.

What counts as what (encodings, dates, absent values, identifiers) is the page "Reading files" of the
interfaces. A file is never held in memory: only the row in hand is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from pathlib import Path

from plumbline.exchange import sheet_marks
from plumbline.exchange.cells import fold
from plumbline.exchange.dates import Days
from plumbline.exchange.quotes import TornRow, rows_of, shape
from plumbline.exchange.text_files import ERROR_CELLS, Text, examine, lines, opened
from plumbline.exchange.wrong_files import WrongFile

Cells = dict[str, str]

# Published files put titles and notes above the header; no file seen has more than five such rows.
HEADER_WITHIN_ROWS = 200

DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be taken: where it is, whose it is, why, and all of it, to be mended and tried again."""

    line: int
    id: str
    code: str
    reason: str
    raw: Cells


@dataclass(frozen=True, slots=True)
class Note:
    """What was taken and should be known: of a line, or (None) of the whole file."""

    line: int | None
    code: str
    reason: str

    def as_json(self, file: str) -> dict[str, str | int | None]:
        return {"file": file, "line": self.line, "code": self.code, "reason": self.reason}


class NoValue(str):
    """A cell of a spreadsheet that does not hold what it shows, by its `kind` (see sheet_marks)."""

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, kind: str, shows: str) -> "NoValue":
        cell = super().__new__(cls, shows)
        cell.kind = kind
        return cell


Row = tuple[int, "Cells | RefusedRow"]


@dataclass(slots=True)
class Table:
    """The rows under one header. Iterating gives `(line, cells)`, or `(line, RefusedRow)` for what is no row of it:
    wrong_cells, unpaired_quotes, totals_row, error_cell, no_result, merged_cells.

    `line` counts rows as a spreadsheet does, from 1; a cell with a line break in it is still one row. `cells` maps the
    folded column name (its alias's, where the caller gave one) to the text as it is written; blank rows are left out.
    A table is read once; `notes` are whole when it was.
    """

    header_line: int
    columns: list[str]
    encoding: str
    delimiter: str
    sheet: str
    names: list[str] = field(repr=False)
    _rows: Iterator[Row] = field(repr=False)
    notes: list[Note] = field(default_factory=list)
    # What is above the header, a line each, with the sheet's name before it: titles, and of which day the table is.
    above: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def unknown_columns(self, known: Collection[str]) -> list[str]:
        """The columns, as written, that are not among the folded names `known`."""
        return [column for column, name in zip(self.columns, self.names, strict=True) if name not in known]

    def has(self, name: str) -> bool:
        return name in self.names


# --- the header ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Header:
    line: int
    names: list[str]
    columns: list[str]
    places: list[int]
    # Cells of the whole header row, unnamed ones too.
    width: int
    # A wanted column, and its text as it is written: where it comes again, a second header begins.
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
        """The header, if these cells are it. Raises WrongFile where a wanted name is there twice, side by side."""
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
                        f"{column_letter(first)} and {column_letter(place)}: two tables are side by "
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


def above(rows: Iterable[Sequence[str]], header_line: int) -> list[str]:
    """The rows above the header as lines of text, empty ones left out."""
    told = (" ".join(" ".join(cells).split()) for cells in islice(rows, header_line - 1))
    return [line for line in told if line]


# --- rows ----------------------------------------------------------------------------------------------------------


def open_table(
    path: Path,
    *,
    kind_name: str,
    required: Collection[str],
    aliases: Mapping[str, str] | None = None,
    read: Collection[str] | None = None,
    days: Collection[str] = (),
) -> Table:
    """The table in a text file whose header has every name of `required`; `aliases` maps other names to those used.

    Of the columns `read` (all, where it is not given) a cell must hold what it shows; those of `days` are days, never
    month first. Raises WrongFile with a sentence: see its codes.
    """
    wanted = Wanted.of(kind_name, required, aliases)
    text = examine(path, kind_name)
    nearest: list[str] = []
    for delimiter in DELIMITERS:
        with opened(path, text) as source:
            header, close = find_header(rows_of(lines(source, text), delimiter), wanted)
        if header:
            reading = _Reading(path.name, "", header, read, days)
            table = reading.table(
                _read_text(path, text, delimiter, reading), encoding=text.encoding, delimiter=delimiter
            )
            with opened(path, text) as source:
                table.above = above(rows_of(lines(source, text), delimiter), header.line)
            return table
        if len(close) > len(nearest):
            nearest = close
    raise wanted.not_found(path.name, nearest, "")


class _Reading:
    """One table while its rows are read: what its header says of them, and what they say together."""

    def __init__(
        self, file_name: str, sheet: str, header: _Header, read: Collection[str] | None, days: Collection[str]
    ) -> None:
        self.file_name = file_name
        self.sheet = sheet
        self.header = header
        # By name, as the file has it written.
        self.written = dict(zip(header.names, header.columns, strict=True))
        matter = {fold(name) for name in read} if read is not None else set(header.names)
        self.places = [(name, place) for name, place in zip(header.names, header.places, strict=True) if name in matter]
        self.days = Days([name for name in header.names if name in set(days)], real_dates=bool(sheet))
        self.notes: list[Note] = []

    def table(self, rows: Iterator[Row], *, encoding: str = "", delimiter: str = "") -> Table:
        header = self.header
        return Table(
            header.line, header.columns, encoding, delimiter, self.sheet, header.names, self._whole(rows), self.notes
        )

    def _whole(self, rows: Iterator[Row]) -> Iterator[Row]:
        yield from rows
        if reason := self.days.month_first():
            raise WrongFile(f"{self.where}, {reason}", code="month_first")
        self.notes += [Note(None, "open_ended", reason) for _, reason in self.days.open_ended()]

    @property
    def where(self) -> str:
        return f"{self.file_name}, sheet “{self.sheet}”" if self.sheet else self.file_name

    def raw(self, row: Sequence[str]) -> Cells:
        """A refused row's cells by the header, and what was beyond it."""
        header = self.header
        raw = {name: row[place] for name, place in zip(header.names, header.places, strict=True) if place < len(row)}
        beyond = [cell for cell in row[header.width :] if cell.strip()]
        if beyond:
            raw["(beyond the header)"] = " | ".join(beyond)
        return raw

    def refused(self, line: int, row: Sequence[str], code: str, reason: str) -> Row:
        return line, RefusedRow(line, "", code, reason, self.raw(row))

    def second_header(self, line: int) -> WrongFile:
        return WrongFile(
            f"{self.where}{',' if self.sheet else ''} holds two tables: one header is on line {self.header.line}, "
            f"another on line {line}. Keep one to a sheet.",
            code="two_tables",
        )


def _read_text(path: Path, text: Text, delimiter: str, reading: _Reading) -> Iterator[Row]:
    header = reading.header
    names, places = header.names, header.places
    narrowest, widest = places[-1] + 1, header.width
    straight = places == list(range(narrowest))
    pick = itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)
    key, key_column = header.key, header.key_column
    see = reading.days.see if reading.days.columns else None
    # A short last line of a file that does not end its last line: perhaps it was cut off, and with it the file.
    held: tuple[int, list[str]] | None = None
    before: list[str] = []
    after_gap = torn = False
    numbered: bool | None = None
    widths = range(narrowest, widest + 1)
    with opened(path, text) as source:
        for line, row in enumerate(rows_of(lines(source, text), delimiter, widths=widths, header=header.line), 1):
            if line <= header.line:
                continue
            if not (row and (row[0] or any(row))) or "".join(row).isspace():
                after_gap = True
                continue
            if held:
                yield _wrong_cells(reading, *held)
                held = None
            if type(row) is not list:
                torn = True
                refused = _torn(reading, line, row)
                if refused:
                    yield refused
                    continue
            if row[0][:1] in _TOTAL_BEGINS and _is_total(row):
                yield reading.refused(line, row, "totals_row", _TOTALS_REASON)
            elif narrowest <= len(row) <= widest:
                if (row[key] == key_column and header.same(row)) or (
                    after_gap and numbered and not torn and _reads_as_header(row, key)
                ):
                    raise reading.second_header(line)
                if after_gap:
                    after_gap = _is_title(row)
                if line == header.line + 1 and _is_ruled(row):
                    continue
                if numbered is None:
                    numbered = _has_figure(row[key])
                if text.errors and (wrong := _error_in(row, reading)):
                    yield reading.refused(line, row, *wrong)
                    continue
                before = row
                cells = dict(zip(names, row if straight else pick(row), strict=False))
                if see:
                    see(line, cells)
                yield line, cells
            elif len(row) < narrowest and not text.ends_with_line:
                held = line, row
            else:
                yield _wrong_cells(reading, line, row)
    if held:
        line, row = held
        like = bool(before) and shape(row[0]) == shape(before[0])
        if sum(1 for cell in row if cell.strip()) > 1 and (like or not before):
            raise WrongFile(
                f"{path.name} stops in the middle of line {line}: it was cut off. Fetch it again.",
                code="truncated_file",
            )
        yield _wrong_cells(reading, line, row, " If the file was cut off there, fetch it again." if like else "")


def _wrong_cells(reading: _Reading, line: int, row: Sequence[str], more: str = "") -> Row:
    return reading.refused(
        line,
        row,
        "wrong_cells",
        f"The row has {len(row)} cell{'' if len(row) == 1 else 's'}, its header {reading.header.width}: which cell "
        f"belongs to which column cannot be known.{more}",
    )


def _torn(reading: _Reading, line: int, row: list[str]) -> Row | None:
    """The refusal of a line whose quotation marks do not pair; None, and a note, where it can be read one way only."""
    if not isinstance(row, TornRow):
        return None
    header = reading.header
    if row.cut:
        raise WrongFile(
            f"{reading.file_name}: a quotation mark opened on line {line} is never closed, and the file stops in the "
            "middle of a line: it was cut off. Fetch it again.",
            code="truncated_file",
        )
    if row.either:
        return reading.refused(
            line,
            row,
            "unpaired_quotes",
            f"Quotation marks take lines {row.first} to {row.last} together into one cell, which has as many separators"
            " as whole rows: whether they are rows or one text cannot be known. Put the quotation marks right.",
        )
    if len(row) not in (header.width, header.places[-1] + 1):
        return reading.refused(
            line,
            row,
            "unpaired_quotes",
            f"The quotation marks of line {line} do not pair, and without them it has {len(row)} cells, its header "
            f"{header.width}. Put the quotation marks right.",
        )
    reading.notes.append(
        Note(line, "unpaired_quotes", f"The quotation marks of line {line} do not pair: they are read as text.")
    )
    return None


_TOTALS = frozenset(
    {"total", "totals", "grand total", "grand totals", "sub total", "subtotal", "sub-total", "sum", "count", "average"}
)
_TOTAL_BEGINS = frozenset({"", " ", *"TtGgSsCcAa"})
_TOTALS_REASON = "The row is a total of others, and no row of its own."


def _is_total(row: Sequence[str]) -> bool:
    first = next((cell for cell in row if cell.strip()), "")
    return len(first) < 30 and fold(first).rstrip(":") in _TOTALS


def _is_ruled(row: Sequence[str]) -> bool:
    """Nothing but dashes: the line that some programs draw under their header."""
    return not "".join(row).strip("- \t") and all(cell.strip() for cell in row)


def _error_in(row: Sequence[str], reading: _Reading) -> tuple[str, str] | None:
    for name, place in reading.places:
        if row[place].strip() in ERROR_CELLS:
            return "error_cell", _error_reason(reading.written[name], row[place].strip())
    return None


def _error_reason(column: str, shows: str) -> str:
    return (
        f"{column}: the cell holds the error {shows} of a spreadsheet, and no value. Put the formula right, or hand in "
        "the list that it was made from."
    )


# --- rows of a sheet -----------------------------------------------------------------------------------------------


def sheet_table(
    rows: Iterator[Sequence[str]],
    *,
    header: _Header,
    file_name: str,
    sheet: str,
    read: Collection[str] | None = None,
    days: Collection[str] = (),
) -> Table:
    """The table of a sheet, given all its rows from the first; cells to the right of its header are left out."""
    reading = _Reading(file_name, sheet, header, read, days)
    return reading.table(_read_sheet(rows, reading))


def _read_sheet(rows: Iterator[Sequence[str]], reading: _Reading) -> Iterator[Row]:
    header = reading.header
    names, places = header.names, header.places
    after_gap = False
    numbered: bool | None = None
    for line, row in enumerate(rows, 1):
        if line <= header.line:
            continue
        if wrong := _without_value(row, reading):
            yield reading.refused(line, row, *wrong)
            continue
        cells = {name: row[place] if place < len(row) else "" for name, place in zip(names, places, strict=True)}
        if not any(cell.strip() for cell in cells.values()):
            after_gap = True
            continue
        if _is_total(row):
            yield reading.refused(line, row, "totals_row", _TOTALS_REASON)
            continue
        if header.same(row) or (after_gap and numbered and _reads_as_header(row, header.key)):
            raise reading.second_header(line)
        after_gap = after_gap and _is_title(row)
        if line == header.line + 1 and _is_ruled([cell for cell in cells.values() if cell]):
            continue
        if numbered is None:
            numbered = header.key < len(row) and _has_figure(row[header.key])
        if reading.days.columns:
            reading.days.see(line, cells)
        yield line, cells


def _without_value(row: Sequence[str], reading: _Reading) -> tuple[str, str] | None:
    """The code and sentence of a cell that matters and does not hold what it shows."""
    for name, place in reading.places:
        cell = row[place] if place < len(row) else ""
        column = reading.written[name]
        if isinstance(cell, NoValue):
            if cell.kind == sheet_marks.MERGED:
                return "merged_cells", (
                    f"{column}: the cell is merged with others, so the sheet shows one value for them all and holds it "
                    "in one of them only. Undo the merging, and give each row its own value."
                )
            if cell.kind == sheet_marks.NO_RESULT:
                return "no_result", (
                    f"{column}: the cell is a formula whose result the file does not hold. Open the file in a "
                    "spreadsheet program, and save the sheet as CSV with its values."
                )
            return "error_cell", _error_reason(column, cell)
        if cell in ERROR_CELLS:
            return "error_cell", _error_reason(column, cell)
    return None


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
