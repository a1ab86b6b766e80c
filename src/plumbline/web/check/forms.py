from plumbline.web import forms
from plumbline.web.settings.forms import Evidence


class Unchanged(Evidence):
    """Nothing new in the report, with evidence of having looked."""

    changes_a_record = True

    note = forms.TextField(label="Note", rows=3, max_length=1000, required=False)


class Complete(forms.PageForm):
    lists_note = forms.TextField(
        label="If no list was read this month: why?", rows=2, max_length=1000, required=False,
        hint="Ofsted publishes the schools’ lists each month and the social-care list once a year",
    )  # fmt: skip
