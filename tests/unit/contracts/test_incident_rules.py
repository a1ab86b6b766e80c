"""Who must be told of a serious incident, by when, and what may be written where: plain values in and out."""

from datetime import date, datetime, timedelta

import pytest
import yaml

from plumbline.contracts.models import IncidentType
from plumbline.contracts.rules import incidents as rules
from plumbline.contracts.rules import notifications
from plumbline.contracts.rules.incidents import Agreed, Standing
from plumbline.contracts.rules.notifications import ALL, Clock, Step, library
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import PLACE, moment
from tests.refusals import code_of

# The early May bank holiday of 2016 was Monday the 2nd, the spring one Monday the 30th.
HOLIDAYS = frozenset({date(2016, 5, 2), date(2016, 5, 30)})
REG_40 = "Children’s Homes (England) Regulations 2015, regulation 40"
REG_27 = "Supported Accommodation (England) Regulations 2023, regulation 27"


def at(day: date, hour: int = 14, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PLACE)


def told(
    kind: str, setting: str, on: date, *, secure: bool = False, notifiable: bool = False, learnt_on: date | None = None
) -> dict[str, rules.Due]:
    found = rules.notifications(
        library(),
        type=kind,
        setting_kind=setting,
        secure=secure,
        occurred_on=on,
        provider_knew_at=at(on),
        council_knew_at=at(on, 16),
        notifiable=notifiable,
        learnt_on=learnt_on,
        holidays=HOLIDAYS,
    )
    return {due.recipient: due for due in found}


JULY_2016, JULY_2024 = date(2016, 7, 20), date(2024, 7, 17)
LOCAL = {"customer_service_centre", "service_inbox", "caseworker"}


def test_every_type_in_the_library_is_a_type_of_an_incident() -> None:
    named = frozenset().union(*(rule.types for rule in library().rules)) - {ALL}
    assert named <= set(IncidentType.values)


@pytest.mark.parametrize("kind", IncidentType.values)
@pytest.mark.parametrize("setting", notifications.SETTINGS)
@pytest.mark.parametrize("on", [date(2014, 7, 16), JULY_2016, JULY_2024])
def test_whatever_happens_the_council_and_the_placing_authority_are_told(kind: str, setting: str, on: date) -> None:
    assert {*LOCAL, "placing_authority"} <= set(told(kind, setting, on))


def test_a_death_in_a_childrens_home_is_told_to_everybody_of_regulation_40_1() -> None:
    found = told("death", "childrens_home", JULY_2016)
    by_law = {name for name, due in found.items() if due.basis.startswith(f"{REG_40}(1)")}
    assert by_law == {
        "ofsted",
        "placing_authority",
        "secretary_of_state",
        "host_authority",
        "health_board",
        "relevant_persons",
    }


def test_a_death_in_a_secure_home_is_told_to_the_ombudsman_too() -> None:
    assert told("death", "childrens_home", JULY_2016, secure=True)["ombudsman"].basis == f"{REG_40}(1)(f)"


@pytest.mark.parametrize(
    ("called", "secure"),
    [("Secure children's home", True), ("Secure Children’s Home", True), ("Children's home", False), ("", False)],
)
def test_a_secure_home_is_known_by_what_ofsted_calls_it(called: str, secure: bool) -> None:
    assert rules.is_secure(called) == secure


def test_a_referral_to_the_barring_service_is_told_by_regulation_40_3() -> None:
    found = told("dbs_referral", "childrens_home", JULY_2016)
    assert found["ofsted"].basis == f"{REG_40}(3)(a)"


@pytest.mark.parametrize(
    ("kind", "letter"),
    [("cse", "a"), ("police_called", "b"), ("alleged_offence", "b"), ("allegation_staff", "c"),
     ("cp_enquiry_opened", "d"), ("cp_enquiry_closed", "d"), ("missing", "e"), ("self_harm", "e")],
)  # fmt: skip
def test_each_serious_event_in_a_childrens_home_has_its_letter_of_regulation_40_4(kind: str, letter: str) -> None:
    assert told(kind, "childrens_home", JULY_2016)["ofsted"].basis == f"{REG_40}(4)({letter})"


def test_a_near_miss_in_a_childrens_home_is_not_told_to_ofsted() -> None:
    assert "ofsted" not in told("near_miss", "childrens_home", JULY_2016)


