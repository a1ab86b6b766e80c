"""The statements by hand that benchmarks are measured against still fit our tables, and say what we say."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import psycopg

from benchmarks import imports, ofsted
from tests import databases
from tests.published import COUNTY, PARTS

LIST = PARTS / "provider_at_march_2025.csv"


def both_ways(by_hand: Callable[[str], Any], held: Callable[[str], Any], *command: str) -> tuple[Any, Any]:
    """What the tables hold by the statements by hand, and by our command, each on a database of its own."""
    template = databases.template("init")
    with databases.copy_of(template) as name:
        url = databases.login_url("owner", name)
        by_hand(url)
        theirs = held(url)
    with databases.copy_of(template) as name:
        environ = {**databases.environ_for(name), "PLUMBLINE_TODAY": "2026-11-22"}
        subprocess.run(
            [sys.executable, "-m", "plumbline.config", *command], env=environ, check=True, capture_output=True
        )
        return theirs, held(databases.login_url("owner", name))


def test_a_list_of_ofsteds_by_hand() -> None:
    def said(url: str) -> dict[str, Any]:
        with psycopg.connect(url) as connection:
            return {name: connection.execute(statement).fetchall() for name, statement in ofsted.SAID.items()}

    theirs, ours = both_ways(
        lambda url: ofsted.by_hand(url, LIST), said, "import-ofsted", str(LIST), "--as-at", "2025-03-31"
    )
    assert theirs["settings"]
    assert theirs == ours


def test_an_extract_by_hand() -> None:
    theirs, ours = both_ways(
        lambda url: imports.by_hand(url, COUNTY),
        imports.held,
        "import-ssd",
        str(COUNTY),
        "--extracted",
        imports.EXTRACTED,
    )
    assert theirs == ours
