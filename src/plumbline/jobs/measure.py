"""`plumbline measure` and `plumbline measures`."""

import json
from datetime import date, datetime
from typing import Any

import click
from django.utils.dateparse import parse_datetime

from plumbline.indicators import queries, questions
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import taken_at
from plumbline.measures.catalogue import CATALOGUE
from plumbline.measures.model import Measure, Row
from plumbline.people.models import User


def read_moment(text: str | None) -> datetime | None:
    """A moment as typed; without a time zone it is the council's. Raises RuleBroken."""
    if not text:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise RuleBroken(
            f"“{text}” is not a moment. Write it as 2016-09-09T10:30, or with +00:00 behind it.", code="bad_date"
        )
    return moment if moment.tzinfo else taken_at(moment.date(), moment.time())


def measure(
    *, asked: dict[str, Any], known_at: str | None, profile: str | None, as_json: bool, by: User | None, on: date
) -> None:
    answer = queries.ask(viewer=by, asked=questions.read(asked), on=on, known_at=read_moment(known_at), profile=profile)
    if as_json:
        click.echo(json.dumps(answer.as_json(), ensure_ascii=False))
        return
    click.echo(answer.measure.title)
    # Of a table of nothing but withheld counts the sentence below is all there is to say.
    for row in () if answer.shows_nothing else answer.rows or (answer.total,):
        click.echo("  " + " · ".join([*_where(row), _value(answer.measure, row)]))
    if answer.rows:
        click.echo(f"  in all: {_value(answer.measure, answer.total)}")
    for sentence in answer.sentences():
        click.echo(f"  {sentence}")
    if answer.observed_until:
        click.echo(f"  The records reach to {wording.day(answer.observed_until)}.")


def measures(*, as_json: bool) -> None:
    if as_json:
        listed = [
            {
                "key": m.key,
                "version": m.version,
                "title": m.title,
                "meaning": m.meaning,
                "unit": m.unit,
                "kind": m.kind,
                "splits": list(m.split_keys),
                "disclosure": m.disclosure,
                "definition": m.fingerprint,
            }
            for m in CATALOGUE.values()
        ]
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    for m in CATALOGUE.values():
        asks = "--as-at D" if m.is_stock else "--from D --to D"
        click.echo(f"{m.key}  {m.title} ({m.unit}; {asks}; by {', '.join(m.split_keys) or 'nothing'})")


def _where(row: Row) -> list[str]:
    said = [str(value) for value in row.group.values()]
    if row.at:
        said.append(wording.day(row.at))
    elif row.first and row.last:
        said.append(f"{wording.day(row.first)} to {wording.day(row.last)}")
    return said


def _value(measure: Measure, row: Row) -> str:
    if row.withheld:
        return "withheld"
    if measure.kind == "distribution":
        if row.value is None:
            return "no cases"
        lower, upper = row.quartiles or (None, None)
        return f"median {row.value} {measure.unit} (middle half {lower} to {upper}; {row.denominator:,} cases)"
    if measure.is_share:
        share = "–" if row.value is None else f"{row.value}%"
        shown = f"{share} ({row.numerator:,} of {row.denominator:,} {measure.unit})"
        return f"{shown}, {row.not_yet_known:,} not yet known" if row.not_yet_known else shown
    return f"{row.value:,} {measure.unit}"
