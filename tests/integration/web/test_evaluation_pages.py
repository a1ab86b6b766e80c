"""The pages of an evaluation and an award: who is shown what, and that each leads on to the next."""

import hashlib
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plumbline.commissioning.models import Award, Bid, BidDocument, Evaluator
from plumbline.commissioning.operations import award as operations
from plumbline.commissioning.operations import evaluation
from plumbline.commissioning.queries import evaluation as queries
from plumbline.due import keeping
from plumbline.evidence.models import Document
from tests.factories.people import UserFactory
from tests.factories.tenders import AT, TODAY, EvaluatorFactory, TenderFactory, a_bidder
from tests.integration.commissioning.evaluating import (
    approve,
    approved,
    begun,
    in_moderation,
    letters_sent,
    locked,
    moderated,
    recommend,
    recommended,
    scored,
    settled,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(settings):
    settings.TODAY = TODAY


def words(page, user, path: str) -> str:
    answer = page(user).get(path)
    assert answer.status_code == 200, f"{path} answered {answer.status_code}"
    return answer.content.decode()


def home(made) -> str:
    return f"/tenders/{made.tender.pk}"


# --- the evaluator ---


def undeclared(made) -> Evaluator:
    return EvaluatorFactory(tender=made.tender, declared="not_yet", declared_at=None)


def test_before_declaring_an_evaluators_page_names_no_bidder(page):
    made = begun()
    text = words(page, undeclared(made).user, f"{home(made)}/evaluation/")
    assert [bid.supplier.name for bid in made.bids if bid.supplier.name in text] == []


def test_the_declaration_names_the_bidders_and_nothing_of_their_bids(page):
    made = begun()
    text = words(page, undeclared(made).user, f"{home(made)}/evaluation/declaration/")
    assert ("Alder" in text, "answers on" in text) == (True, False)


def test_declaring_no_conflict_leads_to_the_bids(page):
    made = begun()
    user = undeclared(made).user
    answer = page(user).post(f"{home(made)}/evaluation/declaration/", {"has_conflict": "no", "conflict": ""})
    assert answer.url == f"{home(made)}/evaluation/"


def test_a_conflict_without_words_is_said_at_its_field(page):
    made = begun()
    answer = page(undeclared(made).user).post(f"{home(made)}/evaluation/declaration/", {"has_conflict": "yes"})
    assert b"Say in which bidder you have an interest" in answer.content


def test_a_bidders_relative_finds_no_answer_to_score(page):
    made = begun()
    fresh = undeclared(made)
    evaluation.declare(tender_id=made.tender.pk, has_conflict=True, conflict="My sister.", act=made.by(fresh.user))
    path = f"{home(made)}/evaluation/score/{made.bids[0].pk}/safeguarding/"
    assert page(fresh.user).get(path).status_code == 404


@pytest.mark.parametrize(
    "below", ["evaluation/", "evaluation/declaration/", "evaluation/lock/", "moderation/", "result/", ""]
)
def test_an_excluded_evaluator_finds_no_page_of_the_tender(page, below):
    made = in_moderation()
    out = EvaluatorFactory(
        tender=made.tender, excluded=True, decided_because="A sister.", decided_at=AT, decided_by=made.lead
    )
    assert page(out.user).get(f"{home(made)}/{below}").status_code == 404


def test_an_answer_is_shown_with_its_guidance(page):
    made = begun()
    path = f"{home(made)}/evaluation/score/{made.bids[0].pk}/safeguarding/"
    text = words(page, made.evaluators[0].user, path)
    assert ("answers on safeguarding" in text, "Look for named leads" in text) == (True, True)


def test_saving_a_score_leads_to_the_next_answer_without_one(page):
    made = begun()
    path = f"{home(made)}/evaluation/score/{made.bids[0].pk}/safeguarding/"
    answer = page(made.evaluators[0].user).post(path, {"score": "4", "comment": "Met."})
    assert answer.url == f"{home(made)}/evaluation/score/{made.bids[1].pk}/safeguarding/"


def test_a_score_without_a_comment_is_said_at_its_field(page):
    made = begun()
    path = f"{home(made)}/evaluation/score/{made.bids[0].pk}/safeguarding/"
    answer = page(made.evaluators[0].user).post(path, {"score": "4", "comment": ""})
    assert b"Say why you give this score" in answer.content


def test_an_evaluators_page_holds_no_comment_of_another(page):
    made = scored()
    assert "Bob Beech on" not in words(page, made.evaluators[0].user, f"{home(made)}/evaluation/lock/")


def test_locking_is_done_on_its_page(page):
    made = scored()
    user = made.evaluators[0].user
    page(user).post(f"{home(made)}/evaluation/lock/")
    assert Evaluator.objects.get(pk=made.evaluators[0].pk).locked_at is not None


def test_a_paper_of_a_bid_is_given_to_its_evaluator(page, settings, tmp_path):
    settings.HOME = tmp_path
    made = begun()
    paper = a_paper(made, tmp_path, "safeguarding")
    answer = page(made.evaluators[0].user).get(f"{home(made)}/evaluation/papers/{paper.pk}/")
    assert (answer.status_code, answer.headers["Content-Disposition"]) == (200, 'attachment; filename="plan.pdf"')


def test_a_paper_of_stage_1_is_not_given_to_an_evaluator(page, settings, tmp_path):
    settings.HOME = tmp_path
    made = begun()
    paper = a_paper(made, tmp_path, "policies")
    assert page(made.evaluators[0].user).get(f"{home(made)}/evaluation/papers/{paper.pk}/").status_code == 404


def test_a_paper_of_stage_1_is_given_to_an_evaluator_by_no_other_route_either(page, settings, tmp_path):
    settings.HOME = tmp_path
    made = begun()
    paper = a_paper(made, tmp_path, "policies")
    client = page(made.evaluators[0].user)
    found = [
        client.get(address).status_code
        for address in (f"/bids/{paper.bid_id}/papers/{paper.document_id}/", f"/documents/{paper.document_id}/")
    ]
    assert (found, paper.document.title in client.get(f"/bids/{paper.bid_id}/").content.decode()) == ([404, 404], False)


def test_an_evaluator_of_one_question_reads_the_answer_to_that_one(page):
    made = begun()
    own = EvaluatorFactory(tender=made.tender, questions=["staff"])
    said = words(page, own.user, f"/bids/{made.bids[0].pk}/")
    assert ("answers on staff" in said, "answers on outcomes" in said) == (True, False)


def a_paper(made, home_folder: Path, criterion: str) -> BidDocument:
    content = b"%PDF-1.4 a plan"
    digest = hashlib.sha256(content).hexdigest()
    path = home_folder / "files" / digest[:2] / digest
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    document = Document.objects.create(
        title="Our plan",
        file_name="plan.pdf",
        media_type="application/pdf",
        size=len(content),
        sha256=digest,
        added_at=AT,
    )
    return BidDocument.objects.create(bid=made.bids[0], document=document, criterion=criterion)


# --- the commissioner ---


def test_the_board_shows_how_far_each_is_and_no_score(page):
    made = scored()
    text = words(page, made.lead, f"{home(made)}/evaluation/")
    assert ("9 of 9" in text, "Ann Ash on" in text) == (True, False)


@pytest.mark.parametrize("below", ["evaluation/", "evaluation/board/"])
def test_no_button_of_the_board_leads_to_the_board(page, below):
    made = begun()
    assert "See how far they are" in words(page, made.lead, f"{home(made)}/")
    assert "See how far they are" not in words(page, made.lead, f"{home(made)}/{below}")


@pytest.mark.parametrize("below", ["moderation/", "result/", "report/", "report.pdf", "report.docx"])
def test_no_page_shows_scores_to_the_commissioner_before_all_have_locked(page, below):
    made = scored()
    assert page(made.lead).get(f"{home(made)}/{below}").status_code == 404


def test_an_evaluator_is_chosen_on_a_page(page):
    made = begun(evaluators=0)
    user = UserFactory(role="evaluator")
    page(made.lead).post(f"{home(made)}/evaluation/evaluators/", {"user": user.pk, "questions": ["staff"]})
    assert Evaluator.objects.get(tender=made.tender).questions == ["staff"]


def test_a_conflict_is_decided_on_a_page(page):
    made = begun()
    fresh = undeclared(made)
    evaluation.declare(tender_id=made.tender.pk, has_conflict=True, conflict="My sister.", act=made.by(fresh.user))
    page(made.lead).post(f"{home(made)}/evaluation/evaluators/{fresh.pk}/exclude/", {"because": "Too near."})
    assert Evaluator.objects.get(pk=fresh.pk).excluded


def test_what_an_evaluator_declared_is_not_shown_to_others_than_the_lead(page):
    made = begun()
    fresh = undeclared(made)
    evaluation.declare(tender_id=made.tender.pk, has_conflict=True, conflict="My sister.", act=made.by(fresh.user))
    assert "My sister" not in words(page, UserFactory(role="commissioner"), f"{home(made)}/evaluation/")


def test_the_scores_are_opened_on_a_page(page):
    made = locked()
    answer = page(made.lead).post(f"{home(made)}/evaluation/open/")
    assert answer.url == f"{home(made)}/moderation/"


def test_opening_before_all_have_locked_says_who_has_not(page):
    made = scored()
    answer = page(made.lead).post(f"{home(made)}/evaluation/open/")
    refused = "Ann Ash, Bob Beech, Cat Cherry have not locked their scores yet."
    assert answer.context["form"].non_field_errors() == [refused]


def test_a_score_is_agreed_on_a_page_and_leads_to_the_next(page):
    made = in_moderation()
    path = f"{home(made)}/moderation/{made.bids[0].pk}/safeguarding/"
    answer = page(made.lead).post(path, {"discussion": "All alike.", "score": "4", "reason": ""})
    assert answer.url == f"{home(made)}/moderation/{made.bids[1].pk}/safeguarding/"


def test_an_agreed_score_that_needs_a_reason_says_so_at_the_field(page):
    made = in_moderation()
    path = f"{home(made)}/moderation/{made.bids[0].pk}/safeguarding/"
    answer = page(made.lead).post(path, {"discussion": "All alike.", "score": "3", "reason": ""})
    assert b"Ann Ash scored 4; the agreed score is 3." in answer.content


def test_an_evaluator_reads_the_moderation_and_agrees_nothing_alone(page):
    made = in_moderation()
    path = f"{home(made)}/moderation/{made.bids[0].pk}/safeguarding/"
    page(made.evaluators[0].user).post(path, {"discussion": "Mine.", "score": "4", "reason": ""})
    assert not made.bids[0].moderated_scores.exists()


def test_the_moderations_page_has_as_many_queries_however_many_scores(page):
    counts = []
    for bidders in (("Alder", "Birch", "Cedar"), ("Alder", "Birch", "Cedar", "Damson", "Elder", "Fir")):
        size = len(bidders)
        made = in_moderation(
            bidders=bidders, scores={"safeguarding": (4,) * size, "staff": (4,) * size, "outcomes": (4,) * size}
        )
        client = page(made.lead)
        keeping.catch_up(on=TODAY, wait=True)
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{home(made)}/moderation/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_moderation_is_closed_on_a_page_and_leads_to_the_result(page):
    made = moderated()
    assert page(made.lead).post(f"{home(made)}/moderation/close/").url == f"{home(made)}/result/"


def test_the_result_says_totals_ranks_and_why_a_bid_is_out(page):
    made = settled()
    text = words(page, made.lead, f"{home(made)}/result/")
    missing = [
        each
        for each in ("87.00", "80.00", "Rank 1", "Rank 2", "Disqualified", "below the minimum of 3")
        if each not in text
    ]
    assert missing == []


def test_a_tie_is_shown_as_a_tie(page):
    made = settled(bidders=("Alder", "Birch"), scores={"safeguarding": (4, 4), "staff": (4, 4), "outcomes": (5, 5)})
    assert words(page, made.lead, f"{home(made)}/result/").count("Rank 1, tie") == 2


def test_recommending_a_tie_asks_how_it_was_decided(page):
    made = settled(bidders=("Alder", "Birch"), scores={"safeguarding": (4, 4), "staff": (4, 4), "outcomes": (5, 5)})
    path = f"{home(made)}/award/recommend/"
    answer = page(made.lead).post(path, {"bid": made.bids[0].pk, "reason": "Best.", "tie_reason": ""})
    assert b"Say how it was decided between them" in answer.content


# --- the award ---


def test_a_bid_is_recommended_on_a_page(page):
    made = settled()
    path = f"{home(made)}/award/recommend/"
    page(made.lead).post(path, {"bid": made.bids[0].pk, "reason": "The highest total."})
    assert Award.objects.get(tender=made.tender).bid == made.bids[0]


# Alder 87, Birch 80, Cedar 67.
THREE = {"safeguarding": (4, 4, 3), "staff": (5, 4, 4), "outcomes": (4, 4, 3)}


def framework(**more):
    return settled(kind="framework", scores=THREE, **more)


def test_the_bids_of_a_framework_are_ticked_in_the_order_of_their_totals(page):
    made = framework(bidders=("Cedar", "Birch", "Alder"))
    text = words(page, made.lead, f"{home(made)}/award/recommend/")
    boxes = re.findall(r'type="checkbox" name="bid" value="(\d+)"', text)
    assert boxes == [str(made.bids[at].pk) for at in (0, 1, 2)]
    assert "Rank 1, 87.00 points" in text


def test_several_bids_of_a_framework_are_recommended_on_a_page(page):
    made = framework()
    answer = page(made.lead).post(
        f"{home(made)}/award/recommend/", {"bid": [bid.pk for bid in made.bids[:2]], "reason": "Best."}
    )
    assert (answer.url, [each.bid for each in queries.standing_awards(made.tender)]) == (
        f"{home(made)}/award/",
        made.bids[:2],
    )


@pytest.mark.parametrize(
    ("chosen", "said"),
    [([], "Tick the bids that are recommended"), ([0, 2], "No bid is left out for one that is ranked below it: Birch")],
)
def test_bids_that_cannot_be_recommended_together_are_refused_at_their_field(page, chosen, said):
    made = framework()
    answer = page(made.lead).post(
        f"{home(made)}/award/recommend/", {"bid": [made.bids[at].pk for at in chosen], "reason": "Best."}
    )
    assert (said in answer.content.decode(), Award.objects.exists()) == (True, False)


def test_what_is_typed_stays_when_a_framework_is_refused(page):
    made = framework()
    text = (
        page(made.lead)
        .post(f"{home(made)}/award/recommend/", {"bid": [made.bids[2].pk], "reason": "It knows the county."})
        .content.decode()
    )
    assert ("It knows the county." in text, text.count(" checked")) == (True, 1)


def two_approved():
    made = framework()
    recommend(made, *made.bids[:2])
    approve(made)
    return made, queries.standing_awards(made.tender)


def test_two_recommended_bids_are_approved_on_one_page(page):
    made = framework()
    recommend(made, *made.bids[:2])
    text = words(page, made.approver, f"{home(made)}/award/approve/")
    assert "Approve the award to Alder and Birch" in text
    page(made.approver).post(f"{home(made)}/award/approve/")
    assert {each.approved_by for each in queries.standing_awards(made.tender)} == {made.approver}


def test_what_each_winner_promised_is_recorded_under_its_name(page):
    made, found = two_approved()
    path = f"{home(made)}/award/{found[1].pk}/promises/"
    assert "What Birch promised" in words(page, made.lead, path)
    page(made.lead).post(path, {"text": "A garden.", "question": ""})
    text = words(page, made.lead, f"{home(made)}/award/")
    assert [promise.text for promise in found[1].promises.all()] == ["A garden."]
    assert text.index(">Alder</h3>") < text.index(">Birch</h3>") < text.index("A garden.")


def test_no_promise_is_recorded_of_another_tenders_award(page):
    made, _ = two_approved()
    _, other = approved()
    assert page(made.lead).get(f"{home(made)}/award/{other.pk}/promises/").status_code == 404


def test_a_direct_award_is_recommended_on_a_page(page):
    tender = TenderFactory(state="stage1", kind="direct_award", direct_award_reason="One child, one home.")
    bid = a_bidder(tender, "Alder")
    page(tender.lead_commissioner).post(
        f"/tenders/{tender.pk}/award/recommend/", {"bid": bid.pk, "reason": "Only one."}
    )
    assert Award.objects.get(tender=tender).bid == bid


def test_an_award_is_approved_on_a_page_by_somebody_else(page):
    made, found = recommended()
    page(made.approver).post(f"{home(made)}/award/approve/")
    assert Award.objects.get(pk=found.pk).approved_by == made.approver


def test_the_lead_is_not_offered_to_approve_their_own_recommendation(page):
    made, _ = recommended()
    assert page(made.lead).get(f"{home(made)}/award/approve/").status_code == 404


def test_a_contract_officer_finds_no_award_before_it_is_made(page):
    made, _ = approved()
    assert page(UserFactory(role="contract_officer")).get(f"{home(made)}/award/").status_code == 404


def test_the_steps_of_an_award_are_taken_on_pages(page):
    made, _ = approved()
    letters_sent(made)
    client = page(made.lead)
    day = {"day_day": "29", "day_month": "7", "day_year": "2016"}
    for step in ("confirm", "details"):
        client.post(f"{home(made)}/award/{step}/", day)
    assert made.fresh().state == "contract_details"


def test_a_letter_is_edited_and_sent_on_pages(page):
    made, _ = approved()
    bid = made.bids[1]
    client = page(made.lead)
    client.post(f"{home(made)}/award/letters/{bid.pk}/", {"text": "Dear Birch"})
    client.post(f"{home(made)}/award/letters/{bid.pk}/sent/", {"day_day": "29", "day_month": "7", "day_year": "2016"})
    kept = Bid.objects.get(pk=bid.pk)
    assert (kept.letter, kept.letter_sent_on) == ("Dear Birch\n", TODAY)


def test_a_promise_is_recorded_and_taken_away_on_pages(page):
    made, found = approved()
    client = page(made.lead)
    client.post(
        f"{home(made)}/award/{found.pk}/promises/", {"text": "Two leads on every shift.", "question": "safeguarding"}
    )
    promise = found.promises.get()
    client.post(f"{home(made)}/award/promises/{promise.pk}/", {"because": "Entered twice."})
    assert not found.promises.exists()


def test_a_recommendation_is_taken_back_on_a_page(page):
    made, found = recommended()
    page(made.approver).post(f"{home(made)}/award/take-back/", {"because": "The minutes are not complete."})
    assert Award.objects.get(pk=found.pk).state == "cancelled"


@pytest.mark.parametrize(("path", "begins"), [("report.pdf", b"%PDF"), ("report.docx", b"PK")])
def test_the_evaluation_report_is_taken_as_a_file(page, path, begins):
    made, _ = approved()
    assert page(made.approver).get(f"{home(made)}/{path}").content.startswith(begins)


def test_the_evaluation_report_is_read_as_a_page(page):
    made, _ = approved()
    assert "Ann Ash on safeguarding: 4." in words(page, made.approver, f"{home(made)}/report/")


def test_a_summary_is_read_as_a_page(page):
    made, _ = approved()
    assert "Where it was better than yours" in words(page, made.lead, f"{home(made)}/summaries/{made.bids[1].pk}/")


def test_there_is_no_summary_before_the_approval(page):
    made, _ = recommended()
    assert page(made.lead).get(f"{home(made)}/summaries/{made.bids[1].pk}/").status_code == 404


@pytest.mark.parametrize("state", ["recommended", "approved", "standstill", "awarded"])
def test_the_award_page_is_shown_in_every_state(page, state):
    made, _ = recommended() if state == "recommended" else approved(standstill_days=8 if state == "standstill" else 0)
    if state == "standstill":
        letters_sent(made)
        operations.publish_notice(tender_id=made.tender.pk, notice_on=TODAY, act=made.by())
    if state == "awarded":
        operations.confirm_award(tender_id=made.tender.pk, awarded_on=TODAY, act=made.by())
    assert "Alder" in words(page, made.lead, f"{home(made)}/award/")


# --- my work ---


def work(page, user) -> str:
    return words(page, user, "/")


def test_an_evaluators_work_says_what_is_left_to_score(page):
    made = begun()
    assert "0 of 9 answers done." in work(page, made.evaluators[0].user)


def test_an_evaluator_who_has_not_declared_is_asked_to(page):
    made = begun()
    assert "Declare whether you have an interest in a bidder" in work(page, undeclared(made).user)


def test_an_approvers_work_says_whose_award_waits(page):
    made, _ = recommended()
    assert "Recommended: Alder." in work(page, made.approver)


def test_the_leads_work_says_that_the_scores_can_be_opened(page):
    assert "Open the scores: every evaluator has locked" in work(page, locked().lead)


def test_a_conflict_that_comes_up_later_is_told_from_the_evaluators_page(page):
    made = begun()
    evaluator = made.evaluators[0]
    client = page(evaluator.user)
    assert "Tell of a conflict of interest" in client.get(f"/tenders/{made.tender.pk}/evaluation/").content.decode()

    client.post(f"/tenders/{made.tender.pk}/evaluation/declaration/", {"has_conflict": "yes", "conflict": "My sister."})

    evaluator.refresh_from_db()
    assert (evaluator.declared, evaluator.conflict) == ("conflict", "My sister.")
