"""The rating of one contract: from its plain facts, on which days each reason against it holds, and its colour.

Everything is worked out for all days, past and to come, within the days of the contract; so the rating of any day is
a lookup, and a contract turns amber at midnight without anybody doing anything. The reasons, their colours, words and
the numbers of days are data: `library/rag.yaml`. All days of an interval are included; `FAR` stands for "still".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from plumbline.kernel import intervals, wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.intervals import FAR, Interval
from plumbline.kernel.labels import spoken
from plumbline.kernel.periods import add_months

_DAY = timedelta(1)

POLICIES: Mapping[str, str] = {
    "safer_recruitment": "safer recruitment",
    "safeguarding": "safeguarding",
    "dbs": "disclosure and barring checks",
    "whistleblowing": "whistleblowing",
    "complaints": "complaints",
    "anti_bullying": "anti-bullying",
}
GREEN, AMBER, RED = "green", "amber", "red"
COLOURS: tuple[str, ...] = (GREEN, AMBER, RED)  # ever worse
_RANK = {colour: rank for rank, colour in enumerate(COLOURS)}

# The joint evaluation's rule is the heart: no rating by hand and no edited file hides these.
NEVER_HIDDEN = frozenset({"no_board_assessment", "no_self_assessment", "no_action_plan"})
RATED_BY_HAND = "rated_by_hand"
# Where a reason is dealt with: a section of the contract's page, or a page of its own.
SECTIONS = frozenset({"assurance", "meetings", "visits", "incidents", "kpis", "action", "setting", "none"})
# Of these the detail is what someone typed, which no e-mail carries out of the house.
TYPED = frozenset({RATED_BY_HAND, "action_overdue", "action_long_overdue"})
_BAD, _WORST = "requires_improvement", "inadequate"


@spoken("title", "words")
@dataclass(frozen=True, slots=True)
class Code:
    """One thing that can count against a contract; see the head of rag.yaml."""

    key: str
    colour: str
    hideable: bool
    title: str
    words: str
    to_do: str
    section: str
    button: str
    source: str


@dataclass(frozen=True, slots=True)
class Book:
    """The rules as rag.yaml has them."""

    version: str
    days: Mapping[str, int]
    codes: Mapping[str, Code]


@dataclass(frozen=True, slots=True)
class LawChange:
    title: str
    in_force: date
    review_by: date
    policies: frozenset[str]


@dataclass(frozen=True, slots=True)
class ByHand:
    """A rating set by a person, from a day to a day; `better`: it may lift what the rules give."""

    colour: str
    from_on: date
    until_on: date
    better: bool
    because: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that was due on a day and was done on a day, or not yet (None)."""

    about: str
    due_on: date
    done_on: date | None
    detail: str = ""


@dataclass(slots=True)
class Facts:
    """What is known of one contract. Days in order within each list, but for `assessments` and `adverse`."""

    contract_id: int
    starts_on: date
    ends_on: date | None = None
    # From this day a statutory function is delivered; None: none is.
    statutory_from: date | None = None
    visit_required: bool = False
    # Months from one evaluation to the next.
    review_every: int = 3
    # board, self, plan -> (completed on, valid until)
    assessments: dict[str, list[Interval]] = field(default_factory=dict)
    reviews: dict[str, list[date]] = field(default_factory=dict)
    evaluations: list[date] = field(default_factory=list)
    visits: list[date] = field(default_factory=list)
    # URN -> days on which the setting is adverse or unregistered
    adverse: dict[str, list[Interval]] = field(default_factory=dict)
    notifications: list[Matter] = field(default_factory=list)
    actions: list[Matter] = field(default_factory=list)
    # due_on: the day it was reported; done_on: the day the last action on it was done
    allegations: list[Matter] = field(default_factory=list)
    # number -> its title, (first day of the quarter, rating), and the day on which the indicator ended
    kpis: dict[str, tuple[str, list[tuple[date, str]], date | None]] = field(default_factory=dict)
    # URN -> (first day of the month, received on)
    reg44: dict[str, list[tuple[date, date]]] = field(default_factory=dict)
    by_hand: list[ByHand] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Held:
    """A reason and the days on which it holds without a break; `from_on` is its "since"."""

    code: str
    about: str
    colour: str
    from_on: date
    to_on: date
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """Days of one colour. `rules_colour`: without what was set by hand."""

    colour: str
    rules_colour: str
    from_on: date
    to_on: date


