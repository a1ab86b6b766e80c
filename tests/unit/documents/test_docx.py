import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from plumbline.documents import docx as word
from plumbline.documents.house_template import make
from plumbline.kernel.errors import RuleBroken
from tests.unit.documents import renderings, sample


@pytest.fixture(scope="module")
def read():
    return docx.Document(io.BytesIO(word.write(sample.report())))


def template(*paragraphs, header="", styles=()):
    """A council's template: Word's own styles but for those in `styles`, which it lacks."""
    document = docx.Document()
    for style in [each for each in document.styles if each.name in styles]:
        style.delete()
    for text in paragraphs:
        document.add_paragraph(text)
    document.sections[0].header.paragraphs[0].text = header
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(data, changes):
    """The same package with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w") as kept:
        for entry in given.infolist():
            if entry.filename not in changes:
                kept.writestr(entry.filename, given.read(entry))
        for name, content in changes.items():
            kept.writestr(name, content)
    return out.getvalue()


def test_headings_have_real_heading_styles(read):
    found = [paragraph.text for paragraph in read.paragraphs if paragraph.style.name == "Heading 2"]
    assert [text.split(":")[0] for text in found[:3]] == ["Question 5", "Question 6", "Question 7"]


def test_header_rows_are_marked_and_repeated(read):
    marked = [table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in read.tables]
    assert marked == [True] * 8


def test_only_the_first_row_is_a_header(read):
    later = [row._tr.trPr.find(qn("w:tblHeader")) for table in read.tables for row in table.rows[1:]]
    assert set(later) == {None}


def test_rows_do_not_break_across_pages(read):
    marks = [row._tr.trPr.find(qn("w:cantSplit")) is not None for table in read.tables for row in table.rows]
    assert len(marks) > len(read.tables)
    assert set(marks) == {True}


def test_tables_are_named_for_screen_readers(read):
    names = [table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) for table in read.tables]
    assert "Open teams by the sector of the lead professional, 30 June 2016" in names


def test_tables_and_charts_have_captions(read):
    captions = [paragraph.text.split(":")[0] for paragraph in read.paragraphs if paragraph.style.name == "Caption"]
    assert captions == ["Chart 1", "Table 1", "Chart 2", "Chart 3", "Chart 4", "Chart 5", "Table 2", "Table 3"]


def test_every_chart_has_its_figures_as_alternative(read):
    assert [shape._inline.docPr.get("descr") for shape in read.inline_shapes] == [
        chart.alternative
        for chart in (
            sample.OPEN_CHART,
            sample.DISTRICTS_CHART,
            sample.OUTCOMES_CHART,
            sample.COMPARED_CHART,
            sample.GRADES_CHART,
        )
    ]


def test_every_mark_leads_to_a_bookmark(read):
    body = read.element.body
    bookmarks = {each.get(qn("w:name")) for each in body.iter(qn("w:bookmarkStart"))}
    links = {each.get(qn("w:anchor")) for each in body.iter(qn("w:hyperlink"))}
    assert links == {f"figure_{number}" for number in range(1, 7)}
    assert links <= bookmarks


def test_bookmarks_and_pictures_have_numbers_of_their_own(read):
    body = read.element.body
    for tag, name in (("w:bookmarkStart", qn("w:id")), ("wp:docPr", "id")):
        found = [each.get(name) for each in body.iter(qn(tag))]
        assert sorted(found) == sorted(set(found))


def test_the_file_says_its_title_and_language(read):
    assert read.core_properties.title == "Safeguarding assurance: questions 5, 6 and 7"
    assert read.core_properties.language == "en-GB"


def test_the_text_is_marked_as_british_english(read):
    assert {each.get(qn("w:val")) for each in read.styles.element.iter(qn("w:lang"))} == {"en-GB"}


def test_pages_are_numbered(read):
    fields = [each.text.strip() for each in read.sections[0].footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_the_running_title_stands_in_the_header(read):
    assert read.sections[0].header.paragraphs[0].text == "Safeguarding assurance: questions 5, 6 and 7\tOpen"


def test_no_place_of_the_template_is_left(read):
    assert [
        paragraph.text for paragraph in read.paragraphs if "{" in paragraph.text or "plumbline-report" in paragraph.text
    ] == []


def test_the_committed_template_is_what_its_script_makes():
    def parts(data):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return {name: package.read(name) for name in package.namelist() if name != "docProps/core.xml"}

    assert parts(word.DEFAULT_TEMPLATE.read_bytes()) == parts(make())


def test_a_report_goes_into_a_councils_own_template():
    words = renderings.of_docx(sample.report(), template("Council paper: {{ subject }}", "{{ body }}", "The end"))
    assert words.startswith("Council paper: Assurance on safeguarding")
    assert words.endswith("The end")


def test_places_are_filled_in_headers_too():
    written = word.write(sample.report(), template("{{ body }}", header="{{ council }}"))
    assert docx.Document(io.BytesIO(written)).sections[0].header.paragraphs[0].text == "Brayshire County Council"


def test_a_template_without_our_styles_gets_them():
    bare = template("{{ body }}", styles=("Heading 2", "Caption", "Quote", "List Bullet", "Body Text"))
    read = docx.Document(io.BytesIO(word.write(sample.report(), bare)))
    used = {paragraph.style.name for paragraph in read.paragraphs}
    assert {"Heading 2", "Caption", "Quote", "List Bullet", "Body Text", "Evidence note"} <= used


def test_bullets_are_written_out_where_the_template_has_no_list():
    words = renderings.of_docx(sample.report(), template("{{ body }}", styles=("List Bullet",)))
    assert "•consider the answers" in words


def test_a_name_that_looks_like_a_place_is_not_filled():
    assert "{{ council }}" in renderings.of_docx(sample.report(standing="{{ council }}"))


@pytest.mark.parametrize(
    "code",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ title.upper() }}",
        "{{ title|attr('__class__') }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ 'a' * 1000000000 }}",
        "{% for x in range(1000000000) %}{{ x }}{% endfor %}",
        "{% set x = title %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% macro m() %}{% endmacro %}",
        "{{ title[0] }}",
    ],
)
def test_a_template_that_holds_a_program_is_refused(code):
    with pytest.raises(RuleBroken) as refused:
        word.check_template(template(code, "{{ body }}"))
    assert refused.value.code == "template_code"


def test_a_program_in_a_header_is_refused():
    with pytest.raises(RuleBroken, match="holds a program"):
        word.check_template(template("{{ body }}", header="{{ ''.__class__ }}"))


def test_a_place_that_no_report_has_is_named_in_the_refusal():
    with pytest.raises(RuleBroken, match="'signature' is undefined"):
        word.check_template(template("{{ signature }}", "{{ body }}"))


def test_a_place_that_cannot_be_read_is_refused():
    with pytest.raises(RuleBroken, match="cannot be read") as refused:
        word.check_template(template("{% if title %}", "{{ body }}"))
    assert refused.value.code == "template_place"


@pytest.mark.parametrize("paragraphs", [(), ("{{ title }}",), ("The report: {{ body }} and more",)])
def test_a_template_without_a_place_for_the_report_is_refused(paragraphs):
    with pytest.raises(RuleBroken, match="no place for the report"):
        word.check_template(template(*paragraphs))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 torn", b"%PDF-1.7", repacked(template(), {})[:2000]])
def test_a_file_that_is_not_word_is_refused(data):
    with pytest.raises(RuleBroken, match="not a Word file"):
        word.check_template(data)


def test_another_office_file_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(RuleBroken, match="not a Word file"):
        word.check_template(out.getvalue())


def test_a_torn_document_inside_the_file_is_refused():
    with pytest.raises(RuleBroken) as refused:
        word.check_template(repacked(template("{{ body }}"), {"word/document.xml": b"<w:document><torn"}))
    assert refused.value.code == "not_word"


def test_macros_are_refused():
    with pytest.raises(RuleBroken, match="macros"):
        word.check_template(repacked(template("{{ body }}"), {"word/vbaProject.bin": b"x"}))


def test_entities_are_refused():
    hostile = b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    with pytest.raises(RuleBroken, match="not a Word file"):
        word.check_template(repacked(template("{{ body }}"), {"word/footnotes.xml": hostile}))


def test_a_template_that_fetches_from_elsewhere_is_refused():
    relationship = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        b'Target="http://example.org/t.dotm" TargetMode="External"/></Relationships>'
    )
    with pytest.raises(RuleBroken, match="from another address"):
        word.check_template(repacked(template("{{ body }}"), {"word/_rels/settings.xml.rels": relationship}))


def test_a_file_that_unpacks_to_too_much_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", b" " * (word.MOST_UNPACKED + 1))
    with pytest.raises(RuleBroken, match="more than 50 MB"):
        word.check_template(out.getvalue())


def test_the_houses_own_template_is_accepted():
    assert word.check_template(word.DEFAULT_TEMPLATE.read_bytes()) is None
