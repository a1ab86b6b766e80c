"""Events are sealed in a chain; what is changed, taken away or put in afterwards is found."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from plumbline.audit import operations, queries
from plumbline.audit.models import Event
from plumbline.jobs import audit_chain
from plumbline.kernel.errors import RuleBroken
from tests import databases

pytestmark = pytest.mark.usefixtures("own_database")

NOW = datetime(2016, 7, 31, 12, 0, tzinfo=UTC)


def happen(number: int = 1) -> None:
    for each in range(number):
        operations.record("tests.thing.done", by=None, at=NOW, subject_type="thing", subject_id=each, because="a test")


def as_owner(name: str, statement: str) -> None:
    """What only someone with the owner's login, and no scruples, can do."""
    with psycopg.connect(databases.login_url("owner", name), autocommit=True) as owner:
        owner.execute(
            "alter table audit_event disable trigger user; alter table audit_seal disable trigger user;"
            " alter table audit_head disable trigger user"
        )
        owner.execute(statement)


def test_what_was_committed_is_sealed_and_what_came_since_is_counted_apart():
    happen(3)
    operations.seal(at=NOW)
    happen(2)

    found = queries.verify_chain()

    assert (found.whole, found.seals, found.not_yet_sealed) == (True, 1, 2)
    assert operations.seal(at=NOW) == 2
    assert queries.verify_chain().not_yet_sealed == 0


def test_sealing_with_nothing_new_adds_no_link():
    happen()
    operations.seal(at=NOW)

    assert operations.seal(at=NOW) == 0
    assert queries.verify_chain().seals == 1


def test_an_event_committed_late_is_sealed_by_a_later_link(own_database):
    with psycopg.connect(databases.login_url("worker", own_database)) as slow:
        slow.execute(
            "insert into audit_event (at, kind, by_name, by_role, subject_type, subject_id, because, data)"
            " values (now(), 'tests.late.done', 'x', '', '', '', '', '{}')"
        )
        happen(2)
        operations.seal(at=NOW)
        slow.commit()

    assert operations.seal(at=NOW) == 1
    assert queries.verify_chain().whole


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("update audit_event set because = 'forged' where subject_id = '1'", "was changed after it was sealed"),
        ("delete from audit_event where subject_id = '1'", "added to it or taken from it"),
        (
            "insert into audit_event (at, kind, by_name, by_role, subject_type, subject_id, because, data, seal_no)"
            " select at, kind, by_name, by_role, subject_type, '99', because, data, seal_no from audit_event limit 1",
            "added to it or taken from it",
        ),
        ("update audit_seal set digest = repeat('0', 64) where no = (select min(no) from audit_seal)", "is broken"),
        ("delete from audit_seal where no = (select max(no) from audit_seal)", "name a seal that is gone"),
        (
            "delete from audit_event where seal_no = (select max(no) from audit_seal);"
            " delete from audit_seal where no = (select max(no) from audit_seal)",
            "was cut off",
        ),
        ("truncate audit_event, audit_seal", "was cut off"),
        ("truncate audit_event, audit_seal; delete from audit_head", "The trail is empty"),
        ("delete from audit_head", "What is kept of the newest seal is gone"),
        # The columns are told apart: what moves from one to the next is another event.
        ("update audit_event set by_role = 'r|', subject_type = '' where subject_id = '1'", "changed after"),
        ("update audit_event set subject_type = 'thing|1', subject_id = '' where subject_id = '1'", "changed after"),
        ("update audit_seal set count = count, at = at + interval '1 day'", "changed after"),
        # Nor is a seal said to be of the older way, in which they ran together.
        ("update audit_seal set way = 1 where no = (select max(no) from audit_seal)", "changed after"),
    ],
)
def test_tampering_is_found(own_database, statement, problem):
    happen(3)
    operations.seal(at=NOW)
    happen(3)
    operations.seal(at=NOW)

    as_owner(own_database, statement)

    found = queries.verify_chain()
    assert not found.whole
    assert problem in " ".join(found.problems)


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_event set because = 'forged'",
        "delete from audit_event",
        "truncate audit_event",
        "update audit_seal set digest = ''",
        "delete from audit_seal",
    ],
)
@pytest.mark.parametrize("login", ["owner", "web", "worker"])
def test_the_trail_is_only_added_to_whoever_is_signed_in(own_database, login, statement):
    happen()
    operations.seal(at=NOW)

    with psycopg.connect(databases.login_url(login, own_database)) as other, pytest.raises(psycopg.DatabaseError):
        other.execute(statement)


def test_what_was_sealed_in_the_first_way_is_still_whole_and_still_told_from_what_was_changed(own_database):
    happen(2)
    first = operations.EVENT_DIGEST[1]
    as_owner(
        own_database,
        f"""insert into audit_seal (no, at, first, last, count, digest, previous, way)
            select 1, now(), min(e.no), max(e.no), count(*),
                encode(sha256(string_agg({first}, ''::bytea order by e.no)), 'hex'), '', 1 from audit_event e;
            update audit_event set seal_no = 1""",
    )
    assert queries.verify_chain().whole
    happen(2)
    operations.seal(at=NOW)
    assert queries.verify_chain().whole

    as_owner(own_database, "update audit_event set because = 'forged' where seal_no = 1")
    assert not queries.verify_chain().whole


@pytest.mark.parametrize(
    ("columns", "values", "refused"),
    [
        ("no", "999999", True),
        ("seal_no", "1", True),
        ("at", "'2001-01-01'", False),
    ],
)
def test_pages_choose_neither_number_nor_seal_nor_moment_of_an_event(own_database, columns, values, refused):
    happen()
    operations.seal(at=NOW)
    with psycopg.connect(databases.login_url("web", own_database), autocommit=True) as web:
        statement = (
            f"insert into audit_event (kind, by_name, by_role, subject_type, subject_id, because, data, {columns}"
            f"{'' if columns == 'at' else ', at'}) values ('tests.forged', 'x', '', '', '', '', '{{}}', {values}"
            f"{'' if columns == 'at' else ', now()'})"
        )
        if refused:
            with pytest.raises(psycopg.DatabaseError):
                web.execute(statement)
            return
        web.execute(statement)
    assert Event.objects.get(kind="tests.forged").at.year > 2016


def test_the_digests_kept_outside_the_database_find_a_trail_that_was_made_anew(own_database, tmp_path, settings):
    settings.HOME = tmp_path
    happen(3)
    audit_chain.seal_and_keep()
    audit_chain.verify(as_json=True)

    as_owner(own_database, "truncate audit_event, audit_seal, audit_head restart identity")
    happen(3)
    operations.seal(at=NOW)

    assert queries.verify_chain().whole
    with pytest.raises(RuleBroken, match=r"audit-heads\.txt"):
        audit_chain.verify(as_json=True)


def test_an_event_goes_with_the_change_it_tells_of():
    def happen_and_fail() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            happen()
            cursor.execute("select 1/0")

    with pytest.raises(DatabaseError):
        happen_and_fail()

    assert not Event.objects.filter(kind="tests.thing.done").exists()
