"""Addresses that refuse an e-mail, at once or later by a notification (RFC 3464, written after its appendix E)."""

import mailbox
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from plumbline.audit.models import Event
from plumbline.config.environment import WrongSetting, read
from plumbline.flags import queries, telling
from plumbline.flags.bounces import Taken, take_bounces
from plumbline.flags.models import FlagFor, Message
from plumbline.flags.outbox import Server, send_waiting
from plumbline.people.models import User
from tests.factories.people import UserFactory
from tests.integration.flags.test_operations import ALL, raised, the_worker
from tests.integration.flags.test_telling import accept, line, open_again, told
from tests.integration.placements.situations import AT, TODAY, a_user

pytestmark = pytest.mark.django_db

# After E.1: one recipient, the whole message sent back.
SIMPLE = """\
Date: Thu, 7 Jul 2016 17:16:05 -0400
From: Mail Delivery Subsystem <MAILER-DAEMON@mail.example.org>
Message-Id: <199407072116.RAA14128@mail.example.org>
Subject: Returned mail: Cannot send message for 5 days
To: <plumbline@example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
      boundary="RAA14128.773615765/mail.example.org"

--RAA14128.773615765/mail.example.org

The original message was received at Sat, 2 Jul 2016 17:10:28 -0400
from root@localhost

   ----- The following addresses had delivery problems -----
<{address}>  (unrecoverable error)

--RAA14128.773615765/mail.example.org
content-type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Original-Recipient: rfc822;{address}
Final-Recipient: rfc822;{address}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such
   person here
Last-Attempt-Date: Thu, 7 Jul 2016 17:15:49 -0400

--RAA14128.773615765/mail.example.org
content-type: message/rfc822

From: plumbline@example.org
To: {address}
Subject: Flag 12
Message-ID: <plumbline-{number}@example.org>

Sign in.
--RAA14128.773615765/mail.example.org--
"""

# After E.2: several recipients, of whom one is ours; the headers alone are sent back.
SEVERAL = """\
Date: Fri, 8 Jul 2016 09:21:47 -0400
From: Mail Delivery Subsystem <MAILER-DAEMON@mail.example.org>
Subject: Returned mail: User unknown
To: <plumbline@example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
      boundary="JAA13167.773673707/mail.example.org"

--JAA13167.773673707/mail.example.org
content-type: text/plain; charset=us-ascii

   ----- The following addresses had delivery problems -----
<{address}>  (unrecoverable error)

--JAA13167.773673707/mail.example.org
content-type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Original-Recipient: rfc822;arathib@vnet.example.org
Final-Recipient: rfc822;arathib@vnet.example.org
Action: failed
Status: 5.0.0 (permanent failure)
Diagnostic-Code: smtp; 550 'arathib@vnet.example.org' is not a registered gateway user
Remote-MTA: dns; vnet.example.org

Original-Recipient: rfc822;{address}
Final-Recipient: rfc822;someone.else@forwarded.example.org
Action: {action}
Remote-MTA: dns; forwarded.example.org
Status: 5.2.2

--JAA13167.773673707/mail.example.org
content-type: text/rfc822-headers

From: plumbline@example.org
Message-ID: <plumbline-{number}@example.org>
--JAA13167.773673707/mail.example.org--
"""

# After E.3: the number comes back on the envelope, and nothing of the message does.
ENVELOPE = """\
Date: Fri, 8 Jul 2016 12:12:12 +0000
From: <postmaster@gateway.example.org>
Subject: Delivery report
To: plumbline@example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="/809039999"

--/809039999
content-type: text/plain

The following message could not be delivered.
--/809039999
content-type: message/delivery-status

Original-Envelope-Id: plumbline-{number}
Reporting-MTA: dns; gateway.example.org

Final-Recipient: RFC822; {address}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 unknown
--/809039999--
"""
KINDS = [SIMPLE, SEVERAL, ENVELOPE]


@pytest.fixture
def box(tmp_path) -> mailbox.Maildir:
    return mailbox.Maildir(tmp_path / "bounces", create=True)


def take(box: mailbox.Maildir) -> Taken:
    return take_bounces(Path(box._path), now=lambda: AT + timedelta(hours=1), on=TODAY)


