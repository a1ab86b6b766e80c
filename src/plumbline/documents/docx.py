"""A report as a Word file, through a template that a council can replace.

The template is an ordinary Word file. It has the place `{{ body }}` in a paragraph of its own, where the
report goes, and may have the places in `PLACES` anywhere, in headers and footers too. A place is a name or
a condition on one (`{% if exemption %}`); anything more is refused, and what is left runs in a sandbox, so
that a template can hold no program. Headings, captions, lists and tables take the template's own styles.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import OpcError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import BaseStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run as WordRun
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, UndefinedError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from plumbline.documents import charts
from plumbline.documents.model import (
    FIGURES_INTRODUCTION,
    FIGURES_TITLE,
    STALE,
    Block,
    Bullets,
    Chart,
    Figure,
    Heading,
    Inline,
    Note,
    Panel,
    Paragraph,
    Piece,
    Placed,
    Quotation,
    Report,
    Strong,
    Table,
    Withheld,
    as_runs,
    figure_numbers,
    figures,
    legible,
    pieces,
    plain,
)
from plumbline.kernel import office_parts
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import capital

DEFAULT_TEMPLATE = Path(__file__).parent / "templates" / "report.docx"

PLACES = (
    "title",
    "council",
    "product",
    "classification",
    "exemption",
    "standing",
    "on_behalf_of",
    "to",
    "date",
    "subject",
    "body",
)

MOST_BYTES = 10_000_000
MOST_UNPACKED = 50_000_000

# Is in the filled template where the report goes, until the report is written before it.
_BODY = "plumbline-report-body-7f3c"
_QUIET = RGBColor(0x50, 0x5A, 0x5F)
_TEXT_WIDTH = 640.0
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
    nodes.Const,
)


def write(report: Report, template: bytes | None = None) -> bytes:
    """The file. `template` is the council's own; without one, the house's.

    Raises RuleBroken with a sentence where the template cannot be used.
    """
    document = _opened(DEFAULT_TEMPLATE.read_bytes() if template is None else template, _context(report))
    _Writer(report, document).write()
    found = io.BytesIO()
    document.save(found)
    return _settled(found.getvalue())


def check_template(template: bytes) -> None:
    """Raises RuleBroken, with a sentence for the person who sent the file, unless a report can be made with it."""
    _opened(template, dict.fromkeys(PLACES, "x") | {"body": _BODY})


# -- the template ---------------------------------------------------------------------------------------


def _context(report: Report) -> dict[str, str]:
    front = report.front
    texts = (
        report.title,
        report.council,
        report.product,
        report.classification,
        report.exemption,
        report.standing,
        front.on_behalf_of,
        front.to,
        front.date,
        front.subject,
    )
    return dict(zip(PLACES, (*map(legible, texts), _BODY), strict=True))


class _Environment(ImmutableSandboxedEnvironment):
    """Names and conditions on names, in a sandbox: no calls, no attributes, no arithmetic, no loops."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Node):
            if not isinstance(node, _ALLOWED):
                raise RuleBroken(
                    "The Word template holds a program, not only places to fill "
                    f"({type(node).__name__.lower()}). It may hold names such as {{{{ subject }}}} and "
                    "conditions on them, and nothing else.",
                    code="template_code",
                )
        return tree


