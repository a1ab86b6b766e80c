"""The record of an evaluation meeting, its clock, and that a summary names no child."""

from datetime import date

import pytest

from plumbline.contracts.rules import evaluations as rules
from plumbline.contracts.rules.evaluations import ActionGiven, Attendee, CaseGiven, KpiGiven, Meeting
from tests.refusals import code_of, raises

TODAY = date(2016, 7, 31)


def meeting(**changes) -> Meeting:
    given = {
        "held_on": date(2016, 7, 12), "chair": "Beth Larkin", "attendees": [Attendee("Beth Larkin")],
        "service_area_said": None, "minutes": "Discussed.", "minutes_document_id": None, "safeguarding": {},
    }  # fmt: skip
    return Meeting(**{**given, **changes})


def test_the_next_meeting_is_due_92_days_after_the_last() -> None:
    assert rules.next_due(last_held_on=date(2016, 3, 1), starts_on=date(2015, 1, 1), review_every=3) == date(2016, 6, 1)


def test_the_first_meeting_is_due_92_days_after_the_start() -> None:
    assert rules.next_due(last_held_on=None, starts_on=date(2016, 4, 1), review_every=3) == date(2016, 7, 2)


@pytest.mark.parametrize(
    ("on", "planned_on", "told"),
    [
        (date(2016, 5, 10), None, False),
        (date(2016, 5, 11), None, True),
        (date(2016, 5, 11), date(2016, 6, 1), False),
        (date(2016, 5, 11), date(2016, 6, 2), True),
        (date(2016, 6, 2), date(2016, 6, 10), True),
    ],
)
def test_the_manager_is_told_of_a_meeting_that_is_near_and_not_planned_in_time_or_late(on, planned_on, told) -> None:
    assert rules.wants_telling(due_on=date(2016, 6, 1), planned_on=planned_on, on=on) is told


def test_the_service_area_was_there_when_somebody_came_for_it() -> None:
    assert rules.service_area_present([Attendee("A"), Attendee("B", service_area=True)], said=None) is True


def test_the_service_area_was_not_there_when_nobody_came_for_it() -> None:
    assert rules.service_area_present([Attendee("A")], said=None) is False


def test_that_the_service_area_was_there_can_be_said_no() -> None:
    assert rules.service_area_present([Attendee("B", service_area=True)], said=False) is False


def test_the_service_area_cannot_be_said_to_have_been_there_with_nobody_named_for_it() -> None:
    with raises("nobody_for_area"):
        rules.service_area_present([Attendee("A")], said=True)


def test_a_safeguarding_section_left_empty_says_that_nothing_was_reported() -> None:
    assert set(rules.check_safeguarding({}).values()) == {None, ""}


def test_a_count_is_kept_as_a_number() -> None:
    assert rules.check_safeguarding({"incidents": "3"})["incidents"] == 3


def test_no_incidents_is_not_the_same_as_not_reported() -> None:
    assert rules.check_safeguarding({"incidents": 0})["incidents"] == 0


@pytest.mark.parametrize("value", ["-1", "a few", "1.5", True, [1]])
def test_a_count_must_be_a_whole_number(value) -> None:
    with raises("not_a_number"):
        rules.check_safeguarding({"complaints": value})


def test_training_cannot_be_more_than_all_of_the_staff() -> None:
    with raises("too_large"):
        rules.check_safeguarding({"training_percent": 101})


def test_a_field_that_the_section_has_not_is_refused() -> None:
    with raises("unknown_field"):
        rules.check_safeguarding({"mood": "good"})


def test_concerns_that_were_raised_are_described() -> None:
    with raises("missing_concerns"):
        rules.check_safeguarding({"concerns_raised": True})


def test_concerns_described_and_denied_are_refused() -> None:
    with raises("contradiction"):
        rules.check_safeguarding({"concerns_raised": False, "concerns": "Case A7: late visits."})


def test_concerns_described_count_as_raised() -> None:
    given = {"concerns": "Case A7: late visits.", "concerns_action": "J. Marsh asks for the rota by Friday."}
    assert rules.check_safeguarding(given)["concerns_raised"] is True


@pytest.mark.parametrize("given", [{}, {"concerns_raised": True}, {"concerns_action": " "}])
def test_concerns_ask_what_is_done_about_them(given: dict[str, object]) -> None:
    with raises("missing_what_is_done"):
        rules.check_safeguarding({"concerns": "Case A7: late visits.", **given})


def test_what_is_done_needs_its_concern() -> None:
    with raises("missing_concerns"):
        rules.check_safeguarding({"concerns_action": "J. Marsh asks for the rota by Friday."})


@pytest.mark.parametrize(
    "text", ["Kit was moved.", "About QUILL and school", "Zoë’s brother", "zoe: see Zoe", "Quill’s case"]
)
def test_a_name_of_the_child_is_found_in_the_summary(text) -> None:
    assert rules.names_in(text, ["Kit", "Quill", "Zoë"])


@pytest.mark.parametrize(
    "text", ["The kitchen is shut.", "He will be seen.", "Quilling club", "Case A7: late visits.", ""]
)
def test_words_that_only_hold_a_name_are_no_names(text) -> None:
    assert rules.names_in(text, ["Kit", "Quill", "Will"]) == []


def test_a_summary_with_the_name_is_refused() -> None:
    with raises("names_a_child"):
        rules.check_nameless("Kit was moved.", names=["Kit", "Quill"])


