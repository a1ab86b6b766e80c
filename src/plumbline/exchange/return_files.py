"""A return as an Excel file that goes out, is filled in anywhere, and comes back to the same state as online.

The file knows its return, the version's checksum, the revision, and of each answer the revision and a checksum of
what was sent. A row that was not touched in the file changes nothing. A row that was, is saved as `save_answer` saves
it: where someone answered meanwhile it is refused, and so is what is no answer, each with its row and a sentence; the
other rows are taken.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import transaction

from plumbline.evidence.models import Document
from plumbline.exchange.cells import clean, fold
from plumbline.exchange.dates import BadDate, Days, parse_date
from plumbline.exchange.readers import RefusedRow
from plumbline.exchange.spreadsheets import Limits, Workbook, open_workbook
from plumbline.exchange.wrong_files import WrongFile
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.acting import operation
from plumbline.toolkits import access, rules
from plumbline.toolkits import content as contents
from plumbline.toolkits.content import AnswerKind, Criterion
from plumbline.toolkits.models import Answer, Return
from plumbline.toolkits.operations import returns
from plumbline.toolkits.queries import returns as queries

ANSWERS, HIDDEN, CHOICES, FIRST = "Answers", "Plumbline", "Choices", "Read me first"
LARGEST = 10 * 1024 * 1024
_LIMITS = Limits(unpacked_bytes=60_000_000, memory_bytes=700_000_000, seconds=20)
ANSWER, REVIEWED = "Answer", "Last reviewed"
_REQUIRED = ("Key", "Question", ANSWER, "Comment", "What difference it makes", REVIEWED)


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A row of the sheet that was not taken: `line` as the spreadsheet counts it."""

    line: int
    question: str
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    changed: int
    unchanged: int
    refused: tuple[RefusedLine, ...]


# --- out -----------------------------------------------------------------------------------------------------------


