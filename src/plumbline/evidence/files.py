"""What a file is, by reading it through: its kind, and that it is this kind from its first byte to its last.

A file that is two things at once (a PDF that is also a ZIP, a picture with a page of script behind it) is read as the
one here and as the other somewhere else: it is refused. Plain bytes in, a kind out; no tables, no clock.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

from plumbline.evidence import pdf_actions
from plumbline.kernel import office_parts
from plumbline.kernel.errors import RuleBroken


@dataclass(frozen=True, slots=True)
class Kind:
    """`endings`: what such a file may be called; the first is the one it is given."""

    name: str
    media_type: str
    endings: tuple[str, ...]


PDF = Kind("a PDF", "application/pdf", (".pdf",))
PNG = Kind("a PNG picture", "image/png", (".png",))
JPEG = Kind("a JPEG picture", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"))
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = Kind("a Word file", f"{_OFFICE}wordprocessingml.document", (".docx",))
XLSX = Kind("an Excel file", f"{_OFFICE}spreadsheetml.sheet", (".xlsx",))
KINDS = (PDF, DOCX, XLSX, PNG, JPEG)

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEIC = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
# What an office file unpacks to, counted as it is unpacked: what it says of itself may be false.
MOST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 5000
_BLOCK = 1 << 16
# A page or a program in a place where a browser or a server might run it.
_SCRIPT = re.compile(rb"<script[\s>/]|<html[\s>]|<!doctype\s+html|<iframe[\s>]|<\?php\s", re.IGNORECASE)
_PADDING = b"\0\t\n\x0c\r "


def kind_of(content: bytes) -> Kind:
    """The kind of a file. Raises RuleBroken: wrong_file (none that can be kept), damaged_file, two_in_one, active_file
    (with macros, scripts or what it fetches), locked_file (with a password), bomb (unpacks to too much)."""
    for start, check in _CHECKS:
        if content.startswith(start):
            return check(content)
    if content.startswith(_OLE):
        raise RuleBroken(
            "The file is locked with a password, or is of an old kind of Word or Excel. Save it without a password as "
            ".docx, .xlsx or PDF.",
            code="locked_file",
        )
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        raise RuleBroken(
            "The file is a picture of the kind HEIC, as telephones take them. Send it as JPEG: on an iPhone, choose "
            "Settings, Camera, Formats, Most compatible, or share the picture by e-mail to yourself.",
            code="wrong_file",
        )
    raise RuleBroken(
        "The file is none of those that can be kept: PDF, Word (.docx), Excel (.xlsx), PNG or JPEG.", code="wrong_file"
    )


def _two_in_one(what: str) -> RuleBroken:
    return RuleBroken(
        f"The file is two things at once: {what}. Save it again from the program that made it, and attach that copy.",
        code="two_in_one",
    )


def _damaged(kind: Kind) -> RuleBroken:
    return RuleBroken(f"The file begins as {kind.name} and is cut off or damaged.", code="damaged_file")


def _no_script(content: bytes, kind: Kind) -> None:
    if _SCRIPT.search(content):
        raise _two_in_one(f"{kind.name} and a web page or program")


def _no_archive(content: bytes, kind: Kind) -> None:
    # Both ends of an archive's table: four bytes alone are in many a picture by chance.
    if b"PK\x01\x02" in content and zipfile.is_zipfile(BytesIO(content)):
        raise _two_in_one(f"{kind.name} and a ZIP archive")


def _pdf(content: bytes) -> Kind:
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise _damaged(PDF)
    _no_archive(content, PDF)
    _no_script(content, PDF)
    if content[end + 5 :].strip(_PADDING):
        raise _two_in_one("a PDF, and something else after its end")
    pdf_actions.check(content)
    return PDF


def _png(content: bytes) -> Kind:
    place, last = 8, b""
    while place + 12 <= len(content) and last != b"IEND":
        length = int.from_bytes(content[place : place + 4], "big")
        last = content[place + 4 : place + 8]
        body = content[place + 4 : place + 8 + length]
        place += 12 + length
        if place > len(content) or zlib.crc32(body) != int.from_bytes(content[place - 4 : place], "big"):
            raise _damaged(PNG)
    if last != b"IEND":
        raise _damaged(PNG)
    if content[place:].strip(_PADDING):
        raise _two_in_one("a picture, and something else after its end")
    _no_script(content, PNG)
    return PNG


def _jpeg(content: bytes) -> Kind:
    place = 0
    # Cameras put a second picture behind the first (depth, a larger view): pictures all the way are one thing.
    while content.startswith(b"\xff\xd8\xff", place):
        place = _end_of_picture(content, place)
        while place < len(content) and content[place] in _PADDING:
            place += 1
    if place < len(content):
        raise _two_in_one("a picture, and something else after its end")
    _no_archive(content, JPEG)
    _no_script(content, JPEG)
    return JPEG


def _end_of_picture(content: bytes, start: int) -> int:
    """The place after the end of the JPEG that starts here."""
    place = start + 2
    while place + 2 <= len(content):
        if content[place] != 0xFF:
            raise _damaged(JPEG)
        marker = content[place + 1]
        if marker == 0xD9:
            return place + 2
        if marker == 0xFF:
            place += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            place += 2
        else:
            length = int.from_bytes(content[place + 2 : place + 4], "big")
            if length < 2:
                raise _damaged(JPEG)
            place += 2 + length
            if marker == 0xDA:
                place = _end_of_scan(content, place)
    raise _damaged(JPEG)


def _end_of_scan(content: bytes, place: int) -> int:
    """The next marker after the picture's own bytes, in which 0xFF is only before 0 or a restart."""
    while (place := content.find(b"\xff", place)) >= 0 and place + 1 < len(content):
        if content[place + 1] == 0 or 0xD0 <= content[place + 1] <= 0xD7:
            place += 2
        else:
            return place
    raise _damaged(JPEG)