def sent_to_worker() -> tuple[User, Message]:
    worker = the_worker()
    raised(to=ALL[:2])
    message = Message.objects.get(to_user=worker)
    accept(message)
    return worker, message


def deliver(box: mailbox.Maildir, kind: str, message: Message, *, action: str = "failed", address: str = "") -> None:
    said = kind.format(number=message.pk, address=address or message.to_address, action=action)
    box.add(said.encode())


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_that_came_back_has_failed_and_reached_nobody(kind, box):
    _, message = sent_to_worker()
    deliver(box, kind, message)
    done = take(box)
    message.refresh_from_db()
    row = FlagFor.objects.get(recipient="SW007")
    assert (done.failed, message.state, message.refused_at is not None, row.reached_at) == (1, "failed", True, None)


def test_what_was_said_is_kept_in_one_line(box):
    _, message = sent_to_worker()
    deliver(box, SIMPLE, message)
    take(box)
    message.refresh_from_db()
    assert message.error == "It came back: 550 5.1.1 No such person here"


def test_another_is_told_in_their_place(box):
    manager = a_user("team_manager", team="West")
    _, message = sent_to_worker()
    deliver(box, SIMPLE, message)
    take(box)
    open_again()
    assert (line(message.flag).stood_in_by, len(told(manager))) == ("role:team_manager", 1)


def test_who_has_opened_the_page_stays_reached(box):
    _, message = sent_to_worker()
    FlagFor.objects.filter(recipient="SW007").update(reached_how="page")
    deliver(box, SIMPLE, message)
    take(box)
    assert line(message.flag).reached_how == "page"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_a_delay_or_a_delivery_changes_nothing(kind, action, box):
    _, message = sent_to_worker()
    deliver(box, kind, message, action=action)
    take(box)
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_notification_about_another_address_changes_nothing(box):
    _, message = sent_to_worker()
    deliver(box, SIMPLE, message, address="mallory@example.org")
    done = take(box)
    message.refresh_from_db()
    assert (message.state, done.other) == ("sent", 1)


def test_each_is_read_once_and_what_is_none_stays_for_a_person(box):
    _, message = sent_to_worker()
    deliver(box, SIMPLE, message)
    box.add(b"Subject: Out of office\n\nI am away until Monday.\n")
    first, second = take(box), take(box)
    seen = sorted((kept.get_subdir(), kept.get_flags()) for kept in mailbox.Maildir(box._path))
    assert (first, second, seen) == (Taken(1, 1), Taken(0, 0), [("cur", ""), ("cur", "S")])


_REPORT = b"Content-Type: multipart/report; report-type=delivery-status"
RUBBISH = [
    b"",
    b"\xff\xfe\x00",
    _REPORT + b"\n\n",
    SIMPLE.replace("message/delivery-status", "text/plain").encode(),
    _REPORT + b"; boundary=x\n\n--x\ncontent-type: message/delivery-status\n\n\n--x--\n",
]


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_is_left_where_it_is(rubbish, box):
    box.add(rubbish)
    assert take(box) == Taken(0, 1)


def test_that_it_came_back_is_an_event(box):
    worker, message = sent_to_worker()
    deliver(box, SIMPLE, message)
    take(box)
    event = Event.objects.get(kind="flags.message.bounced")
    assert (event.subject_id, event.data["to"]) == (str(message.pk), worker.pk)


# --- the task ---------------------------------------------------------------------------------------------------------


def refused(worker: User, at=AT) -> None:
    Message.objects.filter(to_user=worker).update(
        state="failed", sent_at=None, refused_at=at, error="550 No such person"
    )


def work(page, user: User) -> str:
    return " ".join(page(user).get("/?all=yes").content.decode().split())


@pytest.fixture
def page(settings):
    from tests.integration.web.signing_in import as_

    settings.TODAY = TODAY
    return as_


def test_the_administrator_has_a_task_with_whose_address_which_and_what_it_said(page):
    worker, _ = sent_to_worker()
    refused(worker)
    said = work(page, UserFactory(role="administrator"))
    parts = ("Put an e-mail address right", str(worker), worker.email, "550 No such person", f"/users/{worker.pk}/")
    assert [part in said for part in parts] == [True] * 5


