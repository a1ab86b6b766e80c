"""Placements begun and ended, exceptions, and the answer to "may I place here, now?"."""

from datetime import date, timedelta

import pytest
from django.db import connection

from plumbline.audit.models import Event
from plumbline.flags import queries as flag_queries
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.ofsted.models import Owner, Setting, UnregisteredUse
from plumbline.people.act import Act
from plumbline.people.models import Child, Tie
from plumbline.placements import operations, queries
from plumbline.placements.models import Placement
from tests.factories.people import hold_role
from tests.integration.placements.situations import (
    AT,
    LONG_AGO,
    TODAY,
    a_child,
    a_setting,
    a_user,
    an_exception,
    judge,
)

pytestmark = [pytest.mark.django_db, pytest.mark.login("web")]


def a_placed_child() -> Child:
    """Placement officers reach the children who are or were placed."""
    child = a_child()
    place_by_hand(child, a_setting(), started_on=LONG_AGO, ended_on=date(2015, 1, 1))
    return child


def place_by_hand(child: Child, setting: Setting, **days) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into placements_placement (source, source_id, child_id, setting_id, started_on, ended_on,
                   began_adverse, urn_wording, placement_type, provider_type, caseworker_wording)
               values ('here', 'B' || %s, %s, %s, %s, %s, false, '', '', '', '')""",
            [child.pk, child.pk, setting.pk, days.get("started_on", TODAY), days.get("ended_on")],
        )


def begin(child: Child, setting: Setting, by=None, **changes) -> Placement:
    return operations.begin_placement(
        child_id=child.pk,
        setting_id=setting.pk,
        act=Act(by or a_user("placement_officer"), AT, TODAY),
        **{"started_on": TODAY, **changes},
    )


def ask(child: Child, setting: Setting, by=None, **changes):
    given = {
        "grounds": "court_named", "reason": "The court named it.", "safeguards": "Visited each week.",
        "from_on": TODAY, "ends_on": TODAY + timedelta(60),
    }  # fmt: skip
    return operations.ask_exception(
        child_id=child.pk,
        setting_id=setting.pk,
        act=Act(by or a_user("placement_officer"), AT, TODAY),
        **{**given, **changes},
    )


def decide(exception, approve=True, reason="", by=None):
    return operations.decide_exception(
        exception_id=exception.pk, approve=approve, reason=reason, act=Act(by or a_user("head_of_service"), AT, TODAY)
    )


def enquire(setting: Setting | None, asked: str = "it"):
    return operations.may_i_place(
        asked=asked, setting_id=setting and setting.pk, act=Act(a_user("placement_officer"), AT, TODAY)
    )


# --- beginning ------------------------------------------------------------------------------------------------------


def test_a_placement_at_a_clear_setting_begins():
    child = a_placed_child()
    begin(child, a_setting())

    assert Placement.objects.filter(child=child, started_on=TODAY).exists()


def test_it_leaves_its_event():
    child = a_placed_child()
    begin(child, a_setting())

    assert Event.objects.filter(kind="placements.placement.begun", child_id=child.pk).count() == 1


@pytest.mark.parametrize("status", ["adverse", "unregistered", "closed"])
def test_at_a_setting_that_may_take_nobody_it_is_refused_in_words(status):
    with pytest.raises(RuleBroken, match=f"is {status}") as refused:
        begin(a_placed_child(), a_setting(status))

    assert refused.value.code == "setting_adverse"


def test_with_an_approved_exception_for_the_child_it_begins_and_is_flagged():
    child, setting = a_placed_child(), a_setting("adverse")
    decide(ask(child, setting))
    placement = begin(child, setting)

    assert (placement.began_adverse, placement.exception is not None) == (True, True)
    assert [flag["kind"] for flag in flag_queries.flags_json(only_open=True)] == ["placed_at_adverse"]


def test_only_who_may_record_placements_does():
    with pytest.raises(NotAllowed):
        begin(a_placed_child(), a_setting(), by=a_user("social_worker"))


def test_a_child_out_of_reach_does_not_exist():
    child = a_child()

    with pytest.raises(NotAllowed, match="no child"):
        begin(child, a_setting())


def test_an_end_before_the_start_is_refused():
    with pytest.raises(RuleBroken, match="before it starts"):
        begin(a_placed_child(), a_setting(), ended_on=TODAY - timedelta(1))


def test_a_placement_ends():
    placement = begin(a_placed_child(), a_setting(), started_on=date(2016, 7, 1))
    operations.end_placement(placement_id=placement.pk, ended_on=TODAY, act=Act(a_user("placement_officer"), AT, TODAY))
    placement.refresh_from_db()

    assert placement.ended_on == TODAY


def test_a_placement_does_not_end_in_the_future():
    placement = begin(a_placed_child(), a_setting(), started_on=date(2016, 7, 1))

    with pytest.raises(RuleBroken, match="future"):
        operations.end_placement(
            placement_id=placement.pk, ended_on=TODAY + timedelta(1), act=Act(a_user("placement_officer"), AT, TODAY)
        )


# --- exceptions -----------------------------------------------------------------------------------------------------


def test_an_exception_needs_reasons():
    with pytest.raises(RuleBroken, match="keep the child safe"):
        ask(a_placed_child(), a_setting("adverse"), safeguards=" ")


def test_no_exception_is_asked_for_where_none_is_needed():
    with pytest.raises(RuleBroken, match="No exception is needed"):
        ask(a_placed_child(), a_setting("watch"))


def test_nobody_decides_their_own_request():
    both = a_user("placement_officer")
    hold_role(both, "head_of_service")
    exception = ask(a_placed_child(), a_setting("adverse"), by=both)

    with pytest.raises(RuleBroken, match="The person who asks"):
        decide(exception, by=both)


def test_only_the_head_of_service_decides():
    exception = ask(a_placed_child(), a_setting("adverse"))

    with pytest.raises(NotAllowed):
        decide(exception, by=a_user("team_manager"))


def test_what_is_decided_is_decided():
    exception = decide(ask(a_placed_child(), a_setting("adverse")))

    with pytest.raises(RuleBroken, match="Cannot move"):
        decide(exception, approve=False, reason="Changed my mind")


def test_a_refusal_says_why():
    exception = ask(a_placed_child(), a_setting("adverse"))

    with pytest.raises(RuleBroken, match="Say why"):
        decide(exception, approve=False)


def test_an_emergency_placement_begins_at_once_and_tells_the_head_of_service():
    child, setting = a_placed_child(), a_setting("adverse")
    ask(child, setting, grounds="emergency_night", ends_on=TODAY + timedelta(3))
    begin(child, setting)
    found = {flag["kind"]: flag["for"] for flag in flag_queries.flags_json(only_open=True)}

    assert found["exception_undecided"] == ["role:head_of_service"]


def test_a_decided_emergency_waits_for_nobody_any_more():
    child, setting = a_placed_child(), a_setting("adverse")
    exception = ask(child, setting, grounds="emergency_night", ends_on=TODAY + timedelta(3))
    begin(child, setting)
    decide(exception)

    assert "exception_undecided" not in {flag["kind"] for flag in flag_queries.flags_json(only_open=True)}


# --- may I place here, now? -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "verdict", "may"),
    [
        ("clear", "yes", True), ("watch", "conditions", True), ("not_judged", "conditions", True),
        ("adverse", "no", False), ("closed", "no", False), ("unregistered", "no", False), ("unmatched", "no", False),
    ],
)  # fmt: skip
def test_the_answer_follows_the_status(status, verdict, may):
    enquiry = enquire(a_setting(status))

    assert (enquiry.answer["verdict"], enquiry.may) == (verdict, may)


def test_an_unknown_setting_is_never_taken_as_safe():
    enquiry = enquire(None, "Rose Cottage")

    assert (enquiry.may, "Rose Cottage" in enquiry.answer["why"][0]) == (False, True)


def test_a_judgement_nobody_evaluated_answers_no():
    setting = a_setting()
    judge(setting, "good", on=date(2016, 7, 1))

    assert not enquire(setting).may


def test_a_setting_not_checked_for_a_month_answers_with_conditions():
    setting = a_setting()
    Setting.objects.filter(pk=setting.pk).update(last_checked_on=TODAY - timedelta(40))

    assert enquire(setting).answer["verdict"] == "conditions"


def test_the_owners_other_settings_that_are_not_clear_are_in_the_answer_the_gravest_first():
    owner = Owner.objects.create(name="Homes Ltd", sort_key="homes ltd")
    others = [a_setting(status) for status in ("watch", "unregistered", "closed", "adverse", "not_judged", "clear")]
    setting = a_setting("adverse")
    Setting.objects.filter(pk__in=[each.pk for each in (setting, *others)]).update(owner=owner)
    # Of another owner, and of none that is known.
    Setting.objects.filter(pk=a_setting("adverse").pk).update(
        owner=Owner.objects.create(name="Alder Ltd", sort_key="alder ltd")
    )
    a_setting("adverse")

    setting.refresh_from_db()
    said = [each["status"] for each in enquire(setting).answer["others"]]
    assert said == ["unregistered", "adverse", "closed", "not_judged", "watch"]


def test_a_setting_of_no_known_owner_has_no_others():
    a_setting("adverse")

    assert enquire(a_setting()).answer["others"] == []


def test_the_exceptions_that_are_live_on_the_day_are_counted_in_the_answer():
    setting = a_setting("adverse")
    for from_on, ends_on in ((-9, -1), (-9, 0), (0, 9), (1, 9)):
        an_exception(a_child(), setting, from_on=TODAY + timedelta(from_on), ends_on=TODAY + timedelta(ends_on))
    an_exception(a_child(), a_setting("adverse"))
    an_exception(a_child(), setting, "asked")

    assert enquire(setting).answer["exceptions"] == 2


def test_every_answer_has_a_number_of_its_own():
    setting = a_setting()

    assert enquire(setting).number != enquire(setting).number


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.login("worker")
def test_who_was_placed_where_on_a_day_with_the_judgement_then():
    setting = a_setting("adverse", since=date(2016, 6, 1))
    place_by_hand(a_child(), a_setting())
    child = a_child()
    placed_before = Setting.objects.filter(pk=setting.pk)
    placed_before.update(status="clear")
    place_by_hand(child, setting, started_on=LONG_AGO)
    placed_before.update(status="adverse")
    head = a_user("head_of_service")

    assert [
        (row.child_id, row.status_then)
        for day in (date(2016, 5, 31), date(2016, 6, 1))
        for row in queries.placements_on(queries.placements_listed(head, on=TODAY), day)
    ] == [(child.pk, "clear"), (child.pk, "adverse")]


def test_a_worker_sees_the_placements_of_their_own_children_only():
    mine, other, worker = a_placed_child(), a_placed_child(), a_user("social_worker")
    Tie.objects.create(user=worker, subject_type="child", subject_id=mine.pk, why="worker", from_on=LONG_AGO)

    assert other.pk != mine.pk
    assert {p.child_id for p in queries.placements_visible_to(worker, on=TODAY)} == {mine.pk}


@pytest.mark.parametrize("role", ["elected_member", "management_team", "contract_officer", "administrator"])
def test_who_reaches_no_child_sees_no_placement(role):
    a_placed_child()

    assert not queries.placements_visible_to(a_user(role), on=TODAY).exists()


def test_who_may_not_see_settings_finds_none_by_name_or_number():
    setting = a_setting()

    assert queries.settings_matching(a_user("elected_member"), words=setting.urn, on=TODAY) == []


def test_unregistered_settings_are_counted_with_their_children():
    setting = a_setting()
    place_by_hand(a_child(), setting)
    UnregisteredUse.objects.create(setting=setting, from_on=LONG_AGO, legal_basis="Court order", entered_at=AT)

    assert [row.children for row in queries.unregistered(a_user("director"), on=TODAY)] == [1]


@pytest.mark.login("worker")
def test_an_exception_that_is_used_stands_on_the_placement():
    setting, child = a_setting("adverse"), a_placed_child()
    exception = an_exception(child, setting)

    assert begin(child, setting).exception_id == exception.pk
