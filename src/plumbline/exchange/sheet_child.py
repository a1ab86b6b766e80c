"""Unpacks a spreadsheet and prints its cells: a program of its own, run by `spreadsheets` in a process with limits.

Arguments: the file, the most bytes it may unpack to, the most memory in bytes, the most seconds of work.
Prints JSON lines: `{"sheet": "name", "hidden": false}` begins a sheet, `["cell", …]` is the next row of it, every cell
as text (days as ISO). A cell that does not hold what it shows is `{"wrong": kind, "shows": "text"}`: see `sheet_marks`.
Ends with status 0, or 3 (too large, by the bytes counted), or 4 (no spreadsheet). It imports nothing of this project
but `sheet_marks`, which imports nothing: what reads files from outside should reach as little as can be.
"""

import json
import resource
import sys
import zipfile
import zlib
from datetime import date, datetime, time

import python_calamine

from plumbline.exchange import sheet_marks

TOO_LARGE = 3
NO_SPREADSHEET = 4
_BLOCK = 1 << 20
_MOST_MEMBERS = 5_000
# A spreadsheet keeps fifteen figures of a number: an identifier with more is not what was typed.
_EXACT_BELOW = 1e15


def main(path: str, most_unpacked: int, most_memory: int, most_seconds: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_unpacked, most_unpacked))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        if not fits(path, most_unpacked):
            return TOO_LARGE
        print_sheets(path)
    except python_calamine.CalamineError as error:
        sys.stderr.write(str(error))
        # The library's own bound on the cells that a few repeated ones stand for.
        return TOO_LARGE if "limit exceeded" in str(error) else NO_SPREADSHEET
    except (
        zipfile.BadZipFile,
        zlib.error,
        sheet_marks.Unreadable,
        NotImplementedError,
        OSError,
        RuntimeError,
        EOFError,
    ) as error:
        sys.stderr.write(str(error))
        return NO_SPREADSHEET
    return 0


def print_sheets(path: str) -> None:
    book = python_calamine.CalamineWorkbook.from_path(path)
    marks = sheet_marks.of_file(path)
    for about in book.sheets_metadata:
        name = about.name
        # OpenDocument keeps copies of other workbooks' sheets under “'address'#sheet”: not this file's tables.
        if name.startswith("'") and "'#" in name:
            continue
        hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
        sys.stdout.write(json.dumps({"sheet": name, "hidden": hidden}) + "\n")
        try:
            sheet = book.get_sheet_by_name(name)
        except python_calamine.WorksheetNotFound:
            continue  # a chart
        last_row, last_column = sheet.end or (-1, -1)
        of_rows = marks.by_row(name, height=last_row + 1, width=last_column + 1)
        for place, row in enumerate(sheet.iter_rows()):
            cells: list[object] = [text(cell) for cell in row]
            for column, wrong in of_rows.get(place, {}).items():
                cells += [""] * (column + 1 - len(cells))
                cells[column] = {"wrong": wrong.kind, "shows": wrong.shows or cells[column]}
            sys.stdout.write(json.dumps(trimmed(cells)) + "\n")


def fits(path: str, most_unpacked: int) -> bool:
    """Whether all members together unpack to no more; counted as they unpack, since what a file declares can lie."""
    with zipfile.ZipFile(path) as packed:
        members = packed.infolist()
        if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > most_unpacked:
            return False
        total = 0
        for member in members:
            with packed.open(member) as source:
                while block := source.read(_BLOCK):
                    total += len(block)
                    if total > most_unpacked:
                        return False
    return True


def text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if abs(cell) >= _EXACT_BELOW:
            return f"{cell:.14E}"
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def trimmed(row: list[object]) -> list[object]:
    while row and not row[-1]:
        row.pop()
    return row


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *(int(limit) for limit in sys.argv[2:])))
