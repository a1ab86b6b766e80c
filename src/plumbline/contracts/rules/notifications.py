"""Who must be told of a serious incident, as `contracts/library/notifications.yaml` says it: read and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import spoken

_FILE = Path(__file__).parents[1] / "library" / "notifications.yaml"

SETTINGS = ("childrens_home", "supported_accommodation", "other")
DUTIES = ("provider", "council")
ALL = "all"
# The council has decided that the incident must be notified to the national panel (Children Act 2004, section 16C).
NOTIFIABLE = "notifiable"
# The setting is a secure children's home.
SECURE = "secure"
_WHEN = ("always", NOTIFIABLE, SECURE)


@dataclass(frozen=True, slots=True)
class Clock:
    """Either `hours` from the moment of knowing, or the end of a number of working days after the day of knowing."""

    key: str
    words: str
    hours: int | None = None
    working_days: int | None = None


@spoken("label")
@dataclass(frozen=True, slots=True)
class Recipient:
    """`council`: who is told works for the council, so that the council says whether it was received."""

    key: str
    label: str
    council: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One recipient's duty: for which settings and types of incident, by which law, and on which days that holds."""

    recipient: str
    settings: frozenset[str]
    types: frozenset[str]
    when: str
    duty: str
    clock: Clock
    basis: str
    source: str
    from_on: date | None
    to_on: date | None

    def stands_on(self, day: date) -> bool:
        return (self.from_on is None or self.from_on <= day) and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an incident form. `recipient`: whom it tells, "" for a step that tells nobody."""

    step: str
    duty: str
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    version: str
    clocks: Mapping[str, Clock]
    recipients: Mapping[str, Recipient]
    sources: Mapping[str, str]
    rules: Sequence[Rule]
    steps: Sequence[Step]

    def label(self, recipient: str) -> str:
        """The recipient in words; of one that the library no longer has, its key."""
        known = self.recipients.get(recipient)
        return known.label if known else recipient.replace("_", " ").capitalize()


@cache
def library() -> Library:
    """The library as shipped. Raises RuleBroken (wrong_library) where it does not hold together."""
    return read(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def read(written: Mapping[str, Any]) -> Library:
    """What a file of notifications says. Raises RuleBroken (wrong_library) with what is wrong and in which rule."""
    clocks = {key: _clock(key, each) for key, each in written.get("clocks", {}).items()}
    recipients = {
        key: Recipient(key, str(each["label"]), bool(each.get("council")))
        for key, each in written["recipients"].items()
    }
    sources = dict(written.get("sources", {}))
    rules: list[Rule] = []
    for number, each in enumerate(written["rules"], start=1):
        rules += _rules(number, each, clocks=clocks, recipients=recipients, sources=sources)
    _check_no_overlap(rules)
    steps = tuple(
        Step(str(each["step"]), str(each["duty"]), str(each.get("recipient") or "")) for each in written["steps"]
    )
    check_steps(steps, recipients=recipients)
    return Library(str(written["version"]), clocks, recipients, sources, tuple(rules), steps)


def check_steps(steps: Sequence[Step], *, recipients: Mapping[str, Recipient]) -> None:
    """Raise RuleBroken unless the steps of a form can be used: at least one, each said, with a duty that is known."""
    if not steps:
        raise RuleBroken("A form needs at least one step.", code="no_steps")
    for number, each in enumerate(steps, start=1):
        if not each.step.strip():
            raise RuleBroken(f"Step {number} says nothing.", code="empty_step")
        if len(each.step) > 500:
            raise RuleBroken(f"Step {number} is longer than 500 characters.", code="long_step")
        if each.duty not in DUTIES:
            raise RuleBroken(f"Step {number}: say whose duty it is, the provider’s or the council’s.", code="no_duty")
        if each.recipient and each.recipient not in recipients:
            raise RuleBroken(f"Step {number} tells “{each.recipient}”, which is not known.", code="unknown_recipient")


def _clock(key: str, each: Mapping[str, Any]) -> Clock:
    clock = Clock(key, str(each["words"]), each.get("hours"), each.get("working_days"))
    if (clock.hours is None) == (clock.working_days is None):
        raise RuleBroken(f"The clock “{key}” has either hours or working days.", code="wrong_library")
    return clock


def _rules(
    number: int,
    each: Mapping[str, Any],
    *,
    clocks: Mapping[str, Clock],
    recipients: Mapping[str, Recipient],
    sources: Mapping[str, str],
) -> list[Rule]:
    named = each["recipient"] if isinstance(each["recipient"], list) else [each["recipient"]]
    when = str(each.get("when", "always"))
    wrong = [
        *(f"recipient “{name}”" for name in named if name not in recipients),
        *(f"kind of setting “{kind}”" for kind in each["settings"] if kind not in SETTINGS),
        *([f"clock “{each['clock']}”"] if each["clock"] not in clocks else []),
        *([f"source “{each['source']}”"] if each["source"] not in sources else []),
        *([f"duty “{each['duty']}”"] if each["duty"] not in DUTIES else []),
        *([f"when “{when}”"] if when not in _WHEN else []),
    ]
    if wrong:
        raise RuleBroken(f"Rule {number} has an unknown {', '.join(wrong)}.", code="wrong_library")
    return [
        Rule(
            recipient=name,
            settings=frozenset(each["settings"]),
            types=frozenset(each["types"]),
            when=when,
            duty=each["duty"],
            clock=clocks[each["clock"]],
            basis=" ".join(str(each["basis"]).split()),
            source=sources[each["source"]],
            from_on=each.get("from"),
            to_on=each.get("to"),
        )
        for name in named
    ]


def _check_no_overlap(rules: Sequence[Rule]) -> None:
    """No recipient is told of one incident by two rules: an incident has one line for each recipient."""
    for at, one in enumerate(rules):
        for other in rules[at + 1 :]:
            same = one.recipient == other.recipient and one.settings & other.settings
            types = one.types & other.types or ALL in one.types or ALL in other.types
            apart = (one.to_on is not None and other.from_on is not None and one.to_on < other.from_on) or (
                other.to_on is not None and one.from_on is not None and other.to_on < one.from_on
            )
            if same and types and not apart:
                raise RuleBroken(
                    f"{one.recipient} is told twice of the same incident: by “{one.basis}” and by “{other.basis}”.",
                    code="wrong_library",
                )
