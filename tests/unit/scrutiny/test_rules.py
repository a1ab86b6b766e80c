"""What one figure of a report withholds, no other shows."""

import pytest
from scipy.stats import binomtest

from plumbline.scrutiny import rules

YEAR = {"from": "2015-04-01", "to": "2016-03-31"}


def count(key, value, **more):
    return {"key": key, **YEAR, **counted(value), **more}


def counted(value):
    return {"value": value, "numerator": value, "denominator": None, "withheld": value is None}


def share(key, value, numerator, denominator):
    return {
        "key": key,
        **YEAR,
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "withheld": numerator is None,
    }


def outcomes(total, **groups):
    rows = [{"group": {"outcome": group}, **counted(value)} for group, value in groups.items()]
    return count("tac_closed", total, rows=rows)


def row(body, group):
    return next(each for each in body["rows"] if group in each["group"].values())


def test_a_group_withheld_to_protect_another_is_not_shown_by_its_own_measure():
    """Shown, 60 not engaged would tell the withheld died group: 100 - 37 - 60."""
    split = outcomes(100, needs_met=37, not_engaged=None, died=None)
    found = rules.withhold_alike({"split": split, "alone": count("tac_closed_not_engaged", 60)})
    assert (found["alone"]["value"], found["alone"]["numerator"], found["alone"]["withheld"]) == (None, None, True)


def test_a_share_whose_numerator_holds_a_withheld_group_is_withheld():
    found = rules.withhold_alike(
        {
            "split": outcomes(100, needs_met=37, needs_reduced=None, died=None),
            "share": share("tac_closed_needs_met_or_reduced", 97.0, 97, 100),
        }
    )
    assert (found["share"]["value"], found["share"]["numerator"]) == (None, None)


def test_what_a_measure_withholds_alone_its_group_in_a_split_does_not_show():
    found = rules.withhold_alike(
        {"alone": count("tac_stepped_up", None), "split": outcomes(100, needs_met=60, stepped_up=36, other=4)}
    )
    assert row(found["split"], "stepped_up")["value"] is None


def test_the_same_day_of_a_series_is_withheld_too():
    days = [{"at": "2016-05-31", **counted(7)}, {"at": "2016-06-30", **counted(9)}]
    series = {"key": "tac_open", "from": "2016-05-01", "to": "2016-06-30", **counted(7), "rows": days}
    alone = {"key": "tac_open", "as_at": "2016-06-30", **counted(None)}
    found = rules.withhold_alike({"alone": alone, "series": series})
    assert [each["value"] for each in found["series"]["rows"]] == [7, None]


def test_figures_that_nothing_withholds_are_shown_as_they_are():
    given = {"split": outcomes(100, needs_met=60, stepped_up=40), "alone": count("tac_stepped_up", 40)}
    assert rules.withhold_alike(given) == given


def test_the_answers_given_are_not_changed():
    given = {"split": outcomes(100, needs_met=None, not_engaged=None), "alone": count("tac_closed_not_engaged", 60)}
    rules.withhold_alike(given)
    assert given["alone"]["value"] == 60


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 19), (19, 19), (1, 2), (66, 976)])
def test_an_interval_is_wilson_s(numerator, denominator):
    known = binomtest(numerator, denominator).proportion_ci(method="wilson")
    assert rules.interval(numerator, denominator) == pytest.approx((100 * known.low, 100 * known.high), abs=1e-4)


def test_quartiles_and_what_could_not_be_given_count_nothing_that_others_could_tell():
    shown = {
        "none": {"reason": "It cannot be given."},
        "spread": {"key": "tac_duration", **YEAR, "quartiles": None, "value": None, "withheld": True},
        "split": outcomes(100, needs_met=60, stepped_up=40),
    }
    assert rules.withhold_alike(shown) == shown
