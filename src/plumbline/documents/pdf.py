"""A report as tagged PDF (PDF/UA-1), set by Typst from the template beside this module.

Every word goes in as data, so nothing in a report can become a command. Only the fonts in this room and
Typst's own are used: the same report gives the same file on every machine, also where no font is installed.
"""

import json
import struct
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

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
    Quotation,
    Report,
    Strong,
    Table,
    Withheld,
    as_runs,
    figure_numbers,
    figures,
    header_lines,
    legible,
    pieces,
    plain,
)
from plumbline.kernel.labels import capital

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"

# The width of the text on the page in pixels of a drawing: letters of 13 pixels become 10 points.
_TEXT_WIDTH = 640.0
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

Data = dict[str, Any]


def write(report: Report, moment: datetime | None = None) -> bytes:
    """The file. `moment` is written into it as the time of its making, where one is given; the same report
    and moment give the same bytes."""
    if not_printed(report):
        report = replace(report, blocks=(*report.blocks, Paragraph(NOT_PRINTED)))
    data = json.dumps(_shown(_report(report) | {"dated": moment is not None}), ensure_ascii=False)
    return typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        font_paths=[charts.FONT_FOLDER],
        ignore_system_fonts=True,
        sys_inputs={"report": data},
        format="pdf",
        pdf_standards="ua-1",
        timestamp=int((moment or _EPOCH).timestamp()),
    )


NOT_PRINTED = (
    "□ is put for a letter that this PDF cannot print: its typeface has no such letter. The Word file and the web page "
    "have the text whole."
)


def not_printed(report: Report) -> str:
    """The letters of a report that the PDF cannot print, each once, in the order of their codes; "" where it prints
    all. The page that offers the file says so."""
    missing: set[str] = set()
    waiting: list[Any] = [asdict(report)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            missing.update(letter for letter in legible(value) if letter != "\n" and ord(letter) not in _letters())
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple):
            waiting += value
    return "".join(sorted(missing - {"\t"}))


def _report(report: Report) -> Data:
    numbers = figure_numbers(report)
    language, _, region = report.language.partition("-")
    return {
        "title": report.title,
        "author": report.council or report.product,
        "lang": language,
        "region": region or None,
        "colour": report.colour,
        "council": report.council,
        "classification": report.classification,
        "exemption": report.exemption,
        "status": " · ".join(part for part in (report.classification, report.standing) if part),
        "running": report.title,
        "footer": " · ".join(part for part in (report.council, report.standing, report.product) if part),
        "page": "Page",
        "of": "of",
        "lines": header_lines(report),
        "blocks": [_piece(piece, numbers) for piece in pieces(report)],
        "figures-title": FIGURES_TITLE,
        "figures-introduction": FIGURES_INTRODUCTION,
        "figures": [
            {
                "number": numbers[figure.ref],
                "title": figure.title,
                "whole": figure.whole,
                "definition": figure.definition,
                "moment": capital(figure.moment),
                "as-at": figure.as_at,
            }
            for figure in figures(report)
        ],
    }


def _piece(piece: Piece, numbers: dict[str, int]) -> Data:
    block = piece.block
    if isinstance(block, Table):
        return {"kind": "table"} | _table(block, f"{piece.label}: {block.caption}", numbers)
    if isinstance(block, Chart):
        drawing = charts.svg(block)
        return {
            "kind": "chart",
            "caption": f"{piece.label}: {block.title}",
            "alt": block.alternative,
            "svg": drawing,
            "width": min(100.0, 100 * charts.size(drawing)[0] / _TEXT_WIDTH),
            "table": _table(block.table, block.table.caption, numbers),
            "note": _runs(block.note, numbers),
            "source": f"Source: {block.source}." if block.source else "",
        }
    return _block(block, numbers, bool(piece.label))


