# ruff: noqa: DTZ001  spreadsheets know no time zones
"""Tables in the sheets of XLSX and ODS files, and what is done with files that would fill the machine."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from plumbline.exchange.readers import RefusedRow, Table
from plumbline.exchange.spreadsheets import Limits, open_workbook
from plumbline.exchange.wrong_files import WrongFile

Rows = list[list[object]]
Write = Callable[[dict[str, Rows]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(sheets: dict[str, Rows]) -> Path:
        path = tmp_path / "list.xlsx"
        with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for line, row in enumerate(rows):
                    sheet.write_row(line, 0, row)
        return path

    return _write


def tables(path: Path, *required: str, among: set[str] | None = None) -> list[Table]:
    return open_workbook(path).tables(kind_name="a list of homes", required=required, among=among)


def refusal(path: Path, limits: Limits | None = None) -> WrongFile:
    def read() -> None:
        for table in open_workbook(path, limits=limits).tables(kind_name="a list of homes", required={"URN", "Places"}):
            list(table)

    with pytest.raises(WrongFile) as caught:
        read()
    return caught.value


def test_reads_numbers_as_identifiers_and_real_dates_as_days(write: Write) -> None:
    path = write(
        {
            "Homes": [
                ["URN", "Places", "Share", "On"],
                [1027077, 4, 0.5, datetime(2021, 10, 4)],
                ["SC1", "", True, date(2021, 1, 2)],
            ]
        }
    )

    (table,) = tables(path, "urn")

    assert list(table) == [
        (2, {"urn": "1027077", "places": "4", "share": "0.5", "on": "2021-10-04"}),
        (3, {"urn": "SC1", "places": "", "share": "true", "on": "2021-01-02"}),
    ]


def test_counts_rows_from_the_top_of_the_sheet_even_if_the_first_are_empty(
    write: Write,
) -> None:
    (table,) = tables(write({"Homes": [[], [], ["A title"], [], ["URN", "Places"], [], ["SC1", 2]]}), "urn")

    assert (table.header_line, [line for line, _ in table]) == (5, [7])


def test_finds_each_sheet_that_holds_the_table(write: Write) -> None:
    path = write(
        {
            "Cover": [["About"]],
            "March": [["URN", "Places"], ["1", 2]],
            "April": [["Title"], ["Places", "URN"], [3, "2"]],
        }
    )

    found = tables(path, "urn", "places")

    assert [(table.sheet, table.header_line, list(table)) for table in found] == [
        ("March", 1, [(2, {"urn": "1", "places": "2"})]),
        ("April", 2, [(3, {"urn": "2", "places": "3"})]),
    ]


def test_reads_only_the_sheet_asked_for(write: Write) -> None:
    path = write({"March": [["URN"], ["1"]], "April": [["URN"], ["2"]]})

    assert [table.sheet for table in tables(path, "urn", among={"April"})] == ["April"]


def test_refuses_a_workbook_without_the_table_saying_what_was_found(
    write: Write,
) -> None:
    refused = refusal(write({"A": [["URN", "Colour"]], "B": [["x"]]}))

    assert refused.code == "bad_header"
    assert refused.reason == (
        "list.xlsx is not a list of homes: no header was found in any of its 2 sheets with the columns places, urn. "
        "The nearest row has URN, Colour; missing: places."
    )


@pytest.mark.parametrize(
    "second",
    [["URN", "Places"], ["Council", "Homes"], ["Council", "Homes", "Children"]],
)
def test_refuses_two_tables_one_above_the_other_naming_both_places(write: Write, second: list[object]) -> None:
    path = write({"Homes": [["URN", "Places"], ["SC1", 2], [], ["Table 2"], second, ["x", 1, 2]]})

    refused = refusal(path)

    assert refused.code == "two_tables"
    assert "sheet “Homes”, holds two tables: one header is on line 1, another on line 5" in refused.reason


def test_refuses_two_tables_side_by_side(write: Write) -> None:
    assert refusal(write({"Homes": [["URN", "Places", "", "URN", "Places"], [1, 2, "", 3, 4]]})).code == "two_tables"


def test_takes_rows_after_a_gap_that_read_as_rows(write: Write) -> None:
    (table,) = tables(
        write(
            {
                "Homes": [
                    ["URN", "Places", "Town"],
                    ["SC1", 2, "Leeds"],
                    [],
                    ["SC2", 3, "York"],
                ]
            }
        ),
        "urn",
    )

    assert [line for line, _ in table] == [2, 4]


def refused_rows(path: Path, **more: object) -> list[tuple[int, str]]:
    (table,) = open_workbook(path).tables(kind_name="a list of homes", required={"URN"}, **more)  # type: ignore[arg-type]
    return [(line, cells.code if isinstance(cells, RefusedRow) else "taken") for line, cells in table]


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """A sheet whose cells do not hold what they show, each in its own row."""
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Homes")
        rows = [["URN", "Grade", "Note"], *([f"SC{number}", "Good", ""] for number in range(8))]
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
        sheet.write_formula(2, 1, "=NA()", value="#N/A")
        sheet.write_formula(3, 1, "=Other!A1", value="#REF!")
        sheet.write_formula(5, 2, "=NA()", value="#N/A")
        sheet.merge_range(6, 1, 7, 1, "Inadequate")
        hidden = book.add_worksheet("Old")
        hidden.write_row(0, 0, ["URN", "Grade"])
        hidden.hide()
    return path


def test_tells_an_error_and_a_merged_cell_from_an_empty_one_in_the_columns_that_are_read(marked: Path) -> None:
    assert refused_rows(marked, read={"URN", "Grade"}, among={"Homes"}) == [
        (2, "taken"),
        (3, "error_cell"),
        (4, "error_cell"),
        (5, "taken"),
        (6, "taken"),
        (7, "merged_cells"),
        (8, "merged_cells"),
        (9, "taken"),
    ]


def test_names_the_sheets_that_are_hidden(marked: Path) -> None:
    assert (open_workbook(marked).sheets, open_workbook(marked).hidden) == (["Homes", "Old"], {"Old"})


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("<c r='B2'><f>VLOOKUP(A2,g!A:B,2)</f></c>", "no_result"),
        ('<c r="B2"><f>A2</f><v></v></c>', "no_result"),
        ('<c><f t="shared" si="0"/><v/></c>', "no_result"),
        ('<c r="B2" t="str"><f>A2</f><v></v></c>', "taken"),
        ('<c r="B2" t="e"><v>#NAME?</v></c>', "error_cell"),
        ('<c r="B2"><f>1+1</f><v>2</v></c>', "taken"),
        ('<c r="B2" t="inlineStr"><is><t>Good</t></is></c>', "taken"),
    ],
)
def test_reads_what_an_xlsx_file_says_of_a_formula(tmp_path: Path, write: Write, cell: str, code: str) -> None:
    plain = write({"Homes": [["URN", "Grade"], ["SC1", 1]]})
    path = tmp_path / "formula.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as packed:
        for name in source.namelist():
            content = source.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                assert '<c r="B2"><v>1</v></c>' in content
                content = content.replace('<c r="B2"><v>1</v></c>', cell)
            packed.writestr(name, content)

    assert refused_rows(path) == [(2, code)]


ODS_CELLS = {
    "an error": (
        "error_cell",
        'table:formula="of:=NA()" office:value-type="string" calcext:value-type="error"',
        "#N/A",
    ),
    "an error of Excel": ("error_cell", 'table:formula="of:=NA()" office:value-type="float" office:value="0"', "#REF!"),
    "no result": ("no_result", 'table:formula="of:=A2"', ""),
    "a result": ("taken", 'table:formula="of:=A2" office:value-type="string"', "Good"),
    "an empty result": ("taken", 'table:formula="of:=A2" office:value-type="string" office:string-value=""', ""),
    "merged": ("merged_cells", 'table:number-rows-spanned="2" office:value-type="string"', "Good"),
    "plain": ("taken", 'office:value-type="string"', "#N/A"),
}


@pytest.mark.parametrize(("code", "attributes", "shows"), ODS_CELLS.values(), ids=ODS_CELLS)
def test_reads_what_an_ods_file_says_of_a_cell(tmp_path: Path, code: str, attributes: str, shows: str) -> None:
    def cell(text: str, more: str = 'office:value-type="string"') -> str:
        return f"<table:table-cell {more}>{f'<text:p>{text}</text:p>' if text else ''}</table:table-cell>"

    rows = [cell("URN") + cell("Grade"), cell("SC1") + cell(shows, attributes), cell("SC2") + cell("Good")]
    head, _, tail = CONTENT.partition("<table:table-row")
    tail = tail[tail.rindex("</table:table-row>") + len("</table:table-row>") :]
    head = head.replace("<office:document-content", '<office:document-content xmlns:calcext="urn:x:calcext"')
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    path = tmp_path / "list.ods"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", head + body + tail)
        packed.writestr("META-INF/manifest.xml", MANIFEST)

    below = code if code == "merged_cells" else "taken"
    assert refused_rows(path) == [(2, code), (3, below)]


def test_gives_a_number_with_more_figures_than_a_spreadsheet_keeps_as_a_rounded_one(write: Write) -> None:
    (table,) = tables(write({"Homes": [["URN"], [1234567890123456789], [123456789012345]]}), "urn")

    assert [cells["urn"] for _, cells in table] == ["1.23456789012346E+18", "123456789012345"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("days", "refused"),
    [
        ([date(2024, 7, 5), date(2024, 9, 4), "28/05/2024"], True),
        ([date(2024, 7, 5), date(2024, 9, 24), "28/05/2024"], False),
        ([date(2024, 7, 5), "04/05/2024", "28/05/2024"], False),
        ([date(2024, 7, 5), date(2024, 9, 4)], False),
        ([date(2024, 7, 5), "05/28/2024"], True),
    ],
)
def test_refuses_a_sheet_that_was_opened_month_first(write: Write, days: list[object], refused: bool) -> None:
    book = open_workbook(write({"Homes": [["URN", "On"], *([f"SC{n}", day] for n, day in enumerate(days))]}))
    (table,) = book.tables(kind_name="a list of homes", required={"URN"}, days={"on"})

    if refused:
        with pytest.raises(WrongFile, match="month first") as caught:
            list(table)
        assert caught.value.code == "month_first"
    else:
        assert len(list(table)) == len(days)


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"list.csv": "a,b"}, "is a zip, not a spreadsheet: unpack it"),
        ({"xl/workbook.bin": ""}, "is a binary workbook"),
        ({"word/document.xml": ""}, "is a Word document"),
        ({"xl/workbook.xml": "<"}, "is a spreadsheet that is damaged"),
        ({"content.xml": "x", "META-INF/manifest.xml": "<m:encryption-data/>"}, "is locked with a password"),
    ],
)
def test_says_what_a_packed_file_is(tmp_path: Path, members: dict[str, str], says: str) -> None:
    path = tmp_path / "list.csv.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)

    assert says in refusal(path).reason


def test_refuses_a_file_that_only_calls_itself_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04 and then nothing")

    assert refusal(path).code == "not_a_table"


def test_refuses_a_spreadsheet_that_was_cut_off(write: Write) -> None:
    path = write(
        {
            "Homes": [
                ["URN", "Places"],
                *([f"SC{number}", number] for number in range(2_000)),
            ]
        }
    )
    path.write_bytes(path.read_bytes()[:-500])

    assert refusal(path).code == "not_a_table"


def test_refuses_a_file_that_says_it_unpacks_to_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    zeros = bytes(1 << 20)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/workbook.xml", "w") as member,
    ):
        for _ in range(600):
            member.write(zeros)

    refused = refusal(path)

    assert (refused.code, "unpacks to more than 500 MB" in refused.reason) == (
        "too_large",
        True,
    )


def test_refuses_a_file_that_lies_about_what_it_unpacks_to(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", bytes(5_000_000))
    # The size the directory declares becomes 1 byte.
    content = path.read_bytes().replace((5_000_000).to_bytes(4, "little"), (1).to_bytes(4, "little"))
    path.write_bytes(content)

    refused = refusal(path, limits=Limits(unpacked_bytes=2_000_000))

    assert refused.code in {"too_large", "not_a_table"}


MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
CONTENT = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
 <office:body><office:spreadsheet><table:table table:name="A">
 <table:table-row table:number-rows-repeated="%d"><table:table-cell office:value-type="string"
 table:number-columns-repeated="%d"><text:p>x</text:p></table:table-cell></table:table-row>
 </table:table></office:spreadsheet></office:body></office:document-content>"""


