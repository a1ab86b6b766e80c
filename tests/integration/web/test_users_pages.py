"""Users on the page: made, given roles, joined to their records, switched off; the last administrator stays."""

import re
from datetime import date

import pytest
from django.utils import timezone

from plumbline.audit.models import Event
from plumbline.flags import operations as flags
from plumbline.flags.models import Message
from plumbline.people import access
from plumbline.people.access import ROLES
from plumbline.people.act import Act
from plumbline.people.models import RoleAsked, RoleHeld, Tie, User
from tests import databases
from tests.factories.people import OrganisationFactory, ProfessionalFactory, UserFactory
from tests.factories.records import InvolvementFactory

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]


@pytest.fixture
def admin():
    with databases.as_worker():
        RoleHeld.objects.filter(role="administrator").delete()
    return UserFactory(role="administrator")


def confirmed(page, username="ola.berg"):
    """What waits for a second person, confirmed by one."""
    asked = RoleAsked.objects.get(user__username=username)
    return page(UserFactory(role="information_governance")).post(
        f"/users/asked/{asked.pk}/", {"decision": "give"}, follow=True
    )


def made(page, admin, **changes):
    given = {"name": "Ola Berg", "username": "ola.berg", "email": "", "professional": "", "role": "social_worker"}
    return page(admin).post("/users/new/", {**given, **changes}, follow=True)


def test_a_made_user_can_sign_in_with_the_password_shown_once(page, admin):
    answer = made(page, admin)
    password = answer.context["password"]
    assert User.objects.get(username="ola.berg").check_password(password)


def test_the_password_is_not_shown_twice(page, admin):
    client = page(admin)
    given = {"name": "Ola Berg", "username": "ola.berg", "role": "social_worker"}
    client.post("/users/new/", given, follow=True)
    again = client.get(f"/users/{User.objects.get(username='ola.berg').pk}/")
    assert again.context["password"] == ""


def test_the_trail_never_holds_a_password(page, admin):
    password = made(page, admin).context["password"]
    assert not any(password in str(event.data) for event in Event.objects.all())


def test_a_user_joined_to_a_worker_reaches_that_workers_children_at_once(page, admin):
    involvement = InvolvementFactory()
    made(page, admin, professional=involvement.professional.source_id)
    assert Tie.objects.filter(user__username="ola.berg", subject_id=involvement.child_id).exists()


def test_a_team_manager_reaches_the_children_of_the_team_at_once(page, admin):
    involvement = InvolvementFactory(team="North")
    made(page, admin, role="team_manager", team="North")
    confirmed(page)
    assert Tie.objects.filter(user__username="ola.berg", subject_id=involvement.child_id, why="team_manager").exists()


def test_a_team_manager_does_not_reach_another_teams_children(page, admin):
    InvolvementFactory(team="South")
    made(page, admin, role="team_manager", team="North")
    confirmed(page)
    assert not Tie.objects.filter(user__username="ola.berg").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"username": "Ola Berg!"}, "small letters or figures"),
        ({"professional": "NOBODY"}, "No professional NOBODY is known"),
        ({"name": ""}, "Enter the full name"),
    ],
)
def test_a_user_who_cannot_be_made_is_refused_with_a_sentence(page, admin, changes, sentence):
    assert sentence in made(page, admin, **changes).content.decode()


def test_a_refused_user_is_not_there(page, admin):
    made(page, admin, professional="NOBODY")
    assert not User.objects.filter(username="ola.berg").exists()


def test_a_name_that_is_taken_is_refused(page, admin):
    UserFactory(username="ola.berg")
    assert "The user name ola.berg is taken" in made(page, admin).content.decode()


def test_the_last_administrator_cannot_end_their_own_role(page, admin):
    held = admin.roles_held.get()
    page(admin).post(f"/users/{admin.pk}/role/{held.pk}/end/", {"because": "Leaving"})
    assert admin.roles_held.filter(to_on=None).count() == 1


def test_the_last_administrator_cannot_be_switched_off(page, admin):
    answer = page(admin).post(f"/users/{admin.pk}/leaving/", {"because": "Leaving"})
    assert "This is the last administrator" in answer.content.decode()


