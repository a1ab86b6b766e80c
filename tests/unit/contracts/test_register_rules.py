"""What must hold of a line in the register of contracts, of a contract that ends, and of a decision on a reason."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from plumbline.contracts.rules import decisions, register
from plumbline.contracts.rules.register import Line
from tests.refusals import code_of

FIRST, LAST = date(2016, 4, 1), date(2019, 3, 31)
TODAY = date(2016, 7, 31)
LINE = Line(
    reference="C-1",
    title="Respite care",
    kind="block",
    service="Respite",
    starts_on=FIRST,
    ends_on=LAST,
    value=Decimal(100000),
    statutory_from=None,
    review_every=3,
    settings=2,
    for_one_child=False,
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"reference": " "}, "missing_id"),
        ({"title": " "}, "missing_title"),
        ({"kind": "other"}, "unknown_code"),
        ({"ends_on": FIRST}, ""),
        ({"ends_on": FIRST - timedelta(1)}, "end_before_start"),
        ({"ends_on": None}, ""),
        ({"statutory_from": LAST}, ""),
        ({"statutory_from": LAST + timedelta(1)}, "statutory_after_end"),
        ({"statutory_from": LAST + timedelta(1), "ends_on": None}, ""),
        ({"review_every": 2}, "unknown_code"),
        ({"value": Decimal("-0.01")}, "bad_number"),
        ({"value": Decimal(0)}, ""),
        ({"value": None}, ""),
        ({"framework_kind": "block", "kind": "call_off"}, "not_a_framework"),
        ({"framework_kind": "framework", "kind": "call_off"}, ""),
        ({"framework_kind": "framework", "kind": "spot", "settings": 1}, ""),
        ({"framework_kind": "framework", "kind": "call_off", "framework_is_itself": True}, "not_a_framework"),
        ({"framework_kind": "framework", "kind": "block"}, "not_a_call_off"),
        ({"for_one_child": True}, "not_for_one_child"),
        ({"for_one_child": True, "kind": "spot", "settings": 1}, ""),
        ({"kind": "spot", "settings": 2}, "one_setting"),
        ({"kind": "spot", "settings": 0}, ""),
    ],
)
def test_what_a_line_of_the_register_must_say(change: dict[str, object], code: str) -> None:
    assert code_of(register.check, replace(LINE, **change)) == code


@pytest.mark.parametrize(
    ("last_day", "because", "code"),
    [
        (FIRST, "The home closed.", ""),
        (FIRST - timedelta(1), "The home closed.", "end_before_start"),
        (LAST, " ", "missing_reason"),
    ],
)
def test_a_contract_ends_for_a_reason_and_not_before_it_started(last_day: date, because: str, code: str) -> None:
    assert code_of(register.check_end, starts_on=FIRST, last_day=last_day, because=because) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"holds": False}, "no_such_reason"),
        ({"decision": " "}, "missing_decision"),
        ({"by_when": TODAY - timedelta(1)}, "past_date"),
    ],
)
def test_a_decision_is_on_a_reason_of_today_and_by_a_day_to_come(change: dict[str, object], code: str) -> None:
    given = {"decision": "Visit the home.", "by_when": TODAY, "holds": True, "on": TODAY}
    assert code_of(decisions.check, **{**given, **change}) == code


@pytest.mark.parametrize(
    ("by_when", "is_over", "late"),
    [(TODAY, False, False), (TODAY - timedelta(1), False, True), (TODAY - timedelta(1), True, False)],
)
def test_a_decision_is_overdue_the_day_after_its_last_unless_it_is_carried_out(by_when, is_over, late) -> None:
    assert decisions.overdue(by_when=by_when, action_is_over=is_over, on=TODAY) is late
