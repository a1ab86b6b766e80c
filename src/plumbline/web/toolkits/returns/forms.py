"""Forms of returns: a section's answers, a moderator's, evidence, and what moves a return on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import QueryDict

from plumbline.evidence.rules import ACCEPTED, ENDINGS
from plumbline.people.models import User
from plumbline.people.queries import people_called
from plumbline.toolkits import rules
from plumbline.toolkits.content import AnswerKind, Criterion
from plumbline.toolkits.models import Answer
from plumbline.web.kit import forms


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed for one criterion, and from which state of it: `revision`, and whether it was touched at all."""

    criterion: Criterion
    value: str
    comment: str
    impact: str
    reviewed_on: date | None
    revision: int
    was_touched: bool


class AnswersForm(forms.PageForm):
    """The answers of one page; fields `value_…`, `comment_…`, `impact_…`, `reviewed_…` by criterion.

    `rev_…` and `was_…` say what was there when the page was made, so that nobody is overwritten unseen.
    """

    def __init__(
        self, data: Mapping[str, str] | None, *, criteria: Sequence[Criterion], answers: Mapping[str, Answer], on: date
    ) -> None:
        self.criteria = criteria
        initial: dict[str, Any] = {}
        for criterion in criteria:
            initial |= shown(criterion, answers.get(criterion.key))
        super().__init__(data, initial=initial)
        for criterion in criteria:
            for name, field in _fields(criterion, on).items():
                self.fields[name] = field
        forms.dress(self)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for criterion in self.criteria:
            name = f"value_{criterion.key}"
            value = cleaned.get(name)
            if isinstance(value, str) and (wrong := rules.check_answer(criterion, rules.tidy(value))):
                self.add_error(name, wrong[0])
        return cleaned

    def typed(self, criterion: Criterion) -> Typed:
        """What this valid form says of a criterion."""
        key, cleaned = criterion.key, self.cleaned_data
        value = cleaned.get(f"value_{key}") or ""
        value = value.isoformat() if isinstance(value, date) else rules.tidy(value)
        words = cleaned[f"comment_{key}"], cleaned[f"impact_{key}"], cleaned[f"reviewed_{key}"]
        revision = cleaned[f"rev_{key}"]
        return Typed(
            criterion,
            value,
            *words,
            revision=int(revision) if revision.isascii() and revision.isdigit() else 0,
            was_touched=rules.fingerprint(value, *words) != cleaned[f"was_{key}"],
        )


def shown(criterion: Criterion, answer: Answer | None) -> dict[str, Any]:
    """The first values of a criterion's fields."""
    answer = answer or Answer(criterion=criterion.key, revision=0)
    value: Any = answer.value
    if criterion.answer is AnswerKind.DATE and value:
        value = date.fromisoformat(value)
    key = criterion.key
    return {
        f"value_{key}": value,
        f"comment_{key}": answer.comment,
        f"impact_{key}": answer.impact,
        f"reviewed_{key}": answer.reviewed_on,
        f"rev_{key}": str(answer.revision),
        f"was_{key}": rules.fingerprint(answer.value, answer.comment, answer.impact, answer.reviewed_on),
    }


def as_sent(values: Mapping[str, Any]) -> dict[str, str]:
    """First values as a browser would send them back."""
    sent: dict[str, str] = {}
    for name, value in values.items():
        if name.startswith("reviewed_") or isinstance(value, date):
            parts = (value.day, value.month, value.year) if value else ("", "", "")
            sent |= {
                f"{name}_{part}": str(number) for part, number in zip(("day", "month", "year"), parts, strict=True)
            }
        else:
            sent[name] = str(value)
    return sent


def names_of(criterion: Criterion) -> tuple[str, ...]:
    """The names under which a browser sends the fields of a criterion."""
    key = criterion.key
    days = [f"reviewed_{key}", *([f"value_{key}"] if criterion.answer is AnswerKind.DATE else [])]
    parts = [f"{name}_{part}" for name in days for part in ("day", "month", "year")]
    return (f"value_{key}", f"comment_{key}", f"impact_{key}", f"rev_{key}", f"was_{key}", *parts)


def _fields(criterion: Criterion, on: date) -> dict[str, Any]:
    key = criterion.key
    fields: dict[str, Any] = {}
    asked: dict[str, Any] = {"label": "Your answer", "hint": criterion.guidance, "required": False}
    options = rules.options_of(criterion)
    if options:
        fields[f"value_{key}"] = forms.ChoiceField(
            **asked, choices=[(option.code, option.label) for option in options], widget=forms.Radios
        )
    elif criterion.answer is AnswerKind.DATE:
        fields[f"value_{key}"] = forms.DayField(**asked)
    elif criterion.answer is AnswerKind.NUMBER:
        fields[f"value_{key}"] = forms.LineField(**asked, width=10)
    elif criterion.answer is AnswerKind.TEXT:
        fields[f"value_{key}"] = forms.TextField(**asked, rows=5)
    reviewed = forms.DayField(label="When was this last reviewed?", required=False)
    reviewed.no_later_than = (on, "The day of the review has not come yet")
    return fields | {
        f"comment_{key}": forms.TextField(label="How do you know?" if options else "Comment", rows=3, required=False),
        f"impact_{key}": forms.TextField(label="What difference has it made to children?", rows=3, required=False),
        f"reviewed_{key}": reviewed,
        f"rev_{key}": forms.HiddenField(required=False),
        f"was_{key}": forms.HiddenField(required=False),
    }


def with_changes(data: QueryDict, changes: Mapping[str, str]) -> QueryDict:
    """What was sent, with some fields set otherwise."""
    changed = data.copy()
    for name, value in changes.items():
        changed[name] = value
    return changed


