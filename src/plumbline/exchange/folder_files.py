"""Which file of those handed in is of which kind: by name, in a folder, a zip, or the sheets of a workbook."""

import filecmp
import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from plumbline.exchange.cells import fold
from plumbline.exchange.folder_kinds import Kind
from plumbline.exchange.handed_in import ENDINGS, Given, store
from plumbline.exchange.readers import Note, Table, open_table
from plumbline.exchange.spreadsheets import open_workbook
from plumbline.exchange.text_files import is_spreadsheet
from plumbline.exchange.wrong_files import WrongFile
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import day_here

# What a download or a copy adds to a name, and what a database puts before it.
_BEFORE, _AFTER = r"(?:\w+\.)*", r"(?: ?\(\d+\)| ?- ?copy(?: ?\(\d+\))?)?"

# Kinds of file that are known, and refused with what to do.
_OLD_ENDINGS = (".xls", ".xlsb")
# The same can be said of thousands of rows: so many are said one by one.
_MOST_ALIKE = 20


@dataclass(frozen=True, slots=True)
class Source:
    """The table of one kind: a file, and the sheet of it where it has several kinds."""

    path: Path
    sheet: str = ""

    @property
    def name(self) -> str:
        return f"{self.path.name}, sheet “{self.sheet}”" if self.sheet else self.path.name


@dataclass(slots=True)
class Found:
    """What was handed in, by kind in the order of being taken. `wrong`: kinds that no one file can be taken for."""

    sources: dict[str, Source] = field(default_factory=dict)
    wrong: dict[str, WrongFile] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def newest_day(self) -> date:
        newest = max(source.path.stat().st_mtime for source in self.sources.values())
        return day_here(datetime.fromtimestamp(newest, tz=UTC))

    def count_lines(self) -> int:
        """Lines of text, for the progress bar: nothing else counts them."""
        total = 0
        for source in self.sources.values():
            with source.path.open("rb") as content:
                total += sum(block.count(b"\n") for block in iter(lambda: content.read(1 << 20), b""))
        return total


@contextmanager
def found_in(given: Path, kinds: Collection[str], *, what: str) -> Iterator[Found]:
    """The files of `kinds` in a folder, a zip or a workbook; what is in a zip is there while the context lasts.

    Raises RuleBroken: no_folder (there is nothing), nothing_to_read (none of the files is there), and as
    `handed_in.store` does for a zip.
    """
    if not given.exists():
        raise RuleBroken(f"There is no folder or file “{given.name}”.", code="no_folder")
    with ExitStack() as stack:
        files = sorted(path for path in given.iterdir() if path.is_file()) if given.is_dir() else [given]
        for path in [each for each in files if _is_zip(each)]:
            folder = Path(stack.enter_context(TemporaryDirectory())) / "unpacked"
            with path.open("rb") as content:
                store([Given(f"{path.stem}.zip", content)], folder)
            files.remove(path)
            files += sorted(folder.iterdir())
        found = _find(files, list(kinds), what)
        if not found.sources and not found.wrong:
            listed = ", ".join(f"{name}.csv" for name in kinds)
            seen = f" It has {', '.join(path.name for path in files[:20])}." if files else " It is empty."
            raise RuleBroken(
                f"What was given holds none of the files of {what}: {listed}.{seen}", code="nothing_to_read"
            )
        if given.is_dir():
            inside = (each.name for each in sorted(given.iterdir()) if each.is_dir() and not each.name.startswith("."))
            found.notes += [_note(name, "file_not_read", f"The folder “{name}” in it is not read.") for name in inside]
        yield found


