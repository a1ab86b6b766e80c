"""An assessment runs out at midnight: the officer's page, the night's e-mail, and the management team's morning."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from plumbline.contracts.models import Assessment, Contract, PolicyReview, TeamDecision
from plumbline.contracts.operations import rating
from plumbline.contracts.operations.register import Entry, register_contract
from plumbline.contracts.rules.rating import POLICIES
from plumbline.flags.models import Message
from plumbline.jobs.night import night
from plumbline.people.act import Act
from plumbline.people.models import User
from tests.factories.people import UserFactory
from tests.integration.web.walking import Walker

pytestmark = pytest.mark.django_db

EVENING, MORNING = date(2016, 7, 31), date(2016, 8, 1)
AT = datetime(2016, 7, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def contract() -> Contract:
    """A statutory function, with everything in order, whose board assessment speaks for the last time this evening."""
    made = register_contract(
        entry=Entry(
            reference="CT900",
            title="Health visiting",
            kind="block",
            provider="Fenside Care Ltd",
            service="Health",
            starts_on=EVENING - timedelta(40),
            ends_on=date(2018, 2, 28),
            statutory_from=EVENING - timedelta(40),
        ),
        act=Act(None, AT, EVENING),
    )
    Assessment.objects.create(contract=made, kind="board", completed_on=made.starts_on, valid_until=EVENING)
    for policy in POLICIES:
        PolicyReview.objects.create(contract=made, policy=policy, reviewed_on=made.starts_on)
    rating.rerate(contract_ids=[made.pk], act=Act(None, AT, EVENING))
    return made


@pytest.fixture
def team() -> User:
    return UserFactory(role="management_team", email="team@fenmarsh.example")


def morning(settings: Any) -> None:
    settings.TODAY = MORNING
    night(at=AT, on=MORNING)


def test_in_the_evening_nothing_counts_against_it_and_its_page_says_what_runs_out(
    page: Callable[[User], Client], settings: Any, contract: Contract, team: User
) -> None:
    settings.TODAY = EVENING
    opened = Walker(page(team)).open(f"/contracts/{contract.pk}/")
    assert opened.reads("Green", "Record the board assessment (today)", "The last is valid until 31 July 2016")


def test_in_the_morning_the_team_sees_why_and_decides(
    page: Callable[[User], Client], settings: Any, contract: Contract, team: User
) -> None:
    morning(settings)
    walker = Walker(page(team)).open("/")
    walker.reads("CT900", "Amber", "valid safeguarding-board assessment")
    walker.follow("Management team’s list").reads("CT900", "Amber", "since 1 August 2016")
    walker.follow("Decide").press(
        "Record the decision", decision="No new child until it is there.", by_when=date(2016, 8, 12)
    )
    assert TeamDecision.objects.get().contract == contract
    walker.reads("No new child until it is there.")


def test_the_nights_e_mail_tells_the_team_of_it_once(settings: Any, contract: Contract, team: User) -> None:
    morning(settings)
    night(at=AT, on=MORNING)
    listed = Message.objects.filter(to_user=team, subject__contains="contracts that are red or amber")
    assert [("CT900 AMBER" in each.body, "valid until 31 July 2016" in each.body) for each in listed] == [(True, True)]


def test_what_is_new_heads_the_e_mail_however_many_contracts_have_been_amber_for_long(
    settings: Any, contract: Contract, team: User
) -> None:
    for number in range(35):
        register_contract(
            entry=Entry(
                reference=f"CT8{number:02}",
                title="Advocacy",
                kind="block",
                provider="Fenside Care Ltd",
                service="Advocacy",
                starts_on=date(2015, 1, 1),
                ends_on=None,
            ),
            act=Act(None, AT, EVENING),
        )
    morning(settings)
    body = Message.objects.get(to_user=team, subject__contains="contracts that are red or amber").body
    assert "New in the last seven days:\nCT900 AMBER since 1 August 2016: " in body


def test_what_is_new_can_be_looked_at_alone(
    page: Callable[[User], Client], settings: Any, contract: Contract, team: User
) -> None:
    morning(settings)
    walker = Walker(page(team)).open("/contracts/team/").follow("New in the last 7 days")
    assert walker.reads("CT900", "since 1 August 2016")


def test_the_page_is_amber_before_any_job_has_run(
    page: Callable[[User], Client], settings: Any, contract: Contract, team: User
) -> None:
    settings.TODAY = MORNING
    assert Walker(page(team)).open(f"/contracts/{contract.pk}/").reads("Amber", "Since 1 August 2016")
