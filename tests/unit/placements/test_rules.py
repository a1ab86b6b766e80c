"""Which flags a placement calls for, and why each is closed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from plumbline.kernel.errors import RuleBroken
from plumbline.placements.rules import Concern, Why, check_exception, flags_of, why_closed

ADVERSE_SINCE = date(2016, 6, 1)
AT = Concern(
    placement_id=1,
    source_id="P1",
    child_id=1,
    started_on=date(2016, 5, 1),
    looked_after=True,
    urn="SC1",
    status="adverse",
    status_since=ADVERSE_SINCE,
    reasons=(Why("overall_inadequate", "Ofsted judged it inadequate."),),
    gone_since=None,
    worker="W1",
    team="West",
)


def kinds(concern: Concern) -> list[str]:
    return [kind for kind, _ in flags_of(concern)]


@pytest.mark.parametrize(
    ("started_on", "kind"),
    [
        (date(2016, 5, 31), "setting_adverse"),
        (ADVERSE_SINCE, "placed_at_adverse"),
        (date(2016, 6, 2), "placed_at_adverse"),
    ],
)
def test_a_child_placed_before_the_setting_became_adverse_and_one_placed_since(started_on: date, kind: str) -> None:
    assert kinds(replace(AT, started_on=started_on)) == [kind]


@pytest.mark.parametrize(
    ("status", "expected"),
    [("clear", []), ("watch", []), ("not_judged", []), ("unregistered", ["setting_unregistered"]),
     ("closed", ["setting_gone"]), ("unmatched", ["setting_unmatched"])],
)  # fmt: skip
def test_what_each_status_calls_for(status: str, expected: list[str]) -> None:
    assert kinds(replace(AT, status=status)) == expected


def test_leaders_judged_inadequate_are_flagged_though_the_setting_is_only_watched() -> None:
    leaders = Why("leaders_inadequate", "Ofsted judged leaders and managers inadequate.")
    assert kinds(replace(AT, status="watch", reasons=(leaders,))) == ["setting_watch"]


def test_a_setting_gone_from_the_list_is_flagged_whatever_its_status() -> None:
    assert kinds(replace(AT, status="clear", gone_since=ADVERSE_SINCE)) == ["setting_gone"]


@pytest.mark.parametrize(("worker", "said"), [("W1", False), ("", True)])
def test_a_child_without_a_worker_is_said_to_have_none(worker: str, said: bool) -> None:
    ((_, reason),) = flags_of(replace(AT, worker=worker))
    assert reason.endswith("No worker is allocated to the child.") is said


CLOSED = {
    "kind": "setting_adverse", "urn_then": "SC1", "urn_now": "SC1", "status": "clear",
    "status_since": date(2016, 7, 1), "ended_on": None, "on": date(2016, 7, 31),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ended_on": date(2016, 7, 31)}, "The placement ended on 31 July 2016."),
        ({"ended_on": date(2016, 8, 1)}, "The setting is clear now, since 1 July 2016."),
        ({"urn_now": "SC2"}, "The placement is now recorded at SC2."),
        ({"urn_now": ""}, "The placement is now recorded at no setting."),
        ({"kind": "setting_unmatched"}, "The setting is matched now."),
        ({"status_since": None}, "The setting is clear now."),
    ],
)
def test_why_a_flag_is_closed(change: dict[str, object], said: str) -> None:
    assert why_closed(**{**CLOSED, **change}) == said  # type: ignore[arg-type]


TODAY = date(2016, 7, 31)
ASKED = {
    "status": "adverse", "grounds": "court_named", "reason": "The court named it.", "safeguards": "Visited weekly.",
    "from_on": TODAY, "ends_on": TODAY, "on": TODAY,
}  # fmt: skip


def refused(**change: object) -> str:
    try:
        check_exception(**{**ASKED, **change})  # type: ignore[arg-type]
    except RuleBroken as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(
    ("days", "code"), [(-2, "not_an_emergency"), (-1, ""), (0, ""), (1, ""), (2, "not_an_emergency")]
)
def test_an_emergency_begins_tonight_or_began_last_night(days: int, code: str) -> None:
    began = TODAY + timedelta(days)
    assert refused(grounds="emergency_night", from_on=began, ends_on=TODAY + timedelta(7)) == code
    assert refused(from_on=began, ends_on=TODAY + timedelta(7)) == ""


@pytest.mark.parametrize(("days", "code"), [(-1, "end_before_start"), (0, ""), (366, ""), (367, "too_long")])
def test_an_exception_lasts_a_year_at_most(days: int, code: str) -> None:
    assert refused(ends_on=TODAY + timedelta(days)) == code


def test_an_exception_that_has_ended_is_not_asked_for() -> None:
    assert refused(from_on=TODAY - timedelta(9), ends_on=TODAY - timedelta(1)) == "past_date"
    assert refused(from_on=TODAY - timedelta(9), ends_on=TODAY) == ""


@pytest.mark.parametrize(
    ("status", "code"),
    [("adverse", ""), ("unregistered", ""), ("closed", ""), ("clear", "not_needed"), ("watch", "not_needed"),
     ("not_judged", "not_needed"), ("unmatched", "not_needed")],
)  # fmt: skip
def test_an_exception_is_for_a_setting_where_no_child_may_be_placed(status: str, code: str) -> None:
    assert refused(status=status) == code