def _opened(template: bytes, context: dict[str, str]) -> Document:
    """The template with its places filled, and `_BODY` where the report goes."""
    _check_package(template)
    environment = _Environment(autoescape=True, undefined=StrictUndefined)
    try:
        filled = DocxTemplate(io.BytesIO(template))
        filled.render(context, environment)
        out = io.BytesIO()
        filled.save(out)
        document = docx.Document(io.BytesIO(out.getvalue()))
    except UndefinedError as error:
        raise RuleBroken(
            f"The Word template asks for something that a report does not have: {error.message}. "
            f"It may ask for {', '.join(PLACES)}.",
            code="template_place",
        ) from error
    except TemplateError as error:
        raise RuleBroken(
            f"The Word template has a place that cannot be read: {error}.", code="template_place"
        ) from error
    except (OpcError, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise RuleBroken("The template is not a Word file that can be opened (.docx).", code="not_word") from error
    if not any(paragraph.text.strip() == _BODY for paragraph in document.paragraphs):
        raise RuleBroken(
            "The Word template has no place for the report. Write {{ body }} in a paragraph of its own, "
            "outside any table, where the report should go.",
            code="template_body",
        )
    return document


def _check_package(template: bytes) -> None:
    not_word = RuleBroken("The template is not a Word file (.docx).", code="not_word")
    if len(template) > MOST_BYTES:
        raise RuleBroken("The Word template is larger than 10 MB.", code="too_large")
    try:
        package = zipfile.ZipFile(io.BytesIO(template))
        names = {entry.filename for entry in package.infolist()}
        if not {"[Content_Types].xml", "word/document.xml"} <= names:
            raise not_word
        if sum(entry.file_size for entry in package.infolist()) > MOST_UNPACKED:
            raise RuleBroken("The Word template unpacks to more than 50 MB.", code="too_large")
        parts = {name: package.read(name) for name in names if office_parts.read_whole(name)}
        wrong = office_parts.wrong_with(names, parts)
        if wrong == office_parts.DECLARED:
            raise not_word
        if wrong:
            sentence, code = _WRONG[wrong]
            raise RuleBroken(sentence, code=code)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise not_word from error


_WRONG = {
    office_parts.MACROS: ("The Word template holds macros. Save it as .docx without them.", "template_code"),
    office_parts.FETCHES: (
        "The Word template fetches something from another address (a linked picture or a linked template). Put it into "
        "the file instead.", "template_fetches",
    ),
    office_parts.EMBEDDED: (
        "The Word template holds another file or an object that can be started. Take it out.", "template_code",
    ),
}  # fmt: skip


# -- the report -----------------------------------------------------------------------------------------


class _Writer:
    def __init__(self, report: Report, document: Document) -> None:
        self.report = report
        self.document = document
        self.numbers = figure_numbers(report)
        self.bookmarks = 100
        self.pictures = 1000
        self.bullets_by_hand = False
        self.styles: dict[tuple[str, WD_STYLE_TYPE], BaseStyle] = {}

    def write(self) -> None:
        body = self.document.element.body
        before = set(body)
        place = next(each for each in self.document.paragraphs if each.text.strip() == _BODY)
        for piece in pieces(self.report):
            self.piece(piece)
        if self.numbers:
            self.list_of_figures()
        for element in [each for each in body if each not in before and each.tag != qn("w:sectPr")]:
            place._p.addprevious(element)
        body.remove(place._p)
        self.properties()

    def properties(self) -> None:
        properties = self.document.core_properties
        properties.title = legible(self.report.title)[:255]
        properties.subject = legible(self.report.front.subject)[:255]
        properties.author = legible(self.report.council or self.report.product)[:255]
        properties.last_modified_by = ""
        properties.language = self.report.language
        properties.created = properties.modified = _EPOCH.replace(tzinfo=None)
        styles = self.document.styles.element
        for language in styles.iter(qn("w:lang")):
            language.set(qn("w:val"), self.report.language)

    def piece(self, piece: Piece) -> None:
        block = piece.block
        if isinstance(block, Table):
            self.caption(f"{piece.label}: {block.caption}")
            self.table(block)
        elif isinstance(block, Chart):
            self.chart(block, piece.label)
        else:
            self.block(block)

    def block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self.heading(block.text, block.level, block.anchor)
        elif isinstance(block, Paragraph):
            self.paragraph(block)
        elif isinstance(block, Bullets):
            for item in block.items:
                paragraph = self.add("List Bullet")
                if self.bullets_by_hand:
                    paragraph.add_run("•\t")
                self.inline(paragraph, item)
        elif isinstance(block, Quotation):
            quotation = self.add("Quote")
            quotation.add_run(legible(block.text))
            quotation.paragraph_format.keep_with_next = True
            attribution = self.add("Attribution")
            attribution.add_run(legible(block.attribution))
            if block.stale:
                attribution.paragraph_format.keep_with_next = True
                self.add("Attribution").add_run(STALE).bold = True
        elif isinstance(block, Note):
            paragraph = self.add("Evidence note")
            paragraph.add_run(f"{legible(block.title)}. ").bold = True
            self.inline(paragraph, block.text)
        elif isinstance(block, Panel):
            # Rules above and below, not a box: Word breaks a box wherever the indent changes.
            _ruled(self.heading(block.title, 1, ""), "top")
            for each in block.blocks:
                self.block(each)
            _ruled(self.add("Small"), "top")
        else:
            raise TypeError(f"A report holds no {type(block).__name__}.")

    def paragraph(self, block: Paragraph) -> None:
        paragraph = self.add("Body Text")
        if block.number:
            paragraph.paragraph_format.left_indent = Cm(1.1)
            paragraph.paragraph_format.first_line_indent = Cm(-1.1)
            paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(1.1))
            paragraph.add_run(legible(block.number) + "\t")
        self.inline(paragraph, block.text)

    def heading(self, text: str, level: int, anchor: str) -> WordParagraph:
        paragraph = self.add(f"Heading {level}")
        paragraph.add_run(legible(text))
        if anchor:
            self.bookmark(paragraph, anchor)
        return paragraph

    def caption(self, text: str) -> None:
        paragraph = self.add("Caption")
        paragraph.add_run(legible(text))
        paragraph.paragraph_format.keep_with_next = True

    def inline(self, paragraph: WordParagraph, inline: Inline, size: Pt | None = None) -> WordParagraph:
        for run in as_runs(inline):
            if isinstance(run, Figure | Withheld):
                _sized(paragraph.add_run(legible(run.shown)), size)
                self.mark(paragraph, run)
            else:
                written = _sized(paragraph.add_run(legible(run.text)), size)
                written.bold = True if isinstance(run, Strong) else None
        return paragraph

    def mark(self, paragraph: WordParagraph, figure: Placed) -> None:
        """The figure's number, raised and quiet, as a link to the list of figures."""
        number = self.numbers[figure.ref]
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), f"figure_{number}")
        link.set(qn("w:history"), "1")
        link.set(qn("w:tooltip"), legible(", ".join(part for part in (figure.title, figure.as_at) if part))[:250])
        run = paragraph.add_run(f"[{number}]")
        run.font.superscript = True
        run.font.color.rgb = _QUIET
        link.append(run._r)
        paragraph._p.append(link)

    def bookmark(self, paragraph: WordParagraph, name: str) -> None:
        self.bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for element in (start, end):
            element.set(qn("w:id"), str(self.bookmarks))
        # Word's names of bookmarks: letters, figures and underscores, 40 at most.
        start.set(qn("w:name"), re.sub(r"\W", "_", name)[:40])
        paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
        paragraph._p.append(end)

    def table(self, table: Table, *, small: bool = False) -> None:
        size = Pt(8.5) if small else Pt(9.5)
        style = self.style("Report table", WD_STYLE_TYPE.TABLE)
        made = self.document.add_table(rows=0, cols=len(table.columns))
        made.style = style
        made.autofit = True
        properties = made._tbl.tblPr
        look = properties.find(qn("w:tblLook"))
        if look is None:
            look = OxmlElement("w:tblLook")
            properties.append(look)
        for name, value in (
            ("firstRow", "1"),
            ("firstColumn", "1"),
            ("lastRow", "0"),
            ("lastColumn", "0"),
            ("noHBand", "1"),
            ("noVBand", "1"),
        ):
            look.set(qn(f"w:{name}"), value)
        look.set(qn("w:val"), "06A0")
        # Read out by screen readers before the cells.
        caption = OxmlElement("w:tblCaption")
        caption.set(qn("w:val"), legible(table.caption))
        properties.append(caption)
        rows: list[Sequence[Inline]] = [[Strong(column.title) for column in table.columns]]
        rows += [(row.header, *row.cells) for row in table.rows]
        widths = self.widths(table)
        for index, cells in enumerate(rows):
            row = made.add_row()
            marks = row._tr.get_or_add_trPr()
            marks.append(OxmlElement("w:cantSplit"))
            if index == 0:
                marks.append(OxmlElement("w:tblHeader"))
            for column, cell, content, width in zip(table.columns, row.cells, cells, widths, strict=True):
                cell.width = width
                paragraph = cell.paragraphs[0]
                paragraph.style = self.style("Table text")
                if column.align == "right":
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                self.inline(paragraph, content, size)
                # A table of one page stays on one page.
                paragraph.paragraph_format.keep_with_next = len(rows) <= 15 and index < len(rows) - 1
                _underline(cell, heavy=index == 0)
        for grid, width in zip(made.columns, widths, strict=True):
            grid.width = width
        self.under(table.note, table.source)

    def widths(self, table: Table) -> list[Any]:
        """Widths by the longest words of each column: a table that needs less than the page takes less."""
        texts = [
            [column.title, *(plain((row.header, *row.cells)[index]) for row in table.rows)]
            for index, column in enumerate(table.columns)
        ]
        longest = [max(len(text) for text in column) for column in texts]
        wanted = [min(9.0, 0.55 + 0.19 * length) for length in longest]
        # Where the page is too narrow the long columns give way, so that no short word is broken.
        kept = sum(width for width, length in zip(wanted, longest, strict=True) if length <= 12)
        left = self.room() - kept
        if left <= 0 or kept == sum(wanted):
            shrink = min(1.0, self.room() / sum(wanted))
            return [Cm(width * shrink) for width in wanted]
        shrink = min(1.0, left / (sum(wanted) - kept))
        return [Cm(width if length <= 12 else width * shrink) for width, length in zip(wanted, longest, strict=True)]

    def room(self) -> float:
        """Width of the text in centimetres, by the template's last section."""
        section = self.document.sections[-1]
        page, left, right = section.page_width, section.left_margin, section.right_margin
        return (page - left - right) / 360_000 if page and left is not None and right is not None else 16.0

    def under(self, note: Inline, source: str) -> None:
        for text in (note, f"Source: {source}." if source else ""):
            if plain(text):
                self.inline(self.add("Small"), text)
        self.add("Small").paragraph_format.space_after = Pt(0)

    def chart(self, chart: Chart, label: str) -> None:
        self.caption(f"{label}: {chart.title}")
        paragraph = self.add("Chart")
        paragraph.paragraph_format.keep_with_next = True
        width = min(1.0, charts.size(charts.svg(chart))[0] / _TEXT_WIDTH) * self.room()
        picture = paragraph.add_run().add_picture(io.BytesIO(charts.png(chart)), width=Cm(width))
        self.pictures += 1
        about = picture._inline.docPr
        about.set("id", str(self.pictures))
        about.set("name", legible(label))
        about.set("descr", legible(chart.alternative))
        small = self.add("Small")
        small.add_run(legible(chart.table.caption)).bold = True
        small.paragraph_format.keep_with_next = True
        self.table(
            Table(chart.table.caption, chart.table.columns, chart.table.rows, chart.note, chart.source), small=True
        )

    def list_of_figures(self) -> None:
        self.heading(FIGURES_TITLE, 1, "figures")
        self.add("Body Text").add_run(FIGURES_INTRODUCTION)
        for figure in figures(self.report):
            number = self.numbers[figure.ref]
            title = self.add("Figure title")
            title.add_run(f"[{number}] {legible(figure.title)}")
            self.bookmark(title, f"figure_{number}")
            said: list[Inline] = [(Strong(figure.whole), f", {figure.as_at}" if figure.as_at else "")]
            said += [line for line in (figure.definition, capital(figure.moment)) if line]
            for position, line in enumerate(said, start=1):
                paragraph = self.inline(self.add("Small"), line)
                paragraph.paragraph_format.keep_with_next = position < len(said)

    def add(self, style: str) -> WordParagraph:
        return self.document.add_paragraph(style=self.style(style))

    def style(self, name: str, kind: WD_STYLE_TYPE = WD_STYLE_TYPE.PARAGRAPH) -> Any:
        """The template's style of that name, or a plain one made after the house's where it has none."""
        if (name, kind) not in self.styles:
            styles = self.document.styles
            if name not in [each.name for each in styles if each.type == kind]:
                have = {each.style_id for each in styles}
                for element in _house_styles()[name]:
                    if element.get(qn("w:styleId")) not in have:
                        styles.element.append(copied := deepcopy(element))
                        # A list's numbering is kept in a part that the copy does not bring along.
                        for numbering in list(copied.iter(qn("w:numPr"))):
                            numbering.getparent().remove(numbering)
                            self.bullets_by_hand = True
            self.styles[name, kind] = next(each for each in styles if each.name == name and each.type == kind)
        return self.styles[name, kind]


