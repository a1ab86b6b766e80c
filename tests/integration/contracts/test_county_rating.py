"""The county's contracts come in from their files and are rated, reason by reason, as is known beforehand."""

from datetime import UTC, date, datetime

import pytest

from plumbline.contracts.queries import facts, rating
from plumbline.exchange.contracts import import_contracts
from plumbline.exchange.import_ofsted import import_ofsted
from plumbline.people.act import Act
from tests import published
from tests.published import COUNTY, LISTS

pytestmark = pytest.mark.django_db

AT = datetime(2016, 7, 31, 9, 30, tzinfo=UTC)
NOW = Act(None, AT, date(2016, 7, 31))
NAMES = {date(2015, 3, 31): "provider_at_march_2015.csv", date(2016, 3, 31): "provider_at_march_2016.csv"}
# Their settings are adverse on the last day: what the earlier days say of them is not written down.
AT_ADVERSE_SETTINGS = {"CT001", "CT002"}


EXPECTED = published.expected("expected_rag")


def import_lists() -> None:
    for as_at, name in NAMES.items():
        import_ofsted(LISTS / name, as_at=as_at, act=NOW)


def as_expected(day: str) -> dict[str, object]:
    return {
        row["id"]: {"rag": row["rag"], "reasons": row["reasons"]}
        for row in rating.contracts_json(date.fromisoformat(day))
    }


@pytest.fixture(params=["lists first", "contracts first"])
def county(request: pytest.FixtureRequest) -> None:
    steps = [import_lists, lambda: import_contracts(COUNTY, act=NOW)]
    for step in steps if request.param == "lists first" else reversed(steps):
        step()


def test_every_contract_has_its_rating_and_reasons_on_each_known_day(county: None) -> None:
    found = {day: {pk: said for pk, said in as_expected(day).items() if pk in want} for day, want in EXPECTED.items()}
    assert found == EXPECTED


def test_no_other_contract_is_in_force_on_those_days(county: None) -> None:
    others = {day: set(as_expected(day)) - set(want) for day, want in EXPECTED.items()}
    assert set().union(*others.values()) <= AT_ADVERSE_SETTINGS


def test_no_change_of_a_setting_is_left_without_its_rating(county: None) -> None:
    assert facts.out_of_line() == []


def test_the_same_files_again_change_nothing() -> None:
    import_contracts(COUNTY, act=NOW)
    again = import_contracts(COUNTY, act=NOW)
    assert {name: (counts["added"], counts["changed"]) for name, counts in again["files"].items()} == dict.fromkeys(
        again["files"], (0, 0)
    )


def test_all_six_files_are_read_and_nothing_refused() -> None:
    done = import_contracts(COUNTY, act=NOW.of(date(2016, 8, 31)))
    assert [(name, counts["added"]) for name, counts in done["files"].items()] == [
        ("contracts", 60),
        ("assessments", 163),
        ("policies", 942),
        ("evaluations", 326),
        ("visits", 20),
        ("law_changes", 2),
    ]


def test_a_plan_completed_on_a_day_that_has_not_come_is_refused() -> None:
    done = import_contracts(COUNTY, act=NOW)
    assert [(row["file"], row["id"], row["code"]) for row in done["refused"]] == [
        ("assessments", "CT004", "future_date"),
        ("assessments", "CT049", "future_date"),
    ]
