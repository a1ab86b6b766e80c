"""What no office file that is taken here may hold, no matter who reads it: evidence, a return, the house's Word
template.

One list for every reader. Plain bytes in, a reason out.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree

MACROS, FETCHES, EMBEDDED, DECLARED = "macros", "fetches", "embedded", "declared"

_PROGRAMS = ("vbaproject.bin", ".exe", ".js", ".vbs")
_EMBEDDED = re.compile(r"(^|/)(embeddings|activex)/", re.IGNORECASE)
# A link that a reader clicks, or one to the cells of another workbook, loads nothing by being opened.
_LINKS = ("/hyperlink", "/externalLinkPath")


def read_whole(name: str) -> bool:
    """Whether what is in the part matters to `wrong_with` (the others are judged by their names)."""
    return name.lower().endswith((".xml", ".rels", ".vml"))


def wrong_with(names: Iterable[str], parts: Mapping[str, bytes]) -> str:
    """The first of MACROS, DECLARED, FETCHES, EMBEDDED that the file holds; empty where there is none.

    `parts`: the parts of which `read_whole` says so, by name. Raises ValueError where one is no XML.
    """
    names = list(names)
    if any(name.lower().endswith(_PROGRAMS) for name in names):
        return MACROS
    if any(_declares(part) for part in parts.values()):
        return DECLARED
    relations = {name: _relations(part) for name, part in parts.items() if name.lower().endswith(".rels")}
    if any(mode == "External" and not kind.endswith(_LINKS) for each in relations.values() for kind, mode, _ in each):
        return FETCHES
    # A chart brings the workbook that it was drawn from, and is no object that someone can start.
    of_charts = {
        posixpath.normpath(posixpath.join(posixpath.dirname(posixpath.dirname(name)), target))
        for name, each in relations.items()
        if "/charts/_rels/" in name
        for _, _, target in each
    }
    if any(_EMBEDDED.search(name) and not (name in of_charts and name.endswith(".xlsx")) for name in names):
        return EMBEDDED
    return ""


def _declares(part: bytes) -> bool:
    """Whether an XML part declares a document type or an entity of its own, in whatever encoding."""
    plain = part.replace(b"\0", b"")
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def _relations(part: bytes) -> list[tuple[str, str, str]]:
    """Type, mode and target of each."""
    try:
        root = ElementTree.fromstring(part)  # noqa: S314 - nothing is declared in it: looked at before
    except ElementTree.ParseError as wrong:
        raise ValueError(str(wrong)) from wrong
    return [(one.get("Type", ""), one.get("TargetMode", ""), one.get("Target", "")) for one in root]
