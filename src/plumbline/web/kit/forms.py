"""Forms with the classes, hints and errors of the GOV.UK patterns. Forms check shape; operations decide.

    class RecordVisit(forms.PageForm):
        visited_on = forms.DayField(label="When was the visit?", hint="For example, 31 7 2016")
        found = forms.TextField(label="What was found?", rows=5, max_length=2000)
        grade = forms.ChoiceField(label="Grade", choices=GRADES, widget=forms.Radios)

    {# the page #}  <c-form :form="form" button="Record the visit" />

A question that depends on the answer to another is named in `asked_if`, and is shown below that answer:

        asked_if = {"found": ("grade", "serious")}

Every field takes Django's arguments and ``hint`` (shown under the label). ``missing`` is the sentence for an empty
field ("Enter what was found"); a plain one is made from the label otherwise.
"""

import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, time
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict

from plumbline.kernel.errors import Refusal, RuleBroken
from plumbline.kernel.labels import small
from plumbline.kernel.moments import taken_at
from plumbline.web.kit import form_values
from plumbline.web.kit.days import NotADay, day_of, read_day

Checkboxes = forms.CheckboxSelectMultiple
Radios = forms.RadioSelect

# Widths that tell people how much is expected; the classes of GOV.UK Frontend.
WIDTHS = {width: f"govuk-input--width-{width}" for width in (2, 4, 5, 10, 20)}


_TIME = re.compile(r"^\s*(\d{1,2})(?:[:.\s]?(\d{2}))?\s*(am|pm)?\s*$", re.IGNORECASE)

