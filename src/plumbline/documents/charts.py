"""Charts drawn as SVG and PNG from their points; the same points always give the same drawing.

Few marks: a hue for what the chart is about, grey and dashes for what it is compared with, values written
at the ends of the lines and bars. A figure kept back has a band or words of its own, what is not known is a
gap, and no line crosses a change of definition. The drawings hold no scripts, links or other addresses.
"""

import json
import math
import re
import textwrap
from base64 import b64encode
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import vl_convert

from plumbline.documents.model import Chart, Point, Series, legible

FONT_FOLDER = Path(__file__).parent / "fonts"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
HUE = "#1d4f91"
GREY = "#6b7276"
INK = "#0b0c0c"
PALE = "#dde1e3"
BAND = "#e3e6e8"

WIDTH = 640
HEIGHT = 205
LINE = 15
DASHES: tuple[list[int], ...] = ([1, 0], [8, 3], [2, 3], [10, 3, 2, 3])

Spec = dict[str, Any]

vl_convert.register_font_directory(str(FONT_FOLDER))


def svg(chart: Chart) -> str:
    """The drawing, without its title: that is text beside it in every rendering."""
    return _svg(canonical(chart))


def png(chart: Chart) -> bytes:
    """The same drawing as pixels, for Word."""
    return vl_convert.svg_to_png(svg(chart), scale=2.5)


def data_uri(chart: Chart) -> str:
    """The address of an image that carries its drawing with it."""
    return "data:image/svg+xml;base64," + b64encode(svg(chart).encode()).decode()


