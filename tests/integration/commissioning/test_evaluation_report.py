"""The evaluation report and the assessment summaries: what they hold and what they never hold."""

import io
import zipfile
from fractions import Fraction

import pytest

from plumbline.commissioning import report, report_words
from plumbline.commissioning.assessment_summary import assessment_summary
from plumbline.commissioning.models import Award, Bid
from plumbline.commissioning.operations import award as operations
from plumbline.documents import files
from plumbline.documents.model import Heading, Paragraph, Report, Table, pieces, plain
from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
from tests.factories.tenders import AT, TODAY, EvaluatorFactory, TenderFactory, a_bidder
from tests.integration.commissioning.evaluating import COUNCIL, Evaluation, approved, in_moderation

pytestmark = pytest.mark.django_db
FRAME = {"council": COUNCIL, "colour": "#1d4f91", "on": TODAY}


def written(made: Evaluation) -> Report:
    return report.evaluation_report(made.fresh(), **FRAME)


def words(document: Report) -> str:
    """Everything that the document says, in order."""
    said = []
    for piece in pieces(document):
        block = piece.block
        if isinstance(block, Heading):
            said.append(block.text)
        elif isinstance(block, Paragraph):
            said.append(plain(block.text))
        elif isinstance(block, Table):
            said.append(block.caption)
            said += [" | ".join(plain(cell) for cell in (row.header, *row.cells)) for row in block.rows]
            said.append(plain(block.note))
        elif hasattr(block, "items"):
            said += [plain(item) for item in block.items]
        elif hasattr(block, "blocks"):
            said += [plain(inner.text) for inner in block.blocks]
        else:
            said.append(plain(block.text))
    return "\n".join(said)


def test_the_report_holds_every_section_in_order() -> None:
    made, _ = approved()
    assert [b.text for b in written(made).blocks if isinstance(b, Heading) and b.level == 1] == [
        "1. The procurement",
        "2. Timetable",
        "3. Bids received",
        "4. Conflicts of interest",
        "5. Stage 1: business information",
        "6. Exclusion and debarment",
        "7. How bids are scored",
        "8. Moderation meetings",
        "9. Scores, comments and moderation",
        "10. Result",
        "11. Recommendation and approval",
        "12. What the winner promised",
        "13. Signatures",
    ]


def test_the_report_holds_every_score_with_its_comment() -> None:
    made, _ = approved()
    text = words(written(made))
    missing = [
        f"{score.evaluator.user.name} | {score.score:.0f} | {score.comment}"
        for evaluator in made.evaluators
        for score in evaluator.scores.select_related("evaluator__user")
        if f"{score.evaluator.user.name} | {score.score:.0f} | {score.comment}" not in text
    ]
    assert missing == []


def test_the_report_says_what_each_agreed_score_began_from() -> None:
    made, _ = approved()
    assert "Agreed: 4. Began from Ann Ash 4, Bob Beech 4, Cat Cherry 4." in words(written(made))


def test_the_report_says_totals_ranks_and_who_was_disqualified() -> None:
    made, _ = approved()
    text = words(written(made))
    assert [
        line
        for line in text.splitlines()
        if line.startswith(("Alder", "Birch", "Cedar"))
        and "%" not in line
        and line.count("|") == 4
        and "2016" not in line
    ] == [
        "Alder | 87.00 | 87.00 | 87.00 | 1",
        "Birch | 80.00 | 80.00 | 80.00 | 2",
        "Cedar | 76.00 | 76.00 |  | disqualified",
    ]


def test_the_report_names_who_declared_what_and_what_was_decided() -> None:
    made = in_moderation()
    EvaluatorFactory(
        tender=made.tender,
        declared="conflict",
        conflict="A sister leads Alder.",
        excluded=True,
        decided_because="Too near.",
        decided_at=AT,
        decided_by=made.lead,
    )
    assert "Conflict declared (21 July 2016 at 10:00): A sister leads Alder. | Excluded: Too near. (Farah Quill, " in (
        words(written(made))
    )


def test_the_report_says_that_there_is_no_result_while_scores_are_missing() -> None:
    assert "There is no result yet." in words(written(in_moderation()))


def test_the_report_of_a_direct_award_says_why_nothing_was_scored() -> None:
    tender = TenderFactory(state="stage1", kind="direct_award", direct_award_reason="One child, one home.")
    bid = a_bidder(tender, "Alder")
    operations.recommend(
        tender_id=tender.pk, bid_ids=[bid.pk], reason="Only one.", act=Act(tender.lead_commissioner, AT, TODAY)
    )
    assert "Direct award. One child, one home." in words(report.evaluation_report(tender, **FRAME))


@pytest.mark.parametrize(("name", "magic"), [("r.pdf", b"%PDF"), ("r.docx", b"PK"), ("r.html", b"<!DOC")])
def test_the_report_is_written_as_a_file(name, magic) -> None:
    made, _ = approved()
    assert files.write(written(made), name)[: len(magic)] == magic


def test_the_word_file_says_what_the_report_says() -> None:
    made, _ = approved()
    package = zipfile.ZipFile(io.BytesIO(files.write(written(made), "r.docx")))
    assert "Ann Ash on safeguarding: 4." in package.read("word/document.xml").decode()


# --- assessment summaries ---


def summary(made: Evaluation, award: Award, at: int) -> str:
    bid = Bid.objects.select_related("supplier").get(pk=made.bids[at].pk)
    return words(assessment_summary(made.fresh(), [award], bid, **FRAME))


def test_a_summary_gives_the_bidder_their_scores_and_the_winners_advantages() -> None:
    text = summary(*approved(), 1)
    missing = [
        line
        for line in (
            "It has 80.00 of 100 points and rank 2 of 2.",
            "How will you recruit and keep your staff? | 4 | 5 | 35 | 28.00",
            "“How will you recruit and keep your staff?”: it scored 5, yours 4, of 5.",
            "How will you recruit and keep your staff? | 5 | 5 | 35 | 35.00",
        )
        if line not in text
    ]
    assert missing == []


def test_a_summary_says_nothing_of_the_third_bidder() -> None:
    assert "Cedar" not in summary(*approved(), 1)


def test_a_summary_names_no_evaluator() -> None:
    text = summary(*approved(), 1)
    assert [name for name in ("Ann Ash", "Bob Beech", "Cat Cherry") if name in text] == []


def test_a_disqualified_bidders_summary_says_which_minimum_was_missed() -> None:
    assert "was scored 2, below the minimum of 3" in summary(*approved(), 2)


def test_the_winners_summary_holds_no_other_bidder() -> None:
    text = summary(*approved(), 0)
    assert [name for name in ("Birch", "Cedar") if name in text] == []


def test_a_bid_that_was_not_scored_has_no_summary() -> None:
    made, award = approved()
    failed = a_bidder(made.tender, "Failed", state="failed", stopped_because="No policy.")
    with pytest.raises(RuleBroken, match="was not scored"):
        assessment_summary(made.fresh(), [award], failed, **FRAME)


def test_points_without_an_end_are_given_as_fractions_too() -> None:
    assert report_words.exact(Fraction(104, 3)) == "34.67 (104/3)"


def test_the_approver_is_named_with_the_day() -> None:
    made, _ = approved()
    assert f"Approved by, on | {made.approver}, 29 July 2016 at 11:00" in words(written(made))


def test_a_report_before_the_approval_is_marked_as_such() -> None:
    made = in_moderation()
    assert written(made).standing == "Draft, moderation"
