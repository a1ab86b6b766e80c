from datetime import date

import pytest

from plumbline.documents.model import (
    Break,
    Chart,
    Column,
    Figure,
    Heading,
    Paragraph,
    Point,
    Row,
    Series,
    Table,
    figure_numbers,
    figures,
    numbered,
    pieces,
)
from tests.unit.documents import sample


def line(*points, **changes):
    return Chart(title="t", kind="line", measure="m", series=(Series("s", points),), **changes)


def test_paragraphs_are_numbered_within_their_section_and_keep_a_number_of_their_own():
    given = (Heading(2, "h"), Paragraph("a"), Paragraph("b", "7.7"), Paragraph("c"))
    assert [each.number for each in numbered(given, "3")[1:]] == ["3.1", "7.7", "3.2"]


def test_figures_are_listed_once_in_the_order_of_reading():
    assert [figure.shown for figure in figures(sample.report())][:3] == ["1,131", "2,704", "64.7%"]


def test_figures_are_numbered_from_one():
    assert figure_numbers(sample.report())[sample.DIED.ref] == 6


def test_one_reference_cannot_stand_for_two_figures():
    other = Figure(sample.OPEN_NOW.ref, "2,704", "Another title")
    with pytest.raises(ValueError, match="stands for two different figures"):
        sample.report(blocks=(Paragraph((sample.OPEN_NOW, other)),))


def test_the_whole_words_of_a_figure_are_kept_where_its_first_place_is_short():
    short = Figure("f", "65%", "Share")
    whole = Figure("f", "64.7%", "Share", full="64.7% (1,750 of 2,704)")
    report = sample.report(blocks=(Paragraph((short, " ", whole)),))
    assert {figure.ref: figure.whole for figure in figures(report)}["f"] == "64.7% (1,750 of 2,704)"


def test_a_heading_that_skips_a_level_is_refused():
    with pytest.raises(ValueError, match="level 3 after level 1"):
        sample.report(blocks=(Heading(3, "Too deep"),))


def test_a_colour_is_six_figures():
    with pytest.raises(ValueError, match="not a colour"):
        sample.report(colour="red;}")


def test_a_row_that_does_not_fit_its_table_is_refused():
    with pytest.raises(ValueError, match="2 columns, but row “a” has 3"):
        Table("t", (Column("one"), Column("two")), (Row("a", ("b", "c")),))


def test_a_withheld_point_cannot_carry_its_value():
    with pytest.raises(ValueError, match="is withheld"):
        Point("2015-16", 3, "withheld (1 to 5)", withheld=True)


def test_a_break_must_lie_at_a_point():
    with pytest.raises(ValueError, match="at none of its points"):
        line(Point("a", 1, "1"), breaks=(Break("b", "changed"),))


def test_series_must_have_their_points_at_the_same_places():
    with pytest.raises(ValueError, match="at the same places"):
        Chart("t", "line", (Series("a", (Point("x", 1, "1"),)), Series("b", (Point("y", 1, "1"),))), "m")


def test_a_point_cannot_be_given_twice():
    with pytest.raises(ValueError, match="have one name"):
        line(Point("2015-16", 1, "1"), Point("2015-16", 2, "2"))


def test_a_chart_cannot_mix_days_with_periods():
    with pytest.raises(ValueError, match="mixes days with named periods"):
        line(Point("2015-16", 1, "1"), Point(date(2016, 6, 30), 1, "1"))


def test_the_alternative_of_a_chart_holds_every_figure():
    alternative = sample.OUTCOMES_CHART.alternative
    assert [p.shown for p in sample.OUTCOMES_CHART.series[0].points if f"{p.label} {p.shown}" not in alternative] == []


def test_the_alternative_of_a_chart_says_where_a_definition_changed():
    assert "Break at 31 December 2015: Requests go through one front door" in sample.OPEN_CHART.alternative


def test_the_table_of_a_chart_has_a_column_for_each_series():
    assert [column.title for column in sample.GRADES_CHART.table.columns] == ["Grade", "2015-16", "2014-15"]


def test_tables_and_charts_are_numbered_apart():
    labels = [piece.label for piece in pieces(sample.report()) if piece.label]
    assert labels == ["Chart 1", "Table 1", "Chart 2", "Chart 3", "Chart 4", "Chart 5", "Table 2", "Table 3"]


def test_headings_alike_get_anchors_of_their_own():
    blocks = (Heading(2, "Same words"), Heading(2, "Same words"))
    found = [piece.block.anchor for piece in pieces(sample.report(blocks=blocks)) if isinstance(piece.block, Heading)]
    assert found[1:3] == ["same-words", "same-words-2"]


def test_a_paper_holds_its_own_blocks_and_none_of_the_committees_headings():
    blocks = (Heading(1, "Process"), Heading(2, "Timetable"), Paragraph("Three bids came in."))
    paper = sample.report(layout="paper", blocks=blocks)
    assert [piece.block.text for piece in pieces(paper) if isinstance(piece.block, Heading)] == ["Process", "Timetable"]


def test_a_papers_headings_begin_with_the_first_level():
    with pytest.raises(ValueError, match="level 2 after level 0"):
        sample.report(layout="paper", blocks=(Heading(2, "Too deep"),))
