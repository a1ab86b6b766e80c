"""The three files of a report carry every known figure of the public county."""

import io
import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from docx import Document
from pypdf import PdfReader

from tests import databases, published
from tests.published import COUNTY

YEARS = {"year1": ("2014-04-01", "2015-03-31"), "year2": ("2015-04-01", "2016-03-31")}


@pytest.fixture(scope="module")
def database():
    """A database of this module's own, which only commands touch."""
    with databases.copy_of(databases.template()) as name:
        yield name


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def report(database, folder):
    """The answer of `plumbline report` over the public county, and the words of each file."""
    paths = [folder / f"report.{ending}" for ending in ("html", "docx", "pdf")]
    questions = [part for number in (5, 6, 7) for part in ("--question", str(number))]
    taken = plumbline(database, "import-ssd", str(COUNTY), "--extracted", "2016-07-31")
    plumbline(database, "import-contracts", str(COUNTY))
    assert taken.returncode == 0, taken.stderr
    done = plumbline(database, "report", *questions, "--as-at", "2016-06-30", "--output", *map(str, paths), "--json")
    assert done.returncode == 0, done.stderr
    html, docx, pdf = (path.read_bytes() for path in paths)
    return json.loads(done.stdout), {"html": words_of_html(html), "docx": words_of_docx(docx), "pdf": words_of_pdf(pdf)}


@pytest.fixture(scope="module")
def expected():
    return published.expected("expected")


def plumbline(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "plumbline.config", *arguments]
    return subprocess.run(command, env=databases.environ_for(name), capture_output=True, text=True, check=False)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def words_of_html(content: bytes) -> str:
    parser = _Words()
    parser.feed(content.decode())
    return plain("".join(parser.found))


def words_of_docx(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return plain(" ".join([*(paragraph.text for paragraph in document.paragraphs), *cells]))


def words_of_pdf(content: bytes) -> str:
    return plain(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def plain(text: str) -> str:
    """Without the marks of figures, and with every stretch of white space as one blank."""
    return re.sub(r"\s+", " ", re.sub(r"\s*\[\d+\]", "", text))


def said(expected) -> list[str]:
    """Each known figure as a report says it."""
    counts = [*expected["tac_open"].values()]
    counts += [
        value
        for key in ("tac_closed", "tac_closed_not_engaged", "tac_stepped_up", "tac_stepped_down")
        for value in expected[key].values()
    ]
    counts.append(expected["tac_repeat_referral"]["year2"]["not_yet_known"])
    keys = ("tac_school_led", "tac_closed_needs_met_or_reduced", "tac_audit_outstanding", "tac_audit_inadequate")
    shares = [share for key in (*keys, "tac_repeat_referral") for share in expected[key].values()]
    return [f"{count:,}" for count in counts] + [
        f"{share['percent']:.1f}% ({share['numerator']:,} of {share['denominator']:,})" for share in shares
    ]


def test_every_known_figure_stands_in_each_of_the_three_files(report, expected):
    _, words = report
    missing = {
        (ending, figure)
        for ending, text in words.items()
        for figure in said(expected)
        if not re.search(rf"(?<![\d,.]){re.escape(figure)}(?![\d,])", text)
    }
    assert missing == set()


def test_the_figures_of_the_command_are_the_known_ones(report, expected):
    answer, _ = report
    given = {
        (figure["key"], figure.get("as_at") or (figure.get("from"), figure.get("to"))): figure
        for figure in answer["figures"]
        if "rows" not in figure
    }
    wrong = []
    for key, by_time in expected.items():
        if not key.startswith("tac_"):
            continue
        for time, known in by_time.items():
            figure = given.get((key, YEARS.get(time, time)))
            found = figure and (figure["numerator"], figure["denominator"], figure["value"])
            share = isinstance(known, dict)
            wanted = (known["numerator"], known["denominator"], known["percent"]) if share else (known, None, known)
            if found != wanted:
                wrong.append((key, time, found))
    assert wrong == []


def test_the_closures_that_are_not_yet_known_are_counted_apart(report, expected):
    answer, _ = report
    [figure] = [one for one in answer["figures"] if one["ref"] == "repeat"]
    assert figure["not_yet_known"] == expected["tac_repeat_referral"]["year2"]["not_yet_known"]


def test_the_answer_names_the_files_and_says_that_nothing_is_published(report, folder):
    answer, _ = report
    assert (answer["files"], answer["published"]) == (
        [str(folder / f"report.{ending}") for ending in ("html", "docx", "pdf")],
        False,
    )


@pytest.mark.parametrize("day", ["2016-06-30"])
def test_the_contracts_without_their_assessment_are_counted_in_each_file(report, day):
    """Known from the ratings that were worked out beforehand, not from our own rules."""
    answer, words = report
    rated = published.expected("expected_rag")[day]
    wanting = {"no_board_assessment", "no_self_assessment", "no_action_plan"}
    known = sum(bool(wanting & {reason["code"] for reason in one["reasons"]}) for one in rated.values())

    [figure] = [one for one in answer["figures"] if one["ref"] == "unassured"]

    assert figure["value"] == known
    assert [ending for ending, text in words.items() if f"{known}" in text] == ["html", "docx", "pdf"]


def test_what_contracts_cannot_show_yet_is_said_in_each_file(report):
    _, words = report
    gap = "What was done is shown, not yet what it changed"
    assert [ending for ending, text in words.items() if gap in text] == ["html", "docx", "pdf"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--question", "22", "--output", "r.html"), "unknown_question"),
        (("--question", "3", "--output", "r.html"), "no_wording"),
        (("--question", "8", "--output", "r.html"), "no_answer"),
        (("--question", "6", "--output", "r.html", "r.odt"), "unknown_output"),
        (("--question", "6", "--output", "nowhere/r.html"), "no_folder"),
        (("--question", "6", "--output", "r.html", "--template", "none.docx"), "no_template"),
        (("--question", "6", "--output", "r.html", "--profile", "none"), "unknown_profile"),
    ],
)
def test_what_cannot_be_written_is_refused_with_a_sentence_and_writes_no_file(database, tmp_path, arguments, code):
    command = [sys.executable, "-m", "plumbline.config", "report", "--as-at", "2016-06-30", "--json", *arguments]
    done = subprocess.run(
        command, env=databases.environ_for(database), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, json.loads(done.stdout)["error"], list(tmp_path.iterdir())) == (1, code, [])


def test_a_file_that_was_there_stays_when_the_new_one_cannot_be_written(database, tmp_path):
    there = tmp_path / "r.html"
    there.write_text("the old report")
    plumbline(database, "report", "--question", "22", "--as-at", "2016-06-30", "--output", str(there))
    assert there.read_text() == "the old report"
