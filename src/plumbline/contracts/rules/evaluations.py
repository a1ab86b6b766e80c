"""The quarterly evaluation meeting: what its record holds, who was there, and when the next one is due.

The fields of the record are those of domain.md 4.4; how often it is held is the register's to say, how many days that
is the rating's (`library/rag.yaml`).
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from plumbline.contracts.rules import rating
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.periods import add_months

RHYTHMS: Mapping[int, str] = {1: "monthly", 3: "quarterly", 6: "half-yearly", 12: "yearly"}
# A meeting that is not planned yet is said this many days before it is due.
TOLD_BEFORE_DAYS = 21

COUNTS: Mapping[str, str] = {
    "incidents": "Incidents this quarter",
    "allegations": "Allegations this quarter",
    "complaints": "Complaints this quarter",
}
SHARES: Mapping[str, str] = {
    "training_percent": "Staff with safeguarding training in date, per cent",
    "dbs_percent": "Staff with a disclosure and barring check in date, per cent",
}
TEXTS: Mapping[str, str] = {
    "staffing_changes": "Changes of staff",
    "concerns": "Concerns raised",
    "concerns_action": "What is done about the concerns",
}
SAFEGUARDING: Mapping[str, str] = {**COUNTS, **SHARES, **TEXTS, "concerns_raised": "Were concerns raised?"}


@dataclass(frozen=True, slots=True)
class Attendee:
    name: str
    organisation: str = ""
    role: str = ""
    service_area: bool = False


@dataclass(frozen=True, slots=True)
class CaseGiven:
    """A case that needs resolution, without a name; `child`: the source id of the child it is about, "" for none."""

    reference: str
    summary: str
    child: str = ""


@dataclass(frozen=True, slots=True)
class CommitmentGiven:
    commitment_id: int
    result: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class KpiGiven:
    kpi_id: int
    value: str
    rating: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ActionGiven:
    """`owner_id`: a user; None: the provider itself owns it."""

    title: str
    due_on: date
    detail: str = ""
    owner_id: int | None = None
    critical: bool = False


@dataclass(frozen=True, slots=True)
class ArrangementGiven:
    """What was agreed at the meeting for this contract alone, by whom for the council and with whom."""

    text: str
    agreed_by: str
    agreed_with: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """All that is recorded of a meeting. `service_area_said`: None where it is to follow from who was there.

    `heard`: what was said of actions raised earlier, by their number.
    """

    held_on: date
    chair: str
    attendees: Sequence[Attendee]
    service_area_said: bool | None
    minutes: str
    minutes_document_id: int | None
    safeguarding: Mapping[str, Any]
    kpi_quarter: date | None = None
    cases: Sequence[CaseGiven] = ()
    commitments: Sequence[CommitmentGiven] = ()
    kpis: Sequence[KpiGiven] = ()
    actions: Sequence[ActionGiven] = ()
    heard: Sequence[tuple[int, str]] = ()
    arrangements: Sequence[ArrangementGiven] = ()
    next_on: date | None = None


def next_due(*, last_held_on: date | None, starts_on: date, review_every: int) -> date:
    """The last day on which the next meeting is in time; `review_every`: so many months, as the register says."""
    return (last_held_on or starts_on) + timedelta(rating.evaluation_days(review_every))


def wants_telling(*, due_on: date, planned_on: date | None, on: date) -> bool:
    """Whether the contract manager is told: it comes near and nothing is planned in time, or it is late."""
    if on > due_on:
        return True
    return on >= due_on - timedelta(TOLD_BEFORE_DAYS) and (planned_on is None or planned_on > due_on)


def due_sentence(*, due_on: date, planned_on: date | None, review_every: int, on: date) -> str:
    """By when the next evaluation meeting is due, and whether one is planned."""
    if planned_on is None:
        planned = " None is planned."
    elif planned_on < on:
        planned = f" The one planned for {wording.day(planned_on)} is not recorded yet."
    else:
        planned = f" It is planned for {wording.day(planned_on)}."
    was = "was" if on > due_on else "is"
    return f"The {RHYTHMS[review_every]} evaluation meeting {was} due by {wording.day(due_on)}.{planned}"


def service_area_present(attendees: Iterable[Attendee], *, said: bool | None) -> bool:
    """Whether the service area was there: it follows from who was, and may be said no.

    Raises RuleBroken where it is said yes and nobody listed came for it.
    """
    there = any(attendee.service_area for attendee in attendees)
    if said and not there:
        raise RuleBroken("Say who was there for the service area, or that it was not there.", code="nobody_for_area")
    return there if said is None else said


def check_meeting(meeting: Meeting, *, on: date) -> dict[str, Any]:
    """Raise RuleBroken unless the record says what it must; the safeguarding section as it is kept."""
    if meeting.held_on > on:
        raise RuleBroken(f"{wording.day(meeting.held_on)} is a date in the future.", code="future_date")
    if not any(attendee.name.strip() for attendee in meeting.attendees):
        raise RuleBroken("Say who was there.", code="missing_attendees")
    if any(not attendee.name.strip() for attendee in meeting.attendees):
        raise RuleBroken("Someone who was there has no name.", code="missing_name")
    if not meeting.minutes.strip() and meeting.minutes_document_id is None:
        raise RuleBroken("Type the minutes or attach them.", code="missing_minutes")
    if meeting.next_on is not None and meeting.next_on <= meeting.held_on:
        raise RuleBroken("The next meeting is not after this one.", code="end_before_start")
    for action in meeting.actions:
        if not action.title.strip():
            raise RuleBroken("Say what is to be done.", code="missing_title")
    if meeting.kpis:
        check_quarter(meeting.kpi_quarter, on=meeting.held_on)
    service_area_present(meeting.attendees, said=meeting.service_area_said)
    return check_safeguarding(meeting.safeguarding)


def check_safeguarding(given: Mapping[str, Any]) -> dict[str, Any]:
    """The safeguarding section as it is kept: every key of SAFEGUARDING; counts, shares and `concerns_raised` may be
    None (not reported). Raises RuleBroken for what is no count, no per cent, not known here, or contradicts itself.
    """
    unknown = sorted(set(given) - set(SAFEGUARDING))
    if unknown:
        raise RuleBroken(f"The safeguarding section has no “{unknown[0]}”.", code="unknown_field")
    kept: dict[str, Any] = {}
    for key, label in COUNTS.items():
        kept[key] = _whole(given.get(key), label)
    for key, label in SHARES.items():
        kept[key] = _whole(given.get(key), label)
        if kept[key] is not None and kept[key] > 100:
            raise RuleBroken(f"{label}: it cannot be more than 100.", code="too_large")
    for key, label in TEXTS.items():
        value = given.get(key) or ""
        if not isinstance(value, str):
            raise RuleBroken(f"{label}: this is not text.", code="wrong_kind")
        kept[key] = value.strip()
    raised = given.get("concerns_raised")
    if raised not in (None, True, False):
        raise RuleBroken("Say yes or no: were concerns raised?", code="wrong_kind")
    if raised and not kept["concerns"]:
        raise RuleBroken("Say which concerns were raised, with case references and no names.", code="missing_concerns")
    if raised is False and kept["concerns"]:
        raise RuleBroken("Concerns are described, yet it says that none were raised.", code="contradiction")
    if kept["concerns"] and not kept["concerns_action"]:
        raise RuleBroken("Say what is done about the concerns: who does what, by when.", code="missing_what_is_done")
    if kept["concerns_action"] and not kept["concerns"]:
        raise RuleBroken("Say which concerns it is that something is done about.", code="missing_concerns")
    kept["concerns_raised"] = True if kept["concerns"] else raised
    return kept


def _whole(value: Any, label: str) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,6}", str(value).strip()):
        raise RuleBroken(f"{label}: enter a whole number, 0 or more.", code="not_a_number")
    return int(str(value).strip())


def names_in(text: str, names: Iterable[str]) -> list[str]:
    """Which of a child's names are in the text as words of their own, with accents and capitals left aside.

    A name of one letter is none. A name that is also a small word ("Will", "May") counts only with its capital.
    """
    words = [(word, _folded(word)) for word in re.findall(r"[^\W\d_]+", text)]
    found = []
    for name in names:
        for part in re.findall(r"[^\W\d_]+", name):
            if len(part) < 2:
                continue
            if any(folded == _folded(part) and (word[0].isupper() or not part[0].isupper()) for word, folded in words):
                found.append(part)
    return found


def check_nameless(text: str, *, names: Collection[str]) -> None:
    """Raise RuleBroken where the text holds one of the child's names."""
    if names_in(text, names):
        raise RuleBroken(
            "The summary is read by people who may not know the child. Write it without the child’s name.",
            code="names_a_child",
        )


def check_case(case: CaseGiven) -> None:
    """Raise RuleBroken for a case of a meeting without a reference that names nobody, or without what it needs."""
    if not case.reference.strip():
        raise RuleBroken("Give the case a reference that names nobody.", code="missing_reference")
    if not case.summary.strip():
        raise RuleBroken(f"Say in a few words what case {case.reference} needs.", code="missing_summary")


def quarter_of(day: date) -> date:
    """The first day of the quarter of the year (from January, April, July, October)."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def last_quarter(day: date) -> date:
    """The first day of the last quarter that has ended."""
    return add_months(quarter_of(day), -3)


def check_quarter(quarter_from: date | None, *, on: date) -> date:
    """The first day of a quarter of the year; raises RuleBroken (not_a_quarter, future_date)."""
    if quarter_from is None or quarter_of(quarter_from) != quarter_from:
        raise RuleBroken("A quarter begins on the first of January, April, July or October.", code="not_a_quarter")
    if quarter_from > on:
        raise RuleBroken(f"The quarter from {wording.day(quarter_from)} has not begun.", code="future_date")
    return quarter_from


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
