"""Rows that were refused: mended and tried again, or set aside."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from plumbline.exchange import known_folders
from plumbline.exchange.cells import fold
from plumbline.exchange.folder_cells import RefusedCellError
from plumbline.exchange.folder_kinds import Kind, absent_from
from plumbline.exchange.folder_rows import refusal_of, row_stager
from plumbline.exchange.models import RefusedRow
from plumbline.exchange.ofsted_lists import NotTaken, proves_checks, read_row
from plumbline.exchange.ofsted_rows import SettingRow
from plumbline.exchange.readers import Cells
from plumbline.intake import imports, merging, refusing, staging
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.ofsted.models import Inspection, OfstedList
from plumbline.ofsted.operations import lists
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.acting import operation
from plumbline.placements import operations as placements


@operation
def mend_row(*, refused_id: int, cells: Mapping[str, str], act: Act) -> None:
    """Try one refused row again with these cells, on the very path of an import (login `worker`).

    Raises RuleBroken with the code and sentence of the refusal where it still cannot be taken, with nothing changed;
    `newer_known` where a newer extract has brought the same id meanwhile.
    """
    act.check(Permission.IMPORTS)
    imports.lock()
    row = _open_row(refused_id)
    if row.ofsted_list is not None:
        _mend_of_list(row, row.ofsted_list, {fold(name): text for name, text in cells.items()}, act=act)
        return
    known = known_folders.of_file(row.file)
    if known is None or not row.cells:
        raise RuleBroken("This is a whole file, not a row: correct the file and hand it in again.", code="whole_file")
    folder, kind = known
    extracted_on = row.import_run.as_at or act.on
    given: Cells = {fold(name): text for name, text in cells.items()}
    try:
        line = row_stager(kind, latest=extracted_on.isoformat(), columns=list(given))(row.line, given)
    except RefusedCellError as reason:
        refused = refusal_of(kind, row.line, given, reason)
        raise RuleBroken(refused.reason, code=refused.code) from reason
    _take_one(row, kind, line, absent=absent_from(kind, given))
    _mended(row, given, act=act)
    folder.follow_up(act=act)


def _mended(row: RefusedRow, given: Cells, *, act: Act) -> None:
    changed = sorted(name for name, text in given.items() if row.cells.get(name) != text)
    _settle(row, RefusedRow.State.MENDED, because="", act=act)
    act.record("exchange.row.mended", subject=row, file=row.file, line=row.line, columns=changed)


@dataclass(frozen=True, slots=True)
class _MendedRow:
    """One row as a list of its own, to be taken into the list that it is in."""

    layout: str
    family: str
    register: str
    whole: bool
    as_at: date
    rows: tuple[SettingRow, ...]
    content: str = ""
    proves: bool = True


def _mend_of_list(row: RefusedRow, into: OfstedList, given: Cells, *, act: Act) -> None:
    try:
        read = read_row(given, line=row.line, family=into.family, register=into.register, as_at=into.as_at)
    except NotTaken as refusal:
        raise RuleBroken(refusal.reason, code=refusal.code) from refusal
    _check_not_told(into, read)
    placements.take_judgements(
        record=lists.record_list,
        read=_MendedRow(
            into.layout,
            into.family,
            into.register,
            into.whole,
            into.as_at,
            (read,),
            proves=proves_checks(into.family),
        ),
        into=into,
        import_run=row.import_run,
        act=act,
    )
    _mended(row, given, act=act)


def _check_not_told(into: OfstedList, read: SettingRow) -> None:
    """The first row of a list that tells of a setting, or of an inspection in a list of a year, counts."""
    if into.whole:
        told = into.listings.filter(setting__urn=read.urn, setting__register=into.register).first()
        if told is not None:
            raise RuleBroken(
                f"{read.urn} is on line {told.line} of this list, and that row was taken. Give this row the URN"
                " that it should have, or set it aside.",
                code="conflict_in_file",
            )
        return
    for each in read.inspections:
        if Inspection.objects.filter(
            setting__urn=read.urn,
            setting__register=into.register,
            kind=each.kind,
            inspected_on=each.inspected_on,
            ofsted_list=into,
        ).exists():
            raise RuleBroken(
                f"The inspection of {read.urn} on {wording.day(each.inspected_on)} is in this list already, and was"
                " taken. Put this row right, or set it aside.",
                code="conflict_in_file",
            )


def _take_one(row: RefusedRow, kind: Kind, line: str, *, absent: Collection[str]) -> None:
    staged = "staged_mended"
    refusing.stage_refusals()
    staging.stage(staged, kind.staged)
    staging.load(staged, [line])
    if refusing.refuse_unfound(name=staged, file=kind.name, intake=kind.intake):
        with connection.cursor() as cursor:
            cursor.execute(
                "select code, reason from staged_refusal where file = %s and line = %s", [row.file, row.line]
            )
            code, reason = cursor.fetchone()
        raise RuleBroken(reason, code=code)
    newest = imports.horizon(kind.name)
    older = newest is not None and row.import_run.as_at is not None and row.import_run.as_at < newest
    added, changed, _ = merging.take(
        name=staged, intake=kind.intake, import_run=row.import_run, absent=absent, fill=older
    )
    if older and newest and not (added or changed):
        raise RuleBroken(
            f"A newer extract, of {wording.day(newest)}, has brought this id and counts. Set this row aside.",
            code="newer_known",
        )


@operation
def dismiss_row(*, refused_id: int, because: str, act: Act) -> None:
    """Set a refused row aside, with the reason. The same row in a later file is not put to anyone again."""
    act.check(Permission.IMPORTS)
    if not because.strip():
        raise RuleBroken("Say why the row is set aside.", code="missing_reason")
    row = _open_row(refused_id)
    _settle(row, RefusedRow.State.DISMISSED, because=because.strip(), act=act)
    act.record("exchange.row.dismissed", subject=row, because=because.strip(), file=row.file)


def _open_row(refused_id: int) -> RefusedRow:
    row = (
        RefusedRow.objects.select_for_update(of=("self",))
        .select_related("import_run", "ofsted_list")
        .filter(pk=refused_id)
        .first()
    )
    if row is None:
        raise RuleBroken("That row is not known.", code="unknown_row")
    if row.state != RefusedRow.State.OPEN:
        raise RuleBroken(f"That row is settled already: {row.get_state_display().lower()}.", code="wrong_state")
    return row


def _settle(row: RefusedRow, state: str, *, because: str, act: Act) -> None:
    row.state, row.settled_because, row.settled_by, row.settled_at = state, because, act.by, act.at
    row.save(update_fields=["state", "settled_because", "settled_by", "settled_at"])
