"""Forms of the pages."""

from datetime import date

import pytest

from plumbline.kernel.errors import RuleBroken
from plumbline.web import forms


class Visit(forms.PageForm):
    setting = forms.LineField(label="Setting", hint="Its name or URN")
    visited_on = forms.DayField(label="When was the visit?", missing="Enter the date of the visit")
    found = forms.TextField(label="What was found?", max_length=10, required=False)
    grade = forms.ChoiceField(label="Grade", choices=[("good", "Good")], widget=forms.Radios)


def typed(**changes: str) -> Visit:
    day = {"visited_on_day": "31", "visited_on_month": "7", "visited_on_year": "2016"}
    return Visit({"setting": "Alder", "grade": "good", **day, **changes})


def test_three_parts_are_one_day() -> None:
    form = typed(visited_on_month="July")
    assert form.is_valid()
    assert form.cleaned_data["visited_on"] == date(2016, 7, 31)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"visited_on_year": ""}, "The date must include a year"),
        ({"visited_on_day": "32"}, "The date must be a real date"),
        ({"visited_on_day": "", "visited_on_month": "", "visited_on_year": ""}, "Enter the date of the visit"),
    ],
)
def test_a_day_says_which_part_is_amiss(changes: dict[str, str], words: str) -> None:
    assert typed(**changes).errors["visited_on"] == [words]


def test_a_day_too_late_is_refused_in_the_forms_own_words() -> None:
    form = typed()
    form.fields["visited_on"].no_later_than = (date(2016, 7, 30), "The visit cannot be after today")
    assert form.errors["visited_on"] == ["The visit cannot be after today"]


def test_an_empty_field_says_what_to_enter() -> None:
    assert typed(setting="").errors["setting"] == ["Enter the setting"]


def test_an_unanswered_choice_says_to_choose() -> None:
    assert typed(grade="").errors["grade"] == ["Choose the grade"]


def test_long_text_is_not_cut_off_by_the_browser() -> None:
    form = typed()
    drawn = forms.drawn(form["found"])
    assert "maxlength" not in drawn


def test_an_input_with_an_error_is_drawn_so_and_tied_to_its_sentence() -> None:
    form = typed(setting="")
    drawn = forms.drawn(form["setting"])
    assert 'class="govuk-input govuk-input--error"' in drawn
    assert 'aria-describedby="id_setting_helptext id_setting_error"' in drawn


def test_a_refusal_of_an_operation_is_shown_where_it_belongs() -> None:
    form = typed()
    form.is_valid()
    form.refuse(RuleBroken("The home is closed."), field="setting")
    assert form.errors["setting"] == ["The home is closed."]


def test_the_summary_leads_to_the_first_input_of_a_group() -> None:
    form = typed()
    assert [forms.first_input(form[name]) for name in ("setting", "visited_on", "grade")] == [
        "id_setting",
        "id_visited_on_0",
        "id_grade_0",
    ]
