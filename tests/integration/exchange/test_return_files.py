"""A return goes out as an Excel file and comes back to the state that answering online leads to."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
import python_calamine
import xlsxwriter

from plumbline.exchange import return_files
from plumbline.exchange.wrong_files import WrongFile
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.toolkits.models import Answer
from plumbline.toolkits.operations import returns
from tests.factories.toolkits import (
    AT,
    TODAY,
    a_person,
    an_organisation,
    answer,
    answer_all,
    asked,
    content,
    criterion,
    plain_version,
    published,
)

pytestmark = pytest.mark.django_db

ACT = Act(None, AT, TODAY)


def sent(made, **more) -> bytes:
    made.refresh_from_db()
    return return_files.workbook(answer_set=made, on=TODAY, titled=lambda document: document.title, **more)


def cells_of(file: bytes) -> dict[str, list[list]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def filled(file: bytes, *, answers=None, hidden=None, rows=()) -> bytes:
    """The file as a spreadsheet program saves it with other cells: {key: {column: cell}}, {what: value}, more rows."""
    sheets = cells_of(file)
    head, *lines = sheets["Answers"]
    for line in lines:
        for column, cell in (answers or {}).get(line[0], {}).items():
            line[head.index(column)] = cell
    sheets["Answers"] += [[row.get(column, "") for column in head] for row in rows]
    for line in sheets["Plumbline"]:
        line[1] = (hidden or {}).get(line[0], line[1])
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False})
    days = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows_of in sheets.items():
        sheet = book.add_worksheet(name)
        for down, row in enumerate(rows_of):
            for across, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(down, across, cell, days)
                else:
                    sheet.write(down, across, cell)
    book.close()
    return kept.getvalue()


def take(made, file: bytes, tmp_path, act: Act = ACT):
    path = tmp_path / "return.xlsx"
    path.write_bytes(file)
    return return_files.take_back(return_id=made.pk, path=path, act=act)


def state_of(made) -> tuple:
    made.refresh_from_db()
    kept = made.answers.order_by("criterion").values_list(
        "criterion", "value", "comment", "impact", "reviewed_on", "revision", "answered_by", "answered_at"
    )
    return made.state, made.revision, list(kept)


def test_answers_in_the_file_lead_to_the_state_of_answering_online(tmp_path) -> None:
    version = published(
        content(
            "kinds_trial",
            [
                criterion("policy"),
                criterion("grade", "four_grades"),
                criterion("mark", "score_0_5"),
                criterion("staff", "number"),
                criterion("since", "date"),
                criterion("words", "text"),
            ],
        )
    )
    online, by_file = asked(version), asked(version)
    for key, value, more in (
        ("policy", "yes", {"comment": "Reviewed.\nBy the board.", "reviewed_on": date(2016, 3, 1)}),
        ("grade", "good", {"impact": "Fewer agency staff."}),
        ("mark", "4", {}),
        ("staff", "12.5", {}),
        ("since", "2016-02-29", {}),
        ("words", "=1+1", {}),
    ):
        answer(online, key, value, **more)
    typed = {
        "policy": {"Answer": "Yes", "Comment": "Reviewed.\r\nBy the board.", "Last reviewed": "01/03/2016"},
        "grade": {"Answer": "good", "What difference it makes": " Fewer agency staff. "},
        "mark": {"Answer": 4}, "staff": {"Answer": 12.5}, "since": {"Answer": date(2016, 2, 29)},
        "words": {"Answer": "=1+1"},
    }  # fmt: skip
    take(by_file, filled(sent(by_file), answers=typed), tmp_path)
    assert state_of(by_file) == state_of(online)


def test_a_file_that_comes_back_untouched_changes_nothing(tmp_path) -> None:
    made = asked()
    answer_all(made)
    file, before = sent(made), state_of(made)
    found = take(made, file, tmp_path)
    assert (found.changed, found.refused, state_of(made)) == (0, (), before)


def test_a_row_not_touched_does_not_undo_what_was_answered_online_meanwhile(tmp_path) -> None:
    made = asked()
    file = sent(made)
    answer(made, "culture", "good")
    found = take(made, filled(file, answers={"supervision": {"Answer": "Good"}}), tmp_path)
    assert (found.changed, found.refused, made.answers.get(criterion="culture").value) == (1, (), "good")


def test_a_row_answered_online_meanwhile_is_refused_with_both_answers(tmp_path) -> None:
    made = asked(None, None, a_person("contract_officer", name="Sam Ide"))
    file = sent(made)
    answer(made, "culture", "good", by=made.assignments.get().user)
    found = take(made, filled(file, answers={"culture": {"Answer": "Inadequate"}}), tmp_path)
    assert [(row.line, row.reason) for row in found.refused] == [
        (
            4,
            "Sam Ide has answered this on the page since the file was taken out. Their answer is kept: “Good”. Yours "
            "was “Inadequate”. Answer it on the page if yours is right.",
        ),
    ]


def test_bad_rows_are_refused_by_row_and_the_others_taken(tmp_path) -> None:
    made = asked()
    file = filled(
        sent(made),
        answers={
            "culture": {"Answer": "Splendid"},
            "supervision": {"Answer": "Good", "Last reviewed": "31/02/2016"},
            "recruits_safely": {"Answer": "Yes"},
        },
        rows=[{"Key": "nothing_such", "Question": "?", "Answer": "Yes"}],
    )
    found = take(made, file, tmp_path)
    assert (found.changed, [row.line for row in found.refused]) == (1, [3, 4, 6])


def with_a_day() -> object:
    """A return of which one answer is a day."""
    return asked(
        published(
            content(
                "days",
                [
                    criterion("trained_on", "date"),
                    criterion("recruits_safely"),
                    criterion("supervision", "four_grades"),
                ],
            )
        )
    )


@pytest.mark.parametrize(
    ("typed", "line"),
    [({"trained_on": {"Answer": "02/15/2016"}, "supervision": {"Answer": "Good", "Last reviewed": "03/04/2016"}}, 2),
     ({"recruits_safely": {"Answer": "Yes", "Last reviewed": "2/15/2016"}, "trained_on": {"Answer": "03/04/2016"}}, 3)],
)  # fmt: skip
def test_days_typed_month_first_refuse_the_file_naming_column_and_lines(tmp_path, typed, line: int) -> None:
    made = with_a_day()
    before = state_of(made)
    with pytest.raises(WrongFile) as refused:
        take(made, filled(sent(made), answers=typed), tmp_path)
    assert (refused.value.code, f"on line {line} can only be read month first" in refused.value.reason) == (
        "month_first",
        True,
    )
    assert state_of(made) == before


def test_days_that_went_out_as_text_beside_one_typed_day_first_are_taken(tmp_path) -> None:
    made = with_a_day()
    answer(made, "recruits_safely", "yes", reviewed_on=date(2016, 3, 4))
    file = filled(
        sent(made),
        answers={
            "supervision": {"Answer": "Good", "Last reviewed": "25/04/2016"},
            "trained_on": {"Answer": "13/05/2016"},
        },
    )
    found = take(made, file, tmp_path)
    kept = dict(made.answers.values_list("criterion", "reviewed_on"))
    assert (found.refused, kept["supervision"], kept["recruits_safely"]) == (
        (),
        date(2016, 4, 25),
        date(2016, 3, 4),
    )


def test_a_question_that_stands_twice_is_taken_once(tmp_path) -> None:
    made = asked()
    file = filled(
        sent(made), answers={"culture": {"Answer": "Good"}}, rows=[{"Key": "culture", "Answer": "Inadequate"}]
    )
    take(made, file, tmp_path)
    assert made.answers.get(criterion="culture").value == "good"


def test_an_emptied_cell_takes_the_answer_back(tmp_path) -> None:
    made = asked()
    answer(made, "culture", "good")
    take(made, filled(sent(made), answers={"culture": {"Answer": ""}}), tmp_path)
    assert made.answers.get(criterion="culture").value == ""


@pytest.mark.parametrize(
    ("hidden", "code"), [({"return": "987654"}, "wrong_return"), ({"version": "0" * 64}, "wrong_version")]
)
def test_a_file_of_another_return_or_version_is_refused_whole(hidden, code, tmp_path) -> None:
    made = asked()
    file = filled(sent(made), answers={"culture": {"Answer": "Good"}}, hidden=hidden)
    with pytest.raises(RuleBroken) as refusal:
        take(made, file, tmp_path)
    assert (refusal.value.code, Answer.objects.filter(answer_set=made).count()) == (code, 0)


def test_a_spreadsheet_that_never_went_out_is_refused(tmp_path) -> None:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        book.add_worksheet("Answers").write(0, 0, "Key")
    with pytest.raises(RuleBroken) as refusal:
        take(asked(), kept.getvalue(), tmp_path)
    assert refusal.value.code == "not_ours"


def test_what_is_no_spreadsheet_is_refused(tmp_path) -> None:
    with pytest.raises(WrongFile):
        take(asked(), b"%PDF-1.7 not a spreadsheet", tmp_path)


def test_a_return_that_was_handed_in_takes_no_file(tmp_path) -> None:
    made = asked()
    answer_all(made)
    file = filled(sent(made), answers={"culture": {"Answer": "Inadequate"}})
    returns.submit(return_id=made.pk, act=ACT)
    with pytest.raises(RuleBroken) as refusal:
        take(made, file, tmp_path)
    assert refusal.value.code == "not_answerable"


def test_another_provider_cannot_send_the_file_back(tmp_path) -> None:
    made = asked()
    with pytest.raises(NotAllowed):
        take(made, sent(made), tmp_path, act=Act(a_person("provider_user", organisation=an_organisation()), AT, TODAY))


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_what_begins_as_a_formula_goes_out_as_text(start) -> None:
    made = asked()
    answer(made, "impact_seen", f'{start}HYPERLINK("http://example.org")', comment=f"{start}cmd|' /C calc'!A0")
    with zipfile.ZipFile(io.BytesIO(sent(made))) as packed:
        sheets = b"".join(packed.read(name) for name in packed.namelist() if name.startswith("xl/worksheets/sheet"))
    assert b"<f>" not in sheets


HARD = [
    "=1+1", "+44 1522 552222", "-1", "@x", "'=1+1", "_x000D_", "two\nlines", "NULL", "#N/A", "nan", "REDACTED", "-",
    "TRUE",
    "1.0", "103120.0", "2016-02-30", "31/12/2016", "\U0001f600 it\u2019s", "<b>&amp;</b>", "x" * 9_000,
]  # fmt: skip


@pytest.mark.parametrize("said", HARD, ids=lambda said: ascii(said)[:20])
def test_what_goes_out_comes_back_unchanged(tmp_path, said: str) -> None:
    made = asked()
    answer(made, "impact_seen", said, comment=said)
    taken = take(made, sent(made), tmp_path)
    kept = made.answers.get(criterion="impact_seen")
    assert (taken.changed, taken.refused, kept.value, kept.comment) == (0, (), said, said)


@pytest.mark.parametrize("said", HARD, ids=lambda said: ascii(said)[:20])
def test_what_is_typed_into_the_file_is_kept_as_it_was_typed(tmp_path, said: str) -> None:
    made = asked()
    changed = filled(sent(made), answers={"impact_seen": {"Answer": said, "Comment": said}})
    take(made, changed, tmp_path)
    kept = made.answers.get(criterion="impact_seen")
    assert (kept.value, kept.comment) == (said, said)


def test_choices_are_a_list_in_the_cell() -> None:
    with zipfile.ZipFile(io.BytesIO(sent(asked()))) as packed:
        sheets = b"".join(packed.read(name) for name in packed.namelist() if name.startswith("xl/worksheets/sheet"))
    assert sheets.count(b'<dataValidation type="list"') == 3


def test_the_moderators_answers_go_out_only_where_they_may_be_read() -> None:
    made = asked()
    answer_all(made)
    returns.submit(return_id=made.pk, act=ACT)
    returns.moderate_answer(return_id=made.pk, criterion="culture", value="inadequate", note="Not seen.", act=ACT)
    heads = [cells_of(sent(made, with_moderation=with_it))["Answers"][0] for with_it in (True, False)]
    assert ["Moderated answer" in head for head in heads] == [True, False]


def test_last_times_answer_stands_beside_the_cell() -> None:
    first = asked(plain_version())
    answer_all(first)
    returns.submit(return_id=first.pk, act=Act(None, datetime(2016, 7, 1, tzinfo=UTC), TODAY))
    head, *rows = cells_of(sent(asked(first.version, first.organisation)))["Answers"]
    assert [row[head.index("Last time")] for row in rows] == ["Yes", "Good", "Good", "It helped."]