def test_one_of_two_administrators_can_be_switched_off(page, admin):
    other = UserFactory(role="administrator")
    page(admin).post(f"/users/{other.pk}/leaving/", {"because": "Left"})
    assert not User.objects.get(pk=other.pk).is_active


def test_ending_a_role_takes_its_power_today(page, admin):
    user = UserFactory(role="scrutiny_officer")
    page(admin).post(f"/users/{user.pk}/role/{user.roles_held.get().pk}/end/", {"because": "Moved"})
    assert page(user).get("/reports/new/").status_code == 404


def test_a_role_is_not_held_twice_at_once(page, admin):
    user = UserFactory(role="scrutiny_officer")
    first = {"role-from_on_day": "1", "role-from_on_month": "7", "role-from_on_year": "2016"}
    answer = page(admin).post(f"/users/{user.pk}/role/", {"role-role": "scrutiny_officer", **first})
    assert "holds the role scrutiny officer then already" in answer.content.decode()


def test_giving_a_role_leaves_its_event(page, admin):
    user = UserFactory()
    first = {"role-from_on_day": "1", "role-from_on_month": "7", "role-from_on_year": "2016"}
    page(admin).post(f"/users/{user.pk}/role/", {"role-role": "commissioner", **first})
    event = Event.objects.get(kind="people.role.given", subject_id=str(user.pk))
    assert (event.by_id, event.data["role"], event.data["from_on"]) == (admin.pk, "commissioner", "2016-07-01")


def test_a_number_that_is_taken_away_takes_the_ties_with_it(page, admin):
    involvement = InvolvementFactory()
    made(page, admin, professional=involvement.professional.source_id)
    user = User.objects.get(username="ola.berg")
    page(admin).post(f"/users/{user.pk}/professional/", {"join-professional": ""})
    assert not Tie.objects.filter(user=user, to_on=None).exists()


@pytest.mark.parametrize("path", ["/users/", "/users/new/", "/users/{user}/"])
@pytest.mark.parametrize("role", ["director", "performance_analyst", "information_governance"])
def test_users_are_for_administrators_alone(page, admin, role, path):
    assert page(UserFactory(role=role)).get(path.format(user=admin.pk)).status_code == 404


def test_the_list_takes_as_many_queries_for_many_users_as_for_few(page, admin, django_assert_max_num_queries):
    for _ in range(20):
        UserFactory(role="social_worker", professional=ProfessionalFactory())
    client = page(admin)
    client.get("/users/")
    # Five of them say who looks: the transaction, the signature in it and, in that of the test, who looked before.
    with django_assert_max_num_queries(14):
        client.get("/users/")


def test_a_provider_user_is_somebody_of_the_provider_named(page, admin):
    provider = OrganisationFactory(name="Fenside Care Ltd", sector="voluntary")
    made(page, admin, role="provider_user", organisation="fenside  care ltd")
    assert RoleHeld.objects.get(user__username="ola.berg").organisation == provider


def test_a_provider_user_of_a_merged_supplier_is_somebody_of_the_one_that_stands(page, admin):
    head = OrganisationFactory(name="Fenside Group", sector="voluntary")
    OrganisationFactory(name="Fenside Care Ltd", sector="voluntary", merged_into=head)
    made(page, admin, role="provider_user", organisation="Fenside Care Ltd")
    assert RoleHeld.objects.get(user__username="ola.berg").organisation == head


@pytest.mark.parametrize(
    ("role", "organisation", "said"),
    [
        ("provider_user", "", "Say whose people they are"),
        ("provider_user", "Nobody Ltd", "is no supplier in the register"),
        ("social_worker", "Fenside Care Ltd", "Only a provider user belongs to a provider"),
    ],
)
def test_who_cannot_have_the_role_is_not_made_either(page, admin, role, organisation, said):
    OrganisationFactory(name="Fenside Care Ltd", sector="voluntary")
    answer = made(page, admin, role=role, organisation=organisation)
    assert (said in answer.content.decode(), User.objects.filter(username="ola.berg").exists()) == (True, False)


