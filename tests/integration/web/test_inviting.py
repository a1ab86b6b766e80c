"""A person is invited where nobody of an organisation can be reached, by a link that works once, for seven days."""

import re
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from plumbline.actions.models import Action
from plumbline.audit.models import Event
from plumbline.commissioning.models import ImplementationPlan, PathwayPack
from plumbline.contracts.models import IncidentForm, Visit
from plumbline.flags import inviting as mails
from plumbline.flags import operations as flags
from plumbline.flags.models import Message
from plumbline.flags.outbox import send_waiting
from plumbline.jobs.duties import Waiting
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people import access, acting, inviting
from plumbline.people import operations as people
from plumbline.people.access import ROLES, Permission
from plumbline.people.act import Act
from plumbline.people.models import Invitation, RoleHeld, User
from plumbline.people.queries import acting_for, organisations_of
from plumbline.toolkits.operations import reminders
from tests.factories.people import UserFactory, hold_role
from tests.factories.tenders import TenderFactory
from tests.factories.toolkits import an_organisation, asked, plain_version
from tests.integration.contracts.care_situations import TODAY, a_contract
from tests.postman import postman as postman

# As the login of the pages, so that the database itself lets only this through.
pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]

NOW = datetime.now(UTC)
PASSWORD = "brisk-otter-lantern-9"


@pytest.fixture(autouse=True)
def _a_site(settings, tmp_path) -> None:
    settings.TODAY, settings.HOME, settings.SMTP_URL = TODAY, tmp_path, "smtp://127.0.0.1:1"


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def an_officer(role: str = "contract_officer") -> User:
    return UserFactory(role=role, email="officer@council.example")


def form_of(organisation, back: str = "") -> str:
    return f"/organisations/{organisation.pk}/invite/" + (f"?back={back}" if back else "")


def invite(organisation, *, by: User | None = None, at: datetime = NOW, **more) -> Invitation:
    """By the operation, with the link kept in `.link`."""
    given = {"name": "Jane Smith", "email": "jane@example.org", "lands_on": "", **more}
    made = mails.invite(
        organisation=organisation,
        council="Fenmarsh",
        act=Act(by or an_officer(), at, TODAY),
        address=lambda found, token: f"http://localhost/invited/{found.pk}/{token}/",
        **given,
    )
    made.link = made.messages.get().secret.removeprefix("http://localhost")
    return made


def visitor() -> Client:
    return Client(HTTP_HOST="localhost")


def choose(client: Client, link: str, password: str = PASSWORD):
    return client.post(link, {"password": password, "again": password})


def refusal(call) -> RuleBroken:
    with pytest.raises(RuleBroken) as raised:
        call()
    return raised.value


# --- from the question to the answer ----------------------------------------------------------------------------------


def test_from_a_return_that_reaches_nobody_to_its_page_open_for_the_person_invited(page, postman) -> None:
    post, server = postman
    made, officer = asked(), an_officer()
    client, back = page(officer), f"/returns/{made.pk}/"
    shown = words(client.get(back))
    assert f"/organisations/{made.organisation_id}/invite/?back=%2Freturns%2F{made.pk}%2F" in shown

    said = words(
        client.post(form_of(made.organisation, back), {"name": "Jane Smith", "email": "jane@example.org"}, follow=True)
    )
    assert "Jane Smith is invited. The e-mail to jane@example.org waits to be sent" in said
    assert "Invited Jane Smith (jane@example.org) on 31 July 2016: the e-mail waits to be sent." in said
    jane = User.objects.get(email="jane@example.org")
    assert (jane.is_active, jane.has_usable_password(), str(jane)) == (False, False, "Jane Smith (invited)")
    # Nobody is asked by it yet.
    assert acting_for(made.organisation_id, on=TODAY) == []

    send_waiting(server=server, now=lambda: datetime.now(UTC), on=TODAY)
    (envelope,) = post.received
    assert envelope.rcpt_tos == ["jane@example.org"]
    body = message_from_bytes(envelope.content, policy=policy.default).get_content()
    (link,) = re.findall(r"http://localhost(/invited/\S+)", body)
    assert [said in body for said in (jane.username, made.organisation.name, "by 7 August 2016")] == [True] * 3
    # What lets a person in is kept only until it has left.
    assert (Message.objects.get(to_user=jane).secret, link in Message.objects.get(to_user=jane).body) == ("", False)
    assert "the e-mail was sent on 31 July 2016, and its link can be used until 7 August 2016" in words(
        client.get(back)
    )

    person = visitor()
    opened = person.get(link)
    assert ("Choose your password" in words(opened), "sessionid" in person.cookies) == (True, False)
    answer = choose(person, link)
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert "Start answering" in words(person.get(back))
    jane.refresh_from_db()
    assert (jane.is_active, jane.check_password(PASSWORD), jane.must_change_password) == (True, True, False)
    assert [user.pk for user in acting_for(made.organisation_id, on=TODAY)] == [jane.pk]
    assert "accepted on 31 July 2016" in words(client.get(form_of(made.organisation)))
    assert "Nobody can answer it" not in words(client.get(back))
    assert made.title in words(person.get("/", follow=True))


