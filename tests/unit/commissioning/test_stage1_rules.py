"""What may be decided on a criterion of stage 1, and when a bid passes."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest

from plumbline.commissioning.rules import stage1
from plumbline.commissioning.rules.stage1 import Clarification, Failed, LawChanged
from plumbline.kernel.errors import RuleBroken
from tests.refusals import code_of

TODAY = date(2016, 7, 31)
YESTERDAY, TOMORROW = date(2016, 7, 30), date(2016, 8, 1)
CRITERIA = {"policy": "Safeguarding policy", "dbs": "DBS checks"}
CHECKED = {"mandatory": "none", "discretionary": "none", "debarment": "none"}


def refused(**said) -> str:
    """The code with which a decision is refused; "" where it is not."""
    given = {"reason": "", "evidence_required": False, "has_evidence": False, "clarification": None, "on": TODAY}
    try:
        stage1.check_decision(**{**given, **said})
    except RuleBroken as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"decision": "pass"}, ""),
        ({"decision": "fail"}, "missing_reason"),
        ({"decision": "fail", "reason": " "}, "missing_reason"),
        ({"decision": "fail", "reason": "No named lead."}, ""),
        ({"decision": "not_applicable"}, "missing_reason"),
        ({"decision": "clarification", "reason": "What?"}, "unknown_code"),
    ],
)
def test_a_fail_and_a_does_not_apply_need_a_reason(said, code) -> None:
    assert refused(**said) == code


@pytest.mark.parametrize(
    ("clarification", "code"),
    [
        (None, "clarification_first"),
        (Clarification(TOMORROW, answered=False), "clarification_open"),
        (Clarification(TODAY, answered=False), "clarification_open"),
        (Clarification(YESTERDAY, answered=False), ""),
        (Clarification(TOMORROW, answered=True), ""),
    ],
)
def test_a_missing_paper_fails_nobody_before_it_was_asked_for_in_vain(clarification, code) -> None:
    said = {"decision": "fail", "reason": "No policy.", "evidence_required": True, "clarification": clarification}
    assert refused(**said) == code


IN_FORCE = LawChanged("Keeping children safe", date(2016, 6, 1))


@pytest.mark.parametrize(
    ("reviewed_on", "law", "code"),
    [
        (None, None, "missing_review_day"),
        (TOMORROW, None, "future_date"),
        (date(2000, 1, 1), None, ""),
        (date(2016, 5, 31), IN_FORCE, "reviewed_before_law_change"),
        (date(2016, 6, 1), IN_FORCE, ""),
        (TODAY, IN_FORCE, ""),
        (YESTERDAY, LawChanged("In force today", TODAY), "reviewed_before_law_change"),
        (TODAY, LawChanged("In force tomorrow", TOMORROW), ""),
    ],
)
def test_a_policy_passes_as_reviewed_since_the_law_last_changed(reviewed_on, law, code) -> None:
    with pytest.raises(RuleBroken) if code else nullcontext() as refusal:
        stage1.check_review(reviewed_on=reviewed_on, laws=[law] if law else [], on=TODAY)
    assert (refusal.value.code if refusal else "") == code


def test_a_paper_that_is_there_may_fail_at_once() -> None:
    assert refused(decision="fail", reason="Of 2009.", evidence_required=True, has_evidence=True) == ""


def test_a_pass_without_its_paper_says_where_it_was_seen() -> None:
    assert refused(decision="pass", evidence_required=True) == "missing_evidence"


def test_a_pass_without_its_paper_stands_with_a_reason() -> None:
    assert refused(decision="pass", evidence_required=True, reason="Seen on the platform.") == ""


def test_a_bid_with_a_failed_criterion_never_passes() -> None:
    with pytest.raises(RuleBroken, match="failed Safeguarding policy"):
        stage1.check_passes(criteria=CRITERIA, decisions={"policy": "fail", "dbs": "pass"}, results=CHECKED)


def test_a_bid_passes_only_when_every_criterion_is_decided() -> None:
    with pytest.raises(RuleBroken, match="Not decided yet: DBS checks"):
        stage1.check_passes(criteria=CRITERIA, decisions={"policy": "pass"}, results=CHECKED)


@pytest.mark.parametrize("ground", list(CHECKED))
def test_a_bid_passes_only_when_each_ground_was_checked(ground) -> None:
    results = {each: "none" for each in CHECKED if each != ground}
    with pytest.raises(RuleBroken, match="Not checked yet"):
        stage1.check_passes(criteria=CRITERIA, decisions=dict.fromkeys(CRITERIA, "pass"), results=results)


def test_an_excluded_supplier_passes_nowhere() -> None:
    with pytest.raises(RuleBroken, match="excluded"):
        stage1.check_passes(
            criteria=CRITERIA, decisions=dict.fromkeys(CRITERIA, "pass"), results={**CHECKED, "mandatory": "excluded"}
        )


def test_a_bid_passes_with_everything_decided_and_checked() -> None:
    decisions = {"policy": "pass", "dbs": "not_applicable"}
    assert stage1.check_passes(criteria=CRITERIA, decisions=decisions, results=CHECKED) is None


@pytest.mark.parametrize("ground", ["mandatory", "debarment"])
def test_a_mandatory_ground_excludes_unless_cleaned(ground) -> None:
    with pytest.raises(RuleBroken, match="excluded unless"):
        stage1.check_exclusion(ground=ground, result="allowed", note="A long time ago.")


def test_what_was_found_is_said() -> None:
    with pytest.raises(RuleBroken, match="what was found"):
        stage1.check_exclusion(ground="discretionary", result="self_cleaned", note="")


def test_a_bidder_has_at_least_until_tomorrow_to_answer() -> None:
    with pytest.raises(RuleBroken, match="until tomorrow"):
        stage1.check_clarification(asked="Please send it.", due_on=TODAY, on=TODAY)


def test_the_letter_names_each_criterion_failed_with_its_reason() -> None:
    letter = stage1.letter(
        why="stage1",
        council="Fenmarsh",
        supplier="Ash Ltd",
        title="Respite",
        reference="T1",
        commissioner="Farah",
        failed=[Failed("DBS checks", "Not at the right level."), Failed("Safeguarding policy", "None.")],
    )
    assert "1. DBS checks\n   Not at the right level.\n2. Safeguarding policy\n   None." in letter


@pytest.mark.parametrize(
    ("asked", "in_days", "code"),
    [(" ", 7, "missing_question"), ("Which lead?", 0, "due_in_the_past"), ("Which?", 1, "")],
)
def test_a_clarification_asks_something_and_leaves_a_day_to_answer(asked: str, in_days: int, code: str) -> None:
    on = date(2016, 7, 31)
    assert code_of(stage1.check_clarification, asked=asked, due_on=on + timedelta(in_days), on=on) == code


@pytest.mark.parametrize(
    ("begun", "entered", "asked_since", "code"),
    [
        (False, True, True, ""),
        (True, True, False, "answers_stand"),
        (True, False, True, "answers_stand"),
        (True, False, False, ""),
    ],
)
def test_a_scored_answer_stands_once_stage_1_has_begun(begun, entered, asked_since, code) -> None:
    assert code_of(stage1.check_answer_open, begun=begun, entered=entered, asked_since=asked_since) == code


@pytest.mark.parametrize(
    ("ground", "result", "note", "code"),
    [
        ("mandatory", "none", "", ""),
        ("mandatory", "excluded", " ", "missing_note"),
        ("mandatory", "excluded", "A conviction.", ""),
        ("mandatory", "allowed", "It is years ago.", "must_be_excluded"),
        ("debarment", "allowed", "It is years ago.", "must_be_excluded"),
        ("discretionary", "allowed", "It is years ago.", ""),
        ("discretionary", "allowed", " ", "missing_note"),
    ],
)
def test_what_is_found_is_explained_and_only_a_discretionary_ground_is_overlooked(ground, result, note, code) -> None:
    assert code_of(stage1.check_exclusion, ground=ground, result=result, note=note) == code


def test_a_bid_fails_by_a_criterion_that_it_failed() -> None:
    assert code_of(stage1.check_fails, []) == "nothing_failed"
    failed = [Failed("Policy", "None was given."), Failed("DBS checks", "Two are missing")]
    assert code_of(stage1.check_fails, failed) == ""
    assert stage1.why_stopped(failed) == "Policy: None was given; DBS checks: Two are missing."
