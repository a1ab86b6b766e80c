"""The rules applied to everything known of settings, and the outcome kept: a status for every day, and today's."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from plumbline.intake.staging import copy_in, hashed_joins
from plumbline.ofsted import rules
from plumbline.ofsted.rules import RULE_VERSION, StatusPeriod

_MANY = 100
_encoded = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A setting whose status on the day is another than before, without a break from `since` on."""

    setting_id: int
    register: str
    urn: str
    before: str
    after: str
    since: date | None
    reasons: tuple[str, ...]


@dataclass(slots=True)
class _Known:
    inspections: list[rules.Inspection] = field(default_factory=list)
    registrations: list[tuple[date, str]] = field(default_factory=list)
    notices: list[rules.Notice] = field(default_factory=list)
    unregistered: list[rules.Unregistered] = field(default_factory=list)
    listed_from: date | None = None
    periods: list[tuple[Any, ...]] = field(default_factory=list)


def evaluate(
    setting_ids: Collection[int], *, on: date, days: Collection[date] = (), moved: set[date] | None = None
) -> list[StatusChange]:
    """Apply the rules to these settings; keep what differs. Only in a transaction: it locks them, in URN order.

    A setting of which nothing is known is `unmatched`. Those of `days` on which a status is now another than was kept
    are added to `moved`.
    """
    if not setting_ids:
        return []
    ids = sorted(setting_ids)
    # Written out once: thousands of numbers, in each of the statements below.
    all_of_them = f"{{{','.join(map(str, ids))}}}"
    moved = set() if moved is None else moved
    changes: list[StatusChange] = []
    outcome: list[tuple[Any, ...]] = []
    removed: list[int] = []
    with connection.cursor() as cursor:
        # Nothing known of them can change any more until this transaction is over: every change takes this lock.
        cursor.execute(
            """select id, register, urn, status from ofsted_setting
               where id = any(%s::bigint[]) order by urn, id for no key update""",
            [all_of_them],
        )
        settings = cursor.fetchall()
        with hashed_joins(cursor) if len(ids) > _MANY else nullcontext():
            known = _load(cursor, ids, all_of_them)

        def applied(settings: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
            """The periods to be added."""
            for pk, register, urn, before in settings:
                about = known[pk]
                timeline = rules.status_timeline(
                    inspections=about.inspections,
                    registrations=about.registrations,
                    notices=about.notices,
                    unregistered=about.unregistered,
                    from_on=about.listed_from,
                )
                wanted = {
                    (p.from_on, p.to_on, p.status.value, _reasons_as_json(p.reasons), p.rule_version): None
                    for p in timeline
                }
                standing = {period[1:]: period[0] for period in about.periods}
                if wanted and days and wanted.keys() != standing.keys():
                    moved.update(day for day in days if _status_on(day, standing) != _status_on(day, wanted))
                removed.extend(period for said, period in standing.items() if said not in wanted)
                status, since, reasons = _today(timeline, on)
                if status != before:
                    sentences = tuple(reason.sentence for reason in reasons)
                    changes.append(StatusChange(pk, register, urn, before, status, since, sentences))
                outcome.append((pk, status, since, _reasons_as_json(reasons)))
                yield from ((pk, *said) for said in wanted if said not in standing)

        # First those of which periods may have to go. The database takes in what is new of the others while the rules
        # are still applied.
        added = list(applied(row for row in settings if known[row[0]].periods))
        _keep(cursor, removed, chain(added, applied(row for row in settings if not known[row[0]].periods)), outcome)
    return sorted(changes, key=lambda change: (change.urn, change.setting_id))


def to_evaluate(*, on: date) -> list[int]:
    """Settings that are not evaluated, or by older rules, or whose status of the day is another than is kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select s.id from ofsted_setting s
               left join ofsted_statusperiod p on p.setting_id = s.id
                   and p.from_on <= %(on)s and (p.to_on is null or p.to_on > %(on)s)
               where s.evaluated_rev <> s.judgements_rev or s.rule_version not in ('', %(version)s)
                   or coalesce(p.status, 'unmatched') <> s.status or coalesce(p.reasons, '[]') <> s.reasons""",
            {"on": on, "version": RULE_VERSION},
        )
        return [row[0] for row in cursor.fetchall()]


def _status_on(day: date, periods: Iterable[tuple[Any, ...]]) -> str:
    for from_on, to_on, status, *_ in periods:
        if from_on <= day and (to_on is None or day < to_on):
            return status
    return "unmatched"


def _today(timeline: Sequence[StatusPeriod], on: date) -> tuple[str, date | None, tuple[rules.Reason, ...]]:
    current = rules.status_on(on, timeline)
    if current is None:
        return "unmatched", None, ()
    since = current.from_on
    for period in reversed(timeline[: timeline.index(current)]):
        if period.status != current.status:
            break
        since = period.from_on
    return current.status.value, since, current.reasons


@lru_cache(maxsize=4096)
def _reasons_as_json(reasons: tuple[rules.Reason, ...]) -> str:
    return _as_json([(reason.code, reason.since, reason.sentence) for reason in reasons])


def _as_json(reasons: Iterable[tuple[str, date, str]]) -> str:
    rows = [{"code": code, "since": since.isoformat(), "sentence": sentence} for code, since, sentence in reasons]
    return _encoded(rows)


