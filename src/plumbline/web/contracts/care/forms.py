from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.forms import HiddenInput

from plumbline.contracts.models import HomeReport, KpiRating, Policy, VisitFinding
from plumbline.contracts.rules import visits as visit_rules
from plumbline.contracts.rules.evaluations import ActionGiven
from plumbline.contracts.rules.visits import AREAS, FindingGiven
from plumbline.evidence import rules as evidence
from plumbline.kernel import wording
from plumbline.people.labels import later
from plumbline.web.evidence.opened import FILE_CODES
from plumbline.web.kit import forms

PROVIDER = "provider"
# A refusal that is about the file itself is shown at its field.
_AT_DOCUMENT: Mapping[str, str] = dict.fromkeys(FILE_CODES, "document")


def _file(label: str, *, required: bool, hint: str = "", missing: str = "") -> Any:
    return forms.FileField(
        label=label,
        required=required,
        accept=evidence.ENDINGS,
        hint=hint or f"{evidence.ACCEPTED}, up to 10 MB",
        missing=missing,
    )


class PlanMeeting(forms.PageForm):
    refused_at: ClassVar = {"": "held_on"}

    held_on = forms.DayField(label="On which day?", hint="For example, 14 6 2016")


class MoveMeeting(forms.PageForm):
    refused_at: ClassVar = {"": "held_on"}

    held_on = forms.DayField(label="On which day instead?", hint="For example, 14 6 2016")
    because = forms.TextField(label="Why?", rows=3, missing="Say why it is on another day")


class Cancel(forms.PageForm):
    refused_at: ClassVar = {"": "because"}

    because = forms.TextField(label="Why is it cancelled?", rows=3, missing="Say why it is cancelled")


class End(forms.PageForm):
    refused_at: ClassVar = {"": "because"}

    because = forms.TextField(label="Why does it end?", rows=3, missing="Say why it ends")


class Withdraw(forms.PageForm):
    refused_at: ClassVar = {"missing_reason": "because"}

    because = forms.TextField(label="Why does it not count?", rows=3, missing="Say why it is withdrawn")


class ResolveCase(forms.PageForm):
    refused_at: ClassVar = {"": "resolution"}

    resolution = forms.TextField(
        label="How was it resolved?", rows=4, hint="Without a name", missing="Say how it was resolved"
    )
    resolved_on = forms.DayField(label="When?", hint="For example, 14 6 2016")


class LinkCase(forms.PageForm):
    refused_at: ClassVar = {"": "child"}

    child = forms.LineField(
        label="Number of the child",
        width=10,
        hint="As the child’s record has it",
        missing="Enter the number of the child",
    )


class Arrangement(forms.PageForm):
    refused_at: ClassVar = {"": "text"}

    text = forms.TextField(label="What was agreed for this contract alone?", rows=4, missing="Say what was agreed")
    agreed_on = forms.DayField(label="When?", hint="For example, 14 6 2016")
    agreed_by = forms.LineField(label="Who agreed it for the council?", max_length=200)
    agreed_with = forms.LineField(label="Who agreed it for the provider?", max_length=200)


class Commitment(forms.PageForm):
    refused_at: ClassVar = {"": "text"}

    text = forms.TextField(label="What did the provider promise?", rows=3, missing="Say what was promised")
    source = forms.LineField(
        label="Where?", hint="For example, its bid, question 4", max_length=200, missing="Say where it was promised"
    )
    due_on = forms.DayField(label="By when?", required=False, hint="If it is to be done by a day")


class NewKpi(forms.PageForm):
    refused_at: ClassVar = {"": "title"}

    title = forms.LineField(label="What is measured?", max_length=300, missing="Say what is measured")
    target = forms.LineField(
        label="What is the target?",
        max_length=200,
        hint="For example, 95% within 5 working days",
        missing="Say what the target is",
    )


class Reading(forms.PageForm):
    quarter = forms.ChoiceField(label="Which quarter?")
    value = forms.LineField(label="What was measured?", width=20, max_length=200, missing="Say what was measured")
    rating = forms.ChoiceField(label="How is that rated?", widget=forms.Radios, choices=KpiRating.choices)
    note = forms.TextField(label="Note", rows=3, required=False, max_length=2000)

    def __init__(self, *args: Any, quarters: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.isoformat(), f"From {wording.day(each)}") for each in quarters]
        self.choice_field("quarter").choices = choices

    def clean_quarter(self) -> date:
        """The first day of the quarter."""
        return date.fromisoformat(self.cleaned_data["quarter"])


