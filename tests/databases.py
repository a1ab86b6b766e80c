"""Databases for tests: a template set up once for each state of the code, and copies of it.

Recorded tables refuse TRUNCATE, so a test that commits gets a copy of its own instead of a flush.
"""

import fcntl
import hashlib
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from plumbline.config import database
from plumbline.config.environment import logins

CHECKOUT = Path(__file__).resolve().parents[1]
# A copy of a database is two thousand files: in memory it takes a twentieth of the time.
MEMORY = Path("/dev/shm")  # noqa: S108 - the test cluster alone, and its folder is its owner's
ENOUGH = 4 * 1024**3
# So much larger than when it was new, in bytes, is a database that has grown.
GROWN = 12 * 1024**2


def home() -> Path:
    """Where the test cluster lives: in memory where there is enough of it, a folder for each checkout and version.

    Never the PLUMBLINE_HOME of the person who runs the tests: it may hold their records. PLUMBLINE_TEST_HOME is what a
    run tells the processes that it starts.
    """
    given = os.environ.get("PLUMBLINE_TEST_HOME")
    if given:
        return Path(given).resolve()
    version = "15" if os.environ.get("PLUMBLINE_TEST_DATABASE_URL") == "debian" else ""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        return MEMORY / f"plumbline-test{version}-{hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:10]}"
    return CHECKOUT / "var" / f"test{version}"


HOME = home()
# Nothing here outlives a crash. No autovacuum: what it learns of tables filled in a transaction that is rolled back is
# that they are empty, and every later plan of that transaction believes it.
SETTINGS = "-c fsync=off -c full_page_writes=off -c autovacuum=off"
_numbers = itertools.count(1)


