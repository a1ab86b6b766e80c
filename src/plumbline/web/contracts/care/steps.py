"""The pages of the journey through an evaluation meeting: one matter each, and what they make together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms as django_forms
from django.forms.utils import ErrorDict

from plumbline.actions.models import Action
from plumbline.contracts.models import Commitment, CommitmentCheck, Kpi, KpiRating
from plumbline.contracts.rules import evaluations as rules
from plumbline.contracts.rules.evaluations import (
    ActionGiven,
    ArrangementGiven,
    Attendee,
    CaseGiven,
    CommitmentGiven,
    KpiGiven,
    Meeting,
)
from plumbline.evidence import rules as evidence
from plumbline.web.kit import forms, wording

PROVIDER = "provider"
_MOST_ROWS = 40


class Step(forms.PageForm):
    """One page. `rows`: its repeated parts, each with a heading and its fields; `singles`: the others, in order."""

    def quiet(self) -> "Step":
        """What was typed so far, shown again without its errors."""
        self._errors = ErrorDict()
        return self

    @property
    def rows(self) -> list[dict[str, Any]]:
        return []

    @property
    def singles(self) -> list[Any]:
        inside = {field.name for row in self.rows for field in row["fields"]}
        return [field for field in self.visible_fields() if field.name not in inside]


class Rows(Step):
    """A page with the same few fields again and again; rows left empty are no rows."""

    noun: ClassVar[str] = "Row"
    least: ClassVar[int] = 2
    # The field without which a row is nothing.
    key: ClassVar[str] = ""

    def columns(self) -> Mapping[str, Callable[[], Any]]:
        raise NotImplementedError

    def __init__(self, data: Mapping[str, str] | None = None, *args: Any, more: int = 1, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self._columns = self.columns()
        filled = [
            int(name.rpartition("_")[2])
            for name, value in (data or {}).items()
            if value and name.rpartition("_")[2].isdecimal() and _column(name, self._columns)
        ]
        self.count = min(_MOST_ROWS, max(self.least, max(filled, default=-1) + 1 + more))
        for number in range(self.count):
            for name, field in self._columns.items():
                self.fields[f"{name}_{number}"] = field()
        forms.dress(self)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"heading": f"{self.noun} {number + 1}", "fields": [self[f"{name}_{number}"] for name in self._columns]}
            for number in range(self.count)
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.given: list[dict[str, Any]] = []
        for number in range(self.count):
            row = {name: given.get(f"{name}_{number}") for name in self._columns}
            if not any(value for value in row.values()):
                continue
            if not row[self.key] and f"{self.key}_{number}" not in self.errors:
                field = self.fields[f"{self.key}_{number}"]
                self.add_error(f"{self.key}_{number}", field.error_messages["required"])
            self.given.append(row)
        return given


def _column(name: str, columns: Iterable[str]) -> bool:
    return any(name.startswith(f"{column}_") for column in columns)


def _line(label: str, **more: Any) -> Callable[[], Any]:
    return lambda: forms.LineField(label=label, required=False, **more)


def _text(label: str, **more: Any) -> Callable[[], Any]:
    return lambda: forms.TextField(label=label, required=False, rows=3, **more)


def _tick(label: str) -> Callable[[], Any]:
    return lambda: forms.TickField(label=label, required=False)


class Who(Rows):
    noun, least, key = "Person", 4, "name"
    held_on = forms.DayField(label="When was the meeting held?", hint="For example, 14 6 2016")
    chair = forms.LineField(label="Who was in the chair?", required=False, max_length=200)
    area = forms.ChoiceField(
        label="Was the service area there?", widget=forms.Radios, required=False, initial="",
        choices=(("", "As the list below says"), ("no", "No, although someone below came for it")),
    )  # fmt: skip

    def columns(self) -> Mapping[str, Callable[[], Any]]:
        return {
            "name": _line("Name", max_length=200, missing="Enter the name, or leave the whole row empty"),
            "organisation": _line("Organisation", max_length=200),
            "post": _line("Role", max_length=200),
            "service": _tick("Came for the service area"),
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.given and not self.errors:
            self.add_error("name_0", "Say who was there")
        return given


class Previous(Step):
    """What was said of each action that is still to be done."""

    def __init__(self, *args: Any, actions: Iterable[Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for action in actions:
            due = f"Due {wording.day(action.due_on)}. {action.get_state_display()}."
            self.fields[f"said_{action.pk}"] = forms.TextField(label=action.title, hint=due, rows=2, required=False)
        forms.dress(self)

    def heard(self) -> list[tuple[int, str]]:
        return [(int(name.removeprefix("said_")), said) for name, said in self.cleaned_data.items() if said.strip()]


class Safeguarding(Step):
    incidents = forms.NumberField(label=rules.COUNTS["incidents"], required=False, min_value=0)
    allegations = forms.NumberField(label=rules.COUNTS["allegations"], required=False, min_value=0)
    complaints = forms.NumberField(label=rules.COUNTS["complaints"], required=False, min_value=0)
    training_percent = forms.NumberField(
        label=rules.SHARES["training_percent"], required=False, min_value=0, max_value=100,
        hint="Leave empty what was not reported",
    )  # fmt: skip
    dbs_percent = forms.NumberField(label=rules.SHARES["dbs_percent"], required=False, min_value=0, max_value=100)
    staffing_changes = forms.TextField(
        label="Changes of staff", required=False, rows=3, hint="Above all of the manager and the safeguarding lead"
    )
    concerns_raised = forms.ChoiceField(
        label="Were concerns raised?", widget=forms.Radios, choices=(("yes", "Yes"), ("no", "No")),
        missing="Say whether concerns were raised",
    )  # fmt: skip
    concerns = forms.TextField(
        label="Which concerns?", required=False, rows=4, hint="With case references, and without names"
    )
    concerns_action = forms.TextField(
        label="What is done about them?", required=False, rows=3,
        hint="Who does what, by when. What is to be followed up goes on the page of actions, too",
    )  # fmt: skip

    def section(self) -> dict[str, Any]:
        return {**self.cleaned_data, "concerns_raised": self.cleaned_data["concerns_raised"] == "yes"}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("concerns_raised") == "yes" and not given.get("concerns", "").strip():
            self.add_error("concerns", "Say which concerns were raised")
        if given.get("concerns_raised") == "yes" and not given.get("concerns_action", "").strip():
            self.add_error("concerns_action", "Say what is done about the concerns")
        described = f"{given.get('concerns', '')}{given.get('concerns_action', '')}".strip()
        if given.get("concerns_raised") == "no" and described:
            self.add_error("concerns_raised", "Concerns are described below, so they were raised")
        return given


class Cases(Rows):
    noun, least, key = "Case", 1, "summary"

    def __init__(self, *args: Any, sees_children: bool, **kwargs: Any) -> None:
        self._sees_children = sees_children
        super().__init__(*args, **kwargs)

    def columns(self) -> Mapping[str, Callable[[], Any]]:
        found = {
            "reference": _line("Reference", max_length=60, width=10, hint="One that names nobody"),
            "summary": _text("What does it need?", hint="Read by people who may not know the child: no names",
                             missing="Say what the case needs"),
        }  # fmt: skip
        if self._sees_children:
            found["child"] = _line("Number of the child", width=10, hint="Shown only to people who may see that child")
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for number in range(self.count):
            if given.get(f"summary_{number}") and not given.get(f"reference_{number}"):
                self.add_error(f"reference_{number}", "Give the case a reference that names nobody")
        return given


class Commitments(Step):
    def __init__(self, *args: Any, commitments: Sequence[Commitment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._commitments = list(commitments)
        results = [("", "Not looked at this time"), *CommitmentCheck.Result.choices[:3]]
        for each in self._commitments:
            self.fields[f"result_{each.pk}"] = forms.ChoiceField(label="Is it kept?", choices=results, required=False)
            self.fields[f"note_{each.pk}"] = forms.LineField(label="What shows it?", required=False, max_length=1000)
        forms.dress(self)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"heading": each.text, "note": each.source, "fields": [self[f"result_{each.pk}"], self[f"note_{each.pk}"]]}
            for each in self._commitments
        ]

    def checks(self) -> list[CommitmentGiven]:
        given = self.cleaned_data
        return [
            CommitmentGiven(each.pk, given[f"result_{each.pk}"], given[f"note_{each.pk}"])
            for each in self._commitments
            if given[f"result_{each.pk}"]
        ]


class Arrangements(Rows):
    noun, least, key = "Arrangement", 1, "text"

    def columns(self) -> Mapping[str, Callable[[], Any]]:
        return {
            "text": _text("What was agreed for this contract alone?", missing="Say what was agreed"),
            "by": _line("Agreed for the council by", max_length=200),
            "with": _line("Agreed for the provider by", max_length=200),
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for number in range(self.count):
            for name, words in (("by", "Say who agreed it for the council"), ("with", "Say who for the provider")):
                if given.get(f"text_{number}") and not given.get(f"{name}_{number}"):
                    self.add_error(f"{name}_{number}", words)
        return given


class Kpis(Step):
    def __init__(self, *args: Any, kpis: Sequence[Kpi], held_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kpis = list(kpis)
        first = rules.quarter_of(held_on)
        quarters = [first]
        for _ in range(4):
            quarters.append(rules.last_quarter(quarters[-1]))
        self.fields["quarter"] = forms.ChoiceField(
            label="Which quarter?", initial=rules.last_quarter(held_on).isoformat(),
            choices=[(each.isoformat(), f"From {wording.day(each)}") for each in quarters],
        )  # fmt: skip
        for each in self._kpis:
            self.fields[f"value_{each.pk}"] = forms.LineField(
                label="Measured", required=False, max_length=200, width=20
            )
            self.fields[f"rating_{each.pk}"] = forms.ChoiceField(
                label="Rating", required=False, choices=[("", "Not measured this time"), *KpiRating.choices]
            )
            self.fields[f"note_{each.pk}"] = forms.LineField(label="Note", required=False, max_length=1000)
        forms.dress(self)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"heading": each.title, "note": f"Target: {each.target}",
             "fields": [self[f"value_{each.pk}"], self[f"rating_{each.pk}"], self[f"note_{each.pk}"]]}
            for each in self._kpis
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for each in self._kpis:
            value, rating = given.get(f"value_{each.pk}"), given.get(f"rating_{each.pk}")
            if value and not rating:
                self.add_error(f"rating_{each.pk}", f"Choose a rating for “{each.title}”")
            if rating and not value:
                self.add_error(f"value_{each.pk}", f"Say what was measured for “{each.title}”")
        return given

    def readings(self) -> list[KpiGiven]:
        given = self.cleaned_data
        return [
            KpiGiven(each.pk, given[f"value_{each.pk}"], given[f"rating_{each.pk}"], given[f"note_{each.pk}"])
            for each in self._kpis
            if given[f"rating_{each.pk}"]
        ]


class Minutes(Step):
    minutes = forms.TextField(
        label="Minutes", required=False, rows=14, hint="Type them here, or attach them below. Name no child."
    )
    file = forms.FileField(
        label="Or attach them", required=False, accept=evidence.ENDINGS, hint=f"{evidence.ACCEPTED}, up to 10 MB"
    )
    document = forms.HiddenField(required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        attached = given.get("file") or str(given.get("document") or "").isdecimal()
        if not given.get("minutes", "").strip() and not attached:
            self.add_error("minutes", "Type the minutes or attach them")
        return given


class Actions(Rows):
    noun, least, key = "Action", 2, "title"

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], day: date, **kwargs: Any) -> None:
        self._owners, self._day = owners, day
        super().__init__(*args, **kwargs)

    def columns(self) -> Mapping[str, Callable[[], Any]]:
        return {
            "title": _line("What is to be done?", max_length=300, missing="Say what is to be done"),
            "owner": lambda: forms.ChoiceField(label="Who does it?", choices=self._owners, required=False),
            "due": lambda: forms.DayField(
                label="By when?", required=False, widget=forms.DayText, hint="For example, 30/9/2016"
            ),
            "critical": _tick("Children may be at risk until it is done"),
        }

    def clean(self) -> dict[str, Any]:
        given = django_forms.Form.clean(self) or {}
        self.given = []
        for number in range(self.count):
            row = {name: given.get(f"{name}_{number}") for name in self._columns}
            # Who does it is always chosen: a row is one when something else is said.
            if not (row["title"] or row["due"] or row["critical"]):
                continue
            if not row["title"]:
                self.add_error(f"title_{number}", "Say what is to be done")
            if row["due"] is None and f"due_{number}" not in self.errors:
                self.add_error(f"due_{number}", "Say by when")
            elif row["due"] is not None and row["due"] < self._day:
                self.add_error(f"due_{number}", "That day has passed")
            self.given.append(row)
        return given

    def actions(self) -> list[ActionGiven]:
        return [
            ActionGiven(
                row["title"], row["due"], owner_id=None if row["owner"] == PROVIDER else int(row["owner"]),
                critical=bool(row["critical"]),
            )
            for row in self.given
        ]  # fmt: skip


class Next(Step):
    next_on = forms.DayField(
        label="When is the next meeting?", required=False, hint="It is planned at once. For example, 14 9 2016"
    )


def meeting(forms_by_step: Mapping[str, Any]) -> Meeting:
    """What the pages make together; each is the form of its step, and has been found valid."""
    who = forms_by_step["who"]
    given = {key: form.cleaned_data for key, form in forms_by_step.items()}
    minutes = given["minutes"]
    cases, arrangements, kpis = forms_by_step["cases"], forms_by_step["arrangements"], forms_by_step["kpis"]
    return Meeting(
        held_on=given["who"]["held_on"], chair=given["who"]["chair"],
        attendees=[
            Attendee(row["name"], row["organisation"] or "", row["post"] or "", bool(row["service"]))
            for row in who.given
        ],
        service_area_said=False if given["who"]["area"] == "no" else None,
        minutes=minutes["minutes"],
        minutes_document_id=int(minutes["document"]) if str(minutes["document"]).isdecimal() else None,
        safeguarding=forms_by_step["safeguarding"].section(),
        kpi_quarter=date.fromisoformat(given["kpis"]["quarter"]), kpis=kpis.readings(),
        cases=[CaseGiven(row["reference"], row["summary"], row.get("child") or "") for row in cases.given],
        commitments=forms_by_step["commitments"].checks(),
        actions=forms_by_step["actions"].actions(),
        heard=forms_by_step["previous"].heard(),
        arrangements=[ArrangementGiven(row["text"], row["by"], row["with"]) for row in arrangements.given],
        next_on=given["next"]["next_on"],
    )  # fmt: skip
