"""Template filters for words, numbers and days, and the looks of states."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField, BoundWidget
from django.template import Context
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from plumbline.audit.moments import shown
from plumbline.kernel import wording
from plumbline.web.kit import drafts as places
from plumbline.web.kit import forms
from plumbline.web.kit.tables import Cell

register = template.Library()

# A state is always a word and a shape: the colour only helps (kind: shape).
SHAPES = {"black": "✖", "red": "■", "amber": "▲", "green": "●", "blue": "◆", "grey": "○"}

# States that everybody uses, and the kind each is drawn as. A page may name a kind directly.
KINDS = {
    "unregistered": "black",
    "adverse": "red",
    "overdue": "red",
    "refused": "red",
    "failed": "red",
    "contradicted": "red",
    "watch": "amber",
    "due": "amber",
    "open": "amber",
    "returned": "amber",
    "not_yet_known": "amber",
    "clear": "green",
    "met": "green",
    "done": "green",
    "closed": "grey",
    "signed_off": "green",
    "corroborated": "green",
    "published": "green",
    "active": "blue",
    "in_progress": "blue",
    "requested": "blue",
    "submitted": "blue",
    "new": "blue",
    "draft": "grey",
    "unknown": "grey",
    "not_recorded": "grey",
    "withheld": "grey",
    "withdrawn": "grey",
}


@register.filter
def kind(state: object) -> str:
    """The kind (black, red, amber, green, blue, grey) that a state's key is drawn as; grey if we know none."""
    key = str(state)
    return key if key in SHAPES else KINDS.get(key, "grey")


@register.filter
def shape(state: object) -> str:
    return SHAPES[kind(state)]


@register.filter
def row_cells(line: Sequence[Cell]) -> SafeString:
    """A line of a table as its cells, the first as the row's heading.

    Drawn here since a list has hundreds: as a template of its own each took more than the rest of the page.
    """
    cells = (_drawn_cell(cell, is_heading=place == 0) for place, cell in enumerate(line))
    return mark_safe("".join(cells))  # noqa: S308 - every part is escaped below


def _drawn_cell(cell: Cell, *, is_heading: bool) -> str:
    inside: str = conditional_escape(cell.text)
    if cell.kind:
        drawn_as = kind(cell.kind)
        inside = (
            f'<strong class="pl-tag pl-tag--{drawn_as}"><span class="pl-tag__shape" aria-hidden="true">'
            f"{SHAPES[drawn_as]}</span>{inside}</strong>"
        )
    elif cell.absent:
        inside = f'<span class="pl-absent">{inside}</span>'
    elif cell.short:
        inside = f'<span class="pl-nowrap">{inside}</span>'
    if cell.url:
        inside = f'<a class="govuk-link" href="{conditional_escape(cell.url)}">{inside}</a>'
    if cell.note:
        inside += f'<span class="pl-cell-note">{conditional_escape(cell.note)}</span>'
    label = conditional_escape(cell.column.heading)
    if is_heading:
        return f'<th scope="row" role="rowheader" class="govuk-table__header" data-label="{label}">{inside}</th>'
    numeric = " govuk-table__cell--numeric" if cell.column.numeric else ""
    return f'<td role="cell" class="govuk-table__cell{numeric}" data-label="{label}">{inside}</td>'


@register.filter
def number(value: object) -> str:
    return wording.in_words(value)


