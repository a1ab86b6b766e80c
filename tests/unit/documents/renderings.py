"""Reads the three renderings back as the words that a person would read."""

import io
import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

import docx
import pypdf
from docx.oxml.ns import qn

from plumbline.documents import docx as word
from plumbline.documents import html, pdf
from plumbline.documents.model import Report


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.hidden += tag in ("style", "script")
        if tag not in ("a", "strong", "sup", "span"):
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


@cache
def of_html(report: Report) -> str:
    reader = _Words()
    reader.feed(html.page(report))
    return squeezed("".join(reader.words))


@cache
def of_docx(report: Report, template: bytes | None = None) -> str:
    document = docx.Document(io.BytesIO(word.write(report, template)))
    paragraphs = document.element.body.iter(qn("w:p"))
    return squeezed(" ".join("".join(text.text or "" for text in each.iter(qn("w:t"))) for each in paragraphs))


@cache
def of_pdf(report: Report) -> str:
    return squeezed(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.write(report))).pages))


ALL = {"html": of_html, "docx": of_docx, "pdf": of_pdf}
