"""Flags read, answered, escalated and closed."""

from datetime import date

import pytest

from plumbline.audit.models import Event
from plumbline.flags import operations, queries
from plumbline.flags.models import Flag, FlagFor, FlagStep, Message
from plumbline.flags.rules import Recipient, Wanted
from plumbline.jobs.duties import Waiting
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Child, Professional, RoleHeld, Tie
from tests.integration.placements.situations import AT, LONG_AGO, TODAY, a_child, a_user

pytestmark = pytest.mark.django_db

# A Friday.
FRIDAY = date(2016, 7, 29)
ALL = (
    Recipient("SW007", "allocated worker"),
    Recipient("role:team_manager", "team manager", "West"),
    Recipient("role:reviewing_officer", "reviewing officer"),
    Recipient("role:management_team", "management team"),
)


def raised(child: Child | None = None, kind: str = "setting_adverse", on: date = FRIDAY, to=ALL) -> Flag:
    child = child or a_child()
    want = Wanted(kind, "placement", child.pk, "It became adverse.", to, "PL1", "SC000001", child.pk)
    operations.reconcile(
        wanted=[want],
        kinds=[kind],
        why_closed=lambda over: {f.pk: "It is over." for f in over},
        act=Act(None, AT, on),
        subject=("placement", child.pk),
    )
    return Flag.objects.get(subject_id=child.pk, state="open")


def the_worker():
    professional, _ = Professional.objects.get_or_create(source_id="SW007", name="Rosa", sort_key="rosa")
    return a_user("social_worker", professional=professional)


def step(flag: Flag, code: str) -> FlagStep:
    return flag.steps.get(code=code, done_at=None)


def result(found: FlagStep, by, **changes):
    given = {"result": "Settled, no concerns.", **changes}
    return operations.record_step_result(step_id=found.pk, act=Act(by, AT, TODAY), **given)


# --- who sees it ----------------------------------------------------------------------------------------------------


def test_the_worker_it_is_for_sees_it():
    worker, flag = the_worker(), raised()

    assert list(queries.flags_for(worker, on=TODAY)) == [flag]


def test_another_worker_does_not_know_that_it_exists():
    raised()

    assert not queries.flags_visible_to(a_user("social_worker"), on=TODAY).exists()


def test_the_manager_of_the_team_sees_it_and_another_teams_does_not():
    flag = raised()
    west, north = a_user("team_manager", team="West"), a_user("team_manager", team="North")

    assert (list(queries.flags_for(west, on=TODAY)), list(queries.flags_for(north, on=TODAY))) == ([flag], [])


@pytest.mark.parametrize("role", ["management_team", "director"])
def test_the_management_team_and_the_director_see_it(role):
    flag = raised()

    assert list(queries.flags_for(a_user(role), on=TODAY)) == [flag]


@pytest.mark.parametrize("role", ["elected_member", "committee_chair", "administrator", "scrutiny_officer"])
def test_who_has_no_business_with_flags_sees_none(role):
    raised()

    assert not queries.flags_visible_to(a_user(role), on=TODAY).exists()


def test_a_child_with_a_reviewing_officer_has_its_flag_put_to_that_one():
    child = a_child()
    own, other = a_user("reviewing_officer"), a_user("reviewing_officer")
    Tie.objects.create(user=own, subject_type="child", subject_id=child.pk, why="reviewing_officer", from_on=LONG_AGO)
    flag = raised(child)

    assert (list(queries.flags_for(own, on=TODAY)), list(queries.flags_for(other, on=TODAY))) == ([flag], [])


def test_a_child_without_one_has_its_flag_put_to_all_of_them():
    flag = raised()

    assert list(queries.flags_for(a_user("reviewing_officer"), on=TODAY)) == [flag]


@pytest.mark.parametrize("role", ["management_team", "director"])
def test_a_restricted_childs_flag_reaches_its_worker_and_who_answers_for_every_child(role):
    worker, child = the_worker(), a_child()
    Child.objects.filter(pk=child.pk).update(restricted=True)
    flag = raised(child)

    assert list(queries.flags_for(worker, on=TODAY)) == [flag]
    assert list(queries.flags_for(a_user(role), on=TODAY)) == [flag]


