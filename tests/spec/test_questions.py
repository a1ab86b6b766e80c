"""Questions that cannot be answered, or not wholly, say so in a sentence."""

from datetime import date

import pytest

from plumbline.kernel.errors import RuleBroken
from plumbline.measures.ask import answer
from plumbline.measures.catalogue import get
from plumbline.measures.model import Asked, Known
from tests.spec.asking import OBSERVED, ask, figure

ONE = """
    tac
    tac_id | child_id | started_on | ended_on   | closure_code
    one    | anna     | 2015-01-01 | 2015-02-01 | needs_met
    two    | ben      | 2017-07-31 |            | ''
"""


@pytest.mark.parametrize(
    ("question", "code", "sentence"),
    [
        ("tac_open 2017-08-01", "not_observed", "reach to 31 July 2017 only; 1 August 2017 is after that"),
        ("tac_opened 2017-08-01..2017-08-31", "not_observed", "reach to 31 July 2017 only"),
        ("tac_open 2015-01-01..2015-12-31", "wrong_question", "counts what is open or in force on a day"),
        ("tac_opened 2015-01-01", "wrong_question", "counts what happened in a period"),
        ("tac_open 2015-01-01 every month", "wrong_question", "A series needs a period"),
        ("tac_open 2015-01-01 by grade", "unknown_split", "can be split by lead_sector, lead_organisation, age_band"),
        ("tac_opened 2015-01-01..2015-12-31 every week", "unknown_every", "by month, quarter or year"),
    ],
)
def test_is_refused_with_a_sentence(facts, question, code, sentence):
    with pytest.raises(RuleBroken, match=sentence) as refused:
        ask(facts, ONE, question)

    assert refused.value.code == code


def test_a_question_about_no_day_is_refused(facts):
    with pytest.raises(RuleBroken, match="one day or one period"):
        answer(Asked(get("tac_open")), engine=facts.engine, observed_until=OBSERVED)


def test_an_unknown_measure_is_refused_with_those_that_are_near():
    with pytest.raises(RuleBroken, match="Did you mean tac_open") as refused:
        get("tac_opne")

    assert refused.value.code == "unknown_measure"


def test_a_flow_past_the_records_is_marked_to_their_last_day_only(facts):
    found = ask(facts, ONE, "tac_opened 2017-04-01..2018-03-31")

    assert (figure(found), found.notes) == (1, ("To 31 July 2017 only: the records reach no further.",))


def test_the_piece_of_a_series_that_runs_past_the_records_is_marked_and_later_ones_are_left_out(facts):
    found = ask(facts, ONE, "tac_opened 2017-06-01..2018-03-31 every quarter")

    assert [(row.value, row.partial) for row in found.rows] == [(1, date(2017, 7, 31))]


def test_a_stock_series_stops_where_the_records_do(facts):
    found = ask(facts, ONE, "tac_open 2017-06-01..2017-12-31 every month")

    assert [str(row.at) for row in found.rows] == ["2017-06-30", "2017-07-31"]


def test_where_sources_mix_the_earliest_is_the_horizon(facts):
    observed = {"ssd_early_help_episodes": date(2016, 7, 31), "ssd_cin_episodes": date(2016, 6, 30)}

    found = ask(facts, ONE, "tac_stepped_down 2015-04-01..2016-03-31", observed=observed)

    assert found.observed_until == date(2016, 6, 30)


def test_a_source_never_read_is_said(facts):
    found = ask(
        facts, ONE, "tac_stepped_down 2015-04-01..2016-03-31", observed={"ssd_early_help_episodes": date(2016, 7, 31)}
    )

    assert found.notes == ("No social-care episodes have been imported: the figure is without them.",)


def test_without_any_record_a_figure_is_refused_and_not_nought(facts):
    with pytest.raises(RuleBroken, match="No early help episodes have been imported"):
        ask(facts, ONE, "tac_open 2015-01-01", observed={})


def test_the_answer_in_json_is_that_of_the_command(facts):
    known = Known(1, at=None)

    found = ask(facts, ONE, "tac_closed_needs_met_or_reduced 2015-01-01..2015-12-31", known=known).as_json()

    assert found == {
        "key": "tac_closed_needs_met_or_reduced",
        "version": 1,
        "from": "2015-01-01",
        "to": "2015-12-31",
        "known_at": None,
        "unit": "TACs",
        "value": 100.0,
        "numerator": 1,
        "denominator": 1,
        "not_yet_known": 0,
        "observed_until": "2017-07-31",
        "withheld": False,
        "definition": get("tac_closed_needs_met_or_reduced").fingerprint,
        "exclusions": {"closed_in_error": 0},
        "no_outcome": 0,
        "notes": [],
    }


def test_a_count_has_its_value_as_numerator_and_no_denominator(facts):
    found = ask(facts, ONE, "tac_open 2015-01-15").as_json()

    assert (found["value"], found["numerator"], found["denominator"]) == (1, 1, None)


def test_rows_of_a_series_carry_their_day(facts):
    found = ask(facts, ONE, "tac_open 2015-01-01..2015-02-28 every month").as_json()

    assert [(row["at"], row["value"]) for row in found["rows"]] == [("2015-01-31", 1), ("2015-02-28", 0)]


def test_a_changed_rule_changes_the_fingerprint():
    fingerprints = {get(key).fingerprint for key in ("tac_open", "tac_children", "tac_opened")}

    assert len(fingerprints) == 3
