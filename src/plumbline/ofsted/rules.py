"""Where everything Ofsted has said leaves a setting: a status for every day, with its reasons in words.

The rules are rows (RULES) and the fold over a setting's inspections (`_standing`). Sources: domain.md 5.2 to 5.10 and
the corrections at its top. A judgement counts from its publication, else from its inspection.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from plumbline.kernel.names import listed
from plumbline.kernel.wording import day as day_in_words
from plumbline.ofsted.grades import (
    ASPECTS,
    EARLIER_KEY_JUDGEMENTS,
    FULL_GRADES_OF_SCHOOLS_ENDED_ON,
    ISS_PARTS,
    KEY_JUDGEMENTS,
    NOT_JUDGED,
    PROVISION_JUDGEMENTS,
    REPORT_CARD_AREAS,
    SAYS_NOTHING,
    UNKNOWN,
    Aspect,
    label_of,
)

RULE_VERSION = "2026-12"


class Status(StrEnum):
    """Worst first. `unmatched` is for settings on no list; the rules never give it."""

    UNREGISTERED = "unregistered"
    ADVERSE = "adverse"
    CLOSED = "closed"
    UNMATCHED = "unmatched"
    NOT_JUDGED = "not_judged"
    WATCH = "watch"
    CLEAR = "clear"


# The order in which one status hides another. A watch hides `not_judged`, which says that no concern was found.
_GRAVITY = (Status.UNREGISTERED, Status.ADVERSE, Status.CLOSED, Status.WATCH, Status.NOT_JUDGED, Status.CLEAR)


class Kind(StrEnum):
    FULL = "full"
    STANDARD = "standard"
    REPORT_CARD = "report_card"
    INTERIM = "interim"
    MONITORING = "monitoring"
    UNGRADED = "ungraded"
    PROGRESS_MONITORING = "progress_monitoring"
    # Some grades of a report card given again, on a day of their own, by a later visit.
    REGRADED = "regraded"


# Only these judge a setting again, and so only these can clear an earlier inadequate.
JUDGING_ANEW = frozenset({Kind.FULL, Kind.STANDARD, Kind.REPORT_CARD})


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the rules need to know of an inspection: `judgements` maps an aspect to its grade (ofsted.grades)."""

    kind: str
    inspected_on: date
    published_on: date | None = None
    judgements: Mapping[str, str] = field(default_factory=dict)
    event_number: str = ""
    # Where the judgement is of the school that this one was made from: that school's URN.
    predecessor_urn: str = ""
    inspectorate: str = "Ofsted"

    @property
    def counts_from(self) -> date:
        return self.published_on or self.inspected_on