@register.filter
def in_words(value: object) -> str:
    """A date, a moment, a number, yes or no, or text as a page shows it; None is "not recorded"."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = shown(value)
    return wording.in_words(value)


@register.filter
def money(value: int | float | Decimal | None) -> str:
    return wording.NOT_RECORDED if value is None else wording.money(value)


@register.filter
def day(value: date | None) -> SafeString | str:
    """<time> with the day in words; None is "not recorded"."""
    if value is None or value == "":
        return wording.NOT_RECORDED
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = shown(value)
    return format_html('<time datetime="{}">{}</time>', value.strftime("%Y-%m-%d"), wording.day(value))


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """<time> with the moment as people say it; exact on hover and for screen readers."""
    if value is None or value == "":
        return wording.NOT_RECORDED
    local = shown(value) if timezone.is_aware(value) else value
    said = wording.said(local, shown(timezone.now()))
    exact = wording.moment(local)
    if said == exact:
        return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), exact)
    return format_html(
        '<time datetime="{}" title="{}">{}<span class="govuk-visually-hidden"> ({})</span></time>',
        local.isoformat(timespec="seconds"),
        exact,
        said,
        exact,
    )


@register.filter
def when(value: date | datetime | None) -> SafeString | str:
    """A day as a day, a moment as a moment."""
    return moment(value) if isinstance(value, datetime) else day(value)


@register.filter
def by_when(value: date | None, today: date) -> str:
    """ "3 days late, due 28 July 2016", seen from ``today``."""
    return wording.NOT_RECORDED if value is None else wording.by_when(value, today)


@register.filter
def shape_of_field(field: BoundField) -> str:
    """Which pattern draws a form's field: text, day, textarea, select, radios, checkboxes, tick, file, password …"""
    return forms.shape_of(field.field)


@register.filter
def first_input(field: BoundField) -> str:
    return forms.first_input(field)


@register.filter
def drawn(field: BoundField) -> str:
    return forms.drawn(field)


@register.simple_tag
def drawn_choice(choice: BoundWidget, hint: str, asked: Sequence[BoundField]) -> SafeString:
    """One radio or checkbox, tied to its own hint and to the fields that it asks."""
    shape = "radios" if choice.data["type"] == "radio" else "checkboxes"
    choice.data["attrs"]["class"] = f"govuk-{shape}__input"
    if hint:
        choice.data["attrs"]["aria-describedby"] = f"{choice.id_for_label}_hint"
    if asked:
        choice.data["attrs"]["data-aria-controls"] = f"{choice.id_for_label}_asks"
    return mark_safe(choice.tag(wrap_label=False))  # noqa: S308 - Django's own rendering of its widget


@register.filter
def asked_below(field: BoundField, answer: object) -> list[BoundField]:
    """The fields that are asked where a field is answered so."""
    return field.form.asked_below(field.name, str(answer)) if isinstance(field.form, forms.PageForm) else []


@register.filter
def in_turn(form: BaseForm) -> list[BoundField]:
    """The fields of a form that are shown one after another: those that an answer asks are below it."""
    return form.in_turn() if isinstance(form, forms.PageForm) else form.visible_fields()


@register.filter
def choice_hint(field: BoundField, value: object) -> str:
    """The line under one radio or checkbox, where the form has one."""
    hints: dict[str, str] = getattr(field.field, "choice_hints", {})
    return hints.get(str(value), "")


@register.filter
def dressed(form: BaseForm) -> BaseForm:
    """A form that is not ours (sign-in's) with the classes ours have; once only."""
    if not isinstance(form, forms.PageForm) and not getattr(form, "is_dressed", False):
        forms.dress(form)
        form.is_dressed = True  # type: ignore[attr-defined]  # a mark of ours on a form that is not
    return form


@register.simple_tag(takes_context=True)
def typed(context: Context, form: object) -> places.Offer | None:
    """Let a form begin with what its writer typed and did not save. `c-form` does it; before, for what is in its
    slot: {% typed form as before %}."""
    return places.offer(context["request"], form) if "request" in context else None


@register.simple_tag(takes_context=True)
def typed_line(context: Context, form: str, *about: object) -> SafeString:
    """The sealed line of a form whose page keeps its drafts itself, under this name and subject."""
    request = context["request"]
    subject = ".".join(str(each) for each in about)
    place = places.Place(request.user.pk, form, subject, request.get_full_path(), by_page=True)
    return format_html('<input type="hidden" name="{}" value="{}">', places.FIELD, place.sealed())
