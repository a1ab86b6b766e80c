import re
from datetime import date, timedelta

import pytest
from lxml import etree

from plumbline.documents import charts
from plumbline.documents.model import Break, Chart, Point, Series
from tests.unit.documents import sample

ALL = [sample.OPEN_CHART, sample.COMPARED_CHART, sample.OUTCOMES_CHART, sample.GRADES_CHART, sample.DISTRICTS_CHART]
SVG = "{http://www.w3.org/2000/svg}"


def words(chart):
    return [text.text for text in etree.fromstring(charts.svg(chart).encode()).iter(f"{SVG}text")] + [
        text.text for text in etree.fromstring(charts.svg(chart).encode()).iter(f"{SVG}tspan")
    ]


def strokes(chart):
    """How many separate lines are drawn for the series."""
    paths = etree.fromstring(charts.svg(chart).encode()).iter(f"{SVG}path")
    return sum(path.get("stroke-width") == "2.5" for path in paths)


def line(values, **changes):
    points = tuple(
        Point(f"y{index}", value, "gap" if value is None else str(value)) for index, value in enumerate(values)
    )
    return Chart(title="t", kind="line", measure="m", series=(Series("s", points),), **changes)


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: f"{chart.kind} {chart.measure}")
def test_a_drawing_holds_nothing_that_runs_or_is_fetched(chart):
    drawing = charts.svg(chart)
    tags = {element.tag.removeprefix(SVG) for element in etree.fromstring(drawing.encode()).iter()}
    assert tags <= {"svg", "g", "path", "rect", "line", "text", "tspan", "defs", "clipPath"}


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: f"{chart.kind} {chart.measure}")
def test_a_drawing_has_no_links_styles_or_handlers(chart):
    assert re.findall(r"\s(on\w+|href|xlink:href|style|src)=|url\((?!#)", charts.svg(chart)) == []


def test_hostile_names_are_drawn_as_text():
    hostile = "<script>alert(1)</script>"
    chart = Chart(title="t", kind="bar", measure=hostile, series=(Series("s", (Point(hostile, 1, hostile),)),))
    assert "<script" not in charts.svg(chart)


def test_an_expression_in_a_name_is_not_evaluated():
    chart = Chart(
        title="t", kind="bar", measure="m", series=(Series("s", (Point("datum.v + 40 + 2", 1, "' + datum.v + '"),)),)
    )
    assert {"datum.v + 40 + 2", "' + datum.v + '"} <= set(words(chart))


def test_the_same_chart_has_the_same_drawing():
    assert charts.svg(line([1, 2])) == charts.svg(line([1, 2]))


def test_a_line_without_gaps_is_one_stroke():
    assert strokes(line([1, 2, 3, 4])) == 1


def test_a_line_stops_where_nothing_is_known():
    assert strokes(line([1, 2, None, 4, 5])) == 2


def test_a_line_does_not_cross_a_change_of_definition():
    assert strokes(line([1, 2, 3, 4], breaks=(Break("y2", "New rule"),))) == 2


def test_a_change_of_definition_is_named_in_the_drawing():
    assert "New rule" in words(line([1, 2, 3, 4], breaks=(Break("y2", "New rule"),)))


def test_a_withheld_point_of_a_line_is_a_band_with_its_words():
    points = (Point("a", 10, "10"), Point("b", None, "withheld (1 to 5)", withheld=True), Point("c", 12, "12"))
    drawing = charts.svg(Chart(title="t", kind="line", measure="m", series=(Series("s", points),)))
    assert drawing.count(f'stroke="{charts.BAND}"') == 1
    assert "withheld (1 to 5)" in drawing


def test_a_withheld_bar_is_words_and_no_bar():
    points = (Point("a", 10, "10"), Point("b", None, "withheld (1 to 5)", withheld=True))
    chart = Chart(title="t", kind="bar", measure="m", series=(Series("s", points),))
    bars = [
        path
        for path in etree.fromstring(charts.svg(chart).encode()).iter(f"{SVG}path")
        if path.get("fill") == charts.HUE
    ]
    assert len(bars) == 1
    assert "withheld (1 to 5)" in words(chart)


def test_bars_begin_at_zero():
    scale = charts.specification(sample.OUTCOMES_CHART)["layer"][0]["encoding"]["x"]["scale"]
    assert scale["domain"][0] == 0


def test_bars_stand_in_the_order_given_also_where_one_is_withheld():
    points = (Point("first", None, "withheld (1 to 5)", withheld=True), Point("second", 5, "5"), Point("third", 9, "9"))
    drawn = words(Chart(title="t", kind="bar", measure="m", series=(Series("s", points),)))
    assert [word for word in drawn if word in {"first", "second", "third"}] == ["first", "second", "third"]


def test_small_multiples_have_one_scale():
    panels = charts.specification(sample.DISTRICTS_CHART)["concat"]
    assert len({str(panel["layer"][0]["encoding"]["y"]["scale"]) for panel in panels}) == 1


def test_only_the_comparison_is_grey():
    drawn = charts.svg(sample.COMPARED_CHART)
    assert {charts.HUE, charts.GREY} == set(re.findall(r'stroke="(#\w+)" stroke-width="2.5"', drawn))


@pytest.mark.parametrize("kind", ["line", "bar", "small_multiples"])
def test_a_chart_of_which_nothing_is_known_is_still_drawn(kind):
    points = (Point("a", None, "not yet known"), Point("b", None, "not yet known"))
    drawn = charts.svg(Chart(title="t", kind=kind, measure="What is drawn", series=(Series("s", points),)))
    assert "What is drawn" in drawn


def test_a_series_of_ten_years_names_few_days_on_its_axis():
    days = [date(2006, 1, 1) + timedelta(30 * index) for index in range(120)]
    chart = Chart("t", "line", (Series("s", tuple(Point(day, 5, "5") for day in days)),), "m")
    assert 3 <= sum(word in {str(year) for year in range(2006, 2017)} for word in words(chart)) <= 8


def test_a_picture_for_word_is_a_png():
    assert charts.png(sample.OPEN_CHART).startswith(b"\x89PNG\r\n")


def test_the_size_of_a_drawing_is_that_of_its_frame():
    assert charts.size('<svg viewBox="0 0 641 317">') == (641, 317)


def test_a_sparkline_has_a_gap_where_nothing_is_known():
    assert charts.sparkline([1, 2, None, 4, 5]).count("<polyline") == 2


def test_a_sparkline_marks_what_is_withheld():
    assert charts.sparkline([1, None, 3], withheld={1}).count("<rect") == 1


def test_a_sparkline_of_nothing_is_an_empty_drawing():
    assert etree.fromstring(charts.sparkline([])).tag == f"{SVG}svg"


def of_values(*values: float) -> Chart:
    points = tuple(Point(date(2016, month, 1), value, f"{value:g}") for month, value in enumerate(values, 1))
    return Chart(title="t", kind="line", measure="m", series=(Series("s", points),))


def test_between_whole_counts_no_tick_stands():
    assert [word for word in words(of_values(0, 2, 1)) if word and "." in word] == []


def test_the_words_of_a_first_point_at_the_top_have_a_line_to_themselves():
    high, low = (charts.size(charts.svg(of_values(*values)))[1] for values in ((50, 20, 20), (20, 50, 20)))

    assert high - low >= charts.LINE
