"""Who may score, who sees what when, and when scoring is over (domain.md 3.5): plain values in, reasons out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from plumbline.kernel.errors import RuleBroken

NOT_YET, NONE, CONFLICT = "not_yet", "none", "conflict"


@dataclass(frozen=True, slots=True)
class Scorer:
    """An evaluator of a tender. `questions` empty: all. `decided`: the lead commissioner has decided on a declared
    conflict. `excluded`: sees nothing and counts for nothing."""

    name: str
    questions: tuple[str, ...] = ()
    declared: str = NOT_YET
    declared_at: datetime | None = None
    decided: bool = False
    excluded: bool = False
    locked: bool = False

    def scores(self, question: str) -> bool:
        return not self.questions or question in self.questions


def why_not_yet(scorer: Scorer, bids_entered_at: Iterable[datetime]) -> str:
    """Why an evaluator may not see the bids now, in a sentence to them; "" where they may.

    A declaration holds for the bidders who were known when it was made: a bid entered later asks for a new one.
    """
    if scorer.excluded:
        return "You do not evaluate this tender."
    if scorer.declared == NOT_YET or scorer.declared_at is None:
        return "Declare first whether you have an interest in any of the bidders."
    if any(entered > scorer.declared_at for entered in bids_entered_at):
        return "A bidder was added after your declaration. Declare again."
    if scorer.declared == CONFLICT and not scorer.decided:
        return "The lead commissioner decides on the conflict that you declared. Until then nothing is shown."
    return ""


def check_declared_again(*, declared: str, bidder_since: bool, has_conflict: bool | None) -> None:
    """A declaration is made once, and again where a bidder was added; a conflict can be declared at any time since."""
    if declared == NOT_YET or bidder_since or (declared == NONE and has_conflict):
        return
    raise RuleBroken("You have declared already. Tell the lead commissioner what has changed.", code="already_declared")


def check_declaration(*, has_conflict: bool | None, conflict: str) -> None:
    """Raise RuleBroken where an evaluator does not say plainly whether they have a conflict of interest, and which."""
    if has_conflict is None:
        raise RuleBroken("Say whether you have a conflict of interest.", code="not_declared")
    if has_conflict and not conflict.strip():
        raise RuleBroken("Say in which bidder you have an interest, and what it is.", code="missing_conflict")
    if not has_conflict and conflict.strip():
        raise RuleBroken("You wrote of an interest but chose “no conflict”. Choose one.", code="conflict_unclear")


def check_comment(comment: str) -> None:
    """Raise RuleBroken (missing_comment) for a score without its reason."""
    if not comment.strip():
        raise RuleBroken(
            "Say why you give this score. The comment may be shown to the bidder and to a court.",
            code="missing_comment",
        )


def not_covered(scorers: Iterable[Scorer], questions: Mapping[str, str]) -> list[str]:
    """The titles of questions that nobody scores. `questions`: key → title."""
    counting = [scorer for scorer in scorers if not scorer.excluded]
    return [title for key, title in questions.items() if not any(scorer.scores(key) for scorer in counting)]


def undecided(scorers: Iterable[Scorer]) -> list[str]:
    """Whose declared conflict the lead commissioner has not decided on, in sentences."""
    return [
        f"Decide first on the conflict of interest that {scorer.name} declared."
        for scorer in scorers
        if scorer.declared == CONFLICT and not scorer.decided and not scorer.excluded
    ]


def why_moderation_waits(scorers: Sequence[Scorer], questions: Mapping[str, str]) -> list[str]:
    """What prevents opening the scores to each other, in sentences; nothing where all have locked."""
    counting = [scorer for scorer in scorers if not scorer.excluded]
    reasons = []
    if not counting:
        reasons.append("Nobody evaluates this tender.")
    reasons += undecided(counting)
    waiting = [scorer.name for scorer in counting if not scorer.locked]
    if waiting:
        have = "has" if len(waiting) == 1 else "have"
        reasons.append(f"{', '.join(waiting)} {have} not locked their scores yet.")
    uncovered = not_covered(counting, questions) if counting else []
    if uncovered:
        reasons.append(f"Nobody scored {', '.join(f'“{title}”' for title in uncovered)}.")
    return reasons


def check_meeting(*, held_on: date, chair: str, attendees: str, on: date) -> None:
    """Raise RuleBroken where a moderation meeting lacks its chair or those present, or is still to come."""
    if not chair.strip():
        raise RuleBroken("Say who chaired the moderation.", code="missing_chair")
    if not attendees.strip():
        raise RuleBroken("Say who was there.", code="missing_attendees")
    if held_on > on:
        raise RuleBroken("The meeting cannot have been held after today.", code="future_date")


def check_agreed(*, discussion: str, reason: str, why_needed: Sequence[str]) -> None:
    """`why_needed`: from whose score the agreed one differs by more than was decided in advance."""
    if not discussion.strip():
        raise RuleBroken(
            "Say what was discussed. A score without it cannot be explained later.", code="missing_discussion"
        )
    if why_needed and not reason.strip():
        raise RuleBroken(f"Give the reason for the agreed score. {' '.join(why_needed)}", code="missing_reason")


def check_own_side(*, is_bidders: bool, name: str = "This person") -> None:
    """Raise RuleBroken (acts_for_bidder) for an evaluator who acts for one of the bidders."""
    if is_bidders:
        raise RuleBroken(f"{name} acts for one of the bidders and cannot evaluate.", code="acts_for_bidder")
