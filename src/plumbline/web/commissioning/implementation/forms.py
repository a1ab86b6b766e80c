from collections.abc import Sequence
from typing import Any, ClassVar

from plumbline.commissioning.models import PlanItem
from plumbline.evidence import rules as evidence
from plumbline.people.models import User
from plumbline.web.kit import forms

NOBODY = ("", "Nobody yet")


def people(users: Sequence[User]) -> list[tuple[str, str]]:
    return [NOBODY, *((str(user.pk), user.name) for user in users)]


class Start(forms.PageForm):
    """The day on which the service starts."""

    changes_a_record = True

    service_starts_on = forms.DayField(label="On which day does the service start?")


class MoveStart(Start):
    because = forms.TextField(label="Why has the day changed?", rows=3, max_length=1000)


class SupplierNew(forms.PageForm):
    refused_at: ClassVar = {"missing_reason": "because", "": "supplier_is_new"}

    supplier_is_new = forms.ChoiceField(
        label="Is the supplier new to the council?", widget=forms.Radios, choices=(("yes", "Yes"), ("no", "No"))
    )
    because = forms.TextField(label="How do you know?", rows=3, max_length=2000, missing="Say how you know")


class Leads(forms.PageForm):
    changes_a_record = True
    refused_at: ClassVar = {"same_person": "service_area_lead"}

    commissioner = forms.ChoiceField(label="Lead commissioner")
    service_area_lead = forms.ChoiceField(label="Service-area lead")

    def __init__(self, *args: Any, commissioners: Sequence[User], leads: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("commissioner").choices = people(commissioners)
        self.choice_field("service_area_lead").choices = people(leads)


class Agreement(forms.PageForm):
    """A safeguarding arrangement that was agreed."""

    arrangement = forms.TextField(label="What was agreed?", rows=4, max_length=4000)
    agreed_by = forms.LineField(label="Who agreed it for the council?", max_length=200)
    agreed_with = forms.LineField(label="With whom of the supplier?", max_length=200)
    agreed_on = forms.DayField(label="When?")


class Owners(forms.PageForm):
    """Who of the council does each item."""

    def __init__(self, *args: Any, items: Sequence[PlanItem], owners: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in items:
            self.fields[f"owner{item.number}"] = forms.ChoiceField(
                label=f"{item.number}. {item.title}",
                required=False,
                choices=people(owners),
                initial=str(item.owner_id or ""),
                hint=item.owner_words and f"Now: {item.owner_words}",
            )
        forms.dress(self)


class Item(forms.PageForm):
    """Progress on one item of the plan."""

    changes_a_record = True
    refused_at: ClassVar = {"": "state"}

    state = forms.ChoiceField(label="How far is it?", widget=forms.Radios, choices=PlanItem.State.choices)
    note = forms.TextField(
        label="What was done, or why it is not needed",
        required=False,
        rows=4,
        max_length=4000,
    )
    owner = forms.ChoiceField(label="Who does it?", required=False)
    owner_words = forms.LineField(
        label="Or someone of the supplier",
        required=False,
        max_length=200,
        hint="Name and post",
    )
    evidence = forms.FileField(
        label="Evidence",
        required=False,
        hint=f"{evidence.ACCEPTED}",
        accept=evidence.ENDINGS,
    )

    def __init__(self, *args: Any, owners: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("owner").choices = people(owners)


class ContactForm(forms.PageForm):
    changes_a_record = True

    name = forms.LineField(label="Name, or the name of the desk", max_length=200)
    phone = forms.LineField(label="Telephone", required=False, max_length=60, width=20)
    email = forms.EmailField(label="E-mail", required=False)
    hours = forms.LineField(
        label="When they can be reached", required=False, max_length=200, hint="Such as: Monday to Friday, 8am to 6pm"
    )


class Acknowledge(forms.PageForm):
    name = forms.LineField(
        label="Your name",
        max_length=200,
        autocomplete="name",
        hint="With it you say that you have read and understood this, and passed it on to those who need it",
    )


class Contract(forms.PageForm):
    reference = forms.LineField(label="Number of the contract", max_length=60, width=20)
    manager = forms.ChoiceField(label="Contract manager")
    visit_required = forms.TickField(
        label="Homes or schools under it are visited each year",
        required=False,
    )

    def __init__(self, *args: Any, managers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("manager").choices = people(managers)


class GoLive(forms.PageForm):
    """The decision that the service begins although something critical is open: a manager's, with the reason."""

    because = forms.TextField(
        label="Why does the service begin all the same?",
        rows=4,
        max_length=4000,
        hint="The management team is told, with what is open, until the last of it is settled",
    )