def test_before_april_2015_the_regulations_of_2001_ask_for_it() -> None:
    found = told("death", "childrens_home", date(2015, 3, 31))
    assert found["ofsted"].basis == "Children’s Homes Regulations 2001, regulation 30 and schedule 5"


def test_restraint_is_told_to_ofsted_from_supported_accommodation() -> None:
    assert told("restraint", "supported_accommodation", JULY_2024)["ofsted"].basis == REG_27


def test_before_the_regulations_of_2023_supported_accommodation_owes_ofsted_nothing() -> None:
    assert "ofsted" not in told("death", "supported_accommodation", date(2023, 4, 27))


def test_from_the_day_of_the_regulations_of_2023_supported_accommodation_tells_ofsted() -> None:
    assert "ofsted" in told("death", "supported_accommodation", date(2023, 4, 28))


def test_a_death_in_supported_accommodation_is_told_at_once() -> None:
    due = told("death", "supported_accommodation", JULY_2024)["ofsted"]
    assert due.due_at == at(JULY_2024) + timedelta(hours=1)


def test_elsewhere_ofsted_is_not_told_by_the_provider() -> None:
    assert "ofsted" not in told("death", "other", JULY_2024)


@pytest.mark.parametrize("setting", notifications.SETTINGS)
def test_an_allegation_against_staff_goes_to_the_designated_officer_from_any_setting(setting: str) -> None:
    assert told("allegation_staff", setting, JULY_2016)["lado"].duty == "provider"


def test_a_fall_does_not_go_to_the_designated_officer() -> None:
    assert "lado" not in told("serious_injury", "childrens_home", JULY_2016)


def test_the_panel_is_told_of_nothing_that_is_not_notifiable() -> None:
    assert "national_panel" not in told("death", "childrens_home", JULY_2024)


def test_a_notifiable_incident_is_the_councils_duty_to_the_panel_in_five_working_days() -> None:
    due = told("death", "childrens_home", JULY_2024, notifiable=True, learnt_on=JULY_2024)["national_panel"]
    assert (due.duty, due.due_at) == ("council", at(date(2024, 7, 24), 23, 59))


def test_the_rapid_review_is_due_in_fifteen_working_days() -> None:
    due = told("death", "childrens_home", JULY_2024, notifiable=True, learnt_on=JULY_2024)["rapid_review"]
    assert due.due_at == at(date(2024, 8, 7), 23, 59)


def test_before_there_was_a_panel_the_council_told_ofsted_in_five_working_days() -> None:
    found = told("death", "childrens_home", JULY_2016, notifiable=True, learnt_on=JULY_2016)
    assert ("national_panel" in found, found["ofsted_by_council"].due_at) == (False, at(date(2016, 7, 27), 23, 59))


def test_the_service_centre_is_told_within_an_hour_of_the_provider_knowing() -> None:
    due = told("missing", "other", JULY_2016)["customer_service_centre"]
    assert due.due_at == at(JULY_2016, 15)


def test_the_councils_clocks_run_from_when_the_council_knew() -> None:
    assert told("missing", "other", JULY_2016)["caseworker"].due_at == at(JULY_2016, 17)


def test_without_delay_is_late_after_24_hours() -> None:
    assert told("missing", "childrens_home", JULY_2016)["ofsted"].due_at == at(JULY_2016 + timedelta(1))


@pytest.mark.parametrize(
    ("knew_on", "due_on"),
    [
        (date(2016, 4, 27), date(2016, 4, 28)),  # Wednesday to Thursday
        (date(2016, 4, 22), date(2016, 4, 25)),  # Friday to Monday
        (date(2016, 4, 23), date(2016, 4, 25)),  # Saturday to Monday
        (date(2016, 4, 29), date(2016, 5, 3)),  # Friday over a bank holiday to Tuesday
        (date(2016, 5, 1), date(2016, 5, 3)),  # Sunday before a bank holiday to Tuesday
        (date(2016, 5, 2), date(2016, 5, 3)),  # the bank holiday itself
    ],
)
def test_one_working_day_leaves_out_weekends_and_bank_holidays(knew_on: date, due_on: date) -> None:
    clock = Clock("lado", "Within one working day", working_days=1)
    assert rules.due_at(clock, at(knew_on), holidays=HOLIDAYS) == at(due_on, 23, 59)


def test_five_working_days_over_a_bank_holiday_are_eight_days() -> None:
    clock = Clock("panel", "Within 5 working days", working_days=5)
    assert rules.due_at(clock, at(date(2016, 4, 29)), holidays=HOLIDAYS) == at(date(2016, 5, 9), 23, 59)


