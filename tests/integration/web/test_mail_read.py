"""An office that was written to of an incident says by the link in its e-mail, without signing in, that it was read."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from plumbline.audit.models import Event
from plumbline.config.environment import read
from plumbline.contracts.models import Incident
from plumbline.contracts.operations import incident_notices, incidents, incidents_aside
from plumbline.contracts.operations.contacts import mark_mail_read, set_contact
from plumbline.contracts.rules.contacts import Way
from plumbline.flags import telling
from plumbline.flags.models import Message
from plumbline.flags.outbox import TOO_OLD, send_waiting
from plumbline.people.act import Act
from plumbline.people.models import User
from tests.factories.people import ChildFactory, UserFactory
from tests.integration.contracts.incident_situations import AT, ON, World, a_world, an_incident, line
from tests.postman import Postman
from tests.postman import postman as postman
from tests.refusals import raises

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]

CENTRE = "customer_service_centre"
TAKEN = {"read_by": "Jane Smith, duty officer"}


@pytest.fixture(autouse=True)
def _a_site(settings) -> None:
    settings.TODAY, settings.SITE = ON, "http://localhost:8000"


@pytest.fixture
def world() -> World:
    return a_world()


def kept(recipient: str, email: str) -> None:
    set_contact(contract_id=None, recipient=recipient, way=Way(email=email), act=Act(None, AT, ON))


def an_incident_at(world: World, address: str = "centre@example.org") -> Incident:
    """With the service centre alone to be written to."""
    kept(CENTRE, address)
    return an_incident(world, children=(ChildFactory(forename="Orla", surname="Penn"),))


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def visitor() -> Client:
    return Client(HTTP_HOST="localhost")


def sent_by(postman: tuple[Postman, object], at: datetime = AT) -> str:
    """The text of the one e-mail to an office that the server was handed; the others are to people."""
    post, server = postman
    send_waiting(server=server, now=lambda: at, on=ON)
    offices = Message.objects.filter(to_user=None).values_list("to_address", flat=True)
    (envelope,) = [each for each in post.received if set(each.rcpt_tos) <= set(offices)]
    return message_from_bytes(envelope.content, policy=policy.default).get_content()


def link_in(body: str) -> str:
    (link,) = re.findall(r"http://localhost:8000(/incidents/e-mails/\S+)", body)
    return link


def link_of(incident: Incident) -> str:
    """As it waits beside the message."""
    return line(incident, CENTRE).mail.secret.removeprefix("http://localhost:8000")


def seen(page, viewer: User, incident: Incident) -> str:
    return words(page(viewer).get(reverse("incident", args=[incident.pk])))


# --- from the e-mail to the line --------------------------------------------------------------------------------------


def test_from_the_e_mail_to_who_has_read_it_beside_the_line(page, postman, world: World) -> None:
    incident = an_incident_at(world)
    mail = line(incident, CENTRE).mail
    link = link_in(body := sent_by(postman))
    # What marks it as read is kept only until it has left, and is in no text of ours.
    token = link.split("/")[-2]
    mail.refresh_from_db()
    assert (mail.secret, token in mail.body, token in mail.read_key) == ("", False, False)
    assert not {"Orla", "Penn", world.setting.urn, world.contract.reference, incident.summary} & set(body.split())
    assert "Not read yet." in seen(page, world.manager, incident)

    for _ in range(3):  # as a mail scanner does
        opened = visitor().get(link)
        assert (opened.status_code, opened["Cache-Control"], opened["Referrer-Policy"]) == (
            200,
            "private, no-store",
            "same-origin",
        )
    mail.refresh_from_db()
    assert (mail.read_at, Event.objects.filter(kind="contracts.notification.mail_read").exists()) == (None, False)

    person = visitor()
    assert "Write your name and role" in words(person.post(link, {"read_by": "  "}))
    answer = person.post(link, TAKEN, follow=True)
    assert [link] == [where for where, _ in answer.redirect_chain]
    assert ["This e-mail has been read" in words(answer), "Jane Smith, duty officer" in words(answer)] == [True, True]
    event = Event.objects.get(kind="contracts.notification.mail_read")
    assert (event.by_id, event.data["recipient"], event.data["read_by"]) == (None, CENTRE, TAKEN["read_by"])
    assert event.data["incident"] == incident.reference

    for viewer in (world.manager, world.provider):
        said = seen(page, viewer, incident)
        assert "Read: Jane Smith, duty officer, 20 July 2016" in said
        assert "the e-mail was read" in said
    assert "Read: Jane Smith, duty officer, 20 July 2016" in words(
        page(UserFactory(role="administrator")).get(reverse("emails"))
    )


def test_a_reading_is_no_telling(world: World) -> None:
    incident = an_incident_at(world)
    before = line(incident, CENTRE)
    visitor().post(link_of(incident), TAKEN)
    after = line(incident, CENTRE)
    assert after.mail.read_by == TAKEN["read_by"]
    assert (after.sent_at, after.received_at, after.due_at) == (None, None, before.due_at)
    assert incident_notices.mark_sent(
        notification_id=after.pk, channel="Telephone", act=Act(world.manager, AT, ON)
    ).sent_at


def test_the_first_reading_counts_and_a_later_one_is_told_whose_it_was(world: World) -> None:
    incident = an_incident_at(world)
    link, first, second = link_of(incident), visitor(), visitor()
    # Both have the form before them.
    assert all("Who has taken it?" in words(each.get(link)) for each in (first, second))
    first.post(link, TAKEN)
    said = words(second.post(link, {"read_by": "Tom Hill"}, follow=True))
    assert ("Jane Smith, duty officer" in said, "Tom Hill" in said) == (True, False)
    mail = line(incident, CENTRE).mail
    token = link.split("/")[-2]
    mark_mail_read(mail_id=mail.pk, token=token, read_by="Ann Reed", act=Act(None, AT + timedelta(hours=1), AT.date()))
    mail.refresh_from_db()
    assert mail.read_by == TAKEN["read_by"]
    assert Event.objects.filter(kind="contracts.notification.mail_read").count() == 1


def test_the_page_says_the_number_and_the_day_and_no_more(world: World) -> None:
    incident = an_incident_at(world)
    link = link_of(incident)
    for answer in (visitor().get(link), visitor().post(link, TAKEN, follow=True)):
        said = words(answer)
        assert (incident.reference in said, "20 July 2016" in said) == (True, True)
        for secret in (
            "Orla",
            "Penn",
            "Missing",
            "did not come back",
            world.setting.urn,
            world.contract.reference,
            world.contract.provider.name,
            "centre@example.org",
            "ervice centre",
            f"/incidents/{incident.pk}/",
        ):
            assert secret not in said


def test_what_is_written_too_long_is_said_at_the_field(world: World) -> None:
    incident = an_incident_at(world)
    assert "100 characters" in words(visitor().post(link_of(incident), {"read_by": "J" * 101}))
    visitor().post(link_of(incident), {"read_by": "J" * 100})
    assert line(incident, CENTRE).mail.read_by == "J" * 100


# --- links that cannot be used ----------------------------------------------------------------------------------------


def _closed(incident: Incident, world: World) -> None:
    Incident.objects.filter(pk=incident.pk).update(state="closed", closed_at=AT, lessons="Count heads.")


def _set_aside(incident: Incident, world: World) -> None:
    incidents_aside.set_aside(incident_id=incident.pk, same_as="", because="A test.", act=Act(world.manager, AT, ON))


def _not_needed(incident: Incident, world: World) -> None:
    row = line(incident, CENTRE)
    incident_notices.mark_not_needed(notification_id=row.pk, because="Told before.", act=Act(world.manager, AT, ON))


def _replaced(incident: Incident, world: World) -> None:
    Message.objects.filter(pk=line(incident, CENTRE).mail_id).update(state="failed", error="550", secret="")
    kept(CENTRE, "office@example.org")


def _tampered(link: str) -> str:
    before, token, _ = link.rsplit("/", 2)
    return f"{before}/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}/"


SPOILT = (_closed, _set_aside, _not_needed, _replaced)
_FORGERY = re.compile(r'csrfmiddlewaretoken" value="\w+"')


@pytest.mark.parametrize("spoil", [*SPOILT, None])
def test_a_link_that_cannot_be_used_gets_one_answer_and_marks_nothing(world: World, spoil) -> None:
    wrong = words(visitor().get("/incidents/e-mails/888888/none/"))
    incident = an_incident_at(world)
    link = link_of(incident)
    assert visitor().get(link).status_code == 200
    if spoil is None:
        link = _tampered(link)
    else:
        spoil(incident, world)
    for answer in (visitor().get(link), visitor().post(link, TAKEN)):
        assert (answer.status_code, words(answer)) == (404, wrong)
    assert not Message.objects.exclude(read_at=None).exists()


def test_the_link_of_another_e_mail_is_none_of_this_one(world: World) -> None:
    first, second = an_incident_at(world), an_incident(world)
    number = line(first, CENTRE).mail_id
    assert visitor().post(f"/incidents/e-mails/{number}/{link_of(second).split('/')[-2]}/", TAKEN).status_code == 404


def test_an_e_mail_without_a_link_is_not_read_by_an_empty_one(world: World, settings) -> None:
    settings.SITE = ""
    incident = an_incident_at(world)
    for token in ("", "-", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"):
        with raises("bad_link"):
            mark_mail_read(
                mail_id=line(incident, CENTRE).mail_id, token=token, read_by="Jane", act=Act(None, AT, AT.date())
            )


def test_a_link_stays_good_while_the_matter_is_open(world: World) -> None:
    incident = an_incident_at(world)
    link = link_of(incident)
    incident_notices.mark_sent(
        notification_id=line(incident, CENTRE).pk, channel="Telephone", act=Act(world.manager, AT, ON)
    )
    incidents.move_incident(incident_id=incident.pk, to="review", act=Act(world.manager, AT, ON))
    visitor().post(link, TAKEN)
    assert line(incident, CENTRE).mail.read_by == TAKEN["read_by"]


def test_whoever_tries_links_waits_and_who_has_one_does_not(world: World) -> None:
    incident = an_incident_at(world)
    link = link_of(incident)
    for _ in range(12):
        assert visitor().get(link).status_code == 200
    number = line(incident, CENTRE).mail_id
    tried = [visitor().get(f"/incidents/e-mails/{number}/{each:043}/").status_code for each in range(6)]
    assert tried == [404] * 5 + [429]
    # From elsewhere the office's own link works.
    assert visitor().get(link, REMOTE_ADDR="192.0.2.7").status_code == 200
    numbers = [
        visitor().get(f"/incidents/e-mails/{700_000 + each}/none/", REMOTE_ADDR="192.0.2.8").status_code
        for each in range(12)
    ]
    assert 429 in numbers


def test_a_link_that_is_over_is_no_guess(world: World) -> None:
    incident = an_incident_at(world)
    link = link_of(incident)
    _closed(incident, world)
    assert {visitor().get(link).status_code for _ in range(8)} == {404}


# --- what else came of the e-mail -------------------------------------------------------------------------------------


def test_without_a_public_address_there_is_no_link_and_the_page_says_so(page, postman, world: World, settings) -> None:
    settings.SITE = ""
    incident = an_incident_at(world)
    body = sent_by(postman)
    assert (incident.reference in body, "http" in body) == (True, False)
    said = seen(page, world.manager, incident)
    assert "It has no link by which they can say that they have read it: Plumbline’s public address is not set" in said
    administrator = page(UserFactory(role="administrator"))
    assert "public address is not set (PLUMBLINE_HOSTS)" in words(administrator.get(reverse("reporting_contacts")))
    settings.SITE = "https://plumbline.example.org"
    assert "public address is not set" not in words(administrator.get(reverse("reporting_contacts")))


@pytest.mark.parametrize(
    ("hosts", "site"),
    [("localhost", ""), ("localhost,plumbline.example.org", "https://plumbline.example.org"), ("127.0.0.1", ""),
     ("*", ""), (".example.org, plumbline.example.org", "https://plumbline.example.org")],
)  # fmt: skip
def test_a_name_that_each_machine_has_is_no_public_address(hosts: str, site: str, tmp_path) -> None:
    given = {"PLUMBLINE_LOGIN": "worker", "PLUMBLINE_HOME": str(tmp_path), "PLUMBLINE_TRUSTED_PROXIES": "none"}
    assert read({**given, "PLUMBLINE_HOSTS": hosts}).site == site
    assert read({**given, "PLUMBLINE_HOSTS": hosts, "PLUMBLINE_DEMO": "1"}).site == "http://localhost:8000"


def test_my_work_says_that_the_e_mail_is_not_read_after_a_working_day(page, postman, world: World, settings) -> None:
    kept("service_inbox", "inbox@example.org")
    incident = an_incident(world)
    sent_by(postman)

    def why() -> str:
        """Of who is to tell the office."""
        return words(page(world.provider).get(reverse("provider")))

    assert incident.reference in why()
    settings.TODAY = ON + timedelta(days=1)
    assert "the e-mail is not read" not in why()
    settings.TODAY = ON + timedelta(days=2)
    assert "ervice inbox (the e-mail is not read)" in why()
    mail = line(incident, "service_inbox").mail
    Message.objects.filter(pk=mail.pk).update(read_at=AT, read_by="Jane Smith")
    assert "the e-mail is not read" not in why()


def test_a_refused_e_mail_is_written_again_once_the_address_is_right_with_another_link(
    page, postman, world: World
) -> None:
    _, server = postman
    incident = an_incident_at(world, "gone@example.org")
    link = link_of(incident)
    send_waiting(server=server, now=lambda: AT, on=ON)
    assert "was not delivered: 550 No such person Tell them another way." in seen(page, world.manager, incident)
    assert "(the e-mail was not delivered)" in words(page(world.provider).get(reverse("provider")))
    # The same address again changes nothing.
    kept(CENTRE, "gone@example.org")
    assert Message.objects.filter(to_user=None).count() == 1
    kept(CENTRE, "office@example.org")
    new = link_of(incident)
    assert (visitor().get(link).status_code, visitor().get(new).status_code) == (404, 200)
    row = line(incident, CENTRE)
    assert (row.mail.to_address, row.mail.state) == ("office@example.org", "waiting")
    # Once and no more.
    before = Message.objects.count()
    kept(CENTRE, "office@example.org")
    incident_notices.follow(incident=incident, act=Act(None, AT, ON))
    assert Message.objects.count() == before


def test_what_came_back_after_it_was_read_stays_read(page, postman, world: World) -> None:
    incident = an_incident_at(world)
    link = link_in(sent_by(postman))
    visitor().post(link, TAKEN)
    mail = line(incident, CENTRE).mail
    assert telling.bounced(number=mail.pk, address=mail.to_address, said="full", act=Act(None, AT, ON))
    assert "Read: Jane Smith, duty officer" in seen(page, world.manager, incident)


def test_one_that_was_not_sent_says_why_and_asks_for_another_way_only_where_they_are_to_be_told(
    page, postman, world: World
) -> None:
    incident = an_incident_at(world)
    _, server = postman
    send_waiting(server=server, now=lambda: AT + TOO_OLD + timedelta(hours=1), on=ON)
    assert "was not sent: It waited too long. Tell them another way." in seen(page, world.manager, incident)
    other = an_incident(world)
    _not_needed(other, world)
    said = seen(page, world.manager, other)
    assert "was not sent: They need not be told any more.<" in said
    assert line(other, CENTRE).mail.secret == ""


# --- the database itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [
    {"state": "sent", "sent_at": datetime(2016, 7, 20, tzinfo=UTC)}, {"state": "failed"}, {"state": "not_sent"},
    {"read_key": ""}, {"read_by": "Jane"}, {"read_at": AT},
])  # fmt: skip
def test_the_database_keeps_no_link_that_has_left_and_no_half_of_a_reading(world: World, changes) -> None:
    incident = an_incident_at(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=line(incident, CENTRE).mail_id).update(**changes)


def test_what_is_written_to_a_person_has_no_such_link() -> None:
    telling.write(UserFactory(email="beth@example.org"), ("Hello", "Text"), at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.exclude(to_user=None).update(read_key="a" * 64)


# --- an office's address that refuses ---------------------------------------------------------------------------------

TASK = "Put an office’s e-mail address right: it refused a message"


def test_a_refused_address_of_the_council_is_a_task_of_who_keeps_the_lists_until_it_is_right(
    page, postman, world: World
) -> None:
    _, server = postman
    an_incident_at(world, "gone@example.org")
    administrator, officer = page(UserFactory(role="administrator")), page(world.manager)
    assert TASK not in words(administrator.get(reverse("my_work")))
    send_waiting(server=server, now=lambda: AT, on=ON)
    work = words(administrator.get(reverse("my_work")))
    assert (TASK in work, "gone@example.org: “550 No such person”" in work) == (True, True)
    assert reverse("reporting_contact", args=[CENTRE]) in work
    assert "gone@example.org refused an e-mail: “550 No such person”" in words(
        administrator.get(reverse("reporting_contacts"))
    )
    assert TASK not in words(officer.get(reverse("my_work")))
    kept(CENTRE, "office@example.org")
    assert TASK not in words(administrator.get(reverse("my_work")))


def test_a_refused_address_of_a_contract_is_its_managers_and_one_that_takes_e_mail_again_is_none(
    page, postman, world: World
) -> None:
    _, server = postman
    set_contact(
        contract_id=world.contract.pk,
        recipient=CENTRE,
        way=Way(email="desk@example.org"),
        act=Act(world.manager, AT, ON),
    )
    incident = an_incident(world)
    send_waiting(server=server, now=lambda: AT, on=ON)
    mail = line(incident, CENTRE).mail
    assert telling.bounced(number=mail.pk, address=mail.to_address, said="full", act=Act(None, AT, ON))
    work = words(page(world.manager).get(reverse("my_work")))
    assert reverse("contract_contact", args=[world.contract.pk, CENTRE]) in work
    for other in (world.provider, UserFactory(role="administrator"), UserFactory(role="social_worker")):
        assert TASK not in words(page(other).get(reverse("my_work"), follow=True))
    an_incident(world)
    send_waiting(server=server, now=lambda: AT + timedelta(hours=1), on=ON)
    assert TASK not in words(page(world.manager).get(reverse("my_work")))
