"""Ties that follow from other records, and the names and codes by which the council's wordings are known."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from plumbline.audit import operations as audit
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.names import sort_key
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import Child, CodeMapping, Organisation, OrganisationName, User


@transaction.atomic
def align_ties(
    *,
    subject_type: str,
    why: str,
    wanted: str,
    parameters: Mapping[str, Any] | None = None,
    by: User | None,
    at: datetime,
    on: date,
) -> int:
    """Make the ties of one kind what the records of a higher room say; how many were made, moved or ended.

    `wanted` is a select of user_id, subject_id, from_on, to_on (NULL: still). A tie that is not wanted any more ends on
    the day before `on`, or is taken away where it had not begun.
    """
    values = {**(parameters or {}), "subject_type": subject_type, "why": why, "on": on}
    merged = f"""with wanted as materialized (
            select user_id, subject_id, from_on,
                nullif(max(coalesce(greatest(to_on, from_on), 'infinity'::date)), 'infinity') as to_on
            from ({wanted}) w group by user_id, subject_id, from_on)"""
    ours = "t.subject_type = %(subject_type)s and t.why = %(why)s"
    same = "w.user_id = t.user_id and w.subject_id = t.subject_id and w.from_on = t.from_on"
    changed = 0
    with connection.cursor() as cursor:
        for statement in (
            f"""{merged} delete from people_tie t
                where {ours} and t.from_on >= %(on)s and not exists (select from wanted w where {same})""",
            f"""{merged} update people_tie t set to_on = %(on)s::date - 1
                where {ours} and t.from_on < %(on)s and (t.to_on is null or t.to_on >= %(on)s)
                    and not exists (select from wanted w where {same})""",
            f"""{merged} update people_tie t set to_on = w.to_on from wanted w
                where {ours} and {same} and t.to_on is distinct from w.to_on""",
            f"""{merged} insert into people_tie (user_id, subject_type, subject_id, why, from_on, to_on)
                select w.user_id, %(subject_type)s, w.subject_id, %(why)s, w.from_on, w.to_on from wanted w
                where not exists (select from people_tie t where {ours} and {same})""",
        ):
            cursor.execute(statement, values)
            changed += cursor.rowcount
    if changed:
        audit.record("people.ties.aligned", by=by, at=at, about=subject_type, why=why, changed=changed)
    return changed


@transaction.atomic
def look_at_child(*, child: Child, page: str, by: User, at: datetime) -> None:
    """Leave the trace that someone opened a page of a child's record."""
    audit.record("people.child.viewed", by=by, at=at, subject=child, child_id=child.pk, page=page)


@transaction.atomic
def look_at_list(*, kind: str, asked: Mapping[str, str], by: User, at: datetime) -> None:
    """Leave the trace that someone looked at a list of records about children: what they asked for, not whom they saw.

    `kind` is what the list holds: children, tacs, trail, found.
    """
    audit.record(f"people.{kind}.listed", by=by, at=at, asked=dict(asked))


@transaction.atomic
def set_code(
    *, column: str, wording: str, wording_key: str, code: str, by: User | None, at: datetime, on: date
) -> None:
    """Map a wording of a column to a code, or to another one than before. The caller puts the rows right."""
    access.check(by, Permission.LISTS_MANAGE, on=on)
    mapping = CodeMapping.objects.select_for_update(of=("self",)).filter(column=column, wording_key=wording_key).first()
    before = mapping.code if mapping else ""
    if mapping is None:
        mapping = CodeMapping(column=column, wording_key=wording_key)
    mapping.wording, mapping.code = wording, code
    mapping.save()
    audit.record(
        "people.wording.mapped", by=by, at=at, subject=mapping, column=column, wording=wording, code=code, before=before
    )


@transaction.atomic
def unset_code(*, column: str, wording_key: str, by: User | None, at: datetime, on: date) -> None:
    """Take a mapping back. Raise RuleBroken where there is none."""
    access.check(by, Permission.LISTS_MANAGE, on=on)
    mapping = CodeMapping.objects.select_for_update(of=("self",)).filter(column=column, wording_key=wording_key).first()
    if mapping is None:
        raise RuleBroken("This wording is not mapped.", code="not_mapped")
    audit.record(
        "people.wording.unmapped",
        by=by,
        at=at,
        subject=mapping,
        column=column,
        wording=mapping.wording,
        code=mapping.code,
    )
    mapping.delete()


@transaction.atomic
def add_organisation(*, name: str, sector: str, urn: str = "", by: User | None, at: datetime, on: date) -> Organisation:
    """A new organisation in the council's register. Raise RuleBroken for a name taken or a sector not known."""
    access.check(by, Permission.LISTS_MANAGE, on=on)
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("The organisation needs a name.", code="missing_name")
    if sector not in Organisation.Sector.values:
        raise RuleBroken(f"“{sector}” is not a sector that is known here.", code="unknown_code")
    if Organisation.objects.filter(sort_key=sort_key(name)).exists():
        raise RuleBroken(f"{name} is in the register already.", code="name_taken")
    organisation = Organisation.objects.create(name=name, sort_key=sort_key(name), sector=sector, urn=urn)
    audit.record("people.organisation.added", by=by, at=at, subject=organisation, name=name, sector=sector)
    return organisation


@transaction.atomic
def name_organisation(*, wording: str, organisation: Organisation, by: User | None, at: datetime, on: date) -> None:
    """Let a wording of a source mean this organisation. The caller puts the rows right."""
    access.check(by, Permission.LISTS_MANAGE, on=on)
    known, _ = OrganisationName.objects.update_or_create(
        sort_key=sort_key(wording), defaults={"wording": wording, "organisation": organisation}
    )
    audit.record("people.organisation.named", by=by, at=at, subject=organisation, wording=wording, name_id=known.pk)


@transaction.atomic
def unname_organisation(*, wording: str, by: User | None, at: datetime, on: date) -> None:
    """Take back what a wording was said to mean. Raise RuleBroken where nothing was said."""
    access.check(by, Permission.LISTS_MANAGE, on=on)
    known = OrganisationName.objects.select_for_update(of=("self",)).filter(sort_key=sort_key(wording)).first()
    if known is None:
        raise RuleBroken("This wording was not mapped here.", code="not_mapped")
    audit.record("people.organisation.unnamed", by=by, at=at, subject=known.organisation, wording=known.wording)
    known.delete()
