"""The county's files of contracts written in every way that people and programs write such files: read the same."""

import csv
import io
import random
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import transaction

from plumbline.contracts.queries import rating
from plumbline.exchange.contracts import import_contracts
from plumbline.exchange.contracts_kinds import kinds
from plumbline.exchange.models import RefusedRow
from plumbline.people.act import Act
from tests import published
from tests.published import COUNTY

pytestmark = pytest.mark.django_db

NOW = Act(None, datetime(2016, 8, 31, 9, 30, tzinfo=UTC), date(2016, 8, 31))
Rows = list[list[str]]
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def written(rows: Rows, *, delimiter: str = ",", end: str = "\n") -> str:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, lineterminator=end).writerows(rows)
    return target.getvalue()


def each_cell(rows: Rows, change: Callable[[str, str], str]) -> Rows:
    return [rows[0], *([change(name, cell) for name, cell in zip(rows[0], row, strict=True)] for row in rows[1:])]


def dates(form: str) -> Callable[[Rows], bytes]:
    return lambda rows: written(each_cell(rows, lambda _, cell: _ISO.sub(form, cell))).encode()


def absent(said: str) -> Callable[[Rows], bytes]:
    return lambda rows: written(
        each_cell(rows, lambda name, cell: said if not cell and name not in ("title", "service") else cell)
    ).encode()


def shuffled(rows: Rows) -> bytes:
    """Columns in another order, and others between them."""
    order = list(range(len(rows[0])))
    random.Random(7).shuffle(order)
    return written([["", *(row[at] for at in order), "note"] for row in rows]).encode()


def titled(rows: Rows) -> bytes:
    return b'Register of contracts\n\n"Taken out on, 31 July 2016"\n\n' + written(rows).encode()


def spelt(rows: Rows) -> bytes:
    """Identifiers in lower case with spaces, a header in capitals, words with spaces for their underscores."""
    header = [f"  {name.upper()} " for name in rows[0]]
    changed = each_cell(rows, lambda name, cell: f" {cell.lower()} " if name.endswith(("_id", "urn")) else cell)
    changed = each_cell(
        changed, lambda name, cell: cell.replace("_", " ").capitalize() if name in ("kind", "policy") else cell
    )
    return written([header, *changed[1:]]).encode()


def pounds(rows: Rows) -> bytes:
    return written(
        each_cell(rows, lambda name, cell: f"£{int(cell):,}.00" if name == "value" and cell else cell)
    ).encode()


WAYS: dict[str, Callable[[Rows], bytes]] = {
    "with a byte-order mark": lambda rows: written(rows).encode("utf-8-sig"),
    "Windows-1252": lambda rows: written(rows).replace("'", "\u2019").encode("cp1252"),
    "Mac Roman": lambda rows: written(rows).replace("'", "\u2019").encode("mac_roman"),
    "semicolons": lambda rows: written(rows, delimiter=";").encode(),
    "tabs": lambda rows: written(rows, delimiter="\t").encode(),
    "CRLF": lambda rows: written(rows, end="\r\n").encode(),
    "no end of the last line": lambda rows: written(rows).rstrip("\n").encode(),
    "blank rows": lambda rows: written([row for each in rows for row in (each, [])]).encode(),
    "titles above the header": titled,
    "days first, with slashes": dates(r"\3/\2/\1"),
    "days first, with hyphens": dates(r"\3-\2-\1"),
    "with a time": dates(r"\1-\2-\3 00:00:00"),
    "days first, with a time": dates(r"\3/\2/\1 00:00"),
    "NULL": absent("NULL"),
    "#N/A": absent("#N/A"),
    "nan": absent("nan"),
    "REDACTED": absent("REDACTED"),
    "hyphens for nothing": absent("-"),
    "other columns, another order": shuffled,
    "other spellings": spelt,
    "pounds": pounds,
    "everything quoted": lambda rows: "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode(),
}


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.reader(source))


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[Callable[[Rows], bytes]], Path]:
    def made(way: Callable[[Rows], bytes]) -> Path:
        for name in kinds():
            (tmp_path / f"{name}.csv").write_bytes(way(rows_of(COUNTY / f"{name}.csv")))
        return tmp_path

    return made


def expected() -> dict[str, dict[str, object]]:
    """By day; without the contracts that are at an adverse setting, since no list is read here."""
    known = published.expected("expected_rag")
    adverse = {
        pk
        for want in known.values()
        for pk, said in want.items()
        if any(each["code"] == "setting_adverse" for each in said["reasons"])
    }
    return {day: {pk: said for pk, said in want.items() if pk not in adverse} for day, want in known.items()}


