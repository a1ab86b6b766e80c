"""Judgements, notices and unregistered use entered by hand, through their one way in; and the monthly check."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from plumbline.audit.models import Event
from plumbline.flags import operations as flag_operations
from plumbline.flags import queries as flags
from plumbline.flags.models import Message
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.ofsted import queries
from plumbline.ofsted.models import Inspection, Setting
from plumbline.ofsted.operations import by_hand, lists, month
from plumbline.people.act import Act
from plumbline.people.models import BankHoliday
from plumbline.placements import operations
from tests.integration.placements.situations import AT, LONG_AGO, TODAY, a_setting, a_user, an_import, place

pytestmark = [pytest.mark.django_db]

REPORT = "https://reports.ofsted.gov.uk/provider/2/SC000001"


def officer():
    return a_user("contract_officer")


def judged(setting: Setting, *, by=None, **changes):
    given = {
        "kind": "full", "inspected_on": date(2016, 7, 20), "judgements": {"overall": "Inadequate"},
        "report_link": REPORT,
    }  # fmt: skip
    return operations.take_judgements(
        record=by_hand.record_judgement,
        setting_id=setting.pk,
        act=Act(by or officer(), AT, TODAY),
        **{**given, **changes},
    )


def status_of(setting: Setting) -> str:
    return Setting.objects.get(pk=setting.pk).status


def with_a_child() -> Setting:
    setting = a_setting()
    place(setting, source="social_care", import_run=an_import(), started_on=date(2015, 1, 1))
    return setting


def kinds() -> list[str]:
    return [flag["kind"] for flag in flags.flags_json(only_open=True)]


# --- judgements -----------------------------------------------------------------------------------------------------


def test_an_inadequate_judgement_makes_the_setting_adverse_and_flags_the_child():
    setting = with_a_child()
    judged(setting)

    assert (status_of(setting), kinds()) == ("adverse", ["setting_adverse"])


def test_it_returns_the_change_of_status_for_those_who_rate_contracts():
    setting = a_setting()
    change = judged(setting).recorded.status_changes[0]

    assert (change.urn, change.before, change.after, change.since) == (
        setting.urn,
        "clear",
        "adverse",
        date(2016, 7, 20),
    )


def test_a_good_judgement_later_closes_the_flag():
    setting = with_a_child()
    judged(setting)
    judged(setting, inspected_on=date(2016, 7, 30), judgements={"overall": "Good"})

    assert (status_of(setting), kinds()) == ("clear", [])


def test_a_monitoring_visit_never_clears_an_inadequate_judgement():
    setting = with_a_child()
    judged(setting)
    judged(
        setting,
        kind="monitoring",
        inspected_on=date(2016, 7, 30),
        judgements={"monitoring_outcome": "Met all standards that were checked"},
    )

    assert status_of(setting) == "adverse"


def test_a_judgement_counts_from_its_publication():
    setting = a_setting()
    change = judged(setting, published_on=date(2016, 7, 28)).recorded.status_changes[0]

    assert change.since == date(2016, 7, 28)


def test_the_inspectorate_and_who_entered_it_are_kept():
    setting, by = a_setting(), officer()
    judged(setting, by=by, inspectorate="ISI")
    inspection = Inspection.objects.get(setting=setting)

    assert (inspection.inspectorate, inspection.source, inspection.entered_by) == ("ISI", "hand", by)


def test_the_same_inspection_again_corrects_it():
    setting = a_setting()
    judged(setting)
    judged(setting, judgements={"overall": "Requires improvement"})

    assert (status_of(setting), Inspection.objects.filter(setting=setting).count()) == ("watch", 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"judgements": {"overall": "Splendid"}}, "unknown_code"),
        ({"judgements": {"colour": "Good"}}, "unknown_code"),
        ({"judgements": {}}, "missing_judgement"),
        ({"kind": "party"}, "unknown_code"),
        ({"inspected_on": TODAY + timedelta(1)}, "future_date"),
        ({"published_on": date(2016, 7, 1)}, "end_before_start"),
        ({"report_link": ""}, "no_evidence"),
    ],
)
def test_what_cannot_be_is_refused(changes, code):
    with pytest.raises(RuleBroken) as refused:
        judged(a_setting(), **changes)

    assert refused.value.code == code


def test_only_who_checks_settings_enters_judgements():
    with pytest.raises(NotAllowed):
        judged(a_setting(), by=a_user("social_worker"))


def test_it_leaves_its_event():
    setting = a_setting()
    judged(setting)

    assert Event.objects.filter(kind="ofsted.judgement.recorded", subject_id=str(setting.pk)).count() == 1


def test_leaders_inadequate_alone_is_watch_with_a_flag_of_its_own():
    setting = with_a_child()
    judged(setting, judgements={"overall": "Requires improvement", "leaders": "Inadequate"})

    assert (status_of(setting), kinds()) == ("watch", ["setting_watch"])


@pytest.mark.login("web")
def test_the_pages_login_can_do_all_of_it():
    setting = a_setting()
    judged(setting)

    assert status_of(setting) == "adverse"


# --- what a list says otherwise ---------------------------------------------------------------------------------------


def a_list_of(urn: str, said: str) -> SimpleNamespace:
    """As a list of one inspection of one setting is read."""
    grade = SimpleNamespace(wording=said.capitalize(), grade=said)
    told = SimpleNamespace(
        kind="full",
        framework="",
        event_number="1",
        event_wording="",
        inspected_on=date(2016, 7, 20),
        published_on=None,
        predecessor_urn="",
        judgements={"overall": grade},
    )
    row = SimpleNamespace(line=2, urn=urn, attributes={}, inspections=[told], facts={})
    return SimpleNamespace(
        layout="test",
        family="social_care",
        register="social_care",
        whole=False,
        as_at=TODAY,
        content=said,
        proves=False,
        rows=[row],
        read=1,
        regions=(),
    )


def listed(setting: Setting, said: str):
    return lists.record_list(read=a_list_of(setting.urn, said), import_run=an_import(), act=Act(None, AT, TODAY))


def test_a_list_that_says_otherwise_counts_and_it_is_said_who_had_entered_what():
    setting, analyst = with_a_child(), a_user("performance_analyst")
    judged(setting, by=analyst, judgements={"overall": "Good"})
    taken = listed(setting, "inadequate")

    assert status_of(setting) == "adverse"
    sentence = taken.overruled[0].sentence
    assert sentence.startswith(f"Setting {setting.urn}, inspected on 20 July 2016: “")
    assert sentence.endswith("” was entered by hand as Good, and the list says Inadequate. The list counts.")
    assert Event.objects.get(kind="ofsted.judgement.overruled").data["entered_by"] == analyst.pk
    assert [each.because for each in queries.overruled_of(setting)] == [sentence]


def test_an_older_list_clears_nothing_that_was_entered_by_hand_after_it():
    setting = with_a_child()
    judged(setting, judgements={"overall": "Inadequate"})
    older = a_list_of(setting.urn, "good")
    older.as_at = TODAY - timedelta(1)
    taken = lists.record_list(read=older, import_run=an_import(), act=Act(None, AT, TODAY))

    assert (status_of(setting), taken.overruled) == ("adverse", ())
    assert taken.withstood[0].withstood.endswith("What was entered is newer than the list, and counts.")


def test_whoever_entered_it_is_written_to_once():
    setting, analyst = a_setting(), a_user("performance_analyst")
    judged(setting, by=analyst, judgements={"overall": "Good"})
    listed(setting, "inadequate")
    for _ in range(2):
        flag_operations.tell_of_events(act=Act(None, AT, TODAY))

    assert "entered by hand as Good, and the list says Inadequate" in Message.objects.get(to_user=analyst).body


@pytest.mark.parametrize("said", ["good", "not_judged"])
def test_a_list_that_says_the_same_or_nothing_leaves_what_was_entered(said):
    setting = a_setting()
    judged(setting, judgements={"overall": "Good"})

    assert listed(setting, said).overruled == ()
    assert Inspection.objects.get(setting=setting).judgements.get().ofsted_list is None


def test_a_list_that_corrects_a_list_overrules_nobody():
    setting = a_setting()
    listed(setting, "good")

    assert listed(setting, "inadequate").overruled == ()


# --- notices and unregistered use -------------------------------------------------------------------------------------


def notice(setting: Setting, kind: str, from_on: date, to_on: date | None = None, on: date = TODAY):
    return operations.take_judgements(
        record=by_hand.record_notice,
        setting_id=setting.pk,
        kind=kind,
        from_on=from_on,
        to_on=to_on,
        act=Act(officer(), AT, on),
    )


def test_a_restriction_makes_a_setting_adverse_whatever_it_was_judged():
    setting = with_a_child()
    notice(setting, "restriction", date(2016, 7, 25))

    assert (status_of(setting), kinds()) == ("adverse", ["setting_adverse"])


def test_a_notice_that_has_run_out_is_over_with_the_turn_of_the_day():
    setting = with_a_child()
    judged(setting, judgements={"overall": "Good"})
    notice(setting, "restriction", date(2016, 7, 25), date(2016, 8, 10))
    operations.turn_of_the_day(act=Act(None, AT, date(2016, 8, 11)))

    assert (status_of(setting), kinds()) == ("clear", [])


def test_ending_a_notice_ends_what_it_did():
    setting = with_a_child()
    judged(setting, judgements={"overall": "Good"})
    made = notice(setting, "restriction", date(2016, 7, 25)).recorded.made
    operations.take_judgements(
        record=by_hand.end_notice, notice_id=made.pk, to_on=date(2016, 7, 30), act=Act(officer(), AT, TODAY)
    )

    assert status_of(setting) == "clear"


def test_an_unregistered_setting_is_graver_than_adverse():
    setting = with_a_child()
    judged(setting)
    operations.take_judgements(
        record=by_hand.record_unregistered_use,
        setting_id=setting.pk,
        from_on=LONG_AGO,
        legal_basis="Court order",
        act=Act(officer(), AT, TODAY),
    )

    assert (status_of(setting), kinds()) == ("unregistered", ["setting_unregistered"])


def test_what_was_missing_of_an_unregistered_use_is_added_to_it():
    setting = a_setting()
    for more in ({}, {"ofsted_told_on": date(2016, 7, 30)}):
        operations.take_judgements(
            record=by_hand.record_unregistered_use,
            setting_id=setting.pk,
            from_on=LONG_AGO,
            legal_basis="Court order",
            act=Act(officer(), AT, TODAY),
            **more,
        )

    assert [use.ofsted_told_on for use in setting.unregistered_uses.all()] == [date(2016, 7, 30)]


def test_the_end_of_an_unregistered_use_ends_its_flag():
    setting = with_a_child()
    use = operations.take_judgements(
        record=by_hand.record_unregistered_use,
        setting_id=setting.pk,
        from_on=LONG_AGO,
        legal_basis="Court order",
        act=Act(officer(), AT, TODAY),
    ).recorded.made
    operations.take_judgements(
        record=by_hand.end_unregistered_use, use_id=use.pk, to_on=date(2016, 7, 30), act=Act(officer(), AT, TODAY)
    )

    assert "setting_unregistered" not in kinds()


# --- the monthly check ------------------------------------------------------------------------------------------------


def opened(on: date = date(2016, 8, 1)):
    return operations.open_month(act=Act(None, AT, on))


def item_of(setting: Setting):
    return opened().items.get(setting=setting)


def looked_up(setting: Setting, **changes):
    given = {"report_link": REPORT}
    return operations.take_judgements(
        record=month.check_unchanged,
        item_id=item_of(setting).pk,
        act=Act(officer(), AT, date(2016, 8, 2)),
        **{**given, **changes},
    )


def test_the_worklist_has_each_setting_with_children_once():
    setting = with_a_child()
    place(setting, source="social_care", import_run=an_import(), started_on=date(2015, 1, 1))
    a_setting()

    assert [item.setting_id for item in opened().items.all()] == [setting.pk]


def test_it_is_due_on_the_fifth_working_day():
    BankHoliday.objects.get_or_create(day=date(2016, 8, 3), defaults={"name": "A day off"})

    assert opened().due_on == date(2016, 8, 8)


def test_opening_it_again_adds_the_settings_that_came_since():
    opened()
    setting = with_a_child()

    assert [item.setting_id for item in opened().items.all()] == [setting.pk]


def test_unchanged_is_recorded_and_the_setting_is_checked():
    setting = with_a_child()
    looked_up(setting)
    setting.refresh_from_db()

    assert (item_of(setting).outcome, setting.last_checked_on) == ("unchanged", date(2016, 8, 2))


def test_looking_a_setting_up_closes_the_flag_of_its_late_check():
    setting = with_a_child()
    Setting.objects.filter(pk=setting.pk).update(last_checked_on=date(2016, 6, 1))
    operations.raise_flags(act=Act(None, AT, date(2016, 8, 1)))
    before = kinds()
    looked_up(setting)

    assert (before, kinds()) == (["check_late"], [])


def test_unchanged_needs_the_page_that_was_looked_at():
    setting = with_a_child()

    with pytest.raises(RuleBroken, match="report page"):
        looked_up(setting, report_link=" ")


def test_changed_records_the_judgement_and_flags_the_child():
    setting = with_a_child()
    operations.take_judgements(
        record=month.check_changed,
        item_id=item_of(setting).pk,
        kind="full",
        inspected_on=date(2016, 7, 20),
        judgements={"overall": "Inadequate"},
        report_link=REPORT,
        act=Act(officer(), AT, date(2016, 8, 2)),
    )

    assert (item_of(setting).outcome, kinds()) == ("changed", ["setting_adverse"])


def test_a_month_is_not_complete_before_every_setting_was_looked_up():
    with_a_child()

    with pytest.raises(RuleBroken, match="1 settings have not been looked up"):
        operations.complete_month(check_id=opened().pk, lists_note="None came out.", act=Act(officer(), AT, TODAY))


def test_a_month_without_a_list_needs_a_word_about_it():
    with pytest.raises(RuleBroken, match="No list was read"):
        operations.complete_month(check_id=opened().pk, act=Act(officer(), AT, TODAY))


def test_a_month_is_late_after_its_fifth_working_day():
    check = opened()
    operations.raise_flags(act=Act(None, AT, check.due_on))
    in_time = kinds()
    operations.raise_flags(act=Act(None, AT, check.due_on + timedelta(1)))

    assert (in_time, kinds()) == ([], ["monthly_check_late"])


def test_completing_a_late_month_closes_its_flag():
    check = opened()
    late = check.due_on + timedelta(1)
    operations.raise_flags(act=Act(None, AT, late))
    operations.complete_month(check_id=check.pk, lists_note="None came out.", act=Act(officer(), AT, late))

    assert kinds() == []


# --- kinds of inspection are dated ----------------------------------------------------------------------------------


def test_a_full_inspection_that_can_no_longer_be_clears_no_school():
    school = by_hand.record_setting(
        register="education", urn="990001", name="Ash School", act=Act(officer(), **NOW_2026)
    )
    card = {"safeguarding_standards": "Not met", "rc_inclusion": "Expected standard"}
    enter(school, kind="report_card", inspected_on=date(2026, 1, 20), judgements=card)

    with pytest.raises(RuleBroken) as refused:
        enter(school, kind="full", inspected_on=date(2026, 5, 5), judgements={"overall_effectiveness": "Good"})
    assert refused.value.code == "kind_of_another_time"
    enter(school, kind="report_card", inspected_on=date(2026, 6, 5), judgements={"rc_inclusion": "Expected standard"})
    assert Setting.objects.get(pk=school.pk).status == "adverse"
    enter(school, kind="regraded", inspected_on=date(2026, 7, 5), judgements={"safeguarding_standards": "Met"})
    assert Setting.objects.get(pk=school.pk).status == "clear"


NOW_2026 = {"at": AT, "on": date(2026, 11, 30)}


def enter(setting: Setting, **judged):
    return operations.take_judgements(
        record=by_hand.record_judgement,
        setting_id=setting.pk,
        report_link=REPORT,
        act=Act(officer(), **NOW_2026),
        **judged,
    )
