"""Evaluators who score, lock and are joined at the same instant, over real connections."""

import threading
from collections.abc import Callable
from decimal import Decimal

from django.db import connection

from plumbline.commissioning.models import Evaluator, Score, Tender
from plumbline.commissioning.operations import evaluation
from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import User
from tests.factories.people import UserFactory
from tests.factories.tenders import AT, QUESTIONS, TODAY
from tests.integration.commissioning.evaluating import begun, scored


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