def _load(cursor: CursorWrapper, ids: list[int], all_of_them: str) -> Mapping[int, _Known]:
    known = {pk: _Known() for pk in ids}
    cursor.execute(
        """select i.setting_id, i.kind, i.inspected_on, i.published_on, i.event_number, i.predecessor_urn,
               i.inspectorate, array_agg(j.aspect order by j.aspect) filter (where j.id is not null),
               array_agg(j.grade order by j.aspect)
           from ofsted_inspection i left join ofsted_judgement j on j.inspection_id = i.id
           where i.setting_id = any(%s::bigint[]) group by i.id order by i.setting_id, i.inspected_on, i.id""",
        [all_of_them],
    )
    for pk, kind, inspected_on, published_on, event, predecessor, inspectorate, aspects, grades in cursor.fetchall():
        judgements = dict(zip(aspects, grades, strict=True)) if aspects else {}
        known[pk].inspections.append(
            rules.Inspection(kind, inspected_on, published_on, judgements, event, predecessor, inspectorate)
        )
    cursor.execute(
        """select l.setting_id, o.as_at, l.registration_status, (l.attributes->>'closed_on')::date
           from ofsted_listing l
           join ofsted_ofstedlist o on o.id = l.ofsted_list_id
           where l.setting_id = any(%s::bigint[]) order by l.setting_id, o.as_at, o.whole, o.id""",
        [all_of_them],
    )
    for pk, as_at, wording, closed_on in cursor.fetchall():
        known[pk].listed_from = min(filter(None, (known[pk].listed_from, as_at, closed_on)))
        if wording:
            # A list that says on which day a provider left says more than that it had, by its own day.
            known[pk].registrations.append((min(closed_on, as_at) if closed_on else as_at, wording))
    cursor.execute(
        "select setting_id, kind, from_on, to_on from ofsted_notice where setting_id = any(%s::bigint[])", [all_of_them]
    )
    for pk, kind, from_on, to_on in cursor.fetchall():
        known[pk].notices.append(rules.Notice(kind, from_on, to_on))
    cursor.execute(
        "select setting_id, from_on, to_on from ofsted_unregistereduse where setting_id = any(%s::bigint[])",
        [all_of_them],
    )
    for pk, from_on, to_on in cursor.fetchall():
        known[pk].unregistered.append(rules.Unregistered(from_on, to_on))
    cursor.execute(
        """select setting_id, id, from_on, to_on, status, reasons::text, rule_version from ofsted_statusperiod
           where setting_id = any(%s::bigint[])""",
        [all_of_them],
    )
    for pk, period, from_on, to_on, status, reasons, version in cursor.fetchall():
        # As text the database spells JSON its own way; ours is compared.
        said = _as_json((row["code"], date.fromisoformat(row["since"]), row["sentence"]) for row in json.loads(reasons))
        known[pk].periods.append((period, from_on, to_on, status, said, version))
    return known


def _keep(
    cursor: CursorWrapper,
    removed: Sequence[int],
    added: Iterable[tuple[Any, ...]],
    outcome: Sequence[tuple[Any, ...]],
) -> None:
    cursor.execute("select has_column_privilege('ofsted_setting', 'status', 'update')")
    if not cursor.fetchone()[0]:
        _keep_by_function(cursor, removed, added, outcome)
        return
    if removed:
        cursor.execute("delete from ofsted_statusperiod where id = any(%s)", [list(removed)])
    copy_in(cursor, "ofsted_statusperiod (setting_id, from_on, to_on, status, reasons, rule_version)", added)
    cursor.execute("drop table if exists evaluated")
    cursor.execute("create temp table evaluated (id bigint, status text, since date, reasons jsonb) on commit drop")
    copy_in(cursor, "evaluated", outcome)
    cursor.execute(
        """update ofsted_setting s set status = e.status, status_since = e.since, reasons = e.reasons,
               rule_version = %s, evaluated_rev = s.judgements_rev
           from evaluated e where e.id = s.id and
               (s.status, s.status_since, s.reasons, s.rule_version, s.evaluated_rev) is distinct from
               (e.status, e.since, e.reasons, %s, s.judgements_rev)""",
        [RULE_VERSION, RULE_VERSION],
    )


def _keep_by_function(
    cursor: CursorWrapper,
    removed: Sequence[int],
    added: Iterable[tuple[Any, ...]],
    outcome: Sequence[tuple[Any, ...]],
) -> None:
    """As the login of the pages, which may not write a status itself (placements.guard)."""
    periods = [
        {
            "id": pk,
            "from_on": str(from_on),
            "to_on": str(to_on) if to_on else None,
            "status": status,
            "reasons": json.loads(reasons),
            "version": version,
        }
        for pk, from_on, to_on, status, reasons, version in added
    ]
    settings = [
        {"id": pk, "status": status, "since": str(since) if since else None, "reasons": json.loads(reasons)}
        for pk, status, since, reasons in outcome
    ]
    cursor.execute(
        "select ofsted_keep_evaluation(%s, %s::jsonb, %s::jsonb, %s)",
        [list(removed), json.dumps(periods), json.dumps(settings), RULE_VERSION],
    )
