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
