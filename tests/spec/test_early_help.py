"""Early help, case by awkward case."""

import pytest

from tests.spec.asking import ask, by_group, figure, said

OPEN = """
    tac
    tac_id | child_id | started_on | ended_on
    early  | anna     | 2015-01-01 | 2015-06-30
    later  | anna     | 2015-06-30 |
    other  | ben      | 2015-06-30 |
    moment | cara     | 2015-06-30 | 2015-06-30
"""


@pytest.mark.parametrize(
    ("day", "expected"), [("2014-12-31", 0), ("2015-01-01", 1), ("2015-06-29", 1), ("2015-06-30", 2), ("2015-07-01", 2)]
)
def test_a_tac_is_open_from_its_first_day_to_the_day_before_its_end(facts, day, expected):
    assert figure(ask(facts, OPEN, f"tac_open {day}")) == expected


def test_a_tac_opened_and_closed_on_one_day_was_opened_and_closed_and_never_open(facts):
    day = "2015-06-30..2015-06-30"

    found = [figure(ask(facts, OPEN, question)) for question in (f"tac_opened {day}", f"tac_closed {day}")]

    assert found == [3, 2]


def test_a_series_shows_the_months_in_which_nothing_happened(facts):
    found = ask(facts, OPEN, "tac_open 2015-01-01..2015-08-31 every month")

    assert [row.value for row in found.rows] == [1, 1, 1, 1, 1, 2, 2, 2]


def test_years_are_counted_from_the_first_day_asked(facts):
    found = ask(facts, OPEN, "tac_opened 2014-04-01..2016-03-31 every year")

    assert [(str(row.first), str(row.last), row.value) for row in found.rows] == [
        ("2014-04-01", "2015-03-31", 1),
        ("2015-04-01", "2016-03-31", 3),
    ]


def test_a_child_with_two_open_tacs_is_one_child(facts):
    tables = """
        tac
        tac_id | child_id | started_on | ended_on
        one    | anna     | 2015-01-01 |
        two    | anna     | 2015-03-01 | 2015-09-01
        three  | ben      | 2015-03-01 |
    """

    assert figure(ask(facts, tables, "tac_children 2015-04-01")) == 2


def test_children_over_time_are_counted_once_while_any_of_their_tacs_is_open(facts):
    tables = """
        tac
        tac_id | child_id | started_on | ended_on
        one    | anna     | 2015-01-10 | 2015-05-10
        two    | anna     | 2015-02-10 | 2015-03-10
        three  | anna     | 2015-05-10 | 2015-06-10
        four   | anna     | 2015-08-10 |
    """

    found = ask(facts, tables, "tac_children 2015-01-01..2015-08-31 every month")

    assert [row.value for row in found.rows] == [1, 1, 1, 1, 1, 0, 0, 1]


LED = """
    organisation
    organisation_id | name            | sector
    school          | Aldbrook School | school
    nurses          | School Nursing  | health
    unknown         | Someone        | ''

    tac
    tac_id | child_id | started_on | has_lead | lead_organisation_id
    one    | anna     | 2015-01-01 | yes      | school
    two    | ben      | 2015-01-01 | yes      | nurses
    three  | cara     | 2015-01-01 | no       |
    four   | dan      | 2015-01-01 | yes      | unknown
    five   | eve      | 2015-01-01 | yes      | not_in_the_register
"""


def test_tacs_without_a_lead_are_in_the_denominator_and_shown_apart(facts):
    found = ask(facts, LED, "tac_school_led 2015-02-01")

    assert (figure(found), {each.key: each.count for each in found.apart}) == (
        "1 of 5",
        {"no_lead": 1, "lead_not_mapped": 2},
    )


def test_what_is_not_recorded_is_a_group_of_its_own(facts):
    found = ask(facts, LED, "tac_open 2015-02-01 by lead_sector")

    assert by_group(found) == {"health": 1, "school": 1, "not recorded": 3}


def test_not_recorded_is_the_last_group(facts):
    found = ask(facts, LED, "tac_open 2015-02-01 by lead_organisation")

    assert list(by_group(found)) == ["Aldbrook School", "School Nursing", "Someone", "not recorded"]


CLOSED = """
    tac
    tac_id | child_id | started_on | ended_on   | closure_code
    one    | anna     | 2015-01-01 | 2015-04-01 | needs_met
    two    | ben      | 2015-01-01 | 2015-05-01 | needs_reduced
    three  | cara     | 2015-01-01 | 2015-06-01 | not_engaged
    four   | dan      | 2015-01-01 | 2016-03-31 | ''
    five   | eve      | 2015-01-01 | 2015-07-01 | error
    six    | fay      | 2015-01-01 | 2015-08-01 | stepped_up
    before | gus      | 2015-01-01 | 2015-03-31 | needs_met
    after  | hal      | 2015-01-01 | 2016-04-01 | needs_met
"""
YEAR = "2015-04-01..2016-03-31"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("tac_closed", 5),
        ("tac_closed_needs_met_or_reduced", "2 of 5"),
        ("tac_closed_not_engaged", 1),
        ("tac_closed_not_engaged_share", "1 of 5"),
        ("tac_stepped_up", 1),
        ("tac_stepped_up_share", "1 of 5"),
    ],
)
def test_closures_are_counted_with_both_days_of_the_period_and_without_errors(facts, key, expected):
    assert figure(ask(facts, CLOSED, f"{key} {YEAR}")) == expected