@pytest.mark.parametrize(("rows", "columns"), [(1_000_000, 16_000), (9_000, 10_000)])
def test_refuses_a_small_file_whose_repeated_cells_would_fill_the_memory(
    tmp_path: Path, rows: int, columns: int
) -> None:
    path = tmp_path / "bomb.ods"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", CONTENT % (rows, columns))
        packed.writestr(
            "META-INF/manifest.xml",
            MANIFEST,
        )

    assert refusal(path, limits=Limits(memory_bytes=300_000_000, seconds=20)).code == "too_large"


@pytest.mark.parametrize(
    ("name", "sheets"),
    [
        ("Childrens_social_care_in_England_2022_underlying_data.xlsx", 16),
        ("Childrens_social_care_in_England_2022_underlying_data.ods", 16),
        ("provider_at_march_2025.ods", 13),
    ],
)
def test_lists_the_sheets_of_a_publication_and_no_copies_of_other_workbooks(
    shared_data: Path, name: str, sheets: int
) -> None:
    assert len(open_workbook(shared_data / "ofsted_social_care_providers" / name).sheets) == sheets


def test_hidden_sheets_are_named_and_what_stands_above_a_table_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Homes", "Old", "Older"):
            book.add_worksheet(name).write_row(0, 0, ["As at 31 March 2025"])
            book.get_worksheet_by_name(name).write_row(1, 0, ["URN", "Places"])
            book.get_worksheet_by_name(name).write_row(2, 0, [name, 4])
        book.get_worksheet_by_name("Old").hide()
        book.get_worksheet_by_name("Older").very_hidden()

    found = open_workbook(path)
    (table,) = found.tables(kind_name="a list of homes", required={"URN", "Places"}, among={"Homes"})

    assert (found.sheets, found.hidden) == (["Homes", "Old", "Older"], {"Old", "Older"})
    assert (table.above, [cells["urn"] for _, cells in table]) == (["Homes", "As at 31 March 2025"], ["Homes"])


def test_a_hidden_sheet_of_an_opendocument_is_named(tmp_path: Path) -> None:
    found = open_workbook(opendocument(tmp_path / "list.ods", {"Homes": [["URN"], ["1"]], "Old": [["URN"], ["2"]]}))

    assert (found.sheets, found.hidden) == (["Homes", "Old"], {"Old"})


def opendocument(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    """Sheets whose name begins with “Old” are hidden."""

    def row(cells: list[str]) -> str:
        told = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
        )
        return f"<table:table-row>{told}</table:table-row>"

    tables_ = "".join(
        f'<table:table table:name="{name}" table:style-name="{"hidden" if name.startswith("Old") else "shown"}">'
        f"{''.join(map(row, rows))}</table:table>"
        for name, rows in sheets.items()
    )
    names = ("office", "style", "text", "table")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/>'
        "</style:style>"
        for name, shown in (("shown", "true"), ("hidden", "false"))
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", kind)
        packed.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )
        packed.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:spreadsheet>{tables_}</office:spreadsheet></office:body></office:document-content>",
        )
    return path
