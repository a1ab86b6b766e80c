"""Question sets and answers kept as YAML files: read, and checked to the last reference."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import say
from plumbline.kernel.names import listed
from plumbline.measures import catalogue
from plumbline.scrutiny import days, placing

_FOLDER = Path(__file__).parent / "library"
# Of a council that has written no answer these are offered, so their texts are ours, with places for its words.
_OFFERED = ("table", "chart")
# Where and when it was said, and who agreed that it is printed.
_OF_A_QUOTATION = ("source_body", "source_title", "said_on", "text", "permission")
KINDS = ("heading", "paragraph", "table", "chart", "quotation", "gap")
# Tables that are read from the registers of the rooms below, not asked as measures (records.py).
REGISTERS = ("monthly_checks", "lists_read", "flags", "contract_reasons", "team_decisions")


@dataclass(frozen=True)
class WrittenClaim:
    """One paragraph, table, chart, quotation or gap. `figures` are the references that it rests on."""

    kind: str
    text: str
    options: Mapping[str, Any] = field(default_factory=dict)
    figures: tuple[str, ...] = ()
    quotation: str = ""


@dataclass(frozen=True)
class WrittenAnswer:
    number: int
    summary: str
    conclusion: str
    claims: tuple[WrittenClaim, ...]


@dataclass(frozen=True)
class Answers:
    """A council's answers: the front of its report, figures by reference, quotations, and an answer by question."""

    question_set: str
    front: Mapping[str, Any]
    figures: Mapping[str, Mapping[str, Any]]
    quotations: Mapping[str, Mapping[str, Any]]
    answers: Mapping[int, WrittenAnswer]


def question_sets() -> tuple[Mapping[str, Any], ...]:
    """Every question set of the library, as its file says it."""
    return tuple(_load(path) for path in sorted((_FOLDER / "questions").glob("*.yaml")))


def answers(name: str) -> Answers:
    """Raises RuleBroken (unknown_answers) where the library holds none of that name."""
    path = _FOLDER / "answers" / f"{name}.yaml"
    if not name.isidentifier() or not path.exists():
        raise RuleBroken(f"The library holds no answers called “{name}”.", code="unknown_answers")
    return read_answers(_load(path))


def offered(demonstration: Answers) -> Answers:
    """What a council begins with that has written no answer: of each question the figures, tables and charts that can
    be counted for it, and none of the demonstration's paragraphs, front or quotations."""
    empty = {
        number: WrittenAnswer(number, "", "", tuple(_offered(one, demonstration.figures)))
        for number, one in demonstration.answers.items()
    }
    return Answers(demonstration.question_set, {"summary": [NOT_WRITTEN]}, demonstration.figures, {}, empty)


NOT_WRITTEN = "No answer has been written yet. Below are the figures that Plumbline counts for each question."


def _offered(answer: WrittenAnswer, figures: Mapping[str, Mapping[str, Any]]) -> Iterator[WrittenClaim]:
    """The figures of an answer one by one, each by its own title; then its tables and charts, which say no more than
    what they count."""
    refs = dict.fromkeys(ref for claim in answer.claims for ref in claim.figures)
    single = [ref for ref in refs if not {"by", "every"} & figures[ref].keys()]
    rows = [
        {
            "header": catalogue.get(str(figures[ref]["key"])).title,
            "cells": [placing.placed(f"{ref}.when"), placing.placed(ref)],
        }
        for ref in single
    ]
    yield WrittenClaim("gap", "Nobody has written an answer to this question yet.", {"title": "No answer yet"})
    yield WrittenClaim(
        "table",
        "Figures offered for this question",
        {"columns": ["Figure", "Of", "Value"], "rows": rows},
        tuple(single),
    )
    drawn = [claim for claim in answer.claims if claim.kind in _OFFERED]
    yield from drawn
    for ref in refs:
        if ref not in single and not any(ref in claim.figures for claim in drawn):
            split = {"figure": ref, "title": placing.placed(f"{ref}.when")}
            title = catalogue.get(str(figures[ref]["key"])).title
            yield WrittenClaim("table", title, {"group_title": "Group", "split": [split]}, (ref,))


