"""The rows of a text file, however its quotation marks are placed.

Read strictly: a quotation mark that does not pair must not swallow the rows after it. Where the marks can be read only
line by line, each line is a row of its own, split at its delimiters. Where a cell may as well be a text with line
breaks as whole rows, both readings are possible, and none is taken.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator

# A cell longer than this is a quotation mark that was never closed: the longest of a spreadsheet has 32,767 characters.
LONGEST_CELL = 131_072


class TornRow(list[str]):
    """One line whose quotation marks do not pair with the rest, split at its delimiters.

    `first` and `last`: the rows between which the marks are. `either`: it may also be part of a longer cell.
    `cut`: a mark is open where the file ends, and its last line is no whole row.
    """

    def __init__(self, cells: Iterable[str], *, first: int, last: int, either: bool, cut: bool) -> None:
        super().__init__(cells)
        self.first = first
        self.last = last
        self.either = either
        self.cut = cut


class _Lines:
    """The lines of the file, those of the row in hand kept, and any given back to come again."""

    def __init__(self, source: Iterable[str]) -> None:
        self.held: list[str] = []
        self._source = iter(source)
        self._again: deque[str] = deque()

    def rows(self, delimiter: str) -> Iterator[list[str]]:
        """Rows from here on. Begin again after an error, and after giving lines back."""
        return csv.reader(self._each(), delimiter=delimiter, strict=True)

    def _each(self) -> Iterator[str]:
        held, again = self.held, self._again
        while again:
            line = again.popleft()
            held.append(line)
            yield line
        for line in self._source:
            held.append(line)
            yield line

    def give_back(self, lines: list[str]) -> None:
        self._again.extendleft(reversed(lines))


def rows_of(source: Iterable[str], delimiter: str, *, widths: range = range(0), header: int = 0) -> Iterator[list[str]]:
    """Each row, and a TornRow for each line that is none by its quotation marks.

    A row after the one numbered `header` has so many cells as `widths` allows; where that is not given, no cell is
    taken for rows.
    """
    csv.field_size_limit(LONGEST_CELL)
    lines = _Lines(source)
    held = lines.held
    number = 0
    more = True
    while more:
        more = at_end = False
        try:
            for row in lines.rows(delimiter):
                if len(held) > 1 and widths and number >= header and _holds_rows(row, held, delimiter, widths[0]):
                    if len(row) not in widths:
                        # Not even read together are they a row: line by line is the only reading.
                        more = True
                        break
                    first, last = number + 1, number + len(held)
                    for line in held:
                        yield TornRow(_split(line, delimiter), first=first, last=last, either=True, cut=False)
                    number = last
                else:
                    number += 1
                    yield row
                held.clear()
        except csv.Error as error:
            more, at_end = True, "unexpected end" in str(error)
        if more:
            number += 1
            whole = len(held) > 1 and len(_split(held[-1], delimiter)) in widths
            cut = at_end and not whole and not held[-1].endswith(("\n", "\r"))
            yield TornRow(_split(held[0], delimiter), first=number, last=number, either=False, cut=cut)
            lines.give_back(held[1:])
            held.clear()


def _holds_rows(row: list[str], held: list[str], delimiter: str, width: int) -> bool:
    """Whether a cell with a line break in it may be rows: as many delimiters as the header has, or nearly.

    Every line has them; or a whole line inside the cell; or the cell, and a line begins as the row does.
    """
    nearly = max(width - 2, 1)
    if all(line.count(delimiter) >= nearly for line in held):
        return True
    for cell in row:
        if "\n" not in cell and "\r" not in cell:
            continue
        if any(line.count(delimiter) >= nearly for line in list(io.StringIO(cell, newline=None))[1:-1]):
            return True
        enough = cell.count(delimiter) >= nearly
        if any(_begins_alike(line, row[0], delimiter, enough=enough) for line in held[1:]):
            return True
    return False


def _begins_alike(line: str, first: str, delimiter: str, *, enough: bool) -> bool:
    """Whether the line begins as the row does: with the same words, or an identifier of the same pattern. A plain
    number, or a word, may begin a line of any text: then only in a cell with delimiters `enough`.
    """
    begins = line.partition(delimiter)[0].strip('"\r\n')
    pattern = shape(first)
    if "9" not in pattern:
        return enough and bool(pattern) and begins == first
    return shape(begins) == pattern and (enough or "A" in pattern)


def shape(cell: str) -> str:
    """An identifier's pattern: P0042 and P7 are alike."""
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", cell.strip()))


def _split(line: str, delimiter: str) -> list[str]:
    """The line at its delimiters alone; a cell that is quoted as a whole without its marks."""
    return [
        cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
        for cell in line.rstrip("\r\n").split(delimiter)
    ]
