"""Asking: from a question to an answer, or to a sentence that says why it cannot be given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import Said
from plumbline.kernel.periods import Period
from plumbline.measures import compile as compiler
from plumbline.measures.model import (
    NATIVE,
    NOT_RECORDED,
    Answer,
    Asked,
    Counted,
    Counter,
    Known,
    Measure,
    Row,
    Spells,
    Split,
    percent,
)
from plumbline.measures.series import pieces

_SOURCES = Said(
    {
        "ssd_early_help_episodes": "early help episodes",
        "ssd_cin_episodes": "social-care episodes",
        "tac_audits": "audits of {tacs}",
        "ssd_cla_placement": "placements of looked-after children",
        "school_placements": "placements at schools",
    }
)


class Engine(Protocol):
    def run(self, statement: compiler.Statement) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True, slots=True)
class Record:
    """One record behind a figure; `group` is None where the question was not split."""

    id: str
    group: str | None
    in_numerator: bool


def answer(asked: Asked, *, engine: Engine, observed_until: Mapping[str, date], known: Known | None = None) -> Answer:
    """Ask one figure, split or series.

    `observed_until` is the last day that each source's records reach, by the name of the extract, as it was at
    `known`. A source that is not in it has never been read. `known` None means now.

    Raises RuleBroken: wrong_question (a day where a period is needed, or the other way round), unknown_split,
    unknown_every, not_observed (the day, or the whole period, is past the records).
    """
    split = _split(asked)
    _check_shape(asked)
    horizon, notes = _horizon(asked.measure, observed_until)
    if asked.measure.is_stock:
        found = _stock(asked, split, known, horizon, notes, engine)
    else:
        found = _flow(asked, split, known, horizon, notes, engine)
    total, rows, counts = found
    return Answer(
        asked=asked,
        total=total,
        rows=rows,
        known_at=known.at if known else None,
        observed_until=horizon,
        exclusions=_counted(getattr(asked.measure.rule, "leaves_out", ()), counts),
        apart=_counted(asked.measure.rule.apart, counts),
        notes=tuple(notes),
    )


def records(
    asked: Asked, *, engine: Engine, observed_until: Mapping[str, date], known: Known | None = None
) -> tuple[Record, ...]:
    """The records behind a figure, by id: those of its denominator, and which of them are in the numerator.

    Raises RuleBroken as `answer` does, and wrong_question for a series.
    """
    split = _split(asked)
    _check_shape(asked)
    if asked.every:
        raise RuleBroken("A series has no one list of records: ask for one day or period.", code="wrong_question")
    horizon, _ = _horizon(asked.measure, observed_until)
    when = Period(asked.as_at, asked.as_at) if asked.as_at else asked.whole_period()
    _refuse_unobserved(asked.measure, when.first, horizon)
    when = Period(when.first, min(when.last, horizon))
    statement = compiler.records(asked.measure, when, split, known, horizon)
    return tuple(Record(str(id_), group, bool(inside)) for id_, group, inside in engine.run(statement))


def _split(asked: Asked) -> Split | None:
    if asked.split_by is None:
        return None
    for split in asked.measure.splits:
        if split.key == asked.split_by:
            return split
    raise RuleBroken(
        f"{asked.measure.key} is not split by “{asked.split_by}”. "
        f"It can be split by {', '.join(asked.measure.split_keys)}.",
        code="unknown_split",
    )


def _check_shape(asked: Asked) -> None:
    key, said = asked.measure.key, None
    if (asked.as_at is None) == (asked.period is None):
        said = "A question is about one day or one period, and not both."
    elif asked.measure.is_stock and asked.period and not asked.every:
        said = f"{key} counts what is open or in force on a day: give that day, or ask for a series over the period."
    elif asked.measure.is_stock and asked.as_at and asked.every:
        said = "A series needs a period, from one day to another."
    elif not asked.measure.is_stock and asked.as_at:
        said = f"{key} counts what happened in a period: give its first and last day."
    if said:
        raise RuleBroken(said, code="wrong_question")


def _horizon(measure: Measure, observed_until: Mapping[str, date]) -> tuple[date, list[str]]:
    """The earliest of the sources' horizons, and what must be said of sources never read."""
    sources = measure.sources or (NATIVE,)
    reached = [observed_until[source] for source in sources if source in observed_until]
    missing = [_SOURCES.get(source, source) for source in sources if source not in observed_until]
    if not reached:
        raise RuleBroken(
            f"No {' or '.join(missing)} have been imported, so {measure.key} cannot be given.", code="not_observed"
        )
    if measure.any_source:
        return min(reached), []
    return min(reached), [f"No {name} have been imported: the figure is without them." for name in missing]


def _refuse_unobserved(measure: Measure, day: date, horizon: date) -> None:
    if day > horizon:
        raise RuleBroken(
            f"The records that {measure.key} is made from reach to {_say(horizon)} only; {_say(day)} is after that.",
            code="not_observed",
        )


