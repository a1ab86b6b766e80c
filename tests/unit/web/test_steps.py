"""One page of a journey: its rows, and what is answered on it."""

from datetime import date
from typing import Any

from django.http import QueryDict

from plumbline.web.kit import forms
from plumbline.web.kit.steps import MOST_ROWS, Step


class Person(forms.PageForm):
    asked_if = {"agency": ("came", "agency")}

    name = forms.LineField(label="Name", missing="Enter the name")
    role = forms.ChoiceField(label="Role", choices=(("worker", "Social worker"), ("head", "Head teacher")))
    came = forms.ChoiceField(
        label="For whom?",
        widget=forms.Radios,
        choices=(("self", "Themselves"), ("agency", "An agency")),
        initial="self",
    )
    agency = forms.LineField(label="Which agency?", missing="Enter the agency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = "worker"


class Present(Step):
    row, noun, least = Person, "Person", 2
    asked_if = {"why": ("late", "yes")}

    late = forms.ChoiceField(label="Did it begin late?", widget=forms.Radios, choices=(("yes", "Yes"), ("no", "No")))
    why = forms.LineField(label="Why?", missing="Say why")


class Recorded(Step):
    changes_a_record = True
    day = forms.DayField(label="On which day?")
    told = forms.TickField(label="The family was told", required=False)
    note = forms.LineField(label="Note")


def sent(**given: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(given)
    return data


def row(number: int, name: str, **more: str) -> dict[str, str]:
    given = {"name": name, "role": "worker", "came": "self", **more}
    return {f"row-{number}-{field}": value for field, value in given.items()}


def test_a_row_left_as_it_was_offered_is_none() -> None:
    form = Present(sent(late="no", **row(0, "Ada"), **row(1, "")))
    assert form.errors == {}
    assert [each["name"] for each in form.given()] == ["Ada"]


def test_a_row_in_which_anything_is_said_needs_the_rest_at_its_own_fields() -> None:
    form = Present(sent(late="no", **row(0, "Ada"), **row(1, "", role="head")))
    assert form.errors == {"row-1-name": ["Enter the name"]}
    assert form.rows is not None
    assert form.rows[1]["name"].errors == ["Enter the name"]


def test_a_row_has_its_own_conditions() -> None:
    form = Present(sent(late="no", **row(0, "Ada", came="agency"), **row(1, "Beth", agency="Lane")))
    assert form.errors == {"row-0-agency": ["Enter the agency"]}
    assert [each["agency"] for each in form.given() if each["name"] == "Beth"] == [""]


def test_a_row_is_added_up_to_the_most() -> None:
    form = Present(sent(late="no", **row(0, "Ada")))
    changed, place = form.with_rows_changed(sent(more="yes"))
    assert changed is not None
    assert (changed["row-TOTAL_FORMS"], place, changed["row-0-name"]) == ("3", "row-2", "Ada")
    full, _ = Present(sent(**{"row-TOTAL_FORMS": str(MOST_ROWS)})).with_rows_changed(sent(more="yes"))
    assert full is not None
    assert full["row-TOTAL_FORMS"] == str(MOST_ROWS)


def test_a_row_is_taken_out_and_those_after_it_move_up() -> None:
    form = Present(sent(late="no", **row(0, "Ada"), **row(1, "Beth"), **row(2, "Cara"), **{"row-TOTAL_FORMS": "3"}))
    changed, place = form.with_rows_changed(sent(out="0"))
    assert changed is not None
    assert [each["name"] for each in Present(changed).given()] == ["Beth", "Cara"]
    assert (changed["row-TOTAL_FORMS"], changed["late"], place) == ("2", "no", "rows")


def test_any_other_button_changes_no_rows() -> None:
    assert Present(sent(late="no")).with_rows_changed(sent(later="yes")) == (None, "")


def test_rows_that_cannot_be_counted_are_an_error_in_words() -> None:
    form = Present(sent(late="no", **row(0, "Ada"), **{"row-TOTAL_FORMS": "many"}))
    assert form.non_field_errors() == ["The rows of this page could not be read. Open the page again."]


def test_a_page_that_was_not_opened_counts_as_it_would_be_shown() -> None:
    form = Present(Present().as_shown())
    assert form.errors == {"late": ["Choose an answer"]}
    assert form.given() == []


def test_a_page_that_shows_what_is_recorded_says_what_another_has_changed_since_it_was_typed() -> None:
    recorded = {"note": "Calm.", "told": True, "day": date(2016, 7, 31)}
    opened = Recorded(initial=recorded).as_shown()
    typed = opened.copy()
    typed["note"] = "Calm, and warm."
    changed = Recorded(typed, initial=recorded | {"note": "Loud.", "told": False})
    assert "This has been changed since you opened it" in changed.first_fault()
    assert [(clash.label, clash.theirs, clash.yours) for clash in changed.clashes] == [
        ("Note", "Loud.", "Calm, and warm.")
    ]
    # What only the other has changed is left as they have it.
    assert changed.cleaned_data["told"] is False


def test_what_was_typed_about_what_is_gone_is_said() -> None:
    form = Present(sent(late="no", said_7="She starts in May", said_8=" ", **row(0, "Ada")))
    assert form.no_longer_asked() == ["She starts in May"]
    assert form.first_fault().startswith("you answered something that is no longer asked")


def test_nothing_that_a_page_asks_is_taken_for_gone() -> None:
    sent_by_browser = Recorded(initial={"note": "Calm.", "told": True}).as_shown()
    assert Recorded(sent_by_browser, initial={"note": "Calm.", "told": True}).no_longer_asked() == []
    assert Present(Present().as_shown()).no_longer_asked() == []


def test_the_answers_are_said_in_order_with_what_they_ask() -> None:
    form = Present(sent(late="yes", why="The bus", **row(0, "Ada", came="agency", agency="Lane"), **row(1, "")))
    assert form.answers() == [
        ("Did it begin late?", "Yes"),
        ("Why?", "The bus"),
        ("Person 1", "Ada, Social worker, An agency, Lane"),
    ]


def test_an_answer_that_is_not_asked_is_not_said() -> None:
    form = Present(sent(late="no", why="The bus", **row(0, "")))
    assert form.answers() == [("Did it begin late?", "No")]


def test_what_was_typed_so_far_is_shown_without_its_errors() -> None:
    form = Present(sent(**row(0, "", role="head"))).quiet()
    assert form.errors == {}
    assert form.rows is not None
    assert (form.rows[0]["name"].errors, form.rows[0]["role"].value()) == ([], "head")
