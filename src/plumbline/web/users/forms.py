"""Forms for making users and giving them roles."""

from typing import Any

from plumbline.people.access import ROLES
from plumbline.web import forms


def role_choices() -> list[tuple[str, str]]:
    return [("", "Choose a role"), *((role.key, role.label) for role in ROLES.values())]


def provider_field() -> forms.LineField:
    return forms.LineField(
        label="Provider (for a provider user)", required=False, max_length=300, autocomplete="off",
        hint="Its name or number, as the list of suppliers has it: they see this provider's contracts and no others",
    )  # fmt: skip


# The field at which each refusal of a role is said; the rest is said at the role.
ROLE_FIELDS = {"end_before_start": "to_on", "missing_provider": "organisation", "unknown_provider": "organisation",
               "not_a_provider_role": "organisation"}  # fmt: skip


class NewUser(forms.PageForm):
    name = forms.LineField(label="Full name", max_length=200, autocomplete="off")
    username = forms.LineField(
        label="User name", hint="What they sign in with: small letters, figures, dots", max_length=150, width=20,
        autocomplete="off",
    )  # fmt: skip
    email = forms.EmailField(
        label="E-mail address", hint="Where reminders go; never with a child's name", required=False
    )
    professional = forms.LineField(
        label="Their number in the council's records (if any)", required=False, width=10,
        hint="The worker's number as the extract has it, such as SW007. It ties them to their children and TACs.",
    )  # fmt: skip
    role = forms.ChoiceField(label="Role", choices=role_choices)
    team = forms.LineField(
        label="Team (for a team manager)", required=False, max_length=200,
        hint="As the extract spells it: a manager sees the children of this team's workers",
    )  # fmt: skip
    organisation = provider_field()


class GiveRole(forms.PageForm):
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


class CorrectUser(forms.PageForm):
    changes_a_record = True

    name = forms.LineField(label="Full name", max_length=200, autocomplete="off")
    email = forms.EmailField(
        label="E-mail address", required=False, hint="Without one nothing reaches them: others are told in their place"
    )


class JoinProfessional(forms.PageForm):
    changes_a_record = True

    professional = forms.LineField(
        label="Number in the council's records", required=False, width=10,
        hint="Such as SW007. Leave it empty to say that they are nobody there.",
    )  # fmt: skip
