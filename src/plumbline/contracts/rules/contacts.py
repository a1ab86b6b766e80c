"""How those who are told of incidents are reached: what may be kept, and which of several holds."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.periods import working_days_after

# Who has an office that anyone may ring; the others are people, different for each child.
OFFICES = (
    "customer_service_centre", "service_inbox", "lado", "ofsted", "national_panel", "safeguarding_partners",
    "secretary_of_state", "health_board", "ombudsman", "information_commissioner",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """How one is reached, each "" where that is not known. `own`: the contract has something of its own."""

    phone: str = ""
    email: str = ""
    form_url: str = ""
    hours: str = ""
    own: bool = False

    @property
    def tel(self) -> str:
        """The telephone number as a link has it; "" where it is no number."""
        digits = re.sub(r"[^\d+]", "", re.split(r"(?i)\bext|\bx\d|[;,/]", self.phone)[0])
        return digits if len(digits) > 2 else ""


def first_of(ways: Sequence[Way]) -> Way:
    """What holds of several, the contract's own first: each part is the first that is known."""

    def known(part: str) -> str:
        return next((getattr(way, part) for way in ways if getattr(way, part)), "")

    return Way(known("phone"), known("email"), known("form_url"), known("hours"), any(way.own for way in ways))


def check(recipient: str, way: Way) -> None:
    """Raise RuleBroken unless a contact can be kept so."""
    if recipient not in OFFICES:
        raise RuleBroken("For these no office is kept.", code="unknown_recipient")
    if way.phone and not way.tel:
        raise RuleBroken("Enter a telephone number, like 01632 960 001.", code="wrong_phone")
    if way.form_url and not re.match(r"https://[^\s/]+\.[^\s]+$", way.form_url):
        raise RuleBroken("Enter the whole address of the form, beginning with https://", code="wrong_address")
    if way.hours and not (way.phone or way.email or way.form_url):
        raise RuleBroken("Enter a telephone number, an e-mail address or the address of a form.", code="missing_words")


def is_unread(sent_on: date, *, on: date, holidays: Collection[date]) -> bool:
    """Whether a whole working day has gone by since an office was written to."""
    return working_days_after(sent_on, 1, holidays) < on