class AskReturn(forms.PageForm):
    toolkit = forms.ChoiceField(label="Which questions?", widget=forms.Radios, missing="Choose the questions")
    due_on = forms.DayField(label="By when is it to be handed in?", hint="For example, 30 9 2016")

    def __init__(self, *args: Any, toolkits: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("toolkit").choices = toolkits
        if len(toolkits) == 1:
            self.fields["toolkit"].widget = HiddenInput()
            self.fields["toolkit"].initial = toolkits[0][0]


class RecordAssessment(forms.PageForm):
    """From a file, or from a return where one can be chosen."""

    refused_at: ClassVar = _AT_DOCUMENT
    asked_if = dict.fromkeys(("document", "expires_on"), ("return_id", ""))

    completed_on = forms.DayField(label="When was it completed?", hint="For example, 14 6 2016")
    instrument = forms.LineField(
        label="With which instrument?",
        max_length=120,
        hint="For example, section 11 audit of the partnership",
        missing="Say with which instrument it was made",
    )
    return_id = forms.ChoiceField(
        label="With which return was it made?", widget=forms.Radios, required=False, initial=""
    )
    document = _file("The assessment as a file", required=True, missing="Attach the assessment")
    expires_on = forms.DayField(
        label="On which day does the file expire?",
        required=False,
        hint="If it says so; that is the last day on which it counts",
    )
    valid_until = forms.DayField(label="Valid until", required=False)

    def __init__(self, *args: Any, returns: Sequence[tuple[str, str]], months: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if returns:
            self.choice_field("return_id").choices = [("", "None: it is a file"), *returns]
        else:
            del self.fields["return_id"]
        self.fields[
            "valid_until"
        ].help_text = (
            f"Leave empty for the council’s term: {wording.how_many(months, 'month', 'months')} from completion"
        )
        forms.dress(self)


class ReviewPolicy(forms.PageForm):
    refused_at: ClassVar = _AT_DOCUMENT

    policy = forms.ChoiceField(label="Which policy?", choices=Policy.choices)
    reviewed_on = forms.DayField(label="When did the provider last review it?", hint="For example, 14 6 2016")
    document = _file("The policy as a file", required=False)


class Term(forms.PageForm):
    kind = forms.ChoiceField(
        label="Which assessment?",
        widget=forms.Radios,
        choices=(("board", later("{Board_before} assessment")), ("self", "Self-assessment"), ("plan", "Action plan")),
    )
    months = forms.NumberField(label="For how many months is it valid?", min_value=1, max_value=60, width=2)
    from_on = forms.DayField(label="For those completed from which day?", hint="For example, 1 10 2016")
    because = forms.TextField(label="Why?", rows=3, missing="Say why the term is so")


class OneAction(forms.PageForm):
    """The fields of one thing to be done, for forms that may raise one."""

    title = forms.LineField(label="What is to be done?", required=False, max_length=300)
    owner = forms.ChoiceField(label="Who does it?", required=False)
    due_on = forms.DayField(label="By when?", required=False, hint="For example, 30 9 2016")
    critical = forms.TickField(label="Children may be at risk until it is done", required=False)

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("owner").choices = owners

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("title") and given.get("due_on") is None and "due_on" not in self.errors:
            self.add_error("due_on", "Say by when")
        if given.get("due_on") and not given.get("title"):
            self.add_error("title", "Say what is to be done")
        return given

    def action(self) -> ActionGiven | None:
        given = self.cleaned_data
        if not given.get("title"):
            return None
        owner = given.get("owner") or PROVIDER
        return ActionGiven(
            given["title"],
            given["due_on"],
            owner_id=None if owner == PROVIDER else int(owner),
            critical=given["critical"],
        )

    def actions(self) -> list[ActionGiven]:
        action = self.action()
        return [action] if action else []


class AgreePlan(OneAction):
    """The plan of a self-assessment, action by action: more can be added as long as it is open."""

    refused_at: ClassVar = {**_AT_DOCUMENT, "no_actions": "title"}

    agreed_on = forms.DayField(label="When was the plan agreed?", hint="For example, 14 6 2016")
    document = _file("The plan as a file", required=False)
    field_order = ["agreed_on", "title", "owner", "due_on", "critical", "document"]


class PlanVisit(forms.PageForm):
    setting = forms.ChoiceField(label="Where?", required=False)
    visited_on = forms.DayField(label="On which day?", hint="For example, 14 6 2016")
    visitors = forms.LineField(label="Who visits?", max_length=300, required=False)

    def __init__(self, *args: Any, settings: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings:
            self.choice_field("setting").choices = settings
        else:
            del self.fields["setting"]


class _Findings(OneAction):
    def _add_areas(self, *, required: bool) -> None:
        choices = VisitFinding.Judgement.choices
        for area, label in AREAS.items():
            self.fields[f"judged_{area}"] = forms.ChoiceField(
                label=label,
                widget=forms.Radios,
                choices=choices,
                required=required,
                missing=f"Choose a judgement for {label.lower()}",
            )
            self.fields[f"found_{area}"] = forms.TextField(
                label=f"{label}: what was found", rows=3, required=False, max_length=4000
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for area, label in AREAS.items():
            judged = given.get(f"judged_{area}")
            if judged and judged != "met" and not given.get(f"found_{area}"):
                self.add_error(f"found_{area}", f"{label}: say what was found, or why it was not seen")
        return given

    def findings(self) -> list[FindingGiven]:
        given = self.cleaned_data
        return [
            FindingGiven(area, given[f"judged_{area}"], given[f"found_{area}"])
            for area in AREAS
            if given.get(f"judged_{area}")
        ]


def judged(findings: Iterable[FindingGiven]) -> dict[str, str]:
    """Findings as the fields of a form that asks for them begin."""
    begun: dict[str, str] = {}
    for each in findings:
        begun |= {f"judged_{each.area}": each.judgement, f"found_{each.area}": each.finding}
    return begun


class VisitAction(OneAction):
    """One more action because of a visit."""

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("title") and "title" not in self.errors:
            self.add_error("title", "Say what is to be done")
        return given


class HoldVisit(_Findings):
    visited_on = forms.DayField(label="When was the visit?", hint="For example, 14 6 2016")
    visitors = forms.LineField(label="Who visited?", max_length=300, missing="Say who visited")
    summary = forms.TextField(label="In a few sentences", rows=4, hint="Name no child", required=False, max_length=4000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        action = {name: self.fields.pop(name) for name in ("title", "owner", "due_on", "critical")}
        self._add_areas(required=True)
        self.fields |= action
        self.fields["title"].help_text = "One action can be put down here, more on the visit’s page"
        forms.dress(self)


class AcceptVisit(_Findings):
    refused_at: ClassVar = dict.fromkeys(FILE_CODES, "report")

    setting = forms.ChoiceField(label="Where?", required=False)
    by_council = forms.LineField(label="Which council visited?", max_length=200, missing="Say which council visited")
    visited_on = forms.DayField(label="When?", hint="For example, 14 6 2016")
    because = forms.TextField(
        label="Why does their visit count in place of ours?",
        rows=3,
        missing="Say why their visit counts in place of ours",
    )
    visitors = forms.LineField(label="Who visited?", required=False, max_length=300)
    summary = forms.TextField(label="In a few sentences", rows=3, required=False, max_length=4000)
    report = _file("Its report", required=True)

    def __init__(self, *args: Any, settings: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, owners=(), **kwargs)
        for name in ("title", "owner", "due_on", "critical"):
            del self.fields[name]
        if settings:
            self.choice_field("setting").choices = settings
        else:
            del self.fields["setting"]
        self._add_areas(required=False)
        forms.dress(self)


class AcceptPack(forms.PageForm):
    because = forms.TextField(
        label="Why does their visit count in place of ours?",
        rows=3,
        missing="Say why their visit counts in place of ours",
    )


class SendReport(forms.PageForm):
    refused_at: ClassVar = dict.fromkeys(FILE_CODES, "file")

    file = _file("The report as a file", required=False, hint="Leave empty to send the one drawn from what is recorded")


class Answer(forms.PageForm):
    answer = forms.TextField(
        label="What do you say to the report?",
        rows=8,
        max_length=8000,
        hint="What you agree with, what you do not, and what you are doing. Name no child.",
        missing="Write your answer",
    )


class SignOff(forms.PageForm):
    because = forms.TextField(label="Why is it signed off all the same?", rows=3, missing="Say why")


class ReadPack(forms.PageForm):
    refused_at: ClassVar = {"": "pack"}

    pack = forms.FileField(
        label="The pack", accept=".zip", hint="The ZIP file as the other council sent it", missing="Choose the pack"
    )


class ReceiveReport(forms.PageForm):
    refused_at: ClassVar = _AT_DOCUMENT

    kind = forms.ChoiceField(
        label="Which report?", widget=forms.Radios, choices=HomeReport.Kind.choices, missing="Choose which report"
    )
    period = forms.ChoiceField(label="For which month or half-year?", missing="Choose the month or half-year")
    received_on = forms.DayField(label="When did it come?", hint="For example, 14 6 2016")
    document = _file("The report as a file", required=False)

    def __init__(self, *args: Any, periods: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("period").choices = periods

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind, period = given.get("kind"), given.get("period")
        if period:
            first = date.fromisoformat(period)
            if kind == visit_rules.REG45 and visit_rules.half_year_of(first) != first:
                first = visit_rules.half_year_of(first)
            given["period_from"] = first
        return given


class ReadReport(OneAction):
    asked_if = dict.fromkeys(("concern", "title", "owner", "due_on", "critical"), ("concerning", "yes"))

    concerning = forms.ChoiceField(
        label="Does it give cause for concern?",
        widget=forms.Radios,
        choices=(("yes", "Yes"), ("no", "No")),
        missing="Say whether it gives cause for concern",
    )
    concern = forms.TextField(
        label="Which concern?", rows=4, hint="Name no child.", max_length=4000, missing="Say which concern"
    )
    field_order = ["concerning", "concern", "title", "owner", "due_on", "critical"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, missing in (("title", "Say what is to be done about the concern"), ("due_on", "Say by when")):
            self.fields[name].required, self.fields[name].error_messages["required"] = True, missing