def test_who_has_accepted_is_written_to_about_what_waited(page) -> None:
    made = asked()
    invited = invite(made.organisation)
    assert reminders.write_reminders(to_answer=Waiting(at=NOW, on=TODAY).to_answer, act=Act(None, NOW, TODAY)) == 0
    choose(visitor(), invited.link)
    assert reminders.write_reminders(to_answer=Waiting(at=NOW, on=TODAY).to_answer, act=Act(None, NOW, TODAY)) == 1
    assert Message.objects.filter(to_user=invited.user, invitation=None).count() == 1


def test_the_person_invited_holds_the_one_role_for_the_one_organisation_and_is_told_of_by_governance() -> None:
    governance = UserFactory(role="information_governance", email="ig@council.example")
    made = invite(an_organisation())
    held = RoleHeld.objects.get(user=made.user)
    role = ROLES[held.role]
    assert (held.organisation, held.team, role.reach, role.permissions) == (
        made.organisation,
        "",
        "none",
        frozenset({Permission.PROVIDER_PORTAL}),
    )
    assert not access.needs_second_person(held.role)
    flags.tell_of_events(act=Act(None, NOW, TODAY))
    (told,) = Message.objects.filter(to_user=governance)
    assert "invited a person by e-mail to sign in for an organisation (provider user)" in told.body
    assert "jane@example.org" not in told.body


def test_before_the_password_is_chosen_nobody_signs_in() -> None:
    made = invite(an_organisation())
    client = visitor()
    client.post("/sign-in/", {"login": made.user.username, "password": ""})
    client.post("/sign-in/", {"login": made.user.username, "password": made.user.password})
    assert client.get("/", follow=True).redirect_chain != []
    assert organisations_of(made.user, on=TODAY) == frozenset()


# --- the link ---------------------------------------------------------------------------------------------------------


def test_looking_at_the_link_uses_nothing_up_and_leaves_no_session() -> None:
    made = invite(an_organisation())
    for _ in range(12):
        opened = visitor().get(made.link)
        assert (opened.status_code, opened["Cache-Control"], opened["Referrer-Policy"]) == (
            200,
            "private, no-store",
            "same-origin",
        )
        assert "sessionid" not in opened.cookies
    assert choose(visitor(), made.link).status_code == 302


def _used(made: Invitation) -> None:
    choose(visitor(), made.link)


def _over(made: Invitation) -> None:
    """As of a week ago."""
    past = NOW - timedelta(days=7, minutes=1)
    made.link = f"/invited/{made.pk}/{inviting.Links(past).make_token(made.user)}/"


def _withdrawn(made: Invitation) -> None:
    mails.withdraw(invitation_id=made.pk, act=Act(an_officer(), NOW, TODAY))


