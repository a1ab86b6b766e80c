"""Placements by what their setting was on the day."""

import pytest

from tests.spec.asking import ask, by_group, figure

PLACED = """
    placement
    placement_id | child_id | setting_id | started_on | ended_on   | began_adverse
    p1           | anna     | home       | 2015-01-01 |            | no
    p2           | ben      | home       | 2015-08-01 | 2015-10-01 | yes
    p3           | cara     | school     | 2015-01-01 |            | no
    p4           | dan      | nowhere    | 2015-01-01 |            | no
    p5           | eve      |            | 2015-01-01 |            | no

    setting_status
    setting_id | status    | from_on    | to_on
    home       | clear     | 2014-01-01 | 2015-06-01
    home       | adverse   | 2015-06-01 | 2015-12-01
    home       | watch     | 2015-12-01 |
    school     | unmatched | 2015-03-01 |
"""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("placements_open 2015-09-01", 5),
        ("placements_open 2015-10-01", 4),
        ("placements_clear 2015-05-31", 1),
        ("placements_clear 2015-06-01", 0),
        ("placements_adverse 2015-06-01", 1),
        ("placements_adverse 2015-09-01", 2),
        ("placements_watch 2015-12-01", 1),
        ("placements_unmatched 2015-02-28", 0),
        ("placements_unmatched 2015-03-01", 1),
        ("placements_adverse_share 2015-09-01", "2 of 5"),
        ("placements_begun 2015-08-01..2015-08-31", 1),
        ("placements_begun_adverse 2015-01-01..2015-12-31", 1),
    ],
)
def test_counts_placements_by_the_status_of_the_day(facts, question, expected):
    assert figure(ask(facts, PLACED, question)) == expected


def test_a_setting_without_status_is_a_group_of_its_own(facts):
    found = ask(facts, PLACED, "placements_open 2015-09-01 by status")

    assert by_group(found) == {"adverse": 2, "unmatched": 1, "not recorded": 2}


def test_the_status_of_each_month_adds_up_to_all_placements(facts):
    found = ask(facts, PLACED, "placements_open 2015-01-01..2015-12-31 every month by status")

    months = {row.at: 0 for row in found.rows}
    for row in found.rows:
        months[row.at] += row.value
    assert list(months.values()) == [4, 4, 4, 4, 4, 4, 4, 5, 5, 4, 4, 4]


SETTINGS = """
    placement
    placement_id | child_id | setting_id | started_on | ended_on   | exception_id | began_adverse
    p1           | anna     | home       | 2015-01-01 |            |              | no
    p2           | ben      | home       | 2015-06-01 | 2016-02-01 | court        | yes
    p3           | cara     | school     | 2015-01-01 | 2016-06-01 | night        | yes
    p4           | dan      |            | 2015-01-01 |            |              | no
    p5           | eve      | 0          | 2015-01-01 |            |              | yes

    placement_exception
    exception_id | ground
    court        | court_named
    night        | emergency_night

    setting_status
    setting_id | status  | from_on    | to_on
    home       | clear   | 2014-01-01 | 2015-08-10
    home       | adverse | 2015-08-10 |

    visit
    visit_id | setting_id | visited_on
    v1       | home       | 2015-03-01
    v2       | home       | 2015-03-05
    planned  | school     |
    old      | school     | 2014-01-10
    elsewhere|            | 2015-03-01

    setting_check
    setting_id | checked_on
    home       | 2015-03-31
    home       | 2015-03-31
    school     | 2015-04-15

    placement_flag
    flag_id | placement_id | kind            | raised_on
    f1      | p1           | setting_adverse | 2015-08-12
    f2      | p2           | setting_adverse | 2015-08-12
    f3      | p1           | setting_watch   | 2015-08-12
    f4      | p2           | setting_adverse | 2015-08-13
    f5      |              | setting_adverse | 2015-08-12

    telling
    telling_id | flag_id | why              | told_on    | told_hour
    t1         | f1      | allocated worker | 2015-08-12 | 9
    t2         | f1      | allocated worker | 2015-08-20 | 9
    t3         | f1      | team manager     | 2015-08-11 | 1
    t4         | f2      | allocated worker | 2015-08-10 | 15
    t5         | f4      | team manager     | 2015-08-13 | 9
    t6         | f3      | allocated worker | 2015-08-12 | 9
    t7         | f4      | allocated worker |            |
    t8         | f1      | allocated worker |            |
"""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # The home counts once, with two children there and two visits; a planned visit is none.
        ("settings_visited 2015-03-01", "1 of 2"),
        ("settings_visited 2015-02-28", "0 of 2"),
        ("settings_visited 2016-03-04", "1 of 2"),
        ("settings_visited 2016-03-05", "0 of 2"),
        # The school left on 1 June 2016.
        ("settings_visited 2016-06-01", "0 of 1"),
        # 2014 is more than 365 days ago from the day after 10 January 2015.
        ("settings_visited 2015-01-10", "1 of 2"),
        ("settings_visited 2015-01-11", "0 of 2"),
        ("settings_checked 2015-03-31", "1 of 2"),
        ("settings_checked 2015-04-15", "2 of 2"),
        ("settings_checked 2015-05-01", "2 of 2"),
        ("settings_checked 2015-05-02", "1 of 2"),
        ("settings_checked 2015-05-17", "0 of 2"),
    ],
)
def test_a_setting_with_our_children_counts_once_and_to_the_last_of_its_days(facts, question, expected):
    assert figure(ask(facts, SETTINGS, question)) == expected


def test_settings_are_counted_on_each_day_of_a_series_and_in_no_groups(facts):
    found = ask(facts, SETTINGS, "settings_checked 2015-03-15..2015-06-14 every month")

    assert [(row.numerator, row.denominator) for row in found.rows] == [(1, 2), (1, 2), (0, 2)]
    # How many settings of a status have children of ours would tell how many children are there at least.
    assert found.measure.splits == ()


def test_placements_begun_at_adverse_settings_fall_under_the_ground_of_their_exception(facts):
    found = ask(facts, SETTINGS, "placements_begun_adverse 2015-01-01..2015-12-31 by ground")

    assert by_group(found) == {"court_named": 1, "emergency_night": 1, "not recorded": 1}


def test_the_hours_until_a_worker_was_told_run_from_the_day_of_the_downgrade_to_the_first_telling(facts):
    found = ask(facts, SETTINGS, "placements_downgrade_told 2015-08-01..2015-08-31")

    # 15 hours for one child, two days and 9 hours for the other.
    assert (found.total.value, found.total.quartiles, found.total.denominator) == (36, (25.5, 46.5), 2)


def test_a_downgrade_of_which_no_worker_was_told_is_counted_apart(facts):
    found = ask(facts, SETTINGS, "placements_downgrade_told 2015-08-01..2015-08-31")

    assert found.sentences() == ("Downgrades of which no allocated worker was told: 1.",)


def test_with_nobody_told_there_is_no_case_and_the_want_is_said(facts):
    found = ask(facts, SETTINGS, "placements_downgrade_told 2015-08-13..2015-08-13 every month by sex")

    assert (found.total.denominator, found.total.value) == (0, None)
    assert found.sentences() == ("Downgrades of which no allocated worker was told: 1.",)
