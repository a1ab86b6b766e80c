"""What the database itself refuses about the rating of contracts, tried by raw SQL as each login."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from plumbline.contracts.models import Assessment, RatingPeriod
from plumbline.contracts.operations import rating
from plumbline.contracts.operations.register import Entry, register_contract
from plumbline.people.act import Act

pytestmark = pytest.mark.django_db
TODAY = date(2016, 3, 1)
AT = datetime(2016, 3, 1, 9, 30, tzinfo=UTC)
LOGINS = [pytest.param(login, marks=pytest.mark.login(login)) for login in ("web", "worker")]


@pytest.fixture
def contract():
    """Without any assessment: amber for all its days."""
    entry = Entry(
        reference="CT900",
        title="Short breaks",
        kind="block",
        provider="Fenside Care Ltd",
        service="",
        starts_on=date(2016, 1, 1),
        ends_on=date(2017, 12, 31),
    )
    return register_contract(entry=entry, act=Act(None, AT, TODAY))


def run(statement: str) -> None:
    """As a change of its own: what waits for the commit is looked at."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("set constraints all immediate")


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize(
    "statement",
    [
        "delete from contracts_reasonperiod",
        "delete from contracts_reasonperiod where code = 'no_action_plan'",
        "update contracts_reasonperiod set to_on = '2016-02-01' where code = 'no_self_assessment'",
        "update contracts_reasonperiod set code = 'policy_missing', about = code where code = 'no_self_assessment'",
        "update contracts_ratingperiod set colour = 'green'",
    ],
    ids=["all reasons", "one reason", "its days", "its name", "the colour"],
)
def test_the_want_of_an_assessment_is_not_hidden_by_raw_sql(contract, statement: str, login: str) -> None:
    with pytest.raises(DatabaseError, match="A missing safeguarding assessment is never hidden"):
        run(statement)


@pytest.mark.parametrize("login", LOGINS)
def test_a_contract_in_force_is_not_left_without_a_rating(contract, login: str) -> None:
    with pytest.raises(DatabaseError, match="A contract in force always has a rating"):
        run("delete from contracts_ratingperiod")


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize(
    "copied",
    [
        "contracts_ratingperiod (contract_id, colour, rules_colour, from_on, to_on, rule_version)"
        " select contract_id, colour, rules_colour, from_on + 1, to_on, rule_version from contracts_ratingperiod",
        "contracts_reasonperiod (contract_id, code, about, colour, from_on, to_on, detail, rule_version)"
        " select contract_id, code, about, colour, from_on + 1, to_on, detail, rule_version"
        " from contracts_reasonperiod where code = 'no_self_assessment'",
    ],
    ids=["the colour", "a reason"],
)
def test_no_day_has_two_colours_or_the_same_reason_twice(contract, copied: str, login: str) -> None:
    with pytest.raises(DatabaseError, match="one colour on a day, and one reason once"):
        run(f"insert into {copied}")


def test_an_assessment_that_comes_ends_the_want_as_before(contract) -> None:
    Assessment.objects.create(
        contract=contract, kind="self", completed_on=date(2016, 2, 1), valid_until=date(2017, 1, 31)
    )
    with transaction.atomic():
        rating.rerate(contract_ids=[contract.pk], act=Act(None, AT, TODAY))
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
    assert contract.reason_periods.filter(code="no_self_assessment").count() == 2


def test_a_contract_that_ends_sooner_keeps_its_rating_to_its_last_day(contract) -> None:
    contract.ends_on = date(2016, 6, 30)
    contract.save(update_fields=["ends_on"])
    with transaction.atomic():
        rating.rerate(contract_ids=[contract.pk], act=Act(None, AT, TODAY))
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
    assert RatingPeriod.objects.get(contract=contract).to_on == date(2016, 6, 30)
