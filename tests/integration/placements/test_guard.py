"""The guard inside the database: whatever writes the placement."""

import json
from datetime import date

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from plumbline.ofsted.models import Setting, UnregisteredUse
from plumbline.people import acting
from plumbline.placements import guard
from plumbline.placements.models import Grounds
from tests import databases
from tests.integration.placements.situations import (
    AT,
    LONG_AGO,
    a_child,
    a_setting,
    a_user,
    an_exception,
    an_import,
    evaluated,
    judge,
    place,
)

pytestmark = pytest.mark.django_db

RAW = """insert into placements_placement
    (source, source_id, child_id, setting_id, started_on, began_adverse, urn_wording, placement_type, provider_type,
     caseworker_wording) values ('here', 'RAW', %s, %s, %s, false, '', '', '', '')"""


def refused(write) -> str:
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        write()
    reason = guard.refusal(raised.value)
    assert reason is not None, raised.value
    return reason.reason


def insert_raw(setting: Setting, started_on: date = date(2016, 7, 30)) -> None:
    with connection.cursor() as cursor:
        cursor.execute(RAW, [a_child().pk, setting.pk, started_on])


def test_a_placement_at_a_clear_setting_is_taken():
    assert place(a_setting("clear")).pk


@pytest.mark.parametrize("status", ["adverse", "unregistered", "closed"])
def test_the_orm_is_refused_at_a_setting_that_may_take_nobody(status):
    setting = a_setting(status)

    assert status in refused(lambda: place(setting))


@pytest.mark.login("web")
def test_raw_sql_of_the_pages_login_is_refused():
    setting = a_setting("adverse")

    assert setting.urn in refused(lambda: insert_raw(setting))


def test_raw_sql_of_the_workers_login_is_refused():
    setting = a_setting("adverse")

    assert setting.urn in refused(lambda: insert_raw(setting))


def test_a_start_on_a_day_when_the_setting_was_adverse_is_refused_though_it_is_clear_now():
    setting = a_setting("clear", since=date(2016, 6, 1))
    setting.statuses.filter(to_on=date(2016, 6, 1)).update(status="adverse")

    assert "was adverse on 5 May 2016" in refused(lambda: place(setting, started_on=date(2016, 5, 5)))


def test_a_judgement_that_nobody_evaluated_closes_the_setting():
    setting = a_setting("clear")
    judge(setting, "good", on=date(2016, 7, 1))

    assert "not been evaluated" in refused(lambda: place(setting))


def test_an_evaluated_judgement_opens_it_again():
    setting = a_setting("clear")
    judge(setting, "good", on=date(2016, 7, 1))
    evaluated(setting)

    assert place(setting).pk


def test_a_changed_judgement_closes_the_setting():
    setting = a_setting("clear")
    inspection = judge(setting, "good", on=date(2016, 7, 1))
    evaluated(setting)
    inspection.judgements.update(grade="inadequate")

    assert "not been evaluated" in refused(lambda: place(setting))


def test_a_deleted_judgement_closes_the_setting():
    setting = a_setting("clear")
    inspection = judge(setting, "good", on=date(2016, 7, 1))
    evaluated(setting)
    inspection.judgements.all().delete()

    assert "not been evaluated" in refused(lambda: place(setting))


def test_an_unregistered_use_that_nobody_evaluated_closes_the_setting():
    setting = a_setting("clear")
    UnregisteredUse.objects.create(setting=setting, from_on=LONG_AGO, legal_basis="none", entered_at=AT)

    assert "not been evaluated" in refused(lambda: place(setting))


def test_a_changed_registration_closes_the_setting():
    setting = a_setting("clear")
    Setting.objects.filter(pk=setting.pk).update(registration_status="Suspended")

    assert "not been evaluated" in refused(lambda: place(setting))


def test_moving_a_child_to_an_adverse_setting_is_refused():
    placement = place(a_setting("clear"))
    placement.setting = a_setting("adverse")

    assert "adverse" in refused(placement.save)


def test_a_child_without_a_setting_cannot_be_given_an_adverse_one():
    placement = place(None)
    placement.setting = a_setting("adverse")

    assert "adverse" in refused(placement.save)


