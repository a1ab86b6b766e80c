"""How bids are scored, weighed against each other and put in order: exact, with the reasons in words.

Everything is worked out in exact fractions and rounded only where it is shown, so that no third of a point is lost or
made up. Sources: domain.md 3.4 (weighted score, minimums) and 3.5 (averaged or moderated, reasons).

- Points of an answer = score / highest score of the scale × weight; the weights of a tender's questions add to 100.
- A score below its question's minimum disqualifies the bid, whatever its total.
- Quality counts `quality_share` in a hundred: quality out of 100 × share / 100. The rest is price: the lowest price of
  the bids still standing / this bid's price × (100 - share).
- Equal totals have equal ranks. Nothing here breaks a tie: a person decides, with a reason.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.names import listed

FULL = Decimal(100)
# Points are shown to this many places; to more only where two totals that differ would look alike. A hundred points
# with more places than the most could not be reckoned: Decimal has 28 digits.
PLACES = 2
MOST_PLACES = 25


@dataclass(frozen=True, slots=True)
class Question:
    """A scored question. `scale`: the scores that can be given, lowest first."""

    key: str
    title: str
    weight: Decimal
    scale: tuple[Decimal, ...]
    minimum: Decimal | None = None

    @property
    def highest(self) -> Decimal:
        return self.scale[-1]


@dataclass(frozen=True, slots=True)
class Offer:
    """One bid with the score that counts for each question (`average` or the agreed one). `stopped`: why it is out of
    the running for another reason than its scores ("" where it is not)."""

    bid: int
    name: str
    price: Decimal | None
    scores: Mapping[str, Fraction | Decimal]
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of one bid: what was scored, and what it is worth."""

    question: Question
    score: Fraction
    points: Fraction

    @property
    def below(self) -> str:
        """Why it disqualifies its bid, in a sentence; "" where it does not."""
        minimum = self.question.minimum
        if minimum is None or self.score >= minimum:
            return ""
        return (
            f"“{self.question.title}” was scored {plain(self.score)}, below the minimum of {plain(minimum)}, which "
            "disqualifies a bid whatever its total."
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """One bid in the result. `rank` None: disqualified. `tied_with`: the other bids of the same total."""

    bid: int
    name: str
    price: Decimal | None
    answers: tuple[Answer, ...]
    quality: Fraction
    quality_points: Fraction
    price_points: Fraction | None
    total: Fraction | None
    rank: int | None
    tied_with: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()
    # Why it is disqualified because of its scores; empty where it is not.
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """Best first, bids out of the running last. `places`: how many decimal places keep different totals apart."""

    standings: tuple[Standing, ...]
    quality_share: Decimal
    lowest_price: Decimal | None
    places: int
    notes: tuple[str, ...] = field(default=())

    def of(self, bid: int) -> Standing:
        """Raises KeyError for a bid that is not in the result."""
        found = next((standing for standing in self.standings if standing.bid == bid), None)
        if found is None:
            raise KeyError(bid)
        return found

    @property
    def first(self) -> tuple[Standing, ...]:
        """The bids with the highest total: more than one is a tie, none where every bid is out."""
        return tuple(standing for standing in self.standings if standing.rank == 1)


def rounded(value: Fraction | Decimal, places: int = PLACES) -> Decimal:
    """As shown: half up, the way people round."""
    exact = Fraction(value)
    scaled = exact * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return (Decimal(whole) / Decimal(10) ** places).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def plain(value: Fraction | Decimal) -> str:
    """A score in words: "3", "2.5", and for one without an end "2.67"."""
    exact = Fraction(value)
    shown = rounded(exact, PLACES)
    return f"{shown.normalize():f}" if Fraction(shown) == exact else f"{shown}"


def check_questions(questions: Sequence[Question]) -> None:
    """Raise RuleBroken unless there are questions, their weights add to 100, and minimums lie on their scales."""
    if not questions:
        raise RuleBroken("The tender has no scored questions.", code="no_questions")
    total = sum((question.weight for question in questions), Decimal(0))
    if total != FULL:
        raise RuleBroken(f"The weights of the questions add to {total:f}, not to 100.", code="weights_not_100")
    for question in questions:
        if not question.scale or question.highest <= 0:
            raise RuleBroken(f"“{question.title}” has no scale to score on.", code="no_scale")
        if question.minimum is not None and not 0 <= question.minimum <= question.highest:
            raise RuleBroken(f"The minimum of “{question.title}” does not lie on its scale.", code="minimum_off_scale")


def check_score(score: Decimal, question: Question) -> None:
    """Raise RuleBroken for a score that is not on the question's scale."""
    if score not in question.scale:
        points = ", ".join(plain(point) for point in question.scale)
        raise RuleBroken(
            f"{plain(score)} is not a score of “{question.title}”: it is one of {points}.", code="off_scale"
        )


def average(scores: Sequence[Decimal]) -> Fraction:
    """The exact mean. Raises RuleBroken where there is nothing to average."""
    if not scores:
        raise RuleBroken("There is no score to average.", code="scores_missing")
    return sum((Fraction(score) for score in scores), Fraction(0)) / len(scores)


def why_a_reason_is_needed(agreed: Decimal, individual: Iterable[tuple[str, Decimal]], beyond: Decimal) -> list[str]:
    """Each individual score from which the agreed one lies further than `beyond`, as a sentence."""
    return [
        f"{name} scored {plain(score)}; the agreed score is {plain(agreed)}."
        for name, score in individual
        if abs(score - agreed) > beyond
    ]


def weighed(score: Fraction | Decimal, question: Question) -> Fraction:
    """Score / highest × weight."""
    return Fraction(score) / Fraction(question.highest) * Fraction(question.weight)


def result(questions: Sequence[Question], offers: Sequence[Offer], *, quality_share: Decimal) -> Result:
    """The bids in order, with every step of the arithmetic.

    Raises RuleBroken where weights do not add to 100, a score is missing, or a price is needed and not there.
    """
    check_questions(questions)
    if not 0 <= quality_share <= FULL:
        raise RuleBroken(
            "The share of quality must lie between 0 and 100 in a hundred.", code="quality_share_out_of_range"
        )
    answered = {offer.bid: _answers(questions, offer) for offer in offers}
    below = {bid: tuple(answer.below for answer in answers if answer.below) for bid, answers in answered.items()}
    standing = [offer for offer in offers if not offer.stopped and not below[offer.bid]]
    price_share = FULL - quality_share
    lowest = _lowest(standing) if price_share else None
    totals: dict[int, tuple[Fraction, Fraction | None]] = {}
    for offer in standing:
        points = _quality(answered[offer.bid]) * Fraction(quality_share) / 100
        priced = Fraction(lowest) / Fraction(offer.price) * Fraction(price_share) if lowest and offer.price else None
        totals[offer.bid] = (points + (priced or 0), priced)
    ranked = sorted({total for total, _ in totals.values()}, reverse=True)
    places = _places(ranked)
    rows = [_standing(offer, answered[offer.bid], below[offer.bid], totals, quality_share, offers) for offer in offers]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.name, row.bid))
    return Result(tuple(rows), quality_share, lowest, places, _notes(rows, quality_share, lowest))


