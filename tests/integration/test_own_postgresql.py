"""A PostgreSQL kept by others, where the owner's login is no superuser (docs/how-to/own-postgresql.md)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from plumbline.config.environment import logins
from tests import databases

OWNER = f"own{os.getpid()}_owner"


@pytest.fixture
def own_server() -> Iterator[str]:
    """The address of an empty database whose owner may make logins and nothing more."""
    databases.run_owner(f"create role {OWNER} login createrole password 'own'")
    databases.run_owner(f"create database {OWNER} owner {OWNER}")
    try:
        place = databases.owner_url().rpartition("@")[2].partition("?")
        yield f"postgresql://{OWNER}:own@/{OWNER}?{place[2]}"
    finally:
        databases.run_owner(f"drop database {OWNER} with (force)")
        stem = OWNER.removesuffix("_owner")
        for role in (f"{stem}_facts", f"{stem}_web", f"{stem}_worker", OWNER):
            databases.run_owner(f"drop role if exists {role}")


def test_init_runs_twice_as_an_owner_who_is_no_superuser(own_server: str, tmp_path: Path) -> None:
    environ = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("PLUMBLINE_", "DJANGO_"))},
        "PLUMBLINE_HOME": str(tmp_path),
        "PLUMBLINE_DATABASE_URL": own_server,
    }
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "plumbline.config", "init"], env=environ, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    with psycopg.connect(logins(tmp_path)["web"], autocommit=True) as web:
        assert web.execute("select count(*) from fact_placement_version").fetchone() == (0,)
        assert web.execute("select audit_choose_moment() <= clock_timestamp()").fetchone() == (True,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("update fact_placement_version set to_tx = 1")
