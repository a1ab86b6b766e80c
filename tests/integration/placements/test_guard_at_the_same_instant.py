"""A judgement and a placement committed at the same instant, over real connections."""

import threading
from datetime import date

import psycopg
import pytest
from django.db import connection

from plumbline.flags import queries
from plumbline.ofsted.grades import read_judgement
from plumbline.ofsted.models import Setting
from plumbline.ofsted.operations import lists
from plumbline.people.act import Act
from plumbline.people.models import Child
from plumbline.placements import guard, operations
from plumbline.placements.models import Placement
from tests import databases
from tests.conftest import point_at
from tests.integration.placements.situations import AT, TODAY, an_import

ROUNDS = 12
SETTINGS = 24
WRITERS = 4

INSERT = """insert into placements_placement (source, source_id, child_id, setting_id, started_on, began_adverse,
    urn_wording, placement_type, provider_type, caseworker_wording)
    values ('here', %s, %s, %s, %s, false, '', '', '', '') returning id"""


class Said:
    """A list of the reader's shape, made here: every setting judged `grade` on a day."""

    layout, family, register, whole = "social_care_2016", "social_care", "social_care", True
    content, proves = "", True

    def __init__(self, urns: list[str], grade: str, day: date) -> None:
        self.as_at = day
        self.rows = [Row(line, urn, grade, day) for line, urn in enumerate(urns, 2)]


class Row:
    def __init__(self, line: int, urn: str, grade: str, day: date) -> None:
        self.line, self.urn, self.attributes = line, urn, {"registration_status": "Active"}
        self.facts: dict[str, str] = {}
        self.inspections = [Told(grade, day)]


class Told:
    kind, framework, event_number, event_wording, predecessor_urn = "full", "2015", "", "", ""
    published_on = None

    def __init__(self, grade: str, day: date) -> None:
        self.inspected_on = day
        self.judgements = {"overall": read_judgement("overall", grade)}


def take(urns: list[str], grade: str, day: date) -> None:
    operations.take_judgements(
        record=lists.record_list, read=Said(urns, grade, day), import_run=an_import(), act=Act(None, AT, TODAY)
    )


def placing(database: str, login: str, jobs: list[tuple[str, int, int]], start: threading.Barrier) -> list[str]:
    """Insert as fast as the database takes them; what it answered to each."""
    answers = []
    with psycopg.connect(databases.login_url(login, database), autocommit=True) as own:
        start.wait()
        for source_id, child, setting in jobs:
            try:
                with own.transaction():
                    databases.as_an_operation(own)
                    own.execute(INSERT, [source_id, child, setting, TODAY])
                answers.append("taken")
            except psycopg.DatabaseError as error:
                answers.append("refused" if error.sqlstate == guard.REFUSED else f"{error.sqlstate} {error}")
    return answers


@pytest.mark.parametrize("login", ["web", "worker"])
def test_of_a_list_and_placements_at_the_same_instant_none_gets_through_unseen(own_database, login):
    answers: list[str] = []
    for attempt in range(ROUNDS):
        urns = [f"SC{attempt:02}{number:04}" for number in range(SETTINGS)]
        take(urns, "Good", date(2016, 1, 1))
        settings = dict(Setting.objects.filter(urn__in=urns).values_list("urn", "pk"))
        start = threading.Barrier(WRITERS + 1)
        threads = []
        for writer in range(WRITERS):
            jobs = []
            for number, urn in enumerate(urns):
                child = Child.objects.create(source_id=f"C{attempt}-{writer}-{number}", sort_key="c")
                jobs.append((f"T{attempt}-{writer}-{number}", child.pk, settings[urn]))

            def run(jobs=jobs, start=start) -> None:
                answers.extend(placing(own_database, login, jobs, start))

            threads.append(threading.Thread(target=run))
        for thread in threads:
            thread.start()
        start.wait()
        take(urns, "Inadequate", date(2016, 7, 1))
        for thread in threads:
            thread.join()

    flagged = {flag["subject"]["id"] for flag in queries.flags_json(only_open=True) if flag["kind"] in ADVERSE}
    assert set(answers) == {"taken", "refused"}, "nothing raced, or something else went wrong"
    assert set(Placement.objects.values_list("pk", flat=True)) == flagged
    assert len(answers) == ROUNDS * WRITERS * SETTINGS


