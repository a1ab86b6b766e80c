"""A report as data, from what was written and the figures as they may be shown. The same for a draft and a
published report: only where the figures come from differs (queries)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from plumbline.documents.model import (
    Author,
    BackgroundPaper,
    Block,
    Bullets,
    Chart,
    Column,
    Figure,
    Front,
    Heading,
    Note,
    Paragraph,
    Point,
    Quotation,
    Report,
    Row,
    Run,
    Series,
    Table,
    Text,
    Withheld,
    numbered,
)
from plumbline.kernel.periods import add_months
from plumbline.measures.disclosure import NOTHING_SHOWN
from plumbline.scrutiny import placing, rules, wording
from plumbline.scrutiny.placing import Shown

STALE_AFTER_MONTHS = 24
# A row of the flags' register tells of as many placements as the group of the split by status that has its name here.
_STATUS_OF_FLAG = {"setting_adverse": "adverse", "setting_unmatched": "unmatched", "setting_watch": "watch"}


@dataclass(frozen=True)
class Said:
    """A quotation, with where and when."""

    body: str
    title: str
    said_on: date
    text: str


@dataclass(frozen=True)
class Written:
    """One claim as written. `options` say how a table or chart is made."""

    kind: str
    text: str
    options: Mapping[str, Any] = field(default_factory=dict)
    quotation: Said | None = None


@dataclass(frozen=True)
class Section:
    """The answer to one question."""

    number: int
    wording: str
    summary: str
    conclusion: str
    claims: Sequence[Written]


@dataclass(frozen=True)
class Paper:
    """Everything of a report but its figures. `front` holds the lines of the house format (Report.front)."""

    title: str
    as_at: date
    dated: date
    standing: str
    front: Mapping[str, Any]
    sections: Sequence[Section]
    background_papers: Sequence[BackgroundPaper]
    council: str
    colour: str
    threshold: int | None


def build(paper: Paper, shown: Mapping[str, Shown]) -> Report:
    """The report. `shown` holds every figure that its claims rest on, by reference."""
    blocks: list[Block] = []
    for section in paper.sections:
        blocks.append(Heading(2, f"Question {section.number}: {section.wording}", f"question-{section.number}"))
        for claim in section.claims:
            blocks += _BLOCKS[claim.kind](claim, shown, paper)
    if paper.threshold is not None and any(_withholds(figure) for figure in shown.values()):
        blocks.append(
            Note(
                f"A figure marked “{wording.WITHHELD}” is a count of children of 1 to {paper.threshold}, or a figure "
                "from which such a count could be worked out. A nought is shown as it is.",
                "Figures that are withheld",
            )
        )
    front = paper.front
    summaries = [_sentence(section.summary, shown) for section in paper.sections if section.summary]
    conclusions = [Paragraph(_sentence(section.conclusion, shown)) for section in paper.sections if section.conclusion]
    author = front.get("written_by")
    return Report(
        title=paper.title,
        council=paper.council,
        colour=paper.colour,
        standing=paper.standing,
        blocks=numbered(blocks),
        front=Front(
            on_behalf_of=front.get("on_behalf_of", ""),
            to=front.get("to", ""),
            date=wording.on_day(paper.dated),
            subject=front.get("subject", paper.title),
            summary=(*_paragraphs(front.get("summary", ()), paper), Bullets(tuple(summaries))),
            actions_required=(Bullets(tuple(front.get("actions_required", ()))),),
            conclusion=numbered(conclusions, "2"),
            consultation=numbered(_paragraphs(front.get("consultation", ()), paper), "3"),
            policy_proofing=_paragraphs(front.get("policy_proofing", ()), paper),
            background_papers=tuple(paper.background_papers),
            written_by=Author(**author) if author else None,
        ),
    )


def _paragraphs(texts: Sequence[str], paper: Paper) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(text.replace("{{as_at}}", wording.on_day(paper.as_at))) for text in texts)


def _sentence(text: str, shown: Mapping[str, Shown]) -> tuple[Run, ...]:
    """A text with its figures, and the reason why any of them cannot be given."""
    missing = placing.not_given(text, shown)
    return (*placing.place(text, shown), *(Text(f" {sentence}") for sentence in missing))


# -- blocks ---------------------------------------------------------------------------------------------


def _heading(claim: Written, shown: Mapping[str, Shown], paper: Paper) -> list[Block]:
    return [Heading(3, claim.text)]


def _paragraph(claim: Written, shown: Mapping[str, Shown], paper: Paper) -> list[Block]:
    return [Paragraph(_sentence(claim.text, shown))]


def _gap(claim: Written, shown: Mapping[str, Shown], paper: Paper) -> list[Block]:
    return [Note(_sentence(claim.text, shown), str(claim.options.get("title", "What the evidence cannot show yet")))]


def _quotation(claim: Written, shown: Mapping[str, Shown], paper: Paper) -> list[Block]:
    said = claim.quotation
    if said is None:
        return []
    stale = add_months(said.said_on, STALE_AFTER_MONTHS) < paper.dated
    return [Quotation(said.text, said.body, said.title, wording.on_day(said.said_on), stale)]


def _table(claim: Written, shown: Mapping[str, Shown], paper: Paper) -> list[Block]:
    caption = _plain(claim.text, shown)
    if "register" in claim.options:
        return [_register(caption, claim.options, shown)]
    if "split" in claim.options:
        return [_split_table(caption, claim.options, shown)]
    columns = claim.options["columns"]
    rows = claim.options["rows"]
    reasons = _reasons([text for row in rows for text in (row["header"], *row["cells"])], shown)
    return [
        Table(
            caption,
            _columns([_plain(title, shown) for title in columns]),
            tuple(
                Row(_plain(row["header"], shown), tuple(placing.place(cell, shown) for cell in row["cells"]))
                for row in rows
            ),
            note=" ".join([*([_plain(claim.options["note"], shown)] if "note" in claim.options else []), *reasons]),
        )
    ]


def _split_table(caption: str, options: Mapping[str, Any], shown: Mapping[str, Shown]) -> Block:
    """Groups down the side, and a part of one figure in each column."""
    figures = [shown[column["figure"]] for column in options["split"]]
    if any(figure.body is None for figure in figures):
        return _cannot_show(caption, figures)
    parts = [column.get("part", "value") for column in options["split"]]
    groups = _groups(figures)
    rows = [
        Row(
            wording.group(figures[0].split, group),
            tuple(_cell(figure, figure.row(group), part) for figure, part in zip(figures, parts, strict=True)),
        )
        for group in groups
    ]
    heads = tuple(_cell(figure, figure.body or {}, part) for figure, part in zip(figures, parts, strict=True))
    if rows and all(cell == wording.WITHHELD for cells in (*(row.cells for row in rows), heads) for cell in cells):
        return Note(NOTHING_SHOWN, caption)
    titles = [options["group_title"], *(_plain(column["title"], shown) for column in options["split"])]
    said = [Text(_plain(options["note"], shown) + " ")] if "note" in options else []
    return Table(caption, _columns(titles), (*rows, Row("All", heads)), note=[*said, *_drawn_from(figures)])


def _cell(figure: Shown, row: Mapping[str, Any], part: str) -> str:
    if part == "interval":
        numerator, denominator = row.get("numerator"), row.get("denominator")
        if row.get("withheld") or numerator is None or denominator is None:
            return wording.WITHHELD
        if not denominator:
            return wording.NOTHING
        low, high = rules.interval(numerator, denominator)
        return f"{low:.0f}% to {high:.0f}%"
    return placing.value(figure, row, part) or wording.WITHHELD


def _register(caption: str, options: Mapping[str, Any], shown: Mapping[str, Shown]) -> Block:
    """What a register of the rooms below said when the report was written (records)."""
    found = options["found"]
    if not found["rows"]:
        return Note(found["nothing"], caption)
    hidden = _withheld_statuses(shown) if options["register"] == "flags" else set()
    rows = []
    for row in found["rows"]:
        keep_back = _STATUS_OF_FLAG.get(row.get("key", "")) in hidden
        cells = [wording.WITHHELD if keep_back or cell is None else _said(cell) for cell in row["cells"]]
        rows.append(Row(row["header"], tuple(cells)))
    columns = tuple(
        Column(
            title, "right" if place and any(_is_number(row["cells"][place - 1]) for row in found["rows"]) else "left"
        )
        for place, title in enumerate(found["columns"])
    )
    return Table(caption, columns, tuple(rows), note=found.get("note", ""), source=found["source"])


def _withheld_statuses(shown: Mapping[str, Shown]) -> set[str]:
    return {
        row["group"]["status"]
        for figure in shown.values()
        if figure.split == "status" and figure.body
        for row in figure.body.get("rows", ())
        if row.get("withheld")
    }


def _chart(claim: Written, shown: Mapping[str, Shown], paper: Paper) -> list[Block]:
    title, options = _plain(claim.text, shown), claim.options
    figures = [shown[ref] for series in options["series"] for ref in series.get("figures", [series.get("figure")])]
    if any(figure.body is None for figure in figures):
        return [_cannot_show(title, figures)]
    split = [shown[series["figure"]] for series in options["series"] if "figure" in series]
    groups = _groups(split) if split and split[0].split else []
    drawn = tuple(
        Series(_plain(series["name"], shown), _points(series, groups, shown), bool(series.get("comparison")))
        for series in options["series"]
    )
    if not drawn[0].points:
        return [Note("There is nothing to draw in this period.", title)]
    if all(point.withheld for series in drawn for point in series.points):
        return [Note(NOTHING_SHOWN, title)]
    return [
        Chart(
            title,
            options["kind"],
            drawn,
            measure=_plain(options["measure"], shown),
            at_title=options.get("at_title", "Date"),
            note=_drawn_from(figures),
        )
    ]


def _points(series: Mapping[str, Any], groups: Sequence[str], shown: Mapping[str, Shown]) -> tuple[Point, ...]:
    part = series.get("part", "value")
    if "figures" in series:
        figures = [shown[ref] for ref in series["figures"]]
        return tuple(_point(figure, wording.when(figure.body or {}), figure.body or {}, part) for figure in figures)
    figure = shown[series["figure"]]
    if figure.split:
        return tuple(_point(figure, wording.group(figure.split, group), figure.row(group), part) for group in groups)
    return tuple(
        _point(figure, date.fromisoformat(row["at"]) if row.get("at") else wording.when(row), row, part)
        for row in (figure.body or {}).get("rows", ())
    )


def _point(figure: Shown, at: date | str, row: Mapping[str, Any], part: str) -> Point:
    said = placing.value(figure, row, part)
    if said is None:
        return Point(at, None, wording.WITHHELD, withheld=True)
    value = row.get(part)
    until = f" (to {wording.on_day(row['to_only'])} only)" if row.get("to_only") else ""
    return Point(at, None if value is None else float(value), said + until)


# -- small things ---------------------------------------------------------------------------------------


def _cannot_show(title: str, figures: Sequence[Shown]) -> Note:
    reasons = dict.fromkeys(placing.cannot(figure) for figure in figures if figure.body is None)
    return Note(" ".join(reasons), title)


def _reasons(texts: Sequence[str], shown: Mapping[str, Shown]) -> list[str]:
    return list(dict.fromkeys(sentence for text in texts for sentence in placing.not_given(text, shown)))


def _drawn_from(figures: Sequence[Shown]) -> Sequence[Run]:
    """The figures under a table or chart, each with its mark."""
    runs: list[Run] = [Text("From: ")]
    for index, figure in enumerate({figure.ref: figure for figure in figures}.values()):
        runs += [Text("; ")] if index else []
        whole = placing.run(figure)
        about = f"{figure.title}, {wording.when(figure.body or {})}"
        if isinstance(whole, Figure):
            runs.append(Figure(whole.ref, about, whole.title, whole.definition, whole.moment, whole.as_at, whole.whole))
        elif isinstance(whole, Withheld):
            runs += [
                Text(f"{about}: "),
                Withheld(whole.ref, whole.title, whole.definition, whole.moment, whole.as_at, whole.shown),
            ]
    return (*runs, Text("."))


def _groups(figures: Sequence[Shown]) -> list[str]:
    split = figures[0].split
    found = {row["group"][split] for figure in figures for row in (figure.body or {}).get("rows", ())}
    return sorted(found, key=lambda group: wording.group_order(split, group))


def _columns(titles: Sequence[str]) -> tuple[Column, ...]:
    return (Column(titles[0]), *(Column(title, "right") for title in titles[1:]))


def _plain(text: str, shown: Mapping[str, Shown]) -> str:
    return "".join(run.shown if isinstance(run, Figure | Withheld) else run.text for run in placing.place(text, shown))


def _is_number(cell: object) -> bool:
    """What is kept back was one."""
    return cell is None or isinstance(cell, int)


def _said(cell: object) -> str:
    return wording.number(cell) if isinstance(cell, int) else str(cell)


def _withholds(figure: Shown) -> bool:
    body = figure.body or {}
    return any(row.get("withheld") or row.get("not_yet_known", 0) is None for row in (body, *body.get("rows", ())))


_BLOCKS: Mapping[str, Callable[[Written, Mapping[str, Shown], Paper], list[Block]]] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "table": _table,
    "chart": _chart,
    "quotation": _quotation,
    "gap": _gap,
}
