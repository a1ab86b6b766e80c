"""Forms of the pages."""

from datetime import date

import pytest
from django.http import QueryDict

from plumbline.kernel.errors import RuleBroken
from plumbline.web.kit import forms


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


# --- what is typed, and what others have recorded meanwhile ---------------------------------------------------------


class Record(forms.PageForm):
    changes_a_record = True

    title = forms.LineField(label="Title")
    held_on = forms.DayField(label="Held on", required=False)
    grade = forms.ChoiceField(label="Grade", choices=[("good", "Good"), ("poor", "Poor")])
    areas = forms.ChoicesField(label="Areas", choices=[("a", "Abbey"), ("b", "Bridge")], required=False)
    agreed = forms.TickField(label="Agreed", required=False)


AS_IT_WAS = {"title": "Alder", "held_on": date(2016, 7, 31), "grade": "good", "areas": ["a"], "agreed": True}


def opened(**changes: object) -> QueryDict:
    """What a browser sends of the form as it was opened, with changes of its writer."""
    sent: dict[str, object] = {
        "title": "Alder", "held_on_day": "31", "held_on_month": "7", "held_on_year": "2016", "grade": "good",
        "areas": ["a"], "agreed": "on", "as_opened": Record(initial=AS_IT_WAS)["as_opened"].value(), **changes,
    }  # fmt: skip
    data = QueryDict(mutable=True)
    for name, value in sent.items():
        if value is not None:
            data.setlist(name, value if isinstance(value, list) else [value])
    return data


@pytest.mark.parametrize(
    ("name", "value"),
    [("title", "Birch"), ("held_on", date(2016, 8, 1)), ("grade", "poor"), ("areas", ["b"]), ("agreed", False)],
)
def test_what_only_another_has_changed_stays_as_they_have_it(name: str, value: object) -> None:
    form = Record(opened(), initial={**AS_IT_WAS, name: value})
    assert form.is_valid()
    assert form.cleaned_data == {**AS_IT_WAS, name: value}


def test_what_only_the_writer_has_changed_is_theirs() -> None:
    form = Record(opened(title="Birch", agreed=None), initial=AS_IT_WAS)
    assert form.is_valid()
    assert form.cleaned_data == {**AS_IT_WAS, "title": "Birch", "agreed": False}


@pytest.mark.parametrize(
    ("theirs", "yours", "clash"),
    [
        ({"title": "Birch"}, {"title": "Cedar"}, ("Title", "Birch", "Cedar")),
        ({"title": "Birch"}, {"grade": "poor"}, None),
        ({"held_on": date(2016, 8, 1)}, {"held_on_day": "2"}, ("Held on", "1 8 2016", "2 7 2016")),
        ({"areas": ["b"]}, {"areas": ["a", "b"]}, ("Areas", "Bridge", "Abbey, Bridge")),
        ({"areas": []}, {"areas": ["b"]}, ("Areas", "Nothing", "Bridge")),
    ],
)
def test_what_both_have_changed_is_said_in_both_versions(
    theirs: dict[str, object], yours: dict[str, object], clash: tuple[str, str, str] | None
) -> None:
    form = Record(opened(**yours), initial={**AS_IT_WAS, **theirs})
    assert form.is_valid() == (clash is None)
    assert form.clashes == ([forms.Clash(*clash)] if clash else [])


def test_two_who_have_written_the_same_are_of_one_mind() -> None:
    assert Record(opened(title="Birch"), initial={**AS_IT_WAS, "title": "Birch"}).is_valid()


def test_sent_once_more_with_both_in_view_it_is_taken() -> None:
    theirs = {**AS_IT_WAS, "title": "Birch"}
    shown = Record(opened(title="Cedar"), initial=theirs)
    assert not shown.is_valid()
    assert Record(shown.data, initial=theirs).is_valid()


def test_what_the_form_showed_is_no_answer_of_its() -> None:
    form = Record(opened(), initial=AS_IT_WAS)
    assert form.is_valid()
    assert "as_opened" not in form.cleaned_data


@pytest.mark.parametrize("typed", [{"title": "Birch"}, {"held_on_day": "thirty"}, {"areas": []}, {"agreed": None}])
def test_a_form_begins_with_what_was_typed_whether_it_makes_sense_or_not(typed: dict[str, object]) -> None:
    form, data = Record(initial=AS_IT_WAS), opened(**typed)
    assert form.take_up(data)
    again = Record(data, initial=AS_IT_WAS)
    assert [form[name].value() for name in AS_IT_WAS] == [again[name].value() for name in AS_IT_WAS]


def test_what_was_typed_and_says_no_more_than_the_record_is_no_draft() -> None:
    assert not Record(initial=AS_IT_WAS).take_up(opened())


