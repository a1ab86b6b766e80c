"""What is flagged about placements, for whom, and when it closes."""

from datetime import date, timedelta

import pytest

from plumbline.flags import queries
from plumbline.flags.models import Flag, FlagFor, Message
from plumbline.intake.models import Extract
from plumbline.ofsted.models import Setting
from plumbline.people.act import Act
from plumbline.people.models import Professional
from plumbline.placements import operations
from plumbline.socialcare.models import Involvement
from tests.integration.placements.situations import (
    AT,
    LONG_AGO,
    TODAY,
    a_child,
    a_setting,
    a_user,
    an_import,
    place,
)

pytestmark = pytest.mark.django_db


def raise_flags(on: date = TODAY):
    return operations.raise_flags(act=Act(None, AT, on))


def flags(kind: str = "") -> list[dict]:
    return queries.flags_json(only_open=True, kind=kind)


def kinds() -> list[str]:
    return [flag["kind"] for flag in flags()]


def imported(setting, child=None, **changes):
    given = {"source": "social_care", "import_run": an_import(), "started_on": date(2015, 1, 1)}
    return place(setting, child, **{**given, **changes})


def allocated(child, worker: str, *, from_on=LONG_AGO, to_on=None, team="West") -> Professional:
    professional, _ = Professional.objects.get_or_create(
        source_id=worker, defaults={"name": worker, "sort_key": worker}
    )
    Involvement.objects.create(
        source_id=f"IV-{child.pk}-{worker}",
        child=child,
        professional=professional,
        professional_wording=worker,
        role="Allocated Case Worker",
        team=team,
        from_on=from_on,
        to_on=to_on,
    )
    return professional


def became_adverse(setting: Setting, since: date = date(2016, 3, 1)) -> Setting:
    Setting.objects.filter(pk=setting.pk).update(status="adverse", status_since=since)
    setting.statuses.update(to_on=since)
    setting.statuses.create(status="adverse", from_on=since, rule_version="test", reasons=[])
    return setting


def test_a_child_at_a_clear_setting_needs_no_flag():
    imported(a_setting())
    raise_flags()

    assert kinds() == []


def test_a_setting_that_became_adverse_is_told_to_worker_manager_reviewing_officer_and_management():
    child = a_child()
    allocated(child, "SW007")
    imported(became_adverse(a_setting()), child)
    raise_flags()

    assert [(f["kind"], f["for"]) for f in flags()] == [
        ("setting_adverse", ["SW007", "role:team_manager", "role:reviewing_officer", "role:management_team"])
    ]


def test_a_child_placed_for_special_needs_has_its_caseworker_and_no_reviewing_officer():
    caseworker = Professional.objects.create(source_id="SC01", name="Iris", sort_key="iris")
    imported(became_adverse(a_setting()), source="sen", caseworker=caseworker)
    raise_flags()

    assert flags()[0]["for"] == ["SC01", "role:team_manager", "role:management_team"]


def test_begun_on_the_day_of_the_judgement_is_begun_at_an_adverse_setting():
    imported(became_adverse(a_setting(), date(2016, 3, 1)), started_on=date(2016, 3, 1))
    raise_flags()

    assert kinds() == ["placed_at_adverse"]


def test_begun_the_day_before_the_judgement_is_not():
    imported(became_adverse(a_setting(), date(2016, 3, 1)), started_on=date(2016, 2, 29))
    raise_flags()

    assert kinds() == ["setting_adverse"]


def test_an_unregistered_setting_has_a_flag_of_its_own():
    imported(a_setting("unregistered"))
    raise_flags()

    assert kinds() == ["setting_unregistered"]


def test_leaders_inadequate_alone_is_a_watch_flag():
    setting = a_setting("watch")
    reason = {"code": "leaders_inadequate", "sentence": "Leaders inadequate.", "since": "2016-01-01"}
    Setting.objects.filter(pk=setting.pk).update(reasons=[reason])
    imported(setting)
    raise_flags()

    assert kinds() == ["setting_watch"]


def test_another_watch_has_no_flag():
    imported(a_setting("watch"))
    raise_flags()

    assert kinds() == []


def test_a_setting_on_no_list_is_a_flag():
    imported(Setting.objects.create(register="social_care", urn="SC999999"))
    raise_flags()

    assert [(f["kind"], f["subject"]["setting_urn"]) for f in flags()] == [("setting_unmatched", "SC999999")]


def test_a_placement_with_no_usable_urn_is_a_flag():
    imported(None, urn_wording="XXXXXXX")
    raise_flags()

    assert [(f["kind"], f["subject"]["setting_urn"]) for f in flags()] == [("setting_unmatched", "XXXXXXX")]


def test_a_setting_gone_from_the_list_is_a_flag():
    setting = a_setting()
    Setting.objects.filter(pk=setting.pk).update(gone_since=date(2016, 3, 31))
    imported(setting)
    raise_flags()

    assert kinds() == ["setting_gone"]


