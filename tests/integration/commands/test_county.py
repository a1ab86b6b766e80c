"""The commands, run as people run them, give the known figures and flags of the county."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import connection

from plumbline.config.cli import main
from plumbline.people.models import LabelWording, User
from plumbline.scrutiny import queries
from plumbline.scrutiny.models import Report
from tests import databases
from tests.conftest import point_at

DATA = Path(__file__).parents[2] / "data" / "county_2016"
EXPECTED = json.loads((DATA / "expected.json").read_text())
PLACED = json.loads((DATA / "expected_placements.json").read_text())
YEARS = EXPECTED["periods"]


@pytest.fixture(scope="module")
def copied() -> Iterator[str]:
    with databases.copy_of(databases.template("demo")) as name:
        yield name


@pytest.fixture
def county(copied, django_db_blocker, monkeypatch) -> Iterator[str]:
    """The demonstration county, with this process signed in to it as the worker."""
    for setting, value in databases.environ_for(copied).items():
        monkeypatch.setenv(setting, value)
    monkeypatch.setenv("PLUMBLINE_LOGIN", "worker")
    with django_db_blocker.unblock():
        point_at(copied, "worker")
        yield copied
        connection.close()


def plumbline(*words: str) -> Result:
    """The command in this process: Django is ready already, which is most of what a command waits for."""
    return CliRunner().invoke(main, words)


def on_its_own(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as people start it."""
    return subprocess.run(
        [sys.executable, "-m", "plumbline.config", *words],
        env=databases.environ_for(name),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def answer(*words: str) -> Any:
    done = plumbline(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def answer_on_its_own(name: str, *words: str) -> Any:
    done = on_its_own(name, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def questions() -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    for day, count in EXPECTED["tac_open"].items():
        yield "tac_open", ["--as-at", day], {"numerator": count, "value": count}
    for day, share in EXPECTED["tac_school_led"].items():
        yield "tac_school_led", ["--as-at", day], share
    for key in EXPECTED:
        for year, known in EXPECTED[key].items() if isinstance(EXPECTED[key], dict) else ():
            if year in YEARS and key != "periods":
                asked = ["--from", YEARS[year][0], "--to", YEARS[year][1]]
                yield key, asked, known if isinstance(known, dict) else {"numerator": known, "value": known}


@pytest.mark.parametrize(("key", "asked", "known"), list(questions()))
def test_a_known_figure_comes_out_by_the_command(county, key, asked, known):
    found = answer("measure", key, *asked)

    wanted = {("value" if part == "percent" else part): number for part, number in known.items()}
    assert {part: found[part] for part in wanted} == wanted
    assert found["definition"].startswith("sha256:")
    assert found["observed_until"] == EXPECTED["extracted"]


def flagged(kind: str) -> dict[str, list[dict[str, str]]]:
    by_setting: dict[str, list[dict[str, str]]] = {}
    for flag in answer("flags", "--open", "--kind", kind):
        told = {"placement": flag["subject"]["source_id"], "allocated_worker": flag["for"][0]}
        by_setting.setdefault(flag["subject"]["setting_urn"], []).append(told)
    return {urn: sorted(flags, key=lambda told: told["placement"]) for urn, flags in by_setting.items()}


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("setting_adverse", "newly_inadequate"),
        ("setting_watch", "leaders_watch"),
        ("setting_unmatched", "unmatched"),
        ("setting_gone", "gone"),
        ("placed_at_adverse", "already_inadequate"),
    ],
)
def test_the_known_placements_are_flagged_to_their_workers(county, kind, known):
    wanted = {
        urn: [{key: placed[key] for key in ("placement", "allocated_worker")} for placed in placements]
        for urn, placements in PLACED[known].items()
    }

    assert flagged(kind) == wanted


def test_run_again_shows_the_scrutiny_office_no_figure_that_the_report_withholds(county) -> None:
    shown = queries.figures_shown(Report.objects.get(pk=1), on=date(2016, 7, 31))
    withheld = {ref for ref, figure in shown.items() if figure.body and figure.body["withheld"]}

    rows = answer("rerun", "1", "--as", "scrutiny")["figures"]

    assert {row["ref"] for row in rows if "published" in row["withheld"]} == withheld
    # The profile is at work: groups of a split are withheld.
    bodies = [figure.body for figure in shown.values() if figure.body]
    assert any(row["withheld"] for body in bodies for row in body.get("rows", ()))


def test_the_published_report_of_the_demonstration_re_runs_to_its_values_and_says_what_changed(county):
    figures = answer("rerun", "1")["figures"]

    assert figures
    assert all(figure["as_known_then"] == figure["published"] for figure in figures)
    changed = [figure for figure in figures if figure["as_known_now"] != figure["published"]]
    assert changed
    assert all(figure["because"] for figure in changed)


def test_the_command_answers_on_its_own_and_says_words_apart_from_the_answer(county):
    done = on_its_own(county, "measure", "tac_opne", "--as-at", "2016-06-30", "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["error"] == "unknown_measure"
    assert "Did you mean tac_open" in done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["measure", "tac_opne", "--as-at", "2016-06-30"], "unknown_measure"),
        (["measure", "tac_open", "--as-at", "2016-12-31"], "future_date"),
        (["measure", "tac_open", "--as-at", "30/13/2016"], "bad_date"),
        (["measure", "tac_open", "--as-at", "2016-06-30", "--known-at", "2001-01-01"], "before_first_record"),
        (["measure", "tac_open", "--as-at", "2016-06-30", "--by", "shoe_size"], "unknown_split"),
        (["measure", "tac_closed", "--as-at", "2016-06-30"], "wrong_question"),
        (["import-ofsted", "README.md", "--as-at", "2016-03-31"], "bad_header"),
        (["import-ofsted", "no-such-file.csv", "--as-at", "2016-03-31"], "missing_file"),
        (["import-ssd", "docs"], "nothing_to_read"),
        (["report", "--question", "22", "--as-at", "2016-06-30", "--output", "x.pdf"], "unknown_question"),
        (["report", "--question", "5", "--as-at", "2016-06-30", "--output", "x.txt"], "unknown_output"),
        (["measure", "tac_open", "--as-at", "2016-06-30", "--as", "member1"], "not_allowed"),
        (["measure", "tac_open", "--as-at", "2016-06-30", "--as", "nobody"], "unknown_user"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_code_and_a_sentence(county, words, code):
    done = plumbline(*words, "--json")

    assert done.exit_code == 1, done.stdout
    refused = json.loads(done.stdout)
    assert refused["error"] == code
    assert refused["reason"].endswith((".", "?"))


def test_wrong_usage_is_status_2(county):
    assert plumbline("measure").exit_code == 2


def test_a_backup_comes_back_whole(county, tmp_path):
    assert on_its_own(county, "backup", str(tmp_path / "all.tar")).returncode == 0
    with databases.copy_of(databases.template()) as empty:
        databases.run_owner(f"drop database {empty} with (force)")
        databases.run_owner(f"create database {empty}")
        done = on_its_own(empty, "restore", str(tmp_path / "all.tar"))
        assert done.returncode == 0, done.stderr

        figure = answer_on_its_own(empty, "measure", "tac_open", "--as-at", "2016-06-30")
        assert figure["numerator"] == EXPECTED["tac_open"]["2016-06-30"]
        assert answer_on_its_own(empty, "verify-audit")["whole"]
        again = answer_on_its_own(empty, "rerun", "1")["figures"]
        assert again != []
        assert [row["ref"] for row in again if row["as_known_then"] != row["published"]] == []


def test_a_file_that_is_no_backup_changes_nothing(county, tmp_path):
    wrong = tmp_path / "wrong.tar"
    wrong.write_bytes(b"not a backup")

    done = on_its_own(county, "restore", str(wrong))

    assert done.returncode == 1
    assert answer_on_its_own(county, "measure", "tac_open", "--as-at", "2016-06-30")["numerator"] == 2704


def test_an_extract_of_two_rows_does_not_end_the_others_unasked(county):
    done = plumbline("import-ssd", str(DATA.parent / "cases/delta_extract"), "--extracted", "2016-07-31", "--json")

    refused = json.loads(done.stdout)
    assert (done.exit_code, refused["error"]) == (1, "many_gone")
    for said in ("264 of 266 rows", "131 of 133 rows"):
        assert said in refused["reason"]


def test_a_command_says_what_this_council_calls_things_and_its_figures_keep_their_keys(county):
    asked = ("measure", "tac_open", "--as-at", "2016-06-30")
    before = answer(*asked)
    wording = LabelWording.objects.create(
        key="tac",
        from_on=date(2016, 7, 1),
        said_at=datetime.now(UTC),
        said_by=User.objects.get(username="admin"),
        forms={"tac": "Family Help plan", "tacs": "Family Help plans", "tac_long": "plan of Family Help"},
    )
    try:
        assert {**answer(*asked), "known_at": ""} == {**before, "known_at": "", "unit": "Family Help plans"}
        assert "Family Help plans open" in plumbline(*asked).stdout
    finally:
        wording.delete()
