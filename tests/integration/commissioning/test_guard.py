"""What the database itself refuses, tried by raw SQL as the login of the pages and of the worker."""

import pytest
from django.db import DatabaseError, connection, transaction

from plumbline.commissioning.models import Bid, Evaluator, Tender
from tests.integration.commissioning.tendering import (
    AT,
    STAGE1,
    a_supplier,
    a_tender,
    a_user,
    a_version,
    failed,
    in_stage1,
    passed,
)

pytestmark = pytest.mark.django_db

SCORE = """insert into commissioning_score (bid_id, evaluator_id, question, score, comment, scored_at)
           values (%(bid)s, %(evaluator)s, 'quality', 3, 'Good.', '2016-09-02')"""
MODERATED = """with meeting as (insert into commissioning_moderationmeeting
                (tender_id, held_on, chair, attendees, recorded_at, recorded_by_id)
                values (%(tender)s, '2016-09-02', 'Chair', 'All', '2016-09-02', %(user)s) returning id)
            insert into commissioning_moderatedscore
                (meeting_id, bid_id, question, start_scores, discussion, score, reason, agreed_at, agreed_by_id)
            select id, %(bid)s, 'quality', '[]', '', 3, '', '2016-09-02', %(user)s from meeting"""
AWARD = """insert into commissioning_award (tender_id, bid_id, state, reason, result, recommended_at, recommended_by_id,
                cancelled_because)
           values (%(tender)s, %(bid)s, 'recommended', 'Best.', '{}', '2016-09-02', %(user)s, '')"""


@pytest.fixture
def commissioner():
    return a_user()


def run(statement: str, bid, *, evaluator: Evaluator | None = None, user=None) -> None:
    values = {"bid": bid.pk, "tender": bid.tender_id, "user": (user or a_user()).pk,
              "evaluator": evaluator.pk if evaluator else None}  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def an_evaluator(bid) -> Evaluator:
    return Evaluator.objects.create(tender=bid.tender, user=a_user("evaluator"), declared="none")


@pytest.mark.parametrize("login", [pytest.param(login, marks=pytest.mark.login(login)) for login in ("web", "worker")])
@pytest.mark.parametrize("statement", [SCORE, MODERATED, AWARD], ids=["score", "moderated score", "award"])
def test_a_failed_bid_is_never_scored_moderated_or_awarded(commissioner, statement, login) -> None:
    bid = failed(commissioner, in_stage1(commissioner)[0])
    with pytest.raises(DatabaseError, match="A bid that was stopped goes no further"):
        run(statement, bid, evaluator=an_evaluator(bid))


@pytest.mark.parametrize("statement", [SCORE, MODERATED, AWARD], ids=["score", "moderated score", "award"])
def test_a_bid_that_has_not_passed_stage_1_is_never_scored_moderated_or_awarded(commissioner, statement) -> None:
    bid = in_stage1(commissioner)[0]
    with pytest.raises(DatabaseError, match="once it has passed stage 1"):
        run(statement, bid, evaluator=an_evaluator(bid))


@pytest.mark.parametrize("statement", [SCORE, MODERATED, AWARD], ids=["score", "moderated score", "award"])
def test_a_bid_that_passed_goes_on(commissioner, statement) -> None:
    bid = passed(commissioner, in_stage1(commissioner)[0])
    run(statement, bid, evaluator=an_evaluator(bid))
    assert bid.scores.count() + bid.moderated_scores.count() + bid.tender.awards.count() == 1


@pytest.mark.parametrize("state", ["received", "passed", "recommended", "successful"])
def test_a_failed_bid_stays_failed(commissioner, state) -> None:
    bid = failed(commissioner, in_stage1(commissioner)[0])
    with pytest.raises(DatabaseError, match="goes no further"):
        run(f"update commissioning_bid set state = '{state}' where id = %(bid)s", bid)


