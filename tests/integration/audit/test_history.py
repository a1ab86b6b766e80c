"""Row history by moment of commit."""

import threading
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection, transaction
from psycopg import errors

from plumbline.audit import history, moments
from plumbline.kernel.errors import RuleBroken
from plumbline.people.models import Organisation
from tests import databases

pytestmark = pytest.mark.usefixtures("own_database")


def versions() -> list[tuple[str, bool]]:
    with connection.cursor() as cursor:
        cursor.execute("select name, to_tx is null from people_organisation_history order by id, from_tx")
        return cursor.fetchall()


def add(name: str) -> Organisation:
    return Organisation.objects.create(name=name, sort_key=name.lower(), sector="school")


def names_known_at(moment) -> list[str]:
    known = moments.known_at(moment)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select name from people_organisation_history where {moments.condition()} order by name",
            moments.parameters(known),
        )
        return [row[0] for row in cursor.fetchall()]


def test_the_orm_leaves_a_version_for_each_change():
    school = add("Aldbrook")
    school.name = "Aldbrook Primary"
    school.save()

    assert versions() == [("Aldbrook", False), ("Aldbrook Primary", True)]


def test_a_bulk_update_leaves_versions_only_of_rows_that_differ():
    add("Aldbrook")
    add("Barrowmere")
    Organisation.objects.update(sector="school")
    Organisation.objects.filter(name="Aldbrook").update(sector="health")

    assert versions() == [("Aldbrook", False), ("Aldbrook", True), ("Barrowmere", True)]


def test_a_large_change_after_small_ones_takes_no_longer_than_its_rows():
    """Each session keeps the plan that it made for its first changes; one made for a row took half a minute here."""
    many = 8_000
    Organisation.objects.bulk_create(
        [Organisation(name=f"School {i}", sort_key=f"school {i}", sector="school") for i in range(many)]
    )
    for _ in range(7):
        Organisation.objects.filter(sort_key="school 1").update(sector="health")
        Organisation.objects.filter(sort_key="school 1").update(sector="school")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = '8s'")
        Organisation.objects.update(sector="health")

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from people_organisation_history where to_tx is null and sector = 'health'")
        assert cursor.fetchone() == (many,)


def test_an_upsert_that_changes_nothing_leaves_nothing():
    add("Aldbrook")
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into people_organisation (name, sort_key, sector, urn)"
            " values ('Aldbrook', 'aldbrook', 'school', '')"
            " on conflict (sort_key) do update set name = excluded.name, sector = excluded.sector"
        )

    assert versions() == [("Aldbrook", True)]


def test_two_changes_in_one_transaction_are_one_version():
    school = add("Aldbrook")
    with transaction.atomic():
        Organisation.objects.filter(pk=school.pk).update(name="First")
        Organisation.objects.filter(pk=school.pk).update(name="Second")

    assert versions() == [("Aldbrook", False), ("Second", True)]


def test_a_deletion_ends_the_version_and_the_past_still_knows_the_row():
    school = add("Aldbrook")
    before = moments.choose()
    school.delete()

    assert versions() == [("Aldbrook", False)]
    assert names_known_at(before) == ["Aldbrook"]
    assert names_known_at(moments.choose()) == []


def test_raw_sql_by_another_login_is_recorded_too(own_database):
    with psycopg.connect(databases.login_url("web", own_database), autocommit=True) as web:
        web.execute("insert into people_organisation (name, sort_key, sector, urn) values ('Raw', 'raw', 'other', '')")

    assert versions() == [("Raw", True)]


def test_a_column_added_later_is_kept_from_then_on(own_database):
    add("Aldbrook")
    with psycopg.connect(databases.login_url("owner", own_database), autocommit=True) as owner:
        owner.execute("alter table people_organisation add column nickname text not null default ''")
    from tests.conftest import point_at

    point_at(own_database, "owner")
    history.sync()
    with connection.cursor() as cursor:
        cursor.execute("update people_organisation set nickname = 'Ally'")
        cursor.execute("select nickname, to_tx is null from people_organisation_history order by from_tx")
        assert cursor.fetchall() == [(None, False), ("Ally", True)]


def test_a_column_made_wider_later_is_kept_in_full(own_database):
    with psycopg.connect(databases.login_url("owner", own_database), autocommit=True) as owner:
        owner.execute("alter table people_codemapping alter column wording type varchar(500)")
    from tests.conftest import point_at

    point_at(own_database, "owner")
    history.sync()
    with connection.cursor() as cursor:
        cursor.execute(
            """select format_type(atttypid, atttypmod) from pg_attribute
               where attrelid = 'people_codemapping_history'::regclass and attname = 'wording'"""
        )
        assert cursor.fetchone() == ("character varying(500)",)


@pytest.mark.parametrize(
    "statement", ["truncate people_organisation cascade", "update people_organisation set id = id + 1000"]
)
def test_what_would_lose_history_is_refused_even_to_the_owner(own_database, statement):
    add("Aldbrook")
    with (
        psycopg.connect(databases.login_url("owner", own_database)) as owner,
        pytest.raises(errors.RestrictViolation),
    ):
        owner.execute(statement)


@pytest.mark.parametrize("login", ["web", "worker"])
def test_nobody_but_the_triggers_writes_history(own_database, login):
    with (
        psycopg.connect(databases.login_url(login, own_database)) as other,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        other.execute("update people_organisation_history set name = 'x'")


def test_a_change_in_flight_at_a_publication_never_appears_in_it(own_database):
    add("Aldbrook")
    with psycopg.connect(databases.login_url("worker", own_database)) as slow:
        slow.execute("update people_organisation set name = 'Changed in flight'")
        moment = moments.choose()
        published = names_known_at(moment)
        slow.commit()

    assert published == ["Aldbrook"]
    assert names_known_at(moment) == ["Aldbrook"]
    assert names_known_at(moments.choose()) == ["Changed in flight"]


def test_publications_among_concurrent_writers_re_run_exactly(own_database):
    """Two rows change together in every transaction: half a transaction would show as a difference."""
    add("Left 0")
    add("Right 0")
    stop = threading.Event()

    def write(number: int) -> None:
        with psycopg.connect(databases.login_url("worker", own_database)) as writer:
            for step in range(1, 120):
                if stop.is_set():
                    break
                value = f"{number}-{step}"
                writer.execute("update people_organisation set name = 'Left ' || %s where sort_key = 'left 0'", [value])
                writer.execute(
                    "update people_organisation set name = 'Right ' || %s where sort_key = 'right 0'", [value]
                )
                writer.commit()

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    published = []
    for _ in range(40):
        moment = moments.choose()
        published.append((moment, names_known_at(moment)))
    stop.set()
    for writer in writers:
        writer.join()

    for moment, names in published:
        assert names_known_at(moment) == names
        left, right = names
        assert left.removeprefix("Left ") == right.removeprefix("Right ")


def test_a_moment_before_the_first_record_is_refused_with_a_sentence():
    # What `init` loads is recorded, too: nothing is older than that.
    add("Aldbrook")

    with pytest.raises(RuleBroken, match="Nothing was recorded here before"):
        moments.known_at(datetime(2000, 1, 1, tzinfo=UTC))