# --- the rules as data ----------------------------------------------------------------------------------------------


def read_book(text: str) -> Book:
    """The rules out of YAML. Raises RuleBroken (bad_rules) where one is missing, unknown, or may not be as it is."""
    said = yaml.safe_load(text)
    codes = {key: _code(key, about) for key, about in said["codes"].items()}
    missing, unknown = set(_FINDERS) - set(codes), set(codes) - set(_FINDERS)
    if missing or unknown:
        raise RuleBroken(
            "The rating must have just the reasons that are worked out. "
            f"Missing: {', '.join(sorted(missing)) or 'none'}. Not known: {', '.join(sorted(unknown)) or 'none'}.",
            code="bad_rules",
        )
    return Book(str(said["version"]), {name: int(days) for name, days in said["days"].items()}, codes)


def _code(key: str, said: Mapping[str, Any]) -> Code:
    if said["colour"] not in (AMBER, RED):
        raise RuleBroken(f"{key}: the colour must be amber or red, not “{said['colour']}”.", code="bad_rules")
    if key in NEVER_HIDDEN and said["hideable"] is not False:
        raise RuleBroken(f"{key}: a missing assessment is never hidden; it must say hideable: no.", code="bad_rules")
    if said["section"] not in SECTIONS:
        known = ", ".join(sorted(SECTIONS))
        raise RuleBroken(f"{key}: the section must be one of {known}, not “{said['section']}”.", code="bad_rules")
    return Code(key, **{**said, "hideable": bool(said["hideable"])})


def worst(colours: Iterable[str]) -> str:
    """The gravest of several colours; green where there is none."""
    return max(colours, key=_RANK.__getitem__, default=GREEN)


def worse(one: str, other: str) -> bool:
    """Whether `one` is a worse colour than `other`."""
    return _RANK[one] > _RANK[other]


def title(code: str) -> str:
    """What a reason of a rating is called; the code itself for one that has left the book."""
    return BOOK.codes[code].title if code in BOOK.codes else code


def to_do(code: str, about: str, detail: str) -> str:
    """What is to be done so that the reason does not begin, before it is said in the council's words (`say`); the code
    itself for one that has left the book."""
    if code not in BOOK.codes:
        return code
    return BOOK.codes[code].to_do.replace("{about}", policy_label(about)).replace("{detail}", detail)


def sentence(code: str, about: str, detail: str) -> str:
    """The reason in words."""
    rule = BOOK.codes[code]
    return rule.words.format(about=policy_label(about), detail=f" ({detail})" if detail else "")


def since_when(sentence: str, since: date) -> str:
    """A reason in words, and since which day it is so."""
    return f"{sentence} Since {wording.day(since)}."


def evaluation_days(review_every: int) -> int:
    """Within how many days an evaluation follows the last, of a contract reviewed every so many months."""
    return BOOK.days[f"evaluation_{review_every}"]


def policy_label(policy: str) -> str:
    """What one of the six policies is called."""
    return POLICIES.get(policy, policy)


# --- what holds when ------------------------------------------------------------------------------------------------


def _assessed(facts: Facts, code: str, kind: str, first: date, last: date) -> list[Held]:
    if first > last:
        return []
    held = facts.assessments.get(kind, ())
    found = []
    for from_on, to_on in intervals.gaps(intervals.merged(held), first, last):
        ran_out = max((until for _, until in held if until < from_on), default=None)
        detail = f"the last was valid until {wording.day(ran_out)}" if ran_out else ""
        found.append(Held(code, "", BOOK.codes[code].colour, from_on, to_on, detail))
    return found