def test_a_day_begins_and_ends_where_the_council_is() -> None:
    late_evening = datetime(2016, 7, 20, 23, 30, tzinfo=PLACE)
    due = rules.due_at(Clock("lado", "", working_days=1), late_evening, holidays=HOLIDAYS)
    assert due == at(date(2016, 7, 21), 23, 59)


@pytest.mark.parametrize(
    ("register", "called", "kind"),
    [
        ("social_care", "Children's Home", "childrens_home"),
        ("social_care", "Children’s home", "childrens_home"),
        ("social_care", "Secure Children's Home", "childrens_home"),
        ("social_care", "Supported accommodation", "supported_accommodation"),
        ("social_care", "", "childrens_home"),
        ("social_care", "Residential Family Centre", "other"),
        ("education", "", "other"),
        ("education", "Other independent special school", "other"),
    ],
)
def test_a_setting_is_known_by_what_ofsted_calls_it(register: str, called: str, kind: str) -> None:
    assert rules.kind_of_setting(register=register, provision_type=called) == kind


def test_the_time_of_day_is_taken_to_the_day_that_is_taken_for_today() -> None:
    real = datetime(2026, 3, 5, 9, 30, tzinfo=PLACE)
    assert moment(on=date(2016, 7, 31), at=real) == datetime(2016, 7, 31, 9, 30, tzinfo=PLACE)


def test_a_moment_of_today_stays_as_it_is() -> None:
    real = datetime(2016, 7, 31, 9, 30, tzinfo=PLACE)
    assert moment(on=date(2016, 7, 31), at=real) is real


@pytest.mark.parametrize(
    "text",
    ["Kit Quill was hurt.", "KIT QUILL was hurt", "Quill’s arm", "A fall. Kit fell.", "It was (Kit)."],
)
def test_a_name_is_found_in_a_text_for_wide_reading(text: str) -> None:
    assert rules.names_in(text, ["Kit Quill"]) == ["Kit Quill"]


@pytest.mark.parametrize("text", ["A child fell.", "The kitchen", "Quillings Lane", "first aid kit"])
def test_a_word_that_is_no_name_is_not_taken_for_one(text: str) -> None:
    assert rules.names_in(text, ["Kit Quill"]) == []


def test_a_refusal_for_a_name_does_not_repeat_it() -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_nameless("Quill fell.", ["Kit Quill"], what="The summary")
    assert "Quill" not in refused.value.reason


def standing(**changed: object) -> Standing:
    given = {
        "type": "missing", "outcome": "", "notifiable_decided": False, "untold": [], "news_untold": [],
        "open_actions": [], "lessons": "Doors are checked at ten.",
    }  # fmt: skip
    return Standing(**{**given, **changed})


def test_an_incident_with_everything_done_can_be_closed() -> None:
    assert rules.in_the_way_of_closing(standing()) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"untold": ["Ofsted"]}, "Ofsted has not been told."),
        ({"news_untold": ["Ofsted"]}, "Ofsted has not been told the later news."),
        ({"type": "death"}, "Nobody has decided whether it must be notified to the national panel."),
        ({"type": "allegation_staff"}, "The outcome of the allegation is not recorded."),
        ({"open_actions": ["Train staff"]}, "The action “Train staff” is not verified."),
        ({"lessons": " "}, "What was learnt is not written down."),
    ],
)
def test_each_thing_in_the_way_of_closing_is_said(changed: dict[str, object], said: str) -> None:
    assert rules.in_the_way_of_closing(standing(**changed)) == [said]


def test_only_an_allegation_has_an_outcome() -> None:
    with pytest.raises(RuleBroken, match="Only an allegation"):
        rules.check_outcome("missing", "substantiated")


def test_nobody_agrees_for_two_sides() -> None:
    with pytest.raises(RuleBroken, match="another side"):
        rules.check_agreement(Agreed(7, None, None), side="area", user_id=7, newest=True)


def test_an_older_version_is_not_agreed_any_more() -> None:
    with pytest.raises(RuleBroken, match="newer version"):
        rules.check_agreement(Agreed(None, None, None), side="area", user_id=7, newest=False)


def test_a_form_is_agreed_when_all_three_sides_have() -> None:
    assert [Agreed(1, 2, None).by_all, Agreed(1, 2, 3).by_all] == [False, True]


