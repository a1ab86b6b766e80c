"""The small inputs that once failed, by the command and by the page: each comes out as its expected.txt says."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.core.files.uploadedfile import SimpleUploadedFile

from plumbline.config.cli import main
from plumbline.earlyhelp.models import Tac
from plumbline.exchange import uploads
from plumbline.exchange.models import Upload
from plumbline.ofsted.models import Setting
from plumbline.people.models import Child, Professional
from plumbline.placements.models import Placement
from plumbline.socialcare.models import Involvement, Referral
from tests import databases
from tests.factories.people import UserFactory
from tests.integration.exchange.extracts import take, write
from tests.integration.web.signing_in import as_

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parents[2] / "data/cases"
Told = dict[str, Any]


def nothing(told: Told) -> None: ...


@dataclass(frozen=True)
class Case:
    """One folder, or one file of it: the rows added and refused of each file, the codes of refusals and notes, and what
    must hold afterwards. `error`: the code by which all of it is refused, and a part of the sentence."""

    name: str
    file: str = ""
    counts: tuple[tuple[str, int, int], ...] = ()
    refused: tuple[tuple[str, int, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    error: tuple[str, str] | None = None
    then: Callable[[Told], None] = nothing
    day: date = date(2016, 7, 31)

    @property
    def kind(self) -> str:
        return "ofsted" if self.file else "ssd"


def all_tacs_are_open(_: Told) -> None:
    assert Tac.objects.filter(ended_on=None).count() == 7
    assert Tac.objects.get(source_id="E002").lead_wording == '"The Acorns" Centre'


def the_days_are_those_here(_: Told) -> None:
    days = Tac.objects.order_by("source_id").values_list("started_on", "ended_on")
    assert list(days) == [(date(2016, 4, 1), None), (date(2016, 1, 10), date(2016, 7, 1))]


def the_moments_are_days(_: Told) -> None:
    days = Tac.objects.order_by("source_id").values_list("started_on", flat=True)
    assert list(days) == [date(2016, 1, 4), date(2016, 5, 4), date(2016, 1, 4)]


def the_child_is_found_by_what_else_is_named(_: Told) -> None:
    child = Child.objects.get()
    assert (Placement.objects.get().child, Involvement.objects.get().child) == (child, child)
    assert Referral.objects.get().close_reason.endswith("(RC8)")
    assert (Professional.objects.get().name, Involvement.objects.get().professional.source_id) == ("W1", "W1")


def the_texts_are_whole(_: Told) -> None:
    assert Child.objects.get(source_id="70001").ethnicity.endswith("Northern Irish / British")
    assert Placement.objects.get().placement_type.endswith("Children's Homes Regulations")


def two_are_unborn(_: Told) -> None:
    due = date(2016, 10, 2)
    born = Child.objects.order_by("source_id").values_list("dob", "expected_dob")
    assert list(born) == [(None, due), (None, due), (date(2010, 1, 3), None)]


def nobody_is_a_total(_: Told) -> None:
    assert not Child.objects.filter(source_id__icontains="TOTAL").exists()


def the_sentences_say_what_to_do(told: Told) -> None:
    assert all("save the sheet as CSV with its values" in row["reason"] for row in told["refused"])
    assert not Setting.objects.exists()


def what_is_not_read_is_named(told: Told) -> None:
    assert {note["file"] for note in told["notes"]} == {"ssd_early_help_episodes (1).csv"}


PERSON, TAC = "ssd_person", "ssd_early_help_episodes"
NINE = (PERSON, 9, 0)
LIST = date(2025, 3, 31)
CHECKED = [
    Case("unpaired_quotes", counts=(NINE, (TAC, 7, 0)), then=all_tacs_are_open,
         notes=((TAC, "unpaired_quotes"),) * 3),
    Case("excel_scientific_ids", counts=((PERSON, 0, 3), (TAC, 0, 2)),
         refused=tuple((PERSON, line, "rounded_id") for line in (2, 3, 4))
         + tuple((TAC, line, "rounded_id") for line in (2, 3))),
    Case("us_dates", counts=(NINE, (TAC, 0, 1)), refused=((TAC, 1, "month_first"),)),
    Case("utc_midnight", counts=(NINE, (TAC, 2, 0)), then=the_days_are_those_here),
    Case("postgres_timestamptz", counts=(NINE, (TAC, 3, 0)), then=the_moments_are_days),
    Case("ssd_mosaic_columns", then=the_child_is_found_by_what_else_is_named, counts=tuple(
        (name, 1, 0) for name in ("ssd_professionals", PERSON, "ssd_cin_episodes", "ssd_cla_episodes",
                                  "ssd_involvements", "ssd_cla_placement"))),
    Case("ssd_mosaic_descriptions", counts=((PERSON, 4, 0), (TAC, 3, 0), ("ssd_cla_placement", 1, 0)),
         then=the_texts_are_whole),
    Case("unborn_child", counts=((PERSON, 3, 0), (TAC, 3, 0)), then=two_are_unborn),
    Case("xlsx_extract", counts=(NINE,)),
    Case("sqlcmd_output", counts=((PERSON, 9, 1),), refused=((PERSON, 13, "wrong_cells"),)),
    Case("totals_row", counts=((PERSON, 9, 2),), then=nobody_is_a_total,
         refused=((PERSON, 11, "totals_row"), (PERSON, 12, "totals_row"))),
    Case("files_with_other_names", counts=(NINE, (TAC, 1, 0)), then=what_is_not_read_is_named,
         notes=(("ssd_early_help_episodes (1).csv", "file_not_read"),)),
    Case("ctrl_z_end", counts=(NINE,)),
    Case("ofsted_formulas_without_results", "list_formulas.xlsx", day=LIST, counts=(("list_formulas", 0, 3),),
         refused=tuple(("list_formulas", line, "no_result") for line in (5, 6, 7)), then=the_sentences_say_what_to_do),
    Case("ofsted_spreadsheet_swapped_dates", "list_swapped.xlsx", day=LIST,
         error=("month_first", "The sheet was opened month first")),
    Case("wrong_container", "list.xlsm", day=LIST, counts=(("list", 3, 0),)),
    Case("wrong_container", "list_really_xlsx.csv", day=LIST, counts=(("list_really_xlsx", 3, 0),)),
    Case("wrong_container", "list_html.csv", day=LIST, error=("not_a_table", "is a web page")),
    Case("wrong_container", "protected.xlsx", day=LIST, error=("not_a_table", "locked with a password")),
]  # fmt: skip
EACH = pytest.mark.parametrize("case", CHECKED, ids=lambda case: f"{case.name} {case.file}".strip())


@pytest.fixture(autouse=True)
def _today(settings: Any) -> None:
    settings.TODAY = date(2026, 11, 30)


@pytest.fixture
def given(tmp_path: Path) -> Callable[[Case], Path]:
    """A copy of the case's files without what is expected of them."""

    def _given(case: Case) -> Path:
        folder = shutil.copytree(CASES / case.name, tmp_path / "extract")
        (folder / "expected.txt").unlink()
        return folder / case.file if case.file else folder

    return _given