# The hidden field that says what a form showed when it was opened.
AS_OPENED = "as_opened"


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that someone else has changed since the form was opened, and its writer too: both versions, in words."""

    label: str
    theirs: str
    yours: str


class PageForm(forms.Form):
    """A form of a page; ``label_suffix`` and the browser's own bubbles are off.

    ``changes_a_record``: it shows what is recorded (its ``initial``, given on POST as on GET) and others may change
    that meanwhile. What only they changed is left as they have it; what both changed is an error, with both versions in
    ``clashes``, and is shown as its writer typed it: sent once more, it is saved.

    ``asked_if``: a field that is not asked is not required, and what was typed into it counts for nothing: it is empty
    among the answers (it stays on the page, in case the other answer is chosen again). One that is asked is required
    unless it says ``required=False``. It is shown below the answer that asks it; without JavaScript always, with the
    words "Only if you choose …" above it.
    """

    use_required_attribute = False
    changes_a_record: ClassVar[bool] = False
    # Where a refusal is shown: its code → name of the field; "": for every other code. Else above the form.
    refused_at: ClassVar[Mapping[str, str]] = {}
    # What a day and a time typed beside each other make: name → (name of the day, name of the time).
    moments: ClassVar[Mapping[str, tuple[str, str]]] = {}
    # What is asked only where radios or checkboxes are answered so: name → (name of these, key of the answer).
    asked_if: Mapping[str, tuple[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.clashes: list[Clash] = []
        if self.changes_a_record:
            self.fields[AS_OPENED] = HiddenField(required=False, initial=self._as_recorded)
        dress(self)

    def choice_field(self, name: str) -> "ChoiceField | ChoicesField":
        """A field, for the person who knows only now what may be chosen."""
        field = self.fields[name]
        if not isinstance(field, (ChoiceField, ChoicesField)):
            raise TypeError(f"{name} offers no choices")
        return field

    def day_field(self, name: str) -> "DayField":
        """A field, for the person who knows what day it is."""
        field = self.fields[name]
        if not isinstance(field, DayField):
            raise TypeError(f"{name} asks for no day")
        return field

    def refuse(self, refusal: Refusal, *, field: str | None = None) -> None:
        """Show why an operation would not do it, at the field it concerns or above all."""
        field = field or self.refused_at.get(refusal.code, self.refused_at.get(""))
        shown = field is not None and field in self.fields and self.asks(field)
        self.add_error(field if shown else None, refusal.reason)

    def asks(self, name: str) -> bool:
        """Whether a field is asked, as the form is answered now. What depends on a field that this form leaves out is
        asked always."""
        other, answer = self.asked_if.get(name, ("", ""))
        if other not in self.fields:
            return True
        chosen = self[other].value()
        given = chosen if isinstance(chosen, list | tuple) else [chosen]
        return self.asks(other) and answer in ["" if each is None else str(each) for each in given]

    def asked_below(self, other: str, answer: str) -> list[BoundField]:
        """The fields that an answer asks, to be shown below it."""
        return [self[name] for name in self.fields if self.asked_if.get(name) == (other, answer)]

    def in_turn(self) -> list[BoundField]:
        """The fields that are shown one after another: all but those below an answer."""
        below = {name for name, (other, _) in self.asked_if.items() if other in self.fields}
        return [field for field in self.visible_fields() if field.name not in below]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name in self.asked_if:
            if name in self.fields and not self.asks(name):
                self.errors.pop(name, None)
                given[name] = _nothing(self.fields[name])
        return given

    @property
    def is_typed(self) -> bool:
        """Whether something is typed or chosen here that can be kept. A password never is, nor a file."""
        shapes = {shape_of(field) for field in self.fields.values()}
        return "password" not in shapes and bool(shapes - {"hidden", "file"})

    @property
    def is_long(self) -> bool:
        """Whether typing it takes long enough that it is kept while it is typed."""
        shapes = [shape_of(field) for field in self.fields.values()]
        return "textarea" in shapes or len([shape for shape in shapes if shape != "hidden"]) > 3

    def take_up(self, typed: QueryDict) -> bool:
        """Begin with what was typed before; whether that differs from what would be here anyway."""
        if self.changes_a_record:
            typed = self._weighed(typed)
        given = [
            name
            for name, field in self.fields.items()
            if shape_of(field) != "file" and form_values.was_sent(self, name, typed)
        ]
        differs = any(
            form_values.typed(self, name, typed) != form_values.recorded(self, name)
            for name in given
            if shape_of(self.fields[name]) != "hidden"
        )
        # What was given to begin with is its giver's, and stays as it is.
        self.initial = dict(self.initial)
        for name in given:
            self.initial[name] = self.fields[name].widget.value_from_datadict(typed, {}, self.add_prefix(name))
            # A field that was looked at already has its beginning cached.
            self[name].__dict__.pop("initial", None)
        return differs

    def full_clean(self) -> None:
        if self.changes_a_record and self.is_bound:
            self.data = self._weighed(self.data)
        super().full_clean()
        self._read_moments()
        # No answer of the form's: nothing is done with it.
        getattr(self, "cleaned_data", {}).pop(AS_OPENED, None)
        if self.clashes:
            self.add_error(
                None,
                "This has been changed since you opened it. Nothing of yours is saved yet, and what was saved "
                "meanwhile is not lost: both are shown. Change what is to be changed, and save once more.",
            )

    def _read_moments(self) -> None:
        """Put each moment, in UTC, among the answers; None where its day or time is not given."""
        given = getattr(self, "cleaned_data", {})
        for name, (day, at) in self.moments.items():
            given[name] = None
            if given.get(day) is not None and given.get(at) is not None:
                try:
                    given[name] = taken_at(given[day], given[at])
                except RuleBroken as wrong:
                    self.add_error(at, wrong.reason)

    def _compared(self) -> list[str]:
        return [name for name, field in self.fields.items() if shape_of(field) not in ("hidden", "file")]

    def _as_recorded(self) -> str:
        return " ".join(f"{name}:{form_values.digest(form_values.recorded(self, name))}" for name in self._compared())

    def _weighed(self, typed: Any) -> Any:
        """What was typed, with what others have changed meanwhile where its writer has not; fills ``clashes``."""
        opened = dict(part.split(":", 1) for part in typed.get(self.add_prefix(AS_OPENED), "").split() if ":" in part)
        if not opened:
            return typed
        typed = typed.copy()
        self.clashes = []
        for name in self._compared():
            now, yours = form_values.recorded(self, name), form_values.typed(self, name, typed)
            if name not in opened or opened[name] == form_values.digest(now) or now == yours:
                continue
            if opened[name] == form_values.digest(yours):
                form_values.put(self, name, now, typed)
            else:
                words = [form_values.in_words(self, name, each) for each in (now, yours)]
                self.clashes.append(Clash(str(self.fields[name].label or name), *words))
        typed[self.add_prefix(AS_OPENED)] = self._as_recorded()
        return typed


class DayInput(forms.MultiWidget):
    """Three inputs: day, month, year."""

    template_name = "kit/day_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        parts: dict[str, forms.Widget | type[forms.Widget]] = {
            "day": forms.TextInput(),
            "month": forms.TextInput(),
            "year": forms.TextInput(),
        }
        super().__init__(parts, attrs)

    def decompress(self, value: date | None) -> list[Any]:
        return [value.day, value.month, value.year] if isinstance(value, date) else ["", "", ""]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class DayField(forms.Field):
    """A day in three inputs, whose sum is a date or an error that says which part is amiss.

    ``widget=forms.DayText`` asks for it in one input instead. ``no_later_than``/``no_earlier_than`` are given by the
    view, which knows what day it is.
    """

    widget = DayInput

    def __init__(self, *, hint: str = "", missing: str = "", **kwargs: Any) -> None:
        super().__init__(**_hinted(hint, kwargs))
        self.missing = missing
        self.no_later_than: tuple[date, str] | None = None
        self.no_earlier_than: tuple[date, str] | None = None

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        parts = [value] if isinstance(value, str) else [part or "" for part in value]
        if not any(part.strip() for part in parts):
            return None
        try:
            return read_day(parts[0]) if len(parts) == 1 else day_of(*parts)
        except NotADay as wrong:
            raise ValidationError(f"{_subject(self.label)} {wrong}", code="not_a_day") from wrong

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.no_later_than and value > self.no_later_than[0]:
            raise ValidationError(self.no_later_than[1], code="too_late")
        if self.no_earlier_than and value < self.no_earlier_than[0]:
            raise ValidationError(self.no_earlier_than[1], code="too_early")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class DayText(forms.TextInput):
    """One input for a day, for lists of many: "31 July 2016" and "31/7/2016" are read."""

    def format_value(self, value: Any) -> Any:
        return f"{value.day}/{value.month}/{value.year}" if isinstance(value, date) else value


class LineField(forms.CharField):
    """One line of text. ``width``: 2, 4, 5, 10 or 20 characters, where the length is known."""

    def __init__(
        self, *, hint: str = "", missing: str = "", width: int | None = None, autocomplete: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**_hinted(hint, kwargs))
        self.missing = missing
        self.width = width
        if autocomplete:
            self.widget.attrs["autocomplete"] = autocomplete

    def to_python(self, value: Any) -> str:
        # A browser sends each end of a line as two signs and counts it as one; Word's soft end of a line is a space.
        text = str(super().to_python(value) or "")
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", " ").replace("\u2028", " ")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # No `maxlength`: the browser would cut off what is pasted without a word.
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class TimeField(LineField):
    """A time of day as people write it: 14:30, 14.30, 1430, 2.30pm, 2pm."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(width=5, autocomplete="off", **kwargs)

    def clean(self, value: Any) -> time | None:
        text = super().clean(value)
        if not text:
            return None
        found = _TIME.match(text)
        if not found:
            raise ValidationError("Enter a time, such as 14:30", code="not_a_time")
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        elif half:
            hour = 99
        if hour > 23 or minute > 59:
            raise ValidationError("Enter a real time, such as 14:30", code="not_a_time")
        return time(hour, minute)


