"""Forms of suppliers: which of two names is kept, who a published supplier is, a package to be taken in."""

from collections.abc import Sequence
from typing import Any, ClassVar

from plumbline.commissioning.models import Tender
from plumbline.web.kit import forms

NEW, NOT_OURS, NONE = "new", "not_ours", "none"


class Rename(forms.PageForm):
    changes_a_record = True
    refused_at: ClassVar = {"missing_reason": "because", "": "name"}

    name = forms.LineField(label="Name", max_length=300, hint="As the register of companies or of charities has it")
    because = forms.TextField(
        label="How do you know?",
        rows=3,
        max_length=1000,
        missing="Say how you know the new name",
        hint="For example, from which day the register has it",
    )


class Merge(forms.PageForm):
    """Which of two names is kept; the other is read as it."""

    refused_at: ClassVar = {"missing_reason": "because", "": "stays"}

    stays = forms.ChoiceField(
        label="Which name is kept?",
        widget=forms.Radios,
        missing="Choose the name under which both are read from now on",
    )
    because = forms.TextField(
        label="Why are they one supplier?",
        rows=3,
        max_length=1000,
        missing="Say why these two are one supplier",
        hint="For example, what the register of companies or of charities says",
    )

    def __init__(self, *args: Any, both: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("stays").choices = [(str(pk), name) for pk, name in both]


class Unmerge(forms.PageForm):
    refused_at: ClassVar = {"": "because"}

    because = forms.TextField(
        label="Why are they two suppliers after all?",
        rows=3,
        max_length=1000,
        missing="Say why these are two suppliers after all",
    )


class Decide(forms.PageForm):
    """Which of the suppliers known it is, a new one, or none of ours."""

    refused_at: ClassVar = {"": "which"}

    which = forms.ChoiceField(label="Which supplier is it?", widget=forms.Radios, missing="Choose which supplier it is")
    all_alike = forms.TickField(label="For all notices of this name and these numbers", required=False, initial=True)

    def __init__(self, *args: Any, known: Sequence[tuple[int, str]], alike: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("which").choices = [
            *((str(pk), name) for pk, name in known),
            (NEW, "A new supplier, to be added to the register"),
            (NOT_OURS, "None of ours: nobody with whom the council has to do"),
        ]
        if alike < 2:
            del self.fields["all_alike"]


class TieNotice(forms.PageForm):
    """Which of our tenders was published so."""

    refused_at: ClassVar = {"": "tender"}

    tender = forms.ChoiceField(label="Which tender is it?", widget=forms.Radios, missing="Choose which tender it is")

    def __init__(self, *args: Any, tenders: Sequence[Tender], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("tender").choices = [
            *((str(each.pk), f"{each.reference}: {each.title}") for each in tenders),
            (NONE, "None of our tenders"),
        ]


class TieContract(forms.PageForm):
    refused_at: ClassVar = {"": "reference"}

    reference = forms.LineField(
        label="Which contract is it?",
        max_length=60,
        width=20,
        missing="Enter the contract’s reference",
        hint="Its reference in the register, such as CT001",
    )


class HandInNotices(forms.PageForm):
    refused_at: ClassVar = {"": "package"}

    package = forms.FileField(
        label="Package of releases or records (JSON)",
        accept=".json",
        missing="Choose the package",
        hint="OCDS 1.1, as Contracts Finder, Find a Tender or Sell2Wales give it. Up to 200 MB",
    )
