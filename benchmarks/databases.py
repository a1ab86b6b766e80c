"""Databases of the benchmarks' own, beside that of the installation, dropped afterwards; and plumbline run on them."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from plumbline.config import database

CHECKOUT = Path(__file__).resolve().parents[1]
Fresh = Callable[[], AbstractContextManager[str]]


def with_name(url: str, name: str) -> str:
    """The same login on another database of the same server."""
    parts = conninfo_to_dict(url)
    user, password, host = parts["user"], parts.get("password", ""), parts.get("host", "")
    port = f":{parts['port']}" if "port" in parts else ""
    if host.startswith("/"):
        return f"postgresql://{user}:{password}@/{name}?host={host}"
    return f"postgresql://{user}:{password}@{host}{port}/{name}"


def as_owner(url: str) -> str:
    return with_name(database.urls()["owner"], name_of(url))


def name_of(url: str) -> str:
    return str(conninfo_to_dict(url)["dbname"])


def environ(url: str, *, today: str = "2016-07-31", **more: str) -> dict[str, str]:
    """The environment of a `plumbline` command on this database. `url`: any login's."""
    name = name_of(url)
    known = database.urls()
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith(("PLUMBLINE_", "DJANGO_"))},
        # A home of its own: `init` keeps the logins it was given there.
        "PLUMBLINE_HOME": str(_home()),
        "PLUMBLINE_DEMO": "1",
        "PLUMBLINE_TODAY": today,
        "PLUMBLINE_DATABASE_URL": with_name(known["owner"], name),
        "PLUMBLINE_WEB_URL": with_name(known["web"], name),
        "PLUMBLINE_WORKER_URL": with_name(known["worker"], name),
        **more,
    }


def _home() -> Path:
    return Path(tempfile.gettempdir()) / f"plumbline-bench-{os.getpid()}"


def plumbline(url: str, *arguments: str, today: str = "2016-07-31") -> str:
    """Run a command on this database; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "plumbline.config", *arguments],
        env=environ(url, today=today),
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise AssertionError(f"plumbline {' '.join(arguments)}: {done.stderr[-2000:]}")
    return done.stdout


@contextmanager
def fresh_databases(stem: str, command: str = "init") -> Iterator[Fresh]:
    """A maker of databases on which `plumbline init` (or `demo`) was run; its value is the worker's address."""
    known = database.urls()
    name = f"bench_{stem}_{os.getpid()}"
    with psycopg.connect(make_conninfo(known["owner"]), autocommit=True) as owner:
        owner.execute(f"create database {name}")
        try:
            plumbline(with_name(known["worker"], name), command)

            @contextmanager
            def fresh() -> Iterator[str]:
                owner.execute(f"create database {name}_copy template {name}")
                try:
                    yield with_name(known["worker"], f"{name}_copy")
                finally:
                    owner.execute(f"drop database {name}_copy with (force)")

            yield fresh
        finally:
            owner.execute(f"drop database {name} with (force)")
            shutil.rmtree(_home(), ignore_errors=True)
