"""Site visits and the reports of homes: the five areas, and what is due by when.

Visits: once a year to every home and school where the council has children (the seed report; domain.md 4.2), with 30
days' grace before it counts as overdue (interfaces.md, visit_overdue). Reports of children's homes: the Children's
Homes (England) Regulations 2015, regulation 44 (an independent person each month) and regulation 45 (a review of the
quality of care at least every six months, to Ofsted within 28 days).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.periods import add_months

AREAS: Mapping[str, str] = {
    "safer_recruitment": "Safer recruitment",
    "induction": "Induction",
    "supervision": "Supervision",
    "appraisal": "Appraisal",
    "training": "Training",
}
JUDGEMENTS = ("met", "partly", "not_met", "not_seen")

EVERY_DAYS = 365
GRACE_DAYS = 30
TOLD_BEFORE_DAYS = 42

REG44, REG45 = "reg44", "reg45"
# How long the home has after the end of the period. The visitor's report of a month is with us by the end of the next.
REG45_WITHIN_DAYS = 28


@dataclass(frozen=True, slots=True)
class FindingGiven:
    area: str
    judgement: str
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """When a visit is due, and from which day it is overdue."""

    due_on: date
    overdue_from: date
    visited_on: date | None

    def state(self, on: date) -> str:
        """ "overdue", "due" (near, or in its days of grace) or "in_time"."""
        if on >= self.overdue_from:
            return "overdue"
        return "due" if on >= self.due_on - timedelta(TOLD_BEFORE_DAYS) else "in_time"


def visit_due(*, last_visit_on: date | None, since: date) -> Due:
    """`since`: the start of the contract, or the day the first of our children there came."""
    due_on = (last_visit_on or since) + timedelta(EVERY_DAYS)
    return Due(due_on, due_on + timedelta(GRACE_DAYS + 1), last_visit_on)


def due_sentence(due: Due, *, planned_on: date | None, on: date) -> str:
    """When a home was last visited, by when it is to be visited again, and whether that is planned."""
    last = f"The last visit was on {wording.day(due.visited_on)}" if due.visited_on else "It has not been visited"
    when = "was" if on > due.due_on else "is"
    if planned_on is None:
        planned = "" if due.state(on) == "in_time" else " None is planned."
    elif planned_on < on:
        planned = f" The one planned for {wording.day(planned_on)} is not recorded yet."
    else:
        planned = f" It is planned for {wording.day(planned_on)}."
    return f"{last}; the yearly visit {when} due by {wording.day(due.due_on)}.{planned}"


def check_findings(findings: Sequence[FindingGiven]) -> None:
    """Raise RuleBroken unless each of the five areas has its judgement once, and each that is not met says why."""
    areas = [finding.area for finding in findings]
    unknown = sorted(set(areas) - set(AREAS))
    if unknown:
        raise RuleBroken(f"A visit has no area “{unknown[0]}”.", code="unknown_area")
    missing = [label for area, label in AREAS.items() if area not in areas]
    if missing:
        raise RuleBroken(f"Say what was found on: {', '.join(missing).lower()}.", code="missing_area")
    if len(areas) != len(set(areas)):
        raise RuleBroken("An area has two findings.", code="area_twice")
    for finding in findings:
        if finding.judgement not in JUDGEMENTS:
            raise RuleBroken(f"Choose a judgement for {AREAS[finding.area].lower()}.", code="missing_judgement")
        if finding.judgement in ("partly", "not_met", "not_seen") and not finding.finding.strip():
            raise RuleBroken(
                f"{AREAS[finding.area]} is not fully met or was not seen: say what was found, or why it was not seen.",
                code="missing_finding",
            )


def wants_action(findings: Iterable[FindingGiven]) -> list[str]:
    """The areas that are not met: a visit with one of these is not signed off without an action or a reason."""
    return [finding.area for finding in findings if finding.judgement == "not_met"]


@dataclass(frozen=True, slots=True)
class Expected:
    """One report that a home owes us: the period it speaks for, and by when it is to be here."""

    kind: str
    period_from: date
    due_on: date

    def words(self) -> str:
        if self.kind == REG44:
            return f"the regulation 44 report of {wording.month(self.period_from)}"
        to = add_months(self.period_from, 5)
        return f"the regulation 45 report of {self.period_from:%B} to {wording.month(to)}"


def half_year_of(day: date) -> date:
    """The first day of the half-year that a day lies in."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def check_period(kind: str, period_from: date, *, on: date) -> None:
    """Raise RuleBroken unless this is the first day of a period of this kind that has begun."""
    if kind not in (REG44, REG45):
        raise RuleBroken("Choose which report it is.", code="unknown_kind")
    first = period_from.replace(day=1) if kind == REG44 else half_year_of(period_from)
    if period_from != first:
        raise RuleBroken("A report speaks for a whole month or half-year, from its first day.", code="not_a_period")
    if period_from > on:
        raise RuleBroken("That period has not begun.", code="future_date")


def expected(*, since: date, on: date, until: date | None = None) -> list[Expected]:
    """Every report that a home whose contract began on `since` owes by `on`, oldest first: of whole months and whole
    half-years only, from the first that began on or after `since`, to the last that ended by `until`.
    """
    last = until or on
    found = [*_owed(REG44, 1, since, last), *_owed(REG45, 6, since, last)]
    return sorted((one for one in found if one.due_on < on), key=lambda one: (one.period_from, one.kind))


def missing(
    *, since: date, on: date, received: Iterable[tuple[str, date]], until: date | None = None
) -> list[Expected]:
    """The reports owed and not received, oldest first. `received`: kind and first day of the period."""
    have = set(received)
    return [one for one in expected(since=since, on=on, until=until) if (one.kind, one.period_from) not in have]


def due_by(kind: str, period_from: date) -> date:
    """The last day for a home's report: of a regulation 44 visit the end of the month after it; of a review of the
    quality of care (regulation 45) some days after its half-year."""
    if kind == REG44:
        return add_months(period_from, 2) - timedelta(1)
    return add_months(period_from, 6) + timedelta(REG45_WITHIN_DAYS - 1)


def _owed(kind: str, months: int, since: date, last: date) -> Iterable[Expected]:
    first = since.replace(day=1) if kind == REG44 else half_year_of(since)
    period_from = first if first >= since else add_months(first, months)
    while add_months(period_from, months) - timedelta(1) <= last:
        yield Expected(kind, period_from, due_by(kind, period_from))
        period_from = add_months(period_from, months)


def missing_sentence(home: str, owed: Sequence[Expected]) -> str:
    """Which reports of a home have not come."""
    first = owed[0]
    more = f" and {len(owed) - 1} more" if len(owed) > 1 else ""
    return f"{home}: {first.words()} was due by {wording.day(first.due_on)} and has not come{more}."
