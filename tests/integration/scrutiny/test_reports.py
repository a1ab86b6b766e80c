"""Writing and reading reports, and what they withhold."""

import re
from datetime import UTC, date, datetime

import pytest

from plumbline.documents import docx, pdf
from plumbline.documents.model import Note, Table, plain
from plumbline.earlyhelp.models import Tac
from plumbline.flags.models import Flag
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Organisation
from plumbline.scrutiny import library, operations, queries
from plumbline.scrutiny.models import Question, QuestionSet, Report
from tests.integration.scrutiny.situations import NOW, TODAY, page, write
from tests.integration.scrutiny.test_report_files import words_of_docx, words_of_pdf

pytestmark = pytest.mark.django_db
LATER = datetime(2016, 8, 1, 9, 0, tzinfo=UTC)


def answers(*claims, figures=None, **more) -> library.Answers:
    return library.read_answers(
        {"question_set": "cfps-2015", "figures": figures or {}, "answers": {6: {"claims": list(claims)}}, **more}
    )


# -- question sets --------------------------------------------------------------------------------------


def test_seven_of_the_guide_s_questions_have_their_wording_and_the_others_are_empty_slots():
    questions = Question.objects.filter(question_set__key="cfps-2015")
    worded = set(questions.exclude(wording="").values_list("number", flat=True))
    assert (questions.count(), worded) == (21, {5, 6, 7, 8, 9, 13, 14})


def test_every_wording_names_where_it_was_found():
    assert not Question.objects.exclude(wording="").filter(source="").exists()


def test_loading_the_question_sets_again_changes_nothing():
    before = list(Question.objects.order_by("pk").values())
    operations.load_question_sets(act=Act(None, NOW, NOW.date()))
    assert (list(Question.objects.order_by("pk").values()), QuestionSet.objects.count()) == (before, 1)


# -- writing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "code"), [((22,), "unknown_question"), ((3,), "no_wording"), ((8,), "no_answer"), ((), "no_question")]
)
def test_a_question_that_cannot_be_answered_is_refused_and_leaves_no_report(numbers, code):
    with pytest.raises(RuleBroken) as refusal:
        write(numbers)
    assert (refusal.value.code, Report.objects.count()) == (code, 0)


def test_outside_the_demonstration_no_word_of_the_invented_county_is_printed(settings, small_county):
    settings.DEMO = False
    report = write((5, 6, 7))
    said = page(report)
    written = library.answers(queries.DEMONSTRATION)
    own_words = [
        claim.text
        for answer in written.answers.values()
        for claim in answer.claims
        if claim.kind in ("paragraph", "gap")
    ]
    own_words += [quotation["text"] for quotation in written.quotations.values()]
    own_words += [*written.front["summary"], *written.front["actions_required"], *written.front["consultation"]]

    # The words between the figures, which stand as they were written.
    assert [
        part for text in own_words for part in re.split(r"\{\{.*?\}\}", text) if len(part) > 40 and part in said
    ] == []
    assert "No answer has been written yet." in said
    assert "Nobody has written an answer to this question yet." in said
    # What can be counted is offered: 40 open TACs, of which schools lead half.
    assert set(queries.figures_asked(report)) == {
        ref for answer in written.answers.values() for claim in answer.claims for ref in claim.figures
    }
    assert queries.answers_here().quotations == {}


def test_a_report_as_at_a_day_to_come_is_refused():
    with pytest.raises(RuleBroken) as refusal:
        write(as_at=date(2016, 8, 1))
    assert refusal.value.code == "future_date"


def test_someone_without_the_permission_writes_no_report(user_with):
    with pytest.raises(NotAllowed):
        write(by=user_with("elected_member"))


def test_each_claim_lists_the_figures_that_it_rests_on(small_county):
    report = write((6,))
    claim = report.answers.get().claims.get(text__contains="fully engage")
    assert {one.figure_ref for one in claim.evidence.all()} == {
        "not_engaged",
        "not_engaged_before",
        "not_engaged_share",
        "not_engaged_share_before",
    }


def test_the_evidence_of_a_report_names_the_figures_and_the_words_of_others_claim_by_claim(small_county):
    report = write((6,))
    evidence = queries.evidence_of(report, queries.figures_shown(report, on=TODAY))
    about_schools = next(one for one in evidence if one.words.startswith("Schools see most children"))
    quoted = next(one for one in evidence if one.quotation)
    assert ([figure.ref for figure in about_schools.figures], quoted.quotation.said_on) == (
        ["school_led", "school_led_2y"],
        date(2016, 5, 18),
    )


def test_a_figure_that_cannot_be_given_has_its_reason_in_the_sentence():
    """Nothing has been imported."""
    assert "“TACs open” cannot be given: No early help episodes have been imported" in page(write((6,)))


def test_a_chart_that_cannot_be_drawn_says_why():
    document = queries.report_document(write((6,)), viewer=None, on=TODAY, council="", colour="#1d4f6e")
    notes = [plain(block.text) for block in document.blocks if isinstance(block, Note)]
    assert any("“TACs open” cannot be given" in note for note in notes)


def test_a_summary_may_place_only_what_a_claim_rests_on():
    with pytest.raises(RuleBroken) as refusal:
        library.read_answers(
            {
                "question_set": "cfps-2015",
                "figures": {"now": {"key": "tac_open", "as_at": "D"}},
                "answers": {6: {"summary": "{{now}}", "claims": [{"paragraph": "None."}]}},
            }
        )
    assert refusal.value.code == "wrong_answers"


