from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.forms import HiddenInput

from plumbline.evidence import rules
from plumbline.evidence.models import Sensitivity
from plumbline.people.models import Organisation, User
from plumbline.web.evidence import words
from plumbline.web.evidence.opened import FILE_CODES
from plumbline.web.kit import forms


class Replace(forms.PageForm):
    """The next revision of a document."""

    refused_at: ClassVar = dict.fromkeys(FILE_CODES, "file")

    file = forms.FileField(
        label="Which file?", accept=rules.ENDINGS, hint=f"{rules.ACCEPTED}, up to 10 MB", missing="Choose a file"
    )
    title = forms.LineField(
        label="What is it called?", max_length=300, hint="As people will look for it", missing="Say what it is called"
    )
    period_from = forms.DayField(
        label="From which day does it speak?",
        required=False,
        hint="The period that it is about, not the day on which it was sent. For example, 1 4 2016",
    )
    period_to = forms.DayField(label="To which day?", required=False)
    expires_on = forms.DayField(
        label="On which day does it expire?",
        required=False,
        hint="It counts on that day, and not after it. For example, 31 3 2017",
    )


class Give(Replace):
    organisation = forms.ChoiceField(label="Whose is it?", required=False)
    kind = forms.ChoiceField(
        label="What is it?",
        hint="By this it serves every assessment and contract that asks for it",
        choices=(("", "Choose one"), *words.KINDS),
        missing="Choose what it is",
    )
    sensitivity = forms.ChoiceField(
        label="Who may open it?",
        widget=forms.Radios,
        choices=Sensitivity.choices,
        initial=Sensitivity.COUNCIL,
        choice_hints={Sensitivity.RESTRICTED: "You, and those whom you name on its page afterwards"},
    )
    field_order = ["file", "title", "kind", "organisation", "period_from", "period_to", "expires_on", "sensitivity"]

    def __init__(self, *args: Any, organisations: Sequence[Organisation], for_provider: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {str(each.pk): each for each in organisations}
        named = [(key, each.name) for key, each in self.organisations.items()]
        self.choice_field("organisation").choices = named if for_provider else [("", "The council’s own"), *named]
        if for_provider:
            # What a provider gives is shared with the council: evidence.operations.give_document.
            del self.fields["sensitivity"]
            if len(named) == 1:
                self.fields["organisation"].widget = HiddenInput()
                self.fields["organisation"].initial = named[0][0]
        forms.dress(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["organisation"] = self.organisations.get(given.get("organisation", ""))
        return given


class Withdraw(forms.PageForm):
    because = forms.TextField(
        label="Why is it withdrawn?",
        rows=3,
        max_length=2000,
        missing="Say why it is withdrawn",
        hint="It is kept, and what was given with it keeps it.",
    )


class LetOpen(forms.PageForm):
    user = forms.ChoiceField(label="Who is to open it?", missing="Choose who is to open it")
    because = forms.TextField(label="Why do they need it?", rows=3, max_length=2000, missing="Say why they need it")

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        self.choice_field("user").choices = [
            ("", "Choose one"),
            *((key, str(user)) for key, user in self.people.items()),
        ]

    def clean_user(self) -> User:
        return self.people[self.cleaned_data["user"]]


class LawChangeForm(forms.PageForm):
    title = forms.LineField(label="What has changed?", max_length=300, missing="Say what has changed")
    in_force = forms.DayField(label="From which day is it in force?", hint="For example, 5 9 2016")
    policies = forms.ChoicesField(
        label="Which policies are to be reviewed for it?",
        choices=words.POLICIES,
        missing="Choose at least one policy",
    )
    review_by = forms.DayField(
        label="By which day are they to be reviewed?",
        hint="Each of these policies that was last reviewed before the change is due by then.",
    )
    link = forms.LineField(label="Where can it be read?", required=False, max_length=500, hint="An address on the web")
    note = forms.TextField(label="Anything else?", rows=3, required=False, max_length=4000)

    def clean_link(self) -> str:
        link = self.cleaned_data["link"].strip()
        if link and not link.startswith(("https://", "http://")):
            raise ValidationError("An address on the web begins with https://")
        return link
