import io
from datetime import UTC, datetime

import pypdf
import pytest

from plumbline.documents import pdf
from plumbline.documents.model import Paragraph
from tests.unit.documents import renderings, sample


@pytest.fixture(scope="module")
def read():
    return pypdf.PdfReader(io.BytesIO(pdf.write(sample.report())))


@pytest.fixture(scope="module")
def elements(read):
    """Every element of the structure tree."""
    found, waiting = [], [read.trailer["/Root"]["/StructTreeRoot"]["/K"]]
    while waiting:
        node = waiting.pop(0).get_object()
        if isinstance(node, list):
            waiting += [each for each in node if hasattr(each, "get_object")]
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(node)
            if hasattr(node.get("/K"), "get_object"):
                waiting.append(node["/K"])
    return found


def of_kind(elements, kind):
    return [element for element in elements if element["/S"] == kind]


def test_it_says_that_it_follows_the_standard_for_accessible_pdf(read):
    assert "<pdfuaid:part>1</pdfuaid:part>" in read.xmp_metadata.stream.get_data().decode()


def test_it_is_tagged(read):
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_it_says_its_language(read):
    assert read.trailer["/Root"]["/Lang"] == "en-GB"


def test_a_reader_shows_its_title_and_not_its_file_name(read):
    assert read.metadata.title == "Safeguarding assurance: questions 5, 6 and 7"
    assert read.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]


def test_the_questions_are_bookmarks(read):
    titles = [
        entry.title
        for level in read.outline
        if isinstance(level, list)
        for entry in level
        if not isinstance(entry, list)
    ]
    assert [title.split(":")[0] for title in titles[:3]] == ["Question 5", "Question 6", "Question 7"]


def test_every_chart_has_its_figures_as_alternative(elements):
    found = {element["/Alt"] for element in of_kind(elements, "/Figure")}
    assert found == {
        chart.alternative
        for chart in (
            sample.OPEN_CHART,
            sample.DISTRICTS_CHART,
            sample.OUTCOMES_CHART,
            sample.COMPARED_CHART,
            sample.GRADES_CHART,
        )
    }


def test_every_column_of_a_table_has_a_header_cell(elements):
    # Three tables and the tables of five charts.
    columns = (4 + 2 + 2) + (2 + 7 + 2 + 3 + 3)
    assert len(of_kind(elements, "/TH")) == columns


def test_header_cells_say_that_they_head_a_column(elements):
    assert {cell["/A"][0]["/Scope"] for cell in of_kind(elements, "/TH")} == {"/Column"}


def test_headings_are_tagged_by_level(elements):
    assert [len(of_kind(elements, kind)) for kind in ("/H1", "/H2", "/H3")] == [8, 4, 2]


def test_pages_are_numbered(read):
    count = len(read.pages)
    assert f"Page {count} of {count}" in read.pages[-1].extract_text()


def test_the_title_runs_from_the_second_page(read):
    assert read.pages[1].extract_text().startswith("Safeguarding assurance: questions 5, 6 and 7")


def test_only_the_fonts_of_this_room_are_used(read):
    names = {
        font.get_object()["/BaseFont"].split("+")[-1]
        for page in read.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert {name.split("-")[0] for name in names} == {"LiberationSans"}


@pytest.mark.parametrize("letters", ["😀", "中文", "👨‍👩‍👧", "\ue000"])
def test_letters_that_the_font_lacks_do_not_stop_the_report(letters):
    assert "before □" in renderings.of_pdf(sample.report(blocks=(Paragraph(f"before {letters} after"),)))


def test_what_the_pdf_cannot_print_is_said_in_it_and_by_name():
    report = sample.report(blocks=(Paragraph("before 中文 and مرحبا after"),))
    assert pdf.NOT_PRINTED[:40] in renderings.of_pdf(report)
    assert set(pdf.not_printed(report)) == set("中文مرحبا")
    assert pdf.not_printed(sample.report(blocks=(Paragraph("Zoë Łukasz"),))) == ""


def test_a_soft_end_of_a_line_is_a_space():
    assert "one two three" in renderings.of_pdf(sample.report(blocks=(Paragraph("one\x0btwo\u2028three"),)))


def test_accents_and_other_alphabets_of_europe_are_kept():
    words = "Zoë Łukasz Siân Ŵyn Ελένη Олена"
    assert words in renderings.of_pdf(sample.report(blocks=(Paragraph(words),)))


def test_it_carries_the_moment_of_its_making():
    written = pdf.write(sample.report(), datetime(2016, 9, 1, 8, 30, tzinfo=UTC))
    assert pypdf.PdfReader(io.BytesIO(written)).metadata.creation_date == datetime(2016, 9, 1, 8, 30, tzinfo=UTC)
