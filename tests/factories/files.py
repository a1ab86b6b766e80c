"""Files as people attach them, made from bytes: the least that is a PDF, a picture, a Word or an Excel file."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

# The harmless string that every scanner takes for a virus (EICAR). In two parts, so that none takes this file for one.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"

_TYPES = (
    "<Types><Override PartName='/{0}' "
    "ContentType='application/vnd.openxmlformats-officedocument.{1}.main+xml'/></Types>"
)


def pdf(more: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + more + b"\nstartxref\n9\n%%EOF\n"


def png(more: bytes = b"") -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    text = chunk(b"tEXt", b"Comment\0" + more) if more else b""
    pixels = zlib.compress(b"\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + text + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(comment: bytes = b"") -> bytes:
    said = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    return (
        b"\xff\xd8" + said + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34\xff\xd0\x56" + b"\xff\xd9"
    )


def office(parts: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return held.getvalue()


def docx(more: Mapping[str, bytes] | None = None) -> bytes:
    types = _TYPES.format("word/document.xml", "wordprocessingml.document").encode()
    return office({"[Content_Types].xml": types, "word/document.xml": b"<w:document/>", **(more or {})})


def xlsx(more: Mapping[str, bytes] | None = None) -> bytes:
    types = _TYPES.format("xl/workbook.xml", "spreadsheetml.sheet").encode()
    return office({"[Content_Types].xml": types, "xl/workbook.xml": b"<workbook/>", **(more or {})})
