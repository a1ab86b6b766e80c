from plumbline.web.kit import forms
from plumbline.web.ofsted.settings.forms import Evidence


class Unchanged(Evidence):
    """Nothing new in the report, with evidence of having looked."""

    changes_a_record = True

    note = forms.TextField(label="Note", rows=3, max_length=1000, required=False)


class NotFound(forms.PageForm):
    """A setting of which nothing is known, looked for in vain."""

    changes_a_record = True

    note = forms.TextField(
        label="Where was it looked for, and what is done about it?",
        rows=3,
        max_length=1000,
        missing="Say where it was looked for, and what is done about it",
    )


class Complete(forms.PageForm):
    lists_note = forms.TextField(
        label="If no list was read this month: why?",
        rows=2,
        max_length=1000,
        required=False,
        hint="Ofsted publishes the schools’ lists each month and the social-care list once a year",
    )
