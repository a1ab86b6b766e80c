"""What a tender must have before it goes out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from plumbline.commissioning.rules import tender
from plumbline.commissioning.rules.tender import Details
from plumbline.kernel.errors import RuleBroken
from plumbline.toolkits.content import AnswerKind, Content, Criterion, Section
from tests.refusals import code_of

TODAY = date(2016, 7, 31)
READY = Details(
    title="Respite care",
    service="Respite",
    stage1_id=1,
    questions_id=2,
    bids_due_on=date(2016, 9, 1),
    implementation_from=date(2016, 11, 1),
    service_starts_on=date(2017, 1, 1),
    service_ends_on=date(2020, 1, 1),
)


def criterion(key: str, *, answer: str = "score_0_5", weight: str | None = None, safeguarding: bool = False):
    return Criterion(
        key=key,
        title=key,
        guidance="",
        answer=AnswerKind(answer),
        options=(),
        evidence="none",
        weight=None if weight is None else Decimal(weight),
        minimum=None,
        critical=False,
        safeguarding=safeguarding,
        fact="",
        due_days=None,
    )


def asks(*criteria: Criterion, purpose: str = "tender_questions") -> Content:
    return Content("q", "Questions", purpose, "", (), (Section("s", "S", "", tuple(criteria)),))


def test_a_whole_tender_is_ready() -> None:
    assert tender.not_ready(READY, on=TODAY) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stage1_id": None}, "Nothing goes out without stage 1"),
        ({"questions_id": None}, "Choose the scored questions"),
        ({"kind": "direct_award"}, "awarded directly"),
        ({"kind": "call_off"}, "which framework"),
        ({"bids_due_on": None}, "by which day bids"),
        ({"bids_due_on": TODAY}, "must lie ahead"),
        ({"implementation_from": None}, "needs an implementation period"),
        ({"implementation_from": date(2017, 1, 1)}, "before the service starts"),
        ({"implementation_from": date(2016, 9, 1)}, "after the last day for bids"),
        ({"service_starts_on": None}, "when the service starts"),
        ({"service_ends_on": date(2017, 1, 1)}, "ends after it starts"),
        ({"light_touch": False, "standstill_days": 7}, "at least 8 working days"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(change, words) -> None:
    assert [words in reason for reason in tender.not_ready(replace(READY, **change), on=TODAY)] == [True]


def test_a_direct_award_needs_no_questions_and_no_day_for_bids() -> None:
    direct = replace(
        READY, kind="direct_award", direct_award_reason="One provider.", questions_id=None, bids_due_on=None
    )
    assert tender.not_ready(direct, on=TODAY) == []


def test_questions_whose_weights_add_to_99_cannot_be_chosen() -> None:
    with pytest.raises(RuleBroken, match="add to 99, not to 100"):
        tender.check_questions(asks(criterion("a", weight="59.5"), criterion("b", weight="39.5")))


def test_weights_are_added_exactly() -> None:
    thirds = [criterion(str(n), weight=w) for n, w in enumerate(("33.33", "33.33", "33.34"))]
    assert tender.check_questions(asks(*thirds)) is None


def test_a_toolkit_of_grades_is_no_stage_1() -> None:
    with pytest.raises(RuleBroken, match="no stage 1"):
        tender.check_stage1(
            asks(criterion("a", answer="pass_fail"), criterion("b", answer="four_grades"), purpose="tender_stage1")
        )


def test_an_audit_of_cases_is_no_stage_1_though_it_is_passed_or_failed() -> None:
    with pytest.raises(RuleBroken, match="no stage 1"):
        tender.check_stage1(asks(criterion("a", answer="pass_fail"), purpose="case_audit"))


def test_a_safeguarding_question_without_weight_is_not_scored() -> None:
    assert not tender.asks_safeguarding(asks(criterion("a", safeguarding=True), criterion("b", weight="100")))


def test_a_weighted_safeguarding_question_is_scored() -> None:
    assert tender.asks_safeguarding(asks(criterion("a", weight="100", safeguarding=True)))


def test_nobody_approves_their_own_draft_without_a_reason() -> None:
    with pytest.raises(RuleBroken, match="Someone else approves"):
        tender.check_approver(drafted_by=(7, None), approver=7, because=" ")


def test_a_draft_of_ones_own_is_approved_with_a_reason() -> None:
    assert tender.check_approver(drafted_by=(7, None), approver=7, because="Nobody else is here.") is None


def test_a_bid_on_the_last_day_is_in_time() -> None:
    assert not tender.is_late(kind="competition", received_on=date(2016, 9, 1), bids_due_on=date(2016, 9, 1))


def test_a_bid_the_day_after_is_late() -> None:
    assert tender.is_late(kind="competition", received_on=date(2016, 9, 2), bids_due_on=date(2016, 9, 1))


def test_a_tender_is_not_closed_on_the_last_day_for_bids() -> None:
    with pytest.raises(RuleBroken, match="until the end of 1 September 2016"):
        tender.check_closing(kind="competition", bids_due_on=date(2016, 9, 1), on=date(2016, 9, 1))


@pytest.mark.parametrize(
    ("due", "said"),
    [(date(2016, 8, 1), "1 day"), (date(2016, 8, 9), "9 days"), (date(2016, 8, 10), ""), (TODAY, ""), (None, "")],
)
def test_few_days_for_bids_hold_up_nothing_and_are_said(due, said) -> None:
    found = tender.warnings(replace(READY, bids_due_on=due), on=TODAY)
    assert bool(found) == bool(said)
    assert not found or f"bidders would have {said}." in found[0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"title": " "}, "missing_title"),
        ({"service": " "}, "missing_service"),
        ({"quality_share": Decimal(0)}, ""),
        ({"quality_share": Decimal("-0.1")}, "bad_share"),
        ({"quality_share": Decimal("100.1")}, "bad_share"),
        ({"standstill_days": -1}, "bad_standstill"),
        ({"reason_beyond": Decimal("-0.5")}, "bad_distance"),
        ({"value": Decimal(0)}, ""),
        ({"value": Decimal("-0.01")}, "bad_value"),
    ],
)
def test_what_not_even_a_draft_may_say(change, code: str) -> None:
    assert code_of(tender.check_draft, replace(READY, **change)) == code


def test_a_tender_that_lacks_something_does_not_go_out() -> None:
    assert code_of(tender.check_ready, READY, on=TODAY) == ""
    assert code_of(tender.check_ready, replace(READY, stage1_id=None), on=TODAY) == "not_ready"


def test_a_stage_1_is_criteria_that_are_passed_or_failed() -> None:
    passed = criterion("a", answer="pass_fail")
    assert code_of(tender.check_stage1, asks(passed, purpose="tender_stage1")) == ""
    assert code_of(tender.check_stage1, asks(purpose="tender_stage1")) == "not_a_stage1"


def test_questions_are_made_to_be_questions_of_a_tender() -> None:
    assert code_of(tender.check_questions, asks(criterion("a", weight="100"), purpose="case_audit")) == "not_questions"


@pytest.mark.parametrize(
    ("kind", "due", "code"),
    [
        ("competition", date(2016, 7, 30), ""),
        ("competition", TODAY, "still_open"),
        ("competition", None, ""),
        ("direct_award", TODAY, ""),
    ],
)
def test_a_tender_is_closed_after_the_last_day_for_bids(kind: str, due: date | None, code: str) -> None:
    assert code_of(tender.check_closing, kind=kind, bids_due_on=due, on=TODAY) == code


def test_a_direct_award_is_never_late() -> None:
    late = {"received_on": date(2016, 9, 2), "bids_due_on": date(2016, 9, 1)}
    assert not tender.is_late(kind="direct_award", **late)
    assert not tender.is_late(kind="competition", received_on=date(2016, 9, 2), bids_due_on=None)


def test_two_bids_of_one_supplier_and_an_undecided_conflict_hold_up_what_follows() -> None:
    assert code_of(tender.check_one_bid_each, [("Alder", "Alder Care")]) == "one_supplier_two_bids"
    assert code_of(tender.check_one_bid_each, []) == ""
    assert code_of(tender.check_conflicts, ["Ada Ash"]) == "conflict_undecided"
    assert code_of(tender.check_conflicts, []) == ""