def workbook(
    *, answer_set: Return, on: date, titled: Callable[[Document], str], with_moderation: bool = False
) -> bytes:
    """The return as an XLSX file. Every cell is text: what begins as a formula does, is shown and never worked out.

    `titled`: what the reader is told of a document that was given, its title where they may open it.
    """
    held = queries.held(answer_set, on=on)
    previous = queries.held(answer_set.previous, on=on) if answer_set.previous else None
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(
        kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    made = _Sheets(book)
    made.read_me(answer_set, held)
    made.answers(held, previous, with_moderation, titled)
    made.hidden(answer_set, held)
    book.close()
    return kept.getvalue()


class _Sheets:
    def __init__(self, book: Any) -> None:
        self.book = book
        wrapped = {"text_wrap": True, "valign": "top"}
        self.head = book.add_format({**wrapped, "bold": True, "bg_color": "#DDE3EA", "border": 1})
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.words = book.add_format(wrapped)
        self.open = book.add_format({**wrapped, "locked": False, "border": 1, "bg_color": "#FFFBE6", "num_format": "@"})
        self.first = book.add_worksheet(FIRST)
        self.sheet = book.add_worksheet(ANSWERS)
        self.choices = book.add_worksheet(CHOICES)
        self.choices.hide()
        self.secret = book.add_worksheet(HIDDEN)
        self.secret.hide()
        self.scales: dict[tuple[str, ...], str] = {}

    def read_me(self, answer_set: Return, held: queries.Held) -> None:
        sheet = self.first
        sheet.set_column(0, 0, 100)
        sheet.write_string(0, 0, answer_set.title, self.title)
        lines = [answer_set.version.title]
        if answer_set.organisation:
            lines.append(answer_set.organisation.name)
        if answer_set.period_from and answer_set.period_to:
            lines.append(f"For {wording.day(answer_set.period_from)} to {wording.day(answer_set.period_to)}")
        if answer_set.due_on:
            lines.append(f"Due on {wording.day(answer_set.due_on)}. A day that has passed closes nothing.")
        lines.append(f"{held.completeness.sentence}, when this file was taken out.")
        lines += [
            "",
            f"Fill in the coloured cells of the sheet “{ANSWERS}” and leave the other cells as they are. Choose from "
            "the list where a cell has one.",
            "Then send the file back on the page of this return, under “Answer in Excel”. Rows that you do not touch "
            "change nothing, so two people can each fill in their own part.",
            "Documents given as evidence are added on the page of the return.",
        ]
        content = held.content
        lines += ["", *content.introduction.splitlines()]
        for section in content.sections:
            if section.guidance:
                lines += ["", section.title, *section.guidance.splitlines()]
        for down, line in enumerate(lines, 2):
            sheet.write_string(down, 0, line, self.words)

    def answers(
        self,
        held: queries.Held,
        previous: queries.Held | None,
        with_moderation: bool,
        titled: Callable[[Document], str],
    ) -> None:
        sheet = self.sheet
        headings = ["Key", "Section", "Question", "What to look at", "Answer", "Comment", "What difference it makes",
                    "Last reviewed", "Documents given", "What is missing"]  # fmt: skip
        headings += ["Last time"] if previous else []
        headings += ["Moderated answer", "Moderator’s note"] if with_moderation else []
        for across, (heading, width) in enumerate(
            zip(headings, (2, 20, 40, 50, 28, 45, 45, 14, 28, 24, 20, 24, 40), strict=False)
        ):
            sheet.set_column(across, across, width, None, {"hidden": heading == "Key"})
            sheet.write_string(0, across, heading, self.head)
        sheet.freeze_panes(1, 3)
        # Without a password: it keeps the fingers off, nothing more.
        sheet.protect("", {"format_columns": True, "format_rows": True})
        down = 0
        for section in held.content.sections:
            for criterion in section.criteria:
                down += 1
                answer = held.answers.get(criterion.key) or Answer(criterion=criterion.key)
                given = "\n".join(titled(each.document) for each in held.documents.get(criterion.key, ()))
                cells = [criterion.key, section.title, criterion.title, criterion.guidance]
                for across, text in enumerate(cells):
                    sheet.write_string(down, across, text, self.words)
                typed = (_shown(criterion, answer.value), answer.comment, answer.impact, _day(answer.reviewed_on))
                for across, text in enumerate(typed, 4):
                    sheet.write_string(down, across, text, self.open)
                self._choose(down, criterion)
                lack = held.completeness.lack_of(criterion.key)
                after = [given, lack.words if lack else ""]
                if previous:
                    after.append(_shown_of(previous, criterion.key))
                if with_moderation:
                    after += [_shown(criterion, answer.moderated_value), answer.moderation_note]
                for across, text in enumerate(after, 8):
                    sheet.write_string(down, across, text, self.words)

    def _choose(self, down: int, criterion: Criterion) -> None:
        labels = tuple(option.label for option in rules.options_of(criterion))
        if not labels:
            return
        if labels not in self.scales:
            column = len(self.scales)
            for row, label in enumerate(labels):
                self.choices.write_string(row, column, label)
            letter = xlsxwriter.utility.xl_col_to_name(column, col_abs=True)
            self.scales[labels] = f"={CHOICES}!{letter}$1:{letter}${len(labels)}"
        self.sheet.data_validation(
            down,
            4,
            down,
            4,
            {
                "validate": "list",
                "source": self.scales[labels],
                "error_title": "Choose from the list",
                "error_message": "Choose one of the answers of the list, or leave the cell empty.",
            },
        )

    def hidden(self, answer_set: Return, held: queries.Held) -> None:
        rows = [
            ("return", str(answer_set.pk), ""),
            ("version", answer_set.version.sha256, ""),
            ("revision", str(answer_set.revision), ""),
        ]
        for criterion in held.content.criteria:
            answer = held.answers.get(criterion.key) or Answer(revision=0)
            sent = rules.fingerprint(answer.value, answer.comment, answer.impact, answer.reviewed_on)
            rows.append((f"answer.{criterion.key}", str(answer.revision), sent))
        for down, row in enumerate((("What", "Value", "Sent"), *rows)):
            for across, text in enumerate(row):
                self.secret.write_string(down, across, text)


def _shown(criterion: Criterion, value: str) -> str:
    return rules.label_of(criterion, value)


def _shown_of(held: queries.Held, key: str) -> str:
    asked = next((criterion for criterion in held.content.criteria if criterion.key == key), None)
    return _shown(asked, held.values.get(key, "")) if asked else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


# --- back ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sent:
    """What the file says of itself: by criterion, the revision and the checksum that went out."""

    return_id: str
    version: str
    answers: Mapping[str, tuple[int, str]]


@operation
def take_back(*, return_id: int, path: Path, act: Act) -> Taken:
    """Save the answers of a file that came back.

    Raises RuleBroken with nothing saved: the file cannot be read (WrongFile), is not one of ours (not_ours), is of
    another return or version (wrong_return, wrong_version), has days that can only be read month first, so that none is
    sure (month_first); not_answerable; NotAllowed unless asked to answer.
    """
    answer_set = Return.objects.select_related("version").filter(pk=return_id).first()
    if answer_set is None:
        raise NotAllowed("There is no such return.")
    access.check_asked(act, answer_set)
    book = open_workbook(path, limits=_LIMITS)
    sent = _sent(book)
    if sent.return_id != str(return_id):
        raise RuleBroken(
            f"This file belongs to another return (number {sent.return_id[:20]}). Nothing was taken. Take the file of "
            "this return out and fill that in.",
            code="wrong_return",
        )
    if sent.version != answer_set.version.sha256:
        raise RuleBroken(
            "This file asks the questions of another version. Nothing was taken. Take the file out again.",
            code="wrong_version",
        )
    changed = unchanged = 0
    refused: list[RefusedLine] = []
    for row in _rows(book, answer_set, sent):
        if isinstance(row, RefusedLine):
            refused.append(row)
            continue
        if row.is_as_sent:
            unchanged += 1
            continue
        try:
            with transaction.atomic():
                returns.save_answer(
                    return_id=return_id,
                    criterion=row.criterion.key,
                    value=row.value,
                    comment=row.comment,
                    impact=row.impact,
                    reviewed_on=row.reviewed_on,
                    base_revision=row.revision,
                    act=act,
                )
        except returns.Conflict as conflict:
            who = conflict.theirs.answered_by or "Someone else"
            refused.append(
                RefusedLine(
                    row.line,
                    row.criterion.title,
                    f"{who} has answered this on the page since the file was taken out. Their answer is kept: "
                    f"“{_brief(_shown(row.criterion, conflict.theirs.value))}”. Yours was "
                    f"“{_brief(_shown(row.criterion, row.value))}”. Answer it on the page if yours is right.",
                )
            )
        except RuleBroken as refusal:
            if refusal.code == "not_answerable":
                raise
            refused.append(RefusedLine(row.line, row.criterion.title, refusal.reason))
        else:
            changed += 1
    act.record(
        "exchange.return_file.taken", subject=answer_set, changed=changed, unchanged=unchanged, refused=len(refused)
    )
    return Taken(changed, unchanged, tuple(refused))


def _sent(book: Workbook) -> _Sent:
    not_ours = RuleBroken(
        "This is not a file of this page, or its hidden sheet is gone. Take the file out again and fill that in.",
        code="not_ours",
    )
    if HIDDEN not in book.sheets or ANSWERS not in book.sheets:
        raise not_ours
    try:
        tables = book.tables(kind_name="a return", required=("What", "Value"), among=[HIDDEN])
    except WrongFile:
        raise not_ours from None
    said: dict[str, tuple[str, str]] = {}
    for _, cells in tables[0]:
        if not isinstance(cells, RefusedRow):
            said[cells["what"]] = (cells["value"], cells.get("sent", ""))
    if "return" not in said or "version" not in said:
        raise not_ours
    answers = {
        what.removeprefix("answer."): (int(value), digest)
        for what, (value, digest) in said.items()
        if what.startswith("answer.") and value.isascii() and value.isdigit() and len(value) < 10
    }
    return _Sent(said["return"][0], said["version"][0], answers)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    criterion: Criterion
    value: str
    comment: str
    impact: str
    reviewed_on: date | None
    revision: int
    is_as_sent: bool


def _rows(book: Workbook, answer_set: Return, sent: _Sent) -> Iterator[_Row | RefusedLine]:
    asked = {c.key: c for c in contents.read(answer_set.version.content or {}).criteria}
    seen: set[str] = set()
    table = book.tables(kind_name="a return", required=_REQUIRED, among=[ANSWERS])[0]
    # Typed by hand, as are the days among the answers. Real dates are what their program took them for, and ours go out
    # as text: that they are beside each other tells nothing.
    days = Days((REVIEWED, ANSWER), real_dates=False)
    for line, cells in table:
        if isinstance(cells, RefusedRow):
            yield RefusedLine(line, "", cells.reason)
            continue
        key = cells["key"].strip()
        question = cells["question"].strip()
        if key not in asked or key not in sent.answers:
            yield RefusedLine(line, question, f"This return asks nothing called “{_brief(key)}”: the row was not sent.")
        elif key in seen:
            yield RefusedLine(line, question, "This question is in the sheet twice; the first row was taken.")
        else:
            seen.add(key)
            is_day = asked[key].answer is AnswerKind.DATE
            days.see(line, {REVIEWED: cells[fold(REVIEWED)], ANSWER: cells[fold(ANSWER)] if is_day else ""})
            yield _row(line, asked[key], cells, sent)
    if reason := days.month_first():
        raise WrongFile(f"Sheet “{ANSWERS}”, {reason} Nothing was taken.", code="month_first")


def _row(line: int, criterion: Criterion, cells: Mapping[str, str], sent: _Sent) -> _Row | RefusedLine:
    try:
        reviewed_on = parse_date(cells["last reviewed"])
        value = _value(criterion, cells["answer"])
    except BadDate as wrong:
        return RefusedLine(line, criterion.title, wrong.reason)
    revision, digest = sent.answers[criterion.key]
    comment, impact = cells["comment"], cells["what difference it makes"]
    return _Row(
        line,
        criterion,
        value,
        comment,
        impact,
        reviewed_on,
        revision,
        rules.fingerprint(value, comment, impact, reviewed_on) == digest,
    )


def _value(criterion: Criterion, text: str) -> str:
    """What a cell says as an answer is kept: the code of the chosen words; a day as ISO."""
    for option in rules.options_of(criterion):
        if fold(text) in (fold(option.label), fold(option.code)):
            return option.code
    if criterion.answer is AnswerKind.DATE:
        day = parse_date(clean(text))
        return day.isoformat() if day else ""
    return text


def _brief(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
