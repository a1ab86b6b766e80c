"""The harness: one database that is rolled back after each test; a copy of its own for a test that commits."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from plumbline.config.environment import site_key
from tests import databases

# As script/soak asks for it.
hypothesis.settings.register_profile("soak", max_examples=1000, stateful_step_count=30)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "login(name): sign in to the database as web, worker (default) or owner; pages: the test as worker, and what is"
        " asked of a page in it as web",
    )
    config.addinivalue_line("markers", "shared: reads whole public files, where PLUMBLINE_SHARED names their folder")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that asks for the public files is marked `shared`; where their folder is not named it is left out, not
    skipped: the first run has nothing to skip."""
    left_out = []
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)
            if not os.environ.get("PLUMBLINE_SHARED"):
                left_out.append(item)
    items[:] = [item for item in items if item not in left_out] if left_out else items
    config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish() -> None:
    """What is there once all is collected stays: the collector need not look through it again with every test."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    # Some libraries say at the end what was not let go.
    gc.unfreeze()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the whole public files, which PLUMBLINE_SHARED names."""
    return Path(os.environ["PLUMBLINE_SHARED"]).resolve(strict=True)


def point_at(name: str, login: str) -> None:
    """Sign Django's connection in to the database `name` as `login`.

    The pages' is the owner's, which acts as theirs from its first statement on: see `databases.as_worker`.
    """
    from django.conf import settings
    from django.core.signals import request_finished, request_started
    from django.db import connection
    from django.db.backends.signals import connection_created

    # Who acts is shown to the database with the key that it was set up with.
    settings.SECRET_KEY = site_key(os.environ, databases.HOME, demo=True)
    for signal in (connection_created, request_started, request_finished):
        signal.disconnect(dispatch_uid="acts as")
    owners = login in ("web", "pages")
    if owners:
        acts_as = _acting_as("web" if login == "web" else "worker")
        connection_created.connect(acts_as, weak=False, dispatch_uid="acts as")
    if login == "pages":
        request_started.connect(_acting_as("web"), weak=False, dispatch_uid="acts as")
        request_finished.connect(acts_as, weak=False, dispatch_uid="acts as")
    parts = conninfo_to_dict(databases.login_url("owner" if owners else login, name))
    wanted = {"NAME": parts["dbname"], "USER": parts["user"], "PASSWORD": parts["password"], "HOST": parts["host"]}
    wanted["TEST_LOGIN"] = login
    if wanted.items() <= connection.settings_dict.items():
        return
    connection.close()
    connection.settings_dict.update(wanted)


def _acting_as(login: str) -> Callable[..., None]:
    name = conninfo_to_dict(databases.login_url(login, "postgres"))["user"]

    def act(**_: Any) -> None:
        from django.db import connection

        if connection.connection is None or connection.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        with connection.cursor() as cursor:
            cursor.execute(f"set session authorization {connection.ops.quote_name(name)}")

    return act


@pytest.fixture(scope="session")
def _kept_database() -> Iterator[databases.Renewed]:
    with databases.Renewed(databases.template()) as kept:
        yield kept


@pytest.fixture(scope="module")
def run_database(_kept_database: databases.Renewed, django_db_blocker: Any) -> str:
    """The database whose tests are rolled back."""
    from django.db import connection

    with django_db_blocker.unblock():
        # Nobody else is signed in to it between two modules.
        connection.close()
    return _kept_database.name()


@pytest.fixture
def django_db_setup(request: pytest.FixtureRequest, run_database: str) -> None:
    """pytest-django's own creation of a database is not used: see tests/databases.py.

    For each test, and before its transaction begins, since `login` says as whom.
    """
    marker = request.node.get_closest_marker("login")
    of_pages = "tests/integration/web/" in request.node.nodeid
    point_at(run_database, marker.args[0] if marker else "pages" if of_pages else "worker")


@pytest.fixture(autouse=True)
def _all_is_seen(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that acts as the pages' login looks at what came of it, as an operation does: row security has tests of
    its own."""
    marker = request.node.get_closest_marker("login")
    if not marker or marker.args[0] != "web" or "own_database" in request.fixturenames:
        yield
        return
    request.getfixturevalue("db")
    from plumbline.people.acting import beyond

    with beyond():
        yield


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """What a page keeps until the records change is not kept from test to test: their records are rolled back."""
    yield
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def bare_answers(settings) -> None:
    """What is not found is said in one line, to who asks for thousands of pages: the page of it has its own test
    (tests/integration/web/test_not_found.py)."""
    from tests.bare import BARE

    for name, value in BARE.items():
        setattr(settings, name, value)


@pytest.fixture
def own_database(django_db_blocker) -> Iterator[str]:
    """An empty, set-up database of this test's own, in which it may commit; yields its name."""
    yield from _own("init", django_db_blocker)


@pytest.fixture
def demo_database(django_db_blocker) -> Iterator[str]:
    """A copy of the demonstration county of this test's own; yields its name."""
    yield from _own("demo", django_db_blocker)


def _own(command: str, django_db_blocker) -> Iterator[str]:
    from django.db import connection

    with ExitStack() as stack:
        name = stack.enter_context(databases.copy_of(databases.template(command)))
        stack.enter_context(django_db_blocker.unblock())
        point_at(name, "worker")
        yield name
        connection.close()
