from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, ClassVar

from django import forms as django_forms

from plumbline.commissioning.models import Decision, ExclusionCheck, Tender
from plumbline.commissioning.operations.bids import SCHEMES
from plumbline.evidence import rules as evidence
from plumbline.people.labels import later
from plumbline.toolkits.content import Criterion
from plumbline.web.kit import forms

NOBODY = [("", "Nobody yet")]


class AmountField(django_forms.DecimalField):
    """Pounds, or another exact number, typed as text: "£12,500.40"."""

    widget = django_forms.TextInput

    def __init__(self, *, hint: str = "", missing: str = "", width: int = 10, **kwargs: Any) -> None:
        super().__init__(help_text=hint, **kwargs)
        self.widget.attrs["inputmode"] = "decimal"
        self.missing = missing
        self.width = width

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs: a whole number
        return super().to_python(value.replace("£", "").replace(",", "").strip() if isinstance(value, str) else value)


def _number(value: Any) -> int | None:
    return int(value) if value else None


class What(forms.PageForm):
    """What is bought, by whom, and how."""

    changes_a_record = True
    asked_if = {"direct_award_reason": ("kind", "direct_award"), "framework_id": ("kind", "call_off")}

    title = forms.LineField(label="Title", max_length=300)
    service = forms.LineField(label="Service", hint="As people know it, such as short breaks", max_length=200)
    kind = forms.ChoiceField(
        label="How is it bought?",
        widget=forms.Radios,
        choices=Tender.Kind.choices,
        choice_hints={
            "competition": "Suppliers bid against each other for one contract",
            "framework": "Suppliers bid against each other, and one or several have a contract from which "
            "services are called off",
            "direct_award": "One supplier, without a competition: it has stage 1 all the same",
            "call_off": "From a framework that is on this list",
        },
    )
    direct_award_reason = forms.TextField(label="Why is it awarded directly?", required=False, rows=3, max_length=2000)
    framework_id = forms.ChoiceField(label="From which framework?", required=False)
    body = forms.ChoiceField(label="Who buys it?", choices=Tender.Body.choices)
    statutory_function = forms.TickField(
        label="The supplier will carry out a statutory function",
        required=False,
        hint=later("Its contract then needs a valid assessment by the {board_in_full}"),
    )
    description = forms.TextField(label="What is bought?", required=False, rows=5, max_length=8000)
    value = AmountField(label="Estimated value in pounds", required=False, max_digits=14, decimal_places=2)
    cpv = forms.LineField(
        label="CPV code", required=False, width=10, max_length=20, hint="For example, 85311300 (welfare of children)"
    )
    reference = forms.LineField(
        label="Reference", required=False, width=20, max_length=60, hint="Leave it empty and one is made"
    )

    def __init__(self, *args: Any, frameworks: Iterable[Tender], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("framework_id").choices = [
            ("", "None"), *((str(each.pk), f"{each.reference}: {each.title}") for each in frameworks)
        ]  # fmt: skip

    def details(self) -> dict[str, Any]:
        return {**self.cleaned_data, "framework_id": _number(self.cleaned_data["framework_id"])}


class Begin(What):
    """Of a tender that is not there yet."""

    changes_a_record = False


class Asked(forms.PageForm):
    """What every bidder is asked, and how answers are scored."""

    changes_a_record = True

    stage1_id = forms.ChoiceField(
        label="Stage 1: the business-information assessment",
        required=False,
        hint="Passed or failed. Nothing is published without it.",
    )
    questions_id = forms.ChoiceField(
        label="Scored questions",
        required=False,
        hint="Only sets whose weights add to 100 are offered. A direct award needs none, and a call-off from one "
        "supplier neither.",
    )
    quality_share = AmountField(
        label="Share of quality in the result, out of 100",
        max_digits=5,
        decimal_places=2,
        width=5,
        hint="The rest is price",
    )
    method = forms.ChoiceField(
        label="How do the evaluators’ scores become one?",
        widget=forms.Radios,
        choices=Tender.Method.choices,
        choice_hints={
            "moderate": "They meet, discuss, and agree each score",
            "average": "The average of the scores, exactly",
        },
    )
    reason_beyond = AmountField(
        label="From how many points of difference does an agreed score need a reason?",
        max_digits=4,
        decimal_places=2,
        width=5,
        hint="0: whenever it differs from anybody’s score",
    )

    def __init__(self, *args: Any, stage1: Sequence[Any], questions: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, versions in (("stage1_id", stage1), ("questions_id", questions)):
            self.choice_field(name).choices = [
                ("", "None yet"), *((str(each.pk), f"{each.title}, version {each.number}") for each in versions)
            ]  # fmt: skip

    def details(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {**given, "stage1_id": _number(given["stage1_id"]), "questions_id": _number(given["questions_id"])}


class Timetable(forms.PageForm):
    changes_a_record = True

    bids_due_on = forms.DayField(
        label="Last day for bids", required=False, hint="A direct award needs none. For example, 1 9 2016"
    )
    implementation_from = forms.DayField(
        label="Implementation begins",
        required=False,
        hint="The day of the award. The time until the service starts is for making it safe: it must be there.",
    )
    service_starts_on = forms.DayField(label="The service starts", required=False)
    service_ends_on = forms.DayField(label="The service ends", required=False, hint="If it is known")
    light_touch = forms.TickField(
        label="It is a light-touch contract",
        required=False,
        hint="As social care for children usually is: it needs no standstill",
    )
    standstill_days = forms.NumberField(
        label="Standstill before the award, in working days",
        min_value=0,
        hint="At least 8 by the Procurement Act. 0 where none is needed: for a light-touch contract, for a call-off "
        "from a framework, and for a direct award that is urgent",
    )

    def details(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class People(forms.PageForm):
    changes_a_record = True

    lead_commissioner_id = forms.ChoiceField(label="Lead commissioner")
    service_area_lead_id = forms.ChoiceField(label="Service-area lead", required=False)

    def __init__(self, *args: Any, commissioners: Sequence[Any], leads: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("lead_commissioner_id").choices = [(str(each.pk), str(each)) for each in commissioners]
        self.choice_field("service_area_lead_id").choices = [*NOBODY, *((str(each.pk), str(each)) for each in leads)]

    def details(self) -> dict[str, Any]:
        return {name: _number(value) for name, value in self.cleaned_data.items()}


class HandOver(People):
    because = forms.TextField(label="Why?", rows=3, max_length=2000, missing="Say why")

    def details(self) -> dict[str, Any]:
        people = {name: _number(self.cleaned_data[name]) for name in ("lead_commissioner_id", "service_area_lead_id")}
        return {**people, "because": self.cleaned_data["because"]}


class Because(forms.PageForm):
    refused_at: ClassVar = {"missing_reason": "because"}

    because = forms.TextField(label="Why?", rows=4, max_length=4000, missing="Say why")

    def __init__(self, *args: Any, label: str = "Why?", required: bool = True, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].label, self.fields["because"].required = label, required
        self.fields["because"].help_text = hint


class MoreTime(Because):
    refused_at: ClassVar = {"missing_reason": "because", "not_later": "bids_due_on"}

    bids_due_on = forms.DayField(label="New last day for bids")
    field_order = ["bids_due_on", "because"]


class Conflict(forms.PageForm):
    refused_at: ClassVar = {"missing_conflict": "conflict"}

    person = forms.LineField(
        label="Whose interest is it?",
        max_length=200,
        missing="Say whose interest it is",
        hint="Anybody who has to do with the tender",
    )
    conflict = forms.TextField(label="What is the interest?", rows=4, max_length=4000, missing="Say what it is")


class FindSupplier(forms.PageForm):
    q = forms.LineField(
        label="Which supplier?",
        hint="Its name, or the number of the company or charity",
        max_length=300,
        missing="Enter a name or a number",
    )


class NewSupplier(forms.PageForm):
    refused_at: ClassVar = {"missing_name": "name", "name_taken": "name"}

    name = forms.LineField(label="Name", max_length=300, hint="As the bid has it")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for scheme, label in SCHEMES.items():
            self.fields[scheme] = forms.LineField(label=f"{label} (if any)", required=False, width=20, max_length=40)
        forms.dress(self)

    def identifiers(self) -> list[tuple[str, str]]:
        return [(scheme, self.cleaned_data[scheme]) for scheme in SCHEMES if self.cleaned_data.get(scheme)]


class NewBid(forms.PageForm):
    refused_at: ClassVar = {"bad_price": "price", "future_date": "received_on"}

    moments = {"received_at": ("received_on", "received_time")}

    received_on = forms.DayField(label="When did it come?", hint="The day that the portal gives")
    received_time = forms.TimeField(label="At what time?", required=False, hint="For example, 11:58")
    price = AmountField(label="Price in pounds", required=False, max_digits=14, decimal_places=2)
    new_to_council = forms.TickField(
        label="The supplier is new to the council",
        required=False,
        hint="Ticked where the register has no contract of theirs. If it wins, it is given the reporting pathways and "
        "all contacts, and acknowledges them",
    )
    late_accepted_because = forms.TextField(
        label="If it came late: why is it accepted?",
        required=False,
        rows=3,
        max_length=2000,
        hint="Leave it empty, and a late bid is recorded and stopped",
    )

    def clean_received_time(self) -> time:
        return self.cleaned_data["received_time"] or time(12)


class BidsFile(forms.PageForm):
    refused_at: ClassVar = {"": "file"}

    file = forms.FileField(
        label="The list of bids", accept=".csv,.xlsx,.ods", missing="Choose the file", hint="CSV, XLSX or ODS"
    )


class Answers(forms.PageForm):
    changes_a_record = True

    def __init__(self, *args: Any, questions: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.key] = forms.TextField(
                label=question.title, required=False, rows=8, hint="Type or paste the answer as the bidder gave it"
            )
        forms.dress(self)


class Paper(forms.PageForm):
    refused_at: ClassVar = {"": "document"}

    document = forms.FileField(
        label="The paper", accept=evidence.ENDINGS, hint=f"{evidence.ACCEPTED}", missing="Choose the paper"
    )
    title = forms.LineField(label="What is it?", required=False, max_length=300, hint="The name of the file otherwise")
    criteria = forms.ChoicesField(
        label="What is it for?", required=False, hint="One paper may serve several. None ticked: the whole bid."
    )

    def __init__(self, *args: Any, stage1: Sequence[Criterion], questions: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("criteria").choices = [(each.key, each.title) for each in (*stage1, *questions)]


class Decide(forms.PageForm):
    decision = forms.ChoiceField(
        label="What is decided?",
        widget=forms.Radios,
        missing="Choose pass, fail or does not apply",
        choices=[each for each in Decision.choices if each[0] != "clarification"],
    )
    reason = forms.TextField(
        label="Why?",
        required=False,
        rows=3,
        max_length=4000,
        hint="Needed for a fail: the bidder is told these words. Needed too where the criterion does not apply.",
    )
    reviewed_on = forms.DayField(
        label="On which day was the policy last reviewed?",
        required=False,
        hint="Needed for a pass: a policy that was last reviewed before a change in law does not pass",
    )

    def __init__(self, *args: Any, criterion: Criterion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not criterion.policy:
            del self.fields["reviewed_on"]


class PassThese(forms.PageForm):
    criteria = forms.ChoicesField(label="Criteria", missing="Tick the criteria that pass")

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("criteria").choices = [(each.key, each.title) for each in criteria]
        self.fields["criteria"].label = "Which of these pass?"
        self.policies = [each.key for each in criteria if each.policy]
        self.asked_if = {f"reviewed_{key}": ("criteria", key) for key in self.policies}
        for each in criteria:
            if each.policy:
                self.fields[f"reviewed_{each.key}"] = forms.DayField(
                    label=f"{each.title}: on which day was the policy last reviewed?",
                    missing=f"{each.title}: enter the day on which the policy was last reviewed",
                )
        forms.dress(self)

    def reviewed(self) -> dict[str, date | None]:
        return {key: self.cleaned_data[f"reviewed_{key}"] for key in self.policies}


class Ask(forms.PageForm):
    asked = forms.TextField(
        label="What is the bidder asked?",
        rows=4,
        max_length=4000,
        missing="Say what the bidder is asked",
        hint="For a paper that is missing, or what a paper means. Never for a better answer to a scored question.",
    )
    due_on = forms.DayField(label="By when?", missing="Enter the day by which the bidder answers")


class AnswerCame(forms.PageForm):
    refused_at: ClassVar = {"missing_answer": "answer"}

    answer = forms.TextField(
        label="What did the bidder answer?",
        rows=4,
        max_length=4000,
        hint="Attach the papers that came",
        missing="Say what the bidder answered",
    )
    answered_on = forms.DayField(label="When?")


class Exclusion(forms.PageForm):
    changes_a_record = True

    result = forms.ChoiceField(label="What was found?", widget=forms.Radios, missing="Choose what was found")
    note = forms.TextField(
        label="What, and why was it decided so?",
        required=False,
        rows=4,
        max_length=4000,
        hint="Needed wherever something was found",
    )
    checked_on = forms.DayField(label="When was it checked?")

    def __init__(self, *args: Any, ground: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        result = self.choice_field("result")
        result.choices = [
            each for each in ExclusionCheck.Result.choices if ground == "discretionary" or each[0] != "allowed"
        ]
        result.choice_hints = {"excluded": "The bid stops here, and its letter is drafted"}


class Letter(forms.PageForm):
    changes_a_record = True
    refused_at: ClassVar = {"": "text"}

    text = forms.TextField(label="The letter", rows=24, missing="The letter is empty")


class Sent(forms.PageForm):
    refused_at: ClassVar = {"": "sent_on"}

    sent_on = forms.DayField(label="On which day was it sent?")
