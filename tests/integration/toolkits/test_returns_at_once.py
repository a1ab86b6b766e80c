"""Two people in one return at the very same instant, each with a connection of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from plumbline.toolkits.models import Answer, Return
from plumbline.toolkits.operations import returns
from tests.factories.toolkits import answer, asked

_TRIES = 8


def at_once(*acts) -> list[str]:
    """What became of each of these acts, begun together: "done", or the code of the refusal."""
    barrier = Barrier(len(acts))

    def run(act) -> str:
        try:
            barrier.wait(timeout=10)
            act()
        except returns.Conflict as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_answers_to_one_question_one_is_kept_and_the_other_told(own_database) -> None:
    for _ in range(_TRIES):
        made = asked()
        found = at_once(
            lambda made=made: answer(made, "culture", "good"), lambda made=made: answer(made, "culture", "inadequate")
        )
        assert sorted(found) == ["conflict", "done"]


def test_answers_to_different_questions_are_both_kept_and_counted(own_database) -> None:
    made = asked()
    at_once(
        *(
            lambda key=key, value=value: answer(made, key, value)
            for key, value in (("culture", "good"), ("supervision", "good"), ("recruits_safely", "yes"))
        )
    )
    kept = Answer.objects.filter(answer_set=made).count()
    assert (kept, Return.objects.get(pk=made.pk).revision) == (3, 3)