def test_their_own_manager_has_it_too_and_no_other(page):
    worker, _ = sent_to_worker()
    worker.professional.department = "West"
    worker.professional.save()
    refused(worker)
    own, other = a_user("team_manager", team="West"), a_user("team_manager", team="East")
    assert ["Have an e-mail address corrected" in work(page, user) for user in (own, other)] == [True, False]
    assert worker.email in page(own).get("/users/without-account/").content.decode()
    assert worker.email not in page(other).get("/users/without-account/").content.decode()


def corrected(worker: User) -> None:
    User.objects.filter(pk=worker.pk).update(email="right@example.org")


def accepted_later(worker: User) -> None:
    Message.objects.create(
        to_user=worker,
        to_address=worker.email,
        subject="Another",
        body="",
        written_at=AT,
        next_attempt_at=AT,
        state="sent",
        sent_at=AT + timedelta(hours=2),
    )


@pytest.mark.parametrize("ends", [corrected, accepted_later])
def test_it_ends_when_the_address_is_corrected_or_takes_a_message(ends):
    worker, _ = sent_to_worker()
    refused(worker)
    admin = UserFactory(role="administrator")
    before = list(queries.refused_addresses(admin, on=TODAY))
    ends(worker)
    assert (before, list(queries.refused_addresses(admin, on=TODAY))) == ([worker], [])


def test_what_was_accepted_before_it_was_refused_ends_nothing():
    worker, _ = sent_to_worker()
    accepted_later(worker)
    refused_at = AT + timedelta(hours=3)
    Message.objects.exclude(subject="Another").update(state="failed", sent_at=None, refused_at=refused_at, error="550")
    assert list(queries.refused_addresses(UserFactory(role="administrator"), on=TODAY)) == [worker]


def test_a_server_that_is_away_is_no_fault_of_the_address():
    _, message = sent_to_worker()
    Message.objects.filter(pk=message.pk).update(state="waiting", sent_at=None, attempts=99)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Server.of(f"smtp://127.0.0.1:{port}", sender="plumbline@example.org")
    send_waiting(server=server, now=lambda: AT, on=TODAY)
    message.refresh_from_db()
    assert (message.state, message.refused_at) == ("failed", None)
    assert list(queries.refused_addresses(UserFactory(role="administrator"), on=TODAY)) == []


class Noting(SMTP):
    """A server that keeps what RFC 3461 puts on the envelope, and refuses who is gone."""

    envelopes: list[str] = []

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        said, _, more = arg.partition(" ENVID=")
        self.envelopes.append(more.split()[0] if more else "")
        await super().smtp_MAIL(said)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        said, _, more = arg.partition(" ORCPT=")
        self.envelopes.append(more)
        await super().smtp_RCPT(said)


class Postman:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]]

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("gone"):
            return "550 No such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"


class NotingController(Controller):
    def factory(self) -> SMTP:
        return Noting(self.handler)


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = NotingController(Postman(), hostname="127.0.0.1", port=port)
    controller.start()
    Noting.envelopes = []
    yield Server.of(f"smtp://127.0.0.1:{port}", sender="plumbline@example.org")
    controller.stop()


def test_our_number_and_the_address_go_on_the_envelope_where_the_server_keeps_them(server):
    user = UserFactory(email="rosa@example.org")
    telling.write(user, ("Subject", "Text"), at=AT)
    send_waiting(server=server, now=lambda: AT, on=TODAY)
    message = Message.objects.get()
    assert (message.state, Noting.envelopes) == ("sent", [f"plumbline-{message.pk}", "rfc822;rosa@example.org"])


def test_a_refusal_at_once_is_the_same_task(server, page):
    user = UserFactory(email="gone@example.org", name="Rosa Gill")
    telling.write(user, ("Subject", "Text"), at=AT)
    send_waiting(server=server, now=lambda: AT, on=TODAY)
    said = work(page, UserFactory(role="administrator"))
    assert ["Rosa Gill" in said, "gone@example.org: “550 No such person”" in said] == [True, True]


def test_a_setting_that_is_no_maildir_is_refused(tmp_path):
    given = {"PLUMBLINE_LOGIN": "worker", "PLUMBLINE_HOME": str(tmp_path), "PLUMBLINE_BOUNCES": str(tmp_path)}
    with pytest.raises(WrongSetting, match="that is no Maildir"):
        read(given)
