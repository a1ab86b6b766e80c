"""How many bids are recommended together, and what the letters to bidders say of one winner and of several."""

import pytest

from plumbline.commissioning.rules import award
from plumbline.commissioning.rules.award import Outcome, Winner
from plumbline.kernel.errors import RuleBroken


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
