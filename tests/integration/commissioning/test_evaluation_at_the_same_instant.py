"""Evaluators who score, lock and are joined at the same instant, over real connections."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import psycopg
from django.db import OperationalError, connection, transaction
from django.db.models import Model

from plumbline.commissioning.models import Evaluator, Score, Tender
from plumbline.commissioning.operations import evaluation
from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import User
from tests import databases
from tests.factories.people import UserFactory
from tests.factories.tenders import AT, QUESTIONS, TODAY
from tests.integration.commissioning.evaluating import begun, locked, scored


def at_once(*tasks: Callable[[], None]) -> list[str]:
    """Run each on a connection of its own, all from one moment; what was refused, in words."""
    barrier = threading.Barrier(len(tasks))
    refused: list[str] = []
    broken: list[BaseException] = []

    def run(task: Callable[[], None]) -> None:
        try:
            barrier.wait(timeout=20)
            task()
        except RuleBroken as refusal:
            refused.append(refusal.reason)
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert broken == []
    return refused


def test_three_evaluators_score_at_once_and_every_score_is_kept(own_database) -> None:
    made = begun()

    def scoring(user: User) -> Callable[[], None]:
        def task() -> None:
            for question in QUESTIONS:
                for bid in made.bids:
                    evaluation.save_score(
                        tender_id=made.tender.pk,
                        bid_id=bid.pk,
                        question=question["key"],
                        score=Decimal(4),
                        comment=f"{user} says so.",
                        act=Act(User.objects.get(pk=user.pk), AT, TODAY),
                    )

        return task

    at_once(*(scoring(evaluator.user) for evaluator in made.evaluators))
    assert Score.objects.filter(evaluator__tender=made.tender).count() == 27


def test_nobody_joins_unlocked_while_the_scores_are_opened(own_database) -> None:
    made = scored()
    for evaluator in made.evaluators:
        evaluation.lock_scores(tender_id=made.tender.pk, act=made.by(evaluator.user))
    other = UserFactory(role="evaluator")
    at_once(
        lambda: evaluation.open_moderation(tender_id=made.tender.pk, act=made.by(User.objects.get(pk=made.lead.pk))),
        lambda: evaluation.assign_evaluator(
            tender_id=made.tender.pk, user_id=other.pk, act=made.by(User.objects.get(pk=made.lead.pk))
        ),
    )
    opened = Tender.objects.get(pk=made.tender.pk).state == "moderation"
    joined = Evaluator.objects.filter(tender=made.tender, user=other).exists()
    assert opened != joined


def test_a_score_is_not_changed_while_its_evaluator_locks(own_database) -> None:
    made = scored(evaluators=1)
    user = made.evaluators[0].user

    def change() -> None:
        evaluation.save_score(
            tender_id=made.tender.pk,
            bid_id=made.bids[0].pk,
            question="safeguarding",
            score=Decimal(1),
            comment="On second thoughts.",
            act=Act(User.objects.get(pk=user.pk), AT, TODAY),
        )

    refused = at_once(
        lambda: evaluation.lock_scores(tender_id=made.tender.pk, act=made.by(User.objects.get(pk=user.pk))), change
    )
    kept = Score.objects.get(evaluator__user=user, bid=made.bids[0], question="safeguarding").score
    # Either it was changed first and then locked, or locked first and then refused.
    assert (kept == 1) == (refused == [])


@contextmanager
def being_changed(database: str, row: Model) -> Iterator[None]:
    """The row as it is while another transaction changes it and has not committed."""
    with psycopg.connect(databases.login_url("worker", database)) as other:
        other.execute(f"select from {row._meta.db_table} where id = %s for no key update", [row.pk])
        yield


def waits(act: Callable[[], object]) -> bool:
    """Whether the act waits for the other transaction. It is taken back in either case."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set local lock_timeout = '300ms'")
        try:
            with transaction.atomic():
                act()
                transaction.set_rollback(True)
        except OperationalError as error:
            if "lock timeout" not in str(error):
                raise
            return True
    return False


def test_moderation_waits_for_an_evaluator_who_is_just_locking_or_declaring(own_database) -> None:
    made = locked()
    by = made.by(User.objects.get(pk=made.lead.pk))
    for evaluator in made.evaluators:
        with being_changed(own_database, evaluator):
            assert waits(lambda: evaluation.open_moderation(tender_id=made.tender.pk, act=by)), evaluator
    assert not waits(lambda: evaluation.open_moderation(tender_id=made.tender.pk, act=by))


def test_what_is_decided_of_a_tender_waits_for_what_is_just_decided_of_it(own_database) -> None:
    made = scored()
    user = made.evaluators[0].user
    other = UserFactory(role="evaluator")
    number = made.tender.pk
    with being_changed(own_database, made.tender):
        found = {
            "open moderation": waits(lambda: evaluation.open_moderation(tender_id=number, act=made.by())),
            "choose an evaluator": waits(
                lambda: evaluation.assign_evaluator(tender_id=number, user_id=other.pk, act=made.by())
            ),
        }
    with being_changed(own_database, made.evaluators[0]):
        found["score"] = waits(
            lambda: evaluation.save_score(
                tender_id=number,
                bid_id=made.bids[0].pk,
                question="safeguarding",
                score=Decimal(1),
                comment="On second thoughts.",
                act=made.by(user),
            )
        )
        found["lock the scores"] = waits(lambda: evaluation.lock_scores(tender_id=number, act=made.by(user)))
    assert found == dict.fromkeys(found, True)
