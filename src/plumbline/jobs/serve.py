"""`plumbline serve` and `plumbline worker`: the site and what works behind it."""

import os
import signal
import socket
import subprocess
import sys
from typing import cast

import click
from django.conf import settings
from django.core.management import call_command
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from plumbline.kernel.errors import RuleBroken


def serve() -> None:
    """Serve the pages until stopped, with a worker beside them; both end together.

    Raises RuleBroken where something else answers on the port already.
    """
    with socket.socket() as asked:
        if asked.connect_ex(("127.0.0.1", settings.PORT)) == 0:
            raise RuleBroken(
                f"Port {settings.PORT} is in use. Stop what is there, or set PLUMBLINE_PORT to another.",
                code="port_in_use",
            )
    call_command("collectstatic", interactive=False, verbosity=0)
    # granian's workers and ours are separate processes: each signs in to the database with its own login.
    commands = [
        [sys.executable, "-m", "plumbline.config", "worker"],
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(settings.PORT), "--workers", "2", "--blocking-threads", "4", "--no-ws",
            "--log-level", "error", "plumbline.config.wsgi:application",
        ],
    ]  # fmt: skip
    running = [
        subprocess.Popen(command, env=_environ_of(login))  # noqa: S603 - our own programs
        for login, command in zip(("worker", "web"), commands, strict=True)
    ]
    click.echo(f"Plumbline is at http://localhost:{settings.PORT} (Ctrl+C stops it).", err=True)

    def stop(*_: object) -> None:
        for process in running:
            process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    # The first to end takes the other with it.
    pid, status = os.wait()
    stop()
    for process in running:
        if process.pid != pid:
            process.wait(timeout=30)
    sys.exit(max(0, os.waitstatus_to_exitcode(status)))


def _environ_of(login: str) -> dict[str, str]:
    """The environment of a process, with no address of the database but that of its own login."""
    others = {"PLUMBLINE_DATABASE_URL", "PLUMBLINE_WEB_URL", "PLUMBLINE_WORKER_URL"} - {
        f"PLUMBLINE_{login.upper()}_URL"
    }
    return {name: value for name, value in os.environ.items() if name not in {"PLUMBLINE_LOGIN", *others}}


def worker() -> None:
    """Imports, messages, seals and the night's work, until stopped."""
    # Django's connection cannot wait for news; the worker has one of its own.
    connector = cast(DjangoConnector, app.connector)
    with app.replace_connector(connector.get_worker_connector()) as working:
        working.run_worker(concurrency=2)
