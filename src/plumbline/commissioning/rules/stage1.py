"""Stage 1: what may be decided on a criterion, when a bid passes or fails, and the letter that follows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken

PASS, FAIL, CLARIFICATION, NOT_APPLICABLE = "pass", "fail", "clarification", "not_applicable"
SETTLED = frozenset({PASS, FAIL, NOT_APPLICABLE})

EXCLUDED = "excluded"
GROUNDS: Mapping[str, str] = {
    "mandatory": "mandatory grounds for exclusion",
    "discretionary": "discretionary grounds for exclusion",
    "debarment": "the debarment list",
}


@dataclass(frozen=True, slots=True)
class Clarification:
    """What was asked of the bidder on one criterion. `answered`: something came back."""

    due_on: date
    answered: bool

    def is_over(self, on: date) -> bool:
        return self.answered or self.due_on < on


@dataclass(frozen=True, slots=True)
class LawChanged:
    """A change in law or guidance that a policy has to follow."""

    title: str
    in_force: date


@dataclass(frozen=True, slots=True)
class Failed:
    title: str
    reason: str


def check_decision(
    *,
    decision: str,
    reason: str,
    evidence_required: bool,
    has_evidence: bool,
    clarification: Clarification | None,
    on: date,
) -> None:
    """Raise RuleBroken unless a criterion may be decided so. A clarification is asked by `check_clarification`."""
    if decision not in SETTLED:
        raise RuleBroken("Choose pass, fail, or does not apply; a clarification is asked for.", code="unknown_code")
    said = bool(reason.strip())
    if decision == FAIL and not said:
        raise RuleBroken("Say why the bid fails this criterion: the bidder is told.", code="missing_reason")
    if decision == NOT_APPLICABLE and not said:
        raise RuleBroken("Say why the criterion does not apply to this bidder.", code="missing_reason")
    missing = evidence_required and not has_evidence
    if decision == FAIL and missing and clarification is None:
        raise RuleBroken(
            "The papers for this criterion are missing. Ask the bidder for them first; a bid does not fail for a "
            "missing paper that nobody asked for.",
            code="clarification_first",
        )
    if decision == FAIL and missing and clarification is not None and not clarification.is_over(on):
        raise RuleBroken(
            f"The bidder has until {wording.day(clarification.due_on)} to answer. Decide after that day, or once the "
            "answer is here.",
            code="clarification_open",
        )
    if decision == PASS and missing and not said and not (clarification and clarification.answered):
        raise RuleBroken(
            "No paper is attached for this criterion. Attach it, or say where you saw what was asked for.",
            code="missing_evidence",
        )


def check_review(*, reviewed_on: date | None, laws: Sequence[LawChanged], on: date) -> None:
    """Raise RuleBroken unless a policy reviewed on that day may pass. `laws`: those in force that name the policy.

    A policy that was last reviewed before the law changed does not say what the law says now.
    """
    if reviewed_on is None:
        raise RuleBroken(
            "Give the day of the policy’s last review. It is in the policy; ask the bidder for it otherwise.",
            code="missing_review_day",
        )
    if reviewed_on > on:
        raise RuleBroken(f"{wording.day(reviewed_on)} is a date in the future.", code="future_date")
    since = [law for law in laws if reviewed_on < law.in_force <= on]
    if since:
        changed = "; ".join(f"{law.title}, in force since {wording.day(law.in_force)}" for law in since)
        raise RuleBroken(
            f"The policy was last reviewed on {wording.day(reviewed_on)}, before a change in law: {changed}. Ask the "
            "bidder for the policy as it is now, or fail the criterion.",
            code="reviewed_before_law_change",
        )


def check_clarification(*, asked: str, due_on: date, on: date) -> None:
    """Raise RuleBroken where a bidder is asked nothing, or is given no day after today to answer."""
    if not asked.strip():
        raise RuleBroken("Say what the bidder is asked.", code="missing_question")
    if due_on <= on:
        raise RuleBroken("Give the bidder at least until tomorrow.", code="due_in_the_past")


def check_answer_open(*, begun: bool, entered: bool, asked_since: bool) -> None:
    """Raise RuleBroken where a scored answer would be changed after stage 1 began, or added to once the bidder was
    asked something: a clarification never makes a scored answer better (domain.md 3.2)."""
    if begun and entered:
        raise RuleBroken(
            "Stage 1 has begun: the answers to scored questions stay as they were entered.", code="answers_stand"
        )
    if begun and asked_since:
        raise RuleBroken(
            "The bidder was asked for a clarification. What came after it is for stage 1, and never for a scored "
            "question: tick the criteria of stage 1 that it answers.",
            code="answers_stand",
        )


def check_exclusion(*, ground: str, result: str, note: str) -> None:
    """Raise RuleBroken where what was found is not explained, or a supplier on a mandatory ground is allowed
    (Procurement Act 2023, sections 57 and 58)."""
    if result != "none" and not note.strip():
        raise RuleBroken("Say what was found, and why it was decided so.", code="missing_note")
    if ground != "discretionary" and result == "allowed":
        raise RuleBroken(
            "On a mandatory ground, or on the debarment list, a supplier is excluded unless it has cleaned itself.",
            code="must_be_excluded",
        )


def not_yet(*, criteria: Mapping[str, str], decisions: Mapping[str, str], checked: Collection[str]) -> list[str]:
    """What is still to be done before a bid's stage 1 can be decided. `criteria`: key → title, `checked`: grounds."""
    found = []
    undecided = [title for key, title in criteria.items() if decisions.get(key) not in SETTLED]
    if undecided:
        found.append(f"Not decided yet: {'; '.join(undecided)}.")
    unchecked = [words for ground, words in GROUNDS.items() if ground not in checked]
    if unchecked:
        found.append(f"Not checked yet: {', '.join(unchecked)}.")
    return found


