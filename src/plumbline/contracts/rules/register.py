"""What must hold of a line in the register of contracts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from plumbline.contracts.rules.evaluations import RHYTHMS
from plumbline.kernel.errors import RuleBroken

BLOCK, FRAMEWORK, CALL_OFF, SPOT = "block", "framework", "call_off", "spot"


@dataclass(frozen=True, slots=True)
class Line:
    """A contract as it is to be in the register."""

    reference: str
    title: str
    kind: str
    service: str
    starts_on: date
    ends_on: date | None
    value: Decimal | None
    statutory_from: date | None
    review_every: int
    settings: int
    for_one_child: bool
    framework_kind: str = ""
    framework_is_itself: bool = False


def check(line: Line) -> None:
    """Raise RuleBroken with the first thing that cannot be."""
    if not line.reference.strip():
        raise RuleBroken("The contract needs a reference.", code="missing_id")
    if not line.title.strip():
        raise RuleBroken("The contract needs a title.", code="missing_title")
    if line.kind not in (BLOCK, FRAMEWORK, CALL_OFF, SPOT):
        raise RuleBroken(f"“{line.kind}” is not a kind of contract.", code="unknown_code")
    if line.ends_on is not None and line.ends_on < line.starts_on:
        raise RuleBroken("The contract ends before it starts.", code="end_before_start")
    if line.statutory_from is not None and line.ends_on is not None and line.statutory_from > line.ends_on:
        raise RuleBroken("A statutory function cannot begin after the contract has ended.", code="statutory_after_end")
    if line.review_every not in RHYTHMS:
        raise RuleBroken("Choose how often the contract is reviewed.", code="unknown_code")
    if line.value is not None and line.value < 0:
        raise RuleBroken("The value cannot be less than nothing.", code="bad_number")
    if line.framework_kind and line.framework_kind != FRAMEWORK:
        raise RuleBroken("That contract is no framework: nothing is called off from it.", code="not_a_framework")
    if line.framework_is_itself:
        raise RuleBroken("A contract is not called off from itself.", code="not_a_framework")
    if line.framework_kind and line.kind not in (CALL_OFF, SPOT):
        raise RuleBroken(
            "Only a call-off or an individual placement agreement comes under a framework.", code="not_a_call_off"
        )
    if line.for_one_child and line.kind != SPOT:
        raise RuleBroken("Only an individual placement agreement is for one child.", code="not_for_one_child")
    if line.kind == SPOT and line.settings > 1:
        raise RuleBroken("An individual placement agreement is for one setting.", code="one_setting")


def check_end(*, starts_on: date, last_day: date, because: str) -> None:
    """Raise RuleBroken where a contract would end without a reason, or before it started."""
    if not because.strip():
        raise RuleBroken("Say why the contract ends.", code="missing_reason")
    if last_day < starts_on:
        raise RuleBroken("The contract cannot end before it started.", code="end_before_start")
