"""One published list as it is sent to the database: what it says of each setting, inspection and judgement."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from django.db.backends.utils import CursorWrapper

from plumbline.intake.staging import copy_in, lines_of
from plumbline.kernel.names import sort_key
from plumbline.ofsted.grades import NOT_APPLICABLE, NOT_JUDGED

# A wording that is not understood might say anything: it holds until someone has read the report.
NOTHING = (NOT_APPLICABLE, NOT_JUDGED)
_OVERALL = ("overall", "overall_effectiveness", "supported_accommodation")


class JudgementSaid(Protocol):
    wording: str
    grade: str


class InspectionSaid(Protocol):
    kind: str
    framework: str
    event_number: str
    event_wording: str
    inspected_on: date
    published_on: date | None
    predecessor_urn: str
    judgements: Mapping[str, JudgementSaid]


class RowRead(Protocol):
    line: int
    urn: str
    attributes: Mapping[str, Any]
    inspections: Sequence[InspectionSaid]
    facts: Mapping[str, str]


class ListRead(Protocol):
    """A list as `exchange.ofsted_lists` reads it."""

    layout: str
    family: str
    register: str
    whole: bool
    as_at: date
    content: str
    proves: bool
    rows: Sequence[RowRead]


_as_json = json.JSONEncoder(ensure_ascii=False).encode

# Column of a setting → its width.
TEXTS = {
    "name": 300, "provision_type": 120, "phase": 60, "local_authority": 120, "region": 120, "sector": 60,
    "registration_status": 40, "linked_urn": 20,
}  # fmt: skip


def stage(cursor: CursorWrapper, read: ListRead) -> None:
    """Make the temporary tables, and send the settings."""
    cursor.execute(
        """drop table if exists stage_setting, stage_inspection, stage_judgement;
        create temp table stage_setting (line int, register text, urn text, as_at date, name text, provision_type text,
            phase text, local_authority text, region text, sector text, registration_status text, linked_urn text,
            sort_key text, owner text, owner_key text, places int, registered_on date, attributes jsonb,
            said_aspect text, said_grade text, said_on date) on commit drop;
        create temp table stage_inspection (register text, urn text, kind text, framework text, event_number text,
            event_wording text, inspected_on date, published_on date, predecessor_urn text) on commit drop;
        create temp table stage_judgement (register text, urn text, kind text, inspected_on date, aspect text,
            wording text, grade text) on commit drop"""
    )
    settings: dict[str, RowRead] = {}
    for row in read.rows:
        settings.setdefault(row.urn, row)
    copy_in(cursor, "stage_setting", (_setting(read, row) for row in settings.values()))
    cursor.execute("analyze stage_setting (register, urn, as_at, owner_key)")


def lines_of_inspections(read: ListRead) -> tuple[list[str], list[str]]:
    """Each inspection that the list tells of, once, and each of its judgements, as they are staged."""
    inspections: dict[tuple[str, str, date], list[Any]] = {}
    judgements: dict[tuple[str, str, date, str], list[Any]] = {}
    for row in read.rows:
        for told in row.inspections:
            key = (row.urn, str(told.kind), told.inspected_on)
            if key not in inspections:
                inspections[key] = [
                    read.register, *key[:2], told.framework, told.event_number[:40], told.event_wording[:200],
                    told.inspected_on, told.published_on, told.predecessor_urn[:20],
                ]  # fmt: skip
            for aspect, said in told.judgements.items():
                judgements.setdefault(
                    (*key, str(aspect)), [read.register, *key, str(aspect), said.wording[:200], said.grade]
                )
    return list(lines_of(inspections.values())), list(lines_of(judgements.values()))


def _setting(read: ListRead, row: RowRead) -> list[Any]:
    given = row.attributes
    texts = {
        name: str(given[name])[:width] if name in given and given[name] is not None else None
        for name, width in TEXTS.items()
    }
    owner = str(given.get("owner") or "")[:300]
    named = sort_key(texts["name"] or "")[:330]
    kept = {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}
    if owner:
        kept["owner_key"] = sort_key(owner)
    if named:
        kept["sort_key"] = named
    aspect, grade, said_on = _said(row.inspections)
    places = str(given.get("places") or "")
    return [
        row.line,
        read.register,
        row.urn,
        read.as_at,
        *texts.values(),
        named,
        owner,
        kept.get("owner_key", ""),
        int(places) if places.isdigit() else None,
        given.get("registered_on") or None,
        _as_json(kept),
        aspect,
        grade,
        said_on,
    ]


def _said(inspections: Iterable[InspectionSaid]) -> tuple[str, str, date | None]:
    """The overall judgement of the newest inspection that has one."""
    newest: tuple[str, str, date | None] = ("", "", None)
    for told in inspections:
        for aspect in _OVERALL:
            said = told.judgements.get(aspect)
            if said and (newest[2] is None or told.inspected_on > newest[2]):
                newest = (aspect, "" if said.grade in NOTHING else said.grade, told.inspected_on)
    return newest
