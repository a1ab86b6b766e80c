"""Forms of the queues: what a wording means, what a row should have said, why it is set aside."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from plumbline.people.models import Organisation
from plumbline.web.kit import forms

OTHER, NEW = "other", "new"


class DecideOrganisation(forms.PageForm):
    """One of the organisations most like the wording, another of the register by its name, or a new one."""

    refused_at: ClassVar = {"unknown_organisation": "name", "": "which"}

    which = forms.ChoiceField(label="Which organisation is it?", widget=forms.Radios)
    name = forms.LineField(
        label="Name in the register (if it is another one)",
        required=False,
        max_length=300,
        hint="Exactly as the register has it",
    )
    sector = forms.ChoiceField(
        label="Sector (if it is new)", required=False, choices=[("", "Choose a sector"), *Organisation.Sector.choices]
    )

    def __init__(self, *args: Any, alike: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("which").choices = [
            *((str(each.pk), f"{each.name} ({each.get_sector_display()})") for each in alike),
            (OTHER, "Another organisation in the register"),
            (NEW, "A new organisation"),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("which") == OTHER and not given.get("name"):
            self.add_error("name", "Enter the name that it has in the register")
        if given.get("which") == NEW and not given.get("sector"):
            self.add_error("sector", "Choose its sector")
        return given


class Mend(forms.PageForm):
    """The cells of a refused row, one input each, under the columns' own names."""

    def __init__(self, *args: Any, cells: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = list(cells)
        for at, (column, text) in enumerate(cells.items()):
            self.fields[f"cell{at}"] = forms.LineField(
                label=column, required=False, initial=text, strip=False, autocomplete="off"
            )
        forms.dress(self)

    def cells(self) -> dict[str, str]:
        return {column: self._typed(f"cell{at}") for at, column in enumerate(self.columns)}

    def _typed(self, name: str) -> str:
        """A field of one line drops the line breaks of a cell: what was not touched comes back as it was."""
        typed, was = self.cleaned_data[name], str(self.fields[name].initial)
        return was if "".join(was.splitlines()) == typed else typed


class SetAside(forms.PageForm):
    because = forms.LineField(label="Why is it set aside?", max_length=300, missing="Say why it is set aside")
    alike = forms.TickField(label="And all rows of this file that were refused for the same reason", required=False)
