"""The pages of the journey through an evaluation meeting: one matter each, and what they make together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

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
from plumbline.kernel import wording
from plumbline.web.kit import forms
from plumbline.web.kit.steps import Group, Step

PROVIDER = "provider"


class Person(forms.PageForm):
    name = forms.LineField(label="Name", max_length=200, missing="Enter the name, or leave the whole row empty")
    organisation = forms.LineField(label="Organisation", max_length=200, required=False)
    post = forms.LineField(label="Role", max_length=200, required=False)
    service = forms.TickField(label="Came for the service area", required=False)


class Who(Step):
    row, noun, least = Person, "Person", 4
    held_on = forms.DayField(label="When was the meeting held?", hint="For example, 14 6 2016")
    chair = forms.LineField(label="Who was in the chair?", required=False, max_length=200)
    area = forms.ChoiceField(
        label="Was the service area there?",
        widget=forms.Radios,
        required=False,
        initial="",
        choices=(("", "As the list below says"), ("no", "No, although someone below came for it")),
    )

    def __init__(self, *args: Any, planned_on: date, day: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"held_on": planned_on}, **kwargs)
        self.day_field("held_on").no_later_than = (day, "That day is still to come")

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if self.rows and not self.given() and self.rows.is_valid():
            self.rows[0].add_error("name", "Say who was there")
        return given


class Previous(Step):
    """What was said of each action that is still to be done."""

    def __init__(self, *args: Any, actions: Iterable[Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add(
            {
                f"said_{action.pk}": forms.TextField(
                    label=action.title,
                    rows=2,
                    required=False,
                    hint=f"Due {wording.day(action.due_on)}. {action.get_state_display()}.",
                )
                for action in actions
            }
        )

    def heard(self) -> list[tuple[int, str]]:
        return [(int(name.removeprefix("said_")), said) for name, said in self.cleaned_data.items() if said.strip()]


class Safeguarding(Step):
    asked_if = dict.fromkeys(("concerns", "concerns_action"), ("concerns_raised", "yes"))

    incidents = forms.NumberField(label=rules.COUNTS["incidents"], required=False, min_value=0)
    allegations = forms.NumberField(label=rules.COUNTS["allegations"], required=False, min_value=0)
    complaints = forms.NumberField(label=rules.COUNTS["complaints"], required=False, min_value=0)
    training_percent = forms.NumberField(
        label=rules.SHARES["training_percent"],
        required=False,
        min_value=0,
        max_value=100,
        hint="Leave empty what was not reported",
    )
    dbs_percent = forms.NumberField(label=rules.SHARES["dbs_percent"], required=False, min_value=0, max_value=100)
    staffing_changes = forms.TextField(
        label="Changes of staff", required=False, rows=3, hint="Above all of the manager and the safeguarding lead"
    )
    concerns_raised = forms.ChoiceField(
        label="Were concerns raised?",
        widget=forms.Radios,
        choices=(("yes", "Yes"), ("no", "No")),
        missing="Say whether concerns were raised",
    )
    concerns = forms.TextField(
        label="Which concerns?",
        rows=4,
        hint="With case references, and without names",
        missing="Say which concerns were raised",
    )
    concerns_action = forms.TextField(
        label="What is done about them?",
        rows=3,
        missing="Say what is done about the concerns",
        hint="Who does what, by when. What is to be followed up goes on the page of actions, too",
    )

    def section(self) -> dict[str, Any]:
        return {**self.cleaned_data, "concerns_raised": self.cleaned_data["concerns_raised"] == "yes"}


class Case(forms.PageForm):
    reference = forms.LineField(
        label="Reference",
        max_length=60,
        width=10,
        hint="One that names nobody",
        missing="Give the case a reference that names nobody",
    )
    summary = forms.TextField(
        label="What does it need?",
        rows=3,
        missing="Say what the case needs",
        hint="Read by people who may not know the child: no names",
    )
    child = forms.LineField(
        label="Number of the child", required=False, width=10, hint="Shown only to people who may see that child"
    )

    def __init__(self, *args: Any, sees_children: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sees_children:
            del self.fields["child"]


class Cases(Step):
    row, noun = Case, "Case"


class Commitments(Step):
    def __init__(self, *args: Any, commitments: Sequence[Commitment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._commitments = commitments
        results = [("", "Not looked at this time"), *CommitmentCheck.Result.choices[:3]]
        for each in commitments:
            self.add(
                {
                    f"result_{each.pk}": forms.ChoiceField(label="Is it kept?", choices=results, required=False),
                    f"note_{each.pk}": forms.LineField(label="What shows it?", required=False, max_length=1000),
                }
            )

    @property
    def groups(self) -> list[Group]:
        return [
            Group(each.text, [self[f"result_{each.pk}"], self[f"note_{each.pk}"]], each.source)
            for each in self._commitments
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for each in self._commitments:
            if given.get(f"note_{each.pk}") and not given.get(f"result_{each.pk}"):
                self.add_error(f"result_{each.pk}", f"Say whether “{each.text}” is kept")
        return given

    def checks(self) -> list[CommitmentGiven]:
        given = self.cleaned_data
        return [
            CommitmentGiven(each.pk, given[f"result_{each.pk}"], given[f"note_{each.pk}"])
            for each in self._commitments
            if given[f"result_{each.pk}"]
        ]


class Arrangement(forms.PageForm):
    text = forms.TextField(label="What was agreed for this contract alone?", rows=3, missing="Say what was agreed")
    agreed_by = forms.LineField(
        label="Agreed for the council by", max_length=200, missing="Say who agreed it for the council"
    )
    agreed_with = forms.LineField(
        label="Agreed for the provider by", max_length=200, missing="Say who for the provider"
    )


class Arrangements(Step):
    row, noun = Arrangement, "Arrangement"


class Kpis(Step):
    quarter = forms.ChoiceField(label="Which quarter?")

    def __init__(self, *args: Any, kpis: Sequence[Kpi], held_on: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"quarter": rules.last_quarter(held_on).isoformat()}, **kwargs)
        self._kpis = kpis
        quarters = [rules.quarter_of(held_on)]
        for _ in range(4):
            quarters.append(rules.last_quarter(quarters[-1]))
        self.choice_field("quarter").choices = [(each.isoformat(), f"From {wording.day(each)}") for each in quarters]
        ratings = [("", "Not measured this time"), *KpiRating.choices]
        for each in kpis:
            self.add(
                {
                    f"value_{each.pk}": forms.LineField(label="Measured", required=False, max_length=200, width=20),
                    f"rating_{each.pk}": forms.ChoiceField(label="Rating", required=False, choices=ratings),
                    f"note_{each.pk}": forms.LineField(label="Note", required=False, max_length=1000),
                }
            )

    @property
    def groups(self) -> list[Group]:
        return [
            Group(
                each.title,
                [self[f"{name}_{each.pk}"] for name in ("value", "rating", "note")],
                f"Target: {each.target}",
            )
            for each in self._kpis
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for each in self._kpis:
            value, rating, note = (given.get(f"{name}_{each.pk}") for name in ("value", "rating", "note"))
            if (value or note) and not rating:
                self.add_error(f"rating_{each.pk}", f"Choose a rating for “{each.title}”")
            if (rating or note) and not value:
                self.add_error(f"value_{each.pk}", f"Say what was measured for “{each.title}”")
        return given

    def readings(self) -> list[KpiGiven]:
        given = self.cleaned_data
        return [
            KpiGiven(each.pk, given[f"value_{each.pk}"], given[f"rating_{each.pk}"], given[f"note_{each.pk}"])
            for each in self._kpis
            if given.get(f"rating_{each.pk}")
        ]

    def answers(self) -> list[tuple[str, str]]:
        # A quarter is chosen even where nothing was measured: it says nothing then.
        found = super().answers()
        return found if len(found) > 1 else []


class Minutes(Step):
    minutes = forms.TextField(
        label="Minutes", required=False, rows=14, hint="Type them here, or attach them below. Name no child."
    )
    file = forms.FileField(
        label="Or attach them", required=False, accept=evidence.ENDINGS, hint=f"{evidence.ACCEPTED}, up to 10 MB"
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("minutes", "").strip() and not given.get("file") and not self.attached:
            self.add_error("minutes", "Type the minutes or attach them")
        return given


class ToDo(forms.PageForm):
    title = forms.LineField(label="What is to be done?", max_length=300, missing="Say what is to be done")
    owner = forms.ChoiceField(label="Who does it?")
    due = forms.DayField(label="By when?", widget=forms.DayText, hint="For example, 30/9/2016", missing="Say by when")
    critical = forms.TickField(label="Children may be at risk until it is done", required=False)

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("owner").choices = owners
        # Who does it is always chosen, so a row with nothing else is none.
        self.fields["owner"].initial = owners[0][0]
        self.day_field("due").no_earlier_than = (day, "That day has passed")


class Actions(Step):
    row, noun, least = ToDo, "Action", 2

    def actions(self) -> list[ActionGiven]:
        return [
            ActionGiven(
                row["title"],
                row["due"],
                owner_id=None if row["owner"] == PROVIDER else int(row["owner"]),
                critical=row["critical"],
            )
            for row in self.given()
        ]


class Next(Step):
    next_on = forms.DayField(
        label="When is the next meeting?", required=False, hint="It is planned at once. For example, 14 9 2016"
    )

    def __init__(self, *args: Any, held_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day_field("next_on").no_earlier_than = (held_on, "The next meeting comes after this one")


def meeting(parts: Mapping[str, Any]) -> Meeting:
    """What the pages make together; each is the form of its part, and has been found valid."""
    who = parts["who"].cleaned_data
    attached = parts["minutes"].attached.get("file")
    return Meeting(
        held_on=who["held_on"],
        chair=who["chair"],
        attendees=[
            Attendee(row["name"], row["organisation"], row["post"], row["service"]) for row in parts["who"].given()
        ],
        service_area_said=False if who["area"] == "no" else None,
        minutes=parts["minutes"].cleaned_data["minutes"],
        minutes_document_id=attached.number if attached else None,
        safeguarding=parts["safeguarding"].section(),
        kpi_quarter=date.fromisoformat(parts["kpis"].cleaned_data["quarter"]),
        kpis=parts["kpis"].readings(),
        cases=[CaseGiven(row["reference"], row["summary"], row.get("child", "")) for row in parts["cases"].given()],
        commitments=parts["commitments"].checks(),
        actions=parts["actions"].actions(),
        heard=parts["previous"].heard(),
        arrangements=[ArrangementGiven(**row) for row in parts["arrangements"].given()],
        next_on=parts["next"].cleaned_data["next_on"],
    )
