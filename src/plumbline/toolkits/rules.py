"""Whether an answer is one, whether a return is complete, and what its answers come to: pure, with reasons.

A value is text: the code of an option, a number as typed, a day as ISO, or words. "" is not yet answered.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from plumbline.kernel import wording
from plumbline.kernel.labels import small
from plumbline.toolkits import scales
from plumbline.toolkits.content import AnswerKind, Content, Criterion, Option, Section

LONGEST_TEXT = 10_000
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
SURVEY = "survey"
NOT_ANSWERED = "not_answered"
# Tab and line ends are words; other control characters and half characters no file and no database takes.
_UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

# Answers that say something is not there: no evidence can be asked for it.
_NOT_THERE = frozenset({"fail", "no", "0", "inadequate", "red", "not_met", "not_seen", "not_applicable"})


def tidy(words: str) -> str:
    """Words as they are kept, whichever way they came: one kind of line end, nothing that no file can hold."""
    return _UNKEEPABLE.sub("", words.replace("\r\n", "\n").replace("\r", "\n")).strip()


def fingerprint(value: str, comment: str, impact: str, reviewed_on: date | None) -> str:
    """An answer in short, as it was shown or sent out: what comes back the same was not touched."""
    words = [tidy(value), tidy(comment), tidy(impact), reviewed_on.isoformat() if reviewed_on else ""]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def options_of(criterion: Criterion) -> tuple[Option, ...]:
    """What can be chosen; empty for a number, a day, words or a document."""
    if criterion.options:
        return criterion.options
    return tuple(
        Option(code, label, None if points is None else Decimal(points))
        for code, label, points in scales.STANDARD.get(criterion.answer, ())
    )


def is_graded(criterion: Criterion) -> bool:
    """Whether a moderator can put another answer beside this one."""
    return bool(options_of(criterion))


def label_of(criterion: Criterion, value: str) -> str:
    """A value in the words that people chose it by."""
    return next((option.label for option in options_of(criterion) if option.code == value), value)


def check_answer(criterion: Criterion, value: str) -> tuple[str, ...]:
    """Why this value is no answer to the criterion; nothing where it is one, or is not yet given."""
    if not value:
        return ()
    options = options_of(criterion)
    if options:
        if any(option.code == value for option in options):
            return ()
        return (f"“{_short(value)}” is none of the answers to choose from: {_listed(o.label for o in options)}.",)
    if criterion.answer is AnswerKind.NUMBER:
        return _check_number(value)
    if criterion.answer is AnswerKind.DATE:
        return _check_day(value)
    if len(value) > LONGEST_TEXT:
        return (f"The answer has {len(value):,} characters; at most {LONGEST_TEXT:,} can be kept.",)
    return ()


def _check_number(value: str) -> tuple[str, ...]:
    if _NUMBER.fullmatch(value):
        return ()
    return (f"“{_short(value)}” is not a number: write it in figures, such as 12 or 12.5.",)


def _check_day(value: str) -> tuple[str, ...]:
    try:
        known = date.fromisoformat(value).isoformat() == value
    except ValueError:
        known = False
    return () if known else (f"“{_short(value)}” is not a day: write it as 2016-06-30.",)


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:59] + "…"


def _listed(labels: Iterable[str]) -> str:
    return "; ".join(labels)


@dataclass(frozen=True, slots=True)
class Missing:
    """What a question still lacks before the return can be submitted; `words` say it without naming the question."""

    criterion: str
    code: str
    title: str
    words: str

    @property
    def reason(self) -> str:
        return f"{self.title}: {small(self.words)}"


@dataclass(frozen=True, slots=True)
class Completeness:
    """What of a return, or of a part of it, is answered in full, and what each other question still lacks.

    Answered in full: an answer that is one, with the evidence that it needs, in force. This is the only rule for it.
    A question that may be left out, and was, is counted nowhere.
    """

    in_full: frozenset[str]
    missing: tuple[Missing, ...]

    @property
    def answered(self) -> int:
        return len(self.in_full)

    @property
    def total(self) -> int:
        return len(self.in_full) + len(self.missing)

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(each.reason for each in self.missing)

    @property
    def sentence(self) -> str:
        return f"{self.answered} of {self.total} {'question' if self.total == 1 else 'questions'} answered in full"

    def lack_of(self, criterion: str) -> Missing | None:
        """What one question lacks; None where it lacks nothing."""
        return next((each for each in self.missing if each.criterion == criterion), None)

    def of(self, section: Section) -> "Completeness":
        """The part of it that is one section."""
        keys = {criterion.key for criterion in section.criteria}
        return Completeness(self.in_full & keys, tuple(each for each in self.missing if each.criterion in keys))


def needs_document(criterion: Criterion, value: str) -> bool:
    """Whether this answer is to be evidenced. What is answered as not there needs none."""
    return criterion.evidence == "required" and bool(value.strip()) and value not in _NOT_THERE


def completeness(
    content: Content, answers: Mapping[str, str], documents: Collection[str], *, expired: Collection[str] = ()
) -> Completeness:
    """What is answered in full and what is missing. `answers`: criterion → value; `documents`: the criteria with a
    document that is valid; `expired`: those of which a document has expired."""
    lacking = {
        criterion.key: _lack(criterion, answers.get(criterion.key, ""), documents, expired)
        for criterion in content.criteria
    }
    optional = {criterion.key for criterion in content.criteria if may_be_left_out(content, criterion)}
    return Completeness(
        in_full=frozenset(key for key, lack in lacking.items() if lack is None),
        missing=tuple(
            lack
            for key, lack in lacking.items()
            if lack is not None and not (lack.code == NOT_ANSWERED and key in optional)
        ),
    )


def may_be_left_out(content: Content, criterion: Criterion) -> bool:
    """Words in a survey, and a document that is not obligatory."""
    if criterion.answer is AnswerKind.DOCUMENT:
        return criterion.evidence == "optional"
    return content.purpose == SURVEY and criterion.answer is AnswerKind.TEXT


def _lack(criterion: Criterion, value: str, documents: Collection[str], expired: Collection[str]) -> Missing | None:
    """What keeps this question from being answered in full."""
    if wrong := check_answer(criterion, value):
        return _missing(criterion, "bad_value", wrong[0])
    is_document = criterion.answer is AnswerKind.DOCUMENT
    if not (is_document or needs_document(criterion, value)):
        return None if value.strip() else _missing(criterion, NOT_ANSWERED, "It is not answered yet.")
    if criterion.key in documents:
        return None
    if criterion.key in expired:
        return _missing(
            criterion, "expired_document", "The document given for it has expired. Give the one now in force."
        )
    if is_document and criterion.evidence == "optional":
        return _missing(criterion, NOT_ANSWERED, "No document is given.")
    return _missing(criterion, "missing_document", "It needs a document as evidence.")


def _missing(criterion: Criterion, code: str, words: str) -> Missing:
    return Missing(criterion.key, code, criterion.title, words)


@dataclass(frozen=True, slots=True)
class Overall:
    """What the answers whose scale counts come to.

    `mean`: the weighted mean of their points; `percent`: of the most that they could have had; `grade`: the code of
    the scale that they share, or ""; `label`: it in words, or the percentage; `capped_by`: the critical criterion that
    held the grade down, or "".
    """

    mean: Decimal
    percent: Decimal
    grade: str
    label: str
    capped_by: str = ""

    @property
    def kept(self) -> str:
        """As a return keeps it: the grade's code, or the percentage ("68.50%")."""
        return self.grade or f"{self.percent}%"