def with_name(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@cache
def owner_url() -> str:
    """The cluster, started where it was not running; asked once a process."""
    given = os.environ.get("PLUMBLINE_TEST_DATABASE_URL")
    if given == "debian":
        return Debian(HOME, settings=SETTINGS).running()
    return given or database.Embedded(HOME, settings=SETTINGS).running()


class Debian(database.Embedded):
    """Debian's PostgreSQL 15, the oldest that is supported, under the same launcher."""

    locale = ("--locale=C.UTF-8",)
    folder = Path("/usr/lib/postgresql/15")

    def _bring_programs(self) -> None:
        self.programs.mkdir(parents=True)
        (self.programs / "bin").symlink_to(self.folder / "bin")


def run_owner(statement: str) -> None:
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        connection.execute(statement)


def template(command: str = "init") -> str:
    """The name of a database on which `plumbline init` (or `demo`) was run with the code as it is now."""
    name = f"test_{command}_{_state_of_code()}"
    with _alone(f"make_{command}"):
        if not _exists(name):
            _drop_old(f"test_{command}_", keep=name)
            if command == "init":
                run_owner(f"create database {name}_new")
            else:
                # It is set up first like any other.
                _copy(template(), f"{name}_new")
            environ = {**os.environ, "PLUMBLINE_HOME": str(HOME), "PLUMBLINE_DEMO": "1"}
            for name_of in ("PLUMBLINE_LOGIN", "DJANGO_SETTINGS_MODULE"):
                environ.pop(name_of, None)
            environ["PLUMBLINE_DATABASE_URL"] = with_name(owner_url(), f"{name}_new")
            for login, url in logins(HOME).items():
                if login != "owner":
                    environ[f"PLUMBLINE_{login.upper()}_URL"] = with_name(url, f"{name}_new")
            # Of a new database nothing waits for anybody, which a page that asks would have to work out first.
            for each in (command, "duties"):
                done = subprocess.run(
                    [sys.executable, "-m", "plumbline.config", each], env=environ, check=False, capture_output=True
                )
                if done.returncode:
                    raise RuntimeError(done.stderr.decode())
            run_owner(f"alter database {name}_new rename to {name}")
    return name


class Renewed:
    """A copy of a database that is left for a new one once it has grown. What was rolled back stays in its files, as
    rows that every later scan reads and passes over."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.kept = ExitStack()
        self.now = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kept.close()

    def name(self) -> str:
        """The one to use now."""
        if not self.now or _size(self.now) > _size(self.source) + GROWN:
            self.kept.close()
            self.now = self.kept.enter_context(copy_of(self.source))
        return self.now


def _size(name: str) -> int:
    """In bytes."""
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        (size,) = connection.execute("select pg_database_size(%s)", [name]).fetchone() or (0,)
    return size


@contextmanager
def copy_of(source: str) -> Iterator[str]:
    """A database of its own, dropped afterwards."""
    name = f"test_copy_{os.getpid()}_{next(_numbers)}"
    _copy(source, name)
    try:
        yield name
    finally:
        run_owner(f"drop database {name} with (force)")


def _copy(source: str, name: str) -> None:
    # PostgreSQL makes one copy of a database at a time, and refuses the next.
    with _alone(source.rpartition("_")[0]):
        run_owner(f"create database {name} template {source}")


def act_as(login: str) -> None:
    """From here to the end of the transaction the owner's connection acts as this login, as if it had signed in: what
    the worker has set up is then seen by the pages, though nothing is committed. Any other connection stays what it
    is."""
    from django.db import connection

    if connection.settings_dict["USER"] != conninfo_to_dict(login_url("owner", "postgres"))["user"]:
        return
    user = conninfo_to_dict(login_url(login, "postgres"))["user"]
    with connection.cursor() as cursor:
        cursor.execute(f"set local session authorization {connection.ops.quote_name(user)}")


@contextmanager
def as_worker() -> Iterator[None]:
    """What the pages may not write is set up by the worker, though the test acts as the pages."""
    from django.db import connection

    worker = conninfo_to_dict(login_url("worker", "postgres"))["user"]
    with connection.cursor() as cursor:
        cursor.execute("select session_user")
        before = cursor.fetchone()[0]
        if before != worker:
            cursor.execute(f"set session authorization {connection.ops.quote_name(worker)}")
        yield
        if before != worker:
            cursor.execute(f"set session authorization {connection.ops.quote_name(before)}")


def as_an_operation(opened: psycopg.Connection[Any]) -> None:
    """Show over a connection of the pages, as `people.acting.operation` does, that an operation is under way."""
    from plumbline.people import acting

    (this,) = opened.execute(f"select {acting.TRANSACTION}").fetchone() or ("",)
    opened.execute("select set_config('plumbline.beyond', %s, true)", [acting.signed(f"beyond|{this}")])


@cache
def login_url(login: str, name: str) -> str:
    known = {"owner": owner_url(), **{k: v for k, v in logins(HOME).items() if k != "owner"}}
    return with_name(known[login], name)


def environ_for(name: str) -> dict[str, str]:
    """The environment of a `plumbline` command on this database."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("PLUMBLINE_", "DJANGO_"))},
        "PLUMBLINE_HOME": str(HOME),
        "PLUMBLINE_DEMO": "1",
        "PLUMBLINE_DATABASE_URL": login_url("owner", name),
        "PLUMBLINE_WEB_URL": login_url("web", name),
        "PLUMBLINE_WORKER_URL": login_url("worker", name),
    }


@contextmanager
def _alone(doing: str) -> Iterator[None]:
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / f"{doing}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _exists(name: str) -> bool:
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        return connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None


def _drop_old(prefix: str, *, keep: str) -> None:
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        rows = connection.execute(
            "select datname from pg_database where starts_with(datname, %s) and datname <> %s", [prefix, keep]
        ).fetchall()
        for (name,) in rows:
            connection.execute(f"drop database {name} with (force)")


def _state_of_code() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    source = CHECKOUT / "src" / "plumbline"
    rooms = [p for p in source.iterdir() if p.is_dir() and p.name not in {"web", "documents", "__pycache__"}]
    for path in sorted(q for room in rooms for q in room.rglob("*") if q.suffix in {".py", ".yaml", ".sql", ".csv"}):
        digest.update(path.relative_to(source).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
