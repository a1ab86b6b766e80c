"""Makes the house's Word template, which councils copy and change: `python -m plumbline.documents.house_template`.

The file is kept with the code. It is made again only when its look is to change.
"""

import io
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from plumbline.documents.docx import DEFAULT_TEMPLATE

FONT = "Arial"
INK = RGBColor(0x0B, 0x0C, 0x0C)
QUIET = RGBColor(0x50, 0x5A, 0x5F)

# name: (based on, size, bold, space before, space after, keep with next)
PARAGRAPHS: dict[str, tuple[str, float, bool, float, float, bool]] = {
    "Normal": ("", 11, False, 0, 6, False),
    "Title": ("Normal", 21, True, 0, 8, True),
    "Subtitle": ("Normal", 12, False, 0, 2, True),
    "Heading 1": ("Normal", 15, True, 20, 6, True),
    "Heading 2": ("Normal", 12.5, True, 14, 5, True),
    "Heading 3": ("Normal", 11, True, 12, 4, True),
    "Body Text": ("Normal", 11, False, 0, 7, False),
    "List Bullet": ("Normal", 11, False, 0, 4, False),
    "Caption": ("Normal", 10, True, 12, 4, True),
    "Quote": ("Normal", 11, False, 8, 3, True),
    "Attribution": ("Normal", 9.5, False, 0, 10, False),
    "Evidence note": ("Normal", 11, False, 8, 10, False),
    "Chart": ("Normal", 11, False, 0, 4, True),
    "Small": ("Normal", 9, False, 0, 3, False),
    "Table text": ("Normal", 9.5, False, 2, 2, False),
    "Figure title": ("Normal", 9.5, True, 9, 2, True),
    "Report line": ("Normal", 11, False, 0, 0, True),
    "Header": ("Normal", 8.5, False, 0, 0, False),
    "Footer": ("Normal", 8.5, False, 0, 0, False),
}


def make() -> bytes:
    document = docx.Document()
    _page(document)
    _styles(document)
    _front(document)
    for section in document.sections:
        _running(section)
    document.core_properties.title = "Report template"
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.language = "en-GB"
    found = io.BytesIO()
    document.save(found)
    return found.getvalue()


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.2)
    section.header_distance = section.footer_distance = Cm(1.1)
    section.different_first_page_header_footer = True


def _styles(document: Document) -> None:
    styles = document.styles
    have = {style.name for style in styles}
    for name, (based_on, size, bold, before, after, keep) in PARAGRAPHS.items():
        style: Any = styles[name] if name in have else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if based_on:
            style.base_style = styles[based_on]
        for old in ("w:rPr", "w:pBdr"):
            for element in list(style.element.iter(qn(old))):
                element.getparent().remove(element)
        style.font.name = FONT
        style.element.rPr.rFonts.set(qn("w:cs"), FONT)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
        style.font.size = Pt(size)
        style.font.bold = bold
        style.font.color.rgb = QUIET if name in ("Subtitle", "Header", "Footer", "Attribution") else INK
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.keep_with_next = keep
        style.paragraph_format.line_spacing = 1.15 if size == 11 else 1.0
        style.paragraph_format.widow_control = True
        style.hidden = False
        style.quick_style = True
    _edge(styles["Quote"], "B1B4B6")
    _edge(styles["Attribution"], "B1B4B6")
    _edge(styles["Evidence note"], "1D4F91")
    line: Any = styles["Report line"].paragraph_format
    line.left_indent, line.first_line_indent = Cm(4.6), Cm(-4.6)
    line.tab_stops.add_tab_stop(Cm(4.6))
    _borders(styles["Report line"], {"bottom": ("4", "4", "B1B4B6"), "between": ("4", "4", "B1B4B6")})
    bullets: Any = styles["List Bullet"].paragraph_format
    bullets.left_indent, bullets.first_line_indent = Cm(1.7), Cm(-0.6)
    table: Any = styles.add_style("Report table", WD_STYLE_TYPE.TABLE)
    table.base_style = styles["Normal Table"]
    table.element.append(
        parse_xml(
            f'<w:tblPr {nsdecls("w")}><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="140" w:type="dxa"/>'
            "</w:tblCellMar></w:tblPr>"
        )
    )
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _edge(style: Any, colour: str) -> None:
    style.paragraph_format.left_indent = Cm(0.5)
    _borders(style, {"left": ("24", "10", colour)})


def _borders(style: Any, edges: dict[str, tuple[str, str, str]]) -> None:
    borders = OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right", "between"):
        if side in edges:
            edge = OxmlElement(f"w:{side}")
            for name, value in zip(("val", "sz", "space", "color"), ("single", *edges[side]), strict=True):
                edge.set(qn(f"w:{name}"), value)
            borders.append(edge)
    properties = style.element.get_or_add_pPr()
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
    )


def _front(document: Document) -> None:
    document.add_paragraph("{{ council }}", style="Subtitle")
    document.add_paragraph("{{ title }}", style="Title")
    status = document.add_paragraph(style="Normal")
    status.add_run("{{ classification }}{% if standing %} · {{ standing }}{% endif %}").bold = True
    document.add_paragraph("{%p if exemption %}")
    document.add_paragraph("{{ exemption }}", style="Normal")
    document.add_paragraph("{%p endif %}")
    for name, place in (
        ("Report on behalf of", "on_behalf_of"),
        ("Report to", "to"),
        ("Date", "date"),
        ("Subject", "subject"),
    ):
        line = document.add_paragraph(style="Report line")
        line.add_run(f"{name}:").bold = True
        line.add_run("\t{{ " + place + " }}")
    document.add_paragraph(style="Small")
    document.add_paragraph("{{ body }}", style="Normal")


def _running(section: Section) -> None:
    width = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]  # this template says all three
    header = section.header.paragraphs[0]
    header.add_run("{{ title }}\t{{ classification }}")
    for footer in (section.footer.paragraphs[0], section.first_page_footer.paragraphs[0]):
        footer.add_run("{{ council }}{% if standing %} · {{ standing }}{% endif %} · {{ product }}\tPage ")
        _field(footer, "PAGE")
        footer.add_run(" of ")
        _field(footer, "NUMPAGES")
    for paragraph in (header, section.footer.paragraphs[0], section.first_page_footer.paragraphs[0]):
        stops = paragraph.paragraph_format.tab_stops
        for old in (Pt(234), Pt(468)):
            stops.add_tab_stop(old, alignment=WD_TAB_ALIGNMENT.CLEAR)
        stops.add_tab_stop(width, alignment=WD_TAB_ALIGNMENT.RIGHT)
    section.first_page_header.paragraphs[0].text = ""


def _field(paragraph: Paragraph, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        else:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {text} "
            run._r.append(instruction)


if __name__ == "__main__":
    DEFAULT_TEMPLATE.write_bytes(make())
