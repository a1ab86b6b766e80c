from typing import ClassVar

from plumbline.evidence import rules
from plumbline.web.evidence.opened import FILE_CODES
from plumbline.web.kit import forms


class Upload(forms.PageForm):
    refused_at: ClassVar = {**dict.fromkeys(FILE_CODES, "file"), "future_date": "reviewed_on"}

    file = forms.FileField(
        label="Which file?", accept=rules.ENDINGS, hint=f"{rules.ACCEPTED}, up to 10 MB", missing="Choose a file"
    )
    reviewed_on = forms.DayField(
        label="On which day did you last review this policy?", hint="For example, 31 7 2016. The policy says so."
    )


class Decide(forms.PageForm):
    refused_at: ClassVar = {"missing_reason": "because"}
    asked_if = {"because": ("decision", "refuse")}

    decision = forms.ChoiceField(
        label="Your decision",
        widget=forms.Radios,
        missing="Choose whether it counts",
        choices=(("accept", "Accept: it is in place, and was reviewed on that day"), ("refuse", "Send it back")),
    )
    because = forms.TextField(
        label="What needs to be corrected?", rows=3, max_length=2000, missing="Say what needs to be corrected"
    )
