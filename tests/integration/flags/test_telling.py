"""Told means reached: an e-mail accepted for delivery to someone who can act, or the page opened."""

from datetime import timedelta

import pytest

from plumbline.flags import operations, telling
from plumbline.flags.models import Flag, FlagFor, Message
from plumbline.flags.outbox import TOO_OLD, why_not
from plumbline.flags.rules import stand_ins
from plumbline.jobs.duties import Waiting
from plumbline.people.act import Act
from plumbline.people.models import Child, Professional, RoleHeld, User
from plumbline.placements.accounts import workers_without_account
from tests.integration.flags.test_operations import ALL, FRIDAY, raised, the_worker
from tests.integration.placements.situations import AT, TODAY, a_child, a_user

pytestmark = pytest.mark.django_db


def line(flag: Flag, recipient: str = "SW007") -> FlagFor:
    return FlagFor.objects.get(flag=flag, recipient=recipient, to_at=None)


def told(user: User) -> list[str]:
    return list(Message.objects.filter(to_user=user).order_by("pk").values_list("subject", flat=True))


def accept(message: Message) -> None:
    """As the outbox does it."""
    message.state, message.sent_at = Message.State.SENT, AT
    message.save()
    telling.accepted(message, at=AT, on=TODAY)


def open_again():
    return telling.tell_open(act=Act(None, AT, TODAY))


def test_a_written_message_has_told_nobody_and_an_accepted_one_has():
    worker, flag = the_worker(), raised()
    before = line(flag).reached_at
    accept(Message.objects.get(to_user=worker))
    after = line(flag)

    assert (before, after.reached_at, after.reached_on, after.reached_how) == (None, AT, TODAY, "mail")


def test_who_opens_the_page_is_told_and_nobody_else():
    worker, flag = the_worker(), raised()
    for user in (a_user("management_team"), worker):
        telling.note_opened(flag_id=flag.pk, act=Act(user, AT, TODAY))
    telling.note_opened(flag_id=flag.pk, act=Act(a_user("head_of_service"), AT, TODAY))

    reached = FlagFor.objects.filter(flag=flag, reached_how="page").values_list("recipient", flat=True)
    assert set(reached) == {"SW007", "role:management_team"}


def no_account() -> None:
    pass


def switched_off() -> None:
    User.objects.filter(pk=the_worker().pk).update(is_active=False)


def no_address() -> None:
    User.objects.filter(pk=the_worker().pk).update(email="")


def no_role() -> None:
    RoleHeld.objects.filter(user=the_worker()).delete()


@pytest.mark.parametrize(
    ("situation", "because"),
    [(no_account, "has no account"), (switched_off, "switched off"), (no_address, "without an e-mail"),
     (no_role, "no role")],
)  # fmt: skip
def test_where_nobody_can_be_told_the_teams_manager_is_told_in_their_place_and_it_is_said(situation, because):
    situation()
    manager = a_user("team_manager", team="West")
    flag = raised(to=ALL[:2])

    assert because in line(flag).unreached_because
    assert line(flag).stood_in_by == "role:team_manager"
    assert "in place of someone" in Message.objects.get(to_user=manager).body


@pytest.mark.parametrize("roles", [("head_of_service", "administrator"), ("administrator",)])
def test_without_a_manager_the_head_of_service_is_told_and_at_last_an_administrator(roles):
    users = [a_user(role) for role in roles]
    flag = raised(to=ALL[:1])

    assert line(flag).stood_in_by == f"role:{roles[0]}"
    assert line(flag, f"role:{roles[0]}").stands_in_for == "SW007"
    assert [len(told(user)) for user in users] == [1, *[0 for _ in users[1:]]]


def test_a_role_that_nobody_holds_is_a_recipient_who_cannot_be_told_as_well():
    head = a_user("head_of_service")
    flag = raised(to=ALL[3:])

    assert (line(flag, "role:management_team").stood_in_by, len(told(head))) == ("role:head_of_service", 1)


def test_a_team_manager_never_stands_in_for_a_child_whose_record_is_restricted():
    a_user("team_manager", team="West")
    head, child = a_user("head_of_service"), a_child()
    Child.objects.filter(pk=child.pk).update(restricted=True)
    flag = raised(child, to=ALL[:2])

    assert (line(flag).stood_in_by, len(told(head))) == ("role:head_of_service", 1)


@pytest.mark.parametrize("recipient", ["SW007", "user:x", "role:team_manager", "role:head_of_service",
                                       "role:administrator"])  # fmt: skip
def test_nobody_stands_in_for_themselves(recipient):
    assert recipient not in [name for name, _ in stand_ins(recipient, team="West", restricted=False)]