def test_a_case_needs_a_reference() -> None:
    with raises("missing_reference"):
        rules.check_case(CaseGiven(" ", "Late visits"))


def test_a_complete_record_is_taken() -> None:
    assert rules.check_meeting(meeting(), on=TODAY)["incidents"] is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"held_on": date(2016, 8, 1)}, "future_date"),
        ({"attendees": []}, "missing_attendees"),
        ({"attendees": [Attendee("A"), Attendee(" ")]}, "missing_name"),
        ({"minutes": " "}, "missing_minutes"),
        ({"next_on": date(2016, 7, 12)}, "end_before_start"),
        ({"actions": [ActionGiven("", date(2016, 9, 1))]}, "missing_title"),
        ({"kpis": [KpiGiven(1, "97%", "good")]}, "not_a_quarter"),
        ({"service_area_said": True}, "nobody_for_area"),
    ],
)
def test_a_record_that_lacks_something_says_what(changes, code) -> None:
    with raises(code):
        rules.check_meeting(meeting(**changes), on=TODAY)


def test_uploaded_minutes_serve_as_typed_ones_do() -> None:
    uploaded = meeting(minutes="", minutes_document_id=7)
    assert rules.check_meeting(uploaded, on=TODAY) == rules.check_meeting(meeting(), on=TODAY)


@pytest.mark.parametrize(
    ("day", "first"), [(date(2016, 3, 31), date(2015, 10, 1)), (date(2016, 4, 1), date(2016, 1, 1))]
)
def test_the_last_quarter_is_the_one_that_has_ended(day, first) -> None:
    assert rules.last_quarter(day) == first


def test_a_quarter_that_has_not_begun_is_refused() -> None:
    with raises("future_date"):
        rules.check_quarter(date(2016, 10, 1), on=TODAY)


@pytest.mark.parametrize(
    ("planned_on", "said"),
    [
        (None, "None is planned."),
        (date(2016, 7, 12), "The one planned for 12 July 2016 is not recorded yet."),
        (date(2016, 8, 2), "It is planned for 2 August 2016."),
    ],
)
def test_what_is_due_says_how_its_plan_stands(planned_on, said) -> None:
    assert rules.due_sentence(due_on=date(2016, 7, 13), planned_on=planned_on, review_every=3, on=TODAY).endswith(said)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, ""),
        ({next(iter(rules.TEXTS)): 7}, "wrong_kind"),
        ({"concerns_raised": "perhaps"}, "wrong_kind"),
        ({"concerns_raised": True}, "missing_concerns"),
        ({"concerns_raised": False, "concerns": "Case 4.", "concerns_action": "A visit."}, "contradiction"),
        ({"concerns": "Case 4."}, "missing_what_is_done"),
        ({"concerns_action": "A visit."}, "missing_concerns"),
        ({"concerns": "Case 4.", "concerns_action": "A visit."}, ""),
        ({next(iter(rules.COUNTS)): True}, "not_a_number"),
        ({next(iter(rules.COUNTS)): "-1"}, "not_a_number"),
        ({next(iter(rules.COUNTS)): " 12 "}, ""),
        ({next(iter(rules.SHARES)): 100}, ""),
        ({next(iter(rules.SHARES)): 101}, "too_large"),
    ],
)
def test_a_safeguarding_section_does_not_contradict_itself(given: dict[str, object], code: str) -> None:
    assert code_of(rules.check_safeguarding, given) == code


@pytest.mark.parametrize(
    ("reference", "summary", "code"),
    [(" ", "Needs a key worker.", "missing_reference"), ("4", " ", "missing_summary"), ("4", "A key worker.", "")],
)
def test_a_case_has_a_reference_and_what_it_needs(reference: str, summary: str, code: str) -> None:
    assert code_of(rules.check_case, CaseGiven(reference=reference, summary=summary)) == code


def test_a_name_of_one_letter_is_none() -> None:
    assert rules.names_in("Plan B is ready.", ["B Ash"]) == []


@pytest.mark.parametrize(
    ("quarter", "code"),
    [
        (None, "not_a_quarter"),
        (date(2016, 7, 2), "not_a_quarter"),
        (date(2016, 7, 1), ""),
        (date(2016, 10, 1), "future_date"),
    ],
)
def test_a_quarter_is_one_that_has_begun(quarter: date | None, code: str) -> None:
    assert code_of(rules.check_quarter, quarter, on=TODAY) == code


def test_a_meeting_may_have_actions_and_no_indicators() -> None:
    given = meeting(actions=[ActionGiven(title=" ", due_on=TODAY)])
    assert code_of(rules.check_meeting, given, on=TODAY) == "missing_title"
    assert code_of(rules.check_meeting, meeting(), on=TODAY) == ""


def test_a_summary_that_names_no_child_is_taken() -> None:
    assert code_of(rules.check_nameless, "Two children moved.", names=["Ada Ash"]) == ""


def test_every_action_says_what_is_to_be_done() -> None:
    said, silent = ActionGiven(title="Train the staff", due_on=TODAY), ActionGiven(title=" ", due_on=TODAY)
    assert code_of(rules.check_meeting, meeting(actions=[said]), on=TODAY) == ""
    assert code_of(rules.check_meeting, meeting(actions=[said, silent]), on=TODAY) == "missing_title"
