"""A report as data: what is said, where each figure is, and in what order the house format puts it.

`html`, `docx` and `pdf` render the same object and decide nothing but looks, so that a figure, a chart and
its table can never differ between the three.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from plumbline.kernel import wording

WITHHELD = "withheld (1 to 5)"

# What XML 1.0 cannot hold, and what changes the order in which a reader sees the letters.
_ILLEGIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


# A line ended and begun again inside a paragraph: Word's soft line end, as it comes out of a pasted text, and others.
_SOFT_ENDS = re.compile("[\x0b\x0c\x85\u2028\u2029]")


def legible(text: str) -> str:
    """`text` without the control characters that no file format can show; a soft end of a line is a space."""
    return _ILLEGIBLE.sub("", _SOFT_ENDS.sub(" ", text))


# -- inside a line --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in a sentence or a cell, opened by its mark down to its definition.

    `ref` is the caller's key, unique to the figure and the question it answers; `shown` the words in this
    place ("65%"); `full` the whole figure, where `shown` is shorter ("64.7% (1,750 of 2,704)"); `as_at` the
    day or period and `moment` when the records were read, both in words.
    """

    ref: str
    shown: str
    title: str
    definition: str = ""
    moment: str = ""
    as_at: str = ""
    full: str = ""

    @property
    def whole(self) -> str:
        return self.full or self.shown


@dataclass(frozen=True, slots=True)
class Withheld:
    """A figure that disclosure control keeps back. It is always shown, in words, never as 0 or a blank."""

    ref: str
    title: str
    definition: str = ""
    moment: str = ""
    as_at: str = ""
    shown: str = WITHHELD

    @property
    def whole(self) -> str:
        return self.shown


Placed = Figure | Withheld
Run = Text | Strong | Figure | Withheld
Inline = str | Run | Sequence[str | Run]


def as_runs(inline: Inline) -> tuple[Run, ...]:
    """Whatever is in a line, as runs: a plain string is text."""
    if isinstance(inline, str):
        return (Text(inline),) if inline else ()
    if isinstance(inline, Text | Strong | Figure | Withheld):
        return (inline,)
    return tuple(Text(part) if isinstance(part, str) else part for part in inline)


def run_text(run: Run) -> str:
    return run.shown if isinstance(run, Figure | Withheld) else run.text


def plain(inline: Inline) -> str:
    """The words alone."""
    return "".join(run_text(run) for run in as_runs(inline))


# -- blocks ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 1 belongs to the house format; the sections that a caller writes use 2 and 3."""

    level: int
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: Inline
    number: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    items: Sequence[Inline]


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Row:
    header: Inline
    cells: Sequence[Inline]


@dataclass(frozen=True, slots=True)
class Table:
    """The first column holds the row headers, so a row has one cell fewer than there are columns."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    note: Inline = ""
    source: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) + 1 != len(self.columns):
                raise ValueError(
                    f"Table “{self.caption}” has {len(self.columns)} columns, "
                    f"but row “{plain(row.header)}” has {len(row.cells) + 1}."
                )


@dataclass(frozen=True, slots=True)
class Point:
    """`at` is a day, or the name of a period or group. `value` None is a gap: `shown` says of what kind.

    `withheld` marks a figure kept back, which is drawn as a mark of its own.
    """

    at: date | str
    value: float | None
    shown: str
    withheld: bool = False

    def __post_init__(self) -> None:
        if self.withheld and self.value is not None:
            raise ValueError(f"The point at {self.at} is withheld, so its value must not come this far.")

    @property
    def label(self) -> str:
        return self.at if isinstance(self.at, str) else wording.day(self.at)


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    points: Sequence[Point]
    comparison: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """A definition or a process changed between the point before `at` and `at`: no line crosses it."""

    at: date | str
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of series, with its alternative text and its table taken from the same points.

    `title` states what is to be seen, `measure` what is drawn and its unit ("Open TACs", "% of closures").
    All series of a chart have their points at the same `at`, in the same order. A line's points are all
    days or all named periods.
    """

    title: str
    kind: Literal["line", "bar", "small_multiples"]
    series: Sequence[Series]
    measure: str
    breaks: Sequence[Break] = ()
    at_title: str = "Date"
    source: str = ""
    note: Inline = ""

    def __post_init__(self) -> None:
        if not self.series or not self.series[0].points:
            raise ValueError(f"Chart “{self.title}” has nothing to draw.")
        places = [point.at for point in self.series[0].points]
        if any([point.at for point in series.points] != places for series in self.series):
            raise ValueError(f"The series of chart “{self.title}” do not have their points at the same places.")
        if len(set(places)) < len(places) or len({series.name for series in self.series}) < len(self.series):
            raise ValueError(f"Two points or two series of chart “{self.title}” have one name.")
        if len({isinstance(at, str) for at in places}) > 1:
            raise ValueError(f"Chart “{self.title}” mixes days with named periods.")
        if not {mark.at for mark in self.breaks} <= set(places):
            raise ValueError(f"A break of chart “{self.title}” lies at none of its points.")

    @property
    def alternative(self) -> str:
        """The chart in words, every figure in it."""
        kind = {"line": "Line chart", "bar": "Bar chart", "small_multiples": "Small line charts on one scale"}[
            self.kind
        ]
        said = [
            f"{series.name}: " + ", ".join(f"{point.label} {point.shown}" for point in series.points)
            for series in self.series
        ]
        changed = [f"Break at {Point(mark.at, None, '').label}: {mark.words}" for mark in self.breaks]
        return ". ".join([f"{kind}. {self.title}", self.measure, *said, *changed]) + "."

    @property
    def table(self) -> Table:
        """The same points as rows. A break is said in the row where it lies."""
        changed = {mark.at: mark.words for mark in self.breaks}
        rows = [
            Row(
                point.label + (f" (break: {changed[point.at]})" if point.at in changed else ""),
                tuple(series.points[index].shown for series in self.series),
            )
            for index, point in enumerate(self.series[0].points)
        ]
        columns = (Column(self.at_title), *(Column(series.name, "right") for series in self.series))
        return Table(f"{self.measure}: the figures of the chart", columns, tuple(rows))