@cache
def _house_styles() -> dict[str, list[Any]]:
    """Every style of the house's template by name, with the styles that it is based on first."""
    document = docx.Document(io.BytesIO(DEFAULT_TEMPLATE.read_bytes()))
    found: dict[str, list[Any]] = {}
    for style in document.styles:
        chain: list[Any] = []
        element = style.element
        while element is not None:
            chain.insert(0, element)
            based = element.find(qn("w:basedOn"))
            element = document.styles.element.get_by_id(based.get(qn("w:val"))) if based is not None else None
        found[style.name] = chain
    return found


def _sized(run: WordRun, size: Pt | None) -> WordRun:
    if size is not None:
        run.font.size = size
    return run


def _ruled(paragraph: WordParagraph, side: str) -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    edge = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", "8"), ("space", "6"), ("color", "0B0C0C")):
        edge.set(qn(f"w:{name}"), value)
    borders.append(edge)
    properties.insert_element_before(
        borders,
        "w:shd",
        "w:tabs",
        "w:suppressAutoHyphens",
        "w:spacing",
        "w:ind",
        "w:contextualSpacing",
        "w:jc",
        "w:outlineLvl",
        "w:rPr",
    )


def _underline(cell: _Cell, *, heavy: bool) -> None:
    borders = OxmlElement("w:tcBorders")
    edge = OxmlElement("w:bottom")
    for name, value in (
        ("val", "single"),
        ("sz", "8" if heavy else "4"),
        ("space", "0"),
        ("color", "0B0C0C" if heavy else "B1B4B6"),
    ):
        edge.set(qn(f"w:{name}"), value)
    borders.append(edge)
    cell._tc.get_or_add_tcPr().append(borders)


def _settled(package: bytes) -> bytes:
    """The same file with the times of its parts taken out, so that the same report gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for entry in given.infolist():
            kept.writestr(
                zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0)), given.read(entry), zipfile.ZIP_DEFLATED
            )
    return out.getvalue()
