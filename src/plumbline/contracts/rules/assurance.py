"""For how long an assessment is valid, and what an annual assurance return says of each policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import Said
from plumbline.kernel.periods import add_months
from plumbline.toolkits.content import POLICY_FACT

# Until the council has settled otherwise (contracts.AssessmentTerm).
MONTHS = 12
LONGEST_MONTHS = 60
# A new assessment is asked for this many days before the one in force runs out.
TOLD_BEFORE_DAYS = 60

BOARD, SELF, PLAN = "board", "self", "plan"
KINDS: Mapping[str, str] = Said({BOARD: "{board} assessment", SELF: "self-assessment", PLAN: "action plan"})

# The criterion by which the self-assessments of the library ask for the action plan, as a document.
PLAN_CRITERION = "action_plan"
_IN_PLACE = frozenset({"yes", "pass", "met", "green", "outstanding", "good"})


def longest_valid(completed_on: date, *, months: int) -> date:
    """The last day on which it can be valid by the council's term: the same day, so many months later."""
    return add_months(completed_on, months)


def valid_until(
    *, completed_on: date, months: int, said: date | None = None, document_expires_on: date | None = None
) -> date:
    """Until when an assessment counts: never longer than the council's term, than its document, or than was said."""
    return min(
        day for day in (longest_valid(completed_on, months=months), said, document_expires_on) if day is not None
    )


def check_assessment(
    *, kind: str, completed_on: date, said: date | None, months: int, instrument: str, has_source: bool, on: date
) -> None:
    """Raise RuleBroken unless an assessment may be recorded so. `has_source`: a return or a document shows it."""
    if kind not in KINDS:
        raise RuleBroken("Choose which assessment it is.", code="unknown_kind")
    if completed_on > on:
        raise RuleBroken(f"{wording.day(completed_on)} is a date in the future.", code="future_date")
    if said is not None and said < completed_on:
        raise RuleBroken("It would run out before it was completed.", code="end_before_start")
    longest = longest_valid(completed_on, months=months)
    if said is not None and said > longest:
        raise RuleBroken(
            f"By the council’s term of {months} months it is valid until {wording.day(longest)} at the latest.",
            code="longer_than_term",
        )
    if not instrument.strip():
        raise RuleBroken("Say with which instrument it was made.", code="missing_instrument")
    if not has_source:
        raise RuleBroken("Attach the assessment, or choose the return it was made with.", code="missing_source")


def check_plan(*, agreed_on: date, has_source: bool, on: date) -> None:
    """Raise RuleBroken unless an action plan may be recorded so. For a day that has passed it needs what shows it: a
    word of today must not make the past green."""
    if agreed_on > on:
        raise RuleBroken(f"{wording.day(agreed_on)} is a date in the future.", code="future_date")
    if agreed_on < on and not has_source:
        raise RuleBroken(
            "For a day that has passed, attach the plan, or record it with a signed-off return that holds it.",
            code="missing_source",
        )


def check_term(*, kind: str, months: int, from_on: date, because: str, on: date) -> None:
    """Raise RuleBroken for a term of assessments that is of no kind, out of range, for days that have passed, or
    without a reason."""
    if kind not in KINDS:
        raise RuleBroken("Choose for which assessment.", code="unknown_kind")
    if not 1 <= months <= LONGEST_MONTHS:
        raise RuleBroken(f"A term is from 1 to {LONGEST_MONTHS} months.", code="out_of_range")
    if from_on < on:
        raise RuleBroken("A term cannot be changed for days that have passed.", code="past_date")
    if not because.strip():
        raise RuleBroken("Say why the term is so.", code="missing_reason")


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """What a signed-off return says of one policy: its fact, the kind and value of the answer, the day of review."""

    fact: str
    answer_kind: str
    value: str
    reviewed_on: date | None
    document_id: int | None = None


def reviews_of(
    answers: Sequence[PolicyAnswer], *, policies: Sequence[str]
) -> tuple[list[tuple[str, date, int | None]], list[str]]:
    """The reviews that the answers show (policy, day, document), and the policies of which they show none.

    A policy counts when it is said to be in place and the day of its last review is given.
    """
    found: dict[str, tuple[str, date, int | None]] = {}
    for answer in answers:
        policy = answer.fact.removeprefix(POLICY_FACT)
        if not answer.fact.startswith(POLICY_FACT) or policy not in policies:
            continue
        day = _read_day(answer.value) if answer.answer_kind == "date" else answer.reviewed_on
        in_place = answer.answer_kind in ("date", "document") or answer.value in _IN_PLACE
        if in_place and day is not None and (policy not in found or day > found[policy][1]):
            found[policy] = (policy, day, answer.document_id)
    return [found[policy] for policy in policies if policy in found], [one for one in policies if one not in found]


def _read_day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
