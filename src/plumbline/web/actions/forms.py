from collections.abc import Sequence
from typing import Any, ClassVar

from plumbline.evidence import rules as evidence
from plumbline.people.models import Organisation, User
from plumbline.web.evidence.opened import FILE_CODES
from plumbline.web.kit import forms

_NONE = ("", "None")


class WithDocument(forms.PageForm):
    """Words, and what shows it: a new file or one that is kept already."""

    refused_at: ClassVar = dict.fromkeys(FILE_CODES, "file")

    file = forms.FileField(
        label="Attach a document that shows it",
        required=False,
        accept=evidence.ENDINGS,
        hint=f"If there is one. {evidence.ACCEPTED}, up to 10 MB",
    )
    given = forms.ChoiceField(label="Or one that has been given already", required=False)

    def __init__(self, *args: Any, documents: Sequence[tuple[str, str]], may_attach: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("given").choices = [_NONE, *documents]
        if not may_attach:
            del self.fields["file"]
        if not may_attach or not documents:
            del self.fields["given"]
        forms.dress(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("file") and given.get("given"):
            self.add_error("given", "Attach a new document or choose one, not both")
        return given


class Progress(WithDocument):
    text = forms.TextField(label="How far is it?", rows=4, max_length=4000, missing="Say how far it is")
    field_order = ["text", "file", "given"]


class Done(WithDocument):
    text = forms.TextField(
        label="What was done, and what shows it?",
        rows=5,
        max_length=4000,
        hint="Someone else reads this and verifies it.",
        missing="Say what was done, and what shows it",
    )
    field_order = ["text", "file", "given"]


class Verify(forms.PageForm):
    text = forms.TextField(
        label="What did you look at?", rows=3, max_length=2000, required=False, hint="If there is something to say."
    )


class Because(forms.PageForm):
    def __init__(self, *args: Any, label: str, missing: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"] = forms.TextField(label=label, missing=missing, rows=4, max_length=2000)
        forms.dress(self)


class MoveDue(forms.PageForm):
    due_on = forms.DayField(label="By which day is it to be done?", hint="For example, 30 9 2016")
    because = forms.TextField(
        label="Why is the day moved?",
        rows=4,
        max_length=2000,
        missing="Say why the day is moved",
        hint="The day first agreed stays on the record.",
    )


class Owner(forms.PageForm):
    """Who is to do something: a person, an organisation, or both."""

    owner = forms.ChoiceField(label="Who is to do it?", required=False)
    organisation = forms.ChoiceField(
        label="Which organisation is to do it?", required=False, hint="If it is a provider’s to do."
    )

    def __init__(
        self, *args: Any, people: Sequence[User], organisations: Sequence[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        self.organisations = {str(each.pk): each for each in organisations}
        self.choice_field("owner").choices = [("", "Nobody by name"), *((k, str(v)) for k, v in self.people.items())]
        self.choice_field("organisation").choices = [
            ("", "None: it is the council’s"), *((k, v.name) for k, v in self.organisations.items()),
        ]  # fmt: skip
        forms.dress(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["owner"] = self.people.get(given.get("owner", ""))
        given["organisation"] = self.organisations.get(given.get("organisation", ""))
        if not self.errors and not given["owner"] and not given["organisation"]:
            self.add_error("owner", "Say who is to do it: a person, an organisation, or both")
        return given


class HandOver(Owner):
    because = forms.TextField(
        label="Why is it handed over?", rows=3, max_length=2000, missing="Say why it is handed over"
    )
    field_order = ["owner", "organisation", "because"]