_PLACES = Decimal("0.01")


def overall(content: Content, answers: Mapping[str, str]) -> Overall | None:
    """The weighted result, exact; None where nothing counts or not everything that counts is answered.

    A criterion without a weight weighs 1. An option without points (“does not apply”) is left out of the mean. Where
    all share one scale, the grade is the nearest to the mean, the lower of two equally near, and never better than
    the worst answer to a critical criterion.
    """
    points = most = weights = Decimal(0)
    shared: set[tuple[Option, ...]] = set()
    worst: tuple[Decimal, str] | None = None
    for criterion in content.criteria:
        scale = tuple(option for option in options_of(criterion) if option.points is not None)
        if not scale:
            continue
        value = answers.get(criterion.key, "")
        if not value:
            return None
        chosen = next((option for option in scale if option.code == value), None)
        if chosen is None or chosen.points is None:
            continue
        weight = Decimal(1) if criterion.weight is None else criterion.weight
        shared.add(scale)
        points += weight * chosen.points
        most += weight * max(option.points for option in scale if option.points is not None)
        weights += weight
        if criterion.critical and (worst is None or chosen.points < worst[0]):
            worst = (chosen.points, criterion.key)
    if not weights or not most:
        return None
    mean = points / weights
    percent = (points * 100 / most).quantize(_PLACES, ROUND_HALF_UP)
    found = Overall(mean.quantize(_PLACES, ROUND_HALF_UP), percent, "", f"{percent}%")
    scale = next(iter(shared))
    # Marks out of five are a total, not a grade.
    if len(shared) > 1 or all(option.code.isdigit() for option in scale):
        return found
    nearest = min(scale, key=lambda option: (abs(_points(option) - mean), _points(option)))
    capped = ""
    if worst is not None and worst[0] < _points(nearest):
        nearest = next(option for option in scale if option.points == worst[0])
        capped = worst[1]
    return Overall(found.mean, percent, nearest.code, nearest.label, capped)


