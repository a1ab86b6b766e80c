"""What is read of a list: its settings, the inspections that it tells of, and whether two sheets tell the same."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from plumbline.exchange.cells import fold
from plumbline.exchange.readers import RefusedRow
from plumbline.exchange.said_days import SaidDay
from plumbline.exchange.wrong_files import WrongFile
from plumbline.kernel import wording
from plumbline.ofsted.grades import Judgement

Attribute = str | date | None


@dataclass(slots=True)
class InspectionRow:
    """One inspection as the list tells it. `judgements` maps an aspect to the source's wording and its grade."""

    kind: str
    framework: str
    event_number: str
    event_wording: str
    inspected_on: date
    published_on: date | None
    # The URN of the school that was inspected, where it is not this one but the one it was made from.
    predecessor_urn: str
    judgements: dict[str, Judgement]


@dataclass(slots=True)
class SettingRow:
    """One row of the list. `attributes` has a key for every column the file has, and none for one it lacks:
    an absent column says nothing. Empty and REDACTED cells are ""; days are dates or None.
    """

    line: int
    register: str
    urn: str
    attributes: dict[str, Attribute]
    inspections: list[InspectionRow]
    # What only the council is told, such as the name of a home; days as ISO.
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class OfstedList:
    """One table of one list, read.

    `whole`: every setting of its kind is on it, one row each, so that one missing is gone; else it is a list of
    inspections, with a row for each, and a setting not on it was not inspected. `layout` names the columns it had.
    `refused` rows were not taken. `notes` are about rows that were: a wording that is on no scale is kept with the
    grade `unknown` (code unknown_code), a publication before its inspection is left out (end_before_start), a full
    inspection has no judgement (judgement_not_read).
    read == len(rows) + repeated + len(refused).
    """

    layout: str
    family: str
    register: str
    whole: bool
    as_at: date
    file_name: str
    sheet: str
    header_line: int
    columns_present: frozenset[str]
    unknown_columns: list[str]
    # The days that the list itself says it is as at, above its header; none where it says nothing.
    said_as_at: Sequence[SaidDay] = ()
    # Sheets of the file that are hidden, and were not read.
    hidden: Sequence[str] = ()
    rows: list[SettingRow] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    notes: list[RefusedRow] = field(default_factory=list)
    read: int = 0
    repeated: int = 0
    # Whether being named proves that a setting was checked.
    proves: bool = True
    # Of all the rows that could be read, in whatever order and container: the same content, the same words.
    content: str = ""

    @property
    def newest_inspection(self) -> date | None:
        return max((told.inspected_on for row in self.rows for told in row.inspections), default=None)


def content_of(rows: Sequence[SettingRow], refused: Sequence[RefusedRow]) -> str:
    """What rows say, whatever their order and however the file is written. Rows that are refused are told apart by
    their URN only: which they are depends on the day that was given."""
    said = sorted({repr(_of_content(row)) for row in rows} | {repr((row.id,)) for row in refused})
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _of_content(row: SettingRow) -> tuple[object, ...]:
    told = [
        (str(each.kind), each.inspected_on, each.published_on, sorted((a, j.grade) for a, j in each.judgements.items()))
        for each in row.inspections
    ]
    return row.urn, fold(str(row.attributes.get("registration_status") or "")), told


def without_copies(file_name: str, lists: Sequence[OfstedList]) -> list[OfstedList]:
    """The lists, each once. Raises WrongFile (two_tables) where two sheets tell of the same settings and differ."""
    once: list[OfstedList] = []
    for read in lists:
        for other in once:
            shared = {row.urn for row in read.rows} & {row.urn for row in other.rows}
            if (read.family, read.whole) != (other.family, other.whole):
                _check_one_grade(file_name, other, read)
            elif shared:
                if read.content == other.content:
                    break  # the same twice
                raise WrongFile(
                    f"{file_name}: the sheets “{other.sheet}” and “{read.sheet}” both hold the same list and differ, "
                    f"for example about {_first_difference(other, read)}. Which of them counts cannot be known: keep "
                    "one, or hide the other.",
                    code="two_tables",
                )
        else:
            once.append(read)
    return once


def _check_one_grade(file_name: str, one: OfstedList, other: OfstedList) -> None:
    """Raises WrongFile (two_tables) where two lists of one file give one inspection two grades."""
    if one.register != other.register:
        return
    known = {
        (row.urn, told.kind, told.inspected_on, aspect): judgement.grade
        for row in one.rows
        for told in row.inspections
        for aspect, judgement in told.judgements.items()
    }
    for row in other.rows:
        for told in row.inspections:
            for aspect, judgement in told.judgements.items():
                if known.get((row.urn, told.kind, told.inspected_on, aspect), judgement.grade) != judgement.grade:
                    raise WrongFile(
                        f"{file_name}: the sheets “{one.sheet}” and “{other.sheet}” differ about the inspection of "
                        f"{row.urn} on {wording.day(told.inspected_on)}. Which of them counts cannot be known: keep "
                        "one, or hide the other.",
                        code="two_tables",
                    )


def _first_difference(one: OfstedList, other: OfstedList) -> str:
    told = [{(row.urn, repr(_of_content(row))) for row in read.rows} for read in (one, other)]
    return min(told[0] ^ told[1], default=("the rows that cannot be read", ""))[0]
