"""What a tender must have before it goes out, as sentences; no table, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.toolkits.content import AnswerKind, Content

COMPETITION, FRAMEWORK, DIRECT_AWARD, CALL_OFF = "competition", "framework", "direct_award", "call_off"
# Suppliers bid against each other in these, and their scores decide; a call-off from a framework may name one.
COMPETED = frozenset({COMPETITION, FRAMEWORK})
# What a toolkit says that it is for (toolkits.schema).
STAGE1_PURPOSE, QUESTIONS_PURPOSE = "tender_stage1", "tender_questions"

# Working days (Procurement Act 2023, domain.md 3.6); a light-touch contract needs none.
STANDSTILL = 8
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Details:
    """Everything that is typed into the draft of a tender. Numbers of people, tenders and versions are their ids."""

    title: str
    service: str
    reference: str = ""
    description: str = ""
    kind: str = COMPETITION
    body: str = "children"
    statutory_function: bool = False
    light_touch: bool = True
    standstill_days: int = 0
    value: Decimal | None = None
    cpv: str = ""
    framework_id: int | None = None
    direct_award_reason: str = ""
    lead_commissioner_id: int | None = None
    service_area_lead_id: int | None = None
    stage1_id: int | None = None
    questions_id: int | None = None
    quality_share: Decimal = WHOLE
    method: str = "moderate"
    reason_beyond: Decimal = Decimal(0)
    bids_due_on: date | None = None
    implementation_from: date | None = None
    service_starts_on: date | None = None
    service_ends_on: date | None = None


def check_draft(details: Details) -> None:
    """Raise RuleBroken for what not even a draft may say. What is not known yet may be left out."""
    if not details.title.strip():
        raise RuleBroken("The tender needs a title.", code="missing_title")
    if not details.service.strip():
        raise RuleBroken("Say which service is bought.", code="missing_service")
    if not 0 <= details.quality_share <= WHOLE:
        raise RuleBroken("The share of quality lies between 0 and 100.", code="bad_share")
    if details.standstill_days < 0:
        raise RuleBroken("The standstill has 0 working days or more.", code="bad_standstill")
    if details.reason_beyond < 0:
        raise RuleBroken("The distance that needs a reason is 0 or more.", code="bad_distance")
    if details.value is not None and details.value < 0:
        raise RuleBroken("The value cannot be below 0.", code="bad_value")


# The parts of a draft, by what they are about.
WHAT, ASKED, TIMETABLE = "what", "asked", "timetable"


def missing(details: Details, *, on: date) -> list[tuple[str, str]]:
    """Why a tender may not go out on a day: (the part of the draft, a sentence); nothing where it may."""
    direct = details.kind == DIRECT_AWARD
    found = []
    if details.stage1_id is None:
        found.append((ASKED, "Nothing goes out without stage 1: choose the business-information assessment."))
    if direct and not details.direct_award_reason.strip():
        found.append((WHAT, "Say why the contract is awarded directly."))
    if details.kind == CALL_OFF and details.framework_id is None:
        found.append((WHAT, "Say from which framework it is called off."))
    competed = details.kind in COMPETED
    if details.questions_id is None and competed:
        found.append((ASKED, "Choose the scored questions."))
    if not details.light_touch and competed and details.standstill_days < STANDSTILL:
        found.append(
            (TIMETABLE, f"The standstill has at least {STANDSTILL} working days, unless the contract is light-touch.")
        )
    return found + [(TIMETABLE, reason) for reason in _timetable(details, on=on, direct=direct)]


def not_ready(details: Details, *, on: date) -> list[str]:
    """The sentences of `missing`."""
    return [reason for _, reason in missing(details, on=on)]


def _timetable(details: Details, *, on: date, direct: bool) -> list[str]:
    found = []
    due, begins, starts, ends = (
        details.bids_due_on, details.implementation_from, details.service_starts_on, details.service_ends_on
    )  # fmt: skip
    if due is None and not direct:
        found.append("Say by which day bids must be in.")
    if due is not None and due <= on:
        found.append("The last day for bids must lie ahead.")
    if starts is None:
        found.append("Say when the service starts.")
    if begins is None:
        found.append("The timetable needs an implementation period between award and service: say when it begins.")
    if begins is not None and starts is not None and begins >= starts:
        found.append("The implementation period must begin before the service starts.")
    if due is not None and begins is not None and begins <= due:
        found.append("The award, and with it the implementation period, comes after the last day for bids.")
    if starts is not None and ends is not None and ends <= starts:
        found.append("The service ends after it starts.")
    return found


# With fewer days than these between publication and the last day, bidders cannot be expected to answer well.
FEW_DAYS = 10


def warnings(details: Details, *, on: date) -> list[str]:
    """What does not hold up a tender, and should be known to the person who approves or publishes it on a day."""
    due = details.bids_due_on
    if due is None or not 0 < (due - on).days < FEW_DAYS:
        return []
    left = (due - on).days
    days = "1 day" if left == 1 else f"{left} days"
    return [f"The last day for bids is {wording.day(due)}: bidders would have {days}. Say why, or give them more time."]


def check_ready(details: Details, *, on: date) -> None:
    """Raise RuleBroken (not_ready) with everything that a tender lacks before it can go out."""
    reasons = not_ready(details, on=on)
    if reasons:
        raise RuleBroken(" ".join(reasons), code="not_ready")


def check_stage1(content: Content) -> None:
    """Raise RuleBroken unless a version of a toolkit can be a stage 1: criteria that are passed or failed."""
    wrong = [each.title for each in content.criteria if each.answer is not AnswerKind.PASS_FAIL]
    if content.purpose != STAGE1_PURPOSE or wrong or not content.criteria:
        raise RuleBroken(
            f"“{content.title}” is no stage 1: that is a business-information assessment whose criteria are all passed "
            "or failed.",
            code="not_a_stage1",
        )


def weights(content: Content) -> Decimal:
    """The sum of the weights of a toolkit's questions, in per cent."""
    return sum((each.weight for each in content.criteria if each.weight is not None), Decimal(0))


