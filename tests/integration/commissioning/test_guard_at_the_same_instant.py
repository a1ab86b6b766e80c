"""A bid that fails while a score of it is being written, and two awards made at once, over two real connections."""

import threading
from typing import Any

import psycopg
import pytest
from django.db import connection

from plumbline.commissioning.models import Award, Evaluator, Score
from tests import databases
from tests.integration.commissioning.tendering import LATER, a_user, in_stage1, passed

SCORE = """insert into commissioning_score (bid_id, evaluator_id, question, score, comment, scored_at)
           values (%s, %s, 'quality', 3, 'Good.', '2016-09-02')"""
STOP = """update commissioning_bid set state = 'disqualified', stopped_because = 'Too low.', stopped_on = %s
          where id = %s"""


@pytest.fixture
def scored(own_database: str) -> tuple[str, Any, Evaluator]:
    """A bid that passed stage 1, and someone to score it."""
    commissioner = a_user()
    bid = passed(commissioner, in_stage1(commissioner)[0])
    return own_database, bid, Evaluator.objects.create(tender=bid.tender, user=a_user("evaluator"), declared="none")


def write_later(database: str, statement: str, values: list[int], answers: list[str]) -> threading.Thread:
    """Something being written by someone else, who waits for what is being changed; what the database answered."""

    def write() -> None:
        with psycopg.connect(databases.login_url("web", database), autocommit=True) as other:
            try:
                other.execute(statement, values)
                answers.append("taken")
            except psycopg.DatabaseError as error:
                answers.append(str(error).splitlines()[0])

    writer = threading.Thread(target=write)
    writer.start()
    return writer


def wait_until_it_waits(database: str) -> None:
    with psycopg.connect(databases.owner_url(), autocommit=True) as owner:
        for _ in range(200):
            waiting = owner.execute(
                "select count(*) from pg_stat_activity where datname = %s and wait_event_type = 'Lock'", [database]
            ).fetchone()
            if waiting and waiting[0]:
                return
            threading.Event().wait(0.05)
    pytest.fail("It was never held up.")


@pytest.mark.parametrize(("change", "refusal"), [
    ("stop", "A bid that was stopped goes no further."),
    ("lock", "The evaluator has locked the scores; they do not change any more."),
])  # fmt: skip
def test_a_score_waits_for_what_is_being_decided_and_is_then_refused(
    scored: tuple[str, Any, Evaluator], change: str, refusal: str
) -> None:
    database, bid, evaluator = scored
    connection.close()
    answers: list[str] = []
    with psycopg.connect(databases.login_url("web", database)) as first:
        if change == "stop":
            first.execute(STOP, [LATER, bid.pk])
        else:
            first.execute("update commissioning_evaluator set locked_at = '2016-09-02' where id = %s", [evaluator.pk])
        writer = write_later(database, SCORE, [bid.pk, evaluator.pk], answers)
        wait_until_it_waits(database)
        first.commit()
        writer.join(timeout=20)
    assert (answers, Score.objects.count()) == ([refusal], 0)


AWARD = """insert into commissioning_award
               (tender_id, bid_id, state, reason, result, recommended_at, recommended_by_id, cancelled_because)
           select b.tender_id, b.id, 'recommended', 'Best.', '{}', '2016-09-02', t.lead_commissioner_id, ''
           from commissioning_bid b join commissioning_tender t on t.id = b.tender_id where b.id = %s"""


def test_of_two_awards_of_a_competition_at_once_the_second_waits_and_is_refused(own_database: str) -> None:
    commissioner = a_user()
    bids = [passed(commissioner, bid) for bid in in_stage1(commissioner, number=2)]
    connection.close()
    answers: list[str] = []
    with psycopg.connect(databases.login_url("web", own_database)) as first:
        first.execute(AWARD, [bids[0].pk])
        writer = write_later(own_database, AWARD, [bids[1].pk], answers)
        wait_until_it_waits(own_database)
        first.commit()
        writer.join(timeout=20)
    assert (answers, Award.objects.count()) == (["Only a framework is awarded to several suppliers."], 1)