def canonical(chart: Chart) -> str:
    """The Vega-Lite specification as text, with its keys in order."""
    return json.dumps(specification(chart), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def size(drawing: str) -> tuple[float, float]:
    """Width and height of a drawing in pixels, at which its letters are 13 pixels high."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing)
    if found is None:
        raise ValueError("The drawing does not say how large it is.")
    return float(found[1]), float(found[2])


@lru_cache(maxsize=256)
def _svg(specification: str) -> str:
    return vl_convert.vegalite_to_svg(specification, vl_version="5.21", allowed_base_urls=[])


def specification(chart: Chart) -> Spec:
    drawn = {"line": _line, "bar": _bars, "small_multiples": _multiples}[chart.kind](chart)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.21.json",
        "background": "white",
        "padding": 6,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "text": {"fontSize": 13, "color": INK, "lineBreak": "\n", "lineHeight": LINE},
            "axis": {
                "labelFontSize": 13,
                "labelColor": INK,
                "gridColor": PALE,
                "domainColor": GREY,
                "tickColor": GREY,
                "titleFontSize": 13,
                "titleFontWeight": "normal",
            },
            "title": {"fontSize": 13, "fontWeight": "normal", "color": INK, "anchor": "start", "frame": "group"},
        },
        **drawn,
    }


# -- lines ----------------------------------------------------------------------------------------------


def _line(chart: Chart) -> Spec:
    ends = [_wrapped(f"{series.name}\n{series.points[-1].shown}", 24) for series in chart.series]
    if len(chart.series) == 1:
        # A band already says that the last one is withheld.
        last = chart.series[0].points[-1]
        ends = ["" if last.withheld else _wrapped(last.shown, 20)]
    longest = max(len(line) for end in ends for line in end.split("\n"))
    width = WIDTH - 60 - 7 * longest
    top = _top(chart.series)
    above = sum(_wrapped(mark.words, 40).count("\n") + 1 for mark in chart.breaks)
    first = next((point.value for point in chart.series[0].points if point.value is not None), 0.0)
    if len(chart.series) == 1 and first > 0.9 * top:
        # The words of the first point are above it, and so above the plot.
        above += 1
    return {
        "width": width,
        "height": HEIGHT,
        "layer": [
            *_plot(chart, chart.series, width, HEIGHT, top, first_labels=len(chart.series) == 1),
            _placed(chart.measure, x=-34, y=-30 - above * LINE),
            *_ends(chart, ends, width, top),
        ],
    }


def _multiples(chart: Chart) -> Spec:
    """One small line chart for each series, all on one scale; the comparison is in each of them in grey."""
    own = [series for series in chart.series if not series.comparison]
    others = [series for series in chart.series if series.comparison]
    top = _top(chart.series)
    columns = min(3, len(own))
    width = (WIDTH - 40) // columns - 50
    panels = []
    for series in own:
        name = _wrapped(series.name, width // 7)
        value = _wrapped(series.points[-1].shown, width // 7)
        above = 14 + (value.count("\n") + 1) * LINE
        layers = [
            *_plot(chart, [series, *others], width, 110, top, first_labels=False, ticks=3),
            _placed(name, x=-24, y=-above - (name.count("\n") + 1) * LINE, fontWeight="bold"),
            _placed(value, x=-24, y=-above),
        ]
        panels.append({"width": width, "height": 110, "layer": layers})
    note = chart.measure
    if others:
        note += " (grey, dashed: " + ", ".join(series.name for series in others) + ")"
    return {
        "title": {"text": _wrapped(note, 90).split("\n"), "offset": 12},
        "columns": columns,
        "spacing": {"column": 34, "row": 22},
        "concat": panels,
    }


def _plot(
    chart: Chart, drawn: Sequence[Series], width: int, height: int, top: float, *, first_labels: bool, ticks: int = 4
) -> list[Spec]:
    places = _places(chart)
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {
            "domain": [places[0], places[-1]] if len(places) > 1 else [places[0] - 1, places[0] + 1],
            "range": [14, width - 6],
            "nice": False,
        },
    }
    bottom = min([0.0, *(point.value for series in drawn for point in series.points if point.value is not None)])
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [bottom, top], "nice": False},
        "axis": {
            "title": None,
            "tickCount": ticks,
            # There is no fifth of a case.
            **({"values": list(range(int(top) + 1))} if bottom == 0 and top < ticks and _are_whole(drawn) else {}),
            "format": ",~f",
            "domain": False,
            "ticks": False,
            "labelPadding": 8,
        },
    }
    shown = _tick_places(chart, 2 if width < 260 else width // 95)
    axis = {"title": None, "labels": False, "grid": False, "values": [places[index] for index in shown], "tickSize": 5}
    layers: list[Spec] = [
        {
            "data": {"values": [{"x": places[index], "y": bottom} for index in shown]},
            "mark": {"type": "point", "opacity": 0},
            "encoding": {"x": x | {"axis": axis}, "y": y},
        },
        _words(
            [{"x": places[index], "t": _tick_label(chart.series[0].points[index])} for index in shown],
            x,
            {"y": {"value": height + 12}},
            baseline="top",
        ),
    ]
    layers += _bands(drawn, places, x, height)
    layers += _break_marks(chart, places, x, height, words=height > 150)
    # The comparison lies under the series, so that a crossing never hides what the chart is about.
    ordered = sorted(enumerate(drawn), key=lambda item: not item[1].comparison)
    main = [series for series in drawn if not series.comparison]
    for _, series in ordered:
        colour = GREY if series.comparison else HUE
        dash = [4, 3] if series.comparison else DASHES[main.index(series) % len(DASHES)]
        layers += _strokes(chart, series, places, x, y, colour, dash)
    if first_labels:
        known = [(index, point) for index, point in enumerate(drawn[0].points) if point.value is not None]
        # The last point has its value beside the plot.
        named = {known[0][0], known[-1][0]} - {len(drawn[0].points) - 1} if known else set()
        rows = [
            {"x": places[index], "y": point.value, "t": legible(point.shown)}
            for index, point in known
            if index in named
        ]
        layers.append(_words(rows, x, {"y": y}, baseline="bottom", align="left", dx=-4, dy=-9))
    return layers


def _strokes(
    chart: Chart, series: Series, places: Sequence[float], x: Spec, y: Spec, colour: str, dash: Sequence[int]
) -> list[Spec]:
    changed = {mark.at for mark in chart.breaks}
    rows: list[Spec] = []
    segment = 0
    for place, point in zip(places, series.points, strict=True):
        if point.value is None or point.at in changed:
            segment += 1
        if point.value is not None:
            rows.append({"x": place, "y": point.value, "s": segment})
    if not rows:
        return []
    dots = rows
    if len(rows) > 16:
        alone = {key for key, group in groupby(rows, key=lambda row: row["s"]) if len(list(group)) == 1}
        dots = [row for row in rows if row["s"] in alone] + rows[-1:]
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "line", "color": colour, "strokeWidth": 2.5, "strokeDash": list(dash)},
            "encoding": {"x": x, "y": y, "detail": {"field": "s", "type": "nominal"}},
        },
        {
            "data": {"values": dots},
            "mark": {"type": "point", "shape": "circle", "filled": True, "color": colour, "opacity": 1, "size": 42},
            "encoding": {"x": x, "y": y},
        },
    ]


def _bands(drawn: Sequence[Series], places: Sequence[float], x: Spec, height: int) -> list[Spec]:
    """A figure kept back is a band over the whole height, so that nobody reads it as a value."""
    rows = []
    for index, place in enumerate(places):
        kept = [series for series in drawn if series.points[index].withheld]
        if kept:
            words = kept[0].points[index].shown
            rows.append({"x": place, "t": legible(words if len(drawn) == 1 else f"{kept[0].name}: {words}")})
    if not rows:
        return []
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "strokeWidth": 18, "color": BAND, "opacity": 1},
            "encoding": {"x": x},
        },
        _words(
            rows, x, {"y": {"value": height / 2}}, baseline="middle", angle=270, fontSize=12 if height > 150 else 11
        ),
    ]


def _break_marks(chart: Chart, places: Sequence[float], x: Spec, height: int, *, words: bool) -> list[Spec]:
    index_of = {point.at: index for index, point in enumerate(chart.series[0].points)}
    layers: list[Spec] = []
    above = 0
    for mark in chart.breaks:
        index = index_of[mark.at]
        place = (places[index] + places[max(index - 1, 0)]) / 2
        row: Spec = {"x": place, "t": _wrapped(mark.words, 40)}
        layers.append(
            {
                "data": {"values": [row]},
                "mark": {"type": "rule", "strokeDash": [3, 3], "strokeWidth": 1.5, "color": INK},
                "encoding": {"x": x, "y": {"value": -above}, "y2": {"value": height}},
            }
        )
        if words:
            # Each label is above the one before, so that two changes near each other can both be read.
            align = "right" if index > len(places) / 2 else "left"
            above += (row["t"].count("\n") + 1) * LINE
            layers.append(_words([row], x, {"y": {"value": -above - 4}}, baseline="top", align=align))
    return layers


def _ends(chart: Chart, ends: Sequence[str], width: int, top: float) -> list[Spec]:
    """The name and last value of each line at its end, moved apart where they would lie on each other."""
    bottom = min([0.0, *(point.value for series in chart.series for point in series.points if point.value is not None)])
    wanted: list[tuple[float, int, str, Series]] = []
    for series, words in zip(chart.series, ends, strict=True):
        known = [point.value for point in series.points if point.value is not None]
        height = (words.count("\n") + 1) * LINE
        middle = HEIGHT * (1 - ((known[-1] if known else bottom) - bottom) / (top - bottom))
        wanted.append((middle - height / 2, height, words, series))
    wanted.sort(key=lambda label: label[0] + label[1] / 2)
    starts: list[float] = []
    floor = -10.0
    for start, height, _, _ in wanted:
        starts.append(max(start, floor))
        floor = starts[-1] + height + 3
    ceiling = HEIGHT + 10.0
    for index in range(len(wanted) - 1, -1, -1):
        starts[index] = min(starts[index], ceiling - wanted[index][1])
        ceiling = starts[index] - 3
    return [
        _placed(
            words,
            x=width + 10,
            y=start,
            color=GREY if series.comparison else INK,
            fontWeight="normal" if series.comparison else "bold",
        )
        for start, (_, _, words, series) in zip(starts, wanted, strict=True)
    ]


def _placed(text: str, *, x: float, y: float, **mark: Any) -> Spec:
    """Words at a place in pixels from the corner of the plot."""
    return {
        "data": {"values": [{"t": legible(text)}]},
        "mark": {"type": "text", "align": "left", "baseline": "top", **mark},
        "encoding": {"text": {"field": "t", "type": "nominal"}, "x": {"value": x}, "y": {"value": y}},
    }


def _words(rows: list[Spec], x: Spec, extra: Spec, *, baseline: str, align: str = "center", **mark: Any) -> Spec:
    return {
        "data": {"values": rows},
        "mark": {"type": "text", "baseline": baseline, "align": align, **mark},
        "encoding": {"x": x, "text": {"field": "t", "type": "nominal"}, **extra},
    }


# -- bars -----------------------------------------------------------------------------------------------


def _bars(chart: Chart) -> Spec:
    """Bars lie, so that the names of groups can be read; they begin at zero."""
    groups = [_wrapped(point.label, 28) for point in chart.series[0].points]
    names = [series.name for series in chart.series]
    many = len(names) > 1
    values = [point.value for series in chart.series for point in series.points if point.value is not None]
    longest_name = max(len(line) for group in groups for line in group.split("\n"))
    shown = {
        (series.name, index): (f"{point.shown}, {series.name}" if many else point.shown)
        for series in chart.series
        for index, point in enumerate(series.points)
    }
    longest_value = max(len(words) for words in shown.values())
    width = max(220, WIDTH - 7 * longest_name - 7 * longest_value - 20)
    rows = [
        {
            "g": groups[index],
            "s": series.name,
            "v": point.value if point.value is not None else 0,
            "end": max(0.0, point.value or 0.0),
            "t": legible(shown[series.name, index]),
            "known": point.value is not None,
            "c": series.comparison,
        }
        for series in chart.series
        for index, point in enumerate(series.points)
    ]
    # The height follows the number of bars, and the lines that their names need.
    step = max(26, LINE * max(group.count("\n") + 1 for group in groups) + 8)
    y: Spec = {
        "field": "g",
        "type": "nominal",
        "sort": groups,
        "axis": {
            "title": None,
            "labelExpr": "split(datum.label, '\\n')",
            "labelLimit": 400,
            "ticks": False,
            "domain": False,
            "labelPadding": 8,
        },
        "scale": {"paddingInner": 0.3 if many else 0.24, "paddingOuter": 0.1},
    }
    encoding: Spec = {
        "y": y,
        "x": {
            "field": "v",
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [min([0.0, *values]), max([1e-9, *values])], "nice": False, "zero": True},
        },
    }
    if many:
        encoding["yOffset"] = {"field": "s", "type": "nominal", "sort": names, "scale": {"paddingInner": 0.12}}
    colour = {"condition": {"test": "datum.c", "value": "#a9b0b4"}, "value": HUE}
    ink = {"condition": {"test": "datum.known", "value": INK}, "value": GREY}
    return {
        "width": width,
        "height": {"step": step} if not many else {"step": 24, "for": "offset"},
        "title": {"text": legible(chart.measure), "offset": 12, "frame": "bounds"},
        "data": {"values": rows},
        "layer": [
            {
                "transform": [{"filter": "datum.known"}],
                "mark": {"type": "bar"},
                "encoding": encoding | {"color": colour},
            },
            {
                "mark": {"type": "rule", "color": GREY},
                "encoding": {"x": {"datum": 0, "type": "quantitative", "axis": None}},
            },
            {
                "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 6},
                "encoding": encoding
                | {"x": encoding["x"] | {"field": "end"}, "text": {"field": "t", "type": "nominal"}, "color": ink},
            },
        ],
    }


# -- small things ---------------------------------------------------------------------------------------


def _places(chart: Chart) -> list[float]:
    points = chart.series[0].points
    return [
        float(index) if isinstance(point.at, str) else float(point.at.toordinal()) for index, point in enumerate(points)
    ]


def _tick_places(chart: Chart, most: int) -> list[int]:
    """Indexes of the points that are named on the axis: at even steps back from the last one."""
    count = len(chart.series[0].points)
    if most < 3:
        return sorted({0, count - 1})
    step = max(1, math.ceil((count - 1) / (most - 1)))
    places = sorted(range(count - 1, -1, -step))
    return places if places[0] < 0.7 * step else [0, *places]


def _tick_label(point: Point) -> str:
    return _wrapped(point.at, 12) if isinstance(point.at, str) else f"{point.at:%-d %b}\n{point.at:%Y}"


def _are_whole(drawn: Iterable[Series]) -> bool:
    return all(point.value is None or point.value == int(point.value) for series in drawn for point in series.points)


def _top(drawn: Iterable[Series]) -> float:
    """A round number at or above every value."""
    most = max((point.value for series in drawn for point in series.points if point.value is not None), default=1.0)
    if most <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(most))
    return next(unit * step for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if unit * step >= most)


def _wrapped(text: str, width: int) -> str:
    return "\n".join(line for part in legible(text).split("\n") for line in textwrap.wrap(part, width) or [""])


def sparkline(
    values: Sequence[float | None], withheld: Collection[int] = (), width: int = 120, height: int = 32
) -> str:
    """A line of the size of a word, as SVG. None is a gap; the places in `withheld` get a grey band."""
    known = [value for value in values if value is not None]
    low, high = min([0.0, *known]), max(known, default=1.0)
    span = (high - low) or 1.0
    step = (width - 8) / max(1, len(values) - 1)
    xs = [round(4 + index * step, 1) for index in range(len(values))]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    ]
    parts += [
        f'<rect x="{xs[index] - 2:.1f}" y="2" width="4" height="{height - 4}" fill="#b1b4b6"/>'
        for index in sorted(withheld)
    ]
    dots = [
        (x, round(height - 4 - (value - low) / span * (height - 8), 1)) if value is not None else None
        for x, value in zip(xs, values, strict=True)
    ]
    for here, run in groupby(dots, key=lambda dot: dot is not None):
        if here:
            line = [dot for dot in run if dot is not None]
            if len(line) == 1:
                parts.append(f'<circle cx="{line[0][0]}" cy="{line[0][1]}" r="1.5" fill="{HUE}"/>')
            else:
                points = " ".join(f"{x},{y}" for x, y in line)
                parts.append(f'<polyline points="{points}" fill="none" stroke="{HUE}" stroke-width="2"/>')
    last = next((dot for dot in reversed(dots) if dot is not None), None)
    if last and values[-1] is not None:
        parts.append(f'<circle cx="{last[0]}" cy="{last[1]}" r="3" fill="{HUE}"/>')
    return "".join([*parts, "</svg>"])