def check_questions(content: Content) -> None:
    """Raise RuleBroken unless these are questions to be scored, and their weights add to 100."""
    if content.purpose != QUESTIONS_PURPOSE:
        raise RuleBroken(f"“{content.title}” holds no questions of a tender.", code="not_questions")
    total = weights(content)
    if total != WHOLE:
        raise RuleBroken(
            f"The weights of “{content.title}” add to {total.normalize():f}, not to 100. Choose other questions.",
            code="weights_not_100",
        )


def asks_safeguarding(content: Content) -> bool:
    """Whether one of the questions is about safeguarding and counts for something."""
    return any(each.safeguarding and each.weight for each in content.criteria)


def check_approver(*, drafted_by: Sequence[int | None], approver: int, because: str) -> None:
    """The person who drafted a tender does not approve it, unless with a reason, which is kept."""
    if approver in drafted_by and not because.strip():
        raise RuleBroken(
            "You drafted this tender. Someone else approves it; if nobody else can, say why.", code="own_draft"
        )


def check_closing(*, kind: str, bids_due_on: date | None, on: date) -> None:
    """Raise RuleBroken (still_open) where a tender would be closed while bids may still come."""
    if kind != DIRECT_AWARD and bids_due_on is not None and on <= bids_due_on:
        raise RuleBroken(
            f"Bids may come until the end of {wording.day(bids_due_on)}. Close the tender after that day.",
            code="still_open",
        )


def is_late(*, kind: str, received_on: date, bids_due_on: date | None) -> bool:
    """Whether a bid came after the last day for bids; a direct award has none."""
    return kind != DIRECT_AWARD and bids_due_on is not None and received_on > bids_due_on


def check_one_bid_each(alike: Iterable[Sequence[str]]) -> None:
    """Raise RuleBroken while two bids are one supplier's. `alike`: the names under which each such supplier bids."""
    said = [" and ".join(names) for names in alike]
    if said:
        raise RuleBroken(
            f"{'; '.join(said)} are one supplier now. One of these bids is withdrawn before the evaluation.",
            code="one_supplier_two_bids",
        )


def check_conflicts(undecided: Iterable[str]) -> None:
    """No bid is looked at while it is open whether someone with an interest may go on. `undecided`: whose it is."""
    names = ", ".join(sorted(undecided))
    if names:
        raise RuleBroken(f"Decide first on the conflict of interest of {names}.", code="conflict_undecided")
