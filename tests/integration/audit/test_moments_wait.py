"""The choice of a moment and commits wait for each other, and no longer than they must."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from plumbline.audit import moments
from tests import databases
from tests.integration.audit.test_history import add, names_known_at


@contextmanager
def about_to_commit(database: str) -> Iterator[psycopg.Connection]:
    """A change that has its moment already, and is not committed yet: the last instant of every transaction."""
    with psycopg.connect(databases.login_url("worker", database)) as slow:
        slow.execute("update people_organisation set name = 'Stamped'")
        slow.execute("set constraints all immediate")
        yield slow


def test_a_moment_is_not_chosen_while_a_commit_is_in_progress(own_database) -> None:
    """Chosen then, it would lie after a change that nobody sees yet: what is published would not run again."""
    add("Aldbrook")
    with about_to_commit(own_database) as slow:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local statement_timeout = '700ms'")
            with pytest.raises(OperationalError, match="statement timeout"):
                moments.choose()
        slow.commit()

    assert names_known_at(moments.choose()) == ["Stamped"]


def test_nothing_that_commits_later_is_stamped_before_a_moment_that_was_chosen(own_database) -> None:
    add("Aldbrook")
    with psycopg.connect(databases.login_url("worker", own_database)) as slow:
        slow.execute("update people_organisation set name = 'Later'")
        moment = moments.choose()
        slow.commit()

    assert names_known_at(moment) == ["Aldbrook"]


def test_a_moment_that_was_chosen_holds_up_no_commit(own_database) -> None:
    add("Aldbrook")
    with transaction.atomic():
        moments.choose()
        with psycopg.connect(databases.login_url("worker", own_database)) as other:
            other.execute("set lock_timeout = '2s'")
            other.execute("update people_organisation set name = 'Meanwhile'")
            other.commit()

    assert names_known_at(moments.choose()) == ["Meanwhile"]
