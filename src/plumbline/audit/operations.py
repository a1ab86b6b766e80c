"""Leaving a trace, and sealing it."""

from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from plumbline.audit.models import Event

# What an event's digest is taken over, in the database: every column but the seal.
EVENT_TEXT = (
    "e.no || '|' || extract(epoch from e.at) || '|' || e.kind || '|' || coalesce(e.by_id::text, '') || '|' || e.by_name"
    " || '|' || e.by_role || '|' || e.subject_type || '|' || e.subject_id || '|' || coalesce(e.child_id::text, '')"
    " || '|' || e.because || '|' || e.data::text"
)
EVENT_DIGEST = f"sha256(convert_to({EVENT_TEXT}, 'UTF8'))"


def record(
    kind: str,
    *,
    by: models.Model | None,
    at: datetime,
    subject: models.Model | None = None,
    subject_type: str = "",
    subject_id: int | str = "",
    child_id: int | None = None,
    because: str = "",
    by_role: str = "",
    **data: Any,
) -> None:
    """Write one event in the caller's transaction. `kind` is domain.thing.past_tense; `data` is what JSON can hold."""
    if subject is not None:
        subject_type, subject_id = subject._meta.label_lower, subject.pk
    Event.objects.create(
        at=at,
        kind=kind,
        by_id=by.pk if by else None,
        by_name=str(by) if by else "the machine",
        by_role=by_role,
        subject_type=subject_type,
        subject_id=str(subject_id),
        child_id=child_id,
        because=because,
        data=data,
    )


@transaction.atomic
def seal(*, at: datetime) -> int:
    """Seal the committed events that are not sealed yet; the number of events sealed.

    Events are written unchained, since a chain in the writing transaction would hold every page view behind a
    long import. An event that is committed late is sealed by a later link.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7161905545)")
        cursor.execute(
            f"""with numbered as (select nextval(pg_get_serial_sequence('audit_seal', 'no')) as no),
                chosen as materialized (select e.no, {EVENT_DIGEST} as digest from audit_event e
                    where e.seal_no is null order by e.no),
                previous as (select digest from audit_seal order by no desc limit 1),
                summed as (select min(no) as first, max(no) as last, count(*) as count,
                    string_agg(digest, ''::bytea order by no) as digests from chosen),
                linked as (insert into audit_seal (no, at, first, last, count, digest, previous)
                    select n.no, %s, s.first, s.last, s.count,
                        encode(sha256(s.digests || convert_to(coalesce(p.digest, ''), 'UTF8')), 'hex'),
                        coalesce(p.digest, '')
                    from numbered n cross join summed s left join previous p on true where s.count > 0
                    returning no)
                update audit_event e set seal_no = linked.no from linked, chosen where e.no = chosen.no""",
            [at],
        )
        return cursor.rowcount