def read_answers(written: Mapping[str, Any]) -> Answers:
    """What a file of answers says. Raises RuleBroken (wrong_answers) where it does not hold together."""
    figures = dict(written.get("figures", {}))
    for ref, figure in figures.items():
        catalogue.get(str(figure.get("key")))
        days.resolve(figure, date(2016, 6, 30))
        if not ref.replace("_", "").isalnum() or ref != ref.lower():
            raise RuleBroken(f"“{ref}” cannot be the reference of a figure.", code="wrong_answers")
    quotations = dict(written.get("quotations", {}))
    for name, said in quotations.items():
        if lacks := [part for part in _OF_A_QUOTATION if not str(said.get(part) or "").strip()]:
            raise RuleBroken(
                f"The quotation “{name}” lacks {listed([part.replace('_', ' ') for part in lacks])}.",
                code="wrong_answers",
            )
    found = {}
    for number, answer in written["answers"].items():
        claims = tuple(_claim(claim, figures, quotations) for claim in answer["claims"])
        summary, conclusion = (answer.get(part, "").strip() for part in ("summary", "conclusion"))
        one = WrittenAnswer(int(number), summary, conclusion, claims)
        placed = {ref for claim in claims for ref in claim.figures}
        for text in (one.summary, one.conclusion):
            unknown = set(placing.references(text)) - placed
            if unknown:
                raise RuleBroken(
                    f"The summary of question {number} places {', '.join(sorted(unknown))}, which no claim rests on.",
                    code="wrong_answers",
                )
        found[int(number)] = one
    return Answers(written["question_set"], written.get("front", {}), figures, quotations, found)


def _claim(claim: Mapping[str, Any], figures: Mapping[str, Any], quotations: Mapping[str, Any]) -> WrittenClaim:
    kind = next((kind for kind in KINDS if kind in claim), None)
    if kind is None:
        raise RuleBroken(f"A claim is one of {', '.join(KINDS)}, not {', '.join(claim)}.", code="wrong_answers")
    if kind == "quotation":
        if claim[kind] not in quotations:
            raise RuleBroken(f"There is no quotation “{claim[kind]}”.", code="wrong_answers")
        return WrittenClaim(kind, "", quotation=claim[kind])
    text = " ".join(str(claim[kind]).split())
    options = {name: value for name, value in claim.items() if name != kind}
    if kind in _OFFERED:
        text, options = say(text), _said(options)
    if options.get("register", REGISTERS[0]) not in REGISTERS:
        raise RuleBroken(f"There is no register “{options['register']}”.", code="wrong_answers")
    refs = tuple(dict.fromkeys([*placing.references(text), *_figures_of(options)]))
    unknown = [ref for ref in refs if ref not in figures]
    if unknown:
        raise RuleBroken(f"No figure is called {', '.join(unknown)}.", code="wrong_answers")
    return WrittenClaim(kind, text, options, refs)


def _said(options: Any) -> Any:
    """The texts of a table or chart in the words of the day."""
    if isinstance(options, Mapping):
        return {name: _said(value) for name, value in options.items()}
    if isinstance(options, list):
        return [_said(one) for one in options]
    return say(options) if isinstance(options, str) else options


def _figures_of(options: Any) -> list[str]:
    """The references in the options of a table or chart: in its texts, under `figure`, and in lists of `figures`."""
    if isinstance(options, str):
        return list(placing.references(options))
    if isinstance(options, list):
        return [ref for one in options for ref in _figures_of(one)]
    if not isinstance(options, Mapping):
        return []
    found = []
    for name, value in options.items():
        if name == "figure":
            found.append(str(value))
        elif name == "figures":
            found += [str(one) for one in value]
        else:
            found += _figures_of(value)
    return found


def _load(path: Path) -> Mapping[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
