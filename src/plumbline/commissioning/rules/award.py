"""From recommendation to award: who may approve, how long the standstill lasts, and what bidders are told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from plumbline.commissioning.rules.scoring import Standing, plain, rounded
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.periods import add_working_days


def check_grounds(*, supplier: str, results: Mapping[str, str], grounds: Mapping[str, str]) -> None:
    """Raise RuleBroken unless every ground for exclusion was looked at and none excludes. `grounds`: key → words."""
    missing = [words for key, words in grounds.items() if key not in results]
    if missing:
        raise RuleBroken(f"{supplier}: not checked yet: {', '.join(missing)}.", code="exclusion_not_checked")
    if "excluded" in results.values():
        raise RuleBroken(f"{supplier} is excluded and cannot be recommended.", code="excluded")


def check_direct(*, kind: str, because: str, standing: int) -> None:
    """Raise RuleBroken unless a contract may be awarded without scores. `standing`: bids that passed stage 1."""
    if kind == "competition":
        raise RuleBroken(
            "A competition is decided by its scores: evaluate and moderate the bids first.", code="needs_scores"
        )
    if kind == "direct_award" and not because.strip():
        raise RuleBroken("Say in the tender why the contract is awarded directly.", code="missing_direct_reason")
    if standing != 1:
        raise RuleBroken(
            f"Without scores only one supplier can stand; {standing} have passed stage 1.", code="not_one_supplier"
        )


def check_approver(*, recommended_by: int, approver: int | None) -> None:
    if approver == recommended_by:
        raise RuleBroken("You recommended this award. Somebody else approves it.", code="own_recommendation")


def standstill_ends(notice_on: date, working_days: int, holidays: Collection[date]) -> date:
    """The last day of the standstill: it begins on the day of the notice, which is not counted."""
    return add_working_days(notice_on, working_days, holidays)


def check_notice(*, approved: bool, unsent: Sequence[str], notice_on: date, on: date) -> None:
    """The award notice follows the approval and the assessment summaries (Procurement Act 2023, section 50)."""
    if not approved:
        raise RuleBroken("The recommendation is not approved yet.", code="not_approved")
    if unsent:
        raise RuleBroken(
            f"Every bidder has their assessment summary before the award notice. Not sent yet: {', '.join(unsent)}.",
            code="letters_not_sent",
        )
    if notice_on > on:
        raise RuleBroken("The notice cannot have been published after today.", code="future_date")


def check_award(*, approved: bool, standstill_days: int, standstill_until: date | None, awarded_on: date) -> None:
    """Raise RuleBroken unless the contract may be awarded on a day: after the standstill, where there is one."""
    if not approved:
        raise RuleBroken("The recommendation is not approved yet.", code="not_approved")
    if standstill_days and standstill_until is None:
        raise RuleBroken(
            f"The procedure has a standstill of {standstill_days} working days: publish the award notice first.",
            code="notice_first",
        )
    if standstill_until is not None and awarded_on <= standstill_until:
        raise RuleBroken(
            f"The standstill lasts until the end of {standstill_until:%-d %B %Y}. Award on the day after at the "
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
class Outcome:
    """What one bidder's letter and assessment summary say. `rank` None: not ranked (disqualified, or no scores)."""

    supplier: str
    won: bool
    rank: int | None
    total: str
    stopped_because: str
    criteria: tuple[Criterion, ...]
    price_points: str
    winner: str
    winners_total: str
    advantages: tuple[str, ...]
    ranked: int


def criteria_of(standing: Standing, because: Mapping[str, str]) -> tuple[Criterion, ...]:
    """`because`: key of a question → why the score was given."""
    return tuple(
        Criterion(
            answer.question.title, plain(answer.score), plain(answer.question.highest), str(rounded(answer.points)),
            plain(answer.question.weight), because.get(answer.question.key, ""),
        )
        for answer in standing.answers
    )  # fmt: skip


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
        parts.append(
            "Thank you for your bid. We intend to award the contract to you."
            if standstill_days
            else "Thank you for your bid. We are pleased to award the contract to you."
        )
    elif outcome.stopped_because:
        parts.append(f"Thank you for your bid. It was disqualified: {outcome.stopped_because}")
    else:
        parts.append("Thank you for your bid. It was not successful.")
    if outcome.criteria:
        if outcome.rank is not None:
            parts.append(
                f"Your bid has {outcome.total} points of 100 and rank {outcome.rank} of {outcome.ranked}."
                + (f" Its price has {outcome.price_points} points." if outcome.price_points else "")
            )
        parts.append("How your bid was scored:")
        parts += [
            f"- {each.title}: {each.score} of {each.highest} ({each.points} of {each.weight} points)."
            + (f" {each.because}" if each.because else "")
            for each in outcome.criteria
        ]
    if not outcome.won and outcome.winner:
        parts.append(
            f"The successful bidder is {outcome.winner}"
            + (f", with {outcome.winners_total} points." if outcome.winners_total else ".")
        )
        if outcome.advantages:
            parts.append("Where the successful bid was better than yours:")
            parts += [f"- {each}" for each in outcome.advantages]
    if standstill_days:
        parts.append(
            f"The contract will not be entered into before {standstill_days} working days after the award notice have "
            "passed."
        )
    parts.append(f"If you would like to talk about this, please write to {commissioner}.")
    parts.append(f"Yours faithfully\n{commissioner}\n{council}")
    return _joined(parts)


def _joined(parts: Sequence[str]) -> str:
    """Paragraphs with an empty line between them; the items of a list stand together."""
    text = parts[0]
    for before, part in pairwise(parts):
        text += ("\n" if part.startswith("- ") and before.startswith("- ") else "\n\n") + part
    return text + "\n"
