"""Forms for making users and giving them roles."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from plumbline.people.access import ROLES
from plumbline.people.labels import later
from plumbline.people.models import User
from plumbline.web.kit import forms


def role_choices() -> list[tuple[str, str]]:
    return [("", "Choose a role"), *((role.key, role.label) for role in ROLES.values())]


def provider_field() -> forms.LineField:
    return forms.LineField(
        label="Provider (for a provider user)",
        required=False,
        max_length=300,
        autocomplete="off",
        hint="Its name or number, as the list of suppliers has it: they see this provider's contracts and no others",
    )


# The field at which each refusal of a role is shown.
ROLE_FIELDS = dict.fromkeys(("missing_provider", "unknown_provider", "not_a_provider_role"), "organisation")


class NewUser(forms.PageForm):
    refused_at: ClassVar = {
        **ROLE_FIELDS,
        "unknown_professional": "professional",
        "professional_taken": "professional",
        "missing_name": "name",
        "": "username",
    }

    name = forms.LineField(label="Full name", max_length=200, autocomplete="off")
    username = forms.LineField(
        label="User name",
        hint="What they sign in with: small letters, figures, dots",
        max_length=150,
        width=20,
        autocomplete="off",
    )
    email = forms.EmailField(
        label="E-mail address", hint="Where reminders go; never with a child's name", required=False
    )
    professional = forms.LineField(
        label="Their number in the council's records (if any)",
        required=False,
        width=10,
        hint=later(
            "The worker's number as the extract has it, such as SW007. It ties them to their children and {tacs}."
        ),
    )
    role = forms.ChoiceField(label="Role", choices=role_choices)
    team = forms.LineField(
        label="Team (for a team manager)",
        required=False,
        max_length=200,
        hint="As the extract spells it: a manager sees the children of this team's workers",
    )
    organisation = provider_field()


class GiveRole(forms.PageForm):
    refused_at: ClassVar = {**ROLE_FIELDS, "end_before_start": "to_on", "": "role"}

    role = forms.ChoiceField(label="Role", choices=role_choices)
    team = forms.LineField(
        label="Team (for a team manager)", required=False, max_length=200, hint="As the extract spells it"
    )
    organisation = provider_field()
    from_on = forms.DayField(label="First day")
    to_on = forms.DayField(label="Last day (if it ends)", required=False)


class Because(forms.PageForm):
    """A reason for what cannot be read off the records."""

    because = forms.LineField(label="Why?", max_length=300, missing="Say why")

    def __init__(self, *args: Any, label: str = "Why?", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].label = label


NOBODY_YET = "nobody"


class HandOver(forms.PageForm):
    """To whom what is someone's own goes: one person for all, or another for a kind (`kinds`: key, words)."""

    because = forms.LineField(label="Why?", max_length=300, missing="Say why")

    def __init__(
        self, *args: Any, kinds: Sequence[tuple[str, str]], able: Mapping[str, Sequence[User]], **kwargs: Any
    ) -> None:
        self.people = {str(user.pk): user for users in able.values() for user in users}
        self.kinds = dict(kinds)
        super().__init__(*args, **kwargs)
        by_name = sorted(self.people.values(), key=lambda user: (user.name, user.pk))
        if kinds:
            self.fields["all"] = forms.ChoiceField(
                label="Who has it all from now on?",
                required=False,
                choices=[("", "Nobody for all: I say it for each below"), *((str(u.pk), str(u)) for u in by_name)],
            )
        for key, words in kinds:
            self.fields[key] = forms.ChoiceField(
                label=f"{words} go{'es' if words.startswith('1 ') else ''} to",
                required=False,
                choices=[
                    ("", "As said for all"),
                    *((str(user.pk), str(user)) for user in able[key]),
                    (NOBODY_YET, "Nobody yet: it stays as it is"),
                ],
            )
        forms.dress(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for key, words in self.kinds.items():
            if not given.get(key) and not given.get("all") and key not in self.errors and "all" not in self.errors:
                self.add_error(key, f"{words}: say who has this from now on, or that nobody has it yet")
        return given

    def receivers(self) -> dict[str, User]:
        """Whom each kind goes to; those that nobody has yet are left out."""
        chosen = {key: self.cleaned_data[key] or self.cleaned_data["all"] for key in self.kinds}
        return {key: self.people[number] for key, number in chosen.items() if number != NOBODY_YET}


class CorrectUser(forms.PageForm):
    changes_a_record = True
    refused_at: ClassVar = {"": "name"}

    name = forms.LineField(label="Full name", max_length=200, autocomplete="off")
    email = forms.EmailField(
        label="E-mail address", required=False, hint="Without one nothing reaches them: others are told in their place"
    )


class JoinProfessional(forms.PageForm):
    changes_a_record = True
    refused_at: ClassVar = {"": "professional"}

    professional = forms.LineField(
        label="Number in the council's records",
        required=False,
        width=10,
        hint="Such as SW007. Leave it empty to say that they are nobody there.",
    )
