"""As known at a moment: what was entered, corrected or deleted after it is as if it had not been."""

import pytest

from plumbline.measures.model import Known
from tests.spec.asking import ask, by_group, figure

HISTORY = """
    organisation
    organisation_id | name  | sector | from_tx | to_tx
    unit            | North | ''     | 1       | 6
    unit            | North | school | 6       |

    tac
    tac_id | child_id | started_on | ended_on   | lead_organisation_id | from_tx | to_tx
    one    | anna     | 2015-01-01 |            | unit                 | 1       | 3
    one    | anna     | 2015-01-01 | 2015-02-01 | unit                 | 3       |
    two    | ben      | 2015-01-01 |            | unit                 | 4       | 5
    three  | cara     | 2015-01-01 |            | unit                 | 2       |
"""


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Known(0), 0),
        (Known(1), 1),
        (Known(2), 2),
        (Known(3), 1),
        (Known(4), 2),
        (Known(5), 1),
        (None, 1),
    ],
)
def test_a_later_entry_correction_or_deletion_does_not_change_the_past(facts, known, expected):
    assert figure(ask(facts, HISTORY, "tac_open 2015-03-01", known=known)) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        # The correction committed after the moment, though its number is lower.
        (Known(4, (3,)), 3),
        # So did the deletion.
        (Known(5, (3, 5)), 3),
        # So did the entry.
        (Known(4, (2, 4)), 0),
    ],
)
def test_changes_that_committed_late_are_left_out_of_the_moment(facts, known, expected):
    assert figure(ask(facts, HISTORY, "tac_open 2015-03-01", known=known)) == expected


@pytest.mark.parametrize(("known", "sector"), [(Known(5), "not recorded"), (Known(6), "school")])
def test_a_sector_mapped_later_is_known_later(facts, known, sector):
    found = ask(facts, HISTORY, "tac_open 2015-03-01 by lead_sector", known=known)

    assert by_group(found) == {sector: 1}
