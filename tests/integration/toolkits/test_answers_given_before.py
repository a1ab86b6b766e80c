"""Answers that are there already: carried forward from last time, or given to the same fact in another return."""

from datetime import timedelta

import pytest

from plumbline.people.act import Act
from plumbline.toolkits.models import Answer
from plumbline.toolkits.operations import returns
from plumbline.toolkits.queries import returns as queries
from tests.factories.toolkits import (
    AT,
    TODAY,
    a_document,
    a_person,
    an_organisation,
    answer,
    answer_all,
    asked,
    content,
    criterion,
    handed_in,
    plain_version,
    published,
)
from tests.refusals import raises

pytestmark = pytest.mark.django_db

ACT = Act(None, AT, TODAY)


# --- carried forward -----------------------------------------------------------------------------------------------


def test_last_times_answers_are_carried_forward() -> None:
    first = handed_in()
    second = asked(first.version, first.organisation)
    assert queries.held(second, on=TODAY).values == queries.held(first, on=TODAY).values


def test_what_was_carried_says_from_where_until_it_is_changed() -> None:
    first = handed_in()
    second = asked(first.version, first.organisation)
    answer(second, "culture", "outstanding", base=1)
    carried = Answer.objects.filter(answer_set=second, carried_from__isnull=False)
    assert {row.criterion for row in carried} == {"recruits_safely", "supervision", "impact_seen"}


def test_another_providers_answers_are_not_carried() -> None:
    first = handed_in()
    assert asked(first.version, an_organisation()).previous is None


def test_the_councils_own_return_carries_only_from_the_one_it_is_told_of() -> None:
    person = a_person()
    first = asked(None, None, person)
    answer_all(first)
    returns.submit(return_id=first.pk, act=ACT)
    another = asked(first.version, None, person)
    told = returns.request_return(
        version=first.version,
        title="T",
        organisation=None,
        period_from=None,
        period_to=None,
        due_on=None,
        assign_to=[person],
        carry_from=first,
        act=ACT,
    )
    assert [another.previous, told.previous] == [None, first]


def test_an_expired_document_is_not_carried() -> None:
    version, home = plain_version(), an_organisation()
    first = asked(version, home)
    document = a_document(home, expires_on=TODAY)
    returns.give_document(return_id=first.pk, criterion="recruits_safely", document_id=document.pk, act=ACT)
    answer_all(first)
    returns.submit(return_id=first.pk, act=ACT)
    second = returns.request_return(
        version=version,
        title="Next",
        organisation=home,
        period_from=None,
        period_to=None,
        due_on=None,
        assign_to=(),
        act=Act(None, AT, TODAY + timedelta(1)),
    )
    assert queries.held(second, on=TODAY + timedelta(1)).documents == {}


def test_the_difference_to_last_time_is_shown() -> None:
    first = handed_in()
    newer = published(
        content(
            first.version.toolkit.key,
            [
                criterion("recruits_safely"),
                criterion("supervision", "four_grades"),
                criterion("fresh"),
            ],
        )
    )
    second = asked(newer, first.organisation)
    answer(second, "supervision", "outstanding", base=1)
    found = queries.differences(second, queries.held(second, on=TODAY), on=TODAY)
    assert {each.criterion: each.what for each in found} == {
        "recruits_safely": "same",
        "supervision": "changed",
        "fresh": "new",
        "culture": "gone",
        "impact_seen": "gone",
    }


def test_a_return_wholly_carried_can_be_handed_in_as_it_is() -> None:
    first = handed_in()
    second = asked(first.version, first.organisation)
    assert returns.submit(return_id=second.pk, act=ACT).state == "submitted"


# --- the same fact elsewhere ---------------------------------------------------------------------------------------


def other_toolkit(fact="policy.safer_recruitment"):
    return published(content("assurance_trial", [criterion("policy_there", fact=fact)]))


def test_an_answer_to_the_same_fact_is_offered() -> None:
    first = handed_in()
    second = asked(other_toolkit(), first.organisation)
    assert queries.offers(second, on=TODAY)["policy_there"][0].answer.criterion == "recruits_safely"


def test_an_answer_of_another_provider_is_not_offered() -> None:
    handed_in()
    assert queries.offers(asked(other_toolkit(), an_organisation()), on=TODAY) == {}


def test_an_offered_answer_is_taken_with_its_document() -> None:
    version, home = plain_version(), an_organisation()
    first = asked(version, home)
    returns.give_document(return_id=first.pk, criterion="recruits_safely", document_id=a_document(home).pk, act=ACT)
    answer_all(first)
    returns.submit(return_id=first.pk, act=ACT)
    second = asked(other_toolkit(), home)
    source = first.answers.get(criterion="recruits_safely")
    returns.take_answer(return_id=second.pk, criterion="policy_there", answer_id=source.pk, act=ACT)
    held = queries.held(second, on=TODAY)
    assert (held.values, held.documented) == ({"policy_there": "yes"}, {"policy_there"})


def test_an_answer_whose_document_expired_is_not_offered() -> None:
    version, home = plain_version(), an_organisation()
    first = asked(version, home)
    document = a_document(home, expires_on=TODAY)
    returns.give_document(return_id=first.pk, criterion="recruits_safely", document_id=document.pk, act=ACT)
    answer_all(first)
    returns.submit(return_id=first.pk, act=ACT)
    second = asked(other_toolkit(), home)
    assert queries.offers(second, on=TODAY + timedelta(1)) == {}


def test_an_answer_that_is_not_offered_cannot_be_taken() -> None:
    foreign = handed_in().answers.get(criterion="recruits_safely")
    second = asked(other_toolkit(), an_organisation())
    with raises("not_offered"):
        returns.take_answer(return_id=second.pk, criterion="policy_there", answer_id=foreign.pk, act=ACT)
