from typing import Any

from plumbline.flags.rules import DECISIONS, StepRule
from plumbline.web.kit import forms


class StepResult(forms.PageForm):
    """The result of one step; what it asks for depends on the step."""

    seen_on = forms.DayField(
        label="On which day was the child seen?",
        hint="For example, 29 7 2016",
        missing="Enter the day on which the child was seen",
    )
    spoken_to = forms.ChoiceField(
        label="Was the child spoken to, alone?",
        choices=(("yes", "Yes"), ("no", "No")),
        widget=forms.Radios,
        missing="Say whether the child was spoken to",
    )
    decision = forms.ChoiceField(
        label="What is decided for this child?",
        choices=tuple(DECISIONS.items()),
        widget=forms.Radios,
        missing="Choose what is decided for this child",
    )
    result = forms.TextField(label="What was found?", rows=6, max_length=4000, missing="Say what was found")

    def __init__(self, *args: Any, rule: StepRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("seen_on", "spoken_to", "decision"):
            if name not in rule.needs:
                del self.fields[name]
        if "decision" in rule.needs:
            self.fields["result"].label = "Why, and what keeps the child safe?"
        elif rule.code == "contact_provider":
            self.fields["result"].label = "What did the provider say, and what will it do by when?"

    def clean_spoken_to(self) -> bool:
        return bool(self.cleaned_data["spoken_to"] == "yes")


class CloseFlag(forms.PageForm):
    because = forms.TextField(
        label="Why can it be closed?",
        rows=4,
        max_length=2000,
        missing="Say why the flag can be closed",
        hint="This is kept with the flag for good.",
    )