def test_a_placement_at_a_setting_that_became_adverse_may_end():
    setting = a_setting("clear")
    placement = place(setting)
    Setting.objects.filter(pk=setting.pk).update(status="adverse")
    placement.ended_on = date(2016, 8, 2)
    placement.save()

    placement.refresh_from_db()

    assert placement.ended_on == date(2016, 8, 2)


def test_a_placement_at_a_setting_that_became_adverse_cannot_be_prolonged():
    setting = a_setting("clear")
    placement = place(setting, ended_on=date(2016, 8, 2))
    Setting.objects.filter(pk=setting.pk).update(status="adverse")
    placement.ended_on = None

    assert "adverse" in refused(placement.save)


def test_an_approved_exception_for_the_child_lets_the_placement_begin_and_says_so():
    setting, child = a_setting("adverse"), a_child()
    exception = an_exception(child, setting)
    placement = place(setting, child)
    placement.refresh_from_db()

    assert (placement.exception_id, placement.began_adverse) == (exception.pk, True)


def test_an_exception_for_another_child_opens_nothing():
    setting = a_setting("adverse")
    an_exception(a_child(), setting)

    assert "adverse" in refused(lambda: place(setting))


@pytest.mark.parametrize("state", ["asked", "refused"])
def test_an_exception_that_is_not_approved_opens_nothing(state):
    setting, child = a_setting("adverse"), a_child()
    an_exception(child, setting, state)

    assert "adverse" in refused(lambda: place(setting, child))


def test_an_exception_that_has_ended_opens_nothing():
    setting, child = a_setting("adverse"), a_child()
    an_exception(child, setting, ends_on=date(2016, 7, 29))

    assert "adverse" in refused(lambda: place(setting, child))


def test_an_emergency_at_night_is_taken_before_it_is_approved():
    setting, child = a_setting("adverse"), a_child()
    an_exception(child, setting, "asked", grounds="emergency_night", from_on=date(2016, 7, 30))

    assert place(setting, child).pk


def test_an_emergency_covers_no_later_start_before_it_is_approved():
    setting, child = a_setting("adverse"), a_child()
    an_exception(child, setting, "asked", grounds="emergency_night", from_on=date(2016, 7, 1))

    assert "adverse" in refused(lambda: place(setting, child))


@pytest.mark.parametrize("grounds", [each for each in Grounds.values if each != "emergency_night"])
def test_no_other_ground_is_taken_before_it_is_approved(grounds):
    setting, child = a_setting("adverse"), a_child()
    an_exception(child, setting, "asked", grounds=grounds, from_on=date(2016, 7, 30))

    assert "adverse" in refused(lambda: place(setting, child))


@pytest.mark.parametrize(
    ("asked_from", "taken"),
    [(date(2016, 7, 28), False), (date(2016, 7, 29), True), (date(2016, 7, 30), True), (date(2016, 7, 31), False)],
)
def test_an_emergency_is_of_its_night_and_the_next_day(asked_from, taken):
    setting, child = a_setting("adverse"), a_child()
    an_exception(child, setting, "asked", grounds="emergency_night", from_on=asked_from)

    if taken:
        assert place(setting, child).pk
    else:
        assert "adverse" in refused(lambda: place(setting, child))


@pytest.mark.parametrize(
    ("from_on", "ends_on", "taken"),
    [
        (date(2016, 7, 31), date(2016, 8, 31), False),
        (date(2016, 7, 30), date(2016, 8, 31), True),
        (date(2016, 7, 1), date(2016, 7, 30), True),
        (date(2016, 7, 1), date(2016, 7, 29), False),
    ],
)
def test_an_approved_exception_opens_on_its_first_day_and_its_last(from_on, ends_on, taken):
    setting, child = a_setting("adverse"), a_child()
    an_exception(child, setting, from_on=from_on, ends_on=ends_on)

    if taken:
        assert place(setting, child).pk
    else:
        assert "adverse" in refused(lambda: place(setting, child))


