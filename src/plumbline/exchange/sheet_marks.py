"""The cells of a spreadsheet that do not hold what they show: part of the program in `sheet_child`, and as bare as it.

Three kinds: `error` (#N/A, #REF! …), `no_result` (a formula whose result the file does not hold) and `merged` (a cell
that shows through several rows or columns). A library that reads values gives all three as empty cells. XLSX and ODS.
"""

import posixpath
import re
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from xml.parsers import expat

ERROR, NO_RESULT, MERGED = "error", "no_result", "merged"
# More marked cells than this are no list.
_MOST_MARKS = 2_000_000
_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)|Err:\d+")
Attributes = dict[str, str]


class Unreadable(ValueError):
    """No spreadsheet whose cells can be looked at, or one with too many marked cells."""


@dataclass(frozen=True, slots=True)
class Mark:
    kind: str
    shows: str = ""


@dataclass(slots=True)
class Marks:
    """By sheet: marked cells by row and column, both from 0, and merged areas (first row, column, last row, column)."""

    cells: dict[str, dict[int, dict[int, Mark]]] = field(default_factory=dict)
    areas: dict[str, list[tuple[int, int, int, int]]] = field(default_factory=dict)
    count: int = 0

    def add(self, sheet: str, row: int, column: int, mark: Mark) -> None:
        self.count += 1
        if self.count > _MOST_MARKS:
            raise Unreadable("too many cells without a value")
        self.cells.setdefault(sheet, {}).setdefault(row, {})[column] = mark

    def by_row(self, sheet: str, *, height: int, width: int) -> dict[int, dict[int, Mark]]:
        """The marks of a sheet, within its height and width."""
        found: dict[int, dict[int, Mark]] = defaultdict(dict)
        for first, left, last, right in self.areas.get(sheet, ()):
            for row in range(first, min(last + 1, height)):
                for column in range(left, min(right + 1, width)):
                    found[row][column] = Mark(MERGED)
        for row, marks in self.cells.get(sheet, {}).items():
            found[row].update(marks)
        return found


def of_file(path: str) -> Marks:
    with zipfile.ZipFile(path) as packed:
        names = set(packed.namelist())
        if "xl/workbook.bin" in names:
            raise Unreadable("a binary workbook")
        marks = Marks()
        if "content.xml" in names:
            _Ods(marks).read(packed.read("content.xml"))
        for sheet, member in _members(packed, names):
            content = packed.read(member)
            # Most sheets have none of these, and need no second reading.
            if re.search(rb"""<(\w+:)?f[ />]|\bt=["']e["']|mergeCell""", content):
                _Xlsx(marks, sheet).read(content)
        return marks


def _members(packed: zipfile.ZipFile, names: set[str]) -> list[tuple[str, str]]:
    """The sheets of an XLSX file: name, and the member that holds it."""
    # The package says where the workbook is; nearly all have it here.
    workbook, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if workbook not in names or relations not in names:
        return []
    targets = {each.get("Id", ""): each.get("Target", "") for each in _elements(packed.read(relations), "Relationship")}
    found = []
    for sheet in _elements(packed.read(workbook), "sheet"):
        relation = next((value for name, value in sheet.items() if name.rpartition(":")[2] == "id"), "")
        target = targets.get(relation, "")
        member = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        if member in names:
            found.append((sheet.get("name", ""), member))
    return found


def _elements(content: bytes, wanted: str) -> list[Attributes]:
    found: list[Attributes] = []

    def start(name: str, attributes: Attributes) -> None:
        if name.rpartition(":")[2] == wanted:
            found.append(attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    _parse(parser, content)
    return found


def _parse(parser: expat.XMLParserType, content: bytes) -> None:
    def no_entities(*_: object) -> None:
        raise Unreadable("it declares entities")

    parser.EntityDeclHandler = no_entities
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Unreadable(str(error)) from error


_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


def _place(reference: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(reference)
    if not found:
        raise Unreadable(f"no cell: {reference[:20]}")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


class _Xlsx:
    """One worksheet's cells."""

    def __init__(self, marks: Marks, sheet: str) -> None:
        self.marks, self.sheet = marks, sheet
        self.row, self.column = -1, -1
        self.type, self.formula, self.value, self.text = "", False, False, ""
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def read(self, content: bytes) -> None:
        _parse(self.parser, content)

    def start(self, name: str, attributes: Attributes) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self.type, self.formula, self.value, self.text = attributes.get("t", ""), False, False, ""
            if "r" in attributes:
                self.row, self.column = _place(attributes["r"])
            else:
                self.column += 1
        elif local == "row":
            self.row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self.row + 1
            self.column = -1
        elif local == "f":
            self.formula = True
        elif local in ("v", "is"):
            # A text that a formula gave can be an empty one; any other result cannot.
            self.value = local == "is" or self.type == "str"
            self.parser.CharacterDataHandler = self.characters
        elif local == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            self.marks.areas.setdefault(self.sheet, []).append((*_place(first), *_place(last or first)))

    def characters(self, text: str) -> None:
        self.value = True
        self.text += text[:40]

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in ("v", "is"):
            self.parser.CharacterDataHandler = None
        elif local == "c":
            if self.type == "e":
                self.marks.add(self.sheet, self.row, self.column, Mark(ERROR, self.text or "#ERROR"))
            elif self.formula and not self.value:
                self.marks.add(self.sheet, self.row, self.column, Mark(NO_RESULT))


class _Ods:
    """The cells of every table of an OpenDocument spreadsheet."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.sheet, self.row, self.column = "", 0, 0
        self.rows, self.columns, self.attributes, self.text = 1, 1, Attributes(), ""
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def read(self, content: bytes) -> None:
        if any(each in content for each in (b"table:formula", b"-spanned=", b'value-type="error"')):
            _parse(self.parser, content)

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "table:table":
            self.sheet, self.row = attributes.get("table:name", ""), 0
        elif name == "table:table-row":
            self.rows, self.column = int(attributes.get("table:number-rows-repeated", "1")), 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.columns = int(attributes.get("table:number-columns-repeated", "1"))
            self.attributes, self.text = attributes, ""
        elif name == "text:p" and "table:formula" in self.attributes:
            self.parser.CharacterDataHandler = self.characters

    def characters(self, text: str) -> None:
        self.text += text[:40]

    def end(self, name: str) -> None:
        if name == "table:table-row":
            self.row += self.rows
        elif name == "text:p":
            self.parser.CharacterDataHandler = None
        elif name in ("table:table-cell", "table:covered-table-cell"):
            if mark := self._mark():
                for row in range(self.row, self.row + self.rows):
                    for column in range(self.column, self.column + self.columns):
                        self.marks.add(self.sheet, row, column, mark)
            down = int(self.attributes.get("table:number-rows-spanned", "1"))
            across = int(self.attributes.get("table:number-columns-spanned", "1"))
            if down > 1 or across > 1:
                area = (self.row, self.column, self.row + down - 1, self.column + across - 1)
                self.marks.areas.setdefault(self.sheet, []).append(area)
            self.column += self.columns
            self.attributes = Attributes()

    def _mark(self) -> Mark | None:
        said = self.attributes
        if said.get("calcext:value-type") == "error":
            return Mark(ERROR, self.text or "#ERROR")
        if "table:formula" not in said:
            return None
        if _ERROR.fullmatch(self.text):
            return Mark(ERROR, self.text)
        if "office:value-type" not in said and not self.text:
            return Mark(NO_RESULT)
        return None