def test_a_form_without_a_step_cannot_stand() -> None:
    with pytest.raises(RuleBroken, match="at least one step"):
        notifications.check_steps([], recipients=library().recipients)


def test_a_step_that_tells_nobody_known_is_refused() -> None:
    with pytest.raises(RuleBroken, match="Step 1 tells “mayor”"):
        notifications.check_steps([Step("Ring", "council", "mayor")], recipients=library().recipients)


def written() -> dict:
    return yaml.safe_load(notifications._FILE.read_text(encoding="utf-8"))


def test_a_rule_for_an_unknown_recipient_is_refused_by_its_number() -> None:
    changed = written()
    changed["rules"][1]["recipient"] = "mayor"
    with pytest.raises(RuleBroken, match="Rule 2 has an unknown recipient “mayor”"):
        notifications.read(changed)


def test_two_rules_for_one_recipient_of_one_incident_are_refused() -> None:
    changed = written()
    changed["rules"].append(dict(changed["rules"][0]))
    with pytest.raises(RuleBroken, match="told twice"):
        notifications.read(changed)


def test_a_clock_with_hours_and_working_days_is_refused() -> None:
    changed = written()
    changed["clocks"]["lado"]["hours"] = 3
    with pytest.raises(RuleBroken, match="either hours or working days"):
        notifications.read(changed)


def test_a_moment_before_the_incident_is_refused() -> None:
    with pytest.raises(RuleBroken, match="before it happened"):
        rules.check_times(occurred_at=at(JULY_2016), knew_at=at(JULY_2016, 13), now=at(JULY_2016, 15))


@pytest.mark.parametrize(("state", "code"), [("open", ""), ("closed", "wrong_state"), ("aside", "wrong_state")])
def test_an_incident_that_is_closed_or_set_aside_is_not_worked_on(state: str, code: str) -> None:
    assert code_of(rules.check_live, state) == code


@pytest.mark.parametrize(
    ("because", "is_error", "leading_here", "code"),
    [
        (" ", False, [], "missing_reason"),
        ("Typed twice.", True, ["I-2"], "others_lead_here"),
        ("Typed twice.", True, [], ""),
        ("The same as I-1.", False, ["I-2"], ""),
    ],
)
def test_what_others_lead_to_is_not_set_aside_as_an_error(because, is_error, leading_here, code) -> None:
    given = {"because": because, "is_error": is_error, "leading_here": leading_here}
    assert code_of(rules.check_aside, **given) == code


NOW = at(JULY_2016)


@pytest.mark.parametrize(
    ("happened", "knew", "code"),
    [(0, 0, ""), (-2, -1, ""), (1, 1, "future_date"), (-1, 1, "future_date"), (-1, -2, "days_out_of_order")],
)
def test_an_incident_happens_is_known_and_then_reported(happened: int, knew: int, code: str) -> None:
    given = {"occurred_at": NOW + timedelta(minutes=happened), "knew_at": NOW + timedelta(minutes=knew), "now": NOW}
    assert code_of(rules.check_times, **given) == code


@pytest.mark.parametrize(
    ("kind", "outcome", "code"),
    [
        ("fall", next(iter(rules.OUTCOMES)), "no_allegation"),
        (next(iter(rules.ALLEGATIONS)), "perhaps", "unknown_outcome"),
        *[(next(iter(rules.ALLEGATIONS)), outcome, "") for outcome in rules.OUTCOMES],
    ],
)
def test_an_allegation_has_an_outcome_that_is_known(kind: str, outcome: str, code: str) -> None:
    assert code_of(rules.check_outcome, kind, outcome) == code


@pytest.mark.parametrize(
    ("agreed", "side", "code"),
    [
        (Agreed(None, None, None), "manager", ""),
        (Agreed(1, 2, None), "provider", ""),
        (Agreed(1, None, None), "manager", "agreed_already"),
        (Agreed(None, 9, None), "provider", "two_sides"),
        (Agreed(None, None, 9), "area", "two_sides"),
        (Agreed(None, None, None), "child", "unknown_side"),
    ],
)
def test_each_side_agrees_once_and_for_itself(agreed: Agreed, side: str, code: str) -> None:
    assert code_of(rules.check_agreement, agreed, side=side, user_id=9, newest=True) == code


def test_a_text_that_names_nobody_is_taken() -> None:
    assert code_of(rules.check_nameless, "A child ran away.", ["Ada Ash"], what="The summary") == ""
