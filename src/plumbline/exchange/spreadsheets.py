"""Tables in the sheets of XLSX and ODS files, unpacked by a child process with limits (see sheet_child)."""

import json
import mmap
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from plumbline.exchange import sheet_child
from plumbline.exchange.readers import NoValue, Table, Wanted, above, find_header, sheet_table
from plumbline.exchange.wrong_files import WrongFile

Printed = mmap.mmap | bytes
# How a line of the child begins that begins a sheet.
_SHEET = b"{"


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest of Ofsted's files seen unpacks to 76 MB and is read in under 200 MB of memory and two seconds."""

    unpacked_bytes: int = 500_000_000
    memory_bytes: int = 1_000_000_000
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class Workbook:
    """An unpacked spreadsheet: its sheets' names in their order, those that are hidden, and the tables in them."""

    file_name: str
    hidden: frozenset[str]
    _printed: Printed
    _starts: dict[str, int]

    @property
    def sheets(self) -> list[str]:
        return list(self._starts)

    def tables(
        self,
        *,
        kind_name: str,
        required: Collection[str],
        aliases: Mapping[str, str] | None = None,
        among: Collection[str] | None = None,
        read: Collection[str] | None = None,
        days: Collection[str] = (),
    ) -> list[Table]:
        """The table of every sheet (of those `among`) that has one with the `required` header; `read` and `days` as
        `readers.open_table` has them.

        Numbers come as text without a needless point (`1027077`), days as ISO. Raises WrongFile: no sheet has it
        (bad_header), or a sheet has two, one beside or above the other (two_tables, the latter while reading).
        """
        wanted = Wanted.of(kind_name, required, aliases)
        tables = []
        nearest: list[str] = []
        for name, start in self._starts.items():
            if among is not None and name not in among:
                continue
            header, close = find_header(_rows(self._printed, start), wanted)
            if header:
                rows = _rows(self._printed, start)
                table = sheet_table(rows, header=header, file_name=self.file_name, sheet=name, read=read, days=days)
                table.above = [name, *above(_rows(self._printed, start), header.line)]
                tables.append(table)
            elif len(close) > len(nearest):
                nearest = close
        if not tables:
            where = f" in any of its {len(self._starts)} sheets" if among is None else f" in {', '.join(among)}"
            raise wanted.not_found(self.file_name, nearest, where)
        return tables


def open_workbook(path: Path, *, limits: Limits | None = None) -> Workbook:
    """Raises WrongFile: the file unpacks to too much (too_large), or is no spreadsheet (not_a_table)."""
    printed = _unpack(path, limits or Limits())
    sheets = [(json.loads(line), after) for line, after in _lines(printed, 0) if line.startswith(_SHEET)]
    return Workbook(
        path.name,
        frozenset(about["sheet"] for about, _ in sheets if about["hidden"]),
        printed,
        {about["sheet"]: after for about, after in sheets},
    )


def _unpack(path: Path, limits: Limits) -> Printed:
    """The lines that the child printed; kept in a nameless file, not in memory, and gone with the last reader of it."""
    too_large = WrongFile(
        f"{path.name} unpacks to more than {limits.unpacked_bytes // 1_000_000} MB, or needs more memory or time than "
        "a spreadsheet of lists should: it is not read. Save the one sheet that is wanted as CSV.",
        code="too_large",
    )
    command = [
        sys.executable,
        "-P",
        sheet_child.__file__,
        str(path),
        str(limits.unpacked_bytes),
        str(limits.memory_bytes),
        str(limits.seconds),
    ]
    with tempfile.TemporaryFile() as printed:
        try:
            done = subprocess.run(  # noqa: S603  our own program, and no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.PIPE,
                timeout=limits.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise too_large from None
        if done.returncode == 0:
            return mmap.mmap(printed.fileno(), 0, access=mmap.ACCESS_READ) if printed.seek(0, 2) else b""
    if done.returncode == sheet_child.NO_SPREADSHEET:
        raise WrongFile(f"{path.name} {_what_it_is(path)}", code="not_a_table")
    # A negative status is a signal: the system stopped it at a limit. Status 1 is Python's own lack of memory.
    if done.returncode == sheet_child.TOO_LARGE or done.returncode < 0 or b"MemoryError" in done.stderr:
        raise too_large
    raise RuntimeError(f"reading {path.name} failed: {done.stderr.decode(errors='replace')}")


def _what_it_is(path: Path) -> str:
    """What a packed file that is no spreadsheet is: the rest of a sentence."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
            locked = any(member.flag_bits & 1 for member in packed.infolist()) or (
                "META-INF/manifest.xml" in names and b"encryption-data" in packed.read("META-INF/manifest.xml")
            )
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError):
        return "is not a spreadsheet that can be read (XLSX or ODS): it is damaged or was cut off. Fetch it again."
    if locked:
        return "is locked with a password. Save it without, and try again."
    if "xl/workbook.bin" in names:
        return "is a binary workbook (.xlsb). Save it as XLSX or CSV, and try again."
    if "word/document.xml" in names:
        return "is a Word document. Save the table that it holds as CSV, and try again."
    if any(name in names for name in ("xl/workbook.xml", "content.xml")):
        return "is a spreadsheet that is damaged. Open it in the program that made it, and save it again."
    return "is a zip, not a spreadsheet: unpack it, and give the file that is inside."


def _lines(printed: Printed, start: int) -> Iterator[tuple[bytes, int]]:
    """Each line from `start` on, with the place after it."""
    while (end := printed.find(b"\n", start)) >= 0:
        yield printed[start:end], end + 1
        start = end + 1


def _rows(printed: Printed, start: int) -> Iterator[Sequence[str]]:
    for line, _ in _lines(printed, start):
        if line.startswith(_SHEET):
            return
        row = json.loads(line)
        if b"{" in line:
            row = [cell if isinstance(cell, str) else NoValue(cell["wrong"], cell["shows"]) for cell in row]
        yield row