def _is_zip(path: Path) -> bool:
    """Whether it is a zip of files, and no spreadsheet, which is packed the same way."""
    if path.suffix.casefold() == ".zip":
        return True
    if path.suffix.casefold() in ENDINGS or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as packed:
        return not {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & set(packed.namelist())


def _find(files: list[Path], kinds: list[str], what: str) -> Found:
    candidates: dict[str, list[Source]] = {}
    found = Found()
    for path in files:
        name = _kind_named(path.name, kinds)
        if name:
            candidates.setdefault(name, []).append(Source(path))
        elif not path.name.startswith(".") and not _sheets_of(path, kinds, candidates, found):
            found.notes.append(
                _note(path.name, "file_not_read", f"{path.name} is not read: it is none of the files of {what}.")
            )
    for name in kinds:
        if several := candidates.get(name):
            _choose(name, several, found)
    return found


def _kind_named(file_name: str, kinds: Collection[str]) -> str:
    """The kind that a file's name is of, or ""."""
    stem, _, ending = file_name.casefold().rpartition(".")
    if f".{ending}" not in (*ENDINGS, *_OLD_ENDINGS):
        return ""
    return next((name for name in kinds if re.fullmatch(_BEFORE + re.escape(name) + _AFTER, stem.strip())), "")


def _sheets_of(path: Path, kinds: list[str], candidates: dict[str, list[Source]], found: Found) -> bool:
    """Whether it is a workbook with a kind to a sheet."""
    if path.suffix.casefold() not in (".xlsx", ".xlsm", ".ods") or not is_spreadsheet(path):
        return False
    try:
        book = open_workbook(path)
    except WrongFile:
        return False
    named = {sheet: next((name for name in kinds if fold(sheet) in (name, name[:31])), "") for sheet in book.sheets}
    if not any(named.values()):
        return False
    for sheet, name in named.items():
        if name and sheet not in book.hidden:
            candidates.setdefault(name, []).append(Source(path, sheet))
        else:
            why = "it is hidden" if sheet in book.hidden else "its name is of no kind"
            found.notes.append(_note(path.name, "sheet_not_read", f"The sheet “{sheet}” is not read: {why}."))
    return True


def _choose(name: str, several: list[Source], found: Found) -> None:
    """One file for the kind; two with the same content are one, and two with other content are none."""
    exact = [source for source in several if source.path.stem.casefold() == name]
    first = (exact or several)[0]
    others = [source for source in several if source is not first]
    if any(other.sheet or not filecmp.cmp(first.path, other.path, shallow=False) for other in others):
        listed = ", ".join(source.name for source in several)
        found.wrong[name] = WrongFile(
            f"{listed}: these are all of the kind {name}, and differ. Keep the one that is meant.", code="two_files"
        )
        return
    found.sources[name] = first
    for other in others:
        reason = f"{other.name} is not read: it is the same as {first.name}."
        found.notes.append(_note(other.path.name, "file_not_read", reason))


def _note(file: str, code: str, reason: str) -> dict[str, Any]:
    return Note(None, code, reason).as_json(file)


def open_source(kind: Kind, source: Source) -> Table:
    """The table of a file of this kind. Raises WrongFile; two_tables also where two sheets hold it."""
    days = [cell.column for cell in kind.cells if cell.type == "date"]
    columns = [cell.column for cell in kind.cells]
    if not is_spreadsheet(source.path):
        table = open_table(source.path, kind_name=kind.called, required=kind.required, read=columns, days=days)
        return _with_either(kind, source, table)
    book = open_workbook(source.path)
    visible = [sheet for sheet in book.sheets if sheet not in book.hidden]
    among = [source.sheet] if source.sheet else [sheet for sheet in visible if fold(sheet) == kind.name] or visible
    tables = book.tables(kind_name=kind.called, required=kind.required, among=among, read=columns, days=days)
    if len(tables) > 1:
        listed = " and ".join(f"“{table.sheet}”" for table in tables)
        raise WrongFile(f"{source.path.name} has {kind.called} in the sheets {listed}. Keep one.", code="two_tables")
    table = tables[0]
    hidden = [sheet for sheet in book.hidden if not source.sheet]
    if hidden:
        listed = ", ".join(f"“{sheet}”" for sheet in sorted(hidden))
        table.notes.append(Note(None, "sheet_not_read", f"Hidden sheets are not read: {listed}."))
    return _with_either(kind, source, table)


def _with_either(kind: Kind, source: Source, table: Table) -> Table:
    if kind.either and not any(table.has(column) for column in kind.either):
        raise WrongFile(
            f"{source.name} is not {kind.called}: its header has none of the columns {', '.join(kind.either)}."
        )
    return table


def said(file: str, notes: Sequence[Note]) -> list[dict[str, Any]]:
    """Notes about one file as an answer has them: of many alike, the first and how many more."""
    alike = Counter(note.code for note in notes)
    left = dict.fromkeys(alike, _MOST_ALIKE)
    listed = []
    for note in notes:
        left[note.code] -= 1
        if left[note.code] >= 0:
            listed.append(note.as_json(file))
    return listed + [
        Note(None, code, f"… and {count - _MOST_ALIKE:,} more of the kind.").as_json(file)
        for code, count in alike.items()
        if count > _MOST_ALIKE
    ]
