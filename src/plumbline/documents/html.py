"""A report as HTML: a fragment for a page of the site, or a whole page in one file that prints well.

Everything that comes from the report is escaped. Neither holds scripts or style attributes.
"""

from collections.abc import Callable
from html import escape

from plumbline.documents import charts
from plumbline.documents.model import (
    FIGURES_INTRODUCTION,
    FIGURES_TITLE,
    STALE,
    Block,
    Bullets,
    Chart,
    Column,
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
    Row,
    Strong,
    Table,
    Withheld,
    as_runs,
    figure_numbers,
    figures,
    header_lines,
    legible,
    pieces,
    slug,
)
from plumbline.kernel.labels import capital

ChartAddress = Callable[[Chart], str]
FigureAddress = Callable[[Placed], str]

_HEADINGS = {1: ("h2", "l"), 2: ("h3", "m"), 3: ("h4", "s")}


def fragment(
    report: Report,
    *,
    chart_address: ChartAddress = charts.data_uri,
    figure_address: FigureAddress | None = None,
    with_title: bool = True,
    with_figures: bool = True,
) -> str:
    """The report as markup with the classes of GOV.UK Frontend, to be placed inside a page's main element.

    `chart_address` gives the address of a chart's drawing; the default carries the drawing in the address,
    which a page with a content security policy may refuse. `figure_address` gives the address that a
    figure's mark opens; by default the list of figures at the end, which `with_figures` leaves out. Without
    `with_title` the page says the title itself, as its first-level heading.
    """
    return _Writer(report, chart_address, figure_address, with_figures).fragment(with_title)


def anchor(ref: str) -> str:
    """The id under which the list of figures holds a figure."""
    return f"figure-{slug(ref)}"