@pytest.mark.parametrize("days", [1, -1, 0])
def test_a_decided_exception_may_be_shortened_and_never_lengthened(days):
    exception = an_exception(a_child(), a_setting("adverse"))
    exception.ends_on = date.fromordinal(exception.ends_on.toordinal() + days)

    if days > 0:
        with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
            exception.save()
    else:
        exception.save()


@pytest.mark.login("web")
@pytest.mark.parametrize("change", ["setting", "child", "started_on"])
def test_the_pages_login_moves_no_imported_placement_to_where_none_may_begin(change):
    """Who took it in as an import may say what had happened; who changes it since does not."""
    clear, adverse = a_setting("clear"), a_setting("adverse")
    with databases.as_worker():
        placement = place(clear, import_run=an_import())
        began = place(adverse, import_run=an_import())
    if change == "setting":
        placement.setting = adverse
    else:
        placement = began
        setattr(placement, change, a_child() if change == "child" else date(2016, 7, 29))

    assert "adverse" in refused(lambda: placement.save(update_fields=[change]))


def test_an_import_takes_what_had_happened_and_marks_it():
    placement = place(a_setting("adverse"), import_run=an_import())
    placement.refresh_from_db()

    assert placement.began_adverse


def test_what_began_before_the_judgement_is_not_marked():
    placement = place(a_setting("adverse", since=date(2016, 6, 1)), started_on=LONG_AGO, import_run=an_import())
    placement.refresh_from_db()

    assert not placement.began_adverse


def test_the_mark_cannot_be_taken_off():
    placement = place(a_setting("adverse"), import_run=an_import())
    placement.began_adverse = False
    placement.save()
    placement.refresh_from_db()

    assert placement.began_adverse


@pytest.mark.login("web")
def test_the_pages_login_may_not_call_a_placement_imported():
    adverse = a_setting("adverse")
    with databases.as_worker():
        imported = place(a_setting(), import_run=an_import())
    here = place(a_setting())

    with pytest.raises(DatabaseError, match="for its import to say"), transaction.atomic():
        place(adverse, source="social_care")
    for statement in (
        "update placements_placement set source = 'sen' where id = %s",
        "insert into placements_placementorigin (id, import_run_id) values (%s, 1)",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement, [here.pk])
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        imported.origin.delete()


@pytest.mark.parametrize(
    "statement", ["delete from placements_placementexception", "truncate placements_placementexception cascade"]
)
def test_an_exception_is_never_deleted(statement):
    an_exception(a_child(), a_setting("adverse"))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.login("owner")
def test_an_exception_is_not_deleted_by_the_owner_either():
    exception = an_exception(a_child(), a_setting("adverse"))

    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        exception.delete()


def test_a_decided_exception_stays_as_it_was_decided():
    exception = an_exception(a_child(), a_setting("adverse"), "refused")
    exception.state = "approved"

    with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
        exception.save()


@pytest.mark.parametrize(
    "statement",
    [
        "update ofsted_statusperiod set status = 'clear'",
        "insert into ofsted_statusperiod (setting_id, status, from_on, reasons, rule_version)"
        " values (1, 'clear', '2014-01-01', '[]', '')",
        "delete from ofsted_statusperiod",
        "update ofsted_setting set status = 'clear'",
        "update ofsted_setting set evaluated_rev = judgements_rev",
        "update ofsted_setting set judgements_rev = 0",
        "update ofsted_setting set urn = 'SC000000'",
        "delete from placements_placement",
        "update placements_placementexception set state = 'approved'",
        "update placements_placementexception set decided_by_id = asked_by_id",
        "delete from placements_placementexception",
    ],
)
def test_the_pages_write_no_status_no_decision_and_take_no_placement_away(own_database, statement):
    with psycopg.connect(databases.login_url("web", own_database)) as web:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(statement)