def test_a_bid_that_failed_a_criterion_is_not_let_through(commissioner) -> None:
    bid = in_stage1(commissioner)[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """insert into commissioning_stage1decision (bid_id, criterion, decision, reason, clarification_asked,
                   clarification_answer, decided_at, decided_by_id)
               values (%s, 'section11', 'fail', 'No.', '', '', '2016-09-02', %s)""",
            [bid.pk, commissioner.pk],
        )
    with pytest.raises(DatabaseError, match="failed a criterion"):
        run("update commissioning_bid set state = 'passed' where id = %(bid)s", bid)


@pytest.mark.parametrize("statement", [
    "update commissioning_score set score = 5 where evaluator_id = %(evaluator)s",
    "update commissioning_score set comment = 'Better.' where evaluator_id = %(evaluator)s",
    "delete from commissioning_score where evaluator_id = %(evaluator)s",
    SCORE.replace("'quality'", "'safeguarding'"),
    "update commissioning_evaluator set locked_at = null where id = %(evaluator)s",
], ids=["score", "comment", "delete", "another", "lock"])  # fmt: skip
def test_locked_scores_never_change(commissioner, statement) -> None:
    bid = passed(commissioner, in_stage1(commissioner)[0])
    evaluator = an_evaluator(bid)
    run(SCORE, bid, evaluator=evaluator)
    run(
        "update commissioning_evaluator set locked_at = '2016-09-03' where id = %(evaluator)s", bid, evaluator=evaluator
    )
    with pytest.raises(DatabaseError, match=r"locked"):
        run(statement, bid, evaluator=evaluator)


def test_a_score_is_changed_until_it_is_locked(commissioner) -> None:
    bid = passed(commissioner, in_stage1(commissioner)[0])
    evaluator = an_evaluator(bid)
    run(SCORE, bid, evaluator=evaluator)
    run("update commissioning_score set score = 5 where evaluator_id = %(evaluator)s", bid, evaluator=evaluator)
    assert bid.scores.get().score == 5


# --- tenders and what they ask ---


def test_no_survey_stands_in_for_stage_1(commissioner) -> None:
    made = a_tender(commissioner, state="approved")
    survey = a_version(*STAGE1, purpose="survey")
    with pytest.raises(DatabaseError, match="Nothing goes out without stage 1"), transaction.atomic():
        Tender.objects.filter(pk=made.pk).update(state="published", stage1=survey)


@pytest.mark.parametrize("changed", [
    {"quality_share": 10}, {"method": "average"}, {"reason_beyond": 2}, {"questions": None}, {"stage1": None},
], ids=str)  # fmt: skip
def test_what_a_published_tender_asks_and_how_it_weighs_stands(commissioner, changed) -> None:
    made = a_tender(commissioner, state="published")
    with pytest.raises(DatabaseError, match=r"are fixed when it is published|without stage 1"), transaction.atomic():
        Tender.objects.filter(pk=made.pk).update(**changed)


# --- a bid that has not passed ---


def test_no_bid_is_entered_as_one_that_passed(commissioner) -> None:
    bid = in_stage1(commissioner)[0]
    with pytest.raises(DatabaseError, match="A bid is entered as received"), transaction.atomic():
        Bid.objects.create(
            tender=bid.tender,
            supplier=a_supplier(),
            received_at=AT,
            state="passed",
            entered_at=AT,
        )


def test_no_bid_passes_before_each_ground_for_exclusion_was_looked_at(commissioner) -> None:
    bid = in_stage1(commissioner)[0]
    with pytest.raises(DatabaseError, match="each ground for exclusion"), transaction.atomic():
        Bid.objects.filter(pk=bid.pk).update(state="passed")


def test_no_bid_of_an_excluded_supplier_goes_on(commissioner) -> None:
    bid = passed(commissioner, in_stage1(commissioner)[0])
    bid.exclusion_checks.filter(ground="debarment").update(result="excluded", note="On the list.")
    with pytest.raises(DatabaseError, match="none excludes"), transaction.atomic():
        Bid.objects.filter(pk=bid.pk).update(state="recommended")
