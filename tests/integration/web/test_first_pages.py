"""The first page of each role: in the demonstration each has something to do, and what stands there is recorded."""

from datetime import date

import pytest

from plumbline.flags.models import Message
from plumbline.jobs.demo_users import USERS
from plumbline.people import operations as people
from plumbline.people.act import Act
from plumbline.people.models import User
from tests.conftest import point_at
from tests.factories.people import UserFactory
from tests.integration.placements.situations import AT, TODAY, a_user
from tests.integration.web.signing_in import as_


@pytest.fixture(autouse=True)
def _the_day(settings) -> None:
    settings.TODAY = TODAY


def first_page(user: User) -> str:
    return as_(user).get("/", follow=True).content.decode()


def test_in_the_demonstration_something_waits_for_every_role(demo_database):
    """Of three evaluators one has locked every score, and truly has nothing to do."""
    point_at(demo_database, "web")
    busy = {
        wanted.role
        for wanted in USERS
        if "Nothing is waiting for you" not in first_page(User.objects.get(username=wanted.username))
    }

    assert {wanted.role for wanted in USERS} - busy == set()


@pytest.mark.django_db
class TestWhatStandsThere:
    def test_a_role_to_confirm_waits_for_a_second_person_and_not_for_who_asked(self):
        asking, confirming = a_user("administrator"), a_user("information_governance")
        people.give_role(
            user=a_user(), role="auditor", from_on=date(2016, 8, 1), to_on=None, act=Act(asking, AT, TODAY)
        )

        assert "Confirm or decline a role: auditor" in first_page(confirming)
        assert "Confirm or decline a role" not in first_page(asking)

    def test_user_names_that_were_shut_out_are_news_for_information_governance(self):
        attempt = {"kind": "password", "username": a_user("social_worker").username, "source": "10.0.0.1"}
        for _ in range(5):
            people.begin_attempt(**attempt, act=Act(None, AT, TODAY))
            people.end_attempt(**attempt, succeeded=False, act=Act(None, AT, TODAY))
        viewer = a_user("information_governance")

        assert "1 user name was shut out" in first_page(viewer)
        assert "Too many wrong passwords or codes" in as_(viewer).get("/audit/?what=signed_in").content.decode()
        assert "shut out" not in first_page(a_user("administrator"))

    @pytest.mark.parametrize(("server", "told"), [("", True), ("smtp://localhost:25", False)])
    def test_an_administrator_is_told_that_e_mails_wait_for_a_mail_server(self, settings, server, told):
        settings.SMTP_URL = server
        Message.objects.create(
            to_user=UserFactory(email="a@example.org"),
            to_address="a@example.org",
            subject="x",
            body="x",
            written_at=AT,
            next_attempt_at=AT,
        )

        assert ("Have a mail server set" in first_page(a_user("administrator"))) == told
        assert "Have a mail server set" not in first_page(a_user("social_worker"))

    def test_who_has_nothing_is_told_so(self):
        assert "Nothing is waiting for you" in first_page(a_user("elected_member"))
