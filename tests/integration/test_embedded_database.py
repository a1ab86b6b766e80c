"""The embedded database of one machine: started once, survives what machines do, private to its owner."""

import os
import shutil
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from plumbline.config.database import Embedded
from plumbline.config.environment import WrongSetting
from tests import databases


@pytest.fixture
def home() -> Iterator[Path]:
    """A new PLUMBLINE_HOME under the test run's own; pytest's folders are closed to the database's user."""
    folder = databases.HOME / f"embedded-{os.getpid()}"
    folder.mkdir(parents=True)
    # Whatever a command that ran in this process before has made of what new folders are open to.
    folder.chmod(0o755)
    yield folder
    Embedded(folder).stop()
    shutil.rmtree(folder)


def answers(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("select 1").fetchone() == (1,)


def postmaster(database: Embedded) -> int:
    return int((database.data / "postmaster.pid").read_text().splitlines()[0])


def test_it_starts_once_and_keeps_its_records(home):
    url = Embedded(home).running()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table kept (x int); insert into kept values (7)")
    pid = postmaster(Embedded(home))

    assert Embedded(home).running() == url
    assert postmaster(Embedded(home)) == pid
    Embedded(home).stop()
    with psycopg.connect(Embedded(home).running()) as connection:
        assert connection.execute("select x from kept").fetchone() == (7,)


def test_it_comes_back_after_being_killed(home):
    database = Embedded(home)
    url = database.running()
    os.kill(postmaster(database), signal.SIGKILL)
    for _ in range(100):
        if not database._answers():
            break
        time.sleep(0.1)

    assert answers(Embedded(home).running())
    assert url == Embedded(home).running()


def test_a_set_up_that_was_cut_short_is_begun_anew(home):
    database = Embedded(home)
    database.running()
    database.stop()
    (database.root / "ready").unlink()
    (database.data / "PG_VERSION").unlink()

    assert answers(Embedded(home).running())


def test_it_listens_on_no_network_and_its_folder_and_socket_are_private(home):
    database = Embedded(home)
    with psycopg.connect(database.running()) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
    for folder in (database.data, database.socket):
        assert not stat.S_IMODE(folder.stat().st_mode) & 0o077
    assert stat.S_IMODE((database.root / "owner_password").stat().st_mode) == 0o600


def test_a_wrong_password_is_refused_though_the_socket_is_ours(home):
    url = Embedded(home).running()
    before, _, place = url.rpartition("@")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"{before[:-3]}xxx@{place}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must drop to an ordinary user")
def test_run_by_root_it_runs_as_an_ordinary_user_and_says_where_when_home_is_closed(capsys):
    closed = databases.HOME / f"closed-{os.getpid()}"
    (closed / "home").mkdir(parents=True)
    closed.chmod(0o700)
    database = Embedded(closed / "home")
    try:
        assert answers(database.running())
        assert Path(f"/proc/{postmaster(database)}").stat().st_uid != 0
        assert database.root.parent == Path("/var/lib/plumbline")
        assert "cannot enter" in capsys.readouterr().err
    finally:
        database.stop()
        shutil.rmtree(closed)
        shutil.rmtree(database.root)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must drop to an ordinary user")
def test_records_are_not_left_for_an_empty_database_when_a_folder_above_is_closed(home):
    inner = home / "inner"
    inner.mkdir()
    inner.chmod(0o755)
    Embedded(inner).running()
    inner.chmod(0o700)
    try:
        with pytest.raises(WrongSetting, match="chmod o\\+x"):
            Embedded(inner)
    finally:
        inner.chmod(0o755)
        Embedded(inner).stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must drop to an ordinary user")
def test_records_are_not_left_for_an_empty_database_when_home_is_opened_later():
    closed = databases.HOME / f"opened-{os.getpid()}"
    closed.mkdir(mode=0o700)
    database = Embedded(closed)
    try:
        url = database.running()
        closed.chmod(0o755)
        assert Embedded(closed).running() == url
        assert Embedded(closed).root == database.root
    finally:
        database.stop()
        shutil.rmtree(closed)
        shutil.rmtree(database.root)