def _answers(questions: Sequence[Question], offer: Offer) -> tuple[Answer, ...]:
    found = []
    for question in questions:
        if question.key not in offer.scores:
            if offer.stopped:
                continue
            raise RuleBroken(f"{offer.name} has no score yet for “{question.title}”.", code="scores_missing")
        score = Fraction(offer.scores[question.key])
        if not 0 <= score <= question.highest:
            raise RuleBroken(
                f"{offer.name}: {plain(score)} lies outside the scale of “{question.title}”.", code="off_scale"
            )
        found.append(Answer(question, score, weighed(score, question)))
    return tuple(found)


def _lowest(standing: Sequence[Offer]) -> Decimal | None:
    for offer in standing:
        if offer.price is None or offer.price <= 0:
            raise RuleBroken(f"{offer.name} has no price, and price counts in this tender.", code="price_missing")
    return min((offer.price for offer in standing if offer.price), default=None)


def _quality(answers: Iterable[Answer]) -> Fraction:
    return sum((answer.points for answer in answers), Fraction(0))


def _standing(
    offer: Offer,
    answers: tuple[Answer, ...],
    below: tuple[str, ...],
    totals: Mapping[int, tuple[Fraction, Fraction | None]],
    quality_share: Decimal,
    offers: Sequence[Offer],
) -> Standing:
    quality = _quality(answers)
    points = quality * Fraction(quality_share) / 100
    if offer.bid not in totals:
        # What a bid was stopped for may be the very scores that are said here.
        apart = offer.stopped and offer.stopped != " ".join(below)
        reasons = (*below, *((offer.stopped,) if apart else ()))
        return Standing(
            offer.bid, offer.name, offer.price, answers, quality, points, None, None, None, reasons=reasons, below=below
        )
    total, priced = totals[offer.bid]
    rank = 1 + sum(1 for other, _ in totals.values() if other > total)
    tied = tuple(bid for bid, (other, _) in totals.items() if other == total and bid != offer.bid)
    names = {each.bid: each.name for each in offers}
    reasons = ()
    if tied:
        others = listed([names[bid] for bid in tied])
        reasons = (f"Equal in total with {others}. The scores do not decide between them.",)
    return Standing(offer.bid, offer.name, offer.price, answers, quality, points, priced, total, rank, tied, reasons)


