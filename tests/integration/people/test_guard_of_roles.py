"""SQL by the login of the pages gives nobody a role, asks for none, confirms none and ends none."""

from datetime import date

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from plumbline.kernel.errors import RuleBroken
from plumbline.people import acting, operations
from plumbline.people.act import Act
from plumbline.people.models import RoleAsked, RoleHeld, User
from tests import databases
from tests.factories.people import LONG_AGO, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.login("web")]

TODAY = date(2016, 7, 31)
AT = "2016-07-31T09:00:00+00:00"
GIVE = "insert into people_roleheld (user_id, role, team, from_on) values (%s, %s, '', '2010-01-01')"
ASK = """insert into people_roleasked (user_id, role, team, from_on, state, asked_by_id, asked_at)
         values (%s, 'director', '', '2010-01-01', 'asked', %s, now())"""
CONFIRM = "update people_roleasked set state = 'given', decided_by_id = %s, decided_at = now() where id = %s"


def refused(statement: str, *values: object) -> str:
    with pytest.raises(DatabaseError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    cause = raised.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.sqlstate in ("PL001", "42501"), cause
    return str(cause)


def asked_for(user: User, by: User, role: str = "director") -> RoleAsked:
    made = operations.give_role(user=user, role=role, from_on=LONG_AGO, to_on=None, act=Act(by, AT, TODAY))
    assert isinstance(made, RoleAsked)
    return made


@pytest.mark.parametrize("role", ["elected_member", "administrator", "social_worker"])
def test_a_role_is_not_given_by_sql(role):
    assert "someone who is signed in" in refused(GIVE, UserFactory().pk, role)


def test_a_role_is_not_changed_by_sql():
    held = UserFactory(role="elected_member").roles_held.get()

    assert "signed in" in refused("update people_roleheld set role = 'administrator' where id = %s", held.pk)


@pytest.mark.parametrize(
    "statement",
    ["update people_roleheld set to_on = '2015-01-01' where id = %s", "delete from people_roleheld where id = %s"],
)
def test_a_role_is_not_ended_by_sql(statement):
    assert "signed in" in refused(statement, UserFactory(role="elected_member").roles_held.get().pk)


def test_a_role_is_not_asked_for_in_the_name_of_another():
    assert "who manages users" in refused(ASK, UserFactory().pk, UserFactory(role="administrator").pk)


def test_a_role_that_was_asked_for_is_not_confirmed_by_sql():
    asked = asked_for(UserFactory(), UserFactory(role="administrator"))
    acting.act(UserFactory(role="administrator"), on=TODAY)
    other = UserFactory(role="information_governance")

    assert "by who confirms roles" in refused(CONFIRM, other.pk, asked.pk)


def test_a_request_is_not_taken_away_by_sql():
    asked = asked_for(UserFactory(), UserFactory(role="administrator"))

    assert "permission denied" in refused("delete from people_roleasked where id = %s", asked.pk)


def test_what_was_asked_for_is_not_changed_while_it_is_confirmed():
    asked, other = asked_for(UserFactory(), UserFactory(role="administrator")), UserFactory(role="administrator")
    acting.act(other, on=TODAY)

    assert "confirmed or declined once" in refused(
        "update people_roleasked set state = 'given', role = 'administrator', decided_by_id = %s, decided_at = now()"
        " where id = %s",
        other.pk,
        asked.pk,
    )


def test_an_administrator_who_is_signed_in_gives_no_role_that_needs_two():
    acting.act(UserFactory(role="administrator"), on=TODAY)

    assert "asked for by one person and confirmed by another" in refused(GIVE, UserFactory().pk, "social_worker")


def test_an_administrator_who_is_signed_in_changes_nothing_of_their_own():
    admin = UserFactory(role="administrator")
    acting.act(admin, on=TODAY)

    assert "Nobody changes what they themselves may do" in refused(GIVE, admin.pk, "elected_member")


def test_who_manages_no_users_gives_no_role():
    acting.act(UserFactory(role="social_worker"), on=TODAY)

    assert "Only who manages users" in refused(GIVE, UserFactory().pk, "elected_member")


def test_a_role_is_only_ended_and_never_prolonged_or_made_another():
    held = UserFactory(role="elected_member").roles_held.get()
    acting.act(UserFactory(role="administrator"), on=TODAY)

    assert "nothing else" in refused("update people_roleheld set role = 'director' where id = %s", held.pk)
    assert "nothing else" in refused("update people_roleheld set from_on = '2000-01-01' where id = %s", held.pk)


def test_a_proof_is_believed_in_its_own_transaction_only(run_database):
    """What one request has shown is of no use to the person who finds it."""
    admin = UserFactory(role="administrator")
    acting.act(admin, on=TODAY)
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('plumbline.acting')")
        proof = cursor.fetchone()[0].rpartition("|")[2]
    with psycopg.connect(databases.login_url("web", run_database)) as web:
        assert web.execute("select people_act(%s, %s, %s)", [admin.pk, TODAY, proof]).fetchone() == (False,)
        with pytest.raises(psycopg.Error, match="someone who is signed in"):
            web.execute(GIVE, [1, "elected_member"])


def test_pages_with_another_key_than_the_database_are_told_what_to_do(settings):
    settings.SECRET_KEY = "another key, than the one with which this database was set up"
    admin = UserFactory(role="administrator")

    with pytest.raises(RuleBroken, match="plumbline init"):
        acting.act(admin, on=TODAY)


def test_no_login_reads_the_key(own_database):
    for login in ("web", "worker"):
        with psycopg.connect(databases.login_url(login, own_database)) as other:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                other.execute("select inner_key from people_actingkey")


def test_what_two_people_do_on_the_pages_gives_the_role():
    user, confirming = UserFactory(), UserFactory(role="information_governance")
    asked = asked_for(user, UserFactory(role="administrator"))
    operations.decide_role(asked_id=asked.pk, given=True, act=Act(confirming, AT, TODAY))

    assert list(RoleHeld.objects.filter(user=user).values_list("role", flat=True)) == ["director"]
