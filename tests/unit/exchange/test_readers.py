"""Finding a table in a text file, whatever its encoding, delimiter and the rows above its header."""

import tracemalloc
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.exchange.cells import RoundedId, clean, clean_id, clean_text
from plumbline.exchange.dates import BadDate, parse_date
from plumbline.exchange.readers import RefusedRow, open_table
from plumbline.exchange.wrong_files import WrongFile

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(text: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return _write


def read(path: Path, **more: object) -> list[tuple[int, dict[str, str] | RefusedRow]]:
    return list(open_table(path, kind_name="the list of episodes", required={"id", "start"}, **more))  # type: ignore[arg-type]


def refusal(path: Path) -> WrongFile:
    with pytest.raises(WrongFile) as caught:
        read(path)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16"])
def test_reads_names_with_accents_dashes_and_curled_apostrophes_in_every_encoding(write: Write, encoding: str) -> None:
    path = write("id,name,start\n1,José – the children’s home,2016-01-01\n", encoding)

    assert read(path) == [(2, {"id": "1", "name": "José – the children’s home", "start": "2016-01-01"})]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_reads_every_delimiter_and_line_ending(write: Write, delimiter: str, newline: str) -> None:
    path = write(newline.join(delimiter.join(row) for row in (["id", "start"], ["1", "2016-01-01"], ["2", ""])))

    assert [cells for _, cells in read(path)] == [
        {"id": "1", "start": "2016-01-01"},
        {"id": "2", "start": ""},
    ]


def test_finds_the_header_under_titles_and_empty_rows_and_counts_from_the_first_row(
    write: Write,
) -> None:
    table = open_table(
        write('"Episodes, in year",,\n\nNote,,\n ID , Start\u00a0,\n7,2016-01-01,\n'),
        kind_name="x",
        required={"id", "start"},
    )

    assert (table.header_line, table.columns, list(table)) == (
        4,
        ["ID", "Start"],
        [(5, {"id": "7", "start": "2016-01-01"})],
    )


def test_counts_a_row_whose_cell_holds_a_line_break_as_one_row(write: Write) -> None:
    path = write('id,"\nstart"\n1,"2016\n"\n2,2016-01-02\n')

    assert [line for line, _ in read(path)] == [2, 3]


def test_leaves_out_blank_rows_but_counts_them(write: Write) -> None:
    assert [line for line, _ in read(write("id,start\n\n1,a1\n , \n,\n2,b2\n,\n"))] == [
        3,
        6,
    ]


def test_reads_other_names_of_a_column_under_the_one_asked_for(write: Write) -> None:
    rows = read(write("Episode No,START\n1,2\n"), aliases={"Episode no": "id"})

    assert rows == [(2, {"id": "1", "start": "2"})]


def test_names_the_columns_it_does_not_know(write: Write) -> None:
    table = open_table(write("id,start,Shoe  size,\n"), kind_name="x", required={"id"})

    assert table.unknown_columns({"id", "start"}) == ["Shoe size"]


def test_reads_past_an_unnamed_first_column_and_unnamed_last_ones(write: Write) -> None:
    assert read(write(",id,start,,\n0,1,2,,note\n")) == [(2, {"id": "1", "start": "2"})]


@pytest.mark.parametrize("row", ["1", "1,Smith, John,2016-01-01,x", "1,2016,"])
def test_refuses_a_row_with_more_or_fewer_cells_and_keeps_it(write: Write, row: str) -> None:
    ((line, refused), (_, following)) = read(write(f"id,start\n{row}\n2,2016-01-02\n"))

    assert isinstance(refused, RefusedRow)
    assert (line, refused.line, refused.code, refused.raw["id"]) == (
        2,
        2,
        "wrong_cells",
        "1",
    )
    assert following == {"id": "2", "start": "2016-01-02"}


def test_keeps_what_stood_beyond_the_header_in_a_refused_row(write: Write) -> None:
    ((_, refused),) = read(write("id,start\n1,2,3,4\n"))

    assert isinstance(refused, RefusedRow)
    assert refused.raw["(beyond the header)"] == "3 | 4"


def test_refuses_a_file_of_another_kind_saying_what_was_looked_for_and_found(
    write: Write,
) -> None:
    refused = refusal(write("name,colour\nx,y\n"))

    assert refused.code == "bad_header"
    assert refused.reason == (
        "list.csv is not the list of episodes: no header was found with the columns id, start. "
        "The nearest row has name, colour; missing: id, start."
    )


def test_refuses_an_empty_file(write: Write) -> None:
    assert refusal(write("\ufeff \n\n")).code == "empty_file"


def test_refuses_a_file_cut_off_inside_a_row(write: Write) -> None:
    refused = refusal(write("id,name,start\n1,a,2016-01-01\n2,b"))

    assert (refused.code, refused.reason) == (
        "truncated_file",
        "list.csv stops in the middle of line 3: it was cut off. Fetch it again.",
    )


def test_takes_a_last_line_without_its_line_ending(write: Write) -> None:
    assert read(write("id,start\n1,2"))[-1] == (2, {"id": "1", "start": "2"})


def test_refuses_a_file_cut_off_inside_a_quotation(write: Write) -> None:
    refused = refusal(write('id,start,end\n1,2,\n2,"2016\n3,4'))

    assert (refused.code, "line 3 is never closed" in refused.reason) == (
        "truncated_file",
        True,
    )


def test_refuses_a_file_cut_off_inside_a_character(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("id,start\né,2\n2,é".encode()[:-1])

    assert refusal(path).code == "truncated_file"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04 whatever", "is a spreadsheet or another packed file"),
        (b"%PDF-1.7", "is a PDF document"),
        (b"\xd0\xcf\x11\xe0", "is an old Excel file"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "is locked with a password"),
        (b"\xef\xbb\xbf\n<!DOCTYPE HTML>", "is a web page"),
        ("id,start".encode("utf-32"), "is text in UTF-32"),
        ("id,start\n1,\0".encode("utf-16"), "holds characters that are no text"),
        ("id,start\n".encode("utf-16") + b"\x00\xdca\x00", "begins as text in UTF-16 and does not go on"),
        ("id,start".encode("utf-16-le"), "holds zero bytes"),
        (b"id,start\n1,\x00\x00\x00", "holds zero bytes"),
    ],
)
def test_refuses_what_is_not_text_saying_what_it_is(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)

    refused = refusal(path)

    assert (refused.code, says in refused.reason) == ("not_a_table", True)


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_reads_what_excel_saves_as_unicode_text(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes("\ufeffid\tname\tstart\r\n1\tŁukasz “Luke” 😀\t2016-01-01\r\n2\t#REF!\t\r\n".encode(mark))

    (_, first), (_, second) = read(path)
    assert first == {"id": "1", "name": "Łukasz “Luke” 😀", "start": "2016-01-01"}
    assert isinstance(second, RefusedRow)


def test_a_file_in_utf_16_that_was_cut_off_says_so(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes("id\tstart\r\n1\t2016-01-01".encode("utf-16")[:-1])
    assert refusal(path).code == "truncated_file"
    path.write_bytes("\r\n".encode("utf-16"))
    assert refusal(path).code == "empty_file"


@pytest.mark.parametrize("second", ["id,start,note", "council,homes,places"])
def test_refuses_two_tables_one_above_the_other_naming_both_places(write: Write, second: str) -> None:
    path = write(f"id,start,note\n1,2016-01-01,\n,,\nTotals,,\n{second}\nx,2,\n")

    refused = refusal(path)

    assert refused.code == "two_tables"
    assert "one header is on line 1, another on line 5" in refused.reason


def test_takes_rows_of_words_after_an_empty_row(write: Write) -> None:
    assert len(read(write("id,start\nneeds met,a\n\nmoved,b\n"))) == 2


def test_refuses_two_tables_side_by_side_naming_both_columns(write: Write) -> None:
    refused = refusal(write("id,start,,id,start\n1,2,,3,4\n"))

    assert (refused.code, "in columns A and D" in refused.reason) == (
        "two_tables",
        True,
    )


def test_holds_little_of_a_large_file_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("w") as out:
        out.write("id,start\n")
        for number in range(100_000):
            out.write(f"EH{number:06},{'x' * 100}\n")
    tracemalloc.start()

    for _ in open_table(path, kind_name="x", required={"id"}):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < path.stat().st_size / 2


@pytest.mark.parametrize(
    "text",
    ["2016-06-30", "30/06/2016", "30-06-2016", " 30/6/2016 ", "2016-06-30T09:15:00", "2016-06-30 00:00:00.000",
     "30/06/2016 00:00", "30/06/2016 9:15:00 AM", "2016-06-30T00:00:00Z", "2016-06-30T00:00:00+01:00",
     "2016-06-30 00:00:00+01", "2016-06-29 23:00:00+00", "2016-06-30T00:00:00.000+0100", "20160630", "30-JUN-2016",
     "Jun 30 2016 12:00AM", "Jun 30 2016", "2016-06-29T23:00:00Z", "2016-06-30T22:59:59Z", '="2016-06-30"',
     "'30/06/2016"],
)  # fmt: skip
def test_reads_a_date_with_or_without_a_time(text: str) -> None:
    assert parse_date(text) == date(2016, 6, 30)


@pytest.mark.parametrize("text", ["", " ", "NULL", "null", "#N/A", "nan", "REDACTED", "-"])
def test_reads_a_date_that_says_nothing_as_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text",
    ["31/02/2016", "2016-02-30", "06/30/2016", "2016-13-01", "30/06/16", "42551", "30/06-2016",
     "30 June 2016", "0216-06-30", "30-JUN-16", "2016-06-30 25:00", "2016-06-30 13:00PM", "2016-06-30T00:00+25:00",
     "20160631",
     "2016-06-30 lunch", "٣٠/٠٦/٢٠١٦", "soon"],
)  # fmt: skip
def test_refuses_an_impossible_date_and_never_guesses(text: str) -> None:
    with pytest.raises(BadDate, match="is not a date"):
        parse_date(text)


@pytest.mark.parametrize("text", ["9999-12-31", "2099-12-31 00:00:00.000", "31/12/9999", "1900-01-01T00:00:00Z"])
def test_reads_a_day_that_means_open_as_none(text: str) -> None:
    assert parse_date(text) is None


@given(st.integers(0, 2**31), st.integers(-14 * 60, 14 * 60))
def test_reads_a_moment_with_an_offset_as_the_day_here(second: int, minutes: int) -> None:
    there = datetime.fromtimestamp(second, tz=timezone(timedelta(minutes=minutes)))

    assert parse_date(there.isoformat()) == there.astimezone(ZoneInfo("Europe/London")).date()


@pytest.mark.parametrize("cell", ["03/15/2016", "3-15-2016 00:00", "03/15/16"])
def test_refuses_a_file_with_a_column_that_can_only_be_month_first(write: Write, cell: str) -> None:
    path = write(f"id,start\n1,01/04/2016\n2,{cell}\n3,2016-01-02\n4,{cell}\n")

    with pytest.raises(WrongFile) as caught:
        list(open_table(path, kind_name="x", required={"id"}, days={"start"}))

    assert caught.value.code == "month_first"
    assert caught.value.reason.startswith("list.csv, start: the dates on lines 3, 5 can only be read month first")


def test_takes_such_figures_in_a_column_that_is_not_of_days(write: Write) -> None:
    assert len(list(open_table(write("id,start\n1,03/15/2016\n"), kind_name="x", required={"id"}))) == 1


def test_says_once_of_a_column_which_days_were_taken_as_open(write: Write) -> None:
    table = open_table(
        write("id,end\n1,9999-12-31\n2,\n3,31/12/9999\n4,2099-12-31\n"), kind_name="x", required={"id"}, days={"end"}
    )

    assert len(list(table)) == 4
    assert [(note.line, note.code, note.reason) for note in table.notes] == [
        (None, "open_ended", "end: taken as open, or as not recorded: 2099-12-31 (1 row), 9999-12-31 (2 rows).")
    ]


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_reads_every_day_day_first(day: date) -> None:
    assert parse_date(f"{day:%d/%m/%Y}") == parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    ("text", "id_"),
    [(" sc448615 ", "SC448615"), ("103120.0", "103120"), ("1.50", "1.50"), ("NULL", ""), ("-", ""),
     ("XXXXXXX", "XXXXXXX"),
     ("\u00a0103120", "103120"), ("EH-1", "EH-1"), ("'0042", "0042"), ("\u20190042", "0042"), ('="0042"', "0042"),
     ("1E5", "1E5"), ("2E+", "2E+")],
)  # fmt: skip
def test_reads_identifiers_as_text_upper_case_without_a_spreadsheets_point_zero(text: str, id_: str) -> None:
    assert clean_id(text) == id_