def test_closures_in_error_are_counted_as_left_out(facts):
    found = ask(facts, CLOSED, f"tac_closed {YEAR}")

    assert [(each.key, each.count) for each in found.exclusions] == [("closed_in_error", 1)]


def test_a_closure_without_outcome_is_not_dropped_from_the_outcomes(facts):
    found = ask(facts, CLOSED, f"tac_closed {YEAR} by outcome")

    assert by_group(found)["not recorded"] == 1


def test_a_share_of_nothing_has_no_value_and_is_not_withheld(facts):
    found = ask(facts, CLOSED, "tac_stepped_up_share 2013-04-01..2014-03-31").total

    assert (found.value, found.numerator, found.denominator, found.withheld) == (None, 0, 0, False)


def test_duration_is_given_as_median_and_quartiles_of_days(facts):
    tables = """
        tac
        tac_id | child_id | started_on | ended_on   | closure_code
        one    | anna     | 2015-01-01 | 2015-01-01 | needs_met
        two    | ben      | 2015-01-01 | 2015-01-11 | needs_met
        three  | cara     | 2015-01-01 | 2015-01-21 | needs_met
        four   | dan      | 2015-01-01 | 2015-01-31 | needs_met
        wrong  | eve      | 2015-01-01 | 2015-12-31 | error
    """

    found = ask(facts, tables, "tac_duration 2015-01-01..2015-12-31").total

    assert (float(found.value), [float(each) for each in found.quartiles], found.denominator) == (15, [7.5, 22.5], 4)


@pytest.mark.parametrize(
    ("start", "day", "expected"),
    [
        ("2015-01-01", "2016-01-01", "0 of 1"),
        ("2015-01-01", "2016-01-02", "1 of 1"),
        ("2016-02-29", "2017-03-01", "0 of 1"),
        ("2016-02-29", "2017-03-02", "1 of 1"),
        ("2015-02-28", "2016-02-29", "1 of 1"),
    ],
)
def test_over_a_year_is_after_the_same_day_a_year_later(facts, start, day, expected):
    tables = f"""
        tac
        tac_id | child_id | started_on
        one    | anna     | {start}
    """

    assert figure(ask(facts, tables, f"tac_open_over_a_year {day}")) == expected


@pytest.mark.parametrize(
    ("closed", "expected"), [("2015-06-03", 1), ("2015-07-01", 1), ("2015-06-02", 0), ("2015-07-02", 0)]
)
def test_a_step_down_is_inferred_from_an_episode_closed_up_to_28_days_before(facts, closed, expected):
    tables = f"""
        tac
        tac_id | child_id | started_on
        one    | anna     | 2015-07-01
        two    | ben      | 2015-07-01

        referral
        referral_id | child_id | referred_on | closed_on
        r1          | anna     | 2015-01-01  | {closed}
    """

    assert ask(facts, tables, "tac_stepped_down 2015-07-01..2015-07-31").inferred == expected


def test_a_recorded_step_down_is_counted_once_and_not_as_inferred(facts):
    tables = """
        tac
        tac_id | child_id | started_on | step_down_recorded
        one    | anna     | 2015-07-01 | yes
        two    | ben      | 2015-07-01 | no

        referral
        referral_id | child_id | referred_on | closed_on
        r1          | anna     | 2015-01-01  | 2015-07-01
        r2          | ben      | 2015-01-01  | 2015-06-20
        r3          | ben      | 2015-02-01  | 2015-06-21
    """

    found = ask(facts, tables, "tac_stepped_down 2015-07-01..2015-07-31")

    assert (figure(found), found.inferred) == (2, 1)


@pytest.mark.parametrize(
    ("closed", "came", "expected"),
    [
        ("2015-05-10", "2015-05-10", "0 of 1"),
        ("2015-05-10", "2015-05-11", "1 of 1"),
        ("2015-05-10", "2016-05-10", "1 of 1"),
        ("2015-05-10", "2016-05-11", "0 of 1"),
        ("2016-02-29", "2017-03-01", "1 of 1"),
        ("2016-02-29", "2017-03-02", "0 of 1"),
    ],
)
@pytest.mark.parametrize("how", ["tac", "referral"])
def test_a_repeat_comes_after_the_day_of_closure_and_within_the_same_day_a_year_later(
    facts, closed, came, expected, how
):
    again = {"tac": f"two | anna | {came} | | ''", "referral": ""}[how]
    referred = {"tac": "", "referral": f"r1 | anna | {came}"}[how]
    tables = f"""
        tac
        tac_id | child_id | started_on | ended_on | closure_code
        one    | anna     | 2015-01-01 | {closed} | needs_met
        {again}

        referral
        referral_id | child_id | referred_on
        {referred}
    """

    assert figure(ask(facts, tables, f"tac_repeat_referral {closed}..{closed}")) == expected


