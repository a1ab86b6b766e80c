"""Reads the schools register (GIAS): its extract of establishments, its links between them, and its group links."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from plumbline.exchange.cells import RoundedId, clean, clean_id, clean_text
from plumbline.exchange.dates import BadDate, parse_date
from plumbline.exchange.readers import Cells, RefusedRow, open_table
from plumbline.exchange.wrong_files import WrongFile

# The columns of each file that are read, by what they are called here; dates are days.
_ESTABLISHMENTS = {
    "establishmentname": "name",
    "typeofestablishment (name)": "kind",
    "establishmentstatus (name)": "status",
    "la (name)": "local_authority",
    "opendate": "opened_on",
    "reasonestablishmentopened (name)": "why_opened",
    "closedate": "closed_on",
    "reasonestablishmentclosed (name)": "why_closed",
}
# The register has had its inspectorate in either column.
_INSPECTORATES = ("inspectorate (name)", "inspectoratename (name)")
_GROUPS = {"group name": "group", "joined date": "joined_on", "establishmentname": "name"}
_LINKS = {"linkurn": "linked_urn", "linkname": "linked_name", "linktype": "kind", "linkestablisheddate": "linked_on"}
_NOTHING = frozenset({"not applicable", "not recorded", "none"})


@dataclass(frozen=True, slots=True)
class File:
    """One of the register's files: what it is called, and by which columns it is known."""

    name: str
    kind_name: str
    required: frozenset[str]
    columns: Mapping[str, str]


FILES = (
    File(
        "gias_links", "the schools register's links between schools", frozenset({"urn", "linkurn", "linktype"}), _LINKS
    ),
    File(
        "gias_groups", "the schools register's group links", frozenset({"urn", "group uid", "group name"}), _GROUPS
    ),
    File(
        "gias",
        "the extract of the schools register",
        frozenset({"urn", "establishmentname", "establishmentstatus (name)"}),
        _ESTABLISHMENTS,
    ),
)  # fmt: skip


@dataclass(slots=True)
class Register:
    """One of its files, read: `rows` by what the columns are called here, days as dates, each with its `line`."""

    name: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    read: int = 0
    repeated: int = 0


def read_register(path: Path) -> Register | None:
    """The file, or None where it is none of the register's. Raises WrongFile where the file as a whole is wrong."""
    for each in FILES:
        try:
            table = open_table(
                path,
                kind_name=each.kind_name,
                required=each.required,
                read={"urn", *each.columns},
                days={column for column, name in each.columns.items() if name.endswith("_on")},
            )
        except WrongFile as refusal:
            if refusal.code in ("bad_header", "not_a_table"):
                continue
            raise
        found = Register(each.name)
        known: dict[tuple[str, str], dict[str, Any]] = {}
        for line, cells in table:
            found.read += 1
            if isinstance(cells, RefusedRow):
                found.refused.append(cells)
            else:
                _take(found, each, line, cells, known)
        return found
    return None


def _take(found: Register, file: File, line: int, cells: Cells, known: dict[tuple[str, str], dict[str, Any]]) -> None:
    try:
        urn = clean_id(cells["urn"])
    except RoundedId as rounded:
        found.refused.append(RefusedRow(line, cells["urn"].strip(), "rounded_id", rounded.reason, cells))
        return
    if not urn.isdigit() or not 5 <= len(urn) <= 6:
        found.refused.append(RefusedRow(line, urn, "missing_id", f"“{urn}” is not the URN of a school.", cells))
        return
    try:
        row = {name: _value(name, cells[column]) for column, name in file.columns.items() if column in cells}
    except BadDate as bad:
        found.refused.append(RefusedRow(line, urn, "bad_date", bad.reason, cells))
        return
    except RoundedId as rounded:
        found.refused.append(RefusedRow(line, urn, "rounded_id", rounded.reason, cells))
        return
    if file.name == "gias":
        row["inspectorate"] = next((said for each in _INSPECTORATES if (said := _said(cells.get(each, "")))), "")
    # A school may have several links; a newer group of a school, joined later, is the one that it is in.
    key = (urn, f"{row['linked_urn']} {row['kind']}" if file.name == "gias_links" else "")
    before = known.get(key)
    if before is None:
        known[key] = row
        found.rows.append(row)
    elif file.name == "gias_groups" and (row.get("joined_on") or date.min) > (before.get("joined_on") or date.min):
        before |= row
        found.repeated += 1
        return
    elif {**before, "line": 0} == {**row, "urn": urn, "line": 0} or file.name == "gias_groups":
        found.repeated += 1
        return
    else:
        found.refused.append(
            RefusedRow(line, urn, "conflict_in_file", f"{urn} is on line {before['line']} with other content.", cells)
        )
        return
    row |= {"urn": urn, "line": line}


_AS_ID: Mapping[str, Callable[[str], str]] = {"linked_urn": clean_id}


def _value(name: str, cell: str) -> Any:
    if name.endswith("_on"):
        return parse_date(cell)
    return _AS_ID.get(name, _said)(cell)


def _said(cell: str) -> str:
    said = clean_text(clean(cell))
    return "" if said.casefold() in _NOTHING else said
