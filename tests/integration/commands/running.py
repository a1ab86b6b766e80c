"""Running a command on a database of a test's own."""

import json
import os
import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.cache import cache
from django.test import override_settings

from plumbline.config.cli import main
from tests import databases

TODAY = "2016-07-31"


def answer_here(database: str, *words: str, today: str = TODAY, status: int = 0) -> Any:
    """What a command answers, run in this process, where Django is ready and signed in to the database as the worker
    (`own_database`): getting ready is most of what a command waits for. Each command has a test that starts it."""
    cache.clear()
    mask = os.umask(0o077)
    try:
        with pytest.MonkeyPatch.context() as process, override_settings(TODAY=date.fromisoformat(today)):
            for name, value in {**databases.environ_for(database), "PLUMBLINE_LOGIN": "worker"}.items():
                process.setenv(name, value)
            done = CliRunner().invoke(main, [*words, "--json"])
    finally:
        os.umask(mask)
    assert done.exit_code == status, (done.output, done.exception)
    return json.loads(done.stdout)


def answer_on_its_own(database: str, *words: str, today: str = TODAY, status: int = 0) -> Any:
    """What a command answers, run as people run it."""
    done = subprocess.run(
        [sys.executable, "-m", "plumbline.config", *words, "--json"],
        env={**databases.environ_for(database), "PLUMBLINE_TODAY": today},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)
