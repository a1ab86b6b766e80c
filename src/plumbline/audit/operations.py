"""Leaving a trace, and sealing it."""

from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from plumbline.audit.models import Event, called

# What an event's digest is taken over, in the database: every column but the seal. The first way ran the columns
# together, so that a line between two of them could be moved; what was sealed so is still checked so.
_FIRST_TEXT = (
    "e.no || '|' || extract(epoch from e.at) || '|' || e.kind || '|' || coalesce(e.by_id::text, '') || '|' || e.by_name"
    " || '|' || e.by_role || '|' || e.subject_type || '|' || e.subject_id || '|' || coalesce(e.child_id::text, '')"
    " || '|' || e.because || '|' || e.data::text"
)
_TEXT = (
    "jsonb_build_array(e.no, extract(epoch from e.at), e.kind, e.by_id, e.by_name, e.by_role, e.subject_type,"
    " e.subject_id, e.child_id, e.because, e.data)::text"
)
# The way that seals are made now.
WAY = 2
# Of an event `e` under a seal of either way, and of a seal `s` over its events' `digests`.
EVENT_DIGEST = {1: f"sha256(convert_to({_FIRST_TEXT}, 'UTF8'))", WAY: f"sha256(convert_to({_TEXT}, 'UTF8'))"}
SEAL_DIGEST = {
    1: "encode(sha256(coalesce(digests, ''::bytea) || convert_to(s.previous, 'UTF8')), 'hex')",
    WAY: "encode(sha256(convert_to(jsonb_build_array(s.no, extract(epoch from s.at), s.first, s.last, s.count,"
    " encode(sha256(coalesce(digests, ''::bytea)), 'hex'), s.previous)::text, 'UTF8')), 'hex')",
}


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
        by_name=called(by),
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
            f"""with chosen as materialized (select e.no, {EVENT_DIGEST[WAY]} as digest from audit_event e
                    where e.seal_no is null order by e.no),
                summed as (select min(no) as first, max(no) as last, count(*) as count,
                    string_agg(digest, ''::bytea order by no) as digests from chosen),
                before as (select max(no) as no, sum(count) as events,
                    coalesce((select digest from audit_seal order by no desc limit 1), '') as digest from audit_seal),
                -- Under the lock above: no number is left out, unlike those that a sequence has lost.
                s as (select greatest(coalesce(b.no, 0), coalesce((select seal_no from audit_head), 0)) + 1 as no,
                        %s::timestamptz as at, m.first, m.last, m.count, b.digest as previous, m.digests,
                        coalesce(b.events, 0) + m.count as events
                    from summed m cross join before b where m.count > 0),
                linked as (insert into audit_seal (no, at, first, last, count, digest, previous, way)
                    select s.no, s.at, s.first, s.last, s.count, {SEAL_DIGEST[WAY]}, s.previous, {WAY} from s
                    returning no, digest),
                headed as (insert into audit_head (id, seal_no, digest, events)
                    select 1, linked.no, linked.digest, s.events from linked cross join s
                    on conflict (id) do update set seal_no = excluded.seal_no, digest = excluded.digest,
                        events = greatest(audit_head.events + (select count from s), excluded.events))
                update audit_event e set seal_no = linked.no from linked, chosen where e.no = chosen.no""",
            [at],
        )
        return cursor.rowcount