@pytest.mark.parametrize("role", [role for role in ROLES if access.needs_second_person(role)])
def test_a_role_that_reaches_children_the_trail_or_powers_waits_for_a_second_person(page, admin, role):
    made(page, admin, role=role)
    asked = RoleAsked.objects.get()
    assert not RoleHeld.objects.filter(user__username="ola.berg").exists()

    # Neither who asked, nor whose it is, nor anybody without the right to confirm.
    for other in (admin, asked.user, UserFactory(role="director")):
        page(other).post(f"/users/asked/{asked.pk}/", {"decision": "give"})
        assert not RoleHeld.objects.filter(user__username="ola.berg").exists()

    confirmed(page)
    held = RoleHeld.objects.get(user__username="ola.berg")
    assert (held.role, held.from_on) == (role, date(2016, 7, 31))


def test_what_reaches_no_child_no_trail_and_no_powers_needs_one_person():
    alone = {role for role in ROLES if not access.needs_second_person(role)}
    assert all(ROLES[role].reach == "none" for role in alone)
    assert alone == {
        "commissioner",
        "evaluator",
        "provider_user",
        "partnership_officer",
        "scrutiny_officer",
        "elected_member",
        "committee_chair",
        "lead_member",
        "co_opted_member",
    }


def test_a_declined_role_is_not_held_and_can_be_asked_for_again(page, admin):
    made(page, admin)
    asked = RoleAsked.objects.get()
    page(UserFactory(role="administrator")).post(f"/users/asked/{asked.pk}/", {"decision": "decline"})
    first = {"role-from_on_day": "1", "role-from_on_month": "7", "role-from_on_year": "2016"}
    page(admin).post(f"/users/{asked.user_id}/role/", {"role-role": "social_worker", **first})
    assert not RoleHeld.objects.filter(user=asked.user_id).exists()
    assert RoleAsked.objects.filter(state="asked").count() == 1


@pytest.mark.parametrize(
    "path", ["role/", "role/{held}/end/", "professional/", "password/", "leaving/"],
)  # fmt: skip
def test_nobody_changes_what_they_themselves_may_do(page, admin, path):
    UserFactory(role="administrator")
    typed = {
        "role-role": "director", "role-from_on_day": "1", "role-from_on_month": "7", "role-from_on_year": "2016",
        "because": "I want to", "switch-because": "I want to", "join-professional": ProfessionalFactory().source_id,
    }  # fmt: skip
    before = (admin.password, admin.roles_held.count(), RoleAsked.objects.count())
    answer = page(admin).post(f"/users/{admin.pk}/{path.format(held=admin.roles_held.get().pk)}", typed, follow=True)
    admin.refresh_from_db()
    assert (admin.password, admin.roles_held.filter(to_on=None).count(), RoleAsked.objects.count()) == before
    assert (admin.professional, admin.is_active) == (None, True)
    assert "Nobody changes what they themselves may do" in answer.content.decode()


def test_one_worker_is_one_user(page, admin):
    taken = UserFactory(professional=ProfessionalFactory())
    answer = made(page, admin, professional=taken.professional.source_id)
    assert f"is joined to the user {taken.username} already" in answer.content.decode()
    assert not User.objects.filter(username="ola.berg").exists()


def test_each_change_of_powers_is_told_to_information_governance_once(page, admin):
    told = UserFactory(role="information_governance", email="governance@example.org")
    made(page, admin)
    for _ in range(2):
        flags.tell_of_events(act=Act(None, timezone.now(), date(2016, 7, 31)))
    bodies = "\n".join(Message.objects.filter(to_user=told, event_no__isnull=False).values_list("body", flat=True))
    assert bodies.count("made a user") == 1
    assert bodies.count("asked for a role for a user; a second person has to confirm it (social worker): Ola Berg") == 1


def test_somebody_switched_off_does_not_come_back_with_an_old_session(page, admin):
    user = UserFactory(role="scrutiny_officer")
    client = page(user)
    assert client.get("/account/").status_code == 200
    page(admin).post(f"/users/{user.pk}/leaving/", {"because": "Left"})
    page(admin).post(f"/users/{user.pk}/switch/", {"switch-because": "Came back"})
    assert User.objects.get(pk=user.pk).is_active
    assert client.get("/account/").status_code == 302


