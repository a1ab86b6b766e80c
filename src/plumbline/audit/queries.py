"""Reading the trail: whether it is whole, and who looked at what."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from plumbline.audit.models import Head, Seal
from plumbline.audit.operations import EVENT_DIGEST, SEAL_DIGEST, WAY


@dataclass(frozen=True)
class ChainCheck:
    whole: bool
    seals: int
    events: int
    not_yet_sealed: int
    problems: tuple[str, ...]


def verify_chain() -> ChainCheck:
    """Check every seal from end to end, set-based. The last minute's events are not sealed yet: counted apart.

    The newest link and the number of events under seals are kept apart from the chain (`Head`), and events are numbered
    by the database, so that a tail that was cut off, or a trail that was emptied, is found too.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""with found as (select e.seal_no, count(*) as count, min(e.no) as first, max(e.no) as last,
                    string_agg(case s.way when 1 then {EVENT_DIGEST[1]} else {EVENT_DIGEST[WAY]} end, ''::bytea
                        order by e.no) as digests
                    from audit_event e join audit_seal s on s.no = e.seal_no group by e.seal_no),
                s as (select s.*, coalesce(lag(s.digest) over (order by s.no), '') as before,
                    coalesce(max(s.way) over (order by s.no rows between unbounded preceding and 1 preceding), 0)
                        as way_before from audit_seal s)
                select s.no, f.count is not distinct from s.count and f.first is not distinct from s.first
                        and f.last is not distinct from s.last as events_there,
                    s.digest = case s.way when 1 then {SEAL_DIGEST[1]} when {WAY} then {SEAL_DIGEST[WAY]} end
                        and s.way >= s.way_before as digest_right,
                    s.previous = s.before as linked
                from s left join found f on f.seal_no = s.no order by s.no"""
        )
        rows = cursor.fetchall()
        cursor.execute("select count(*), count(*) filter (where seal_no is null) from audit_event")
        events, unsealed = cursor.fetchone()
        cursor.execute(
            "select count(*) from audit_event e where e.seal_no is not null"
            " and not exists (select from audit_seal s where s.no = e.seal_no)"
        )
        orphans = cursor.fetchone()[0]
        cursor.execute("select is_called from audit_event_no_seq")
        ever = cursor.fetchone()[0]
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
    problems += _tail_problems(sealed=events - unsealed)
    if ever and not events:
        problems.append("The trail is empty, although events were written.")
    return ChainCheck(not problems, len(rows), events, unsealed, tuple(problems))


def _tail_problems(*, sealed: int) -> list[str]:
    head, last = Head.objects.first(), last_seal()
    if head is None:
        # Seals of the first way are older than heads.
        gone = Seal.objects.filter(way__gt=1).exists()
        return ["What is kept of the newest seal is gone."] if gone else []
    if last is None or last.no < head.seal_no:
        return [f"The end of the chain was cut off: the newest seal was {head.seal_no}."]
    if (last.no, last.digest) != (head.seal_no, head.digest):
        return ["The newest seal is not the one that was made last."]
    return [] if sealed == head.events else [f"{head.events:,} events were sealed, and {sealed:,} are there."]


def digests_of(numbers: Sequence[int]) -> dict[int, str]:
    """The digests of these seals, by number; those that are gone are not there."""
    return dict(Seal.objects.filter(no__in=numbers).values_list("no", "digest"))


def last_seal() -> Seal | None:
    """The newest link of the chain; what happened after it is not sealed yet."""
    return Seal.objects.order_by("-no").first()
