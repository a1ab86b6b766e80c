"""The form of one page of a journey: its own fields, the same few fields again and again, and what was answered.

Rows are Django's formset: each row is a form of its own, whose fields are required once anything is typed or chosen in
it. A row that is left empty is none. Rows are added and taken out by buttons that need no script, and that lose nothing
typed.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from django import forms as django_forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict
from django.http import QueryDict

from plumbline.kernel import wording
from plumbline.web.kit import form_values
from plumbline.web.kit.forms import PageForm, dress, shape_of

MOST_ROWS = 40
# The buttons of a page of a journey, which are no answers.
PRESSED = ("more", "out", "later")
_PREFIX = "row"
_NUMBERED = re.compile(rf"^{_PREFIX}-(\d{{1,4}})-(.+)$")
_TOTAL, _INITIAL = f"{_PREFIX}-TOTAL_FORMS", f"{_PREFIX}-INITIAL_FORMS"


class Attached(NamedTuple):
    """A file that was kept before the record that it belongs to: its number, and what it is called."""

    number: int
    name: str


class Group(NamedTuple):
    """Fields that belong together under a heading; `row`: the number of a row that can be taken out."""

    heading: str
    fields: list[BoundField]
    note: str = ""
    row: int | None = None


if TYPE_CHECKING:
    _RowsOfPages = BaseFormSet[PageForm]
else:
    _RowsOfPages = BaseFormSet


class Rows(_RowsOfPages):
    default_error_messages: ClassVar = {
        "missing_management_form": "The rows of this page could not be read. Open the page again."
    }

    def given(self) -> list[dict[str, Any]]:
        """The answers of the rows that are not empty."""
        self.is_valid()
        return [row.cleaned_data for row in self if row.has_changed()]


class Step(PageForm):
    """One page. `row`: the form of its repeated rows, `noun`: what a row is called, `least`: so many are offered."""

    row: ClassVar[type[PageForm] | None] = None
    noun: ClassVar[str] = "Row"
    least: ClassVar[int] = 1

    def __init__(
        self,
        typed: QueryDict | None = None,
        files: Any = None,
        *,
        attached: Mapping[str, Attached] | None = None,
        of_rows: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """`of_rows`: what each row is made with."""
        super().__init__(typed, files, **kwargs)
        self.attached = dict(attached or {})
        self.rows = self._rows(typed, dict(of_rows or {}))
        for name in {*self.attached} & {*self.fields}:
            self.fields[name].required = False

    def _rows(self, typed: QueryDict | None, of_rows: dict[str, Any]) -> Rows | None:
        if self.row is None:
            return None
        if typed is not None:
            typed = typed.copy()
            typed.setdefault(_TOTAL, str(self.least))
            typed.setdefault(_INITIAL, "0")
        made = formset_factory(self.row, formset=Rows, extra=self.least, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
        rows = made(typed, prefix=_PREFIX, form_kwargs=of_rows)
        return rows if isinstance(rows, Rows) else None

    def add(self, fields: Mapping[str, django_forms.Field]) -> None:
        """Add fields that only the matter itself tells."""
        self.fields |= fields
        dress(self)

    @property
    def is_full(self) -> bool:
        """Whether no more rows can be added."""
        return self.rows is not None and self.rows.total_form_count() >= MOST_ROWS

    @property
    def groups(self) -> list[Group]:
        """The parts of the page under a heading of their own: its rows, if it does not say otherwise."""
        return [
            Group(f"{self.noun} {number + 1}", row.in_turn(), row=number) for number, row in enumerate(self.rows or ())
        ]

    @property
    def singles(self) -> list[BoundField]:
        inside = {field.html_name for group in self.groups for field in group.fields}
        return [field for field in self.in_turn() if field.html_name not in inside]

    def full_clean(self) -> None:
        super().full_clean()
        if self.rows is not None and self.is_bound:
            for row in self.rows:
                for name, errors in row.errors.items():
                    self.errors[row.add_prefix(name)] = errors
            for error in self.rows.non_form_errors():
                self.add_error(None, error)

    def quiet(self) -> Self:
        """What was typed so far, shown again without its errors."""
        for form in (self, *(self.rows or ())):
            form._errors = ErrorDict()
        return self

    def given(self) -> list[dict[str, Any]]:
        """The answers of its rows, without those left empty."""
        return self.rows.given() if self.rows is not None else []

    def as_shown(self) -> QueryDict:
        """What would be sent if the page were sent as it is shown."""
        sent = QueryDict(mutable=True)
        for form in (self, *(self.rows or ())):
            for name, field in form.fields.items():
                if shape_of(field) != "file":
                    form_values.put(form, name, form_values.recorded(form, name), sent)
        return sent

    def with_rows_changed(self, sent: QueryDict) -> tuple[QueryDict | None, str]:
        """What was typed, with one row more or without one, as the button says, and the place on the page to go on at;
        None for any other button."""
        if self.rows is None or not ({"more", "out"} & set(sent)):
            return None, ""
        total = self.rows.total_form_count()
        out = sent.get("out", "")
        gone = int(out) if out.isdecimal() and len(out) < 4 and int(out) < total else None
        changed = QueryDict(mutable=True)
        for name, values in self._typed():
            numbered = _NUMBERED.match(name)
            if gone is not None and numbered:
                number = int(numbered[1])
                if number == gone:
                    continue
                if number > gone:
                    name = f"{_PREFIX}-{number - 1}-{numbered[2]}"
            changed.setlist(name, values)
        total += (1 if "more" in sent else 0) - (1 if gone is not None else 0)
        total = min(MOST_ROWS, max(1, total))
        changed[_TOTAL] = str(total)
        return changed, f"row-{total - 1}" if "more" in sent else "rows"

    def _typed(self) -> list[tuple[str, list[Any]]]:
        return list(self.data.lists()) if isinstance(self.data, QueryDict) else []

    def uploads(self) -> dict[str, Any]:
        """The files that were chosen now and are not refused, by their fields."""
        self.is_valid()
        return {
            name: self.cleaned_data[name]
            for name, field in self.fields.items()
            if shape_of(field) == "file" and self.cleaned_data.get(name)
        }

    def no_longer_asked(self) -> list[str]:
        """What is typed here about something that others have taken away since."""
        known = {_TOTAL, _INITIAL, f"{_PREFIX}-MIN_NUM_FORMS", f"{_PREFIX}-MAX_NUM_FORMS"}
        for form in (self, *(self.rows or ())):
            for name, field in form.fields.items():
                known |= {
                    form.add_prefix(name) + suffix for suffix in ("", *getattr(field.widget, "widgets_names", ()))
                }
        return [value for name, values in self._typed() if name not in known for value in values if value.strip()]

    def first_fault(self) -> str:
        """Why this part cannot be taken as it is; "" where it can."""
        if self.no_longer_asked():
            return "you answered something that is no longer asked. See what it was, and save the page again"
        return next((str(error) for errors in self.errors.values() for error in errors), "")

    def answers(self) -> list[tuple[str, str]]:
        """What is answered here, as (label, words); what was left empty is not said."""
        self.is_valid()
        found = [(str(field.label), said) for field in _with_asked(self.singles) if (said := _in_words(field))]
        for group in self.groups:
            if group.row is not None and not (self.rows and self.rows[group.row].has_changed()):
                continue
            if words := [said for field in _with_asked(group.fields) if (said := _in_words(field))]:
                found.append((group.heading, ", ".join(words)))
        found += [("Attached", file.name) for file in self.attached.values()]
        return [*found, *(("No longer asked", said) for said in self.no_longer_asked())]


def _with_asked(fields: list[BoundField]) -> list[BoundField]:
    """Each field followed by those that its answer asks."""
    found = []
    for field in fields:
        found.append(field)
        form = field.form
        if isinstance(form, PageForm):
            below = {name for name, (other, _) in form.asked_if.items() if other == field.name and form.asks(name)}
            found += _with_asked([form[name] for name in form.fields if name in below])
    return found


def _in_words(field: BoundField) -> str:
    value = getattr(field.form, "cleaned_data", {}).get(field.name)
    if value in (None, "", False, []) or shape_of(field.field) == "file":
        return ""
    if value is True:
        return str(field.label)
    choices = dict(getattr(field.field, "choices", ()))
    if isinstance(value, list):
        return ", ".join(str(choices.get(each, each)) for each in value)
    return str(choices.get(value, "")) or wording.in_words(value)
