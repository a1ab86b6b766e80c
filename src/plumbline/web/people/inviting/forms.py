"""Inviting a person, and their own password, which nobody else knows."""

from typing import Any, ClassVar

from django import forms as django
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from plumbline.people.models import User
from plumbline.web.kit import forms


class Invite(forms.PageForm):
    refused_at: ClassVar = {
        "missing_name": "name",
        "bad_address": "email",
        "signs_in_already": "email",
        "invited_already": "email",
        "cannot_invite": "email",
    }

    name = forms.LineField(label="Full name", max_length=200, autocomplete="off", missing="Enter the person’s name")
    email = forms.EmailField(
        label="E-mail address",
        hint="Their own at work: anyone who reads this mailbox can answer for the organisation",
        missing="Enter the person’s e-mail address",
        widget=django.EmailInput(attrs={"autocomplete": "off"}),
    )


class _Password(django.CharField):
    """Typed as it is: nothing of it is left out."""

    def __init__(self, *, label: str, missing: str, hint: str = "") -> None:
        widget = django.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(label=label, strip=False, max_length=1000, help_text=hint, widget=widget)
        self.missing = missing


class ChoosePassword(forms.PageForm):
    password = _Password(
        label="Password",
        missing="Enter a password",
        hint="At least 12 characters. Three words that do not belong together are easy to remember.",
    )
    again = _Password(label="The same password again", missing="Enter the password again")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean_again(self) -> str:
        again = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise ValidationError("The two passwords differ. Enter the same password twice.")
        return again
