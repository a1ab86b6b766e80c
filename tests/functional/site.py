"""Serving the real site to a browser: granian, the web login, a database of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import databases


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(database: str, log: Path) -> Iterator[str]:
    """The address of the site on `database`; its own pages, and ours from `tests/functional/sample.py`."""
    port = _free_port()
    environ = {
        **databases.environ_for(database),
        "DJANGO_SETTINGS_MODULE": "tests.functional.settings",
        "PLUMBLINE_PORT": str(port),
        "PYTHONPATH": str(databases.CHECKOUT),
    }
    subprocess.run(
        [sys.executable, "-m", "django", "collectstatic", "--noinput", "--verbosity=0"],
        env={**environ, "PLUMBLINE_LOGIN": "web"},
        check=True,
        cwd=databases.CHECKOUT,
    )
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "4", "plumbline.config.wsgi:application",
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environ, cwd=databases.CHECKOUT, stdout=output, stderr=output)
        try:
            address = f"http://localhost:{port}"
            _wait_for(f"{address}/about/sources/", process, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=15)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"The site stopped at its start:\n{log.read_text()}")
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own address
        except urllib.error.HTTPError as answer:
            raise RuntimeError(f"{url} answered {answer.code}:\n{log.read_text()}") from answer
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The site did not answer within a minute:\n{log.read_text()}")


# Debian's, without the windows of a desktop where it is installed so: the same pages, in two thirds of the time.
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
