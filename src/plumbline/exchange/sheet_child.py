"""Unpacks a spreadsheet and prints its cells: a program of its own, run by `spreadsheets` in a process with limits.

Arguments: the file, the most bytes it may unpack to, the most memory in bytes, the most seconds of work.
Prints JSON lines: `"name"` begins a sheet, `["cell", …]` is the next row of it, every cell as text (days as ISO).
Ends with status 0, or 3 (too large, by the bytes counted), or 4 (no spreadsheet). It imports nothing of this project:
what reads files from outside should reach as little as can be.
"""

import json
import resource
import sys
import zipfile
import zlib
from datetime import date, datetime, time

import python_calamine

TOO_LARGE = 3
NO_SPREADSHEET = 4
_BLOCK = 1 << 20
_MOST_MEMBERS = 5_000


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
    for name in book.sheet_names:
        # OpenDocument keeps copies of other workbooks' sheets under “'address'#sheet”: not this file's tables.
        if name.startswith("'") and "'#" in name:
            continue
        sys.stdout.write(json.dumps(name) + "\n")
        try:
            sheet = book.get_sheet_by_name(name)
        except python_calamine.WorksheetNotFound:
            continue  # a chart
        for row in sheet.iter_rows():
            sys.stdout.write(json.dumps(trimmed([text(cell) for cell in row])) + "\n")


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
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *(int(limit) for limit in sys.argv[2:])))
