"""Who is withdrawn, or is the child's worker no more, reads nothing from that moment on; not from the next midnight."""

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

import plumbline
from plumbline.people import access, acting, operations
from plumbline.people.act import Act
from plumbline.people.models import Child, RoleHeld, Tie, User
from plumbline.people.queries import children_visible_to, users_visible_to
from tests import databases
from tests.factories.people import LONG_AGO, ChildFactory, TieFactory, UserFactory, hold_role
from tests.integration.people.test_row_security import as_the_pages, children, connected_as_the_pages, look, seen_by_sql
from tests.integration.web.signing_in import as_

TODAY = date(2016, 7, 31)
TOMORROW, YESTERDAY = TODAY + timedelta(1), TODAY - timedelta(1)
AT_TEN = Act(None, datetime(2016, 7, 31, 9, 0, tzinfo=UTC), TODAY)


def afresh(user: User) -> User:
    """As a request makes them: the object keeps what was read of roles."""
    return User.objects.get(pk=user.pk)


def sees(user: User, *, on: date = TODAY) -> bool:
    """Whether they see a child; the database and the queries agree."""
    by_query = children_visible_to(afresh(user), on=on).exists()
    with as_the_pages(), acting.viewing(user, on=on):
        assert bool(seen_by_sql(Child)) is by_query
    return by_query


def wanted(user: User, child: Child, *, to_on: date | None, from_on: date = LONG_AGO) -> int:
    said = f"'{to_on}'::date" if to_on else "null::date"
    return operations.align_ties(
        subject_type="child",
        why="allocated_worker",
        wanted=f"select {user.pk} as user_id, {child.pk} as subject_id, date '{from_on}' as from_on, {said} as to_on",
        act=AT_TEN,
    )


NOTHING = (
    "select null::bigint as user_id, null::bigint as subject_id, null::date as from_on, null::date as to_on limit 0"
)


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_a_role_that_is_ended_at_ten_opens_nothing_from_then_on_and_says_that_day() -> None:
    user = UserFactory(role="social_worker")
    TieFactory(user=user, subject_id=ChildFactory().pk)
    assert sees(user)
    operations.end_role(held=user.roles_held.get(), because="Moved", act=AT_TEN)
    assert not sees(user)
    held = user.roles_held.get()
    assert (held.to_on, held.ended_at) == (TODAY, AT_TEN.at)
    # What they did yesterday they did as such.
    assert access.roles_in_words(afresh(user), on=YESTERDAY) == "Social worker"
    admin = UserFactory(role="administrator")
    assert users_visible_to(admin, on=TODAY).get(pk=user.pk).roles_now == 0
    assert users_visible_to(admin, on=YESTERDAY).get(pk=user.pk).roles_now == 1


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_a_role_that_was_ended_can_be_given_again_on_the_same_day() -> None:
    user = UserFactory(role="social_worker")
    TieFactory(user=user, subject_id=ChildFactory().pk)
    operations.end_role(held=user.roles_held.get(), because="By mistake", act=AT_TEN)
    operations.give_role(user=user, role="social_worker", from_on=TODAY, to_on=None, act=AT_TEN)
    assert sees(user)