class _Writer:
    def __init__(
        self, report: Report, chart_address: ChartAddress, figure_address: FigureAddress | None, with_figures: bool
    ) -> None:
        self.report = report
        self.chart_address = chart_address
        self.figure_address = figure_address
        self.with_figures = with_figures
        self.numbers = figure_numbers(report)

    def fragment(self, with_title: bool) -> str:
        parts = [f'<article class="app-report" lang="{escape(self.report.language)}">']
        parts += self.header(with_title)
        parts += [self.piece(piece) for piece in pieces(self.report)]
        if self.with_figures and self.numbers:
            parts += self.list_of_figures()
        return "\n".join([*parts, "</article>\n"])

    def header(self, with_title: bool) -> list[str]:
        report = self.report
        council = (
            f'<p class="govuk-caption-l app-report__council">{_text(report.council)}</p>' if report.council else ""
        )
        status = " · ".join(
            f"<strong>{_text(part)}</strong>" for part in (report.classification, report.standing) if part
        )
        lines = [
            f'<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">{_text(name)}</dt>'
            f'<dd class="govuk-summary-list__value">{_text(value)}</dd></div>'
            for name, value in header_lines(report)
        ]
        return [
            '<header class="app-report__header">',
            council,
            f'<h1 class="govuk-heading-xl">{_text(report.title)}</h1>' if with_title else "",
            f'<p class="govuk-body app-report__status">{status}</p>',
            f'<p class="govuk-body">{_text(report.exemption)}</p>' if report.exemption else "",
            f'<dl class="govuk-summary-list">{"".join(lines)}</dl>',
            "</header>",
        ]

    def piece(self, piece: Piece) -> str:
        block = piece.block
        if isinstance(block, Table):
            return self.table(block, f"{piece.label}: {block.caption}")
        if isinstance(block, Chart):
            return self.chart(block, piece.label)
        return self.block(block)

    def block(self, block: Block) -> str:
        if isinstance(block, Heading):
            tag, size = _HEADINGS[block.level]
            return f'<{tag} class="govuk-heading-{size}" id="{escape(block.anchor)}">{_text(block.text)}</{tag}>'
        if isinstance(block, Paragraph):
            number = f'<span class="app-report__number">{_text(block.number)}</span> ' if block.number else ""
            return f'<p class="govuk-body">{number}{self.inline(block.text)}</p>'
        if isinstance(block, Bullets):
            items = "".join(f"<li>{self.inline(item)}</li>" for item in block.items)
            return f'<ul class="govuk-list govuk-list--bullet">{items}</ul>'
        if isinstance(block, Quotation):
            stale = f'<p class="govuk-body-s app-report__stale">{STALE}</p>' if block.stale else ""
            return (
                f'<figure class="app-report__quotation"><blockquote class="govuk-inset-text"><p>{_text(block.text)}</p>'
                f'</blockquote><figcaption class="govuk-body-s">{_text(block.attribution)}</figcaption>{stale}</figure>'
            )
        if isinstance(block, Note):
            return (
                f'<div class="govuk-inset-text app-report__note"><p class="govuk-body"><strong>{_text(block.title)}.'
                f"</strong> {self.inline(block.text)}</p></div>"
            )
        if isinstance(block, Panel):
            inner = "".join(self.block(each) for each in block.blocks)
            heading = f'<h2 class="govuk-heading-m" id="{slug(block.title)}">{_text(block.title)}</h2>'
            return (
                f'<section class="app-report__panel" aria-labelledby="{slug(block.title)}">{heading}{inner}</section>'
            )
        raise TypeError(f"A report holds no {type(block).__name__}.")

    def inline(self, inline: Inline) -> str:
        parts = []
        for run in as_runs(inline):
            if isinstance(run, Figure | Withheld):
                parts.append(self.figure(run))
            elif isinstance(run, Strong):
                parts.append(f"<strong>{_text(run.text)}</strong>")
            else:
                parts.append(_text(run.text))
        return "".join(parts)

    def figure(self, run: Placed) -> str:
        kind = "app-figure app-figure--withheld" if isinstance(run, Withheld) else "app-figure"
        if self.figure_address is None and not self.with_figures:
            return f'<span class="{kind}">{_text(run.shown)}</span>'
        address = self.figure_address(run) if self.figure_address else f"#{anchor(run.ref)}"
        mark = f"<sup>[{self.numbers[run.ref]}]</sup>" if self.with_figures else ""
        about = ", ".join(part for part in (run.title, run.as_at) if part)
        return (
            f'<a class="{kind} govuk-link" href="{escape(address)}" title="{_text(about)}">{_text(run.shown)}{mark}</a>'
        )

    def table(self, table: Table, caption: str) -> str:
        head = "".join(
            f'<th scope="col" class="govuk-table__header{_numeric(column)}">{_text(column.title)}</th>'
            for column in table.columns
        )
        rows = "".join(self.row(row, table) for row in table.rows)
        # A table wider than the screen scrolls within itself, by keyboard too.
        found = (
            f'<div class="app-report__table" role="region" tabindex="0" aria-label="{_text(caption)}">'
            '<table class="govuk-table">'
            f'<caption class="govuk-table__caption govuk-table__caption--s">{_text(caption)}</caption>'
            f'<thead class="govuk-table__head"><tr class="govuk-table__row">{head}</tr></thead>'
            f'<tbody class="govuk-table__body">{rows}</tbody></table></div>'
        )
        return found + self.under(table.note, table.source)

    def row(self, row: Row, table: Table) -> str:
        cells = "".join(
            f'<td class="govuk-table__cell{_numeric(column)}">{self.inline(cell)}</td>'
            for column, cell in zip(table.columns[1:], row.cells, strict=True)
        )
        header = f'<th scope="row" class="govuk-table__header">{self.inline(row.header)}</th>'
        return f'<tr class="govuk-table__row">{header}{cells}</tr>'

    def under(self, note: Inline, source: str) -> str:
        """What is in small letters below a table or a chart."""
        parts = [self.inline(note), _text(f"Source: {source}.") if source else ""]
        return "".join(f'<p class="govuk-body-s app-report__under">{part}</p>' for part in parts if part)

    def chart(self, chart: Chart, label: str) -> str:
        width, height = charts.size(charts.svg(chart))
        return (
            '<figure class="app-report__chart">'
            f'<figcaption class="govuk-heading-s">{_text(label)}: {_text(chart.title)}</figcaption>'
            f'<img src="{escape(self.chart_address(chart))}" alt="{_text(chart.alternative)}" '
            f'width="{width:.0f}" height="{height:.0f}">'
            f'<details class="govuk-details"><summary class="govuk-details__summary">'
            '<span class="govuk-details__summary-text">'
            f"Show the figures of {_text(label.lower())} as a table</span></summary>"
            f'<div class="govuk-details__text">{self.table(chart.table, chart.table.caption)}</div></details>'
            f"{self.under(chart.note, chart.source)}</figure>"
        )

    def list_of_figures(self) -> list[str]:
        parts = [
            '<section class="app-report__figures" aria-labelledby="figures">',
            f'<h2 class="govuk-heading-l" id="figures">{FIGURES_TITLE}</h2>',
            f'<p class="govuk-body">{FIGURES_INTRODUCTION}</p>',
            '<dl class="app-report__figure-list">',
        ]
        for figure in figures(self.report):
            said = [
                f"<strong>{_text(figure.whole)}</strong>" + (f", {_text(figure.as_at)}" if figure.as_at else ""),
                _text(figure.definition),
                _text(capital(figure.moment)),
            ]
            lines = "".join(f'<p class="govuk-body-s">{line}</p>' for line in said if line)
            parts.append(
                f'<div id="{anchor(figure.ref)}" class="app-report__figure"><dt class="govuk-heading-s">'
                f"[{self.numbers[figure.ref]}] {_text(figure.title)}</dt><dd>{lines}</dd></div>"
            )
        return [*parts, "</dl></section>"]


