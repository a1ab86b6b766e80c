"""A report as a file, its kind chosen by the ending of the file's name."""

from pathlib import PurePath

from plumbline.documents import docx, html, pdf
from plumbline.documents.model import Report
from plumbline.kernel.errors import RuleBroken

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
}


def check_name(name: str) -> str:
    """The ending of `name`, in small letters. Raises RuleBroken for any that is not in KINDS."""
    ending = PurePath(name).suffix.lower()
    if ending not in KINDS:
        raise RuleBroken(f"A report can be written as .html, .docx or .pdf, not as “{name}”.", code="unknown_ending")
    return ending


def write(report: Report, name: str, template: bytes | None = None) -> bytes:
    """The contents of a file called `name`; `template` is the council's own Word template."""
    ending = check_name(name)
    if ending == ".html":
        return html.page(report).encode()
    if ending == ".docx":
        return docx.write(report, template)
    return pdf.write(report)
