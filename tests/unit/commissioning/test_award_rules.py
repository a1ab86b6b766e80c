"""How many bids are recommended together, and what the letters to bidders say of one winner and of several."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from plumbline.commissioning.rules import award, ocds
from plumbline.commissioning.rules.award import Criterion, Outcome, Winner
from plumbline.kernel.errors import RuleBroken
from tests.refusals import code_of


def why_not(kind: str, bids: int) -> str:
    """Why so many bids are not recommended together; "" where they are."""
    try:
        award.check_how_many(kind=kind, bids=bids)
    except RuleBroken as refusal:
        return refusal.reason
    return ""


@pytest.mark.parametrize("kind", ["competition", "framework", "direct_award", "call_off"])
def test_one_bid_is_recommended_for_a_tender_of_any_kind(kind: str) -> None:
    assert (why_not(kind, 1), why_not(kind, 0)) == ("", "Choose the bid that is recommended.")


def test_several_bids_are_recommended_for_a_framework() -> None:
    assert why_not("framework", 3) == ""


@pytest.mark.parametrize("kind", ["competition", "direct_award", "call_off"])
def test_several_bids_are_refused_for_any_other_tender(kind: str) -> None:
    assert why_not(kind, 2) == "Only a framework is awarded to several suppliers: recommend one bid."


ALDER = Winner("Alder", "87.00", ("“Care”: it scored 5, yours 3, of 5.",))
BIRCH = Winner("Birch", "80.00")


def letter(*winners: Winner, won: bool = False, standstill_days: int = 0) -> str:
    outcome = Outcome("Cedar", won, 3, "67.00", "", (), "", winners, 3)
    return award.letter(
        outcome,
        council="Fenmarsh",
        title="Care",
        reference="T-1",
        commissioner="Farah Quill",
        standstill_days=standstill_days,
    )


@pytest.mark.parametrize(
    ("winners", "days", "said"),
    [
        ((ALDER,), 0, "We are pleased to award the contract to you."),
        ((ALDER,), 8, "We intend to award the contract to you."),
        ((ALDER, BIRCH), 0, "We are pleased to award one of 2 contracts to you."),
        ((ALDER, BIRCH), 8, "We intend to award one of 2 contracts to you."),
    ],
)
def test_a_winner_is_told_what_is_awarded(winners: tuple[Winner, ...], days: int, said: str) -> None:
    text = letter(*winners, won=True, standstill_days=days)
    assert (said in text, "successful bidder" in text) == (True, False)


@pytest.mark.parametrize(
    ("winners", "said"),
    [
        ((ALDER,), "The successful bidder is Alder (87.00 points)."),
        ((ALDER, BIRCH), "The successful bidders are Alder (87.00 points) and Birch (80.00 points)."),
    ],
)
def test_another_bidder_is_told_who_won(winners: tuple[Winner, ...], said: str) -> None:
    assert said in letter(*winners)


def test_only_a_winner_that_was_better_somewhere_has_its_advantages_named() -> None:
    text = letter(ALDER, BIRCH)
    assert "Where the bid of Alder was better than yours:\n\n- “Care”: it scored 5, yours 3, of 5." in text
    assert "Where the bid of Birch" not in text


# Whether a bid may be recommended, and the days on which what follows may be

DAY = date(2016, 7, 20)
BEFORE, AFTER = DAY - timedelta(1), DAY + timedelta(1)
TODAY = date(2016, 7, 31)


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ({}, "exclusion_not_checked"),
        ({"fraud": "clear"}, "exclusion_not_checked"),
        ({"fraud": "excluded"}, "exclusion_not_checked"),
        ({"fraud": "excluded", "tax": "clear"}, "excluded"),
        ({"fraud": "clear", "tax": "excluded"}, "excluded"),
        ({"fraud": "clear", "tax": "clear"}, ""),
    ],
)
def test_every_ground_is_looked_at_and_none_excludes(results: dict[str, str], code: str) -> None:
    grounds = {"fraud": "Fraud", "tax": "Unpaid tax"}
    assert code_of(award.check_grounds, supplier="Alder", results=results, grounds=grounds) == code


@pytest.mark.parametrize(
    ("kind", "because", "standing", "code"),
    [
        ("competition", "Urgent.", 1, "needs_scores"),
        ("framework", "Urgent.", 1, "needs_scores"),
        ("direct_award", " ", 1, "missing_direct_reason"),
        ("direct_award", "Urgent.", 1, ""),
        ("call_off", "", 1, ""),
        ("call_off", "", 0, "not_one_supplier"),
        ("call_off", "", 2, "not_one_supplier"),
    ],
)
def test_without_scores_one_supplier_is_awarded_a_direct_award_or_a_call_off(kind, because, standing, code) -> None:
    assert code_of(award.check_direct, kind=kind, because=because, standing=standing) == code


@pytest.mark.parametrize(("has_place", "code"), [(True, ""), (False, "not_on_framework")])
def test_a_call_off_goes_to_a_supplier_with_a_place_on_the_framework(has_place: bool, code: str) -> None:
    given = {"supplier": "Alder", "has_place": has_place, "awarded_to": ["Birch"]}
    assert code_of(award.check_on_framework, **given) == code


@pytest.mark.parametrize(("approver", "code"), [(1, "own_recommendation"), (2, ""), (None, "")])
def test_nobody_approves_their_own_recommendation(approver: int | None, code: str) -> None:
    assert code_of(award.check_approver, recommended_by=1, approver=approver) == code


@pytest.mark.parametrize(
    ("approved_on", "stopped_on", "sent_on", "code"),
    [
        (DAY, None, BEFORE, "bad_date"),
        (DAY, None, DAY, ""),
        (None, DAY, BEFORE, "bad_date"),
        (None, DAY, DAY, ""),
        (AFTER, DAY, DAY, "bad_date"),
        (None, None, BEFORE, ""),
        (DAY, None, TODAY, ""),
        (DAY, None, TODAY + timedelta(1), "future_date"),
    ],
)
def test_a_letter_goes_out_from_the_day_of_what_it_tells_until_today(approved_on, stopped_on, sent_on, code) -> None:
    given = {"approved_on": approved_on, "stopped_on": stopped_on, "sent_on": sent_on, "on": TODAY}
    assert code_of(award.check_sent, **given) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"approved_on": None}, "not_approved"),
        ({"unsent": ["Cedar"]}, "letters_not_sent"),
        ({"notice_on": TODAY}, ""),
        ({"notice_on": TODAY + timedelta(1)}, "future_date"),
        ({"notice_on": BEFORE}, "before_approval"),
        ({"last_sent_on": AFTER}, "before_letters"),
        ({"last_sent_on": AFTER, "notice_on": AFTER}, ""),
        ({"last_sent_on": None}, ""),
    ],
)
def test_the_notice_follows_the_approval_and_every_letter(change: dict[str, object], code: str) -> None:
    given = {"approved_on": DAY, "last_sent_on": DAY, "unsent": [], "notice_on": DAY, "on": TODAY}
    assert code_of(award.check_notice, **{**given, **change}) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "in_standstill"),
        ({"awarded_on": AFTER + timedelta(1)}, ""),
        ({"approved_on": None}, "not_approved"),
        ({"awarded_on": BEFORE}, "before_approval"),
        ({"standstill_until": None}, "notice_first"),
        ({"standstill_until": None, "standstill_days": 0}, ""),
        ({"standstill_until": None, "standstill_days": 0, "notice_on": None}, ""),
        ({"standstill_until": None, "standstill_days": 0, "notice_on": AFTER}, ""),
        ({"standstill_until": None, "standstill_days": 0, "notice_on": AFTER, "awarded_on": DAY}, "before_approval"),
        ({"standstill_until": None, "standstill_days": 0, "notice_on": BEFORE, "awarded_on": BEFORE},
         "before_approval"),
    ],
)  # fmt: skip
def test_the_contract_is_awarded_on_the_day_after_the_standstill(change: dict[str, object], code: str) -> None:
    given = {
        "approved_on": DAY, "notice_on": DAY, "standstill_days": 8, "standstill_until": AFTER, "awarded_on": AFTER,
    }  # fmt: skip
    assert code_of(award.check_award, **{**given, **change}) == code


def test_the_standstill_begins_with_the_notice_and_leaves_out_weekends_and_holidays() -> None:
    wednesday = date(2016, 8, 24)
    assert award.standstill_ends(wednesday, 3, {date(2016, 8, 29)}) == date(2016, 8, 26)
    assert award.standstill_ends(wednesday, 4, {date(2016, 8, 29)}) == date(2016, 8, 30)
    assert award.standstill_ends(date(2016, 8, 27), 1, {date(2016, 8, 29)}) == date(2016, 8, 30)


def test_a_letter_to_who_lost_says_how_it_was_scored_and_one_to_who_was_stopped_says_why() -> None:
    criterion = Criterion("Care", "3", "5", "60.00", "100", "It names no lead.")
    lost = Outcome("Cedar", False, 3, "67.00", "", (criterion,), "Quality counts all.", (ALDER, BIRCH), 3, "A tie.")
    words = {"council": "F", "title": "Care", "reference": "T-1", "commissioner": "Farah Quill", "standstill_days": 0}
    text = award.letter(lost, **words)
    assert "67.00 points of 100 and rank 3 of 3. Quality counts all." in text
    assert "- Care: 3 of 5 (60.00 of 100 points). It names no lead." in text
    assert "A tie." in text
    assert "It was not successful" in text
    stopped = award.letter(replace(lost, stopped_because="No policy.", rank=None), **words)
    assert "disqualified: No policy." in stopped
    assert ("rank" in stopped, "It was not successful" in stopped) == (False, False)
    bare = award.letter(replace(lost, criteria=(replace(criterion, because=""),), made_of="", tie=""), **words)
    assert "(60.00 of 100 points).\n" in bare


def test_a_tender_is_published_under_the_councils_prefix_and_its_reference() -> None:
    assert ocds.ocid_of("T-1", prefix="ocds-abc123") == "ocds-abc123-T-1"