class Secret(forms.PageForm):
    password = forms.LineField(label="Password", widget=forms.forms.PasswordInput)
    why = forms.TextField(label="Why?")


def test_a_form_with_a_password_is_kept_nowhere() -> None:
    assert not Secret().is_typed


def test_a_form_with_a_text_area_is_kept_while_it_is_typed() -> None:
    assert Visit().is_long


def test_an_end_of_a_line_is_one_sign_as_the_counter_on_the_page_counts_it():
    class Note(forms.PageForm):
        text = forms.TextField(label="Note", max_length=7)

    form = Note({"text": "one\r\ntwo"})
    assert (form.is_valid(), form.cleaned_data["text"]) == (True, "one\ntwo")
    assert not Note({"text": "one\r\nfour"}).is_valid()


def test_a_soft_end_of_a_line_pasted_from_word_is_a_space():
    class Note(forms.PageForm):
        text = forms.TextField(label="Note")

    form = Note({"text": "one\x0btwo\u2028three"})
    assert (form.is_valid(), form.cleaned_data["text"]) == (True, "one two three")


class Told(forms.PageForm):
    """A form of which an answer asks more, and a tick more still."""

    asked_if = {
        "told_on": ("sent", "earlier"),
        "how": ("sent", "earlier"),
        "letter": ("how", "post"),
        "note": ("sent", "earlier"),
        "lost": ("gone", "yes"),
    }
    moments = {"told_at": ("told_on", "told_time")}

    sent = forms.ChoiceField(label="When?", widget=forms.Radios, choices=(("now", "Just now"), ("earlier", "Earlier")))
    told_on = forms.DayField(label="On which day?", missing="Enter the day")
    told_time = forms.TimeField(label="At what time?", required=False)
    how = forms.ChoicesField(label="How?", choices=(("post", "By post"), ("call", "By telephone")))
    letter = forms.LineField(label="Which letter?")
    note = forms.TextField(label="Note", required=False)
    lost = forms.LineField(label="What is lost?")


_THE_DAY = {"told_on_day": "31", "told_on_month": "7", "told_on_year": "2016", "lost": "Nothing"}


def told(**given: str | list[str]) -> Told:
    data = QueryDict(mutable=True)
    for name, value in {"lost": "Nothing", **given}.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return Told(data)


def test_what_an_answer_does_not_ask_is_not_required() -> None:
    assert told(sent="now").errors == {}


def test_what_an_answer_asks_and_is_empty_is_an_error_at_its_field() -> None:
    assert told(sent="earlier").errors == {"told_on": ["Enter the day"], "how": ["Choose an answer"]}


def test_what_is_asked_may_be_left_empty_where_it_says_so() -> None:
    assert told(sent="earlier", how=["call"], **_THE_DAY).errors == {}


def test_what_is_not_asked_counts_for_nothing_even_where_it_could_not_be_read() -> None:
    form = told(sent="now", told_on_day="99", told_on_month="x", told_on_year="y", how=["other"], note="Half a thought")
    assert form.errors == {}
    assert {name: form.cleaned_data[name] for name in ("told_on", "how", "letter", "note", "told_at")} == {
        "told_on": None,
        "how": [],
        "letter": "",
        "note": "",
        "told_at": None,
    }


def test_what_is_not_asked_stays_on_the_page_in_case_it_is_asked_again() -> None:
    assert told(sent="now", note="Half a thought")["note"].value() == "Half a thought"


def test_an_answer_that_is_itself_not_asked_asks_nothing() -> None:
    assert told(sent="now", how=["post"]).errors == {}


def test_one_of_several_answers_asks_too() -> None:
    assert list(told(sent="earlier", how=["call", "post"], **_THE_DAY).errors) == ["letter"]


def test_what_depends_on_a_field_that_is_left_out_is_asked_always() -> None:
    assert list(told(sent="now", lost="").errors) == ["lost"]


def test_a_refusal_at_a_field_that_is_not_asked_is_shown_above_the_form() -> None:
    for form, place in ((told(sent="now"), "__all__"), (told(sent="earlier", how=["call"], **_THE_DAY), "note")):
        form.is_valid()
        form.refuse(RuleBroken("It was told already."), field="note")
        assert list(form.errors) == [place]


def test_what_is_asked_by_an_answer_stands_below_it_and_nowhere_else() -> None:
    form = told(sent="now")
    assert [field.name for field in form.in_turn()] == ["sent", "told_time", "lost"]
    assert [field.name for field in form.asked_below("sent", "earlier")] == ["told_on", "how", "note"]
    assert form.asked_below("sent", "now") == []