def _invented(made: Invitation) -> None:
    made.link = f"/invited/{made.pk}/c4a9yz-0123456789abcdef0123456789abcdef/"


def _of_another(made: Invitation) -> None:
    other = invite(an_organisation(), email="tom@example.org", name="Tom Hill")
    made.link = f"/invited/{made.pk}/{other.link.split('/')[3]}/"


def _of_nobody(made: Invitation) -> None:
    made.link = "/invited/999999/c4a9yz-0123456789abcdef0123456789abcdef/"


@pytest.mark.parametrize("spoil", [_used, _over, _withdrawn, _invented, _of_another, _of_nobody])
def test_a_link_that_cannot_be_used_gets_one_answer_and_changes_nothing(spoil) -> None:
    plain = re.compile(r"csrfmiddlewaretoken\" value=\"\w+\"")
    wrong = plain.sub("", words(visitor().get("/invited/888888/none/")))
    made = invite(an_organisation())
    spoil(made)
    before = User.objects.get(pk=made.user_id).password
    for answer in (visitor().get(made.link), choose(visitor(), made.link, "another-long-word-77")):
        assert answer.status_code == 404
        assert plain.sub("", words(answer)) == wrong
        assert "sessionid" not in answer.cookies
    asked_again = [words(visitor().post(each, {"new_link": "1"})) for each in (made.link, "/invited/888888/none/")]
    assert asked_again[0] == asked_again[1]
    assert User.objects.get(pk=made.user_id).password == before


def test_a_link_of_six_days_works() -> None:
    made = invite(an_organisation())
    token = inviting.Links(NOW - timedelta(days=6, hours=23)).make_token(made.user)
    assert choose(visitor(), f"/invited/{made.pk}/{token}/").status_code == 302


def test_a_password_that_is_easily_guessed_is_not_taken_and_the_link_stays_good() -> None:
    made = invite(an_organisation())
    for given in (
        {"password": "short", "again": "short"},
        {"password": "password1234", "again": "password1234"},
        {"password": PASSWORD, "again": "other-otter-lantern"},
        {},
    ):
        assert visitor().post(made.link, given).status_code == 200
    assert User.objects.get(pk=made.user_id).is_active is False
    assert choose(visitor(), made.link).status_code == 302