@pytest.mark.django_db
@pytest.mark.login("pages")
@pytest.mark.parametrize(("from_on", "to_on", "days"), [
    (TOMORROW, None, {YESTERDAY: False, TODAY: False, TOMORROW: True}),
    # Said beforehand: it lasts to the midnight of that day.
    (YESTERDAY, TODAY, {YESTERDAY: True, TODAY: True, TOMORROW: False}),
])  # fmt: skip
def test_a_role_begins_and_ends_with_the_days_that_were_said_beforehand(from_on, to_on, days) -> None:
    user = UserFactory()
    hold_role(user, "social_worker", from_on=from_on, to_on=to_on)
    TieFactory(user=user, subject_id=ChildFactory().pk)
    assert {day: sees(user, on=day) for day in days} == days


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_a_tie_whose_last_day_is_learnt_on_that_day_ends_with_the_file() -> None:
    user, child = UserFactory(role="social_worker"), ChildFactory()
    assert wanted(user, child, to_on=None) == 1
    assert sees(user)
    assert wanted(user, child, to_on=TODAY) == 1
    assert not sees(user)
    assert sees(user, on=YESTERDAY)
    # Nothing changes when the file comes again; and what is allocated again is open again.
    assert wanted(user, child, to_on=TODAY) == 0
    assert not sees(user)
    assert wanted(user, child, to_on=None) == 1
    assert sees(user)


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_a_last_day_that_a_file_said_beforehand_lasts_to_its_midnight() -> None:
    user, child = UserFactory(role="social_worker"), ChildFactory()
    TieFactory(user=user, subject_id=child.pk, why="allocated_worker", from_on=LONG_AGO, to_on=TODAY)
    assert wanted(user, child, to_on=TODAY) == 0
    assert sees(user)
    assert not sees(user, on=TOMORROW)


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_a_tie_that_the_file_holds_no_more_ends_at_that_moment_and_one_that_ended_stays_as_it_was() -> None:
    user, child = UserFactory(role="social_worker"), ChildFactory()
    wanted(user, child, to_on=None)
    TieFactory(user=user, subject_id=ChildFactory().pk, why="allocated_worker", from_on=LONG_AGO, to_on=YESTERDAY)
    assert operations.align_ties(subject_type="child", why="allocated_worker", wanted=NOTHING, act=AT_TEN) == 1
    assert not sees(user)
    ended = {(tie.to_on, tie.ended_at) for tie in Tie.objects.all()}
    assert ended == {(TODAY, AT_TEN.at), (YESTERDAY, None)}


# --- over connections of the pages ----------------------------------------------------------------------------------


@pytest.fixture
def worker(own_database: str) -> tuple[str, User, Child]:
    user, child = UserFactory(role="social_worker"), ChildFactory()
    wanted(user, child, to_on=None)
    return own_database, user, child


def test_a_raw_connection_reads_nothing_once_the_tie_or_the_role_is_ended(worker) -> None:
    database, user, child = worker
    with psycopg.connect(databases.login_url("web", database)) as opened:
        for end, back in (
            (lambda: wanted(user, child, to_on=TODAY), lambda: wanted(user, child, to_on=None)),
            (lambda: operations.end_role(held=user.roles_held.get(), because="Left", act=AT_TEN), lambda: None),
        ):
            look(opened, user)
            assert children(opened) == {child.pk}
            end()
            # The transaction that is under way, and the next.
            assert children(opened) == set()
            opened.rollback()
            look(opened, user)
            assert children(opened) == set()
            opened.rollback()
            back()


def test_a_session_opens_no_record_and_a_file_that_is_sent_afterwards_holds_none(worker, settings: Any) -> None:
    settings.TODAY = TODAY
    database, user, child = worker
    client = as_(user)

    def send() -> Any:
        return client.get("/children/?format=csv")

    def lines(answer: Any) -> int:
        return len(b"".join(answer.streaming_content).decode().splitlines())

    with connected_as_the_pages(database):
        assert lines(send()) == 2
        answer = send()
        with psycopg.connect(databases.login_url("worker", database), autocommit=True) as other:
            other.execute("update people_tie set to_on = %s, ended_at = now()", [TODAY])
        # Asked for before, begun after.
        assert lines(answer) == 1
        assert client.get(f"/children/{child.pk}/").status_code == 404
        with psycopg.connect(databases.login_url("worker", database), autocommit=True) as other:
            other.execute("update people_tie set to_on = null, ended_at = null")
            assert client.get(f"/children/{child.pk}/").status_code == 200
            other.execute("update people_roleheld set to_on = %s, ended_at = now()", [TODAY])
        assert client.get(f"/children/{child.pk}/").status_code == 404
    connection.close()


def test_roles_and_ties_are_asked_about_as_held_and_not_by_their_days_alone() -> None:
    """`lasting_on` knows no moment: it is for records of days."""
    root = Path(plumbline.__file__).parent
    found = []
    for path in root.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                said = ast.unparse(call)
                of = said.split("(")[0]
                if of.startswith(("Tie.", "RoleHeld.")) or "roles_held" in of or of.endswith(".ties.filter"):
                    found += [said for arg in call.args if "lasting_on" in ast.unparse(arg)]
    assert found == []
    assert RoleHeld._meta.get_field("ended_at")
