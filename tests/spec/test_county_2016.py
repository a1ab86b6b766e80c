"""The public county: every figure of its expected.json, exactly, on every engine."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from plumbline.kernel.periods import Period
from plumbline.measures.ask import answer
from plumbline.measures.catalogue import get
from plumbline.measures.model import Asked
from tests import published
from tests.published import COUNTY

GRADES = {"Requires improvement": "requires_improvement"}
OBSERVED = dict.fromkeys(("ssd_early_help_episodes", "ssd_cin_episodes", "tac_audits"), date(2016, 7, 31))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def county_facts(folder: Path) -> dict[str, list[dict]]:
    codes = {row["source_value"]: row["code"] for row in rows_of(folder / "code_map.csv")}
    organisations = rows_of(folder / "organisations.csv")
    known = {row["name"] for row in organisations}
    return {
        "organisation": [
            {"organisation_id": row["name"], "name": row["name"], "sector": row["sector"]} for row in organisations
        ],
        "child": [
            {
                "child_id": row["pers_person_id"],
                "dob": day(row["pers_dob"]),
                "sex": row["pers_sex"],
                "ethnicity": row["pers_ethnicity"],
            }
            for row in rows_of(folder / "ssd_person.csv")
        ],
        "tac": [
            {
                "tac_id": row["earl_episode_id"],
                "child_id": row["earl_person_id"],
                "started_on": day(row["earl_episode_start_date"]),
                "ended_on": day(row["earl_episode_end_date"]),
                "closure_code": codes.get(row["earl_episode_end_reason"], ""),
                "has_lead": bool(row["earl_episode_worker_id"]),
                "lead_organisation_id": row["earl_episode_organisation"]
                if row["earl_episode_organisation"] in known
                else None,
            }
            for row in rows_of(folder / "ssd_early_help_episodes.csv")
        ],
        "referral": [
            {
                "referral_id": row["cine_referral_id"],
                "child_id": row["cine_person_id"],
                "referred_on": day(row["cine_referral_date"]),
                "closed_on": day(row["cine_close_date"]),
            }
            for row in rows_of(folder / "ssd_cin_episodes.csv")
        ],
        "tac_audit": [
            {
                "audit_id": row["audit_id"],
                "tac_id": row["earl_episode_id"],
                "audited_on": day(row["audit_date"]),
                "grade": GRADES.get(row["grade"], row["grade"].lower()),
            }
            for row in rows_of(folder / "tac_audits.csv")
        ],
    }


@pytest.fixture(scope="module")
def county_tables():
    return county_facts(COUNTY)


@pytest.fixture
def county(facts, county_tables):
    facts.load(county_tables)
    return facts


def expected_figures() -> list[tuple[str, str, object]]:
    figures = {key: by for key, by in published.expected("expected").items() if key.startswith("tac_")}
    return [(key, when, figure) for key, by in figures.items() for when, figure in by.items()]


@pytest.mark.parametrize(("key", "when", "expected"), expected_figures())
def test_gives_the_figure_of_the_committee_report(county, key, when, expected):
    years = {"year1": (2014, 2015), "year2": (2015, 2016)}
    measure = get(key)
    if when in years:
        first, last = years[when]
        asked = Asked(measure, period=Period(date(first, 4, 1), date(last, 3, 31)))
    else:
        asked = Asked(measure, as_at=date.fromisoformat(when))

    found = answer(asked, engine=county.engine, observed_until=OBSERVED).total

    if isinstance(expected, int):
        assert (found.value, found.denominator) == (expected, None)
    else:
        figure = {"numerator": found.numerator, "denominator": found.denominator, "percent": found.value}
        if "not_yet_known" in expected:
            figure["not_yet_known"] = found.not_yet_known
        assert figure == {**expected, "percent": Decimal(str(expected["percent"]))}


def test_a_series_by_sector_adds_up_to_the_figure_of_each_month(county):
    period = Period(date(2014, 4, 1), date(2016, 6, 30))
    asked = Asked(get("tac_open"), period=period, every="month", split_by="lead_sector")

    rows = answer(asked, engine=county.engine, observed_until=OBSERVED).rows

    june = [row.value for row in rows if row.at == date(2016, 6, 30)]
    assert sum(june) == 2704
    assert len({row.at for row in rows}) == 27
