"""What this council calls things: every label with its words over time, changed from a day on by an administrator."""

from datetime import date
from functools import partial
from typing import Any, ClassVar

from django.http import Http404, HttpResponseBase
from django.urls import reverse

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import LABELS, LONGEST, Forms, Label, check_form, in_words, wording_on
from plumbline.people.access import Permission
from plumbline.people.labels import change_label, take_out_label, wordings
from plumbline.people.models import LabelWording
from plumbline.web.kit import forms, tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, ask, pressed
from plumbline.web.kit.request import Request, acting


class ChangeLabel(forms.PageForm):
    """A line for each form of the label, as it is called now, and the day."""

    refused_at: ClassVar = {"day_taken": "from_on"}

    from_on = forms.DayField(
        label="From which day do you say so?", hint="For example, 1 4 2017. The day may be in the past"
    )

    def __init__(self, *args: Any, label: Label, now: Forms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label = label
        day = self.fields.pop("from_on")
        for form in label.forms:
            self.fields[form.name] = forms.LineField(
                label=form.asked,
                max_length=LONGEST,
                initial=now[form.name],
                autocomplete="off",
                missing=f"{form.asked}: enter what it is called",
                hint=f"Plumbline comes with “{form.shipped}”",
            )
        self.fields["from_on"] = day
        forms.dress(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for form in self.label.forms:
            try:
                given[form.name] = check_form(form, given.get(form.name) or self.fields[form.name].initial)
            except RuleBroken as refusal:
                self.refuse(refusal, field=form.name)
        return given


class Wordings(tables.Table):
    title = "The words over time"
    one, many = "wording", "wordings"
    caption_hidden = False
    columns = (
        tables.Column("what", "What", sort=lambda row: row["what"]),
        tables.Column("from_on", "First day", sort=lambda row: row["from_on"], absent="from the beginning"),
        tables.Column("state", "State", kind=lambda row: row["kind"]),
        tables.Column("sentence", "In a sentence"),
        tables.Column("said_by", "Entered by", absent="comes with Plumbline"),
        tables.Column("next", "What next", lambda row: "Take it out" if row["url"] else None,
                      link=lambda row: row["url"], absent=""),
    )  # fmt: skip
    order = "what"


@requires(Permission.LISTS_MANAGE)
def all_labels(request: Request) -> HttpResponseBase:
    kept = wordings()
    now = _now(kept, request)
    shown = [
        {"label": label, "sentence": in_words(label, now.get(label.key, {})), "url": reverse("label", args=[label.key])}
        for label in LABELS.values()
    ]
    return tables.page(
        request, Wordings(request, _rows(kept, now, request)), "people/users/labels.html", {"shown": shown}
    )


def _now(kept: list[LabelWording], request: Request) -> dict[str, Forms]:
    return wording_on([(each.key, each.from_on, each.forms) for each in kept], request.day)


def _rows(kept: list[LabelWording], now: dict[str, Forms], request: Request) -> list[dict[str, Any]]:
    """Every wording of every label, the newest first; the one that it comes with last."""
    rows: list[dict[str, Any]] = []
    for label in LABELS.values():
        for each in (row for row in kept if row.key == label.key):
            comes, counts = each.from_on > request.day, each.forms == now.get(label.key)
            rows.append(
                {
                    "what": label.title,
                    "from_on": each.from_on,
                    "said_by": str(each.said_by),
                    "sentence": in_words(label, each.forms),
                    "state": "To come" if comes else "Said now" if counts else "Said before",
                    "kind": "blue" if comes else "green" if counts else "grey",
                    "url": reverse("label_take_out", args=[each.pk]) if comes else "",
                }
            )
        said = label.key not in now
        rows.append(
            {
                "what": label.title,
                "from_on": None,
                "said_by": "",
                "sentence": in_words(label, {}),
                "url": "",
                "state": "Said now" if said else "Said before",
                "kind": "green" if said else "grey",
            }
        )
    return rows


@requires(Permission.LISTS_MANAGE)
def change(request: Request, key: str) -> HttpResponseBase:
    label = LABELS.get(key)
    if label is None:
        raise Http404
    now = _now(wordings(), request).get(key, {})

    def say_so(from_on: date, **words: str) -> LabelWording:
        return change_label(key=key, forms=words, from_on=from_on, act=acting(request))

    return ask(
        request,
        ChangeLabel(request.POST or None, label=label, now={**label.shipped, **now}),
        Question(
            heading=label.title,
            button="Say so from that day",
            back=reverse("labels"),
            back_words="What we call things",
            about=[label.about, f"Today we say: “{in_words(label, now)}”"],
        ),
        do=say_so,
        done=lambda made: f"From {wording.day(made.from_on)} we say: “{in_words(label, made.forms)}”",
        to=reverse("labels"),
    )


@requires(Permission.LISTS_MANAGE)
def take_out(request: Request, wording_id: int) -> HttpResponseBase:
    found = next((each for each in wordings() if each.pk == wording_id), None)
    if found is None:
        raise Http404
    label, day = LABELS[found.key], wording.day(found.from_on)
    return ask(
        request,
        pressed(request),
        Question(
            heading="Take a wording out",
            button="Take it out",
            back=reverse("labels"),
            back_words="What we call things",
            about=[
                f"{label.title}: from {day} we would say “{in_words(label, found.forms)}”",
                "Taken out, we go on as before.",
            ],
            kind="warning",
        ),
        do=partial(take_out_label, wording_id=wording_id, act=acting(request)),
        done=f"The wording of {day} is taken out.",
        to=reverse("labels"),
    )
