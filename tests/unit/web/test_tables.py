"""Lists: filters, sorting, pages, and files of exactly what is shown."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from plumbline.web.kit import tables


class Homes(tables.Table):
    title = "Homes we use"
    one, many = "home", "homes"
    columns = (
        tables.Column("name", "Name", sort=lambda row: row.name, link=lambda row: f"/homes/{row.name}/"),
        tables.Column("places", "Places", numeric=True, sort=lambda row: row.places),
        tables.Column("opened_on", "Opened", note=lambda row: row.why),
    )
    filters = (
        tables.Text("q", "Name", lambda rows, text: [row for row in rows if text in row.name]),
        tables.Choice("big", "Size", lambda rows, size: [r for r in rows if r.places > 4], choices=[("big", "Big")]),
        tables.Day("since", "Opened since", lambda rows, day: [row for row in rows if row.opened_on >= day]),
    )  # fmt: skip
    order = "name"


def home(
    name: str = "Alder", places: int | None = 3, opened_on: date = date(2009, 3, 2), why: str = ""
) -> SimpleNamespace:
    return SimpleNamespace(name=name, places=places, opened_on=opened_on, why=why)


def table(*rows: SimpleNamespace, query: str = "", kind: type[tables.Table] = Homes) -> tables.Table:
    return kind(RequestFactory().get(f"/homes/?{query}"), list(rows))


def names(shown: tables.Table) -> list[str]:
    return [str(line[0].text) for line in shown.lines]


def csv_of(shown: tables.Table) -> list[list[str]]:
    text = b"".join(shown.download).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_rows_stand_in_the_declared_order() -> None:
    assert names(table(home("Carr"), home("Alder"), home("Beck"))) == ["Alder", "Beck", "Carr"]


def test_a_list_is_sorted_from_the_largest_by_a_minus() -> None:
    assert names(table(home("A", 1), home("B", 9), home("C", 4), query="sort=-places")) == ["B", "C", "A"]


@pytest.mark.parametrize("query", ["sort=places", "sort=-places"])
def test_what_has_no_value_is_sorted_last_either_way(query: str) -> None:
    assert names(table(home("A", None), home("B", 9), query=query))[-1] == "A"


def test_an_unknown_sort_is_the_declared_order() -> None:
    assert table(home(), query="sort=password").sorted_by == "name"


def test_the_heading_sorted_by_turns_round_and_says_so() -> None:
    heading = table(home(), query="q=A&page=1").headings[0]
    assert (heading.aria_sort, heading.url) == ("ascending", "/homes/?q=A&sort=-name")


def test_a_column_without_sort_has_no_address() -> None:
    assert table(home()).headings[2].url is None


def test_filters_narrow_together() -> None:
    shown = table(home("Alder", 9), home("Alderley", 2), home("Beck", 9), query="q=Alder&big=big")
    assert names(shown) == ["Alder"]


def test_a_day_is_read_as_people_write_it() -> None:
    shown = table(
        home("A", opened_on=date(2009, 1, 1)), home("B", opened_on=date(2010, 1, 1)), query="since=1+Jan+2010"
    )
    assert names(shown) == ["B"]


def test_a_filter_that_makes_no_sense_says_so() -> None:
    assert table(home(), query="since=soon").fields[2]["error"] == "Opened since must be a date, such as 31 July 2016"


def test_a_choice_not_on_the_list_is_an_error_and_narrows_nothing() -> None:
    shown = table(home(), query="big=huge")
    assert (bool(shown.fields[1]["error"]), shown.count) == (True, 1)


def test_no_file_is_given_for_a_filter_that_makes_no_sense() -> None:
    assert table(home(), query="since=soon&format=csv").download is None


def test_fifty_rows_stand_on_a_page_and_the_count_is_of_all() -> None:
    shown = table(*(home(f"{at:03}") for at in range(120)))
    assert (len(shown.lines), shown.count_in_words, shown.page_count) == (50, "120 homes", 3)


def test_one_row_is_counted_in_the_singular() -> None:
    assert table(home()).count_in_words == "1 home"


@pytest.mark.parametrize(
    ("asked", "given"), [("2", 2), ("99", 3), ("0", 1), ("-1", 1), ("x", 1), ("²", 1), ("9" * 99, 1)]
)
def test_a_page_that_is_not_there_is_the_nearest_that_is(asked: str, given: int) -> None:
    assert table(*(home(f"{at:03}") for at in range(120)), query=f"page={asked}").page_number == given


def test_the_pages_leave_out_what_is_far_away() -> None:
    items = table(*(home(f"{at:04}") for at in range(500)), query="page=5").pages["items"]
    assert [item and item["number"] for item in items] == [1, None, 4, 5, 6, None, 10]


def test_the_filters_form_keeps_what_else_stands_in_the_address() -> None:
    assert table(home(), query="q=A&tab=visits&page=2&sort=name").kept == [("tab", "visits")]


def test_two_tables_on_one_page_do_not_share_their_filters() -> None:
    request = RequestFactory().get("/homes/?a-q=Alder&b-q=Beck")
    rows = [home("Alder"), home("Beck")]
    assert [names(Homes(request, rows, prefix=prefix)) for prefix in ("a-", "b-")] == [["Alder"], ["Beck"]]


def test_a_value_that_is_not_there_is_said_in_words() -> None:
    cell = table(home(places=None)).lines[0][1]
    assert (cell.text, cell.absent) == ("not recorded", True)


class Priced(tables.Table):
    columns = (
        tables.Column(
            "places", "Places", absent="not said", shown=lambda row: f"£{row.places}" if row.places else None
        ),
    )


def test_a_value_that_would_be_shown_otherwise_has_the_words_for_its_absence_too() -> None:
    cells = [line[0] for line in table(home(places=None), home(places=5), kind=Priced).lines]
    assert [(cell.text, cell.absent) for cell in cells] == [("not said", True), ("£5", False)]


def test_nought_is_a_value() -> None:
    cell = table(home(places=0)).lines[0][1]
    assert (cell.text, cell.absent) == ("0", False)


def test_a_number_and_a_day_are_shown_in_words() -> None:
    assert [cell.text for cell in table(home(places=2704)).lines[0][1:]] == ["2,704", "2 March 2009"]


def test_csv_holds_every_filtered_row_in_order_and_no_other() -> None:
    rows = [home(f"{at:03}", places=at) for at in range(120)] + [home("other")]
    found = csv_of(table(*rows, query="q=0&sort=-places&page=2&format=csv"))
    assert [line[0] for line in found[1:]] == [f"{at:03}" for at in range(119, -1, -1) if "0" in f"{at:03}"]


def test_csv_keeps_values_as_programs_read_them() -> None:
    assert csv_of(table(home(why="New"), query="format=csv")) == [
        ["Name", "Places", "Opened", "Opened: note"],
        ["Alder", "3", "2009-03-02", "New"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_csv_makes_no_formula_of_what_was_typed(start: str) -> None:
    assert csv_of(table(home(f"{start}cmd()"), query="format=csv"))[1][0] == f"'{start}cmd()"


@pytest.mark.parametrize(("typed", "written"), [
    ("milk;=cmd()", "milk;'=cmd()"), ("milk\t@cmd()", "milk\t'@cmd()"), ("a; b, 3-4 = 7", "a; b, 3-4 = 7"),
])  # fmt: skip
def test_csv_makes_no_formula_for_a_spreadsheet_that_separates_otherwise(typed: str, written: str) -> None:
    assert csv_of(table(home(typed), query="format=csv"))[1][0] == written


def test_csv_leaves_a_negative_number_a_number() -> None:
    assert csv_of(table(home(places=-3), query="format=csv"))[1][1] == "-3"


def test_csv_is_streamed_and_named_after_its_list() -> None:
    answer = table(home(), query="format=csv").download
    assert (answer.streaming, answer["Content-Disposition"]) == (True, 'attachment; filename="homes-we-use.csv"')


def sheet_of(shown: tables.Table) -> list[list[object]]:
    with shown.download.file_to_stream as file:
        content = file.read()
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_xlsx_keeps_days_and_numbers_as_what_they_are() -> None:
    assert sheet_of(table(home(places=12), query="format=xlsx"))[1][:3] == ["Alder", 12.0, date(2009, 3, 2)]


def test_xlsx_writes_what_looks_like_a_formula_as_text() -> None:
    assert sheet_of(table(home("=1+1"), query="format=xlsx"))[1][0] == "=1+1"


def test_xlsx_shows_moments_by_the_clock_on_the_wall() -> None:
    class Moments(tables.Table):
        columns = (tables.Column("at", "At"), tables.Column("share", "Share"))

    row = SimpleNamespace(at=datetime(2016, 7, 31, 13, 32, tzinfo=UTC), share=Decimal("76.0"))
    assert sheet_of(table(row, query="format=xlsx", kind=Moments))[1] == [datetime(2016, 7, 31, 14, 32), 76.0]  # noqa: DTZ001


def test_more_rows_than_a_sheet_holds_are_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST_SHEET", 1)
    answer = table(home("A"), home("B"), query="format=xlsx").download
    assert (answer.status_code, b"Filter it first" in answer.content) == (409, True)


def test_a_table_ordered_by_no_column_does_not_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="ordered by 'colour'"):
        table(kind=type("Wrong", (Homes,), {"order": "colour"}))


def test_a_path_of_attributes_stops_where_there_is_nothing() -> None:
    class Owned(tables.Table):
        columns = (tables.Column("owner", "Owner", value="provider.owner.name"),)

    assert table(SimpleNamespace(provider=None), kind=Owned).lines[0][0].text == "not recorded"
