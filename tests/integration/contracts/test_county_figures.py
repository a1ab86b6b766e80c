"""The county's figures of what is bought, against its own files read line by line, on both engines."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import psycopg
import pyarrow
import pytest
from django.db import connection

from plumbline.exchange.contracts import import_contracts
from plumbline.kernel.periods import Period
from plumbline.measures.ask import Engine, answer, records
from plumbline.measures.catalogue import get
from plumbline.measures.compile import Statement
from plumbline.measures.engines.duckdb import DuckDBEngine, load
from plumbline.measures.engines.postgres import PostgresEngine
from plumbline.measures.facts import RELATIONS
from plumbline.measures.model import NATIVE, Asked
from tests import databases
from tests.conftest import point_at
from tests.integration.contracts.test_county_rating import EXPECTED, NOW, import_lists
from tests.published import COUNTY

TODAY = date(2016, 7, 31)
DAYS = ["2015-05-27", "2016-06-30", "2016-07-31"]
YEAR = Period(date(2015, 7, 1), date(2016, 6, 30))
WANT = {"no_board_assessment", "no_self_assessment", "no_action_plan"}


@pytest.fixture(scope="module")
def engines(django_db_blocker) -> Iterator[dict[str, Engine]]:
    """The county imported once; DuckDB holds the facts as the database gives them."""
    with databases.copy_of(databases.template()) as name:
        with django_db_blocker.unblock():
            point_at(name, "worker")
            import_lists()
            import_contracts(COUNTY, act=NOW)
            connection.close()
        with psycopg.connect(databases.login_url("worker", name)) as taken, duckdb.connect() as beside:
            cursor = taken.cursor()
            load(beside, {relation.now: taken_out(cursor, relation.now) for relation in RELATIONS.values()})
            yield {"postgres": PostgresEngine(cursor), "duckdb": DuckDBEngine(beside)}


@pytest.fixture(scope="module")
def references(engines: dict[str, Engine]) -> dict[str, str]:
    """By the number of a contract."""
    return dict(engines["postgres"].run(Statement("select id::text, reference from contracts_contract", {}, ())))


def taken_out(cursor: Any, view: str) -> pyarrow.Table:
    cursor.execute(f"select * from {view}")
    names = [column.name for column in cursor.description]
    cells = list(zip(*cursor.fetchall(), strict=True)) or [[] for _ in names]
    return pyarrow.table(
        {
            name: [str(cell) if name.endswith("_id") and cell is not None else cell for cell in column]
            for name, column in zip(names, cells, strict=True)
        }
    )


@pytest.fixture(params=["postgres", "duckdb"])
def engine(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Engine:
    return engines[request.param]


def rows_of(name: str) -> list[dict[str, str]]:
    with (COUNTY / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def ids(engine: Engine, references: dict[str, str], key: str, day: str) -> tuple[set[str], set[str]]:
    """The references of the contracts in the numerator, and of all that are counted."""
    asked = Asked(get(key), as_at=date.fromisoformat(day))
    found = records(asked, engine=engine, observed_until={NATIVE: TODAY})
    return {references[each.id] for each in found if each.in_numerator}, {references[each.id] for each in found}


def in_force(day: date) -> dict[str, dict[str, str]]:
    return {
        row["contract_id"]: row
        for row in rows_of("contracts")
        if date.fromisoformat(row["start"]) <= day and (not row["end"] or date.fromisoformat(row["end"]) >= day)
    }


def last_done(name: str, column: str, day: date) -> dict[str, date]:
    found: dict[str, date] = {}
    for row in rows_of(name):
        done = date.fromisoformat(row[column])
        if done <= day:
            found[row["contract_id"]] = max(done, found.get(row["contract_id"], done))
    return found


@pytest.mark.parametrize("day", sorted(EXPECTED))
def test_the_contracts_of_each_rating_are_those_known_beforehand(engine, references, day):
    want = EXPECTED[day]
    found = {
        colour: ids(engine, references, f"contracts_{colour}", day)[0] & set(want)
        for colour in ("red", "amber", "green")
    }

    assert found == {
        colour: {key for key, said in want.items() if said["rag"] == colour} for colour in ("red", "amber", "green")
    }


@pytest.mark.parametrize("day", sorted(EXPECTED))
def test_the_contracts_without_their_assessment_are_those_known_beforehand(engine, references, day):
    want = EXPECTED[day]
    found, _ = ids(engine, references, "contracts_unassured", day)

    assert found & set(want) == {
        key for key, said in want.items() if WANT & {reason["code"] for reason in said["reasons"]}
    }


@pytest.mark.parametrize("day", DAYS)
def test_the_quarterly_review_is_on_time_where_the_files_have_a_meeting_within_92_days(engine, references, day):
    on = date.fromisoformat(day)
    contracts, last = in_force(on), last_done("evaluations", "held_on", on)
    wanted = {
        key
        for key, row in contracts.items()
        if on - max(last.get(key, date.min), date.fromisoformat(row["start"])) <= timedelta(92)
    }

    assert ids(engine, references, "contracts_review_on_time", day) == (wanted, set(contracts))


@pytest.mark.parametrize("day", DAYS)
def test_visits_are_on_time_where_the_files_have_one_within_395_days_of_those_that_ask_for_one(engine, references, day):
    on = date.fromisoformat(day)
    contracts = {key: row for key, row in in_force(on).items() if row["visit_required"] == "Y"}
    last = last_done("visits", "visited_on", on)
    wanted = {
        key
        for key, row in contracts.items()
        if on - max(last.get(key, date.min), date.fromisoformat(row["start"])) <= timedelta(395)
    }

    assert ids(engine, references, "contracts_visits_on_time", day) == (wanted, set(contracts))


@pytest.mark.parametrize("day", DAYS)
def test_assurance_is_complete_where_the_files_have_six_policies_reviewed_in_time(engine, references, day):
    on = date.fromisoformat(day)
    contracts = in_force(on)
    reviews: dict[tuple[str, str], date] = {}
    for row in rows_of("policies"):
        key, done = (row["contract_id"], row["policy"]), date.fromisoformat(row["reviewed_on"])
        if done <= on:
            reviews[key] = max(done, reviews.get(key, done))
    policies = {policy for _, policy in reviews}
    due = [
        (date.fromisoformat(law["in_force"]), law["policies"].split(";"))
        for law in rows_of("law_changes")
        if date.fromisoformat(law["review_by"]) < on
    ]

    def complete(contract: str) -> bool:
        last = {policy: reviews.get((contract, policy)) for policy in policies}
        return all(
            done is not None
            and on - done <= timedelta(365)
            and all(done >= in_force for in_force, named in due if policy in named)
            for policy, done in last.items()
        )

    assert len(policies) == 6
    assert ids(engine, references, "contracts_assurance_complete", day) == (
        {key for key in contracts if complete(key)},
        set(contracts),
    )


@pytest.mark.parametrize("period", [YEAR, Period(date(2014, 7, 1), date(2015, 6, 30))], ids=["year", "year before"])
def test_the_service_area_was_at_the_meetings_at_which_the_files_say_so(engine, period):
    held = [row for row in rows_of("evaluations") if period.first <= date.fromisoformat(row["held_on"]) <= period.last]
    asked = Asked(get("evaluations_area_present"), period=period)

    found = answer(asked, engine=engine, observed_until={NATIVE: TODAY}).total

    assert (found.numerator, found.denominator) == (
        sum(row["service_area_present"] == "Y" for row in held),
        len(held),
    )


@pytest.mark.parametrize("day", DAYS)
def test_contracts_are_worth_what_the_files_say_in_all_and_by_rating(engine, day):
    contracts = in_force(date.fromisoformat(day))
    asked = Asked(get("contracts_value"), as_at=date.fromisoformat(day), split_by="colour")

    found = answer(asked, engine=engine, observed_until={NATIVE: TODAY})

    assert found.total.value == sum(int(row["value"] or 0) for row in contracts.values())
    assert sum(row.value for row in found.rows) == found.total.value
