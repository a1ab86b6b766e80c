"""Whether a PDF does something when it is opened, or asks for a password.

A PDF whose printing or copying alone is locked opens without a password, and is taken.
"""

import io
import logging
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject, StreamObject

from plumbline.kernel.errors import RuleBroken

_DOES = re.compile(rb"/(JavaScript|JS|Launch)(?![A-Za-z0-9_.#-])")
_NAMES = frozenset({"/JavaScript", "/JS", "/Launch"})
# The bytes of a stream, which are pictures, fonts and pages; objects are outside them, or in object streams.
_STREAM = re.compile(rb">>\s*stream\r?\n(.*?)endstream", re.DOTALL)
_OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm")
# What pypdf says of a file that it cannot read, in whatever way it is damaged.
_UNREADABLE = (
    PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OSError, zlib.error,
    NotImplementedError,
)  # fmt: skip
_MOST = 50 * 1024 * 1024


def check(content: bytes) -> None:
    """Raise RuleBroken (active_file, locked_file)."""
    locked = b"/Encrypt" in _unescaped(_STREAM.sub(b">>", content))
    seen_through = True
    for each in () if locked else _objects(content):
        seen_through &= each is not None
        if each is not None and _DOES.search(_unescaped(each)):
            raise _active()
    # What it reports of a damaged file is for the person who repairs it.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        opened = not reader.is_encrypted or reader.decrypt("") != pypdf.PasswordType.NOT_DECRYPTED
        does = opened and any(_does(each) for each in _all(reader))
    except _UNREADABLE as wrong:
        if locked:
            raise _is_locked() from wrong
        if not seen_through:
            raise RuleBroken(
                "The PDF is damaged. Print it to a new PDF, and attach that.", code="damaged_file"
            ) from wrong
        # A damaged or unusual file was read through by its bytes above.
        return
    if not opened:
        raise _is_locked()
    if does:
        raise _active()


def _active() -> RuleBroken:
    return RuleBroken(
        "The PDF holds a program (JavaScript), or starts one. Print it to a new PDF, and attach that.",
        code="active_file",
    )


def _is_locked() -> RuleBroken:
    return RuleBroken("The PDF is locked with a password. Save it without.", code="locked_file")


def _unescaped(content: bytes) -> bytes:
    """Names may be written with #xx for any letter."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)


def _objects(content: bytes) -> Iterator[bytes | None]:
    """What is outside streams, and what object streams hold; None for one that is packed in another way."""
    yield _STREAM.sub(b">>", content)
    left = _MOST
    for found in _STREAM.finditer(content):
        head = content[max(0, found.start() - 400) : found.start()]
        if not _OBJECT_STREAM.search(_unescaped(head)):
            continue
        unpacking = zlib.decompressobj()
        try:
            unpacked = unpacking.decompress(found[1], left)
        except zlib.error:
            # pypdf reads it below.
            yield None
            continue
        left -= len(unpacked)
        if left <= 0:
            raise RuleBroken("The PDF unpacks to too much: it is not kept. Print it to a new one.", code="bomb")
        yield unpacked


def _all(reader: pypdf.PdfReader) -> Iterator[Any]:
    """Every object of the file."""
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    for number, generation in sorted(numbers):
        found = IndirectObject(number, generation, reader).get_object()
        if found is not None and not isinstance(found, NullObject):
            yield found


def _does(found: Any) -> bool:
    """Whether an object, or what is directly in it, is or names an action that runs something."""
    waiting = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, DictionaryObject | StreamObject):
            if _NAMES & set(each) or each.get("/S") in _NAMES:
                return True
            waiting += [value for key, value in each.items() if not isinstance(value, IndirectObject)]
        elif isinstance(each, ArrayObject):
            waiting += [value for value in each if not isinstance(value, IndirectObject)]
    return False
