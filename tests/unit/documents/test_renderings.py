"""What must be the same in the page, the Word file and the PDF."""

import pytest

from plumbline.documents.files import check_name, write
from plumbline.documents.model import Figure, Paragraph, figures
from plumbline.kernel.errors import RuleBroken
from tests.unit.documents import renderings, sample

HOSTILE = [
    "<script>alert(1)</script>",
    '#import "secrets.typ"',
    "#panic()",
    "{{ report.colour }}",
    "{% for x in y %}",
    "*bold* _and_ `code` $x$",
    "[[1]] @label <label>",
    "\\u{41} & &amp; </w:t>",
    "C:\\notes // not a comment",
]


@pytest.fixture(params=sorted(renderings.ALL))
def read(request):
    return renderings.ALL[request.param]


@pytest.mark.parametrize("figure", figures(sample.report()), ids=lambda figure: figure.ref)
def test_every_figure_stands_in_every_rendering_with_its_definition(read, figure):
    words = read(sample.report())
    assert [
        each
        for each in (figure.shown, figure.whole, figure.title, figure.definition, figure.as_at)
        if each not in words
    ] == []


def test_a_withheld_figure_is_said_in_words_in_the_sentence(read):
    words = read(sample.report())
    assert "Teams closed because a child died: withheld (1 to 5)[6]." in words


def test_a_withheld_point_of_a_chart_is_said_in_its_table(read):
    words = read(sample.report())
    assert "Child died withheld (1 to 5)" in words


def test_the_figures_of_a_chart_stand_in_its_table(read):
    words = read(sample.report())
    assert "31 December 2015 (break: Requests go through one front door) 2,420" in words


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_that_looks_like_a_command_appears_as_it_was_typed(read, hostile):
    said = f"before {hostile} after"
    words = read(sample.report(blocks=(Paragraph(("Typed: ", said)),)))
    assert f"Typed: {said}" in words


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_title_that_looks_like_a_command_appears_as_it_was_typed(read, hostile):
    assert hostile in read(sample.report(title=hostile))


def test_control_characters_are_left_out(read):
    assert "one two" in read(sample.report(blocks=(Paragraph("one\x07 \x00two\x1b\u202e"),)))


def test_the_parts_of_the_house_format_come_in_its_order(read):
    words = read(sample.report())
    parts = (
        "Report on behalf of",
        "Report to",
        "Subject",
        "Summary",
        "Actions required",
        "1. Background",
        "2. Conclusion",
        "3. Consultation",
        "a) Policy proofing actions required",
        "Appendices",
        "4. Background papers",
        "This report was written by Tom Adeyemi",
        "Figures in this report",
    )
    places = [words.index(part) for part in parts]
    assert places == sorted(places)


def test_what_the_evidence_cannot_show_yet_is_said(read):
    assert "What the evidence cannot show yet. The contracts themselves" in read(sample.report())


def test_a_stale_quotation_says_so(read):
    assert "March 2014 This was said more than 24 months before this report." in read(sample.report())


def test_a_figure_is_marked_with_its_number_in_the_list(read):
    words = read(sample.report())
    assert "1,131[1] to 2,704[2] open teams" in words


def test_an_exempt_paper_says_under_which_paragraph(read):
    words = read(sample.report(classification="Exempt", exemption="Paragraph 3: the business affairs of a provider."))
    assert "Paragraph 3: the business affairs of a provider." in words


def test_a_report_without_figures_has_no_list_of_them(read):
    front = sample.report().front
    plain = sample.report(blocks=(Paragraph("No figures."),), front=type(front)(**_without_figures(front)))
    assert "Figures in this report" not in read(plain)


def _without_figures(front):
    kept = {name: getattr(front, name) for name in ("on_behalf_of", "to", "date", "subject")}
    return kept | {"summary": (Paragraph("Short."),), "actions_required": (Paragraph("Note it."),)}


@pytest.mark.parametrize("name", ["report.html", "report.docx", "report.pdf", "REPORT.PDF"])
def test_the_same_report_gives_the_same_bytes(name):
    assert write(sample.report(), name) == write(sample.report(), name)


def test_an_ending_that_is_not_known_is_refused_with_a_sentence():
    with pytest.raises(RuleBroken, match=r"as \.html, \.docx or \.pdf, not as “report\.odt”"):
        check_name("report.odt")


def test_a_figure_shown_short_is_whole_in_the_list(read):
    words = read(sample.report())
    assert "64.7% (1,750 of 2,704)" in words


def test_a_long_figure_key_is_still_one_figure(read):
    figure = Figure(ref="k" * 80 + "@<1>", shown="12,345", title="Long")
    assert "12,345[3]" in read(sample.report(blocks=(Paragraph(figure),)))