ADVERSE = ("setting_adverse", "placed_at_adverse")


def test_after_the_list_is_committed_no_placement_begins(own_database):
    urns = [f"SC{number:06}" for number in range(SETTINGS)]
    take(urns, "Inadequate", date(2016, 1, 1))
    settings = list(Setting.objects.filter(urn__in=urns).values_list("pk", flat=True))
    child = Child.objects.create(source_id="C", sort_key="c")
    jobs = [(f"T{setting}", child.pk, setting) for setting in settings]

    assert set(placing(own_database, "web", jobs, threading.Barrier(1))) == {"refused"}


def test_a_placement_waits_for_a_judgement_in_the_writing_and_is_then_refused(own_database):
    take(["SC000001"], "Good", date(2016, 1, 1))
    setting = Setting.objects.get()
    child = Child.objects.create(source_id="C", sort_key="c")
    answers: list[str] = []
    start = threading.Barrier(1)
    with psycopg.connect(databases.login_url("worker", own_database)) as judging:
        # By raw SQL, which evaluates nothing: it must fail closed.
        judging.execute("update ofsted_judgement set grade = 'inadequate', wording = 'Inadequate'")
        thread = threading.Thread(
            target=lambda: answers.extend(placing(own_database, "web", [("T", child.pk, setting.pk)], start))
        )
        thread.start()
        thread.join(0.5)
        waited = thread.is_alive()
        judging.commit()
    thread.join()

    assert (waited, answers) == (True, ["refused"])


def test_a_list_waits_for_a_placement_in_the_writing_and_then_flags_it(own_database):
    take(["SC000001"], "Good", date(2016, 1, 1))
    setting = Setting.objects.get()
    child = Child.objects.create(source_id="C", sort_key="c")

    def listing() -> None:
        point_at(own_database, "worker")
        take(["SC000001"], "Inadequate", date(2016, 7, 1))
        connection.close()

    with psycopg.connect(databases.login_url("web", own_database)) as writing:
        databases.as_an_operation(writing)
        writing.execute(INSERT, ["T", child.pk, setting.pk, TODAY])
        thread = threading.Thread(target=listing)
        thread.start()
        thread.join(0.7)
        waited = thread.is_alive()
        writing.commit()
    thread.join()

    assert (waited, [flag["kind"] for flag in queries.flags_json()]) == (True, ["placed_at_adverse"])


def test_a_placement_at_a_setting_not_yet_listed_and_its_first_list_meet(own_database):
    """Both sides make the setting's row first, so the second waits for the first."""
    child = Child.objects.create(source_id="C", sort_key="c")
    with psycopg.connect(databases.login_url("web", own_database)) as writing:
        made = writing.execute(
            """insert into ofsted_setting (register, urn, name, sort_key, provision_type, phase, local_authority,
                   region, sector, registration_status, linked_urn, status, reasons, rule_version, judgements_rev,
                   evaluated_rev)
               values ('social_care', 'SC000001', '', '', '', '', '', '', '', '', '', 'unmatched', '[]', '', 0, 0)
               on conflict do nothing returning id"""
        ).fetchone()
        databases.as_an_operation(writing)
        writing.execute(INSERT, ["T", child.pk, made[0], TODAY])
        thread = threading.Thread(target=_list_it, args=(own_database,))
        thread.start()
        thread.join(0.7)
        waited = thread.is_alive()
        writing.commit()
    thread.join()

    assert (waited, [flag["kind"] for flag in queries.flags_json()]) == (True, ["placed_at_adverse"])


def _list_it(database: str) -> None:
    point_at(database, "worker")
    take(["SC000001"], "Inadequate", date(2016, 7, 1))
    connection.close()
