from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.core.exceptions import ValidationError

from plumbline.contracts.models import Contract, ReviewEvery
from plumbline.contracts.operations.register import Entry
from plumbline.people.labels import later
from plumbline.web.kit import forms


class OnDay(forms.PageForm):
    """What it was, or will be, on a day."""

    day = forms.DayField(
        label="On which day?",
        widget=forms.DayText(attrs={"class": "govuk-input--width-10"}),
        required=False,
        hint="Past or to come, for example 31/3/2016",
    )


class OnDayKnown(OnDay):
    """The same, as it was known at the end of a day."""

    known = forms.DayField(
        label="As it was known at the end of which day?",
        widget=forms.DayText(attrs={"class": "govuk-input--width-10"}),
        required=False,
        hint="Leave empty for what is known now. What was recorded or corrected since is left out",
    )


class ContractEntry(forms.PageForm):
    """One line of the register."""

    changes_a_record = True
    refused_at: ClassVar = {
        "reference_taken": "reference",
        "missing_id": "reference",
        "missing_title": "title",
        "end_before_start": "ends_on",
        "statutory_after_end": "statutory_from",
        "not_a_framework": "framework",
        "not_a_call_off": "framework",
        "not_for_one_child": "child",
        "one_setting": "urns",
        "bad_urn": "urns",
        "missing_provider": "provider",
    }

    reference = forms.LineField(label="Reference", width=20, hint="The number by which the council knows the contract")
    title = forms.LineField(label="Title")
    kind = forms.ChoiceField(
        label="What kind of contract is it?",
        widget=forms.Radios,
        choices=Contract.Kind.choices,
        missing="Choose the kind of contract",
        choice_hints={"framework": "Providers from whom services are called off", "spot": "One child at one setting"},
    )
    framework = forms.ChoiceField(label="Under which framework?", required=False)
    provider = forms.LineField(label="Provider", hint="As the register of organisations names it; a new name is added")
    service = forms.LineField(label="Service", required=False)
    starts_on = forms.DayField(label="First day", hint="For example, 1 4 2016")
    ends_on = forms.DayField(label="Last day", required=False, hint="Leave empty where none is agreed")
    value = forms.LineField(label="Value in pounds", required=False, width=10, hint="Over its whole length")
    statutory_from = forms.DayField(
        label="From which day does it deliver a statutory function?",
        required=False,
        hint=later("Then {a_board_before} assessment is needed. Leave empty where it delivers none"),
    )
    manager = forms.ChoiceField(label="Contract manager", required=False)
    area_lead = forms.ChoiceField(label="Service-area lead", required=False)
    urns = forms.TextField(
        label="URNs of its settings", rows=3, required=False, hint="One on each line; homes and schools alike"
    )
    review_every = forms.ChoiceField(
        label="How often is it reviewed at an evaluation meeting?",
        choices=ReviewEvery.choices,
        initial=ReviewEvery.QUARTER,
    )
    visit_required = forms.TickField(label="A yearly visit is required", required=False)
    child = forms.LineField(
        label="The child’s number, of an individual placement agreement",
        required=False,
        width=20,
        hint="As the social-care system has it. It is shown only to those who may see the child",
    )

    def __init__(self, *args: Any, managers: Any = (), leads: Any = (), frameworks: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in (*managers, *leads)}
        nobody = ("", "Nobody yet")
        self.choice_field("manager").choices = [nobody, *((str(user.pk), str(user)) for user in managers)]
        self.choice_field("area_lead").choices = [nobody, *((str(user.pk), str(user)) for user in leads)]
        self.choice_field("framework").choices = [("", "None"), *((str(pk), label) for pk, label in frameworks)]

    def clean_value(self) -> Decimal | None:
        said = self.cleaned_data["value"].replace("£", "").replace(",", "").replace(" ", "")
        if not said:
            return None
        try:
            value = Decimal(said).quantize(Decimal("0.01"))
        except InvalidOperation as wrong:
            raise ValidationError("Enter the value as an amount in pounds, such as 125,000") from wrong
        if not 0 <= value < Decimal(10) ** 12:
            raise ValidationError("Enter a value that a contract can have")
        return value

    def entry(self, *, child: str | None) -> Entry:
        """What was entered. `child`: what to take where the field is left empty."""
        said = self.cleaned_data
        return Entry(
            reference=said["reference"],
            title=said["title"],
            kind=said["kind"],
            provider=said["provider"],
            service=said["service"],
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            value=said["value"],
            statutory_from=said["statutory_from"],
            visit_required=said["visit_required"],
            review_every=int(said["review_every"]),
            manager=self.people.get(said["manager"]),
            area_lead=self.people.get(said["area_lead"]),
            framework_id=int(said["framework"]) if said["framework"] else None,
            urns=said["urns"].replace(",", "\n").replace(";", "\n").split("\n"),
            child=said["child"] or child,
        )


class NewContract(ContractEntry):
    """Of a contract that is not there yet."""

    changes_a_record = False


class EndContract(forms.PageForm):
    refused_at: ClassVar = {"end_before_start": "last_day", "missing_reason": "because"}

    last_day = forms.DayField(label="What is its last day?", hint="May be still to come. For example, 31 7 2016")
    because = forms.TextField(label="Why does it end?", rows=3, missing="Say why the contract ends")


class ByHand(forms.PageForm):
    refused_at: ClassVar = {
        "unknown_colour": "colour",
        "nothing_changes": "colour",
        "needs_override": "colour",
        "missing_reason": "because",
        "missing_end": "until_on",
        "end_before_start": "until_on",
    }

    colour = forms.ChoiceField(
        label="Rating",
        widget=forms.Radios,
        choices=(("red", "Red"), ("amber", "Amber"), ("green", "Green")),
        missing="Choose a rating",
    )
    because = forms.TextField(label="Why?", rows=4, missing="Say why the contract is rated otherwise")
    until_on = forms.DayField(
        label="Until which day?", required=False, hint="A better rating must have a last day. For example, 31 8 2016"
    )


class EndByHand(forms.PageForm):
    refused_at: ClassVar = {"missing_reason": "because"}

    because = forms.TextField(label="Why does the rating by hand end?", rows=3, missing="Say why")


class Decide(forms.PageForm):
    refused_at: ClassVar = {"past_date": "by_when", "missing_decision": "decision"}

    decision = forms.TextField(label="What was decided?", rows=4, missing="Say what was decided")
    by_when = forms.DayField(label="By when is it to be done?", hint="For example, 31 8 2016")
    owner = forms.ChoiceField(
        label="Make it an action of", required=False, hint="They are asked to do it, and it is on their list"
    )

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        self.choice_field("owner").choices = [
            ("", "Nobody: no action"),
            *((pk, str(user)) for pk, user in self.people.items()),
        ]
