"""The library that comes with the product: every file passes, and asks what it must."""

from decimal import Decimal

import pytest

from plumbline.kernel.errors import RuleBroken
from plumbline.toolkits import content, library
from plumbline.toolkits.content import AnswerKind

KEYS = {
    "business_information", "quality_questions", "implementation_plan", "joint_evaluation", "contract_assurance",
    "site_visit", "section11", "section11_2007", "safeguarding_standards", "tac_quality_audit", "tac_closure_audit",
    "survey_staff", "survey_partners", "survey_schools", "survey_families", "survey_children",
}  # fmt: skip
SIX = {
    f"policy.{name}"
    for name in (
        "safer_recruitment",
        "safeguarding",
        "dbs",
        "whistleblowing",
        "complaints",
        "anti_bullying",
    )
}
SHIPPED = {shipped.key: content.read(shipped.content) for shipped in library.read()}


def test_every_toolkit_that_is_promised_is_there():
    assert set(SHIPPED) == KEYS


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_shipped_toolkit_says_what_it_rests_on(key):
    assert SHIPPED[key].sources


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_shipped_toolkit_says_what_it_is_for(key):
    said = SHIPPED[key].introduction
    assert said.rstrip().endswith(".")
    assert len({*said.split()}) > 15
    assert sum(said == other.introduction for other in SHIPPED.values()) == 1


def judged(toolkit):
    counts = {AnswerKind.PASS_FAIL, AnswerKind.SCORE_0_5, AnswerKind.FOUR_GRADES, AnswerKind.RAG, AnswerKind.MET}
    return [one for one in toolkit.criteria if one.answer in counts]


@pytest.mark.parametrize("key", sorted(key for key in KEYS if judged(SHIPPED[key])))
def test_whatever_is_judged_says_what_good_looks_like(key):
    assert [one.key for one in judged(SHIPPED[key]) if len(one.guidance) < 60] == []


@pytest.mark.parametrize("key", ["business_information", "contract_assurance", "safeguarding_standards"])
def test_the_six_policies_are_asked_by_their_facts(key):
    assert {one.fact for one in SHIPPED[key].criteria} >= SIX


def test_one_answer_on_a_policy_serves_both_of_a_providers_toolkits():
    kinds = {
        (one.fact, one.answer)
        for key in ("contract_assurance", "safeguarding_standards", "section11")
        for one in SHIPPED[key].criteria
        if one.fact in SIX
    }
    assert kinds == {(fact, AnswerKind.YES_NO) for fact in SIX}


def test_stage_1_is_passed_or_failed_and_never_weighed():
    assert {(one.answer, one.weight) for one in SHIPPED["business_information"].criteria} == {
        (AnswerKind.PASS_FAIL, None)
    }


def test_the_scored_questions_have_a_safeguarding_question_that_can_disqualify():
    one = SHIPPED["quality_questions"].criterion("safeguarding")
    assert (one.answer, one.minimum, one.safeguarding) == (AnswerKind.SCORE_0_5, Decimal(3), True)


def test_the_plan_has_its_22_items():
    assert len(SHIPPED["implementation_plan"].criteria) == 22


def test_the_safeguarding_critical_items_of_the_plan_are_marked():
    criteria = SHIPPED["implementation_plan"].criteria
    assert [number for number, one in enumerate(criteria, start=1) if one.critical] == [3, 4, 5, 8, 10, 12]


def test_every_item_of_the_plan_is_due_before_the_service_starts():
    assert all(one.due_days is not None and one.due_days < 0 for one in SHIPPED["implementation_plan"].criteria)


def test_a_visit_judges_the_five_areas():
    met = [one.key for one in SHIPPED["site_visit"].criteria if one.answer == AnswerKind.MET]
    assert met == ["safer_recruitment", "induction", "supervision", "appraisal", "training"]


def test_the_earlier_section_11_has_its_eight_standards():
    assert len([s for s in SHIPPED["section11_2007"].sections if s.title[0].isdigit()]) == 8


def test_the_voluntary_standards_are_six():
    assert len([s for s in SHIPPED["safeguarding_standards"].sections if s.title[0].isdigit()]) == 6


@pytest.mark.parametrize("key", ["section11", "section11_2007", "safeguarding_standards"])
def test_an_assessment_asks_for_its_action_plan(key):
    one = SHIPPED[key].criterion("action_plan")
    assert (one.answer, one.evidence) == (AnswerKind.DOCUMENT, "required")


@pytest.mark.parametrize("key", ["tac_quality_audit", "tac_closure_audit"])
def test_an_audit_has_an_overall_grade_of_its_own(key):
    assert SHIPPED[key].criterion("overall").answer == AnswerKind.FOUR_GRADES


def test_a_file_that_does_not_pass_stops_the_loading_with_file_line_and_field(tmp_path):
    (tmp_path / "broken.yaml").write_text("key: broken\ntitle: T\npurpose: fun\nsections: []\n")
    with pytest.raises(RuleBroken, match=r"broken\.yaml, line 3, purpose"):
        library.read(tmp_path)


def test_a_file_named_otherwise_than_its_key_is_refused(tmp_path):
    one = "{key: s, title: S, criteria: [{key: c, title: C, answer: text}]}"
    text = f"key: one\ntitle: T\npurpose: visit\nsections: [{one}]\n"
    (tmp_path / "two.yaml").write_text(text)
    with pytest.raises(RuleBroken, match="must be named so"):
        library.read(tmp_path)
