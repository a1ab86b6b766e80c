"""From recommendation to award: who may approve, how long the standstill lasts, and what bidders are told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from plumbline.commissioning.rules.scoring import FULL, Standing, plain, rounded
from plumbline.commissioning.rules.tender import COMPETED, DIRECT_AWARD, FRAMEWORK
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.names import listed
from plumbline.kernel.periods import working_days_beginning_with


def check_grounds(*, supplier: str, results: Mapping[str, str], grounds: Mapping[str, str]) -> None:
    """Raise RuleBroken unless every ground for exclusion was looked at and none excludes. `grounds`: key → words."""
    missing = [words for key, words in grounds.items() if key not in results]
    if missing:
        raise RuleBroken(f"{supplier}: not checked yet: {', '.join(missing)}.", code="exclusion_not_checked")
    if "excluded" in results.values():
        raise RuleBroken(f"{supplier} is excluded and cannot be recommended.", code="excluded")


def check_direct(*, kind: str, because: str, standing: int) -> None:
    """Raise RuleBroken unless a contract may be awarded without scores. `standing`: bids that passed stage 1."""
    if kind in COMPETED:
        raise RuleBroken(
            f"A {kind} is decided by its scores: evaluate and moderate the bids first.", code="needs_scores"
        )
    if kind == DIRECT_AWARD and not because.strip():
        raise RuleBroken("Say in the tender why the contract is awarded directly.", code="missing_direct_reason")
    if standing != 1:
        raise RuleBroken(
            f"Without scores there can be only one supplier; {standing} have passed stage 1.", code="not_one_supplier"
        )


def check_how_many(*, kind: str, bids: int) -> None:
    """Raise RuleBroken unless so many bids may be recommended together: a framework has one supplier or several."""
    if not bids:
        raise RuleBroken("Choose the bid that is recommended.", code="missing_bid")
    if bids > 1 and kind != FRAMEWORK:
        raise RuleBroken("Only a framework is awarded to several suppliers: recommend one bid.", code="one_supplier")


def check_on_framework(*, supplier: str, has_place: bool, awarded_to: Sequence[str]) -> None:
    """Raise RuleBroken for a call-off from a supplier that has no place on the framework; `awarded_to`: who has one.

    Source: Procurement Act 2023, section 45(2): a framework is for contracts with the suppliers that are party to it.
    """
    if not has_place:
        raise RuleBroken(
            f"{supplier} has no place on the framework. It was awarded to {listed(awarded_to)}.",
            code="not_on_framework",
        )


def check_approver(*, recommended_by: int, approver: int | None) -> None:
    """Raise RuleBroken (own_recommendation) where the person who recommended the award would approve it."""
    if approver == recommended_by:
        raise RuleBroken("You recommended this award. Someone else approves it.", code="own_recommendation")


def standstill_ends(notice_on: date, working_days: int, holidays: Collection[date]) -> date:
    """The last day of the standstill, a period of working days "beginning with the day on which a contract award notice
    is published" (Procurement Act 2023, section 51(1) and (2)): all of them are working days, so a notice on a day that
    is none begins it on the next."""
    return working_days_beginning_with(notice_on, working_days, holidays)


def check_sent(*, sent_on: date, approved_on: date | None, stopped_on: date | None, on: date) -> None:
    """A letter goes out between what it tells of and today: the approval, or the day on which the bid was stopped."""
    told = approved_on or stopped_on
    if sent_on > on:
        raise RuleBroken(f"{wording.day(sent_on)} is a date in the future.", code="future_date")
    if told is not None and sent_on < told:
        raise RuleBroken(
            f"The letter cannot have gone out before {wording.day(told)}, the day of what it tells of.", code="bad_date"
        )


def check_notice(
    *, approved_on: date | None, last_sent_on: date | None, unsent: Sequence[str], notice_on: date, on: date
) -> None:
    """The award notice follows the approval and the assessment summaries (Procurement Act 2023, section 50). No day
    before them can be given, else a standstill would be over before it began."""
    if approved_on is None:
        raise RuleBroken("The recommendation is not approved yet.", code="not_approved")
    if unsent:
        raise RuleBroken(
            f"Every bidder has their assessment summary before the award notice. Not sent yet: {', '.join(unsent)}.",
            code="letters_not_sent",
        )
    if notice_on > on:
        raise RuleBroken("The notice cannot have been published after today.", code="future_date")
    if notice_on < approved_on:
        raise RuleBroken(
            f"The award was approved on {wording.day(approved_on)}: the notice cannot have been published before.",
            code="before_approval",
        )
    if last_sent_on is not None and notice_on < last_sent_on:
        raise RuleBroken(
            f"The last letter went out on {wording.day(last_sent_on)}: the notice cannot have been published before.",
            code="before_letters",
        )


def check_award(
    *,
    approved_on: date | None,
    notice_on: date | None,
    standstill_days: int,
    standstill_until: date | None,
    awarded_on: date,
) -> None:
    """Raise RuleBroken unless the contract may be awarded on a day: approved, and after the standstill, if any."""
    if approved_on is None:
        raise RuleBroken("The recommendation is not approved yet.", code="not_approved")
    earliest = max(each for each in (approved_on, notice_on) if each is not None)
    if awarded_on < earliest:
        raise RuleBroken(
            f"The contract cannot have been awarded before {wording.day(earliest)}, the day of its "
            f"{'approval' if earliest == approved_on else 'notice'}.",
            code="before_approval",
        )
    if standstill_days and standstill_until is None:
        raise RuleBroken(
            f"The procedure has a standstill of {standstill_days} working days: publish the award notice first.",
            code="notice_first",
        )
    if standstill_until is not None and awarded_on <= standstill_until:
        raise RuleBroken(
            f"The standstill lasts until the end of {wording.day(standstill_until)}. Award on the day after at the "
            "earliest.",
            code="in_standstill",
        )


@dataclass(frozen=True, slots=True)
class Criterion:
    """A question as the letter explains it."""

    title: str
    score: str
    highest: str
    points: str
    weight: str
    # What the bidder is told: the agreed discussion, or the evaluators' comments.
    because: str


@dataclass(frozen=True, slots=True)
class Winner:
    """A successful bid as the letter to another bidder speaks of it. `total` "": without scores."""

    name: str
    total: str
    # Where it was better than the bid of who is written to.
    advantages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one bidder's letter says. `rank` None: not ranked (disqualified, or no scores)."""

    supplier: str
    won: bool
    rank: int | None
    total: str
    stopped_because: str
    criteria: tuple[Criterion, ...]
    # How quality and price make the total, in a sentence; "" where price does not count.
    made_of: str
    # Best first; with the bidder's own, where it is one.
    winners: tuple[Winner, ...]
    ranked: int
    # Of a bid that lost a tie: to whom, and how it was decided.
    tie: str = ""


