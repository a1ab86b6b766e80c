"""The arithmetic of a tender's result, as truth tables and as laws that hold for any scores."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.commissioning.rules import scoring
from plumbline.commissioning.rules.award import criteria_of, made_of
from plumbline.commissioning.rules.scoring import Offer, Question
from plumbline.kernel.errors import RuleBroken
from tests.refusals import code_of

SCALE = tuple(Decimal(point) for point in range(6))
SAFE = Question("safe", "Safeguarding", Decimal(40), SCALE, minimum=Decimal(3))
CARE = Question("care", "Care", Decimal(60), SCALE)
BOTH = (SAFE, CARE)


def offer(bid: int, safe: object, care: object, *, price: str | None = None, stopped: str = "") -> Offer:
    scores = {"safe": Fraction(safe), "care": Fraction(care)}
    return Offer(bid, f"Bidder {bid}", Decimal(price) if price else None, scores, stopped)


def quality_only(*offers: Offer) -> scoring.Result:
    return scoring.result(BOTH, offers, quality_share=Decimal(100))


def test_a_weighted_score_is_score_over_highest_times_weight() -> None:
    assert scoring.weighed(Decimal(4), SAFE) == 32


def test_a_bid_with_every_highest_score_has_a_hundred() -> None:
    assert quality_only(offer(1, 5, 5)).of(1).total == 100


def test_a_score_below_its_minimum_disqualifies_the_best_total() -> None:
    found = quality_only(offer(1, 2, 5), offer(2, 3, 3))

    assert [(row.bid, row.rank) for row in found.standings] == [(2, 1), (1, None)]


def test_a_disqualification_says_which_score_was_below_which_minimum() -> None:
    assert quality_only(offer(1, 2, 5), offer(2, 3, 3)).of(1).below == (
        "“Safeguarding” was scored 2, below the minimum of 3, which disqualifies a bid whatever its total.",
    )


def test_a_score_at_its_minimum_stands() -> None:
    assert quality_only(offer(1, 3, 0)).of(1).rank == 1


def test_an_average_just_below_the_minimum_is_not_rounded_up_to_it() -> None:
    almost = scoring.average([Decimal(3), Decimal(3), Decimal(2)])

    assert quality_only(offer(1, almost, 5)).of(1).rank is None


def test_equal_totals_have_equal_ranks_and_the_next_rank_is_left_out() -> None:
    found = quality_only(offer(1, 5, 3), offer(2, 5, 3), offer(3, 3, 3))

    assert [(row.bid, row.rank, row.tied_with) for row in found.standings] == [(1, 1, (2,)), (2, 1, (1,)), (3, 3, ())]


def test_a_tie_is_said_in_words() -> None:
    found = quality_only(offer(1, 5, 3), offer(2, 5, 3))

    assert "2 bids have the same total and share rank 1. A person decides between them." in found.notes


def test_thirds_that_add_to_the_same_total_are_a_tie() -> None:
    third = scoring.average([Decimal(3), Decimal(4), Decimal(4)])

    assert quality_only(offer(1, third, 4), offer(2, third, 4)).of(1).tied_with == (2,)


def test_totals_that_differ_in_a_late_place_are_shown_with_as_many_places_as_tell_them_apart() -> None:
    found = quality_only(offer(1, 4, 4), offer(2, 4, Fraction(4) - Fraction(1, 10000)))

    assert [str(scoring.rounded(row.total, found.places)) for row in found.standings] == ["80.000", "79.999"]


def test_the_lowest_price_has_the_whole_share_of_price() -> None:
    found = scoring.result(BOTH, [offer(1, 5, 5, price="100"), offer(2, 5, 5, price="80")], quality_share=Decimal(60))

    assert (found.of(2).price_points, found.of(1).price_points) == (40, 32)


def test_a_disqualified_bids_price_is_not_the_lowest_of_anything() -> None:
    found = scoring.result(BOTH, [offer(1, 0, 5, price="1"), offer(2, 5, 5, price="80")], quality_share=Decimal(60))

    assert found.of(2).price_points == 40


def test_a_stopped_bids_price_is_not_the_lowest_of_anything() -> None:
    offers = [offer(1, 5, 5, price="1", stopped="Withdrawn."), offer(2, 5, 5, price="80")]

    assert scoring.result(BOTH, offers, quality_share=Decimal(60)).of(2).total == 100


def test_a_bid_without_a_price_is_refused_where_price_counts() -> None:
    with pytest.raises(RuleBroken, match="Bidder 1 has no price"):
        scoring.result(BOTH, [offer(1, 5, 5)], quality_share=Decimal(60))


def test_weights_that_add_to_99_are_refused() -> None:
    with pytest.raises(RuleBroken, match="add to 99, not to 100"):
        scoring.result((SAFE, replace(CARE, weight=Decimal(59))), [offer(1, 5, 5)], quality_share=Decimal(100))


def test_a_bid_not_scored_on_a_question_is_refused() -> None:
    with pytest.raises(RuleBroken, match="no score yet for “Care”"):
        scoring.result(BOTH, [Offer(1, "Bidder 1", None, {"safe": Decimal(3)})], quality_share=Decimal(100))


@pytest.mark.parametrize("score", ["-1", "6", "3.5"])
def test_a_score_that_is_not_on_the_scale_is_refused(score: str) -> None:
    with pytest.raises(RuleBroken, match="is not a score of “Safeguarding”"):
        scoring.check_score(Decimal(score), SAFE)


def test_a_reason_is_needed_where_the_agreed_score_differs_from_any_ones() -> None:
    assert scoring.why_a_reason_is_needed(Decimal(3), [("Ash", Decimal(3)), ("Birch", Decimal(4))], Decimal(0)) == [
        "Birch scored 4; the agreed score is 3."
    ]


def test_no_reason_is_needed_within_the_distance_that_was_decided_in_advance() -> None:
    assert scoring.why_a_reason_is_needed(Decimal(3), [("Ash", Decimal(3)), ("Birch", Decimal(4))], Decimal(1)) == []


def test_a_bid_ranked_second_cannot_be_recommended() -> None:
    with pytest.raises(RuleBroken, match="has rank 2"):
        scoring.check_recommended(quality_only(offer(1, 5, 5), offer(2, 4, 4)), [2], tie_reason="")


def test_a_disqualified_bid_cannot_be_recommended() -> None:
    with pytest.raises(RuleBroken, match="out of the running"):
        scoring.check_recommended(quality_only(offer(1, 1, 5), offer(2, 4, 4)), [1], tie_reason="")


def test_a_tie_is_not_decided_without_a_reason() -> None:
    with pytest.raises(RuleBroken, match="Say how it was decided"):
        scoring.check_recommended(quality_only(offer(1, 5, 5), offer(2, 5, 5)), [1], tie_reason=" ")


# Of a framework several may be recommended together: 100, 80, 60 and 60, and one below a minimum.
RANKED = (offer(1, 5, 5), offer(2, 4, 4), offer(3, 3, 3), offer(4, 3, 3), offer(5, 1, 5))


def why_not(bids: list[int], tie_reason: str = "") -> str:
    """Why these are not recommended together; "" where they are."""
    try:
        scoring.check_recommended(quality_only(*RANKED), bids, tie_reason=tie_reason)
    except RuleBroken as refusal:
        return refusal.reason
    return ""


@pytest.mark.parametrize("bids", [[1], [1, 2], [2, 1], [1, 2, 3, 4]])
def test_bids_are_recommended_from_the_highest_total_down(bids: list[int]) -> None:
    assert why_not(bids) == ""


@pytest.mark.parametrize(
    ("bids", "why"),
    [
        ([2], "Bidder 2 has rank 2. No bid is left out for one that is ranked below it: Bidder 1."),
        ([1, 3], "Bidder 3 has rank 3. No bid is left out for one that is ranked below it: Bidder 2."),
        ([4], "Bidder 4 has rank 3. No bid is left out for one that is ranked below it: Bidder 1 and Bidder 2."),
        ([1, 2, 5], "Bidder 5 is out of the running: "),
        ([1, 2, 4], "Bidder 3 and Bidder 4 have the same total. Say how it was decided between them, and why."),
    ],
)
def test_bids_that_cannot_be_recommended_together_are_refused_with_the_reason(bids: list[int], why: str) -> None:
    assert why_not(bids).startswith(why)


def test_a_tie_at_the_last_place_is_decided_with_a_reason() -> None:
    assert why_not([1, 2, 4], "The higher safeguarding score.") == ""


def test_the_winners_relative_advantages_are_the_questions_on_which_it_scored_higher() -> None:
    found = quality_only(offer(1, 5, 4), offer(2, 3, 4))

    assert scoring.advantages(found.of(1), found.of(2)) == ["“Safeguarding”: it scored 5, yours 3, of 5."]


# Laws.


@st.composite
def tenders(draw: st.DrawFn) -> tuple[list[Question], list[Offer], Decimal]:
    """Weights with two places that add to 100, scores of one to four evaluators averaged, and prices."""
    count = draw(st.integers(1, 5))
    cuts = sorted(draw(st.lists(st.integers(0, 10000), min_size=count - 1, max_size=count - 1)))
    edges = [0, *cuts, 10000]
    questions = [
        Question(
            f"q{at}",
            f"Question {at}",
            Decimal(after - before) / 100,
            tuple(Decimal(point) for point in range(draw(_highest) + 1)),
            minimum=draw(st.sampled_from([None, Decimal(0), Decimal(1), Decimal(2)])),
        )
        for at, (before, after) in enumerate(pairwise(edges))
    ]
    evaluators = draw(st.integers(1, 4))
    offers = [
        Offer(
            bid,
            f"Bidder {bid}",
            Decimal(draw(st.integers(1, 10**7))) / 100,
            {
                question.key: scoring.average([draw(st.sampled_from(question.scale)) for _ in range(evaluators)])
                for question in questions
            },
        )
        for bid in range(1, draw(st.integers(1, 4)) + 1)
    ]
    return questions, offers, Decimal(draw(st.integers(0, 10000))) / 100


_highest = st.integers(3, 10)


@settings(deadline=None)
@given(tenders())
def test_no_order_in_which_bids_are_entered_changes_a_rank(tender: tuple[list[Question], list[Offer], Decimal]) -> None:
    questions, offers, share = tender
    there = scoring.result(questions, offers, quality_share=share)
    back = scoring.result(questions, offers[::-1], quality_share=share)

    assert {row.bid: (row.total, row.rank) for row in there.standings} == {
        row.bid: (row.total, row.rank) for row in back.standings
    }


@settings(deadline=None)
@given(tenders())
def test_bids_rank_alike_exactly_where_their_totals_are_equal(
    tender: tuple[list[Question], list[Offer], Decimal],
) -> None:
    questions, offers, share = tender
    rows = [row for row in scoring.result(questions, offers, quality_share=share).standings if row.rank]

    assert all((one.total == other.total) == (one.rank == other.rank) for one in rows for other in rows)


@settings(deadline=None)
@given(tenders())
def test_totals_that_differ_never_look_alike(tender: tuple[list[Question], list[Offer], Decimal]) -> None:
    questions, offers, share = tender
    found = scoring.result(questions, offers, quality_share=share)
    totals = {row.total for row in found.standings if row.total is not None}

    assert len({scoring.rounded(total, found.places) for total in totals}) == len(totals)


@settings(deadline=None)
@given(tenders())
def test_a_total_lies_between_nought_and_a_hundred(tender: tuple[list[Question], list[Offer], Decimal]) -> None:
    questions, offers, share = tender

    assert all(
        0 <= row.total <= 100
        for row in scoring.result(questions, offers, quality_share=share).standings
        if row.total is not None
    )


@settings(deadline=None)
@given(tenders())
def test_nobody_stands_with_a_score_below_a_minimum(tender: tuple[list[Question], list[Offer], Decimal]) -> None:
    questions, offers, share = tender

    assert all(
        (row.rank is None) == any(answer.below for answer in row.answers)
        for row in scoring.result(questions, offers, quality_share=share).standings
    )


@settings(deadline=None)
@given(tenders(), st.data())
def test_nobody_who_is_left_out_has_a_higher_total_than_one_recommended(
    tender: tuple[list[Question], list[Offer], Decimal], data: st.DataObject
) -> None:
    questions, offers, share = tender
    found = scoring.result(questions, offers, quality_share=share)
    bids = data.draw(st.sets(st.sampled_from([offer.bid for offer in offers]), min_size=1))
    try:
        scoring.check_recommended(found, bids, tie_reason="Said why.")
    except RuleBroken:
        return

    chosen = [found.of(bid).total for bid in bids]
    left_out = [row.total for row in found.standings if row.bid not in bids and row.total is not None]
    assert all(low is not None and low >= high for low in chosen for high in left_out)


@settings(deadline=None)
@given(tenders(), st.data())
def test_a_higher_score_never_lowers_the_quality_of_a_bid(
    tender: tuple[list[Question], list[Offer], Decimal], data: st.DataObject
) -> None:
    questions, offers, share = tender
    chosen = data.draw(st.sampled_from(questions))
    better = [replace(offers[0], scores={**offers[0].scores, chosen.key: chosen.highest}), *offers[1:]]
    before = scoring.result(questions, offers, quality_share=share).of(1)

    assert scoring.result(questions, better, quality_share=share).of(1).quality >= before.quality


@settings(deadline=None)
@given(st.fractions(min_value=0, max_value=100), st.integers(0, 6))
def test_rounding_is_never_further_off_than_half_of_the_last_place(value: Fraction, places: int) -> None:
    assert abs(Fraction(scoring.rounded(value, places)) - value) <= Fraction(1, 2 * 10**places)


def test_a_letter_explains_each_question_of_a_bid_with_what_it_is_worth() -> None:
    (standing,) = quality_only(offer(1, "4", "5")).standings
    first, second = criteria_of(standing, {SAFE.key: "It names who is told."})
    assert (first.title, first.score, first.because) == (SAFE.title, "4", "It names who is told.")
    assert (second.score, second.because) == ("5", "")
    assert Decimal(first.points) + Decimal(second.points) == standing.quality_points


@pytest.mark.parametrize(
    ("questions", "code"),
    [
        (BOTH, ""),
        ((), "no_questions"),
        ((SAFE,), "weights_not_100"),
        ((SAFE, replace(CARE, scale=())), "no_scale"),
        ((SAFE, replace(CARE, scale=(Decimal(0),))), "no_scale"),
        ((replace(SAFE, minimum=Decimal(6)), CARE), "minimum_off_scale"),
        ((replace(SAFE, minimum=Decimal(-1)), CARE), "minimum_off_scale"),
        ((replace(SAFE, minimum=Decimal(5)), CARE), ""),
    ],
)
def test_questions_have_a_scale_weights_that_add_to_100_and_minimums_on_it(questions, code: str) -> None:
    assert code_of(scoring.check_questions, questions) == code


@pytest.mark.parametrize(("score", "code"), [("5", ""), ("0", ""), ("2.5", "off_scale"), ("6", "off_scale")])
def test_a_score_is_one_of_the_scale(score: str, code: str) -> None:
    assert code_of(scoring.check_score, Decimal(score), SAFE) == code


def test_what_cannot_be_reckoned_is_refused() -> None:
    assert code_of(scoring.average, []) == "scores_missing"
    out_of_range = code_of(scoring.result, BOTH, [offer(1, 5, 5)], quality_share=Decimal(101))
    assert out_of_range == "quality_share_out_of_range"
    unscored = replace(offer(1, 5, 5), scores={"safe": Fraction(5)})
    assert code_of(quality_only, unscored) == "scores_missing"
    assert quality_only(replace(unscored, stopped="Withdrawn."), offer(2, 4, 4)).of(2).rank == 1
    assert code_of(quality_only, offer(1, 5, 6)) == "off_scale"
    assert code_of(scoring.result, BOTH, [offer(1, 5, 5)], quality_share=Decimal(60)) == "price_missing"
    with pytest.raises(KeyError):
        quality_only(offer(1, 5, 5)).of(2)


def test_the_first_are_all_who_share_the_highest_total() -> None:
    assert [row.bid for row in quality_only(offer(1, 5, 5), offer(2, 5, 5), offer(3, 4, 4)).first] == [1, 2]
    assert quality_only(offer(1, 2, 5)).first == ()


def test_a_score_is_said_with_as_few_places_as_it_has() -> None:
    assert [scoring.plain(each) for each in (Decimal("3.00"), Decimal("2.5"), Fraction(8, 3))] == ["3", "2.5", "2.67"]


def test_a_lost_tie_and_what_a_winner_did_better_are_said() -> None:
    found = scoring.result(BOTH, [offer(1, 5, 4, price="100"), offer(2, 4, 4, price="200")], quality_share=Decimal(60))
    first, second = found.standings
    said = scoring.advantages(first, second)
    assert said[0] == "“Safeguarding”: it scored 5, yours 4, of 5."
    assert said[1].startswith("Price: it has 40.00 points, yours 20.00")
    assert scoring.advantages(second, first) == []
    assert scoring.lost_tie_to(second, [first]) == []
    tied = quality_only(offer(1, 5, 5), offer(2, 5, 5))
    assert scoring.lost_tie_to(tied.of(2), [tied.of(1)]) == ["Bidder 1"]
    assert scoring.tie_words(["Alder"], "By lot.") == (
        "Your total is the same as that of Alder. How it was decided: By lot."
    )


def test_how_quality_and_price_make_a_total_is_said_where_price_counts() -> None:
    found = scoring.result(BOTH, [offer(1, 5, 5, price="100")], quality_share=Decimal(60))
    assert made_of(found.of(1), quality_share=Decimal(60), places=2) == (
        "Its quality has 100.00 of 100 points; quality counts 60 in a hundred, which is 60.00 points. Its price has "
        "40.00 of 40 points. Together: 100.00."
    )
    assert made_of(quality_only(offer(1, 5, 5)).of(1), quality_share=Decimal(100), places=2) == ""


def test_totals_that_differ_look_different_as_far_as_anyone_would_read() -> None:
    assert [quality_only(offer(1, 5, 5), offer(2, 5, 5 - Fraction(1, 10**power))).places for power in (0, 4, 40)] == [
        2,
        3,
        scoring.MOST_PLACES,
    ]


def test_what_is_kept_of_a_result_says_whether_there_were_prices() -> None:
    assert scoring.kept(quality_only(offer(1, 5, 5)))["lowest_price"] is None
    priced = scoring.result(BOTH, [offer(1, 5, 5, price="100")], quality_share=Decimal(60))
    assert scoring.kept(priced)["lowest_price"] == "100"
