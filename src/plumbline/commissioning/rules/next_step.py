"""What comes next for a tender: worked out here once, for its pages, for My work and for lists.

Who may do it, and in which words it is said, is the caller's to say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plumbline.commissioning.rules.tender import DIRECT_AWARD


class Step(StrEnum):
    COMPLETE_DRAFT = "complete_draft"
    ASK_APPROVAL = "ask_approval"
    APPROVE = "approve_tender"
    PUBLISH = "publish"
    ENTER_PAPERS = "enter_papers"
    WAIT_FOR_BIDS = "wait_for_bids"
    CLOSE = "close"
    ENTER_BIDS = "enter_bids"
    BEGIN_STAGE1 = "begin_stage1"
    DECIDE_STAGE1 = "decide_stage1"
    ABANDON = "abandon"
    EVALUATE = "evaluate"
    SCORE = "score"
    OPEN_SCORES = "open_moderation"
    MODERATE = "moderate"
    CLOSE_MODERATION = "close_moderation"
    RECOMMEND = "recommend"
    APPROVE_AWARD = "approve"
    SEND_LETTERS = "letters"
    PUBLISH_NOTICE = "notice"
    WAIT_STANDSTILL = "wait_standstill"
    AWARD = "award"
    PUBLISH_DETAILS = "details"


# In these nothing is to be done but to wait for a day, or for someone else.
WAITS = frozenset({Step.APPROVE, Step.WAIT_FOR_BIDS, Step.SCORE, Step.APPROVE_AWARD, Step.WAIT_STANDSTILL})


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """Of the recommendation in force. `unsent`: letters to bidders that did not go out yet."""

    approved: bool
    awarded: bool = False
    notice_on: date | None = None
    standstill_until: date | None = None
    unsent: int = 0


@dataclass(frozen=True, slots=True)
class TenderFacts:
    """What the next step depends on. `waiting`: bids whose stage 1 is undecided; `passed`: whether one passed;
    `scored`: whether its bids are scored; `may_open`: every evaluator has locked; `unagreed`: scores to moderate."""

    state: str
    kind: str
    complete: bool = False
    approval_asked: bool = False
    bids_due_on: date | None = None
    bids: int = 0
    waiting: int = 0
    passed: bool = False
    scored: bool = True
    may_open: bool = False
    unagreed: int = 0
    award: AwardFacts | None = None


def next_step(facts: TenderFacts, *, on: date) -> Step | None:
    """The next step on a day; None where nothing comes any more: it was abandoned, or its service is made ready."""
    return _OF[facts.state](facts, on)


def _draft(facts: TenderFacts, on: date) -> Step:
    if facts.approval_asked:
        return Step.APPROVE
    return Step.ASK_APPROVAL if facts.complete else Step.COMPLETE_DRAFT


def _published(facts: TenderFacts, on: date) -> Step:
    if facts.kind == DIRECT_AWARD:
        return Step.CLOSE if facts.bids else Step.ENTER_PAPERS
    waits = facts.bids_due_on is not None and on <= facts.bids_due_on
    return Step.WAIT_FOR_BIDS if waits else Step.CLOSE


def _stage1(facts: TenderFacts, on: date) -> Step:
    if facts.waiting:
        return Step.DECIDE_STAGE1
    if not facts.passed:
        return Step.ABANDON
    return Step.EVALUATE if facts.scored else Step.RECOMMEND


def _award(facts: TenderFacts, on: date) -> Step:
    award = facts.award
    if award is None:
        return Step.RECOMMEND
    if not award.approved:
        return Step.APPROVE_AWARD
    if award.awarded:
        return Step.SEND_LETTERS if award.unsent else Step.PUBLISH_DETAILS
    if award.standstill_until is not None:
        return Step.WAIT_STANDSTILL if on <= award.standstill_until else Step.AWARD
    if award.unsent:
        return Step.SEND_LETTERS
    return Step.AWARD if award.notice_on else Step.PUBLISH_NOTICE


def _ready(facts: TenderFacts, on: date) -> Step | None:
    if facts.award is not None and facts.award.unsent:
        return Step.SEND_LETTERS
    # What makes the service ready is the plan's (contracts.due_of_plans).
    return None


_OF: Mapping[str, Callable[[TenderFacts, date], Step | None]] = {
    "draft": _draft,
    "approved": lambda facts, on: Step.PUBLISH,
    "published": _published,
    "closed": lambda facts, on: Step.BEGIN_STAGE1 if facts.bids else Step.ENTER_BIDS,
    "stage1": _stage1,
    "evaluation": lambda facts, on: Step.OPEN_SCORES if facts.may_open else Step.SCORE,
    "moderation": lambda facts, on: Step.MODERATE if facts.unagreed else Step.CLOSE_MODERATION,
    "recommendation": _award,
    "standstill": _award,
    "awarded": _award,
    "contract_details": _ready,
    "implementation": _ready,
    "abandoned": lambda facts, on: None,
}
