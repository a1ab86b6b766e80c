"""A contract with a home, its officer, a meeting that is planned and a visit that was held."""

from datetime import date

import pytest
from django.test import Client

from plumbline.contracts.models import Evaluation, Visit
from plumbline.contracts.operations import evaluations, visits
from plumbline.contracts.rules.visits import AREAS, FindingGiven
from tests.integration.contracts.care_situations import (
    TODAY,
    a_contract,
    a_home,
    a_user,
    by,
)
from tests.integration.web.contract_care.pages import VISITED
from tests.integration.web.signing_in import as_


@pytest.fixture(autouse=True)
def _the_day(settings, tmp_path) -> None:
    settings.TODAY = TODAY
    settings.HOME = tmp_path


@pytest.fixture
def person():
    return a_user("contract_officer")


@pytest.fixture
def officer(person) -> Client:
    return as_(person)


@pytest.fixture
def contract():
    return a_contract(visit_required=True, starts_on=date(2014, 1, 1))


@pytest.fixture
def home(contract):
    return a_home(contract)


@pytest.fixture
def planned(contract, person) -> Evaluation:
    return evaluations.plan_evaluation(contract_id=contract.pk, held_on=date(2016, 7, 12), act=by(person))


@pytest.fixture
def visited(contract, home, person) -> Visit:
    visit = visits.plan_visit(contract_id=contract.pk, setting_id=home.pk, visited_on=VISITED, act=by(person))
    return visits.hold_visit(
        visit_id=visit.pk,
        visited_on=VISITED,
        visitors="Beth",
        summary="Calm.",
        findings=[FindingGiven(area, "met") for area in AREAS],
        act=by(person),
    )
