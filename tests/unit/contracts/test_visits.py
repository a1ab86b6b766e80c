"""What is due by when, what a visit must say, and which reports a home owes."""

from datetime import date

import pytest

from plumbline.contracts.rules import visits as rules
from plumbline.contracts.rules.visits import Expected, FindingGiven
from tests.refusals import code_of, raises


def findings(**changes: FindingGiven) -> list[FindingGiven]:
    return list(({area: FindingGiven(area, "met") for area in rules.AREAS} | changes).values())


def test_a_visit_is_due_a_year_after_the_last() -> None:
    due = rules.visit_due(last_visit_on=date(2015, 7, 1), since=date(2014, 1, 1))
    assert due.due_on == date(2016, 6, 30)


def test_a_setting_never_visited_is_due_a_year_after_the_first_child_came() -> None:
    assert rules.visit_due(last_visit_on=None, since=date(2015, 3, 1)).due_on == date(2016, 2, 29)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2016, 5, 18), "in_time"),
        (date(2016, 5, 19), "due"),
        (date(2016, 7, 30), "due"),
        (date(2016, 7, 31), "overdue"),
    ],
)
def test_a_visit_is_overdue_after_thirty_days_of_grace(on, state) -> None:
    assert rules.visit_due(last_visit_on=date(2015, 7, 1), since=date(2014, 1, 1)).state(on) == state


def test_five_areas_met_need_no_more_words() -> None:
    assert rules.check_findings(list(findings())) is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (list(findings())[:4], "missing_area"),
        ([*findings(), FindingGiven("training", "met")], "area_twice"),
        ([*findings(), FindingGiven("kitchen", "met")], "unknown_area"),
        (list(findings(training=FindingGiven("training", "fine"))), "missing_judgement"),
        (list(findings(training=FindingGiven("training", "not_seen"))), "missing_finding"),
    ],
)
def test_findings_that_say_too_little_or_too_much_are_refused(given, code) -> None:
    with raises(code):
        rules.check_findings(given)


def test_an_area_that_is_not_met_wants_an_action() -> None:
    given = findings(training=FindingGiven("training", "not_met", "Two of six have none."))
    assert rules.wants_action(given) == ["training"]


def test_a_month_is_owed_once_the_following_month_is_over() -> None:
    owed = rules.expected(since=date(2016, 5, 1), on=date(2016, 7, 1))
    assert owed == [Expected("reg44", date(2016, 5, 1), date(2016, 6, 30))]


def test_a_month_is_not_owed_on_the_last_day_it_may_come() -> None:
    assert rules.expected(since=date(2016, 5, 1), on=date(2016, 6, 30)) == []


def test_the_month_in_which_the_contract_began_is_not_owed() -> None:
    assert rules.expected(since=date(2016, 5, 2), on=date(2016, 7, 31)) == []


def test_a_half_year_is_owed_28_days_after_its_end() -> None:
    on = date(2016, 7, 29)
    assert Expected("reg45", date(2016, 1, 1), date(2016, 7, 28)) in rules.expected(since=date(2016, 1, 1), on=on)


def test_nothing_is_owed_for_months_after_the_contract_ended() -> None:
    owed = rules.expected(since=date(2016, 1, 1), on=date(2016, 12, 31), until=date(2016, 2, 29))
    assert [one.period_from for one in owed] == [date(2016, 1, 1), date(2016, 2, 1)]


def test_a_report_that_came_is_not_missing() -> None:
    missing = rules.missing(since=date(2016, 4, 1), on=date(2016, 7, 31), received=[("reg44", date(2016, 4, 1))])
    assert [one.period_from for one in missing] == [date(2016, 5, 1)]


@pytest.mark.parametrize(
    ("kind", "period_from", "code"),
    [
        ("reg44", date(2016, 7, 2), "not_a_period"),
        ("reg45", date(2016, 4, 1), "not_a_period"),
        ("reg44", date(2016, 8, 1), "future_date"),
        ("reg46", date(2016, 7, 1), "unknown_kind"),
    ],
)
def test_a_report_speaks_for_a_whole_period_that_has_begun(kind, period_from, code) -> None:
    with raises(code):
        rules.check_period(kind, period_from, on=date(2016, 7, 31))


@pytest.mark.parametrize(
    ("kind", "period_from", "code"),
    [
        ("reg44", date(2016, 7, 1), ""),
        ("reg44", date(2016, 7, 2), "not_a_period"),
        ("reg44", date(2016, 9, 1), "future_date"),
        ("reg45", date(2016, 7, 1), ""),
        ("reg45", date(2016, 4, 1), "not_a_period"),
        ("reg45", date(2017, 1, 1), "future_date"),
        ("reg46", date(2016, 7, 1), "unknown_kind"),
    ],
)
def test_a_report_speaks_for_a_period_that_has_begun(kind: str, period_from: date, code: str) -> None:
    assert code_of(rules.check_period, kind, period_from, on=date(2016, 7, 31)) == code


def test_how_many_reports_of_a_home_have_not_come() -> None:
    july = Expected("reg44", date(2016, 5, 1), date(2016, 6, 30))
    half = Expected("reg45", date(2016, 1, 1), date(2016, 7, 28))
    first = "Larch: the regulation 44 report of May 2016 was due by 30 June 2016 and has not come"
    assert rules.missing_sentence("Larch", [july]) == f"{first}."
    assert rules.missing_sentence("Larch", [july, half, half]) == f"{first} and 2 more."
    assert half.words() == "the regulation 45 report of January to June 2016"