@dataclass(frozen=True, slots=True)
class Quotation:
    """What someone outside the report said. `stale`: said more than 24 months before the report."""

    text: str
    source: str
    document: str
    date: str
    stale: bool = False

    @property
    def attribution(self) -> str:
        return ", ".join(part for part in (self.source, self.document, self.date) if part)


STALE = "This was said more than 24 months before this report."


@dataclass(frozen=True, slots=True)
class Note:
    """What the evidence cannot show yet, said as plainly as what it shows."""

    text: Inline
    title: str = "What the evidence cannot show yet"


@dataclass(frozen=True, slots=True)
class Panel:
    """A boxed part of the first page: the summary, the actions required."""

    title: str
    blocks: "Sequence[Paragraph | Bullets]"


Block = Heading | Paragraph | Bullets | Table | Chart | Quotation | Note | Panel


# -- the whole ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    post: str = ""
    telephone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Appendix:
    letter: str
    title: str
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class BackgroundPaper:
    title: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The lines that a committee report of the house format has besides its text (domain.md 9.1)."""

    on_behalf_of: str
    to: str
    date: str
    subject: str
    summary: Sequence[Paragraph | Bullets]
    actions_required: Sequence[Paragraph | Bullets]
    conclusion: Sequence[Block] = ()
    consultation: Sequence[Block] = ()
    policy_proofing: Sequence[Block] = ()
    appendices: Sequence[Appendix] = ()
    background_papers: Sequence[BackgroundPaper] = ()
    written_by: Author | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`blocks` are the background, question by question, with headings from level 2.

    `layout` "paper" is any other document (an evaluation report, a pack): its summary and then its blocks, whose
    headings begin with level 1; the committee's own headings, and what else `front` holds, are left out.
    `classification` is "Open" or "Exempt"; `exemption` the paragraph of schedule 12A and why the public
    interest falls that way; `standing` what the paper is now ("Draft", "Published on 9 September 2016").
    """

    title: str
    front: Front
    blocks: Sequence[Block]
    layout: Literal["committee", "paper"] = "committee"
    language: str = "en-GB"
    classification: str = "Open"
    exemption: str = ""
    standing: str = ""
    council: str = ""
    product: str = "Plumbline"
    colour: str = "#1d4f91"

    def __post_init__(self) -> None:
        if not _COLOUR.fullmatch(self.colour):
            raise ValueError(f"“{self.colour}” is not a colour written as #1d4f91.")
        highest = 2 if self.layout == "committee" else 1
        level = highest - 1
        for block in self.blocks:
            if isinstance(block, Heading):
                if not highest <= block.level <= min(level + 1, 3):
                    raise ValueError(f"Heading “{block.text}” has level {block.level} after level {level}.")
                level = block.level
        figures(self)


@dataclass(frozen=True, slots=True)
class Piece:
    """A block in its place. `label` is "Table 2" or "Chart 1" where the block is one of those."""

    block: Block
    label: str = ""


def numbered(blocks: Iterable[Block], section: str = "1", start: int = 1) -> tuple[Block, ...]:
    """The same blocks with the paragraphs that have no number yet numbered 1.1, 1.2 …"""
    numbers = iter(range(start, 10**6))
    return tuple(
        replace(block, number=f"{section}.{next(numbers)}")
        if isinstance(block, Paragraph) and not block.number
        else block
        for block in blocks
    )


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "part"