def made_of(standing: Standing, *, quality_share: Decimal, places: int) -> str:
    """How the quality and the price of a bid make its total, so that a bidder can follow it."""
    if standing.price_points is None or standing.total is None:
        return ""
    return (
        f"Its quality has {rounded(standing.quality)} of 100 points; quality counts {plain(quality_share)} in a "
        f"hundred, which is {rounded(standing.quality_points)} points. Its price has "
        f"{rounded(standing.price_points)} of {plain(FULL - quality_share)} points. Together: "
        f"{rounded(standing.total, places)}."
    )


def criteria_of(standing: Standing, because: Mapping[str, str]) -> tuple[Criterion, ...]:
    """`because`: key of a question → why the score was given."""
    return tuple(
        Criterion(
            answer.question.title,
            plain(answer.score),
            plain(answer.question.highest),
            str(rounded(answer.points)),
            plain(answer.question.weight),
            because.get(answer.question.key, ""),
        )
        for answer in standing.answers
    )


def letter(
    outcome: Outcome,
    *,
    council: str,
    title: str,
    reference: str,
    commissioner: str,
    standstill_days: int,
) -> str:
    """The outcome letter to one bidder, as a draft for people to edit."""
    parts = [f"To {outcome.supplier}", f"{title} (reference {reference})"]
    if outcome.won:
        several = len(outcome.winners)
        what = "the contract" if several == 1 else f"one of {several} contracts"
        meant = "We intend" if standstill_days else "We are pleased"
        parts.append(f"Thank you for your bid. {meant} to award {what} to you.")
    elif outcome.stopped_because:
        parts.append(f"Thank you for your bid. It was disqualified: {outcome.stopped_because}")
    else:
        parts.append("Thank you for your bid. It was not successful.")
    if outcome.criteria:
        if outcome.rank is not None:
            parts.append(
                f"Your bid has {outcome.total} points of 100 and rank {outcome.rank} of {outcome.ranked}."
                + (f" {outcome.made_of}" if outcome.made_of else "")
            )
        parts.append("How your bid was scored:")
        parts += [
            f"- {each.title}: {each.score} of {each.highest} ({each.points} of {each.weight} points)."
            + (f" {each.because}" if each.because else "")
            for each in outcome.criteria
        ]
    if not outcome.won:
        bidders = "bidder is" if len(outcome.winners) == 1 else "bidders are"
        named = [each.name + (f" ({each.total} points)" if each.total else "") for each in outcome.winners]
        parts.append(f"The successful {bidders} {listed(named)}." + (f" {outcome.tie}" if outcome.tie else ""))
        for each in outcome.winners:
            if each.advantages:
                parts.append(f"Where the bid of {each.name} was better than yours:")
                parts += [f"- {said}" for said in each.advantages]
    if standstill_days:
        parts.append(
            f"No contract will be entered into before {standstill_days} working days after the award notice have "
            "passed."
        )
    parts.append(f"If you would like to talk about this, please write to {commissioner}.")
    parts.append(f"Yours faithfully\n{commissioner}\n{council}")
    return _joined(parts)


def _joined(parts: Sequence[str]) -> str:
    """Paragraphs with an empty line between them; the items of a list are kept together."""
    text = parts[0]
    for before, part in pairwise(parts):
        text += ("\n" if part.startswith("- ") and before.startswith("- ") else "\n\n") + part
    return text + "\n"