def test_settings_not_checked_for_more_than_31_days_have_one_flag_each_however_many_children():
    setting = a_setting()
    Setting.objects.filter(pk=setting.pk).update(last_checked_on=TODAY - timedelta(32))
    imported(setting)
    imported(setting)
    raise_flags()

    assert [(f["kind"], f["subject"]["type"], f["subject"]["id"]) for f in flags()] == [
        ("check_late", "setting", setting.pk)
    ]


def test_a_check_31_days_ago_is_not_late():
    setting = a_setting()
    Setting.objects.filter(pk=setting.pk).update(last_checked_on=TODAY - timedelta(31))
    imported(setting)
    raise_flags()

    assert kinds() == []


def test_a_placement_that_ended_is_not_concerned():
    imported(became_adverse(a_setting()), ended_on=TODAY)
    raise_flags()

    assert kinds() == []


def test_an_imported_placement_is_judged_at_the_horizon_of_its_extract():
    run = an_import()
    Extract.objects.create(source="ssd_cla_placement", extracted_on=date(2016, 6, 30), import_run=run)
    imported(became_adverse(a_setting()), import_run=run, ended_on=date(2016, 7, 15))
    raise_flags()

    assert kinds() == ["setting_adverse"]


def test_raising_again_raises_nothing_and_writes_nothing():
    imported(became_adverse(a_setting()))
    raise_flags()

    assert not raise_flags()


def test_a_re_graded_setting_closes_its_flags_and_says_so():
    setting = became_adverse(a_setting())
    imported(setting)
    raise_flags()
    Setting.objects.filter(pk=setting.pk).update(status="clear", status_since=date(2016, 7, 30))
    raise_flags()

    assert Flag.objects.get().closed_because == "The setting is clear now, since 30 July 2016."


def test_a_placement_that_ends_closes_its_flag_and_says_so():
    placement = imported(became_adverse(a_setting()))
    raise_flags()
    placement.ended_on = date(2016, 7, 30)
    placement.save()
    raise_flags()

    assert Flag.objects.get().closed_because == "The placement ended on 30 July 2016."


def test_a_setting_adverse_again_is_a_new_flag():
    setting = became_adverse(a_setting())
    imported(setting)
    raise_flags()
    Setting.objects.filter(pk=setting.pk).update(status="clear")
    raise_flags()
    Setting.objects.filter(pk=setting.pk).update(status="adverse")
    raise_flags()

    assert sorted(Flag.objects.values_list("state", flat=True)) == ["closed", "open"]


def test_a_changed_worker_gets_the_open_flag():
    child = a_child()
    allocated(child, "SW001", to_on=date(2016, 7, 1))
    imported(became_adverse(a_setting()), child)
    raise_flags(date(2016, 6, 30))
    allocated(child, "SW002", from_on=date(2016, 7, 1))
    raise_flags()

    assert [f["for"][-1] for f in flags()] == ["SW002"]


def test_a_changed_worker_is_written_to():
    child = a_child()
    allocated(child, "SW001", to_on=date(2016, 7, 1))
    imported(became_adverse(a_setting()), child)
    raise_flags(date(2016, 6, 30))
    second = a_user("social_worker", professional=allocated(child, "SW002", from_on=date(2016, 7, 1)))
    raise_flags()

    assert list(Message.objects.values_list("to_user", flat=True)) == [second.pk]


def test_the_worker_before_keeps_having_had_the_flag():
    child = a_child()
    allocated(child, "SW001", to_on=date(2016, 7, 1))
    imported(became_adverse(a_setting()), child)
    raise_flags(date(2016, 6, 30))
    raise_flags()

    assert FlagFor.objects.get(recipient="SW001").to_at is not None


def test_no_message_names_the_child():
    child = a_child()
    a_user("social_worker", professional=allocated(child, "SW001"))
    imported(became_adverse(a_setting()), child)
    raise_flags()
    message = Message.objects.get()

    assert "Quill" not in message.subject + message.body
    assert f"flag {Flag.objects.get().pk}" in message.body


def test_only_the_manager_of_the_workers_team_is_written_to():
    child = a_child()
    allocated(child, "SW001", team="West")
    west, _ = a_user("team_manager", team="West"), a_user("team_manager", team="North")
    imported(became_adverse(a_setting()), child)
    raise_flags()

    assert list(Message.objects.values_list("to_user", flat=True)) == [west.pk]


def test_the_clock_of_steps_runs_in_working_days_from_the_day_we_learnt():
    imported(became_adverse(a_setting()))
    raise_flags(date(2016, 7, 29))

    assert [(s.code, s.due_on) for s in Flag.objects.get().steps.order_by("due_on")] == [
        ("contact_provider", date(2016, 8, 2)),
        ("child_seen", date(2016, 8, 5)),
        ("decide", date(2016, 8, 12)),
        ("review", date(2016, 9, 8)),  # 29 August was a bank holiday
    ]


def test_an_older_judgement_that_arrives_later_marks_what_began_after_it():
    setting = a_setting()
    placement = imported(setting)
    setting.statuses.update(status="adverse", from_on=date(2014, 6, 1))
    raise_flags()
    placement.refresh_from_db()

    assert placement.began_adverse
