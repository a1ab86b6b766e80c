"""Reading the trail: whether it is whole, and who looked at what."""

from dataclasses import dataclass

from django.db import connection

from plumbline.audit.models import Seal
from plumbline.audit.operations import EVENT_DIGEST


@dataclass(frozen=True)
class ChainCheck:
    whole: bool
    seals: int
    events: int
    not_yet_sealed: int
    problems: tuple[str, ...]


def verify_chain() -> ChainCheck:
    """Check every seal from end to end, set-based. The last minute's events are not sealed yet: counted apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""with found as (select e.seal_no, count(*) as count, min(e.no) as first, max(e.no) as last,
                    string_agg({EVENT_DIGEST}, ''::bytea order by e.no) as digests
                    from audit_event e where e.seal_no is not null group by e.seal_no),
                chain as (select s.*, coalesce(lag(s.digest) over (order by s.no), '') as before from audit_seal s)
                select c.no, f.count is not distinct from c.count and f.first is not distinct from c.first
                        and f.last is not distinct from c.last as events_there,
                    encode(sha256(coalesce(f.digests, ''::bytea) || convert_to(c.previous, 'UTF8')), 'hex') = c.digest
                        as digest_right,
                    c.previous = c.before as linked
                from chain c left join found f on f.seal_no = c.no order by c.no"""
        )
        rows = cursor.fetchall()
        cursor.execute("select count(*), count(*) filter (where seal_no is null) from audit_event")
        events, unsealed = cursor.fetchone()
        cursor.execute(
            "select count(*) from audit_event e where e.seal_no is not null"
            " and not exists (select from audit_seal s where s.no = e.seal_no)"
        )
        orphans = cursor.fetchone()[0]
    problems = []
    for no, events_there, digest_right, linked in rows:
        if not events_there:
            problems.append(f"Seal {no}: events were added to it or taken from it.")
        elif not digest_right:
            problems.append(f"Seal {no}: an event was changed after it was sealed.")
        if not linked:
            problems.append(f"Seal {no}: the link to the seal before it is broken.")
    if orphans:
        problems.append(f"{orphans} events name a seal that is gone.")
    return ChainCheck(not problems, len(rows), events, unsealed, tuple(problems))


def last_seal() -> Seal | None:
    """The newest link of the chain; what happened after it is not sealed yet."""
    return Seal.objects.order_by("-no").first()