def page(report: Report) -> str:
    """The report as a whole page in one file, to be kept, sent or printed: no scripts, nothing fetched."""
    running = " · ".join(_text(part) for part in (report.council, report.title, report.classification) if part)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(report.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(report.title)}{' – ' + _text(report.council) if report.council else ''}</title>\n"
        f"<style>{_STYLE.replace('#1d4f91', report.colour)}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#report">Skip to the report</a>\n<main id="report">\n{fragment(report)}</main>\n'
        f'<footer class="running">{running}{" · " if running else ""}Made with {_text(report.product)}</footer>\n'
        "</body>\n</html>\n"
    )


def _text(text: str) -> str:
    return escape(legible(text))


def _numeric(column: Column) -> str:
    return " govuk-table__cell--numeric" if column.align == "right" else ""


_STYLE = """
*{box-sizing:border-box}
body{margin:0;color:#0b0c0c;background:#fff;font:1.125rem/1.5 Arial,"Liberation Sans",Helvetica,sans-serif}
main,.running{max-width:46rem;margin:0 auto;padding:0 1.25rem}
main{border-top:.6rem solid #1d4f91;padding-top:2rem}
.skip{position:absolute;left:-999rem}.skip:focus{position:static;display:block;padding:.5rem}
.running{margin:3rem auto 1rem;padding-top:.75rem;border-top:1px solid #b1b4b6;color:#505a5f;font-size:.9rem}
h1{font-size:2.2rem;line-height:1.15;margin:.3rem 0 1rem}
h2{font-size:1.6rem;line-height:1.2;margin:2.4rem 0 .8rem}
h3{font-size:1.3rem;line-height:1.25;margin:2rem 0 .6rem}
h4,dt.govuk-heading-s{font-weight:bold;font-size:1.1rem;line-height:1.3;margin:1.5rem 0 .5rem}
p,ul{margin:0 0 1rem}
.app-report__council{color:#505a5f;font-size:1.2rem;margin:0}
.govuk-summary-list{margin:0 0 1.5rem;border-top:1px solid #b1b4b6}
.govuk-summary-list__row{display:flex;gap:1rem;border-bottom:1px solid #b1b4b6;padding:.5rem 0}
.govuk-summary-list__key{flex:0 0 12rem;font-weight:bold}
dd{margin:0}
.app-report__panel{border:2px solid #0b0c0c;padding:1rem 1.25rem 0;margin:0 0 1.5rem}
.app-report__panel h2{font-size:1.2rem;margin:0 0 .6rem}
.app-report__number{display:inline-block;min-width:2.6rem;color:#505a5f}
.app-figure{color:inherit;text-decoration:underline dotted;text-underline-offset:.2em;white-space:nowrap}
.app-figure sup{font-size:.65em;color:#505a5f;line-height:0;padding-left:.1em}
a:focus,summary:focus{outline:3px solid #fd0;background:#fd0;color:#0b0c0c}
table{border-collapse:collapse;width:100%;margin:1.2rem 0 .6rem;font-size:1rem;font-variant-numeric:tabular-nums}
.app-report__table{overflow-x:auto}.app-report__table:focus{outline:3px solid #fd0}
caption{text-align:left;font-weight:bold;padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #b1b4b6}
tbody th{font-weight:normal}
.govuk-table__cell--numeric{text-align:right;padding-right:0;padding-left:.8rem}
.govuk-table__cell--numeric+:not(.govuk-table__cell--numeric){padding-left:.8rem}
figure{margin:1.8rem 0}
figcaption.govuk-heading-s{font-weight:bold;margin-bottom:.4rem}
img{max-width:100%;height:auto}
summary{cursor:pointer;color:#1d4f91;text-decoration:underline;margin:.4rem 0}
.govuk-body-s{font-size:.95rem;color:#3d4448;margin-bottom:.4rem}
blockquote,.app-report__note{margin:0 0 .5rem;padding:.2rem 0 .2rem 1rem;border-left:.4rem solid #b1b4b6}
.app-report__note{border-color:#1d4f91;margin:1.2rem 0}
blockquote p,.app-report__note p{margin:0}
.app-report__figure:target{outline:3px solid #fd0}
@media (max-width:40rem){.govuk-summary-list__row{display:block}.app-figure{white-space:normal}table{font-size:.9rem}}
@page{size:A4;margin:2cm}
@media print{
.app-report__table{overflow:visible}html{font-size:9.6pt}main,.running{max-width:none;padding:0}main{padding-top:.5cm}.skip{display:none}
h2,h3,h4,figcaption,caption,img{break-after:avoid}h2,h3,h4,figcaption,caption,img,tr,.app-report__panel,.app-report__figure{break-inside:avoid}
thead{display:table-header-group}details>*{display:block}details::details-content{content-visibility:visible;display:block}
details>summary{display:none}table{font-size:.9rem;width:auto;min-width:50%}th,td{padding-top:.2rem;padding-bottom:.2rem}
}
"""
