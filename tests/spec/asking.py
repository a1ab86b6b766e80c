"""Asking in tests: a question in one line, its figure as a plain value."""

from collections.abc import Mapping
from datetime import date

from plumbline.kernel.periods import Period
from plumbline.measures.ask import answer
from plumbline.measures.catalogue import CATALOGUE, get
from plumbline.measures.model import NATIVE, Answer, Asked, Known
from tests.spec.conftest import Facts, Rows, drawn

Tables = Mapping[str, Rows]

HORIZON = date(2017, 7, 31)
OBSERVED = {source: HORIZON for measure in CATALOGUE.values() for source in measure.sources or (NATIVE,)}


def ask(facts: Facts, tables: str | Tables, question: str, *, known: Known | None = None, observed=OBSERVED) -> Answer:
    """`tables`: drawn in text, or as rows. `question`: key, then a day or from..to, then `by` a split, `every` a
    piece."""
    facts.load(drawn(tables) if isinstance(tables, str) else tables)
    key, when, *more = question.split()
    options = dict(zip(more[::2], more[1::2], strict=True))
    first, _, last = when.partition("..")
    at = (
        {"period": Period(date.fromisoformat(first), date.fromisoformat(last))}
        if last
        else {"as_at": date.fromisoformat(first)}
    )
    asked = Asked(get(key), split_by=options.get("by"), every=options.get("every"), **at)
    return answer(asked, engine=facts.engine, observed_until=observed, known=known)


def figure(found: Answer) -> object:
    """A count as a number, a share as "1 of 3"."""
    return said(found.total)


def said(row) -> object:
    return row.value if row.denominator is None else f"{row.numerator} of {row.denominator}"


def by_group(found: Answer) -> dict[str, object]:
    return {next(iter(row.group.values())): said(row) for row in found.rows}