def check_passes(*, criteria: Mapping[str, str], decisions: Mapping[str, str], results: Mapping[str, str]) -> None:
    """Raise RuleBroken unless every criterion is passed (or does not apply) and every ground was checked."""
    failed = [criteria.get(key, key) for key, decision in decisions.items() if decision == FAIL]
    if failed:
        raise RuleBroken(f"The bid failed {'; '.join(failed)}. It can only be stopped.", code="stage1_failed")
    if EXCLUDED in results.values():
        raise RuleBroken("The supplier is excluded. The bid can only be stopped.", code="excluded")
    reasons = not_yet(criteria=criteria, decisions=decisions, checked=results.keys())
    if reasons:
        raise RuleBroken(" ".join(reasons), code="stage1_not_done")


def check_fails(failed: Sequence[Failed]) -> None:
    """Raise RuleBroken (nothing_failed) where a bid that failed no criterion would fail stage 1."""
    if not failed:
        raise RuleBroken("The bid has failed no criterion, so it cannot fail stage 1.", code="nothing_failed")


def why_stopped(failed: Sequence[Failed]) -> str:
    """Why a bid goes no further: each criterion that it failed, with the reason."""
    return "; ".join(f"{each.title}: {each.reason.rstrip('.')}" for each in failed) + "."


# How each letter begins to say why; %s is "this criterion" or "these criteria".
OPENINGS: Mapping[str, str] = {
    "stage1": "Every bid is first checked against the business-information criteria of this tender. Your bid did not "
    "meet %s:",
    "excluded": "The law asks us to look at the grounds for exclusion, and at the debarment list, before a contract is "
    "awarded. Your bid did not meet %s:",
    "late": "The tender said by which day bids had to be in. Your bid did not meet %s:",
}


def letter(
    *, why: str, council: str, supplier: str, title: str, reference: str, failed: Sequence[Failed], commissioner: str
) -> str:
    """The letter to a bidder that goes no further, as a draft for people to edit. `why`: a key of OPENINGS."""
    criteria = "\n".join(f"{number}. {each.title}\n   {each.reason}" for number, each in enumerate(failed, start=1))
    opening = OPENINGS[why] % ("this criterion" if len(failed) == 1 else "these criteria")
    return (
        f"To {supplier}\n\n"
        f"{title} (reference {reference})\n\n"
        f"Thank you for your bid. {opening}\n\n"
        f"{criteria}\n\n"
        f"Your bid was therefore not evaluated any further. "
        f"If you would like to talk about this decision, please write to {commissioner}.\n\n"
        f"Yours faithfully\n{commissioner}\n{council}\n"
    )