def found(wanted: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    return {
        day: {
            row["id"]: {"rag": row["rag"], "reasons": row["reasons"]}
            for row in rating.contracts_json(date.fromisoformat(day))
            if row["id"] in want
        }
        for day, want in wanted.items()
    }


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_however_written_every_contract_has_its_rating_on_each_known_day(folder, way: str) -> None:
    done = import_contracts(folder(WAYS[way]), act=NOW)
    assert (done["refused"], found(expected())) == ([], expected())


@pytest.mark.parametrize("way", ["Mac Roman", "other spellings", "pounds"], ids=str)
def test_the_same_said_in_another_way_changes_nothing(folder, way: str) -> None:
    import_contracts(folder(lambda rows: written(rows).replace("'", "\u2019").encode()), act=NOW)
    again = import_contracts(folder(WAYS[way]), act=NOW)
    counts = {name: (each["added"], each["changed"]) for name, each in again["files"].items()}
    assert counts == dict.fromkeys(counts, (0, 0))


def test_repeats_are_counted_and_conflicts_refused_and_the_first_stands(folder) -> None:
    def twice_and_otherwise(rows: Rows) -> bytes:
        other = [f"{rows[1][0]}", *rows[1][1:]]
        at = next(
            (place for place, name in enumerate(rows[0]) if name in ("title", "valid_until", "service_area_present")),
            None,
        )
        if at is not None:
            other[at] = {
                "title": "Another title",
                "valid_until": "2031-01-01",
                "service_area_present": "N" if rows[1][at] == "Y" else "Y",
            }[rows[0][at]]
        return written([*rows, *rows[1:], *([other] if at is not None else [])]).encode()

    done = import_contracts(folder(twice_and_otherwise), act=NOW)
    assert {(row["file"], row["code"]) for row in done["refused"]} == {
        (name, "conflict_in_file") for name in ("contracts", "assessments", "evaluations", "law_changes")
    }
    assert all(each["repeated"] == each["added"] for each in done["files"].values())
    assert found(expected()) == expected()


WRONG = {
    "contracts": {
        "start": "2015-02-30",
        "value": "a lot",
        "kind": "handshake",
        "visit_required": "Y",
        "end": "32/01/2016",
    },
    "assessments": {"completed_on": "31/31/2015", "kind": "other", "contract_id": "CT999"},
    "policies": {"policy": "tea", "reviewed_on": "yesterday", "contract_id": ""},
    "evaluations": {"held_on": ""},
    "visits": {"visited_on": "2116-01-01", "contract_id": "CT999"},
    "law_changes": {"policies": "tea", "in_force": "soon"},
}


def test_rows_that_cannot_be_taken_are_refused_one_by_one_kept_and_stop_no_other(folder) -> None:
    names = iter(kinds())

    def with_wrong_rows(rows: Rows) -> bytes:
        name = next(names)
        more = []
        for number, (column, said) in enumerate(WRONG[name].items()):
            row = list(rows[1])
            row[0] = f"X{number}" if name in ("contracts", "law_changes") else row[0]
            row[rows[0].index(column)] = said
            more.append(row)
        return written([*rows, *more, ["only one cell"]]).encode()

    done = import_contracts(folder(with_wrong_rows), act=NOW)
    wrong = {name: len(each) + 1 - (name == "contracts") for name, each in WRONG.items()}
    assert {name: each["refused"] for name, each in done["files"].items()} == wrong
    assert RefusedRow.objects.filter(state="open").count() == sum(wrong.values())
    assert found(expected()) == expected()


def test_a_dry_run_counts_as_the_import_does_and_keeps_nothing(folder) -> None:
    path = folder(lambda rows: written(rows).encode())
    dry = import_contracts(path, dry_run=True, act=NOW)
    kept = rating.contracts_json(date(2016, 7, 31))
    assert (kept, import_contracts(path, act=NOW)["files"]) == ([], dry["files"])


def test_stopped_in_the_middle_the_next_run_ends_as_one_run_would(folder) -> None:
    path = folder(lambda rows: written(rows).encode())

    class StoppedError(Exception):
        pass

    def stop(done: int, total: int, what: str) -> None:
        if "visits" in what:
            raise StoppedError

    with pytest.raises(StoppedError), transaction.atomic():
        import_contracts(path, progress=stop, act=NOW)
    import_contracts(path, act=NOW)
    assert found(expected()) == expected()


COLUMNS = b"contract_id,title,provider,start,end,statutory_from,kind\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"a,b\n1,2\n", "bad_header"),
        (b"PK\x03\x04" + b"x" * 50, "not_a_table"),
        (COLUMNS + b'CT1,"A,B\n', "unpaired_quotes"),
        (COLUMNS + b"CT1,A,P,2016-01-01,,,block\nCT2,A,P,20", "truncated_file"),
    ],
    ids=["empty", "another header", "a spreadsheet", "a quotation mark left open", "cut off"],
)  # fmt: skip
def test_a_file_that_is_none_of_its_kind_is_refused_whole_and_stops_no_other(folder, content: bytes, code: str) -> None:
    path = folder(lambda rows: written(rows).encode())
    (path / "contracts.csv").write_bytes(content)
    done = import_contracts(path, act=NOW)
    assert [(row["file"], row["line"], row["code"]) for row in done["refused"] if row["file"] == "contracts"] == [
        # A mark that is left open touches its own line alone.
        ("contracts", 2 if code == "unpaired_quotes" else 1, code)
    ]
    assert done["files"]["law_changes"]["added"] == 2