def test_a_stand_in_stays_until_the_one_they_stand_in_for_is_no_longer_told():
    a_user("head_of_service")
    child = a_child()
    flag = raised(child, to=ALL[:1])
    raised(child, to=ALL[:1])
    stays = line(flag, "role:head_of_service").to_at
    raised(child, to=ALL[3:])

    assert stays is None
    assert not FlagFor.objects.filter(flag=flag, stands_in_for="SW007", to_at=None).exists()


def test_an_account_made_later_gets_all_that_is_open_in_one_message_once():
    first, second = raised(to=ALL[:1]), raised(to=ALL[:1])
    worker = the_worker()
    written = open_again().messages, open_again().messages
    message = Message.objects.get(to_user=worker)

    assert written == (1, 0)
    assert set(message.tells.values_list("flag", flat=True)) == {first.pk, second.pk}
    assert str(first.pk) in message.body
    assert line(first).unreached_because == ""


def test_what_was_refused_is_told_to_another_and_sent_again_when_the_address_is_put_right():
    worker, manager = the_worker(), a_user("team_manager", team="West")
    flag = raised(to=ALL[:2])
    Message.objects.filter(to_user=worker).update(state="failed", error="550 No such person")
    open_again()
    stood_in = line(flag).stood_in_by, line(flag).unreached_because
    User.objects.filter(pk=worker.pk).update(email="right@example.org")
    open_again()
    message = Message.objects.get(to_user=worker)

    assert stood_in == ("role:team_manager", "refuses our e-mail")
    assert (message.state, message.to_address) == ("waiting", "right@example.org")
    assert len(told(manager)) == 1


def test_nothing_changes_when_it_is_run_again():
    a_user("head_of_service")
    the_worker()
    raised()
    open_again()
    before = list(FlagFor.objects.order_by("pk").values()), Message.objects.count()
    open_again()

    assert (list(FlagFor.objects.order_by("pk").values()), Message.objects.count()) == before


def test_all_that_is_overdue_in_one_night_is_one_message_to_the_head_of_service():
    head = a_user("head_of_service")
    flags = [raised(to=ALL[3:]) for _ in range(3)]
    Message.objects.all().delete()
    operations.escalate_overdue(act=Act(None, AT, FRIDAY + timedelta(days=5)))

    assert told(head) == ["3 flags are overdue"]
    assert all(f"Flag {flag.pk} is overdue" in Message.objects.get().body for flag in flags)


def test_the_outbox_sends_nothing_that_is_over_or_goes_to_nobody():
    worker, flag = the_worker(), raised(to=ALL[:1])
    message = Message.objects.get()

    def because(**changes) -> str:
        found = Message.objects.select_related("to_user", "flag").get()
        for name, value in changes.items():
            setattr(found.to_user, name, value)
        return why_not(found, at=AT, on=TODAY)

    assert because() == ""
    assert "switched off" in because(is_active=False)
    assert "no e-mail address" in because(email="")
    assert "too long" in why_not(message, at=AT + TOO_OLD + timedelta(seconds=1), on=TODAY)
    FlagFor.objects.update(to_at=AT)
    assert "no longer put to them" in because()
    Flag.objects.filter(pk=flag.pk).update(state="closed", closed_at=AT, closed_because="Over")
    assert "closed" in because()
    assert worker


def test_workers_without_accounts_are_listed_for_administrators_and_their_own_manager():
    Professional.objects.create(source_id="SW007", name="Rosa", sort_key="rosa", department="West")
    raised(to=ALL[:1])

    def listed(user: User) -> list[tuple[str, int]]:
        return [(row.source_id, row.flags) for row in workers_without_account(user, on=TODAY)]

    assert listed(a_user("administrator")) == listed(a_user("team_manager", team="West")) == [("SW007", 1)]
    assert listed(a_user("team_manager", team="North")) == listed(a_user("social_worker")) == []
    the_worker()
    assert listed(a_user("administrator")) == []


def test_one_night_is_one_message_to_one_person_and_what_is_urgent_stays_apart():
    head = a_user("head_of_service")
    raised(to=ALL[3:])
    Message.objects.all().delete()
    urgent = raised(kind="placed_at_adverse", to=ALL[3:])
    on = FRIDAY + timedelta(days=5)
    operations.escalate_overdue(act=Act(None, AT, on))
    operations.write_digests(work_of=Waiting(at=AT, on=on).work_of, act=Act(None, AT, on))
    telling.join_messages(act=Act(None, AT, on))
    telling.join_messages(act=Act(None, AT, on))
    waiting = Message.objects.filter(to_user=head, state="waiting").order_by("pk")

    assert [message.flag for message in waiting] == [urgent, None]
    assert "2 messages in one" in waiting[1].subject
    assert "2 flags are overdue" in waiting[1].body
    assert "Flags open for you: 2" in waiting[1].body
    accept(waiting[1])
    assert not FlagFor.objects.filter(recipient="role:head_of_service", reached_at=None).exists()