def test_a_quotation_of_more_than_24_months_ago_is_marked_as_stale():
    said = {"source_body": "A", "source_title": "B", "text": "C", "permission": "D"}
    quotations = {
        "old": said | {"said_on": date(2014, 7, 30)}, "new": said | {"said_on": date(2014, 7, 31)},
    }  # fmt: skip
    report = write((6,), answers=answers({"quotation": "old"}, {"quotation": "new"}, quotations=quotations))
    document = queries.report_document(report, viewer=None, on=TODAY, council="", colour="#1d4f6e")
    assert [getattr(block, "stale", None) for block in document.blocks[1:]] == [True, False]


SAID = {
    "source_body": "Fenmarsh Youth Council", "source_title": "Letter", "said_on": date(2016, 5, 1),
    "text": "We were asked.", "permission": "Agreed by the youth council",
}  # fmt: skip


@pytest.mark.parametrize("part", list(SAID))
@pytest.mark.parametrize("blank", [None, " "], ids=["left out", "blank"])
def test_a_quotation_says_who_said_it_when_and_who_agreed_that_it_is_printed(part, blank):
    said = {**SAID, part: blank}
    with pytest.raises(RuleBroken, match=f"lacks {part.replace('_', ' ')}\\.") as refusal:
        answers({"quotation": "youth"}, quotations={"youth": said})
    assert refusal.value.code == "wrong_answers"


HOSTILE = "<script>alert(1)</script> #set page() \\ $x$ {{ 7*7 }} {% for x in y %} \u202eevil\u202c &amp; ]]>"


def test_hostile_words_stay_words_on_the_page():
    report = write((6,), answers=answers({"paragraph": HOSTILE}, {"heading": HOSTILE}))
    assert "<script>alert" not in page(report)


@pytest.mark.parametrize(("writer", "words_of"), [(docx.write, words_of_docx), (pdf.write, words_of_pdf)])
def test_hostile_words_stay_words_in_a_file(writer, words_of):
    report = write((6,), answers=answers({"paragraph": HOSTILE}, {"heading": "] #panic()"}))
    document = queries.report_document(report, viewer=None, on=TODAY, council=HOSTILE, colour="#1d4f6e")
    said = words_of(writer(document)).replace(" ", "")
    assert [
        words
        for words in ("<script>alert(1)</script>#setpage()", "{{7*7}}{%forxiny%}", "]#panic()")
        if words not in said
    ] == []


# -- disclosure -----------------------------------------------------------------------------------------

SECTORS = answers(
    {"table": "Open TACs by sector", "group_title": "Sector", "split": [{"figure": "sectors", "title": "Open"}]},
    {"paragraph": "Schools led {{led}} of {{now}}."},
    figures={
        "now": {"key": "tac_open", "as_at": "D"},
        "sectors": {"key": "tac_open", "as_at": "D", "by": "lead_sector"},
        "led": {"key": "tac_school_led", "as_at": "D"},
    },
)


def table(report) -> dict[str, str]:
    document = queries.report_document(report, viewer=None, on=TODAY, council="", colour="#1d4f6e")
    [found] = [block for block in document.blocks if isinstance(block, Table)]
    return {plain(row.header): plain(row.cells[0]) for row in found.rows}


def test_small_numbers_are_withheld_in_a_report_by_default(small_county):
    assert table(write((6,), answers=SECTORS)) == {
        "School": "20",
        "Health": "12",
        "Police": "withheld",
        "Housing": "withheld",
        "All": "40",
    }


def test_another_number_is_withheld_where_the_total_would_tell_the_small_one(small_county):
    Tac.objects.filter(lead_organisation__sector="police").update(
        lead_organisation=Organisation.objects.get(sector="health")
    )
    found = table(write((6,), answers=SECTORS))
    assert (found["Health"], found["Housing"], found["School"]) == ("withheld", "withheld", "20")


def test_no_sentence_shows_the_number_that_a_table_withholds(small_county):
    """Three in housing, and no other group but school to hide it: school is withheld, so its share must be."""
    Tac.objects.exclude(lead_organisation__sector="housing").update(
        lead_organisation=Organisation.objects.get(sector="school")
    )
    report = write((6,), answers=SECTORS)
    assert (table(report)["School"], "Schools led withheld of 40" in plain_page(report)) == ("withheld", True)


def plain_page(report) -> str:
    document = queries.report_document(report, viewer=None, on=TODAY, council="", colour="#1d4f6e")
    return " ".join(plain(block.text) for block in document.blocks if hasattr(block, "text"))


def test_a_profile_for_people_who_work_with_the_records_withholds_nothing(small_county):
    assert table(write((6,), answers=SECTORS, profile="internal"))["Housing"] == "3"


def test_no_file_holds_a_number_that_is_withheld(small_county):
    """Thirty closures: 2 stepped up and 1 moved away are small, and 27 others would tell their sum only."""
    shown = queries.figures_shown(write((6, 7)), on=TODAY)
    rows = {row["group"]["outcome"]: row["numerator"] for row in shown["outcomes"].body["rows"]}
    assert (rows["stepped_up"], rows["moved_away"], shown["stepped_up"].body["value"]) == (None, None, None)


def test_a_small_count_of_flags_is_withheld():
    for number in range(3):
        Flag.objects.create(
            kind="setting_adverse",
            key=f"f{number}",
            subject_type="placement",
            reason="Inadequate.",
            raised_at=LATER,
            raised_on=TODAY,
        )
    claim = write((5,)).answers.get().claims.get(options__register="flags")
    assert claim.options["found"]["rows"][0]["cells"] == [None, None, None]