@dataclass(frozen=True, slots=True)
class Notice:
    """An enforcement notice in force from `from_on` to `to_on`, both included; `to_on` None: until further notice."""

    kind: str
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Unregistered:
    """The setting was used though not registered, from `from_on` to `to_on`, both included."""

    from_on: date
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code, a sentence for people, and the first day on which it held without a break."""

    code: str
    sentence: str
    since: date


@dataclass(frozen=True, slots=True)
class StatusPeriod:
    """From `from_on` up to, not including, `to_on`; None: still. Worst reasons first."""

    status: Status
    from_on: date
    to_on: date | None
    reasons: tuple[Reason, ...]
    rule_version: str = RULE_VERSION


@dataclass(frozen=True, slots=True)
class Rule:
    """A grade that makes a setting adverse or one to watch. `hard`: only being judged again ends it."""

    code: str
    status: Status
    aspects: frozenset[str]
    grades: frozenset[str]
    hard: bool
    # For key judgements of schools: only where there is no single word over them (inspections since September 2024).
    without_overall: bool | None = None


def _rule(
    code: str, status: Status, aspects: Iterable[str], grades: Iterable[str], *, without_overall: bool | None = None
) -> Rule:
    graded = frozenset(grades)
    # An inadequate in any scale's words stays until a full inspection judges again; a mere "watch" may pass sooner.
    hard = status is Status.ADVERSE or "inadequate" in graded
    return Rule(code, status, frozenset(aspects), graded, hard, without_overall)


_MIDDLING = ("requires_improvement", "adequate", "satisfactory")

# One row per rule of domain.md 5.10 and its corrections; the first rule of a code that fits gives the sentence.
RULES: tuple[Rule, ...] = (
    _rule("overall_inadequate", Status.ADVERSE, [Aspect.OVERALL, Aspect.OVERALL_EFFECTIVENESS], ["inadequate"]),
    _rule("protection_inadequate", Status.ADVERSE, [Aspect.HELPED_PROTECTED], ["inadequate"]),
    _rule("serious_weaknesses", Status.ADVERSE, [Aspect.SUPPORTED_ACCOMMODATION], ["serious_weaknesses"]),
    _rule("interim_inadequate", Status.ADVERSE, [Aspect.INTERIM_OUTCOME], ["inadequate"]),
    _rule(
        "category_of_concern",
        Status.ADVERSE,
        [Aspect.CATEGORY_OF_CONCERN],
        ["special_measures", "serious_weaknesses", "significant_improvement"],
    ),
    _rule("safeguarding_not_effective", Status.ADVERSE, [Aspect.SAFEGUARDING_EFFECTIVE], ["not_effective"]),
    _rule("safeguarding_not_met", Status.ADVERSE, [Aspect.SAFEGUARDING_STANDARDS], ["not_met"]),
    _rule("urgent_improvement", Status.ADVERSE, REPORT_CARD_AREAS, ["urgent_improvement"]),
    _rule("standards_3_4_not_met", Status.ADVERSE, [Aspect.ISS_PART_3, Aspect.ISS_PART_4], ["not_met"]),
    _rule("key_judgement_inadequate", Status.ADVERSE, KEY_JUDGEMENTS, ["inadequate"], without_overall=True),
    _rule(
        "key_judgement_inadequate",
        Status.WATCH,
        [*KEY_JUDGEMENTS, *EARLIER_KEY_JUDGEMENTS],
        ["inadequate"],
        without_overall=False,
    ),
    _rule("provision_inadequate", Status.WATCH, PROVISION_JUDGEMENTS, ["inadequate"]),
    _rule("leaders_inadequate", Status.WATCH, [Aspect.LEADERS], ["inadequate"]),
    _rule(
        "other_judgement_inadequate",
        Status.WATCH,
        [Aspect.QUALITY_OF_CARE, Aspect.OUTCOMES, Aspect.EDUCATION_OUTCOMES, Aspect.HEALTH],
        ["inadequate"],
    ),
    _rule("requires_improvement", Status.WATCH, [Aspect.OVERALL, Aspect.OVERALL_EFFECTIVENESS], _MIDDLING),
    _rule("inconsistent", Status.WATCH, [Aspect.SUPPORTED_ACCOMMODATION], ["inconsistent"]),
    _rule("needs_attention", Status.WATCH, REPORT_CARD_AREAS, ["needs_attention"]),
    _rule(
        "key_judgement_requires_improvement",
        Status.WATCH,
        [*KEY_JUDGEMENTS, *PROVISION_JUDGEMENTS],
        ["requires_improvement"],
        without_overall=True,
    ),
    _rule("notice_to_improve", Status.WATCH, [Aspect.CATEGORY_OF_CONCERN], ["notice_to_improve"]),
    _rule("interim_declined", Status.WATCH, [Aspect.INTERIM_OUTCOME], ["declined"]),
    _rule(
        "ungraded_concerns",
        Status.WATCH,
        [Aspect.UNGRADED_OUTCOME],
        ["remains_outstanding_concerns", "remains_good_concerns", "not_as_strong"],
    ),
    _rule("monitoring_not_met", Status.WATCH, [Aspect.MONITORING_OUTCOME], ["not_met", "not_effective_action"]),
    _rule(
        "standards_not_met",
        Status.WATCH,
        [Aspect.ISS_OVERALL, Aspect.ISS_REGISTRATION, *(part for part in ISS_PARTS if part[-1] not in "34")],
        ["not_met"],
    ),
)

_RULES_FOR: Mapping[tuple[str, str], tuple[int, ...]] = {
    (aspect, grade): tuple(no for no, rule in enumerate(RULES) if aspect in rule.aspects and grade in rule.grades)
    for found in RULES
    for aspect in found.aspects
    for grade in found.grades
}

_SAFEGUARDING_OF_SCHOOLS = frozenset({Aspect.SAFEGUARDING_STANDARDS, Aspect.SAFEGUARDING_EFFECTIVE})

# What was found about safeguarding is ended only by who judges safeguarding again: one of these aspects.
_ENDED_BY: Mapping[str, frozenset[Aspect]] = {
    "safeguarding_not_met": _SAFEGUARDING_OF_SCHOOLS,
    "safeguarding_not_effective": _SAFEGUARDING_OF_SCHOOLS,
    "standards_3_4_not_met": frozenset(
        {Aspect.ISS_PART_3, Aspect.ISS_PART_4, Aspect.ISS_OVERALL, Aspect.SAFEGUARDING_STANDARDS}
    ),
    "protection_inadequate": frozenset({Aspect.HELPED_PROTECTED, Aspect.SUPPORTED_ACCOMMODATION}),
}

# What a wording in the register, folded, does. Any other (active, registered) does nothing.
_CLOSED_WORDINGS = frozenset({"resigned", "cancelled", "closed", "deregistered", "removed"})
_SUSPENDED_WORDINGS = frozenset({"suspended"})

_NOTICES: Mapping[str, tuple[Status, str]] = {
    "restriction": (Status.ADVERSE, "A notice restricts accommodation: no new child may be admitted, from"),
    "suspension": (Status.ADVERSE, "Ofsted has suspended the registration, from"),
    "compliance": (Status.WATCH, "Ofsted's compliance notice is in force, from"),
}


class _Finding(NamedTuple):
    status: Status
    hard: bool
    reason: Reason
    # What was judged so; empty where it is no judgement.
    aspects: frozenset[str] = frozenset()


class _Read(NamedTuple):
    """An inspection with the grades that say something, and what the rules find in them."""

    inspection: Inspection
    grades: Mapping[str, str]
    findings: tuple[_Finding, ...]


class _Standing(NamedTuple):
    """What the inspections known by a day leave standing."""

    findings: tuple[_Finding, ...]
    # Judged on any scale, ever; and whether the last to judge again gave no single word (schools since September 2024).
    judged: bool
    without_overall: Inspection | None
    visited: Inspection | None


def status_timeline(
    *,
    inspections: Sequence[Inspection],
    registrations: Sequence[tuple[date, str]] = (),
    notices: Sequence[Notice] = (),
    unregistered: Sequence[Unregistered] = (),
    from_on: date | None = None,
) -> list[StatusPeriod]:
    """The status on every day from the first of which anything is known (or `from_on`, if earlier) on, without gaps.

    `registrations` are the status wordings of the register, each from the day of the list that said so; of one day the
    last counts. Two
    neighbouring periods differ in status or in reasons. Nothing known at all gives none, unless `from_on` is given.
    """
    made = [_read(inspection) for inspection in sorted(inspections, key=_when_made)]
    wordings = _runs(registrations)
    days = {inspection.counts_from for inspection in inspections}
    days |= {day for day, _ in wordings}
    spans: list[Notice | Unregistered] = [*notices, *unregistered]
    for span in spans:
        days.add(span.from_on)
        if span.to_on:
            days.add(span.to_on + timedelta(1))
    if from_on:
        days.add(from_on)
    periods: list[StatusPeriod] = []
    since: dict[str, date] = {}
    for day in sorted(days):
        status, found = _evaluate(day, made, wordings, notices, unregistered)
        # Of several reasons with one code the first is kept; it holds since that code first came without a break.
        since = {reason.code: since.get(reason.code, reason.since) for reason in reversed(found)}
        reasons = tuple(Reason(reason.code, reason.sentence, since[reason.code]) for reason in found)
        if periods and (periods[-1].status, periods[-1].reasons) == (status, reasons):
            continue
        if periods:
            last = periods.pop()
            periods.append(StatusPeriod(last.status, last.from_on, day, last.reasons))
        periods.append(StatusPeriod(status, day, None, reasons))
    return periods


def status_on(day: date, periods: Sequence[StatusPeriod]) -> StatusPeriod | None:
    """The period of the timeline that holds `day`; None before anything was known."""
    for period in periods:
        if period.from_on <= day and (period.to_on is None or day < period.to_on):
            return period
    return None


def _evaluate(
    day: date,
    made: Sequence[_Read],
    registrations: Sequence[tuple[date, str]],
    notices: Sequence[Notice],
    unregistered: Sequence[Unregistered],
) -> tuple[Status, list[Reason]]:
    standing = _standing(read for read in made if read.inspection.counts_from <= day)
    findings = [
        *(_of_use(day, unregistered) if unregistered else ()),
        *(_of_notices(day, notices) if notices else ()),
        *_of_register(day, registrations),
        *standing.findings,
    ]
    if not any(finding.status in (Status.ADVERSE, Status.WATCH) for finding in standing.findings):
        findings += _of_silence(day, standing)
    if len(findings) > 1:
        findings.sort(key=lambda finding: _GRAVITY.index(finding.status))
    status = findings[0].status if findings else Status.CLEAR
    return status, [finding.reason for finding in findings]


def _standing(known: Iterable[_Read]) -> _Standing:
    """Fold over the inspections, in the order they were made.

    One that judges again replaces what was found before, but for what was found on safeguarding where it says nothing
    of that. Grades of a report card given again replace those same grades. Any other event adds what it found, and ends
    only what an event of its sort had found: never an inadequate. A monitoring visit that gives an overall grade
    (Ofsted's lists have some) replaces the findings of a full inspection, but for the inadequate ones.
    """
    findings: list[tuple[_Read, _Finding]] = []
    judged = False
    without_overall: Inspection | None = None
    visited: Inspection | None = None
    for read in known:
        inspection, grades = read.inspection, read.grades
        found = [(read, finding) for finding in read.findings]
        visited = inspection
        if inspection.kind in JUDGING_ANEW:
            if not grades:
                # Inspected, and nothing judged that we understand: what was so before is still so.
                findings += found
                if inspection.judgements.get(Aspect.OVERALL_EFFECTIVENESS) == NOT_JUDGED and not findings:
                    without_overall = inspection
                continue
            findings = found + [(of, finding) for of, finding in findings if _outlasts(finding, grades)]
            judged = True
            without_overall = inspection if _gives_no_overall(inspection, grades) else None
            continue
        if inspection.kind == Kind.REGRADED:
            findings = found + _but_for(grades, findings)
            judged = judged or bool(grades)
            continue
        graded_overall = Aspect.OVERALL in grades or Aspect.OVERALL_EFFECTIVENESS in grades
        findings = [
            (of, finding)
            for of, finding in findings
            if finding.hard or not (graded_overall or (grades and of.inspection.kind == inspection.kind))
        ] + found
        if graded_overall:
            judged, without_overall = True, None
        judged = judged or Aspect.UNGRADED_OUTCOME in grades or Aspect.INTERIM_OUTCOME in grades
    return _Standing(tuple(_once(finding for _, finding in findings)), judged, without_overall, visited)


def _outlasts(finding: _Finding, grades: Mapping[str, str]) -> bool:
    """Whether what was found about safeguarding still holds after an inspection that gave these grades."""
    return finding.reason.code in _ENDED_BY and not _ENDED_BY[finding.reason.code] & grades.keys()


def _but_for(grades: Mapping[str, str], findings: Sequence[tuple[_Read, _Finding]]) -> list[tuple[_Read, _Finding]]:
    """What was found, without what was found in the aspects that these grades replace; a report card given again has
    been read."""
    left: list[tuple[_Read, _Finding]] = []
    for of, finding in findings:
        if grades and finding.reason.code == "judgement_not_read":
            continue
        if not finding.aspects & grades.keys():
            left.append((of, finding))
            continue
        others = {aspect: grade for aspect, grade in of.grades.items() if aspect not in grades}
        again = (each for each in _findings(of.inspection, others) if each.reason.code == finding.reason.code)
        left += [(_Read(of.inspection, others, ()), each) for each in again]
    return left


def _read(inspection: Inspection) -> _Read:
    grades = {aspect: grade for aspect, grade in inspection.judgements.items() if grade not in SAYS_NOTHING}
    found = [*_findings(inspection, grades), *_not_understood(inspection), *_not_read(inspection, grades)]
    return _Read(inspection, grades, tuple(found))


def _not_understood(inspection: Inspection) -> Iterable[_Finding]:
    """A wording on no scale might say anything: someone has to read the report."""
    aspects = [Aspect(aspect) for aspect, grade in inspection.judgements.items() if grade == UNKNOWN]
    if aspects:
        sentence = (
            f"What {inspection.inspectorate} judged of {_listed(aspects)} {_when(inspection)} "
            "is in words not understood here: read the report."
        )
        yield _Finding(Status.WATCH, False, Reason("not_understood", sentence, inspection.counts_from))


def _not_read(inspection: Inspection, grades: Mapping[str, str]) -> Iterable[_Finding]:
    """A full inspection of which no judgement is known. A school's “Not judged” is a state of its own (`_of_silence`);
    a wording on no scale has a sentence of its own."""
    said = inspection.judgements
    if inspection.kind not in JUDGING_ANEW or grades or UNKNOWN in said.values():
        return
    if said.get(Aspect.OVERALL_EFFECTIVENESS) == NOT_JUDGED:
        return
    sentence = (
        f"{inspection.inspectorate} inspected in full on {day_in_words(inspection.inspected_on)}, and its judgement "
        "has not been read yet: read the report."
    )
    yield _Finding(Status.WATCH, True, Reason("judgement_not_read", sentence, inspection.counts_from))


def _when_made(inspection: Inspection) -> tuple[date, bool, date, str]:
    # On one day the event that judges again comes last, so that it is the one that counts.
    return inspection.inspected_on, inspection.kind in JUDGING_ANEW, inspection.counts_from, inspection.event_number


def _once(findings: Iterable[_Finding]) -> Iterable[_Finding]:
    seen = set()
    for finding in findings:
        if finding.reason.code not in seen:
            seen.add(finding.reason.code)
            yield finding


def _gives_no_overall(inspection: Inspection, grades: Mapping[str, str]) -> bool:
    """A school's inspection with key judgements and no word over them: neither a downgrade nor a missing inspection."""
    if inspection.kind == Kind.REPORT_CARD or Aspect.OVERALL_EFFECTIVENESS in grades:
        return False
    if inspection.judgements.get(Aspect.OVERALL_EFFECTIVENESS) == NOT_JUDGED:
        return True
    return inspection.inspected_on >= FULL_GRADES_OF_SCHOOLS_ENDED_ON and any(key in grades for key in KEY_JUDGEMENTS)


def _findings(inspection: Inspection, grades: Mapping[str, str]) -> Iterable[_Finding]:
    has_overall = Aspect.OVERALL_EFFECTIVENESS in grades
    hits: dict[int, list[Aspect]] = {}
    for aspect, grade in grades.items():
        for number in _RULES_FOR.get((aspect, grade), ()):
            hits.setdefault(number, []).append(Aspect(aspect))
    for number, aspects in sorted(hits.items()):
        rule = RULES[number]
        if rule.without_overall is None or rule.without_overall != has_overall:
            sentence = _sentence(rule, aspects, grades, inspection)
            reason = Reason(rule.code, sentence, inspection.counts_from)
            yield _Finding(rule.status, rule.hard, reason, frozenset(aspects))


_SENTENCES: Mapping[str, str] = {
    "interim_inadequate": "found inadequate progress since the full inspection",
    "interim_declined": "found that effectiveness had declined since the full inspection",
    "category_of_concern": "placed the school in a category of concern ({grade})",
    "notice_to_improve": "gave the school a notice to improve",
    "safeguarding_not_effective": "found that safeguarding is not effective",
    "ungraded_concerns": "gave the outcome “{grade}”",
    "monitoring_not_met": "found on a monitoring visit: {grade}",
}


def _sentence(rule: Rule, hit: Sequence[Aspect], grades: Mapping[str, str], inspection: Inspection) -> str:
    label = label_of(hit[0], grades[hit[0]])
    who = inspection.inspectorate
    if rule.code in _SENTENCES:
        said = _SENTENCES[rule.code].format(grade=label)
    elif "not_met" in rule.grades:
        said = f"found {_listed(hit)} not met"
    elif " " in label:
        said = f"gave “{label}” for {_listed(hit)}"
    else:
        said = f"judged {_listed(hit)} {label.lower()}"
    return f"{who} {said} {_when(inspection)}{_of_predecessor(inspection)}."


def _listed(aspects: Sequence[Aspect]) -> str:
    return listed([ASPECTS[aspect].label for aspect in aspects])


def _of_predecessor(inspection: Inspection) -> str:
    return f", of the school it was then (URN {inspection.predecessor_urn})" if inspection.predecessor_urn else ""


def _when(inspection: Inspection) -> str:
    published = f", published {day_in_words(inspection.published_on)}" if inspection.published_on else ""
    if inspection.kind == Kind.REGRADED:
        return f"on {day_in_words(inspection.inspected_on)}, when the grade was given again{published}"
    return f"at the inspection of {day_in_words(inspection.inspected_on)}{published}"


def _of_use(day: date, unregistered: Sequence[Unregistered]) -> Iterable[_Finding]:
    for use in unregistered:
        if use.from_on <= day and (use.to_on is None or day <= use.to_on):
            sentence = f"The setting is used though it is not registered, from {day_in_words(use.from_on)}."
            yield _Finding(Status.UNREGISTERED, True, Reason("unregistered", sentence, use.from_on))
            return


def _of_notices(day: date, notices: Sequence[Notice]) -> Iterable[_Finding]:
    for notice in sorted(notices, key=lambda notice: notice.from_on):
        if notice.kind in _NOTICES and notice.from_on <= day and (notice.to_on is None or day <= notice.to_on):
            status, words = _NOTICES[notice.kind]
            until = f" to {day_in_words(notice.to_on)}" if notice.to_on else ""
            sentence = f"{words} {day_in_words(notice.from_on)}{until}."
            yield _Finding(status, True, Reason(f"{notice.kind}_notice", sentence, notice.from_on))


def _runs(registrations: Sequence[tuple[date, str]]) -> list[tuple[date, str]]:
    """The wordings, each from the first day of its unbroken run."""
    runs: list[tuple[date, str]] = []
    # Of one day the last that was handed in is what counts.
    for from_on, wording in sorted(registrations, key=lambda said: said[0]):
        said = " ".join(wording.split()).lower()
        if not runs or runs[-1][1] != said:
            runs.append((from_on, said))
    return runs


def _of_register(day: date, wordings: Sequence[tuple[date, str]]) -> Iterable[_Finding]:
    from_on, wording = next((run for run in reversed(wordings) if run[0] <= day), (day, ""))
    if wording in _CLOSED_WORDINGS:
        sentence = f"The register shows the setting as {wording}, since {day_in_words(from_on)} at the latest."
        yield _Finding(Status.CLOSED, True, Reason("closed", sentence, from_on))
    elif wording in _SUSPENDED_WORDINGS:
        sentence = f"The register shows the registration as suspended, since {day_in_words(from_on)} at the latest."
        yield _Finding(Status.ADVERSE, True, Reason("suspended", sentence, from_on))


def _of_silence(day: date, standing: _Standing) -> Iterable[_Finding]:
    if standing.without_overall:
        inspection = standing.without_overall
        sentence = (
            f"{inspection.inspectorate} gave no overall judgement {_when(inspection)}; "
            "what it did judge there raises no concern."
        )
        yield _Finding(Status.NOT_JUDGED, False, Reason("not_judged", sentence, inspection.counts_from))
    elif not standing.judged and standing.visited:
        visited_on = day_in_words(standing.visited.inspected_on)
        sentence = f"Ofsted has visited, last on {visited_on}, and has not yet judged the setting."
        yield _Finding(Status.WATCH, False, Reason("not_inspected", sentence, standing.visited.counts_from))
    elif not standing.judged:
        yield _Finding(Status.WATCH, False, Reason("not_inspected", "Ofsted has not yet inspected the setting.", day))
