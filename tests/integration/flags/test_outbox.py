"""E-mail over a real SMTP conversation."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from plumbline.flags.models import Message
from plumbline.flags.outbox import BACK_OFF, Server, send_waiting
from plumbline.kernel.errors import RuleBroken
from plumbline.people.models import User
from tests.conftest import point_at
from tests.postman import postman as postman

pytestmark = pytest.mark.usefixtures("own_database")

NOW = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)


def a_message(address: str = "rosa@example.org", subject: str = "Flag 12: something") -> Message:
    user, _ = User.objects.get_or_create(username=address, defaults={"name": "Rosa", "email": address})
    return Message.objects.create(
        to_user=user,
        to_address=address,
        subject=subject,
        body="Sign in and open flag 12 – soon.",
        written_at=NOW,
        next_attempt_at=NOW,
    )


def send(server: Server, at: datetime = NOW):
    return send_waiting(server=server, now=lambda: at, on=at.date())


def test_a_message_is_sent_once(postman):
    post, server = postman
    a_message()
    send(server)
    send(server)

    assert [envelope.rcpt_tos for envelope in post.received] == [["rosa@example.org"]]


def test_it_arrives_as_it_was_written(postman):
    post, server = postman
    a_message()
    send(server)
    text = post.received[0].content.decode()

    assert "Subject: Flag 12: something" in text
    assert "From: plumbline@example.org" in text


def test_it_is_marked_as_sent(postman):
    a_message()
    send(postman[1])
    message = Message.objects.get()

    assert (message.state, message.sent_at, message.attempts) == ("sent", NOW, 1)


def test_an_address_that_is_gone_for_good_is_given_up(postman):
    a_message("gone@example.org")
    send(postman[1])
    message = Message.objects.get()

    assert (message.state, "550" in message.error) == ("failed", True)


def test_a_busy_server_is_tried_again_later(postman):
    a_message("busy@example.org")
    send(postman[1])
    message = Message.objects.get()

    assert (message.state, message.next_attempt_at) == ("waiting", NOW + BACK_OFF[0])


def test_one_that_fails_holds_up_no_other(postman):
    post, server = postman
    a_message("busy@example.org", "first")
    a_message("rosa@example.org", "second")
    send(server)

    assert [envelope.rcpt_tos for envelope in post.received] == [["rosa@example.org"]]


def test_it_is_not_tried_before_its_time(postman):
    post, server = postman
    a_message("busy@example.org")
    send(server)
    User.objects.update(email="rosa@example.org")
    send(server, NOW + timedelta(seconds=59))
    early = len(post.received)
    send(server, NOW + timedelta(seconds=61))

    assert (early, len(post.received)) == (0, 1)


def test_after_the_last_attempt_it_is_given_up(postman):
    a_message("busy@example.org")
    at = NOW
    for wait in (timedelta(0), *BACK_OFF):
        at += wait
        send(postman[1], at)

    assert Message.objects.get().state == "failed"


def test_no_server_at_all_loses_nothing():
    a_message()
    done = send(Server.of("smtp://127.0.0.1:1", sender="plumbline@example.org"))

    assert (done.later, Message.objects.get().state) == (1, "waiting")


def test_two_senders_share_the_work_and_send_nothing_twice(postman, own_database):
    post, server = postman
    for number in range(20):
        a_message(subject=f"Flag {number}")

    def sender() -> None:
        point_at(own_database, "worker")
        send(server)
        connection.close()

    threads = [threading.Thread(target=sender) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(post.received) == 20
    assert Message.objects.filter(state="sent").count() == 20


@pytest.mark.parametrize("url", ["localhost:25", "http://mail", "smtp://"])
def test_a_wrong_address_of_the_server_is_refused(url):
    with pytest.raises(RuleBroken, match="PLUMBLINE_SMTP_URL"):
        Server.of(url, sender="a@b")


def test_last_years_mail_and_mail_to_who_has_left_is_not_sent_and_says_why(postman):
    post, server = postman
    a_message("left@example.org")
    User.objects.update(is_active=False)
    a_message("rosa@example.org")
    Message.objects.filter(to_address="rosa@example.org").update(written_at=NOW - timedelta(days=365))
    done = send(server)

    assert (post.received, done.not_sent) == ([], 2)
    assert set(Message.objects.values_list("state", "error")) == {
        ("not_sent", "The account is switched off."),
        ("not_sent", "It waited too long. What is still open is in the next daily message."),
    }


def test_it_goes_to_the_address_that_the_person_has_now(postman):
    post, server = postman
    a_message("old@example.org")
    User.objects.update(email="new@example.org")
    send(server)

    assert [envelope.rcpt_tos for envelope in post.received] == [["new@example.org"]]
    assert Message.objects.get().to_address == "new@example.org"


def test_an_office_without_an_account_is_written_to_at_its_address_and_a_refusal_is_kept(postman) -> None:
    received, server = postman
    for address in ("centre@example.org", "gone@example.org"):
        Message.objects.create(
            to_user=None,
            to_address=address,
            subject="Incident INC-2016-00001",
            body="Sign in and open it.",
            written_at=NOW,
            next_attempt_at=NOW,
        )
    send_waiting(server=server, now=lambda: NOW, on=NOW.date())
    assert [each.rcpt_tos for each in received.received] == [["centre@example.org"]]
    states = dict(Message.objects.values_list("to_address", "state"))
    assert states == {"centre@example.org": "sent", "gone@example.org": "failed"}
