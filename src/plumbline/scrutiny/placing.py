"""Figures placed in sentences by reference, and answers (indicators' JSON) in words.

In a text, where `open_now` is the reference of a figure of the answer:

- `{{open_now}}` the figure: "2,704", "64.7% (1,750 of 2,704)", "212 days";
- `{{open_now.value}}`, `.numerator`, `.denominator`, `.not_yet_known`, or another count of the answer by its name;
- `{{open_now.quartiles}}` "98 to 401 days", and `{{open_now.when}}` "30 June 2016" or "1 April 2015 to 31 March 2016";
- `{{by_status[adverse]}}` one group of a split; a group with nothing in it is 0;
- `{{open_now vs open_before}}` "up from", "down from", "the same as", or "against" where one is not shown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plumbline.documents.model import Figure, Run, Strong, Text, Withheld
from plumbline.scrutiny import wording

_PLACE = re.compile(r"\{\{\s*([a-z0-9_]+)\s*(?:\.([a-z_]+)|\[([^\]{}]+)\]|\s+vs\s+([a-z0-9_]+))?\s*\}\}")
_PARTS = ("value", "numerator", "denominator")


@dataclass(frozen=True)
class Shown:
    """One figure of a report, ready to be placed.

    `body` is the answer after its profile, or None where the question has none, and `reason` says why. `title`,
    `meaning` and `kind` are those of the measure, as they were when the report was published.
    """

    ref: str
    title: str
    meaning: str
    kind: str
    unit: str
    split: str
    body: Mapping[str, Any] | None
    reason: str = ""

    @property
    def is_share(self) -> bool:
        return self.kind.startswith("share")

    def row(self, group: str) -> Mapping[str, Any]:
        """One group of the split."""
        for row in (self.body or {}).get("rows", ()):
            if row.get("group", {}).get(self.split) == group:
                return row
        return {"value": 0, "numerator": 0, "denominator": None, "withheld": False}


def placed(reference: str) -> str:
    """A figure, or a part of it, as a text places it."""
    return "{{" + reference + "}}"


def references(text: str) -> Iterator[str]:
    """Every figure that a text places, in order."""
    for found in _PLACE.finditer(text):
        yield found[1]
        if found[4]:
            yield found[4]


def place(text: str, shown: Mapping[str, Shown]) -> tuple[Run, ...]:
    """The text with its figures in it. A place whose figure or part is not known is left as it was written."""
    runs: list[Run] = []
    end = 0
    for found in _PLACE.finditer(text):
        if not _is_known(found, shown):
            continue
        runs += _words(text[end : found.start()])
        runs.append(_placed(found, shown))
        end = found.end()
    return (*runs, *_words(text[end:]))


def _is_known(found: re.Match[str], shown: Mapping[str, Shown]) -> bool:
    """Whether there is such a figure, and such a part of it."""
    if not set(references(found[0])) <= set(shown):
        return False
    body, part = shown[found[1]].body, found[2]
    return not part or body is None or part in ("value", "quartiles", "when") or part in body


def not_given(text: str, shown: Mapping[str, Shown]) -> tuple[str, ...]:
    """A sentence for each figure of the text that has no answer."""
    refs = dict.fromkeys(ref for ref in references(text) if ref in shown and shown[ref].body is None)
    return tuple(dict.fromkeys(cannot(shown[ref]) for ref in refs))


def cannot(figure: Shown) -> str:
    return f"“{figure.title}” cannot be given: {figure.reason}"


def value(figure: Shown, row: Mapping[str, Any], part: str = "") -> str | None:
    """A figure, or one row of it, in words; None where it is withheld."""
    if part in ("", "value"):
        if row.get("withheld") or (row.get("value") is None and row.get("numerator")):
            return None
        if row.get("value") is None:
            return wording.NOTHING
        if figure.is_share:
            share = f"{row['value']:.1f}%"
            if part or row.get("numerator") is None or row.get("denominator") is None:
                return share
            return f"{share} ({row['numerator']:,} of {row['denominator']:,})"
        counted = wording.number(row["value"])
        return f"{counted} {figure.unit}" if figure.kind == "distribution" and not part else counted
    if part == "quartiles":
        if row.get("withheld"):
            return None
        if not row.get("quartiles"):
            return wording.NOTHING
        lower, upper = map(wording.number, row["quartiles"])
        return f"{lower} to {upper} {figure.unit}"
    count = row.get(part)
    return None if count is None else wording.number(count)


def run(figure: Shown, part: str = "", group: str | None = None) -> Run:
    """The figure (or a part, or one group of it) as it is in a line, with its mark."""
    if figure.body is None:
        return Text(wording.CANNOT)
    row = figure.row(group) if group is not None else figure.body
    ref, title = figure.ref, figure.title
    if group is not None:
        ref, title = f"{ref}-{group}", f"{title}: {wording.group(figure.split, group)}"
    elif part and part not in (*_PARTS, "quartiles"):
        ref, title = f"{ref}-{part}", f"{title}: {part.replace('_', ' ')}"
    said = value(figure, row, part)
    about = {
        "ref": ref,
        "title": title,
        "definition": figure.meaning,
        "moment": wording.at_moment(figure.body.get("known_at")),
        "as_at": wording.when(figure.body),
    }
    if said is None:
        return Withheld(shown=wording.WITHHELD, **about)
    whole = value(figure, row) if part in (*_PARTS, "quartiles") else ""
    return Figure(shown=said, full=whole or "", **about)


def _placed(found: re.Match[str], shown: Mapping[str, Shown]) -> Run:
    ref, part, group, other = found.groups()
    if other:
        return Text(_against(shown[ref], shown[other]))
    if part == "when":
        body = shown[ref].body
        return Text(wording.when(body) if body else "a day that the records do not reach")
    return run(shown[ref], part or "", group)


def _against(now: Shown, before: Shown) -> str:
    values = [None if one.body is None or one.body.get("withheld") else one.body.get("value") for one in (now, before)]
    if values[0] is None or values[1] is None:
        return "against"
    if values[0] == values[1]:
        return "the same as"
    return "up from" if values[0] > values[1] else "down from"


def _words(text: str) -> list[Run]:
    """Plain words; **these** are strong."""
    parts = re.split(r"\*\*(.+?)\*\*", text)
    return [Strong(part) if index % 2 else Text(part) for index, part in enumerate(parts) if part]
