"""However quotation marks stand in a file, each of its lines is taken or refused, and none takes another's cells."""

import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plumbline.exchange.quotes import rows_of
from plumbline.exchange.readers import RefusedRow, Table, open_table
from plumbline.exchange.wrong_files import WrongFile

HEADER = ["id", "name", "start", "reason", "lead"]
LETTERS = st.text(alphabet="ab c,;'-é", max_size=8)
WITH_BREAKS = st.text(alphabet='ab c,"\n', max_size=12)


def opened(path: Path, text: str) -> Table:
    path.write_text(text, newline="")
    return open_table(path, kind_name="the list", required={"id", "start"})


def written(rows: list[list[str]], *, all_quoted: bool) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL, lineterminator="\n").writerows(rows)
    return out.getvalue()


def told(table: Table) -> list[tuple[int, list[str], bool]]:
    """Line, cells and whether it was taken, of each row."""
    return [
        (line, list(cells.raw.values()), False) if isinstance(cells, RefusedRow) else (line, list(cells.values()), True)
        for line, cells in table
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.lists(LETTERS, min_size=4, max_size=4), min_size=1, max_size=8),
    strays=st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=4),
    all_quoted=st.booleans(),
)
def test_every_line_is_taken_or_refused_and_has_only_its_own_cells(
    tmp_path: Path, cells: list[list[str]], strays: list[tuple[int, bool]], all_quoted: bool
) -> None:
    lines = written([[f"N{n}x", *row] for n, row in enumerate(cells)], all_quoted=all_quoted).splitlines(keepends=True)
    for place, beside in strays:
        line = place % len(lines)
        commas = [at for at, char in enumerate(lines[line]) if char == ","]
        at = commas[place % len(commas)] + 1 if beside else place % len(lines[line].rstrip("\n"))
        lines[line] = f'{lines[line][:at]}"{lines[line][at:]}'

    rows = told(opened(tmp_path / "list.csv", ",".join(HEADER) + "\n" + "".join(lines)))

    assert [line for line, _, _ in rows] == list(range(2, len(lines) + 2))
    for line, found, _ in rows:
        of_line = lines[line - 2].replace('"', "")
        assert all(cell.replace('"', "").strip("\n") in of_line for part in found for cell in part.split(" | "))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.lists(WITH_BREAKS, min_size=4, max_size=4), min_size=1, max_size=6),
    stray=st.one_of(st.none(), st.integers(0, 400)),
    all_quoted=st.booleans(),
)
def test_no_row_is_lost_in_a_file_with_line_breaks_inside_cells(
    tmp_path: Path, cells: list[list[str]], stray: int | None, all_quoted: bool
) -> None:
    text = written([[f"N{n}x", *row] for n, row in enumerate(cells)], all_quoted=all_quoted)
    if stray is not None:
        text = f'{text[: stray % len(text)]}"{text[stray % len(text) :]}'

    try:
        rows = told(opened(tmp_path / "list.csv", ",".join(HEADER) + "\n" + text))
    except WrongFile as refused:
        # What is left of a text may look like a table's header: then all of the file is refused, and nothing lost.
        if refused.code != "two_tables":
            raise
        return

    for number in range(len(cells)):
        where = [taken for _, found, taken in rows if any(f"N{number}x" in cell.replace('"', "") for cell in found)]
        assert where
        # A taken row has one number, in its first cell.
    for _, found, taken in rows:
        if taken:
            assert sum("".join(found).replace('"', "").count(f"N{number}x") for number in range(len(cells))) <= 1
    if stray is None:
        taken = [found for _, found, taken in rows if taken]
        assert all(found in [[f"N{n}x", *row] for n, row in enumerate(cells)] for found in taken)


WIDE = "E{n},P{n},2016-01-0{n},,Housing,,{hub},W1\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Table]:
    return lambda text: opened(tmp_path / "list.csv", "id,person,start,end,reason,ending,lead,worker\n" + text)


def test_a_cell_that_holds_whole_rows_is_refused_line_by_line(read: Callable[[str], Table]) -> None:
    hubs = ["Ash", '"Oak Lane', "Elm", 'Fir"', "Yew"]
    rows = list(read("".join(WIDE.format(n=n, hub=hub) for n, hub in enumerate(hubs, 1))))

    refused = [(line, cells.code) for line, cells in rows if isinstance(cells, RefusedRow)]
    assert refused == [(3, "unpaired_quotes"), (4, "unpaired_quotes"), (5, "unpaired_quotes")]
    assert all("lines 3 to 5" in cells.reason for _, cells in rows if isinstance(cells, RefusedRow))
    assert [line for line, _ in rows] == [2, 3, 4, 5, 6]


def test_a_text_of_several_lines_is_one_cell(read: Callable[[str], Table]) -> None:
    rows = list(read('E1,P1,2016-01-01,,"Housing, and\nmoney; then, later,\n\nwork",,Ash,W1\nE2,P2,2016-01-02,,,,,\n'))

    assert [line for line, _ in rows] == [2, 3]


def test_what_is_read_as_text_is_noted_with_its_line(read: Callable[[str], Table]) -> None:
    table = read(WIDE.format(n=1, hub='"The Acorns" Centre') + WIDE.format(n=2, hub='"Oak'))

    assert [cells["lead"] for _, cells in table] == ['"The Acorns" Centre', '"Oak']  # type: ignore[index]
    assert [(note.line, note.code) for note in table.notes] == [(2, "unpaired_quotes"), (3, "unpaired_quotes")]


def test_a_quotation_mark_above_the_header_swallows_nothing(tmp_path: Path) -> None:
    table = opened(tmp_path / "list.csv", '"Children, as at\nid,start\n1,2016-01-01\n"x\n')

    assert [line for line, _ in table] == [3, 4]


def test_no_row_of_the_public_files_is_lost_or_read_otherwise(shared_data: Path) -> None:
    otherwise, read = [], 0
    for path in sorted(shared_data.rglob("*.?sv*")):
        if "cases" in path.parts:
            continue
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = content.decode("latin-1")
        delimiter = max(",;\t", key=text[:20_000].count)
        lenient = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        width = max(len(row) for row in lenient[:8])
        header = next(line for line, row in enumerate(lenient, 1) if len(row) == width)
        strict = rows_of(io.StringIO(text, newline=""), delimiter, widths=range(width - 1, width + 1), header=header)
        read += 1
        if [list(row) for row in strict] != lenient:
            otherwise.append(path.name)

    assert (read > 60, otherwise) == (True, [])
