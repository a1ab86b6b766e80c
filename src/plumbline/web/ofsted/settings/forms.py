from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from plumbline.evidence import rules as evidence
from plumbline.kernel.labels import capital
from plumbline.ofsted.grades import ASPECTS, Aspect
from plumbline.web.evidence.opened import FILE_CODES
from plumbline.web.kit import forms


class Evidence(forms.PageForm):
    """Where a judgement can be read: a link or a file, either will do."""

    refused_at: ClassVar[Mapping[str, str]] = dict.fromkeys(FILE_CODES, "document")

    report_link = forms.LineField(label="Link to the report", required=False)
    document = forms.FileField(
        label="Or the report as a file",
        required=False,
        accept=evidence.ENDINGS,
        hint=f"{evidence.ACCEPTED}, up to 10 MB",
    )


class WhichKind(forms.PageForm):
    kind = forms.ChoiceField(
        label="What kind of inspection was it?", widget=forms.Radios, missing="Choose the kind of inspection"
    )

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("kind").choices = kinds


class JudgementByHand(Evidence):
    """The grades of one report, as its first page gives them."""

    refused_at: ClassVar = {**Evidence.refused_at, "kind_of_another_time": "inspected_on"}

    inspected_on = forms.DayField(label="When did the inspection begin?", hint="For example, 14 6 2016")
    published_on = forms.DayField(label="When was the report published?", hint="If the report says so", required=False)
    inspectorate = forms.LineField(label="Who inspected?", width=20, missing="Say who inspected")
    field_order = ["inspected_on", "published_on", "inspectorate"]

    def __init__(self, *args: Any, aspects: Sequence[Aspect], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aspects = list(aspects)
        evidence_fields = {name: self.fields.pop(name) for name in ("report_link", "document")}
        for aspect in self.aspects:
            grades = [(grade.code, grade.label) for grade in ASPECTS[aspect].scale.grades]
            self.fields[aspect.value] = forms.ChoiceField(
                label=capital(ASPECTS[aspect].label), required=False, choices=[("", "Not in the report"), *grades]
            )
        self.fields |= evidence_fields
        forms.dress(self)

    def judgements(self) -> dict[str, str]:
        given = {aspect.value: self.cleaned_data.get(aspect.value, "") for aspect in self.aspects}
        return {aspect: grade for aspect, grade in given.items() if grade}


class NoticeByHand(forms.PageForm):
    kind = forms.ChoiceField(
        label="What kind of notice?",
        widget=forms.Radios,
        missing="Choose the kind of notice",
        choices=(
            ("restriction", "Restriction of accommodation"),
            ("compliance", "Compliance notice"),
            ("suspension", "Suspension of registration"),
        ),
        choice_hints={
            "restriction": "No new child may be admitted: the setting becomes adverse",
            "compliance": "The setting is one to watch",
            "suspension": "The setting becomes adverse",
        },
    )
    from_on = forms.DayField(
        label="In force from", hint="For example, 14 6 2016", missing="Enter the first day on which it is in force"
    )
    to_on = forms.DayField(label="Until, and including", hint="Leave empty if it says no day", required=False)
    wording = forms.TextField(label="What does it say?", rows=4, max_length=2000, required=False)


class UnregisteredByHand(forms.PageForm):
    changes_a_record = True

    from_on = forms.DayField(
        label="Used since", hint="For example, 14 6 2016", missing="Enter the day since which it is used"
    )
    legal_basis = forms.TextField(
        label="On what legal basis is the child there?",
        rows=3,
        max_length=2000,
        missing="Say on what legal basis the child is there",
    )
    court_order_on = forms.DayField(label="Day of the court order", hint="If there is one", required=False)
    ofsted_told_on = forms.DayField(label="Day on which Ofsted was told", required=False)
    registration_applied_on = forms.DayField(label="Day on which registration was applied for", required=False)


class EndByHand(forms.PageForm):
    refused_at: ClassVar = {"": "to_on"}

    to_on = forms.DayField(label="Last day", hint="For example, 14 6 2016", missing="Enter the last day")

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_on"].label = label


class SettingByHand(forms.PageForm):
    refused_at: ClassVar = {"": "urn"}

    register = forms.ChoiceField(
        label="What is it?",
        widget=forms.Radios,
        missing="Choose what it is",
        choices=(("social_care", "A home or another social-care setting"), ("education", "A school or college")),
    )
    urn = forms.LineField(
        label="URN",
        width=20,
        missing="Enter its URN, or a reference of your own",
        max_length=20,
        hint="As its placements name it; a reference of your own where it has none",
    )
    name = forms.LineField(label="Name", max_length=200, missing="Enter its name")
    provision_type = forms.LineField(
        label="Kind of setting", required=False, max_length=100, hint="For example, independent special school"
    )


class ProviderContact(forms.PageForm):
    said = forms.TextField(
        label="What did the provider say, and what will it do by when?",
        rows=6,
        max_length=4000,
        hint="Name no child. Say whether its improvement plan was asked for, and by when it comes.",
        missing="Say what the provider said, and what it will do by when",
    )