def test_whoever_tries_links_waits_and_who_has_one_does_not() -> None:
    made = invite(an_organisation())
    tried = [visitor().get(f"/invited/{made.pk}/c4a9yz-{number:032}/").status_code for number in range(6)]
    assert tried == [404] * 5 + [429]
    # From elsewhere the person's own link works.
    assert visitor().get(made.link, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_many_numbers_tried_from_one_address_wait() -> None:
    tried = [visitor().get(f"/invited/{700_000 + number}/none/").status_code for number in range(12)]
    assert 429 in tried


def test_a_link_that_is_over_asks_its_officer_for_a_new_one_once(page) -> None:
    officer = an_officer()
    made = invite(asked().organisation, by=officer)
    _over(made)
    for _ in range(3):
        visitor().post(made.link, {"new_link": "1"})
    assert Event.objects.filter(kind="people.invitation.asked_again").count() == 1
    shown = words(page(officer).get("/"))
    assert "Send an invitation again, or withdraw it: Jane Smith" in shown
    assert "asked for a new link on 31 July 2016" in shown
    page(officer).post(f"/invitations/{made.pk}/send/")
    assert "Send an invitation again" not in words(page(officer).get("/"))
    assert made.messages.count() == 2


def test_an_invented_link_asks_nobody_for_anything() -> None:
    made = invite(an_organisation())
    _invented(made)
    visitor().post(made.link, {"new_link": "1"})
    assert Invitation.objects.get(pk=made.pk).asked_again_at is None


# --- what became of it ------------------------------------------------------------------------------------------------


def test_an_address_that_is_gone_is_said_and_is_a_task_of_the_officer(page, postman) -> None:
    _, server = postman
    officer, made = an_officer(), asked()
    sent = invite(made.organisation, by=officer, email="gone@example.org", lands_on=f"/returns/{made.pk}/")
    send_waiting(server=server, now=lambda: NOW, on=TODAY)
    assert "the e-mail could not be delivered (550 No such person)" in words(page(officer).get(f"/returns/{made.pk}/"))
    assert "Send an invitation again, or withdraw it" in words(page(officer).get("/"))
    assert sent.messages.get().secret == ""


def test_one_that_was_withdrawn_is_not_sent_and_its_account_is_used_again_for_the_same_organisation_alone(
    page, postman
) -> None:
    post, server = postman
    officer, organisation = an_officer(), an_organisation()
    made = invite(organisation, by=officer)
    page(officer).post(f"/invitations/{made.pk}/withdraw/")
    send_waiting(server=server, now=lambda: NOW, on=TODAY)
    assert (post.received, RoleHeld.objects.filter(user=made.user).exists()) == ([], False)
    assert refusal(lambda: invite(an_organisation(), by=officer)).code == "cannot_invite"
    again = invite(organisation, by=officer, name="Jane Smyth")
    assert (again.user_id, User.objects.get(pk=made.user_id).name) == (made.user_id, "Jane Smyth")
    assert visitor().get(made.link).status_code == 404
    assert choose(visitor(), again.link).status_code == 302


def test_sent_again_the_mail_that_waited_is_not_sent_besides(page, postman) -> None:
    post, server = postman
    officer = an_officer()
    made = invite(an_organisation(), by=officer)
    page(officer).post(f"/invitations/{made.pk}/send/")
    send_waiting(server=server, now=lambda: datetime.now(UTC), on=TODAY)
    assert len(post.received) == 1
    assert sorted(made.messages.values_list("state", flat=True)) == ["not_sent", "sent"]


@pytest.mark.parametrize("state", ["sent", "failed", "not_sent"])
def test_no_message_keeps_its_link_once_it_has_left(state: str) -> None:
    made = invite(an_organisation())
    with pytest.raises(IntegrityError), transaction.atomic():
        made.messages.update(state=state, sent_at=NOW if state == "sent" else None)


def test_an_administrator_withdraws_one_and_neither_switches_it_on_nor_makes_a_password(page) -> None:
    admin, made = UserFactory(role="administrator"), invite(an_organisation())
    act = Act(admin, NOW, TODAY)
    assert refusal(lambda: people.new_password(user=made.user, act=act)).code == "invited"
    assert refusal(lambda: people.switch_on(user=made.user, because="asked", act=act)).code == "invited"
    client = page(admin)
    shown = words(client.get(f"/users/{made.user_id}/"))
    assert ["Invited, no password yet" in shown, "Withdraw the invitation" in shown] == [True, True]
    assert client.post(f"/invitations/{made.pk}/withdraw/")["Location"] == f"/users/{made.user_id}/"
    assert visitor().get(made.link).status_code == 404


# --- who may, and who may be invited ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_ask_an_organisation_may_invite_and_nobody_else(page, role: str) -> None:
    organisation = an_organisation()
    user = UserFactory()
    hold_role(user, role, organisation=organisation if role == "provider_user" else None)
    may = bool(ROLES[role].permissions & access.MAY_INVITE)
    client, given = page(user), {"name": "Jane Smith", "email": "jane@example.org"}
    assert client.get(form_of(organisation)).status_code == (200 if may else 404)
    client.post(form_of(organisation), given)
    assert Invitation.objects.exists() == may
    if not may:
        with pytest.raises(NotAllowed):
            invite(organisation, by=user)
        made = invite(organisation)
        assert client.post(f"/invitations/{made.pk}/send/").status_code == 404
        answer = client.post(f"/invitations/{made.pk}/withdraw/")
        assert answer.status_code == (302 if Permission.USERS_MANAGE in ROLES[role].permissions else 404)


def test_nothing_is_sent_or_withdrawn_by_looking_at_an_address(page) -> None:
    made, client = invite(an_organisation()), page(an_officer())
    for act in ("send", "withdraw"):
        assert client.get(f"/invitations/{made.pk}/{act}/").status_code == 302
    assert Invitation.objects.get(pk=made.pk).state == "waiting"


@pytest.mark.parametrize(
    ("email", "code"),
    [("", "bad_address"), ("jane", "bad_address"), ("jane@", "bad_address"), ("a@b.org, c@d.org", "bad_address"),
     ("jane@example.org\nBcc: x@example.org", "bad_address"), ("Jane <jane@example.org>", "bad_address")],
)  # fmt: skip
def test_what_is_no_address_is_refused(email: str, code: str) -> None:
    assert refusal(lambda: invite(an_organisation(), email=email)).code == code
    assert not User.objects.filter(name="Jane Smith").exists()


def test_an_address_of_the_same_organisation_is_said_to_be() -> None:
    organisation = an_organisation()
    hold_role(UserFactory(email="Jane@Example.org"), "provider_user", organisation=organisation)
    said = refusal(lambda: invite(organisation))
    assert (said.code, organisation.name in said.reason) == ("signs_in_already", True)


@pytest.mark.parametrize("who", ["the council's", "another provider's", "one who has left", "one invited elsewhere"])
def test_of_any_other_address_nothing_is_told_and_an_event_is_left(page, who: str) -> None:
    officer, organisation = an_officer(), an_organisation()
    if who == "one invited elsewhere":
        invite(an_organisation())
    elif who == "another provider's":
        hold_role(UserFactory(email="jane@example.org"), "provider_user", organisation=an_organisation())
    else:
        UserFactory(email="JANE@example.org", role="social_worker", is_active=who == "the council's")
    said = words(
        page(officer).post(form_of(organisation), {"name": "Jane Smith", "email": "jane@example.org"}, follow=True)
    )
    assert "This address cannot be invited here. Ask the administrator." in said
    event = Event.objects.get(kind="people.invitation.refused")
    assert (event.by_id, event.subject_id, "jane" in str(event.data)) == (officer.pk, str(organisation.pk), False)


def test_one_officer_has_so_many_a_day_refusals_among_them() -> None:
    officer, organisation = an_officer(), an_organisation()
    UserFactory(email="taken@council.example")
    for _ in range(inviting.MOST_A_DAY - 1):
        refusal(lambda: invite(organisation, by=officer, email="taken@council.example"))
    made = invite(organisation, by=officer)
    assert refusal(lambda: invite(organisation, by=officer, email="tom@example.org")).code == "too_many"
    send = {"invitation_id": made.pk, "council": "", "address": lambda *_: ""}
    assert refusal(lambda: mails.send_again(act=Act(officer, NOW, TODAY), **send)).code == "too_many"
    invite(organisation, by=an_officer(), email="tom@example.org")
    # The database itself says when an event was.
    mails.send_again(act=Act(officer, datetime.now(UTC) + timedelta(days=1, minutes=1), TODAY), **send)


def test_two_of_one_name_have_user_names_of_their_own() -> None:
    names = [invite(an_organisation(), name="Zoë O’Brien", email=f"z{n}@example.org").user.username for n in range(3)]
    assert names == ["zoe.o.brien", "zoe.o.brien2", "zoe.o.brien3"]
    assert invite(an_organisation(), name="李小龙", email="li@example.org").user.username == "person"


def test_a_supplier_known_by_a_bid_alone_is_no_page(page) -> None:
    merged = an_organisation()
    merged.merged_into = an_organisation()
    merged.save()
    client = page(an_officer())
    assert [client.get(form_of(merged)).status_code, client.get("/organisations/999999/invite/").status_code] == [
        404,
        404,
    ]


# --- without a mail server --------------------------------------------------------------------------------------------


def test_without_a_mail_server_the_excel_file_is_what_there_is(page, settings) -> None:
    settings.SMTP_URL = ""
    made, officer = asked(), an_officer()
    client = page(officer)
    shown = words(client.get(f"/returns/{made.pk}/"))
    assert ["No mail server is set" in shown, f"/returns/{made.pk}/excel/" in shown, "/invite/" in shown] == [
        True,
        True,
        False,
    ]
    given = {"name": "Jane Smith", "email": "jane@example.org"}
    said = words(client.post(form_of(made.organisation), given))
    assert ["no mail server is set" in said, "Invite by e-mail" in said] == [True, False]
    assert not Invitation.objects.exists()


# --- every page that asks something of an organisation ----------------------------------------------------------------


def a_return(contract) -> str:
    return f"/returns/{asked(None, contract.provider).pk}/"


def a_report(contract) -> str:
    sent = Visit.objects.create(
        contract=contract, state="report_sent", visited_on=date(2016, 7, 1), report_sent_on=TODAY
    )
    return f"/contracts/visits/{sent.pk}/"


def a_form(contract) -> str:
    IncidentForm.objects.create(contract=contract, number=1, steps=[], made_at=NOW)
    return f"/contracts/{contract.pk}/incident-form/"


def an_action(contract) -> str:
    made = Action.objects.create(
        title="Train the staff",
        subject_type="contract",
        subject_id=contract.pk,
        subject_label=contract.reference,
        origin_type="contract",
        owner_organisation=contract.provider,
        due_on=date(2016, 9, 1),
        first_due_on=date(2016, 9, 1),
        raised_at=NOW,
    )
    return f"/actions/{made.pk}/"


def a_pack(contract) -> str:
    plan = ImplementationPlan.objects.create(
        tender=TenderFactory(),
        version=plain_version(),
        title="Homes",
        supplier=contract.provider,
        supplier_is_new=True,
        service_starts_on=date(2016, 9, 1),
        made_at=NOW,
    )
    given = PathwayPack.objects.create(plan=plan, number=1, contents={"pathways": [], "contacts": []}, sent_at=NOW)
    return f"/packs/{given.pk}/"


@pytest.mark.parametrize("asks", [a_return, a_report, a_form, an_action, a_pack])
def test_each_page_that_asks_an_organisation_offers_it_and_the_person_lands_there(page, asks) -> None:
    contract, officer = a_contract(), an_officer()
    address = asks(contract)
    client = page(officer)
    offered = re.findall(r'href="(/organisations/\d+/invite/\?back=[^"]+)"', client.get(address).content.decode())
    assert len(offered) == 1
    client.post(offered[0], {"name": "Jane Smith", "email": "jane@example.org"})
    assert "Invited Jane Smith" in words(client.get(address))
    person, made = visitor(), Invitation.objects.get()
    landed = choose(person, made.messages.get().secret.removeprefix("http://localhost"))
    assert (landed["Location"], person.get(address).status_code) == (address, 200)
    assert "/invite/" not in words(client.get(address))


# --- the database itself ----------------------------------------------------------------------------------------------


def _gives(role: str, user: User, organisation) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "insert into people_roleheld (user_id, role, team, from_on, organisation_id) values (%s, %s, '', %s, %s)",
            [user.pk, role, TODAY, organisation.pk if organisation else None],
        )


@pytest.mark.login("web")
def test_the_database_gives_the_role_to_the_account_invited_for_the_organisation_and_nothing_else() -> None:
    officer, organisation, other = an_officer(), an_organisation(), an_organisation()
    made = invite(organisation, by=officer)
    stranger = UserFactory()
    acting.act(officer, on=TODAY)
    for role, user, of in (
        ("provider_user", made.user, other),
        ("administrator", made.user, organisation),
        ("provider_user", stranger, organisation),
        ("contract_officer", made.user, organisation),
        ("provider_user", made.user, organisation),
    ):
        with pytest.raises(DatabaseError, match=r"manages users|confirmed by another"):
            _gives(role, user, of)
    choose(visitor(), made.link)
    acting.act(officer, on=TODAY)
    with pytest.raises(DatabaseError, match="manages users"), transaction.atomic():
        RoleHeld.objects.filter(user=made.user).delete()