def figures(report: Report) -> tuple[Placed, ...]:
    """Every figure of the report once, in the order of its first place.

    Raises ValueError where one reference stands for two different figures.
    """
    found: dict[str, Placed] = {}
    for block in house_format(report):
        for run in runs_of(block):
            if isinstance(run, Figure | Withheld):
                known = found.setdefault(run.ref, run)
                if (known.title, known.as_at, known.moment) != (run.title, run.as_at, run.moment):
                    raise ValueError(f"Figure “{run.ref}” stands for two different figures.")
                if isinstance(known, Figure) and isinstance(run, Figure) and run.full and not known.full:
                    found[run.ref] = run
    return tuple(found.values())


def runs_of(block: Block) -> tuple[Run, ...]:
    """Every run of a block, in the order of reading."""
    inlines: list[Inline] = []
    if isinstance(block, Paragraph | Note):
        inlines = [block.text]
    elif isinstance(block, Bullets):
        inlines = list(block.items)
    elif isinstance(block, Table):
        inlines = [inline for row in block.rows for inline in (row.header, *row.cells)] + [block.note]
    elif isinstance(block, Chart):
        inlines = [block.note]
    elif isinstance(block, Panel):
        return tuple(run for inner in block.blocks for run in runs_of(inner))
    return tuple(run for inline in inlines for run in as_runs(inline))


NO_BACKGROUND_PAPERS = (
    "No background papers within section 100D of the Local Government Act 1972 were used "
    "in the preparation of this report."
)
BACKGROUND_PAPERS = (
    "The following background papers, as defined in section 100D of the Local Government Act 1972, "
    "were relied upon in the writing of this report."
)


def house_format(report: Report) -> tuple[Block, ...]:
    """The report's blocks in the order of its layout, without the header lines and the list of figures."""
    front = report.front
    if report.layout == "paper":
        return (*((Panel("Summary", front.summary),) if front.summary else ()), *report.blocks)
    found: list[Block] = [Panel("Summary", front.summary), Panel("Actions required", front.actions_required)]
    found += [Heading(1, "1. Background"), *report.blocks]
    found += [Heading(1, "2. Conclusion"), *front.conclusion]
    found += [Heading(1, "3. Consultation"), *front.consultation]
    found += [Heading(2, "a) Policy proofing actions required"), *(front.policy_proofing or (Paragraph("None."),))]
    if front.appendices:
        rows = tuple(
            Row(f"Appendix {one.letter}", (one.title + (" (exempt)" if one.exempt else ""),))
            for one in front.appendices
        )
        found += [
            Heading(1, "Appendices"),
            Table("Appendices to this report", (Column("Appendix"), Column("Title")), rows),
        ]
    found.append(Heading(1, "4. Background papers"))
    if front.background_papers:
        papers = tuple(Row(paper.title, (paper.where,)) for paper in front.background_papers)
        found += [
            Paragraph(BACKGROUND_PAPERS),
            Table("Background papers", (Column("Document title"), Column("Where it can be seen")), papers),
        ]
    else:
        found.append(Paragraph(NO_BACKGROUND_PAPERS))
    if front.written_by:
        found.append(Paragraph(_written_by(front.written_by)))
    return tuple(found)


def _written_by(author: Author) -> str:
    who = ", ".join(part for part in (author.name, author.post) if part)
    reached = " or ".join(part for part in (author.telephone, author.email) if part)
    return f"This report was written by {who}" + (f", who can be contacted on {reached}." if reached else ".")


def pieces(report: Report) -> tuple[Piece, ...]:
    """The blocks of `house_format`, tables and charts numbered and headings with anchors of their own."""
    tables = charts = 0
    anchors: dict[str, int] = {}
    found = []
    for block in house_format(report):
        label = ""
        if isinstance(block, Table):
            tables += 1
            label = f"Table {tables}"
        elif isinstance(block, Chart):
            charts += 1
            label = f"Chart {charts}"
        elif isinstance(block, Heading):
            anchor = slug(block.anchor or block.text)
            anchors[anchor] = anchors.get(anchor, 0) + 1
            block = replace(block, anchor=anchor if anchors[anchor] == 1 else f"{anchor}-{anchors[anchor]}")
        found.append(Piece(block, label))
    return tuple(found)


def figure_numbers(report: Report) -> dict[str, int]:
    """The number that marks each figure in the text, by reference, from 1."""
    return {figure.ref: number for number, figure in enumerate(figures(report), start=1)}


def header_lines(report: Report) -> tuple[tuple[str, str], ...]:
    """The lines of the header table: who reports, to whom, when, on what."""
    front = report.front
    return (
        ("Report on behalf of", front.on_behalf_of),
        ("Report to", front.to),
        ("Date", front.date),
        ("Subject", front.subject),
    )


FIGURES_TITLE = "Figures in this report"
FIGURES_INTRODUCTION = (
    "Each figure carries a number in square brackets. The definition, the day or period, and the moment at "
    "which the records were read are given here."
)