def _stock(
    asked: Asked, split: Split | None, known: Known | None, horizon: date, notes: list[str], engine: Engine
) -> tuple[Row, tuple[Row, ...], dict[str, int]]:
    measure = asked.measure
    if asked.as_at:
        dates = [asked.as_at]
        _refuse_unobserved(measure, asked.as_at, horizon)
    else:
        asked_for = [piece.last for piece in pieces(asked.whole_period(), asked.every)]
        _refuse_unobserved(measure, asked_for[0], horizon)
        dates = [day for day in asked_for if day <= horizon]
        if dates != asked_for:
            notes.append(f"To {_say(dates[-1])} only: the records reach to {_say(horizon)}.")
    cells = _cells(engine, compiler.stock(measure, dates, split, known), len(dates), split=bool(split))
    rows = tuple(
        replace(_row(measure, counts), group=_group(split, group), at=dates[piece]) for piece, group, counts in cells
    )
    last = len(dates) - 1
    if split and isinstance(measure.rule, Spells) and measure.rule.distinct:
        whole = _cells(engine, compiler.stock(measure, dates[-1:], None, known), 1, split=False)
        total = _sum(counts for _, _, counts in whole)
    else:
        total = _sum(counts for piece, _, counts in cells if piece == last)
    shown = rows if split or asked.every else ()
    return replace(_row(measure, total), at=dates[-1]), shown, total


def _flow(
    asked: Asked, split: Split | None, known: Known | None, horizon: date, notes: list[str], engine: Engine
) -> tuple[Row, tuple[Row, ...], dict[str, int]]:
    measure, period = asked.measure, asked.whole_period()
    _refuse_unobserved(measure, period.first, horizon)
    asked_for = [piece for piece in pieces(period, asked.every) if piece.first <= horizon]
    cut = [Period(piece.first, min(piece.last, horizon)) for piece in asked_for]
    if period.last > horizon:
        notes.append(f"To {_say(horizon)} only: the records reach no further.")
    cells = _cells(engine, compiler.flow(measure, cut, split, known, horizon), len(cut), split=bool(split))
    rows = tuple(
        replace(
            _row(measure, counts),
            group=_group(split, group),
            first=asked_for[piece].first,
            last=asked_for[piece].last,
            partial=horizon if asked_for[piece].last > horizon else None,
        )
        for piece, group, counts in cells
    )
    if measure.kind == "distribution" and (split or len(cut) > 1):
        whole = [Period(period.first, cut[-1].last)]
        statement = compiler.flow(measure, whole, None, known, horizon)
        total = _sum(counts for *_, counts in _cells(engine, statement, 1, split=False))
    else:
        total = _sum(counts for *_, counts in cells)
    partial = horizon if period.last > horizon else None
    head = replace(_row(measure, total), first=period.first, last=period.last, partial=partial)
    return head, rows if split or asked.every else (), total


_Cell = tuple[int, str | None, dict[str, Any]]


def _cells(engine: Engine, statement: compiler.Statement, many: int, *, split: bool) -> list[_Cell]:
    """What came back, by piece and group, with the pieces that had nothing; "not recorded" is the last group."""
    names = statement.columns[2:]
    found = {(row[0], row[1]): dict(zip(names, row[2:], strict=True)) for row in engine.run(statement)}
    groups = {group for (_, group), counts in found.items() if any(counts.values())}
    nothing = dict.fromkeys(names, 0)
    ordered = sorted(groups, key=lambda group: (group == NOT_RECORDED, group or ""))
    if not split:
        ordered = [None]
    return [(piece, group, found.get((piece, group), nothing)) for piece in range(many) for group in ordered]


def _sum(cells: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    total: dict[str, Any] = {}
    for counts in cells:
        for key, count in counts.items():
            # Quartiles of nothing are none.
            total[key] = total.get(key, 0) + (count or 0)
    return total


def _row(measure: Measure, counts: Mapping[str, Any]) -> Row:
    n, k = int(counts.get("n", 0)), int(counts.get("k", 0))
    not_yet_known = int(counts.get("not_yet_known", 0))
    if measure.kind == "distribution":
        if not n:
            return Row(denominator=0)
        lower, median, upper = (Decimal(str(counts[name])) for name in ("lower", "median", "upper"))
        return Row(value=median, quartiles=(lower, upper), denominator=n)
    if measure.is_share:
        return Row(value=percent(k, n), numerator=k, denominator=n, not_yet_known=not_yet_known)
    return Row(value=n, numerator=n, not_yet_known=not_yet_known)


def _group(split: Split | None, group: str | None) -> dict[str, str]:
    return {split.key: group or NOT_RECORDED} if split else {}


def _counted(counters: Iterable[Counter], counts: Mapping[str, Any]) -> tuple[Counted, ...]:
    return tuple(Counted(each.key, each.sentence, int(counts.get(each.key, 0))) for each in counters)


def _say(day: date) -> str:
    return wording.day(day)