def by_hand(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.login("web")
def test_a_setting_that_the_pages_make_by_sql_begins_as_one_of_which_nothing_is_known():
    by_hand(
        """insert into ofsted_setting (register, urn, name, sort_key, provision_type, phase, local_authority, region,
               sector, registration_status, linked_urn, status, status_since, reasons, rule_version, judgements_rev,
               evaluated_rev)
           values ('social_care', 'SC777777', '', '', '', '', '', '', '', '', '', 'clear', '2014-01-01',
               '[{"sentence": "Good"}]', '9', 7, 7)"""
    )

    made = Setting.objects.get(urn="SC777777")
    assert (made.status, made.status_since, made.reasons, made.rule_version) == ("unmatched", None, [], "")


def keep(setting: Setting, *, status: str, since: str) -> None:
    """As the pages keep what the rules say, with days that they chose."""
    removed = list(setting.statuses.values_list("pk", flat=True))
    period = {"id": setting.pk, "from_on": since, "to_on": None, "status": status, "reasons": [], "version": "x"}
    outcome = {"id": setting.pk, "status": status, "since": since, "reasons": []}
    by_hand(
        "select ofsted_keep_evaluation(%s, %s::jsonb, %s::jsonb, 'x')",
        removed,
        json.dumps([period]),
        json.dumps([outcome]),
    )


@pytest.mark.login("web")
def test_the_days_of_a_setting_stay_as_they_are_while_nothing_new_is_known_of_it():
    setting = a_setting("clear", since=date(2016, 6, 1))
    before = list(setting.statuses.values_list("status", "from_on", "to_on"))
    keep(setting, status="watch", since="2014-01-01")

    assert list(setting.statuses.values_list("status", "from_on", "to_on")) == before


@pytest.mark.login("web")
def test_a_setting_is_not_opened_by_the_function_while_nothing_new_is_known_of_it():
    setting = a_setting("adverse")

    assert "would open it" in refused(lambda: keep(setting, status="clear", since="2014-01-01"))


@pytest.mark.login("web")
@pytest.mark.parametrize("grounds", ["court_named", "emergency_night"])
def test_no_exception_is_asked_for_by_sql(grounds):
    officer, child, setting = a_user("placement_officer"), a_child(), a_setting("adverse")

    assert "asked for by the person who is signed in" in refused(
        lambda: by_hand(
            """insert into placements_placementexception (child_id, setting_id, grounds, reason, safeguards,
                   childs_wishes, from_on, ends_on, state, asked_by_id, asked_at, decision_reason)
               values (%s, %s, %s, 'x', 'x', '', '2016-07-30', '2016-08-30', 'asked', %s, now(), '')""",
            child.pk,
            setting.pk,
            grounds,
            officer.pk,
        )
    )


DECIDE = "select placements_decide_exception(%s, true, %s, now(), '', %s)"


@pytest.mark.login("web")
def test_no_exception_is_decided_by_sql_in_the_name_of_another():
    exception, head = an_exception(a_child(), a_setting("adverse"), "asked"), a_user("head_of_service")

    assert "decided by the person who is signed in" in refused(
        lambda: by_hand(DECIDE, exception.pk, head.pk, date(2016, 7, 31))
    )


@pytest.mark.login("web")
def test_who_has_shown_who_they_are_decides_in_no_other_name_and_on_no_other_day():
    exception, head = an_exception(a_child(), a_setting("adverse"), "asked"), a_user("head_of_service")
    acting.act(a_user("social_worker"), on=date(2016, 7, 31))
    by_hand("select people_act(%s, '2016-07-31', 'no proof')", head.pk)
    assert "signed in" in refused(lambda: by_hand(DECIDE, exception.pk, head.pk, date(2016, 7, 31)))
    acting.act(head, on=date(2016, 7, 30))
    assert "signed in" in refused(lambda: by_hand(DECIDE, exception.pk, head.pk, date(2016, 7, 31)))


@pytest.mark.login("web")
def test_the_function_that_decides_checks_that_who_is_signed_in_may():
    exception, officer = an_exception(a_child(), a_setting("adverse"), "asked"), a_user("placement_officer")
    acting.act(officer, on=date(2016, 7, 31))

    assert "Only who holds a role that decides exceptions" in refused(
        lambda: by_hand(DECIDE, exception.pk, officer.pk, date(2016, 7, 31))
    )
