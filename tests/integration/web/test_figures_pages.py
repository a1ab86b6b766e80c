"""Figures on their pages: the county's known values, small groups withheld outside the case area, constant queries."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from plumbline.intake.models import Extract
from plumbline.measures.catalogue import CATALOGUE
from plumbline.people.models import User
from tests import databases
from tests.conftest import point_at
from tests.factories.records import TacFactory
from tests.integration.placements.situations import a_user, an_import
from tests.queries import assert_constant_queries

EXPECTED = json.loads((Path(__file__).parents[2] / "data" / "county_2016" / "expected.json").read_text())
YEAR = "from={}&to={}".format(*EXPECTED["periods"]["year2"])
TODAY = date(2016, 7, 31)


@pytest.fixture(autouse=True)
def _the_day(settings) -> Iterator[None]:
    settings.TODAY = TODAY
    cache.clear()
    yield
    cache.clear()


# --- the demonstration county, which these tests only read ------------------------------------------------------------


@pytest.fixture(scope="module")
def copied() -> Iterator[str]:
    with databases.copy_of(databases.template("demo")) as name:
        yield name


@pytest.fixture
def county(copied, django_db_blocker) -> Iterator[Callable[[str], Client]]:
    """`county("analyst")`: signed in as that user of the demonstration."""

    def signed_in(username: str) -> Client:
        client = Client()
        client.force_login(
            User.objects.get(username=username), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    with django_db_blocker.unblock():
        point_at(copied, "web")
        yield signed_in
        connection.close()


def test_the_page_of_a_stock_gives_the_countys_known_value(county) -> None:
    page = county("analyst").get("/figures/tac_open/?as_at=30+June+2016")
    assert page.context["value"] == f"{EXPECTED['tac_open']['2016-06-30']:,}"


def test_the_page_of_a_share_gives_the_countys_known_value_with_both_counts(county) -> None:
    known = EXPECTED["tac_closed_needs_met_or_reduced"]["year2"]
    page = county("analyst").get(f"/figures/tac_closed_needs_met_or_reduced/?{YEAR}")
    assert (page.context["value"], page.context["of"]) == (
        f"{known['percent']}%",
        f"{known['numerator']:,} of {known['denominator']:,} TACs",
    )


def test_the_groups_of_a_split_stand_on_the_page_and_add_up(county) -> None:
    page = county("analyst").get("/figures/tac_open/?as_at=30+June+2016&by=lead_sector")
    assert sum(int(value.replace(",", "")) for _, value, _ in page.context["split_rows"]) == 2704


def test_a_commissioner_sees_no_small_count(county) -> None:
    """One child was at an adverse setting a year before: to a commissioner that is withheld, not shown and not zero."""
    values = {
        user: county(user).get("/figures/placements_adverse/?as_at=31+July+2015").context["value"]
        for user in ("analyst", "commissioner")
    }
    assert values == {"analyst": "1", "commissioner": "withheld"}


def test_the_records_behind_a_figure_are_as_many_as_it_counts(county) -> None:
    page = county("analyst").get("/figures/tac_open/records/?as_at=30+June+2016")
    assert page.context["table"].count == 2704


def test_every_figure_of_the_catalogue_has_a_card(county) -> None:
    page = county("analyst").get("/figures/")
    cards = [card["url"] for group in page.context["groups"] for card in group["cards"]]
    assert sorted(cards) == sorted(f"/figures/{key}/" for key in CATALOGUE)


@pytest.mark.parametrize(
    "address",
    [
        "contracts_review_on_time", "contracts_assurance_complete", "contracts_visits_on_time", "settings_visited",
        "settings_checked", "evaluations_area_present", "tenders_with_stage1",
        "incidents_reported?from=1+July+2015&to=31+July+2016",
        "placements_downgrade_told?from=1+July+2016&to=31+July+2016",
    ],
)  # fmt: skip
def test_the_records_behind_a_figure_of_question_5_are_as_many_as_it_counts(county, address) -> None:
    key, _, asked = address.partition("?")
    figure = county("analyst").get(f"/figures/{key}/?{asked}").context["answer"].total
    records = county("analyst").get(f"/figures/{key}/records/?{asked}").context["table"]
    assert records.count == (figure.numerator if figure.denominator is None else figure.denominator) > 0


def test_groups_are_said_in_the_words_of_their_choices(county) -> None:
    page = county("analyst").get("/figures/incidents_reported/?from=1+July+2015&to=30+June+2016&by=type")
    assert page.context["split_rows"] == [("Allegation against staff", "1", "incidents")]


def test_the_records_of_a_figure_that_was_not_split_have_no_group(county) -> None:
    page = county("analyst").get("/figures/tac_audit_inadequate/records/").content.decode()
    assert ">Group<" not in page


@pytest.mark.parametrize("asked", ["as_at=30+June+2017", "as_at=rubbish", "by=nothing", "known_at=1+January+2001"])
def test_a_question_that_cannot_be_answered_is_refused_in_a_sentence(county, asked) -> None:
    page = county("analyst").get(f"/figures/tac_open/?{asked}")
    assert (page.status_code, bool(page.context["refused"])) == (400, True)


def test_a_figure_that_there_is_not_is_not_found(county) -> None:
    assert county("analyst").get("/figures/tac_unheard_of/").status_code == 404


# --- a county made here -----------------------------------------------------------------------------------------------


def as_(role: str) -> Client:
    client = Client()
    client.force_login(a_user(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def extracted(db) -> None:
    run = an_import()
    for source in ("ssd_early_help_episodes", "ssd_cin_episodes", "tac_audits", "ssd_cla_placement"):
        Extract.objects.create(source=source, extracted_on=TODAY, import_run=run)


def few_tacs() -> None:
    TacFactory.create_batch(3, started_on=date(2016, 1, 10), lead_organisation=None)


def test_a_small_count_of_children_is_withheld_from_a_commissioner(extracted) -> None:
    few_tacs()
    page = as_("commissioner").get("/figures/tac_open/")
    assert page.context["value"] == "withheld"


def test_who_works_with_children_sees_the_same_count_as_it_is(extracted) -> None:
    few_tacs()
    assert as_("head_of_service").get("/figures/tac_open/").context["value"] == "3"


def test_what_one_sees_is_not_kept_for_another(extracted) -> None:
    """The page of all figures keeps its answers: the case area's must not come out to a commissioner."""
    few_tacs()
    cards = {role: card(as_(role), "TACs open") for role in ("head_of_service", "commissioner")}
    assert cards == {"head_of_service": "3", "commissioner": "withheld"}


def card(client: Client, title: str) -> str:
    groups = client.get("/figures/").context["groups"]
    return next(each["value"] for group in groups for each in group["cards"] if each["title"] == title)


def test_all_figures_once_asked_take_as_many_queries_for_few_records_as_for_many(extracted) -> None:
    few_tacs()
    client = as_("head_of_service")
    assert_constant_queries(lambda: client.get("/figures/"), more=few_tacs)


@pytest.mark.parametrize("role", ["elected_member", "provider_user", "administrator"])
def test_figures_are_not_there_for_who_may_not_see_them(db, role) -> None:
    assert as_(role).get("/figures/tac_open/").status_code == 404


@pytest.mark.parametrize("role", ["commissioner", "social_worker", "management_team"])
def test_the_records_behind_a_figure_are_not_there_for_who_may_not_see_them(extracted, role) -> None:
    assert as_(role).get("/figures/tac_open/records/").status_code == 404
