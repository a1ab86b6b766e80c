"""Files as someone hands them in on the page: checked for name and size, unpacked with limits, never executed."""

import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from plumbline.kernel.errors import RuleBroken

ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".ods")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Limits:
    """`bytes` counts what a zip unpacks to, however small it came."""

    files: int = 40
    bytes: int = 2_000_000_000


LIMITS = Limits()


@dataclass(frozen=True)
class Given:
    """One file as it came: the name that the sender's machine gave it, and its content."""

    name: str
    content: IO[bytes]


def store(
    given: Iterable[Given], folder: Path, *, limits: Limits = LIMITS, endings: tuple[str, ...] = ENDINGS
) -> list[str]:
    """Write the files, and those inside a zip, into the new folder; their names, sorted.

    Raises RuleBroken with the reason and leaves no folder behind: unsafe_name, wrong_ending, too_many_files,
    too_large, bad_zip, two_of_one_name, nothing_handed_in.
    """
    folder.mkdir(parents=True)
    try:
        written: dict[str, str] = {}
        left = limits.bytes
        for name, content in _each(given):
            safe = safe_name(name, endings=endings)
            if safe.casefold() in written:
                raise RuleBroken(f"There are two files called {safe}. Hand in one.", code="two_of_one_name")
            if len(written) >= limits.files:
                raise RuleBroken(f"Hand in no more than {limits.files} at a time.", code="too_many_files")
            left = _write(content, folder / safe, left=left, limits=limits)
            written[safe.casefold()] = safe
        if not written:
            raise RuleBroken("No file was handed in.", code="nothing_handed_in")
    except (RuleBroken, zipfile.BadZipFile, OSError) as wrong:
        shutil.rmtree(folder)
        if isinstance(wrong, zipfile.BadZipFile):
            raise RuleBroken("The zip cannot be unpacked: it is damaged or cut off.", code="bad_zip") from wrong
        raise
    return sorted(written.values())


def safe_name(name: str, *, endings: tuple[str, ...] = ENDINGS) -> str:
    """The last part of a name, if it can be that of a file of ours. Raises RuleBroken."""
    last = PurePosixPath(name.replace("\\", "/")).name
    if not re.fullmatch(r"[\w][\w .()&+,'-]{0,150}", last):
        raise RuleBroken(f"A file cannot be called “{last[:60]}” here. Rename it.", code="unsafe_name")
    if PurePosixPath(last).suffix.lower() not in endings:
        raise RuleBroken(
            f"{last} is none of the kinds that are read here: {', '.join(endings)}, or a zip of these.",
            code="wrong_ending",
        )
    return last


def _each(given: Iterable[Given]) -> Iterator[tuple[str, IO[bytes]]]:
    for one in given:
        if PurePosixPath(one.name).suffix.lower() == ".zip":
            yield from _inside(one)
        else:
            yield one.name, one.content


def _inside(given: Given) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(given.content) as archive:
        for entry in archive.infolist():
            parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
            # What a Mac adds, and other things that people do not see.
            if entry.is_dir() or any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts):
                continue
            if entry.flag_bits & 1:
                raise RuleBroken("The zip is locked with a password. Hand it in without.", code="bad_zip")
            try:
                with archive.open(entry) as content:
                    yield entry.filename, content
            except NotImplementedError as wrong:
                raise RuleBroken("The zip is packed in a way that is not read here.", code="bad_zip") from wrong


def _write(content: IO[bytes], target: Path, *, left: int, limits: Limits) -> int:
    with target.open("xb") as out:
        while block := content.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise RuleBroken(
                    f"These files hold more than {limits.bytes // 1_000_000:,} MB. Use the command for them.",
                    code="too_large",
                )
            out.write(block)
    target.chmod(0o600)
    return left
