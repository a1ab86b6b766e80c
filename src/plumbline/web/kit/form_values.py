"""What is in a field of a form, as a browser sends it: to compare what was recorded with what was typed."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.widgets import ChoiceWidget
from django.http import QueryDict

# A line of text, a tick, or several of either.
Sent = str | bool | list[str]


def recorded(form: forms.Form, name: str) -> Sent:
    """What the form shows in a field before anybody types, from its `initial`."""
    field = form.fields[name]
    widget: Any = field.widget
    value = field.prepare_value(form.get_initial_for_field(field, name))
    if isinstance(widget, forms.CheckboxInput):
        return bool(widget.check_test(value))
    if isinstance(widget, forms.MultiWidget):
        return _clean(value if isinstance(value, list | tuple) else widget.decompress(value))
    if getattr(widget, "allow_multiple_selected", False):
        return sorted(_clean(value or []))
    if isinstance(widget, ChoiceWidget):
        given = "" if value is None else str(value)
        keys = [str(key) for key, _ in _choices(widget)]
        # A list shows its first choice where none was made.
        return given if given in keys or isinstance(widget, forms.RadioSelect) or not keys else keys[0]
    return _clean([widget.format_value(value)])[0]


def typed(form: forms.Form, name: str, data: Mapping[str, Any]) -> Sent:
    """What was sent for a field."""
    widget = form.fields[name].widget
    value = widget.value_from_datadict(data, {}, form.add_prefix(name))
    if isinstance(value, bool):
        return value
    if getattr(widget, "allow_multiple_selected", False):
        return sorted(_clean(value or []))
    if isinstance(value, list | tuple):
        return _clean(value)
    return _clean([value])[0]


def was_sent(form: forms.Form, name: str, data: Mapping[str, Any]) -> bool:
    """Whether the data know the field at all (a box that is not ticked is sent by its absence)."""
    return not form.fields[name].widget.value_omitted_from_data(data, {}, form.add_prefix(name))


def put(form: forms.Form, name: str, value: Sent, data: QueryDict) -> None:
    """Write a value into data as if it had been sent."""
    widget: Any = form.fields[name].widget
    sent_as = form.add_prefix(name)
    suffixes = getattr(widget, "widgets_names", ())
    if suffixes and isinstance(value, list):
        for suffix, part in zip(suffixes, value, strict=True):
            data[sent_as + suffix] = part
    elif isinstance(value, list):
        data.setlist(sent_as, value)
    elif value is False:
        data.pop(sent_as, None)
    else:
        data[sent_as] = "on" if value is True else value


def in_words(form: forms.Form, name: str, value: Sent) -> str:
    """A value as a person reads it."""
    widget: Any = form.fields[name].widget
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(widget, ChoiceWidget):
        labels = {str(key): str(label) for key, label in _choices(widget)}
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(each, each) for each in chosen if each) or "Nothing"
    if isinstance(value, list):
        return " ".join(part for part in value if part) or "Nothing"
    return value or "Nothing"


def digest(value: Sent) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]


def _clean(values: Any) -> list[str]:
    return ["" if each is None else str(each).replace("\r\n", "\n").strip() for each in values]


def _choices(widget: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for key, label in widget.choices:
        found += label if isinstance(label, list | tuple) else [(key, label)]
    return found
