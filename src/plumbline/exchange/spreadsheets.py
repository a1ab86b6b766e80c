"""Tables in the sheets of XLSX and ODS files, unpacked by a child process with limits (see sheet_child)."""

import json
import mmap
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from plumbline.exchange import sheet_child
from plumbline.exchange.readers import (
    Table,
    Wanted,
    WrongFile,
    find_header,
    sheet_table,
)

Printed = mmap.mmap | bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest of Ofsted's files seen unpacks to 76 MB and is read in under 200 MB of memory and two seconds."""

    unpacked_bytes: int = 500_000_000
    memory_bytes: int = 1_000_000_000
    seconds: int = 60


def open_sheets(
    path: Path,
    *,
    kind_name: str,
    required: Collection[str],
    aliases: Mapping[str, str] | None = None,
    sheet: str = "",
    limits: Limits | None = None,
) -> list[Table]:
    """The table of every sheet that holds one with the `required` header, or of the one named `sheet`.

    Numbers come as text without a needless point (`1027077`), days as ISO. Raises WrongFile: no sheet has it
    (bad_header), a sheet has two tables one beside or above the other (two_tables, the latter while reading), the file
    unpacks to too much (too_large) or is no spreadsheet (not_a_table).
    """
    wanted = Wanted.of(kind_name, required, aliases)
    printed = _unpack(path, limits or Limits())
    starts = _sheet_starts(printed)
    if sheet and sheet not in starts:
        raise WrongFile(
            f"{path.name} has no sheet “{sheet}”; it has {', '.join(starts)}.",
            code="bad_header",
        )
    tables = []
    nearest: list[str] = []
    for name, start in starts.items():
        if sheet and name != sheet:
            continue
        header, close = find_header(_rows(printed, start), wanted)
        if header:
            tables.append(
                sheet_table(
                    _rows(printed, start),
                    header=header,
                    file_name=path.name,
                    sheet=name,
                )
            )
        elif len(close) > len(nearest):
            nearest = close
    if not tables:
        raise wanted.not_found(
            path.name,
            nearest,
            f" in any of its {len(starts)} sheets" if not sheet else "",
        )
    return tables


def list_sheets(path: Path, *, limits: Limits | None = None) -> list[str]:
    """The names of a spreadsheet's sheets, in their order. Raises WrongFile as `open_sheets` does."""
    return list(_sheet_starts(_unpack(path, limits or Limits())))


def _unpack(path: Path, limits: Limits) -> Printed:
    """The lines that the child printed; kept in a nameless file, not in memory, and gone with the last reader of it."""
    too_large = WrongFile(
        f"{path.name} unpacks to more than {limits.unpacked_bytes // 1_000_000} MB, or needs more memory or time than a "
        "spreadsheet of lists should: it is not read. Save the one sheet that is wanted as CSV.",
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
            done = subprocess.run(
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
        raise WrongFile(
            f"{path.name} is not a spreadsheet that can be read (XLSX or ODS): it is damaged, cut off or of another kind.",
            code="not_a_table",
        )
    # A negative status is a signal: the system stopped it at a limit. Status 1 is Python's own lack of memory.
    if done.returncode == sheet_child.TOO_LARGE or done.returncode < 0 or b"MemoryError" in done.stderr:
        raise too_large
    raise RuntimeError(f"reading {path.name} failed: {done.stderr.decode(errors='replace')}")


def _lines(printed: Printed, start: int) -> Iterator[tuple[bytes, int]]:
    """Each line from `start` on, with the place after it."""
    while (end := printed.find(b"\n", start)) >= 0:
        yield printed[start:end], end + 1
        start = end + 1


def _sheet_starts(printed: Printed) -> dict[str, int]:
    """Where each sheet's first row begins in the printed lines."""
    return {json.loads(line): after for line, after in _lines(printed, 0) if line.startswith(b'"')}


def _rows(printed: Printed, start: int) -> Iterator[list[str]]:
    for line, _ in _lines(printed, start):
        if line.startswith(b'"'):
            return
        yield json.loads(line)
