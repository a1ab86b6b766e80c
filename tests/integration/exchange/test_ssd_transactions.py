"""An import is one transaction: killed it leaves nothing, two do not mix, and a change is a version of its own."""

import json
import subprocess
import sys
from contextlib import ExitStack, suppress
from datetime import date

import psycopg
import pytest
from django.db import transaction

from plumbline.earlyhelp.models import Tac
from plumbline.people.models import Child
from tests import databases
from tests.integration.exchange.extracts import ANNA, BEN, EXTRACTED, HEADERS, TAC, take, write


def import_ssd(folder, *arguments: str, database: str) -> subprocess.Popen:
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "plumbline.config",
            "import-ssd",
            str(folder),
            "--extracted",
            "2016-07-31",
            "--json",
            *arguments,
        ],
        env=databases.environ_for(database) | {"PLUMBLINE_TODAY": "2016-08-01"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder, *arguments: str, database: str) -> tuple[int, dict]:
    """The command's status and answer."""
    with import_ssd(folder, *arguments, database=database) as process:
        answer, _ = process.communicate()
    return process.returncode, json.loads(answer)


@pytest.fixture
def large(tmp_path):
    """An extract that takes a few seconds."""
    folder = tmp_path / "large"
    folder.mkdir()
    people = "\n".join(f"P{n},Anna,Bell,F,2008-02-03,WBRI" for n in range(25_000))
    tacs = "\n".join(f"EH{n},P{n},2015-01-10,2015-06-30,Housing,Needs met,Ash School,W1" for n in range(25_000))
    (folder / "ssd_person.csv").write_text(f"{HEADERS['ssd_person']}\n{people}\n")
    (folder / "ssd_early_help_episodes.csv").write_text(f"{HEADERS['ssd_early_help_episodes']}\n{tacs}\n")
    return folder


def read_until(process: subprocess.Popen, words: str) -> None:
    for line in process.stderr:
        if words in line:
            return
    raise AssertionError(f"it never said {words!r}")


@pytest.mark.parametrize(
    "moment", ["Reading ssd_early_help_episodes", "Taking ssd_early_help_episodes", "What follows"]
)
def test_killed_at_any_moment_it_leaves_nothing_and_the_next_run_gives_what_one_would(own_database, large, moment):
    with import_ssd(large, database=own_database) as process:
        read_until(process, moment)
        process.kill()

    # The next run waits for what the server may still be rolling back.
    assert (Child.objects.count(), Tac.objects.count()) == (0, 0)
    result = take(large)
    assert (result["files"]["ssd_person"]["added"], result["files"]["ssd_early_help_episodes"]["added"]) == (
        25_000,
        25_000,
    )


def test_of_two_imports_at_once_one_waits_and_builds_on_the_other(own_database, tmp_path):
    here = write(tmp_path / "here", ssd_person=ANNA, ssd_early_help_episodes=TAC)
    there = write(tmp_path / "there", ssd_professionals="W1,Nina Orr,Teacher,Ash School")
    with ExitStack() as running:
        with transaction.atomic():
            take(here)
            process = running.enter_context(import_ssd(there, database=own_database))
            read_until(process, "Another import is running")
        process.communicate()

    assert process.returncode == 0
    assert Tac.objects.get().lead_professional.name == "Nina Orr"


def test_a_changed_row_keeps_both_versions(own_database, tmp_path):
    take(write(tmp_path, ssd_person=ANNA), extracted_on=date(2016, 6, 30))
    take(write(tmp_path, ssd_person=ANNA.replace("Bell", "Ball")))

    with psycopg.connect(databases.login_url("worker", own_database)) as connection:
        versions = connection.execute("select surname, to_tx is null from people_child_history order by from_tx")
        found = versions.fetchall()
    assert found == [("Bell", False), ("Ball", True)]


def test_the_command_answers_in_the_agreed_shape(own_database, tmp_path):
    folder = write(tmp_path, ssd_person=f"{ANNA}\nP9,,,,soon,")
    _, answer = run(folder, database=own_database)

    seconds = answer.pop("seconds")
    assert seconds >= 0
    assert answer == {
        "files": {"ssd_person": {"read": 2, "added": 1, "changed": 0, "unchanged": 0, "repeated": 0, "refused": 1}},
        "refused": [
            {
                "file": "ssd_person",
                "line": 3,
                "id": "P9",
                "code": "bad_date",
                "reason": "pers_dob: “soon” is not a date: write it as 2016-06-30 or 30/06/2016.",
            }
        ],
        "notes": [],
    }


def test_the_command_refuses_with_status_1_and_says_why(own_database, tmp_path):
    status, answer = run(tmp_path, database=own_database)

    assert (status, answer["error"]) == (1, "nothing_to_read")


def test_a_strict_import_with_a_refusal_has_status_1(own_database, tmp_path):
    status, _ = run(write(tmp_path, ssd_person=f"{ANNA}\nP9,,,,soon,"), "--strict", database=own_database)

    assert (status, Child.objects.count()) == (1, 0)


def test_an_import_that_fails_half_way_leaves_nothing(own_database, tmp_path):
    class Failed(Exception):
        pass

    def fail(done, total, what):
        if what == "Committing":
            raise Failed

    with suppress(Failed):
        take(write(tmp_path, ssd_person=f"{ANNA}\n{BEN}"), extracted_on=EXTRACTED, progress=fail)

    assert Child.objects.count() == 0