def check(case: Case, told: Told) -> None:
    counts = {name: (found["added"], found["refused"]) for name, found in told["files"].items()}
    assert counts == {name: (added, refused) for name, added, refused in case.counts}
    assert all(
        found["read"] == sum(count for name, count in found.items() if name != "read")
        for found in told["files"].values()
    )
    assert tuple((row["file"], row["line"], row["code"]) for row in told["refused"]) == case.refused
    notes = tuple((note["file"], note["code"]) for note in told["notes"] if note["code"] != "unknown_columns")
    assert notes == case.notes
    case.then(told)


@pytest.fixture
def signed_in(run_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command, in this process, signs in to the database that the test looks at."""
    for setting, value in databases.environ_for(run_database).items():
        monkeypatch.setenv(setting, value)


@EACH
@pytest.mark.usefixtures("signed_in")
def test_by_the_command(case: Case, given: Callable[[Case], Path]) -> None:
    words = {"ssd": ["import-ssd", "--extracted"], "ofsted": ["import-ofsted", "--as-at"]}[case.kind]

    path = given(case)
    done = CliRunner().invoke(main, [words[0], str(path), words[1], case.day.isoformat(), "--json"])

    told = json.loads(done.stdout)
    if case.error:
        assert (done.exit_code, told["error"], case.error[1] in told["reason"]) == (1, case.error[0], True)
    else:
        assert done.exit_code == 0
        check(case, told)
    assert str(path.parent) not in done.output


class Page:
    """Files handed in on the page, with the worker's part done by its own functions."""

    def __init__(self, home: Path, on: date) -> None:
        self.client = as_(UserFactory(role="performance_analyst"))
        self.home, self.on = home, on

    def work(self, how: Callable[..., None]) -> None:
        how(upload_id=Upload.objects.get().pk, home=self.home, now=lambda: datetime.now(tz=UTC), on=self.on)

    def look(self, kind: str, files: list[Path], day: date) -> str:
        handed_in = [SimpleUploadedFile(each.name, each.read_bytes()) for each in files]
        of_day = {"as_at_day": day.day, "as_at_month": day.month, "as_at_year": day.year}
        self.client.post("/imports/new/", {"kind": kind, "files": handed_in, **of_day})
        self.work(uploads.look)
        return self.client.get(f"/imports/uploads/{Upload.objects.get().pk}/").content.decode()

    def take(self, **said: str) -> Upload:
        self.client.post(f"/imports/uploads/{Upload.objects.get().pk}/take/", said)
        self.work(uploads.take)
        return Upload.objects.get()


@pytest.fixture
def the_page(tmp_path: Path, settings: Any) -> Page:
    settings.HOME = tmp_path / "home"
    return Page(settings.HOME, settings.TODAY)


@EACH
def test_by_the_page(case: Case, given: Callable[[Case], Path], the_page: Page) -> None:
    path = given(case)

    seen = the_page.look(case.kind, [path] if case.file else sorted(path.iterdir()), case.day)
    upload = the_page.take()

    if case.error:
        assert (upload.state, case.error[1] in upload.reason) == ("refused", True)
    else:
        assert upload.state == "done"
        check(case, upload.result)
    assert str(the_page.home) not in seen + upload.reason


@pytest.fixture
def twenty(tmp_path: Path) -> Path:
    """Twenty involvements are here; the folder holds two of them."""
    numbers = range(1, 21)
    rows = [f"IV{n},SW1,Worker,Team,2015-01-01,{'2015-06-30' if n > 18 else ''},P{n}" for n in numbers]
    persons = "\n".join(f"P{n},Ada,Bell,F,2008-02-03,WBRI" for n in numbers)
    take(write(tmp_path / "first", ssd_person=persons, ssd_involvements="\n".join(rows)))
    return write(tmp_path / "second", ssd_involvements="\n".join(rows[:2]))


ENDS = "ssd_involvements: 18 of 20 rows taken earlier are not in this extract, 16 of them open."


@pytest.mark.usefixtures("signed_in")
def test_the_command_takes_an_extract_by_which_much_would_end_only_if_it_is_said_to_be_whole(twenty: Path) -> None:
    def run(*more: str) -> Result:
        return CliRunner().invoke(main, ["import-ssd", str(twenty), "--extracted", "2016-08-01", "--json", *more])

    refused = run()
    assert (refused.exit_code, json.loads(refused.stdout)["error"]) == (1, "many_gone")
    assert json.loads(refused.stdout)["reason"].startswith(ENDS)
    assert "The access of the workers named on them to these children ends that day" in refused.stdout
    tried = run("--dry-run")
    assert (tried.exit_code, ENDS in tried.stderr) == (0, True)
    assert not Involvement.objects.filter(origin__missing_since__isnull=False).exists()

    assert run("--whole").exit_code == 0
    assert Involvement.objects.filter(origin__missing_since=date(2016, 8, 1)).count() == 18


def test_the_page_asks_before_it_takes_an_extract_by_which_much_would_end(twenty: Path, the_page: Page) -> None:
    assert ENDS in the_page.look("ssd", [twenty / "ssd_involvements.csv"], date(2016, 8, 1))

    assert the_page.take().state == "ready"
    assert not Involvement.objects.filter(origin__missing_since__isnull=False).exists()

    assert the_page.take(whole="on").state == "done"
    assert Involvement.objects.filter(origin__missing_since=date(2016, 8, 1)).count() == 18


def test_a_tenth_or_fewer_than_ten_rows_may_end_without_a_question(tmp_path: Path) -> None:
    rows = [f"P{n},Ada,Bell,F,2008-02-03,WBRI" for n in range(1, 121)]
    take(write(tmp_path, ssd_person="\n".join(rows)))

    assert take(write(tmp_path, ssd_person="\n".join(rows[12:])))["gone"] == []


@pytest.mark.usefixtures("signed_in")
def test_a_zip_given_as_a_list_is_called_one() -> None:
    path = CASES / "wrong_container/list.csv.zip"

    done = CliRunner().invoke(main, ["import-ofsted", str(path), "--as-at", LIST.isoformat(), "--json"])

    assert "list.csv.zip is a zip, not a spreadsheet: unpack it" in json.loads(done.stdout)["reason"]