def test_the_head_of_service_decides_for_a_restricted_child():
    child = a_child()
    Child.objects.filter(pk=child.pk).update(restricted=True)

    done = result(step(raised(child), "decide"), a_user("head_of_service"), decision="remain")

    assert done.decision == "remain"


@pytest.mark.parametrize("role", ["team_manager", "contract_officer", "placement_officer", "social_worker"])
def test_a_restricted_childs_flag_does_not_exist_for_others(role):
    child = a_child()
    Child.objects.filter(pk=child.pk).update(restricted=True)
    raised(child)

    assert not queries.flags_visible_to(a_user(role), on=TODAY).exists()


def test_a_role_that_has_ended_sees_nothing():
    user = a_user("management_team")
    RoleHeld.objects.filter(user=user).update(to_on=date(2016, 7, 1))
    raised()

    assert not queries.flags_visible_to(user, on=TODAY).exists()


# --- answers --------------------------------------------------------------------------------------------------------


def test_acknowledging_marks_ones_own_line_only():
    worker, flag = the_worker(), raised()
    operations.acknowledge(flag_id=flag.pk, act=Act(worker, AT, TODAY))

    read = FlagFor.objects.filter(acknowledged_at__isnull=False)
    assert [(row.recipient, row.acknowledged_by) for row in read] == [("SW007", worker)]


def test_a_flag_that_is_not_for_one_cannot_be_acknowledged():
    flag = raised()

    with pytest.raises(NotAllowed):
        operations.acknowledge(flag_id=flag.pk, act=Act(a_user("social_worker"), AT, TODAY))


def test_a_visit_says_when_the_child_was_seen():
    worker, flag = the_worker(), raised()

    with pytest.raises(RuleBroken, match="on which day the child was seen"):
        result(step(flag, "child_seen"), worker)


def test_a_visit_says_whether_the_child_was_spoken_to():
    worker, flag = the_worker(), raised()

    with pytest.raises(RuleBroken, match="spoken to"):
        result(step(flag, "child_seen"), worker, seen_on=TODAY)


def test_a_visit_is_recorded():
    worker, flag = the_worker(), raised()
    done = result(step(flag, "child_seen"), worker, seen_on=TODAY, spoken_to=True)

    assert (done.seen_on, done.spoken_to, done.done_by, done.result) == (TODAY, True, worker, "Settled, no concerns.")


def test_a_visit_leaves_its_event_on_the_child():
    worker, flag = the_worker(), raised()
    result(step(flag, "child_seen"), worker, seen_on=TODAY, spoken_to=True)

    assert Event.objects.filter(kind="flags.step.done", child_id=flag.child_id).count() == 1


def test_a_step_is_done_once():
    worker, flag = the_worker(), raised()
    visit = step(flag, "child_seen")
    result(visit, worker, seen_on=TODAY, spoken_to=True)

    with pytest.raises(RuleBroken, match="was done"):
        result(visit, worker, seen_on=TODAY, spoken_to=True)


def test_the_decision_is_the_head_of_services():
    worker, flag = the_worker(), raised()

    with pytest.raises(NotAllowed, match="head of service"):
        result(step(flag, "decide"), worker, decision="remain")


def test_a_decision_is_one_of_three():
    flag = raised()

    with pytest.raises(RuleBroken, match="what was decided"):
        result(step(flag, "decide"), a_user("head_of_service"), decision="perhaps")


def test_a_review_comes_again_after_28_working_days_for_as_long_as_the_flag_is_open():
    flag = raised()
    due = step(flag, "review").due_on
    result(step(flag, "review"), a_user("head_of_service"), decision="remain")

    assert (due, step(flag, "review").due_on) == (date(2016, 9, 8), date(2016, 10, 18))


def test_a_team_manager_answers_for_the_teams_worker():
    manager, flag = a_user("team_manager", team="West"), raised()

    done = result(step(flag, "child_seen"), manager, seen_on=TODAY, spoken_to=True)

    assert done.done_by == manager


