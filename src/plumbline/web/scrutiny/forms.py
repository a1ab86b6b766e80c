"""The form for writing a report."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from plumbline.scrutiny.models import Question
from plumbline.web.kit import forms


class WriteReport(forms.PageForm):
    refused_at: ClassVar = {"future_date": "as_at"}

    questions = forms.ChoicesField(label="Which questions does it answer?", missing="Choose at least one question")
    as_at = forms.DayField(label="As at which day?", hint="The figures are those of this day, or of the year before it")

    def __init__(self, *args: Any, questions: Sequence[Question], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("questions").choices = [(each.number, f"{each.number}. {each.wording}") for each in questions]
        self.day_field("as_at").no_later_than = (today, "That day has not come yet")
