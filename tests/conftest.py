"""The harness: one database per run, rolled back after each test; a copy of its own for a test that commits."""

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from plumbline.config.environment import site_key
from tests import databases


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "login(name): sign in to the database as web, worker (default) or owner")
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
    from django.db import connection
    from django.db.backends.signals import connection_created

    # Who acts is shown to the database with the key that it was set up with.
    settings.SECRET_KEY = site_key(os.environ, databases.HOME, demo=True)
    connection_created.disconnect(dispatch_uid="acts as the pages")
    if login == "web":
        connection_created.connect(_act_as_the_pages, dispatch_uid="acts as the pages")
    parts = conninfo_to_dict(databases.login_url("owner" if login == "web" else login, name))
    wanted = {"NAME": parts["dbname"], "USER": parts["user"], "PASSWORD": parts["password"], "HOST": parts["host"]}
    wanted["TEST_LOGIN"] = login
    if wanted.items() <= connection.settings_dict.items():
        return
    connection.close()
    connection.settings_dict.update(wanted)


def _act_as_the_pages(connection: Any, **_: Any) -> None:
    pages = conninfo_to_dict(databases.login_url("web", "postgres"))["user"]
    with connection.cursor() as cursor:
        cursor.execute(f"set session authorization {connection.ops.quote_name(pages)}")


@pytest.fixture(scope="session")
def run_database() -> Iterator[str]:
    with databases.copy_of(databases.template()) as name:
        yield name


@pytest.fixture
def django_db_setup(request: pytest.FixtureRequest, run_database: str) -> None:
    """pytest-django's own creation of a database is not used: see tests/databases.py.

    For each test, and before its transaction begins, since `login` says as whom.
    """
    marker = request.node.get_closest_marker("login")
    point_at(run_database, marker.args[0] if marker else "worker")


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
    settings.ROOT_URLCONF = "tests.bare"


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