def _points(option: Option) -> Decimal:
    return Decimal(0) if option.points is None else option.points


def check_moderation(criterion: Criterion, *, own: str, moderated: str, note: str) -> tuple[str, ...]:
    """Why a moderator's answer cannot be kept: not an answer, none, or another than theirs without a note."""
    if not moderated:
        return ("Say which answer the evidence bears out.",)
    wrong = check_answer(criterion, moderated)
    if wrong:
        return wrong
    if moderated != own and not note.strip():
        return ("Say why your answer differs from theirs.",)
    if len(note) > LONGEST_TEXT:
        return (f"At most {LONGEST_TEXT:,} characters can be kept.",)
    return ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One criterion beside last time: `same`, `changed`, `new` (not asked then), `unanswered` (then) or `gone`."""

    criterion: str
    title: str
    what: str
    before: str
    now: str


def differences(
    content: Content, answers: Mapping[str, str], before: Content, answers_before: Mapping[str, str]
) -> tuple[Difference, ...]:
    """This return beside the previous one, in the order of the questions; those no longer asked come last."""
    asked_before = {criterion.key: criterion for criterion in before.criteria}
    found = []
    for criterion in content.criteria:
        now = answers.get(criterion.key, "")
        then = answers_before.get(criterion.key, "")
        if criterion.key not in asked_before:
            what = "new"
        elif not then:
            what = "unanswered"
        else:
            what = "same" if then == now else "changed"
        was = label_of(asked_before[criterion.key], then) if criterion.key in asked_before else ""
        found.append(Difference(criterion.key, criterion.title, what, was, label_of(criterion, now)))
    asked = {criterion.key for criterion in content.criteria}
    found += [
        Difference(key, criterion.title, "gone", label_of(criterion, answers_before.get(key, "")), "")
        for key, criterion in asked_before.items()
        if key not in asked
    ]
    return tuple(found)


def can_serve(wanted: Criterion, given: Criterion, value: str) -> bool:
    """Whether an answer given to one criterion answers another: the same fact, kind and choice."""
    return (
        bool(wanted.fact)
        and wanted.fact == given.fact
        and wanted.answer is given.answer
        and bool(value)
        and not check_answer(wanted, value)
    )


# Days before the day it is due on which who is to answer is reminded by e-mail.
REMINDED_BEFORE = (14, 3)


def reminder(
    *, number: int, due_on: date | None, sent_back_since: date | None, progress: Completeness, on: date
) -> tuple[str, str]:
    """Subject and text of the e-mail that says how far a return is for who is to answer it.

    The subject changes with each stage (asked for or sent back, near, very near, overdue) and not within it: so each is
    told once. `sent_back_since`: the day on which what was sent back had been handed in. No name is in it.
    """
    left = None if due_on is None else (due_on - on).days
    when = "" if due_on is None else wording.day(due_on)
    if left is not None and left < 0:
        subject = f"Return {number} is overdue: it was due on {when}"
    elif left is not None and left <= REMINDED_BEFORE[0]:
        nth = "Second reminder" if left <= REMINDED_BEFORE[1] else "Reminder"
        subject = f"{nth}: return {number} is due on {when}"
    elif sent_back_since is not None:
        subject = f"Return {number}, handed in on {wording.day(sent_back_since)}, was sent back to be corrected"
    else:
        subject = f"You are asked to answer return {number}" + (f", due on {when}" if when else "")
    lines = [f"{subject}.", "", f"{progress.sentence}."]
    if sent_back_since is not None:
        lines.append("It was sent back to be corrected: its page says why.")
    elif progress.is_complete:
        lines.append("Nothing is missing. Check it and hand it in.")
    lines += ["", "Sign in to Plumbline and open My work. A day that has passed closes nothing.", ""]
    return subject, "\n".join(lines)