class TextField(LineField):
    """Text of several lines; with ``max_length`` it counts the characters left."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["rows"] = rows


class EmailField(forms.EmailField):
    def __init__(self, *, hint: str = "", missing: str = "", **kwargs: Any) -> None:
        super().__init__(**_hinted(hint, kwargs))
        self.missing = missing
        self.widget.attrs.setdefault("autocomplete", "email")
        self.widget.attrs["spellcheck"] = "false"


class NumberField(forms.IntegerField):
    """A whole number, typed as text as the GOV.UK patterns have it (no spinner that a scroll changes)."""

    widget = forms.TextInput

    def __init__(self, *, hint: str = "", missing: str = "", width: int = 5, **kwargs: Any) -> None:
        super().__init__(**_hinted(hint, kwargs))
        self.widget.attrs["inputmode"] = "numeric"
        self.missing = missing
        self.width = width


class ChoiceField(forms.ChoiceField):
    """One of several: a select, or ``widget=forms.Radios``. ``choice_hints``: key → the line under a radio."""

    def __init__(
        self, *, hint: str = "", missing: str = "", choice_hints: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**_hinted(hint, kwargs))
        self.missing = missing
        self.choice_hints = choice_hints or {}


class ChoicesField(forms.MultipleChoiceField):
    """Any number of several, as checkboxes."""

    widget = Checkboxes

    def __init__(
        self, *, hint: str = "", missing: str = "", choice_hints: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**_hinted(hint, kwargs))
        self.missing = missing
        self.choice_hints = choice_hints or {}


class TickField(forms.BooleanField):
    """One checkbox that states something: "I have read it"."""

    def __init__(self, *, hint: str = "", missing: str = "", **kwargs: Any) -> None:
        super().__init__(**_hinted(hint, kwargs))
        self.missing = missing


class FileField(forms.FileField):
    """One file; ``accept`` is what the file chooser offers (".csv,.zip"): a convenience, not a check."""

    def __init__(self, *, hint: str = "", missing: str = "", accept: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput)
        super().__init__(**_hinted(hint, kwargs))
        self.missing = missing
        if accept:
            self.widget.attrs["accept"] = accept


class HiddenField(forms.CharField):
    widget = forms.HiddenInput


_CLASSES = {
    "text": "govuk-input",
    "day": "govuk-input govuk-date-input__input",
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "radios": "govuk-radios__input",
    "checkboxes": "govuk-checkboxes__input",
    "tick": "govuk-checkboxes__input",
    "file": "govuk-file-upload",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "hidden": "",
}


def dress(form: forms.BaseForm) -> None:
    """Give any Django form (ours, sign-in's) the sentences that ours have; the classes come when a field is drawn."""
    form.use_required_attribute = False
    for field in form.fields.values():
        # What vanishes on typing is no label: the label is.
        field.widget.attrs.pop("placeholder", None)
        if "required" in field.error_messages:
            field.error_messages["required"] = getattr(field, "missing", "") or _missing(field, shape_of(field))


def drawn(field: BoundField) -> str:
    """The field's input with the classes of its pattern, and those of an error where it has one."""
    shape = shape_of(field.field)
    base = _CLASSES[shape]
    classes = [
        base,
        WIDTHS.get(getattr(field.field, "width", None) or 0, ""),
        field.field.widget.attrs.get("class", ""),
    ]
    if field.errors and shape not in ("radios", "checkboxes", "tick"):
        classes.append(f"{base.split()[0]}--error")
    attrs: dict[str, str | bool] = {"class": " ".join(part for part in classes if part)}
    if shape == "textarea" and getattr(field.field, "max_length", None):
        attrs["class"] = f"{attrs['class']} govuk-js-character-count"
        described = " ".join(part for part in (field.aria_describedby, f"{field.auto_id}-info") if part)
        attrs["aria-describedby"] = described
    if shape in ("radios", "checkboxes", "hidden"):
        return field.as_widget()
    return field.as_widget(attrs=attrs)


def shape_of(field: forms.Field) -> str:
    """Which of the patterns draws this field."""
    widget = field.widget
    if widget.is_hidden:
        return "hidden"
    shapes = (
        (DayInput, "day"),
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "tick"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
        (forms.FileInput, "file"),
        (forms.PasswordInput, "password"),
    )
    return next((shape for kind, shape in shapes if isinstance(widget, kind)), "text")


def first_input(field: BoundField) -> str:
    """The id that the error summary leads to."""
    grouped = shape_of(field.field) in ("day", "radios", "checkboxes")
    return f"{field.auto_id}_0" if grouped else field.id_for_label or field.auto_id


def _nothing(field: forms.Field) -> Any:
    """What a field holds that was left empty."""
    unasked = copy(field)
    unasked.required = False
    return unasked.clean(None)


def _hinted(hint: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    if hint:
        kwargs["help_text"] = hint
    return kwargs


def _subject(label: Any) -> str:
    text = str(label or "The date").rstrip("?:")
    return text if not str(label or "").endswith("?") else "The date"


def _missing(field: forms.Field, shape: str) -> str:
    label = str(field.label or "").rstrip("?: ")
    asked = str(field.label or "").rstrip().endswith("?")
    if shape in ("radios", "select", "checkboxes"):
        return "Choose an answer" if asked or not label else f"Choose the {small(label)}"
    if shape == "tick":
        return f"Tick to say: {label}" if label else "Tick the box"
    if shape == "file":
        return "Choose a file"
    if shape == "day":
        return "Enter the date" if asked or not label else f"Enter the {small(label)}"
    return "Enter an answer" if asked or not label else f"Enter the {small(label)}"
