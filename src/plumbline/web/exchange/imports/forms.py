"""The form for handing files in."""

from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.forms import FileInput

from plumbline.exchange.uploads import KINDS
from plumbline.web.kit import forms


class _Files(FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; its value is a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=_Files(attrs={"multiple": True}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        # An empty file is handed on: the dry run says which it is and what is wrong with it.
        several = [each for each in (data or []) if each]
        if not several:
            super().clean(None, initial)
        return several


class Whole(forms.PageForm):
    whole = forms.TickField(
        label="This is the whole extract, and what it lacks has ended",
        missing="Say that this is the whole extract, or leave the files",
    )


class HandIn(forms.PageForm):
    refused_at: ClassVar = {
        "unknown_kind": "kind",
        "missing_day": "as_at",
        "future_date": "as_at",
        "one_list": "files",
        "unsafe_name": "files",
        "wrong_ending": "files",
        "too_many_files": "files",
        "too_large": "files",
        "bad_zip": "files",
        "two_of_one_name": "files",
        "nothing_handed_in": "files",
    }

    kind = forms.ChoiceField(
        label="What are the files?",
        widget=forms.Radios,
        choices=list(KINDS.items()),
        missing="Say what the files are",
        choice_hints={
            "ssd": "Its files, such as ssd_person.csv or .xlsx, or a zip of them; any may be absent",
            "ofsted": "One list of providers or schools, as CSV, XLSX or ODS: also Ofsted’s list to councils, joiners "
            "and leavers, and the schools register (GIAS)",
            "contracts": "contracts.csv, assessments.csv, policies.csv, evaluations.csv, visits.csv, law_changes.csv; "
            "any may be absent",
        },
    )
    # Declared fields are in `fields`; the files given stay what Django calls `files`.
    files = FilesField(label="Files", hint="Several, or one zip", accept=".csv,.txt,.tsv,.xlsx,.xlsm,.ods,.zip")  # type: ignore[assignment]
    as_at = forms.DayField(
        label="Of which day are they?",
        required=False,
        hint="The day of the extract, or the day that the list says it is as at. For example, 31 7 2016",
    )
    because = forms.LineField(
        label="If a list seems to be of another day: why is it of this day all the same?",
        required=False,
        max_length=500,
        hint="A list is refused whose own title gives another day, whose content was taken for another day, or whose "
        "newest inspection is more than 120 days older. The reason is kept with the import",
    )
    backfill = forms.TickField(
        label="This is older than an extract that was taken already",
        required=False,
        hint="Only what is not there yet is added",
    )


class Withdraw(forms.PageForm):
    refused_at: ClassVar = {"missing_reason": "because"}

    because = forms.TextField(
        label="Why is it taken back?",
        rows=3,
        max_length=500,
        missing="Say why the import is taken back",
        hint="Kept with the import. For example, the file was of another council",
    )


class OfThatDay(forms.PageForm):
    because = forms.TextField(
        label="Why is the list of that day all the same?",
        rows=3,
        max_length=500,
        missing="Say why it is of that day",
        hint="Kept with the import. The list proves a check only up to the day that it seems to be of",
    )
