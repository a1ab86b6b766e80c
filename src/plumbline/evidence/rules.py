"""Which files are taken as evidence, known by what they hold and not by what they are called; and when they expire."""

import mimetypes
import unicodedata
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from plumbline.evidence import files
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken

LARGEST = 10 * 1024 * 1024
ACCEPTED = "PDF, Word (.docx), Excel (.xlsx), PNG or JPEG"
ENDINGS = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg"
# How long ahead a document that will expire is flagged.
EXPIRING_WITHIN = timedelta(days=30)

# Endings that say of what kind a file is; "minutes v1.2" has none. From Python's own table: the same on every machine.
_KNOWN = frozenset(mimetypes.MimeTypes().types_map[True]) | {
    ".docx",
    ".docm",
    ".dotx",
    ".xlsx",
    ".xlsm",
    ".xltx",
    ".jfif",
    ".exe",
    ".scr",
    ".com",
    ".msi",
    ".lnk",
    ".hta",
    ".vbs",
    ".ps1",
    ".cmd",
    ".jar",
    ".iso",
    ".7z",
    ".rar",
    ".gz",
    ".heic",
    ".odt",
    ".ods",
    ".php",
}
# Names that a Windows machine keeps for devices.
_DEVICES = frozenset({"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)})


def too_large(size: int) -> str:
    """What is said of a file of so many bytes that is larger than what is kept; "" where it is not."""
    if size <= LARGEST:
        return ""
    return (
        f"The file is larger than {LARGEST // (1024 * 1024)} MB: it has {-(-size // (1024 * 1024)):,} MB. Attach the "
        "pages that matter, or save it smaller."
    )


def check_file(content: bytes, file_name: str = "") -> tuple[str, str]:
    """The media type and the ending of a file. Raises RuleBroken: empty_file, too_large, disguised_file (it is called
    as another kind than it is), and for what it holds see files.kind_of."""
    if not content:
        raise RuleBroken("The file is empty.", code="empty_file")
    if wrong := too_large(len(content)):
        raise RuleBroken(wrong, code="too_large")
    kind = files.kind_of(content)
    called = PurePosixPath(_last_part(file_name)).suffix.lower()
    if called in _KNOWN and called not in kind.endings:
        raise RuleBroken(
            f"The file is called {called} and is {kind.name}. Give it its own ending, {kind.endings[0]}, "
            "if it is what you meant to attach.",
            code="disguised_file",
        )
    return kind.media_type, kind.endings[0]


_HARMLESS = frozenset(" -_.,()[]’'")


def safe_stem(file_name: str) -> str:
    """A file's name without folders, ending, and signs that mean something to a machine: harmless to hand out again.

    Letters of every script stay, with the marks that belong to them, and brackets, commas and apostrophes.
    """
    stem = PurePosixPath(_last_part(file_name)).stem
    kept = "".join(c for c in stem if c.isalnum() or c in _HARMLESS or unicodedata.category(c).startswith("M"))
    kept = kept.strip(" .-_")[:150].strip(" .")
    return f"document {kept}" if kept.lower() in _DEVICES else kept or "document"


def _last_part(file_name: str) -> str:
    return file_name.replace("\\", "/").rsplit("/", 1)[-1]


def path_of(folder: Path, sha256: str) -> Path:
    """Where the file with this checksum lies: the same content is kept once."""
    return folder / sha256[:2] / sha256


def details(*, period_from: date | None, period_to: date | None, expires_on: date | None) -> str:
    """Why what is said about a document cannot be so; "" where it can."""
    if period_from and period_to and period_to < period_from:
        return "The period that it speaks for ends before it begins."
    if expires_on and period_from and expires_on < period_from:
        return "It expires before the period that it speaks for begins."
    return ""


def law_change(*, title: str, policies: int, in_force: date, review_by: date) -> str:
    """Why a change in law cannot be entered so; "" where it can."""
    if not title.strip():
        return "Say what has changed."
    if not policies:
        return "Say which policies are to be reviewed for it."
    return "The policies cannot be due for review before the change is in force." if review_by < in_force else ""


def expires(*, title: str, whose: str, expires_on: date, on: date) -> tuple[str, str]:
    """The kind of the flag and its sentence, of a document that expires within the time ahead or has expired."""
    of = f" of {whose}" if whose else ""
    if expires_on < on:
        return (
            "document_expired",
            f"{title}{of} expired on {wording.day(expires_on)}, and nothing newer has been given.",
        )
    return "document_expiring", f"{title}{of} expires on {wording.day(expires_on)}. Ask for its successor."