def test_a_name_and_an_address_are_put_right_and_what_they_were_stays_known(page, admin):
    user = UserFactory(name="Ola Berg", email="gone@example.org")
    Message.objects.create(
        to_user=user,
        to_address=user.email,
        subject="Flag 1",
        body="…",
        state="failed",
        error="550 No such person",
        refused_at=timezone.now(),
        written_at=timezone.now(),
        next_attempt_at=timezone.now(),
    )
    client = page(admin)
    before = client.get("/").content.decode(), client.get(f"/users/{user.pk}/").content.decode()
    given = {"correct-name": "Ola Berg-Lund", "correct-email": "ola@example.org"}
    after = client.post(f"/users/{user.pk}/correct/", given, follow=True).content.decode()
    user.refresh_from_db()

    assert "it refused a message" in before[0]
    assert "gone@example.org refused an e-mail" in before[1]
    assert (user.name, user.email) == ("Ola Berg-Lund", "ola@example.org")
    assert "gone@example.org" in after
    assert "refused an e-mail" not in after
    assert "550 No such person" in client.get("/users/emails/?state=failed").content.decode()
    assert client.post(f"/users/{user.pk}/correct/", {"correct-name": " "}).status_code == 422


def test_managers_see_who_has_no_account_and_nobody_else_does(page, admin):
    worker = InvolvementFactory(team="North", professional=ProfessionalFactory(department="")).professional
    north, south = (
        UserFactory(role="team_manager", role__team="North"),
        UserFactory(role="team_manager", role__team="South"),
    )

    def shown(user):
        return worker.source_id in page(user).get("/users/without-account/").content.decode()

    assert (shown(admin), shown(north), shown(south)) == (True, True, False)
    assert page(UserFactory(role="social_worker")).get("/users/without-account/").status_code == 404
    assert page(north).get("/users/emails/").status_code == 404


def as_the_browser_sends_it(client, address: str, form: str, **typed: str) -> dict[str, str]:
    """What stands in the form of the page, hidden lines too, with what is typed."""
    page = client.get(address).content.decode()
    part = next(each for each in page.split("<form")[1:] if f'name="{form}-' in each).split("</form>")[0]
    inputs = [dict(re.findall(r'(\w[\w-]*)="([^"]*)"', each)) for each in re.findall(r"<input[^>]*>", part)]
    return {**{each["name"]: each.get("value", "") for each in inputs if "name" in each}, **typed}


def test_a_name_and_an_address_are_put_right_from_the_page_as_it_stands(page, admin) -> None:
    user, client = UserFactory(name="Tom Hill", email="gone@example.org"), page(admin)
    address = f"/users/{user.pk}/"
    sent = as_the_browser_sends_it(client, address, "correct", **{"correct-email": "tom@example.org"})
    assert sent["correct-as_opened"]
    assert client.post(f"{address}correct/", sent).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.email) == ("Tom Hill", "tom@example.org")


def test_a_number_in_the_records_is_changed_from_the_page_as_it_stands(page, admin) -> None:
    before, after = ProfessionalFactory(), ProfessionalFactory()
    user, client = UserFactory(professional=before), page(admin)
    address = f"/users/{user.pk}/"
    sent = as_the_browser_sends_it(client, address, "join", **{"join-professional": after.source_id})
    assert client.post(f"{address}professional/", sent).status_code == 302
    user.refresh_from_db()
    assert user.professional == after


def test_what_another_has_changed_meanwhile_is_still_shown_beside_it(page, admin) -> None:
    user, client = UserFactory(name="Tom Hill", email="gone@example.org"), page(admin)
    address = f"/users/{user.pk}/"
    sent = as_the_browser_sends_it(client, address, "correct", **{"correct-email": "tom@example.org"})
    User.objects.filter(pk=user.pk).update(email="thomas@example.org")
    answer = client.post(f"{address}correct/", sent)
    assert (answer.status_code, "has been changed since you opened it" in answer.content.decode()) == (422, True)