def _block(block: Block, numbers: dict[str, int], indented: bool = True) -> Data:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": block.text}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "number": block.number, "text": _runs(block.text, numbers)}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "indent": 2.2, "items": [_runs(item, numbers) for item in block.items]}
    if isinstance(block, Quotation):
        return {
            "kind": "quotation",
            "text": block.text,
            "attribution": block.attribution,
            "stale": STALE if block.stale else "",
        }
    if isinstance(block, Note):
        return {"kind": "note", "title": block.title, "text": _runs(block.text, numbers)}
    if isinstance(block, Panel):
        inner = [_block(each, numbers) for each in block.blocks]
        return {"kind": "panel", "title": block.title, "blocks": [each | {"indent": 0} for each in inner]}
    raise TypeError(f"A report holds no {type(block).__name__}.")


def _table(table: Table, caption: str, numbers: dict[str, int]) -> Data:
    return {
        "caption": caption,
        "columns": [
            {"title": column.title, "align": column.align, "share": share}
            for column, share in zip(table.columns, _shares(table), strict=True)
        ],
        "rows": [[_runs(cell, numbers) for cell in (row.header, *row.cells)] for row in table.rows],
        "note": _runs(table.note, numbers),
        "source": f"Source: {table.source}." if table.source else "",
    }


def _shares(table: Table) -> list[float]:
    """The share of the width for each column, or 0 for as much as its words need: a table that fits on the
    page is not pulled apart, so that the eye does not lose the row."""
    cells = [[column.title] for column in table.columns]
    for row in table.rows:
        for column, cell in zip(cells, (row.header, *row.cells), strict=True):
            column.append(plain(cell))
    longest = [max(len(cell) for cell in column) for column in cells]
    if sum(longest) + 3 * len(longest) <= 80:
        return [0.0] * len(longest)
    if max(longest[1:], default=0) <= 24 and longest[0] <= 40:
        return [1.8 if longest[0] > 20 else 0.0] + [1.0] * (len(longest) - 1)
    # A short column has what its words need, so that none is cut or runs into the next; the long ones share the rest.
    return [0.0 if length <= 12 else float(min(60, length)) for length in longest]


def _runs(inline: Inline, numbers: dict[str, int]) -> list[Data]:
    found: list[Data] = []
    for run in as_runs(inline):
        if isinstance(run, Figure | Withheld):
            found.append(
                {
                    "kind": "figure",
                    "text": run.shown,
                    "number": numbers[run.ref],
                    "nowrap": len(run.shown) <= 8,
                    "linked": True,
                }
            )
        else:
            found.append({"kind": "strong" if isinstance(run, Strong) else "text", "text": run.text})
    return found


# -- letters that the font lacks ------------------------------------------------------------------------


def _shown(value: Any) -> Any:
    """The same data with letters that the font lacks as □: PDF/UA does not allow text that cannot be drawn."""
    if isinstance(value, str):
        return "".join(letter if letter in "\n\t" or ord(letter) in _letters() else "□" for letter in legible(value))
    if isinstance(value, dict):
        return {key: _shown(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value]
    return value


@cache
def _letters() -> frozenset[int]:
    """Every code point that the font can draw, from its character map (OpenType `cmap`, format 4)."""
    font = (charts.FONT_FOLDER / "LiberationSans-Regular.ttf").read_bytes()
    tables = {
        font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0]
        for at in range(12, 12 + 16 * struct.unpack_from(">H", font, 4)[0], 16)
    }
    cmap = tables[b"cmap"]
    for record in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * record)
        if (platform, encoding) == (3, 1):
            start = cmap + offset
    count = struct.unpack_from(">H", font, start + 6)[0] // 2
    lasts = struct.unpack_from(f">{count}H", font, start + 14)
    firsts = struct.unpack_from(f">{count}H", font, start + 16 + 2 * count)
    return frozenset(code for first, last in zip(firsts, lasts, strict=True) for code in range(first, last + 1)) - {
        0xFFFF
    }
