"""A library of notifications that does not hold together is not read; a form has steps that can stand."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from plumbline.contracts.rules import notifications
from plumbline.contracts.rules.notifications import Recipient, Step
from tests.refusals import code_of

RULE = {
    "recipient": "lado", "settings": ["childrens_home"], "types": ["death"], "duty": "provider", "clock": "day",
    "basis": "The law.", "source": "law",
}  # fmt: skip
WRITTEN: dict[str, Any] = {
    "version": "1",
    "clocks": {"day": {"words": "within a day", "hours": 24}},
    "recipients": {"lado": {"label": "LADO", "council": True}, "ofsted": {"label": "Ofsted"}},
    "sources": {"law": "An Act"},
    "rules": [RULE],
    "steps": [{"step": "Ring.", "duty": "provider", "recipient": "lado"}],
}


def code(**change: object) -> str:
    return code_of(notifications.read, {**deepcopy(WRITTEN), **change})


def test_a_library_that_holds_together_is_read() -> None:
    found = notifications.read(WRITTEN)
    assert (found.label("lado"), found.label("old_office")) == ("LADO", "Old office")
    assert code() == ""


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": "nobody"},
        {"recipient": ["lado", "nobody"]},
        {"settings": ["ship"]},
        {"clock": "week"},
        {"source": "hearsay"},
        {"duty": "nobody"},
        {"when": "never"},
    ],
)
def test_a_rule_with_a_word_that_is_not_known_is_refused(change: dict[str, object]) -> None:
    assert code(rules=[{**RULE, **change}]) == "wrong_library"


@pytest.mark.parametrize("clock", [{"words": "soon"}, {"words": "soon", "hours": 1, "working_days": 1}])
def test_a_clock_has_either_hours_or_working_days(clock: dict[str, object]) -> None:
    assert code(clocks={"day": clock}) == "wrong_library"
    assert code(clocks={"day": {"words": "soon", "working_days": 1}}) == ""


LATER, EARLIER = {"from": date(2016, 7, 1)}, {"to": date(2016, 6, 30)}


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ({}, {}, True),
        ({}, {"recipient": "ofsted"}, False),
        ({}, {"types": ["harm"]}, False),
        ({}, {"types": ["all"]}, True),
        ({"types": ["all"]}, {"types": ["harm"]}, True),
        ({}, {"settings": ["other"]}, False),
        (EARLIER, LATER, False),
        (LATER, EARLIER, False),
        ({"to": date(2016, 7, 1)}, LATER, True),
        (LATER, {"to": date(2016, 7, 1)}, True),
    ],
)
def test_nobody_is_told_of_one_incident_by_two_rules(first, second, refused: bool) -> None:
    assert code(rules=[{**RULE, **first}, {**RULE, **second}]) == ("wrong_library" if refused else "")


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([], "no_steps"),
        ([Step(" ", "provider")], "empty_step"),
        ([Step("x" * 500, "provider")], ""),
        ([Step("x" * 501, "provider")], "long_step"),
        ([Step("Ring.", "nobody")], "no_duty"),
        ([Step("Ring.", "council", "nobody")], "unknown_recipient"),
        ([Step("Ring.", "council", "lado"), Step("Write it down.", "provider")], ""),
    ],
)
def test_a_form_has_steps_that_say_whose_duty_they_are(steps: list[Step], code: str) -> None:
    known = {"lado": Recipient("lado", "LADO", True)}
    assert code_of(notifications.check_steps, steps, recipients=known) == code


@pytest.mark.parametrize(
    ("day", "stands"),
    [(date(2016, 6, 30), False), (date(2016, 7, 1), True), (date(2016, 7, 31), True), (date(2016, 8, 1), False)],
)
def test_a_rule_stands_from_its_first_day_to_its_last(day: date, stands: bool) -> None:
    within = {**RULE, "from": date(2016, 7, 1), "to": date(2016, 7, 31)}
    [rule] = notifications.read({**WRITTEN, "rules": [within]}).rules
    assert rule.stands_on(day) is stands