def test_a_repeat_by_both_ways_is_one(facts):
    tables = """
        tac
        tac_id | child_id | started_on | ended_on   | closure_code
        one    | anna     | 2015-01-01 | 2015-05-10 | needs_met
        two    | anna     | 2015-06-01 | 2015-07-01 | needs_met
        up     | ben      | 2015-01-01 | 2015-05-10 | stepped_up
        wrong  | cara     | 2015-01-01 | 2015-05-10 | error

        referral
        referral_id | child_id | referred_on
        r1          | anna     | 2015-06-01
        r2          | ben      | 2015-06-01
    """

    assert figure(ask(facts, tables, "tac_repeat_referral 2015-05-01..2015-05-31")) == "1 of 1"


def test_closures_whose_following_year_is_not_over_are_not_yet_known(facts):
    tables = """
        tac
        tac_id | child_id | started_on | ended_on   | closure_code
        over   | anna     | 2015-01-01 | 2016-07-31 | needs_met
        not    | ben      | 2015-01-01 | 2016-08-01 | needs_met
    """

    found = ask(facts, tables, "tac_repeat_referral 2016-04-01..2017-03-31")

    assert (figure(found), found.total.not_yet_known) == ("0 of 1", 1)


@pytest.mark.parametrize(
    ("started", "ended", "expected"),
    [
        ("2014-01-01", "2015-06-10", "1 of 1"),
        ("2014-01-01", "2015-06-11", "0 of 1"),
        ("2015-06-10", "2015-06-10", "0 of 1"),
        ("2016-06-09", "", "0 of 1"),
        ("2016-06-10", "", "1 of 1"),
    ],
)
def test_help_before_a_referral_had_started_or_was_open_in_the_year_before(facts, started, ended, expected):
    tables = f"""
        tac
        tac_id | child_id | started_on | ended_on
        one    | anna     | {started}  | {ended}

        referral
        referral_id | child_id | referred_on
        r1          | anna     | 2016-06-10
    """

    assert figure(ask(facts, tables, "social_care_referral_without_tac 2016-04-01..2017-03-31")) == expected


AUDITED = """
    tac_audit
    audit_id | tac_id | audited_on | grade
    a1       | one    | 2015-05-01 | good
    a2       | one    | 2015-06-01 | inadequate
    a3       | two    | 2015-07-01 | good
    a4       | gone   | 2015-08-01 |
"""


def test_audits_are_shares_of_all_audits_with_those_not_graded_shown_apart(facts):
    found = ask(facts, AUDITED, f"tac_audit_good {YEAR}")

    assert (figure(found), [(each.key, each.count) for each in found.apart]) == ("2 of 4", [("no_grade", 1)])


def test_audits_of_tacs_no_longer_there_are_counted(facts):
    found = ask(facts, AUDITED, f"tac_audits {YEAR} by grade")

    assert by_group(found) == {"good": 2, "inadequate": 1, "not recorded": 1}


@pytest.mark.parametrize(
    ("born", "day", "band"),
    [
        ("2016-02-29", "2017-02-28", "under 1"),
        ("2016-02-29", "2017-03-01", "1 to 4"),
        ("2010-05-02", "2015-05-01", "1 to 4"),
        ("2010-05-01", "2015-05-01", "5 to 9"),
        ("1999-05-01", "2015-05-01", "16 and over"),
        ("2017-06-01", "2017-05-31", "unborn"),
        ("", "2015-05-01", "not recorded"),
    ],
)
@pytest.mark.parametrize("question", ["tac_open {day}", "tac_opened {day}..{day}"])
def test_a_child_is_in_the_band_of_their_age_on_the_day(facts, born, day, band, question):
    tables = f"""
        child
        child_id | dob
        anna     | {born}

        tac
        tac_id | child_id | started_on
        one    | anna     | {day}
    """

    assert by_group(ask(facts, tables, f"{question.format(day=day)} by age_band")) == {band: 1}


def test_a_child_grows_from_band_to_band_while_the_tac_is_open(facts):
    tables = """
        child
        child_id | dob
        anna     | 2010-03-15

        tac
        tac_id | child_id | started_on
        one    | anna     | 2015-01-10
    """

    found = ask(facts, tables, "tac_open 2015-01-01..2015-04-30 every month by age_band")

    assert [(row.at.month, *row.group.values(), said(row)) for row in found.rows if row.value] == [
        (1, "1 to 4", 1),
        (2, "1 to 4", 1),
        (3, "5 to 9", 1),
        (4, "5 to 9", 1),
    ]
