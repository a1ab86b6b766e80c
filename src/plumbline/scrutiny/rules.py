"""What figures of one report tell about each other, so that what one withholds no other shows; and intervals."""

from collections.abc import Iterator, Mapping
from math import sqrt
from typing import Any

from plumbline.measures.catalogue import CATALOGUE

# A measure that counts some groups of another's split. As a share, that is its numerator.
_GROUPS_OF: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    key: (measure.part_of.base, measure.part_of.split, measure.part_of.groups)
    for key, measure in CATALOGUE.items()
    if measure.part_of and measure.part_of.groups
}
# A share whose denominator is another measure.
_WHOLE_IS: Mapping[str, str] = {
    key: measure.part_of.base for key, measure in CATALOGUE.items() if measure.part_of and measure.is_share
}

_Cell = tuple[str, str, tuple[tuple[str, str], ...]]
_COUNTS = ("value", "numerator", "denominator", "quartiles")


def withhold_alike(shown: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same answers (indicators' JSON, after their profile), with every count withheld that is withheld
    elsewhere in the report under another name: a group of a split, the numerator of a share, the same day of a series.

    Withholding spreads until nothing more follows. It never shows what was withheld before.
    """
    found = {
        ref: {**body, **({"rows": [dict(row) for row in body["rows"]]} if "rows" in body else {})}
        for ref, body in shown.items()
    }
    while True:
        parts = [part for body in found.values() for part in _parts(body)]
        hidden = {cell for row, name, cells in parts if row.get(name) is None and _is_withheld(row) for cell in cells}
        showing = [(row, name) for row, name, cells in parts if row.get(name) is not None and hidden & set(cells)]
        if not showing:
            return found
        for row, name in showing:
            row["withheld"] = True
            for kept in ("value", name, *(("quartiles",) if "quartiles" in row else ())):
                row[kept] = None


def _is_withheld(row: Mapping[str, Any]) -> bool:
    return bool(row.get("withheld")) or row.get("numerator") is None


def _parts(body: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, tuple[_Cell, ...]]]:
    """Each count of an answer: the row it is in, its name there, and the cells that it counts together."""
    if "key" not in body:
        return
    key = body["key"]
    if "quartiles" in body:
        return
    base, split, groups = _GROUPS_OF.get(key, (key, "", ()))
    for row in (body, *body.get("rows", ())):
        time = _time(row) or _time(body)
        group = tuple(sorted(row.get("group", {}).items()))
        numerator = tuple((base, time, (*group, (split, each))) for each in groups) or ((key, time, group),)
        yield row, "numerator", numerator
        if key in _WHOLE_IS:
            yield row, "denominator", ((_WHOLE_IS[key], time, group),)


def _time(row: Mapping[str, Any]) -> str:
    if row.get("as_at") or row.get("at"):
        return str(row.get("as_at") or row["at"])
    return f"{row['from']}/{row['to']}" if row.get("from") else ""


def interval(numerator: int, denominator: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share, in per cent: how far chance alone could move it."""
    z = 1.959964
    share = numerator / denominator
    centre = (share + z * z / (2 * denominator)) / (1 + z * z / denominator)
    half = z * sqrt(share * (1 - share) / denominator + z * z / (4 * denominator**2)) / (1 + z * z / denominator)
    return 100 * max(0.0, centre - half), 100 * min(1.0, centre + half)
