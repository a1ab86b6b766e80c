from typing import ClassVar

from plumbline.web.kit import forms

GROUNDS = (
    ("court_named", "A court or tribunal named this setting"),
    ("emergency_night", "Emergency at night"),
    ("other", "Other"),
)


class ChooseChild(forms.PageForm):
    child = forms.LineField(
        label="The child’s number or name", missing="Enter the child’s number or name", autocomplete="off"
    )


class WhenPlaced(forms.PageForm):
    # That the setting is adverse is shown above all.
    refused_at: ClassVar = {"setting_adverse": "", "": "started_on"}

    started_on = forms.DayField(label="When does the placement begin?", hint="For example, 31 7 2016")


class EndPlacement(forms.PageForm):
    refused_at: ClassVar = {"": "ended_on"}

    ended_on = forms.DayField(label="When did, or will, the placement end?", hint="The day on which the child leaves")


class AskException(forms.PageForm):
    """Leave for one child to be placed at one adverse setting until a day."""

    grounds = forms.ChoiceField(
        label="On what grounds?",
        choices=GROUNDS,
        widget=forms.Radios,
        missing="Choose the grounds",
        choice_hints={
            "emergency_night": "The child can be placed at once; the head of service decides the next working day"
        },
    )
    reason = forms.TextField(
        label="Why must this child be placed there?",
        rows=4,
        max_length=4000,
        missing="Say why this child must be placed there",
    )
    safeguards = forms.TextField(
        label="What will keep the child safe there?",
        rows=4,
        max_length=4000,
        hint="Visits, who calls when, what the provider has agreed",
        missing="Say what will keep the child safe there",
    )
    childs_wishes = forms.TextField(
        label="What does the child want?",
        rows=3,
        max_length=4000,
        hint="In the child’s own words, if you can",
        required=False,
    )
    from_on = forms.DayField(
        label="From", hint="The first day of the placement", missing="Enter the first day of the placement"
    )
    ends_on = forms.DayField(
        label="Until",
        hint="The last day of this leave: a year later at most",
        missing="Enter the last day of this leave",
    )


class DecideException(forms.PageForm):
    decision = forms.ChoiceField(
        label="Your decision",
        widget=forms.Radios,
        missing="Choose whether the child may be placed there",
        choices=(("approve", "Approve: the child may be placed there"), ("refuse", "Refuse: the child may not")),
    )
    reason = forms.TextField(label="Why?", rows=4, max_length=4000, missing="Say why")