class ModerateForm(forms.PageForm):
    """The moderator's answers beside theirs: `value_…`, `note_…` by criterion. Nothing chosen: not moderated yet."""

    changes_a_record = True

    def __init__(
        self, data: Mapping[str, str] | None, *, criteria: Sequence[Criterion], answers: Mapping[str, Answer]
    ) -> None:
        self.criteria = criteria
        self.answers = answers
        initial: dict[str, str] = {}
        for criterion in criteria:
            answer = answers[criterion.key]
            initial |= {
                f"value_{criterion.key}": answer.moderated_value,
                f"note_{criterion.key}": answer.moderation_note,
            }
        super().__init__(data, initial=initial)
        for criterion in criteria:
            self.fields[f"value_{criterion.key}"] = forms.ChoiceField(
                label="What does the evidence bear out?",
                widget=forms.Radios,
                required=False,
                choices=[(option.code, option.label) for option in rules.options_of(criterion)],
            )
            self.fields[f"note_{criterion.key}"] = forms.TextField(
                label="Note",
                hint="Needed where your answer differs from theirs.",
                rows=3,
                required=False,
            )
        forms.dress(self)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for criterion in self.criteria:
            value, note = cleaned.get(f"value_{criterion.key}", ""), cleaned.get(f"note_{criterion.key}", "")
            own = self.answers[criterion.key].value
            if value and (wrong := rules.check_moderation(criterion, own=own, moderated=value, note=note)):
                self.add_error(f"note_{criterion.key}", f"{criterion.title}: {wrong[0]}")
        return cleaned


class RequestForm(forms.PageForm):
    toolkit = forms.ChoiceField(label="Which toolkit?", missing="Choose the toolkit")
    organisation = forms.ChoiceField(
        label="Who is it from?",
        hint="A return of the council’s own is answered by the people you name.",
        required=False,
    )
    title = forms.LineField(label="Title", hint="For example, Self-assessment 2016", max_length=300)
    period_from = forms.DayField(
        label="First day of the period it is about",
        hint="Leave both days empty where it is about no period.",
        required=False,
    )
    period_to = forms.DayField(label="Last day of the period", required=False)
    due_on = forms.DayField(
        label="Due on", hint="A day that passes closes nothing.", missing="Enter the day it is due on"
    )
    people = forms.TextField(
        label="Who is to answer?",
        rows=3,
        required=False,
        hint="Names or e-mail addresses, one a line. Those who sign in for a provider can always answer its returns.",
    )

    def __init__(self, *args: Any, toolkits: list[Any], organisations: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["toolkit"].choices = [("", ""), *toolkits]  # type: ignore[attr-defined]
        self.fields["organisation"].choices = [("", "The council itself"), *organisations]  # type: ignore[attr-defined]

    def clean_people(self) -> list[User]:
        people, wrong = [], []
        for name in filter(str.strip, self.cleaned_data["people"].splitlines()):
            try:
                people.append(_called(name))
            except ValidationError as why:
                wrong.append(why)
        if wrong:
            raise ValidationError(wrong)
        return people


class UploadForm(forms.PageForm):
    refused_at: ClassVar = {"": "document"}

    title = forms.LineField(
        label="What is it?", hint="For example, Safeguarding policy 2016", max_length=300, missing="Say what it is"
    )
    document = forms.FileField(
        label="The file", accept=ENDINGS, hint=f"{ACCEPTED}, up to 10 MB", missing="Choose the file"
    )
    period_from = forms.DayField(label="First day of the period it speaks for", required=False)
    period_to = forms.DayField(label="Last day of the period it speaks for", required=False)
    expires_on = forms.DayField(
        label="Valid until",
        hint="You are told before it expires. Leave it empty where it does not.",
        required=False,
    )


class ChooseForm(forms.PageForm):
    refused_at: ClassVar = {"": "chosen"}

    chosen = forms.ChoiceField(label="Choose a document that is kept already", missing="Choose a document")

    def __init__(self, *args: Any, documents: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [("", ""), *documents]  # type: ignore[attr-defined]


class BackForm(forms.PageForm):
    file = forms.FileField(label="The Excel file, filled in", accept=".xlsx,.ods", missing="Choose the file")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > 10 * 1024 * 1024:
            raise ValidationError("The file is larger than 10 MB: it is not the one that was taken out here.")
        return file


class HandInForm(forms.PageForm):
    """Handing in: what was carried forward unchanged is confirmed by a tick, where there is any."""

    still_true = forms.TickField(
        label="", missing="Read the answers carried from last time, and tick that they still hold"
    )

    def __init__(self, *args: Any, carried: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not carried:
            del self.fields["still_true"]
        else:
            number = "One answer is" if carried == 1 else f"{carried} answers are"
            self.fields["still_true"].label = f"{number} the same as last time. I have read them, and they still hold."


class ReasonForm(forms.PageForm):
    because = forms.TextField(label="Why?", rows=5, max_length=5000, missing="Say why")


class PersonForm(forms.PageForm):
    refused_at: ClassVar = {"": "username"}

    username = forms.LineField(
        label="Whom do you ask?",
        hint="A name, e-mail address or user name",
        width=20,
        missing="Say whom you ask",
        autocomplete="off",
    )

    def clean_username(self) -> User:
        return _called(self.cleaned_data["username"])


def _called(words: str) -> User:
    """The one person who is meant."""
    found = people_called(words)
    if len(found) > 1:
        raise ValidationError(f"More than one person is called {words.strip()}: give the user name.")
    if not found:
        raise ValidationError(f"Nobody who signs in is called {words.strip()}.")
    return found[0]