def _board(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    if facts.statutory_from is None:
        return []
    return _assessed(facts, "no_board_assessment", "board", max(first, facts.statutory_from), last)


def _not_statutory_until(facts: Facts, last: date) -> date:
    return last if facts.statutory_from is None else min(last, facts.statutory_from - _DAY)


def _self(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    return _assessed(facts, "no_self_assessment", "self", first, _not_statutory_until(facts, last))


def _plan(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    return _assessed(facts, "no_action_plan", "plan", first, _not_statutory_until(facts, last))


def _policy_missing(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    found = []
    for policy in POLICIES:
        reviews = facts.reviews.get(policy)
        until = min(last, reviews[0] - _DAY) if reviews else last
        if until >= first:
            found.append(Held("policy_missing", policy, BOOK.codes["policy_missing"].colour, first, until))
    return found


def _policy_overdue(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    days, colour = BOOK.days["policy_review"], BOOK.codes["policy_review_overdue"].colour
    found = []
    for policy in POLICIES:
        reviews = facts.reviews.get(policy)
        if not reviews:
            continue
        for from_on, to_on, reviewed in intervals.overdue(reviews[1:], reviews[0], days, last):
            if to_on >= first:
                detail = f"last reviewed on {wording.day(reviewed)}"
                found.append(Held("policy_review_overdue", policy, colour, max(from_on, first), to_on, detail))
    return found


def _policy_before_law(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    colour = BOOK.codes["policy_before_law_change"].colour
    found = []
    for policy in POLICIES:
        reviews = facts.reviews.get(policy)
        if not reviews:
            continue
        spans: list[tuple[date, date, str]] = []
        for law in laws:
            if policy not in law.policies or reviews[0] >= law.in_force:
                continue
            renewed = next((day for day in reviews if day >= law.in_force), None)
            from_on = max(reviews[0], law.review_by + _DAY, first)
            until = min(last, renewed - _DAY) if renewed else last
            if from_on <= until:
                spans.append((from_on, until, law.title))
        for from_on, until in intervals.merged((begin, end) for begin, end, _ in spans):
            titles = "; ".join(dict.fromkeys(name for begin, _, name in sorted(spans) if from_on <= begin <= until))
            found.append(Held("policy_before_law_change", policy, colour, from_on, until, titles[:250]))
    return found


def _evaluation(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    colour = BOOK.codes["evaluation_overdue"].colour
    return [
        Held(
            "evaluation_overdue",
            "",
            colour,
            from_on,
            to_on,
            f"the last was on {wording.day(since)}" if since != first else "none was held since the start",
        )
        for from_on, to_on, since in intervals.overdue(
            facts.evaluations, first, evaluation_days(facts.review_every), last
        )
    ]


def _visit(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    if not facts.visit_required:
        return []
    colour = BOOK.codes["visit_overdue"].colour
    return [
        Held(
            "visit_overdue",
            "",
            colour,
            from_on,
            to_on,
            f"the last was on {wording.day(since)}" if since != first else "none was made since the start",
        )
        for from_on, to_on, since in intervals.overdue(facts.visits, first, BOOK.days["visit"], last)
    ]


def _setting(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    colour = BOOK.codes["setting_adverse"].colour
    found = []
    for urn, days in facts.adverse.items():
        for from_on, to_on in intervals.merged(days):
            for begin, end in intervals.clipped([(from_on, to_on)], first, last):
                # It is the setting's own history where it was adverse before the contract began.
                before = f"since {wording.day(from_on)}" if from_on < begin else ""
                found.append(Held("setting_adverse", urn, colour, begin, end, before))
    return found


def _late(
    code: str, matters: Sequence[Matter], first: date, last: date, *, after: int = 0, until: int | None = None
) -> list[Held]:
    """Each matter from `after` days after the day after it was due, until it was done (or `until` days after)."""
    colour = BOOK.codes[code].colour
    spans: dict[str, list[tuple[date, date, str]]] = {}
    for matter in matters:
        from_on = matter.due_on + timedelta(after + 1)
        to_on = matter.done_on - _DAY if matter.done_on else FAR
        if until is not None:
            to_on = min(to_on, matter.due_on + timedelta(until))
        if from_on <= to_on:
            spans.setdefault(matter.about, []).append((from_on, to_on, matter.detail))
    found = []
    for about, listed in spans.items():
        for from_on, to_on in intervals.clipped(
            intervals.merged((begin, end) for begin, end, _ in listed), first, last
        ):
            details = dict.fromkeys(
                detail for begin, end, detail in listed if begin <= to_on and end >= from_on and detail
            )
            found.append(Held(code, about[:60], colour, from_on, to_on, "; ".join(details)[:250]))
    return found


def _notification(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    return _late("notification_overdue", facts.notifications, first, last)


def _allegation(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    # From the day it was reported, not from the day after.
    return _late("allegation_without_action", facts.allegations, first, last, after=-1)


def _action(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    return _late("action_overdue", facts.actions, first, last, until=BOOK.days["action_long_overdue"])


def _action_long(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    return _late("action_long_overdue", facts.actions, first, last, after=BOOK.days["action_long_overdue"])


def _quarters(facts: Facts, first: date, last: date, code: str) -> list[Held]:
    """A quarter's rating counts from its last day on, until that of the next that was rated."""
    colour = BOOK.codes[code].colour
    found = []
    for number, (name, readings, ended_on) in facts.kpis.items():
        spans = []
        for at, (quarter, rating) in enumerate(readings):
            before = readings[at - 1] if at else None
            two = (
                rating == _BAD
                and before is not None
                and before[1] in (_BAD, _WORST)
                and add_months(before[0], 3) == quarter
            )
            if (rating == _WORST) if code == "kpi_inadequate" else two:
                until = add_months(readings[at + 1][0], 3) - _DAY if at + 1 < len(readings) else ended_on or FAR
                spans.append((add_months(quarter, 3), until))
        for from_on, to_on in intervals.clipped(intervals.merged(spans), first, last):
            found.append(Held(code, number, colour, from_on, to_on, name[:250]))
    return found


def _inadequate(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    return _quarters(facts, first, last, "kpi_inadequate")


def _improvement(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    return _quarters(facts, first, last, "kpi_requires_improvement")


def _reg44(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    """Months without a report, from the end of the month after; only homes whose reports have begun to come in."""
    colour = BOOK.codes["reg44_missing"].colour
    found = []
    for urn, reports in facts.reg44.items():
        received = dict(reports)
        spans = []
        month = min(received)
        while month <= max(received):
            due = add_months(month, 2)
            got = received.get(month)
            spans.append((due, got - _DAY if got else FAR))
            month = add_months(month, 1)
        spans.append((add_months(month, 2), FAR))
        for from_on, to_on in intervals.clipped(intervals.merged(spans), first, last):
            found.append(Held("reg44_missing", urn, colour, from_on, to_on))
    return found


def _by_hand(facts: Facts, first: date, last: date, laws: Sequence[LawChange]) -> list[Held]:
    return [
        Held(RATED_BY_HAND, "", hand.colour, from_on, to_on, hand.because[:250])
        for hand in facts.by_hand
        if not hand.better and hand.colour != GREEN
        for from_on, to_on in intervals.clipped([(hand.from_on, hand.until_on)], first, last)
    ]


_FINDERS = {
    "no_board_assessment": _board,
    "no_self_assessment": _self,
    "no_action_plan": _plan,
    "policy_missing": _policy_missing,
    "policy_review_overdue": _policy_overdue,
    "policy_before_law_change": _policy_before_law,
    "evaluation_overdue": _evaluation,
    "visit_overdue": _visit,
    "setting_adverse": _setting,
    "notification_overdue": _notification,
    "allegation_without_action": _allegation,
    "action_long_overdue": _action_long,
    "action_overdue": _action,
    "kpi_inadequate": _inadequate,
    "kpi_requires_improvement": _improvement,
    "reg44_missing": _reg44,
    RATED_BY_HAND: _by_hand,
}

BOOK = read_book((Path(__file__).parents[1] / "library" / "rag.yaml").read_text(encoding="utf-8"))


def reasons(facts: Facts, laws: Sequence[LawChange]) -> list[Held]:
    """Every reason against the contract, each with its days; in no order."""
    first, last = facts.starts_on, facts.ends_on or FAR
    if last < first:
        return []
    return [held for find in _FINDERS.values() for held in find(facts, first, last, laws)]


def periods(facts: Facts, held: Sequence[Held]) -> list[Rated]:
    """The colour of every day of the contract: the worst of its reasons, lifted by a better rating by hand, but never
    above those that are not hideable."""
    first, last = facts.starts_on, facts.ends_on or FAR
    if last < first:
        return []
    lifts = [
        (hand, from_on, to_on)
        for hand in facts.by_hand
        if hand.better
        for from_on, to_on in intervals.clipped([(hand.from_on, hand.until_on)], first, last)
    ]
    # (day, what begins or ends): [rules], [by hand], [not hideable], each counted by colour; and lifts
    moves: dict[date, list[tuple[int, Held]]] = {first: []}
    for reason in held:
        moves.setdefault(reason.from_on, []).append((1, reason))
        if reason.to_on < last:
            moves.setdefault(reason.to_on + _DAY, []).append((-1, reason))
    for _, from_on, to_on in lifts:
        moves.setdefault(from_on, [])
        if to_on < last:
            moves.setdefault(to_on + _DAY, [])
    days = sorted(moves)
    by_rules, by_person, standing = [0, 0, 0], [0, 0, 0], [0, 0, 0]
    found: list[Rated] = []
    for at, day in enumerate(days):
        for step, reason in moves[day]:
            rank = _RANK[reason.colour]
            (by_person if reason.code == RATED_BY_HAND else by_rules)[rank] += step
            if not BOOK.codes[reason.code].hideable:
                standing[rank] += step
        rules_rank = _highest(by_rules)
        rank = max(rules_rank, _highest(by_person))
        lifted = [_RANK[hand.colour] for hand, from_on, to_on in lifts if from_on <= day <= to_on]
        if lifted:
            rank = min(rank, max(max(lifted), _highest(standing)))
        until = days[at + 1] - _DAY if at + 1 < len(days) else last
        colour, rules_colour = COLOURS[rank], COLOURS[rules_rank]
        if found and (found[-1].colour, found[-1].rules_colour) == (colour, rules_colour):
            found[-1] = Rated(colour, rules_colour, found[-1].from_on, until)
        else:
            found.append(Rated(colour, rules_colour, day, until))
    return found


def _highest(counts: Sequence[int]) -> int:
    return 2 if counts[2] else 1 if counts[1] else 0


def order(code: str, about: str, colour: str) -> tuple[int, str, str]:
    """To sort reasons by: the worst first, then by code and what they are about."""
    return -_RANK[colour], code, about


# --- what a person may set -------------------------------------------------------------------------------------------


def check_by_hand(
    *, colour: str, rules_colour: str, because: str, from_on: date, until_on: date | None, may_override: bool, on: date
) -> bool:
    """Whether it is better than the rules give. Raises RuleBroken where a reason or an end date is missing or cannot
    be, and where a better rating is not theirs to set (needs_override)."""
    if colour not in COLOURS:
        raise RuleBroken("Choose green, amber or red: there is no other rating.", code="unknown_colour")
    if not because.strip():
        raise RuleBroken("Say why the contract is rated otherwise than the rules do.", code="missing_reason")
    if colour == rules_colour:
        raise RuleBroken(f"The rules rate this contract {colour} already.", code="nothing_changes")
    if from_on < on:
        raise RuleBroken("A rating by hand cannot begin in the past.", code="past_date")
    if until_on is not None and until_on < from_on:
        raise RuleBroken("The last day is before the first.", code="end_before_start")
    if worse(colour, rules_colour):
        return False
    if not may_override:
        raise RuleBroken(
            "A better rating than the rules give is set by a manager: head of service, management team or director.",
            code="needs_override",
        )
    if until_on is None:
        raise RuleBroken("A better rating needs a last day.", code="missing_end")
    return True