@pytest.mark.parametrize("text", ["1.23457E+11", "1.2e+07", "1E+11", " 1,23E+9 ", "'1.23E+11"])
def test_refuses_an_identifier_that_a_spreadsheet_has_rounded(text: str) -> None:
    with pytest.raises(RoundedId, match="a spreadsheet has rounded"):
        clean_id(text)


@pytest.mark.parametrize(
    ("last", "code", "hint"),
    [("(9 rows affected)", "wrong_cells", False), ("Source: the case system", "wrong_cells", False),
     ("Total,9", "totals_row", False), ("Grand total:", "totals_row", False), ("P0", "wrong_cells", True)],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["", "\n", "\n\x1a", "\x1a"])
def test_refuses_a_last_line_that_is_no_row_by_itself(
    write: Write, last: str, code: str, hint: bool, ending: str
) -> None:
    rows = read(write(f"id,name,start\nP1,a,2016-01-01\n\n{last}{ending}"))

    assert rows[0] == (2, {"id": "P1", "name": "a", "start": "2016-01-01"})
    ((line, refused),) = rows[1:]
    assert isinstance(refused, RefusedRow)
    assert (line, refused.code) == (4, code)
    assert ("fetch it again" in refused.reason) == (hint and not ending.startswith("\n"))


def test_passes_over_the_dashes_under_a_header_and_the_byte_that_ends_a_file_of_dos(write: Write) -> None:
    assert [line for line, _ in read(write("id,start\n--,-----\n1,2016-01-01\n-,2016-01-02\n\x1a"))] == [3, 4]


@pytest.mark.parametrize("error", ["#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"])
def test_refuses_a_row_with_the_error_of_a_spreadsheet_in_a_column_that_is_read(write: Write, error: str) -> None:
    table = open_table(
        write(f"id,start,note\n1,{error},\n2,,{error}\n"), kind_name="x", required={"id"}, read={"id", "start"}
    )

    (_, refused), (_, taken) = list(table)
    assert isinstance(refused, RefusedRow)
    assert (refused.code, f"start: the cell holds the error {error}" in refused.reason) == ("error_cell", True)
    assert taken == {"id": "2", "start": "", "note": error}


def test_takes_a_dash_in_a_code_as_absent_and_in_free_text_as_a_dash() -> None:
    assert (clean(" - "), clean_text(" - ")) == ("", "-")


def test_keeps_a_person_whose_name_is_nan_or_null() -> None:
    assert [clean_text(name) for name in ("Nan", "Null", "nan", "NULL")] == [
        "Nan",
        "Null",
        "",
        "",
    ]
