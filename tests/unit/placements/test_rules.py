"""Which flags a placement calls for, and why each is closed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from plumbline.placements import rules
from plumbline.placements.flag_kinds import CHECKED_WITHIN_DAYS
from plumbline.placements.rules import Concern, Why, check_exception, flags_of, why_closed
from tests.refusals import code_of

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
    return code_of(check_exception, **{**ASKED, **change})


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


def test_an_exception_says_why_and_what_keeps_the_child_safe() -> None:
    assert (refused(reason=" "), refused(safeguards=" ")) == ("missing_reason", "missing_safeguards")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "unregistered"}, "which is not registered. Ofsted judged it inadequate."),
        ({"status_since": None}, "Setting SC1 became adverse, while the child was placed there."),
        ({"status": "unmatched"}, "Setting “SC1” is on none of Ofsted’s lists"),
        ({"status": "unmatched", "urn": ""}, "No setting is recorded for this placement"),
        (
            {"status": "unmatched", "explained": "It is a school."},
            "nothing is known of it. It is a school. It is not",
        ),
        ({"status": "closed"}, "Setting SC1 has closed"),
        (
            {"status": "clear", "gone_since": TODAY, "explained": "It is a school."},
            "is no longer on Ofsted’s list of 31 July 2016, and the child is recorded as placed there. It is a school.",
        ),
    ],
)
def test_the_reason_of_a_flag_says_where_the_setting_stands(change: dict[str, object], said: str) -> None:
    ((_, reason),) = flags_of(replace(AT, **change))
    assert said in reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "setting_gone"}, "The setting is on the newest list again, or has another status now: it is clear, "),
        ({"status": "adverse"}, "The setting’s adverse judgement turned out to count from another day, since 1 July"),
        ({"status": "not_judged"}, "The setting is without an overall judgement now"),
        ({"status": "unmatched"}, "The setting is not matched now"),
    ],
)
def test_why_a_flag_is_closed_names_what_the_setting_is_now(change: dict[str, object], said: str) -> None:
    assert why_closed(**{**CLOSED, **change}).startswith(said)  # type: ignore[arg-type]


@pytest.mark.parametrize("stored", [[{"code": "a", "sentence": "S."}], '[{"code": "a", "sentence": "S."}]'])
def test_reasons_are_read_from_what_is_stored_as_rows_or_as_text(stored) -> None:
    assert rules.reasons_of(stored) == [Why("a", "S.")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"last_checked_on": TODAY - timedelta(CHECKED_WITHIN_DAYS)}, ""),
        ({"last_checked_on": TODAY - timedelta(CHECKED_WITHIN_DAYS + 1)}, "was last checked on"),
        ({"last_checked_on": None}, "was never checked"),
        ({"last_checked_on": None, "status": "unmatched"}, ""),
        ({"last_checked_on": None, "gone": True}, ""),
    ],
)
def test_a_setting_is_late_for_its_check_the_day_after_its_month(change: dict[str, object], said: str) -> None:
    given = {"urn": "SC1", "status": "clear", "gone": False, "last_checked_on": TODAY, "on": TODAY}
    found = rules.check_late(**{**given, **change})  # type: ignore[arg-type]
    assert (said in found, bool(found)) == (True, bool(said))


@pytest.mark.parametrize(
    ("started_in", "lasts", "code"),
    [(366, None, ""), (367, None, "future_date"), (0, 0, ""), (0, -1, "end_before_start"), (-900, 900, "")],
)
def test_a_placement_starts_within_a_year_and_ends_after_it_starts(started_in, lasts, code) -> None:
    first = TODAY + timedelta(started_in)
    last = None if lasts is None else first + timedelta(lasts)
    assert code_of(rules.check_days, started_on=first, ended_on=last, on=TODAY) == code


PLACE = {
    "urn": "SC1", "status": "clear", "sentences": ("Judged good.",), "evaluated": True, "gone_since": None,
    "last_checked_on": TODAY, "on": TODAY,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "verdict", "said"),
    [
        ({}, "yes", ""),
        ({"evaluated": False}, "no", "has not been evaluated yet"),
        ({"status": "adverse"}, "no", "Setting SC1 is adverse."),
        ({"status": "unregistered"}, "no", "Setting SC1 is unregistered."),
        ({"status": "closed"}, "no", "Setting SC1 is closed."),
        ({"status": "unmatched"}, "no", "it is not to be taken as safe"),
        ({"status": "watch"}, "conditions", "It is to be watched"),
        ({"status": "not_judged"}, "conditions", "There is no overall judgement"),
        ({"gone_since": TODAY}, "conditions", "It is no longer on Ofsted’s list of 31 July 2016"),
        ({"gone_since": TODAY + timedelta(1)}, "yes", ""),
        ({"closed": "The school closed."}, "conditions", "The school closed. Ofsted’s lists do not say so yet"),
        ({"open_incidents": 1}, "conditions", "A serious incident there is not closed"),
        ({"open_incidents": 2}, "conditions", "2 serious incidents there are not closed"),
        ({"last_checked_on": None}, "conditions", "Nobody has checked it: look up"),
        (
            {"last_checked_on": TODAY - timedelta(CHECKED_WITHIN_DAYS + 1)},
            "conditions",
            "Nobody has checked it since 29 June 2016",
        ),
    ],
)
def test_may_i_place_here_is_answered_with_what_to_do_first(change, verdict: str, said: str) -> None:
    found, sentences = rules.answer(**{**PLACE, **change})
    assert found == verdict
    assert (said in " ".join(sentences), found == "yes") == (True, not said)