def _office(content: bytes) -> Kind:
    if b"%PDF-" in content[:1024]:
        raise _two_in_one("a ZIP archive and a PDF")
    _no_script(content[:1024], DOCX)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _office_parts(archive, content)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, ValueError) as wrong:
        raise RuleBroken(
            "The file begins as a ZIP archive or an office file and is cut off or damaged.", code="damaged_file"
        ) from wrong


def _office_parts(archive: zipfile.ZipFile, content: bytes) -> Kind:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS:
        raise _bomb()
    if content[-22 - len(archive.comment) :][:4] != b"PK\x05\x06" or archive.comment:
        raise _two_in_one("an office file, and something else after its end")
    if min((part.header_offset for part in parts), default=1) != 0:
        raise _two_in_one("an office file, and something else before its beginning")
    if any(part.flag_bits & 1 for part in parts):
        raise RuleBroken("The file is locked with a password. Save it without.", code="locked_file")
    if len(set(names)) != len(names) or any(_leaves(name) for name in names):
        raise _damaged(DOCX)
    word, excel = "word/document.xml" in names, "xl/workbook.xml" in names
    if "[Content_Types].xml" not in names or word == excel:
        raise RuleBroken(
            "The file is a ZIP archive, and not a Word or Excel file. Attach what is in it.", code="wrong_file"
        )
    left = MOST_UNPACKED
    read: dict[str, bytes] = {}
    for part in parts:
        kept = []
        for block in _blocks(archive, part):
            left -= len(block)
            if left < 0:
                raise _bomb()
            if office_parts.read_whole(part.filename):
                kept.append(block)
        if kept:
            read[part.filename] = b"".join(kept)
    wrong = office_parts.wrong_with(names, read)
    if wrong:
        raise RuleBroken(_WRONG[wrong], code="active_file")
    if b"macroEnabled" in read["[Content_Types].xml"]:
        raise RuleBroken(
            "The file is of a kind that holds macros, which are programs. Save it as .docx or .xlsx.",
            code="active_file",
        )
    return DOCX if word else XLSX


_WRONG = {
    office_parts.MACROS: "The file holds macros, which are programs. Save it as .docx, .xlsx or PDF, without them.",
    office_parts.FETCHES: "The file fetches something from another address when it is opened, such as a linked "
    "template or picture. Put it into the file instead, or save the file as PDF.",
    office_parts.EMBEDDED: "The file holds another file or an object that can be started. Attach that one by itself, "
    "or save the file as PDF.",
    office_parts.DECLARED: "The file declares things that Word and Excel never declare (DOCTYPE). Save it again from "
    "the program that made it.",
}


def _blocks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    # Office programs know these two; the others can pack a bomb tighter still.
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError(part.compress_type)
    with archive.open(part) as unpacked:
        while block := unpacked.read(_BLOCK):
            yield block


def _leaves(name: str) -> bool:
    """Whether a part's name leads out of the folder that it would be unpacked in."""
    return name.startswith(("/", "\\")) or ":" in name or ".." in re.split(r"[/\\]", name)


def _bomb() -> RuleBroken:
    return RuleBroken(
        f"The file unpacks to more than {MOST_UNPACKED // (1024 * 1024)} MB, or to more parts than an office file has: "
        "it is not kept. Save what matters of it as PDF.",
        code="bomb",
    )


_CHECKS: tuple[tuple[bytes, Callable[[bytes], Kind]], ...] = (
    (b"%PDF-", _pdf),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (_ZIP, _office),
)
