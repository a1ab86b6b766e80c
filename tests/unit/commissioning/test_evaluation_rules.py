"""Who may score and see the bids, when scores are opened to each other, and what a moderation must say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from plumbline.commissioning.rules import evaluation as rules
from plumbline.commissioning.rules.evaluation import CONFLICT, NONE, NOT_YET, Scorer
from tests.refusals import code_of

FAR = ["Ada Ash scored 1."]
NOON = datetime(2016, 7, 4, 12, tzinfo=UTC)
TODAY = date(2016, 7, 31)
ASH = Scorer("Ada Ash", declared=NONE, declared_at=NOON, locked=True)
ELM = replace(ASH, name="Eve Elm")
QUESTIONS = {"care": "Care", "staff": "Staff"}


@pytest.mark.parametrize(
    ("change", "entered", "said"),
    [
        ({}, [NOON], ""),
        ({}, [], ""),
        ({"excluded": True}, [], "You do not evaluate this tender."),
        ({"declared": NOT_YET}, [], "Declare first"),
        ({"declared_at": None}, [], "Declare first"),
        ({}, [NOON - timedelta(days=1), NOON + timedelta(seconds=1)], "A bidder was added after your declaration."),
        ({"declared": CONFLICT}, [], "The lead commissioner decides on the conflict"),
        ({"declared": CONFLICT, "decided": True}, [], ""),
        ({"declared": CONFLICT, "decided": True, "excluded": True}, [], "You do not evaluate this tender."),
    ],
)
def test_an_evaluator_sees_bids_once_they_have_declared_of_every_bidder(change, entered, said) -> None:
    found = rules.why_not_yet(replace(ASH, **change), entered)
    assert found.startswith(said)
    assert bool(found) == bool(said)


@pytest.mark.parametrize(
    ("declared", "bidder_since", "has_conflict", "code"),
    [
        (NOT_YET, False, False, ""),
        (NONE, False, False, "already_declared"),
        (NONE, False, None, "already_declared"),
        (NONE, True, False, ""),
        (NONE, False, True, ""),
        (CONFLICT, False, True, "already_declared"),
        (CONFLICT, True, True, ""),
    ],
)
def test_a_declaration_is_made_once_and_again_for_a_new_bidder_or_a_conflict(
    declared, bidder_since, has_conflict, code
) -> None:
    given = {"declared": declared, "bidder_since": bidder_since, "has_conflict": has_conflict}
    assert code_of(rules.check_declared_again, **given) == code


@pytest.mark.parametrize(
    ("has_conflict", "conflict", "code"),
    [
        (None, "", "not_declared"),
        (True, " ", "missing_conflict"),
        (True, "My brother works there.", ""),
        (False, "My brother works there.", "conflict_unclear"),
        (False, " ", ""),
    ],
)
def test_a_declaration_says_plainly_whether_there_is_a_conflict_and_which(has_conflict, conflict, code) -> None:
    assert code_of(rules.check_declaration, has_conflict=has_conflict, conflict=conflict) == code


def test_a_question_is_covered_by_who_scores_all_or_it_and_was_not_excluded() -> None:
    only_care = replace(ASH, questions=("care",))
    assert rules.not_covered([ASH], QUESTIONS) == []
    assert rules.not_covered([only_care], QUESTIONS) == ["Staff"]
    assert rules.not_covered([only_care, replace(ELM, excluded=True)], QUESTIONS) == ["Staff"]
    assert rules.not_covered([], QUESTIONS) == ["Care", "Staff"]


@pytest.mark.parametrize(
    ("scorers", "said"),
    [
        ([ASH, ELM], []),
        ([], ["Nobody evaluates this tender."]),
        ([replace(ASH, excluded=True)], ["Nobody evaluates this tender."]),
        ([ASH, replace(ELM, locked=False)], ["Eve Elm has not locked their scores yet."]),
        (
            [replace(ASH, locked=False), replace(ELM, locked=False)],
            ["Ada Ash, Eve Elm have not locked their scores yet."],
        ),
        ([ASH, replace(ELM, locked=False, excluded=True)], []),
        ([replace(ASH, questions=("staff",))], ["Nobody scored “Care”."]),
        (
            [ASH, replace(ELM, declared=CONFLICT)],
            ["Decide first on the conflict of interest that Eve Elm declared."],
        ),
        ([ASH, replace(ELM, declared=CONFLICT, decided=True)], []),
        ([ASH, replace(ELM, declared=CONFLICT, excluded=True)], []),
    ],
)
def test_scores_are_opened_when_all_who_count_have_locked_every_question_is_scored_and_conflicts_are_decided(
    scorers, said
) -> None:
    assert rules.why_moderation_waits(scorers, QUESTIONS) == said


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"chair": " "}, "missing_chair"),
        ({"attendees": " "}, "missing_attendees"),
        ({"held_on": TODAY + timedelta(1)}, "future_date"),
        ({"held_on": TODAY - timedelta(1)}, ""),
    ],
)
def test_a_meeting_has_a_chair_and_those_present_and_was_held(change, code) -> None:
    held = {"held_on": TODAY, "chair": "M. Oyelaran", "attendees": "Ada Ash", "on": TODAY}
    assert code_of(rules.check_meeting, **{**held, **change}) == code


@pytest.mark.parametrize(
    ("discussion", "reason", "why_needed", "code"),
    [
        (" ", "Because.", [], "missing_discussion"),
        ("We talked.", " ", FAR, "missing_reason"),
        ("We talked.", "", [], ""),
        ("We talked.", "Because.", FAR, ""),
    ],
)
def test_an_agreed_score_is_explained(discussion: str, reason: str, why_needed: list[str], code: str) -> None:
    given = {"discussion": discussion, "reason": reason, "why_needed": why_needed}
    assert code_of(rules.check_agreed, **given) == code


def test_a_score_without_its_reason_is_refused() -> None:
    assert code_of(rules.check_comment, "It answers the question.") == ""
    assert code_of(rules.check_comment, " ") == "missing_comment"


def test_who_acts_for_a_bidder_does_not_evaluate() -> None:
    assert code_of(rules.check_own_side, is_bidders=True) == "acts_for_bidder"
    assert code_of(rules.check_own_side, is_bidders=False) == ""