def test_a_team_manager_does_not_decide_for_the_head_of_service():
    manager, flag = a_user("team_manager", team="West"), raised()

    with pytest.raises(NotAllowed, match="head of service"):
        result(step(flag, "decide"), manager, decision="remain")


def test_the_flag_is_due_with_its_next_step():
    worker, flag = the_worker(), raised()
    result(step(flag, "contact_provider"), a_user("head_of_service"))
    flag.refresh_from_db()

    assert worker
    assert flag.due_on == date(2016, 8, 5)


def test_what_is_still_so_cannot_be_closed_by_hand():
    worker, flag = the_worker(), raised()

    with pytest.raises(RuleBroken, match="still so"):
        operations.close_flag(flag_id=flag.pk, because="Enough", still_so=True, act=Act(worker, AT, TODAY))


def test_a_closed_flag_keeps_why_and_by_whom():
    worker, flag = the_worker(), raised()
    operations.close_flag(flag_id=flag.pk, because="Moved away", still_so=False, act=Act(worker, AT, TODAY))
    flag.refresh_from_db()

    assert (flag.state, flag.closed_because, flag.closed_by_name) == ("closed", "Moved away", worker.name)


# --- escalation and digests -------------------------------------------------------------------------------------------


def escalate(on: date) -> int:
    return operations.escalate_overdue(act=Act(None, AT, on))


def test_a_worker_has_one_working_day_to_read_it():
    raised()

    # Raised on a Friday: Monday is the working day, Tuesday is late.
    assert (escalate(date(2016, 8, 1)), escalate(date(2016, 8, 2))) == (0, 1)


def test_the_manager_of_the_team_is_told_that_it_was_not_read():
    manager = a_user("team_manager", team="West")
    a_user("team_manager", team="North")
    raised()
    Message.objects.all().delete()
    escalate(date(2016, 8, 2))

    assert list(Message.objects.values_list("to_user", flat=True)) == [manager.pk]


def test_what_was_read_is_not_escalated():
    worker, flag = the_worker(), raised()
    operations.acknowledge(flag_id=flag.pk, act=Act(worker, AT, FRIDAY))

    assert escalate(date(2016, 8, 2)) == 0


def test_a_step_that_is_late_is_told_to_the_head_of_service_once():
    head = a_user("head_of_service")
    flag = raised(to=ALL[1:])
    first, second = escalate(date(2016, 8, 3)), escalate(date(2016, 8, 4))

    assert (first, second) == (1, 0)
    assert Message.objects.filter(to_user=head, flag=flag).count() == 1
    assert FlagFor.objects.filter(flag=flag, recipient="role:head_of_service", to_at=None).count() == 1


def test_who_was_told_of_lateness_stays_told_when_the_flag_is_looked_at_again():
    child = a_child()
    flag = raised(child, to=ALL[1:])
    escalate(date(2016, 8, 3))
    raised(child, to=ALL[1:], on=date(2016, 8, 4))

    assert FlagFor.objects.filter(flag=flag, recipient="role:head_of_service", to_at=None).exists()


def test_a_digest_is_written_once_a_day_to_whom_something_waits_for():
    worker = the_worker()
    a_user("social_worker")
    raised()
    Message.objects.all().delete()
    operations.write_digests(work_of=Waiting(at=AT, on=TODAY).work_of, act=Act(None, AT, TODAY))
    operations.write_digests(work_of=Waiting(at=AT, on=TODAY).work_of, act=Act(None, AT, TODAY))

    assert list(Message.objects.values_list("to_user", flat=True)) == [worker.pk]


def test_no_message_names_a_child_or_a_setting():
    the_worker()
    raised()
    escalate(date(2016, 8, 8))
    operations.write_digests(work_of=Waiting(at=AT, on=date(2016, 8, 8)).work_of, act=Act(None, AT, date(2016, 8, 8)))

    text = " ".join(message.subject + message.body for message in Message.objects.all())
    assert text
    assert "Quill" not in text
    assert "SC000001" not in text
