"""What comes next for a tender: a matrix of every state."""

from datetime import date

import pytest

from plumbline.commissioning.models import Tender
from plumbline.commissioning.rules.next_step import AwardFacts, Step, TenderFacts, next_step

ON, BEFORE, AFTER = date(2016, 7, 31), date(2016, 7, 30), date(2016, 8, 1)
GONE_OUT = {"approved": True, "notice_on": BEFORE}

MATRIX = [
    ("draft", {}, Step.COMPLETE_DRAFT),
    ("draft", {"complete": True}, Step.ASK_APPROVAL),
    ("draft", {"complete": True, "approval_asked": True}, Step.APPROVE),
    ("approved", {}, Step.PUBLISH),
    ("published", {"bids_due_on": ON}, Step.WAIT_FOR_BIDS),
    ("published", {"bids_due_on": BEFORE}, Step.CLOSE),
    ("published", {"kind": "direct_award"}, Step.ENTER_PAPERS),
    ("published", {"kind": "direct_award", "bids": 1}, Step.CLOSE),
    ("closed", {}, Step.ENTER_BIDS),
    ("closed", {"bids": 2}, Step.BEGIN_STAGE1),
    ("stage1", {"bids": 2, "waiting": 1, "passed": True}, Step.DECIDE_STAGE1),
    ("stage1", {"bids": 2}, Step.ABANDON),
    ("stage1", {"bids": 2, "passed": True}, Step.EVALUATE),
    ("stage1", {"bids": 1, "passed": True, "scored": False}, Step.RECOMMEND),
    ("evaluation", {}, Step.SCORE),
    ("evaluation", {"may_open": True}, Step.OPEN_SCORES),
    ("moderation", {"unagreed": 1}, Step.MODERATE),
    ("moderation", {}, Step.CLOSE_MODERATION),
    ("recommendation", {}, Step.RECOMMEND),
    ("recommendation", {"award": AwardFacts(approved=False)}, Step.APPROVE_AWARD),
    ("recommendation", {"award": AwardFacts(approved=True, unsent=1)}, Step.SEND_LETTERS),
    ("recommendation", {"award": AwardFacts(approved=True)}, Step.PUBLISH_NOTICE),
    ("recommendation", {"award": AwardFacts(**GONE_OUT)}, Step.AWARD),
    ("standstill", {}, Step.RECOMMEND),
    ("standstill", {"award": AwardFacts(**GONE_OUT, standstill_until=ON)}, Step.WAIT_STANDSTILL),
    ("standstill", {"award": AwardFacts(**GONE_OUT, standstill_until=BEFORE)}, Step.AWARD),
    ("awarded", {"award": AwardFacts(**GONE_OUT, awarded=True)}, Step.PUBLISH_DETAILS),
    ("awarded", {"award": AwardFacts(**GONE_OUT, awarded=True, unsent=2)}, Step.SEND_LETTERS),
    ("contract_details", {"award": AwardFacts(**GONE_OUT, awarded=True)}, None),
    ("implementation", {"award": AwardFacts(**GONE_OUT, awarded=True)}, None),
    ("implementation", {"award": AwardFacts(**GONE_OUT, awarded=True, unsent=1)}, Step.SEND_LETTERS),
    ("abandoned", {}, None),
    ("abandoned", {"bids": 2, "passed": True, "award": AwardFacts(approved=False)}, None),
]


@pytest.mark.parametrize(("state", "facts", "step"), MATRIX)
def test_what_comes_next_in_each_state(state, facts, step) -> None:
    assert next_step(TenderFacts(**{"state": state, "kind": "competition", **facts}), on=ON) == step


def test_the_matrix_has_every_state_and_every_step() -> None:
    assert {state for state, _, _ in MATRIX} == set(Tender.State.values)
    assert {step for _, _, step in MATRIX} == {None, *Step}