def _places(totals: Sequence[Fraction]) -> int:
    """The fewest places, from PLACES up, at which totals that differ look different."""
    for places in range(PLACES, MOST_PLACES):
        if len({rounded(total, places) for total in totals}) == len(totals):
            return places
    return MOST_PLACES


def _notes(rows: Sequence[Standing], quality_share: Decimal, lowest: Decimal | None) -> tuple[str, ...]:
    notes = ["Quality alone counts; price does not."]
    if quality_share != FULL:
        notes = [f"Quality counts {plain(quality_share)} in a hundred, price {plain(FULL - quality_share)}."]
    if lowest is not None:
        notes.append(
            f"Price points are the lowest price of the bids still standing ({wording.money(lowest)}) divided by the "
            f"price of the bid, times {plain(FULL - quality_share)}."
        )
    seen: set[int] = set()
    for row in rows:
        if row.tied_with and row.rank not in seen and row.rank is not None:
            seen.add(row.rank)
            count = len(row.tied_with) + 1
            notes.append(f"{count} bids have the same total and share rank {row.rank}. A person decides between them.")
    if rows and not any(row.rank for row in rows):
        notes.append("No bid is left in the running.")
    return tuple(notes)


def kept(found: Result) -> dict[str, Any]:
    """The result as JSON: totals exact as fractions and as shown, ranks, ties and reasons."""
    return {
        "scored": True,
        "quality_share": str(found.quality_share),
        "lowest_price": None if found.lowest_price is None else str(found.lowest_price),
        "places": found.places,
        "notes": list(found.notes),
        "standings": [
            {
                "bid": row.bid,
                "name": row.name,
                "rank": row.rank,
                "total": None if row.total is None else str(rounded(row.total, found.places)),
                "exact": None if row.total is None else str(row.total),
                "quality": str(row.quality),
                "price_points": None if row.price_points is None else str(row.price_points),
                "tied_with": list(row.tied_with),
                "reasons": list(row.reasons),
                "scores": {answer.question.key: str(answer.score) for answer in row.answers},
            }
            for row in found.standings
        ],
    }


def check_recommended(found: Result, bids: Collection[int], *, tie_reason: str) -> None:
    """Raise RuleBroken unless the bids may be recommended together: each is in the running, none is left out for one
    ranked below it, and where equal totals were parted it is said why."""
    chosen = [found.of(bid) for bid in bids]
    for standing in chosen:
        if standing.rank is None:
            raise RuleBroken(f"{standing.name} is out of the running: {' '.join(standing.reasons)}", code="bid_stopped")
    last = max(chosen, key=lambda standing: standing.rank or 0)
    left_out = [row for row in found.standings if row.rank is not None and row.bid not in bids]
    above = [row.name for row in left_out if (row.rank or 0) < (last.rank or 0)]
    if above:
        raise RuleBroken(
            f"{last.name} has rank {last.rank}. No bid is left out for one that is ranked below it: {listed(above)}.",
            code="passed_over",
        )
    if any(row.rank == last.rank for row in left_out) and not tie_reason.strip():
        tied = [row.name for row in found.standings if row.rank == last.rank]
        raise RuleBroken(
            f"{listed(tied)} have the same total. Say how it was decided between them, and why.",
            code="tie_needs_reason",
        )


def lost_tie_to(other: Standing, winners: Iterable[Standing]) -> list[str]:
    """The winners, by name, that have the same total as a bid that did not win; a person decided between them."""
    return [winner.name for winner in winners if winner.bid in other.tied_with]


def tie_words(names: Sequence[str], because: str) -> str:
    """What a bidder who lost a tie is told of it."""
    return f"Your total is the same as that of {listed(names)}. How it was decided: {because}"


def advantages(winner: Standing, other: Standing) -> list[str]:
    """How a winner ("it") was better than another bid, question by question and in price: the relative advantages."""
    said = []
    theirs = {answer.question.key: answer for answer in other.answers}
    for answer in winner.answers:
        against = theirs.get(answer.question.key)
        if against is not None and answer.score > against.score:
            said.append(
                f"“{answer.question.title}”: it scored {plain(answer.score)}, yours {plain(against.score)}, of "
                f"{plain(answer.question.highest)}."
            )
    if winner.price_points is not None and other.price_points is not None and winner.price_points > other.price_points:
        said.append(f"Price: it has {rounded(winner.price_points)} points, yours {rounded(other.price_points)}.")
    return said
