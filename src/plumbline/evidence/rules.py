"""Which files are taken as evidence: known by what they hold, never by what they are called."""

from pathlib import Path

from plumbline.kernel.errors import RuleBroken

LARGEST = 10 * 1024 * 1024

# How a file of each kind begins, and the ending it is given.
_STARTS = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
)
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ACCEPTED = "PDF, Word (.docx), PNG or JPEG"
ENDINGS = ".pdf,.docx,.png,.jpg,.jpeg"


def check_file(content: bytes) -> tuple[str, str]:
    """The media type and the ending of a file; RuleBroken where it is empty, too large or of another kind."""
    if not content:
        raise RuleBroken("The file is empty.", code="empty_file")
    if len(content) > LARGEST:
        raise RuleBroken("The file is larger than 10 MB. Attach the pages that matter.", code="too_large")
    for start, media_type, ending in _STARTS:
        if content.startswith(start):
            return media_type, ending
    # A Word file is a ZIP whose first part is named so.
    if content.startswith(b"PK\x03\x04") and b"word/document.xml" in content and b"[Content_Types].xml" in content:
        return _DOCX, ".docx"
    raise RuleBroken(f"The file is none of those that can be kept: {ACCEPTED}.", code="wrong_file")


def path_of(folder: Path, sha256: str) -> Path:
    """Where the file with this checksum lies: the same content is kept once."""
    return folder / sha256[:2] / sha256
