"""What changed since a publication, in words: which records entered, left or were corrected."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import connection

from plumbline.audit import moments
from plumbline.indicators import queries
from plumbline.indicators.records import RECORDS, counted_by
from plumbline.kernel.labels import say
from plumbline.kernel.names import listed
from plumbline.measures.model import Asked, Events, Measure
from plumbline.measures.records import Record


def because(*, asked: Asked, on: date, since: datetime, until: date | None, small: int = 0) -> list[str]:
    """Sentences such as "3 closures entered after publication", most frequent first; numbers up to `small` not said.

    `until`: to which day our own records reached at `since`.
    """
    whole = replace(asked, every=None)
    if asked.measure.is_stock and asked.period:
        whole = replace(whole, as_at=min(asked.period.last, on), period=None)
    then = set(queries.records_unchecked(asked=whole, on=on, known_at=since, native_until=until))
    now = set(queries.records_unchecked(asked=whole, on=on))
    record = counted_by(asked.measure)
    changed = {each.record_id for each in then ^ now}
    # Of an amount, what counts as before may count for more or less.
    looked_at = {each.record_id for each in then | now} if _is_of_amounts(asked) else changed
    versions = {
        number: (before, after)
        for number, (before, after) in _versions(record, sorted(looked_at), since).items()
        if number in changed or before != after
    }
    if not versions:
        return ["The groups or the days within the period changed; the whole did not."]
    elsewhere = _changed_elsewhere(asked.measure, record, list(versions), since)
    closing = _counts_closings(asked)
    happened = Counter(
        _what(record, before, after, closing=closing, elsewhere=elsewhere.get(number, ()))
        for number, (before, after) in versions.items()
    )
    return [
        f"{count:,} {_many(said, count)} after publication"
        if count > small
        else f"Some {_many(said, 2)} after publication, too few to say how many"
        for said, count in happened.most_common()
    ]


def _is_of_amounts(asked: Asked) -> bool:
    rule = asked.measure.rule
    return bool(rule.value if isinstance(rule, Events) else rule.amount)


def _counts_closings(asked: Asked) -> bool:
    return isinstance(asked.measure.rule, Events) and asked.measure.rule.on.endswith("ended_on")


def _what(
    record: Record,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    *,
    closing: bool,
    elsewhere: Sequence[str],
) -> str:
    noun = record.noun
    if before is None:
        return f"{'closure' if closing else noun}|entered"
    if after is None:
        return f"{noun}|removed"
    if noun == "{tac}" and before["ended_on"] is None and after["ended_on"] is not None:
        return "closure|entered"
    differing = [word for name, word in record.words.items() if before[name] != after[name]]
    if differing:
        return f"{noun}|with its {' and '.join(differing)} corrected"
    if elsewhere:
        return f"{noun}|counted differently, by {listed(elsewhere)} that were entered or corrected"
    if noun == "child":
        return f"{noun}|counted differently, by {{tacs}} that were entered or corrected"
    return f"{noun}|changed by what is recorded elsewhere about the same child or organisation,"


_SEVERAL = {record.noun: record.nouns for record in RECORDS.values()} | {"closure": "closures"}
_ALL_CODES = frozenset(code for record in RECORDS.values() for each in record.deciders for code in each.codes)


def _many(said: str, count: int) -> str:
    noun, _, verb = said.partition("|")
    if count != 1:
        noun = _SEVERAL[noun]
        verb = verb.replace("with its", "with their")
    return say(f"{noun} {verb}")


def _changed_elsewhere(measure: Measure, record: Record, ids: list[int], since: datetime) -> dict[int, list[str]]:
    """By record: what decides on it and was entered, corrected or taken out since."""
    found: dict[int, list[str]] = {}
    said = set(re.findall(r"'(\w+)'", str(measure.rule))) & _ALL_CODES
    parameters = {**moments.parameters(moments.known_at(since)), "ids": ids}
    with connection.cursor() as cursor:
        for decider in record.deciders:
            if said and not said & decider.codes:
                continue
            cursor.execute(
                f"""select distinct about.id
                    from {decider.table}_history t cross join lateral ({decider.about}) about(id)
                    where about.id = any(%(ids)s) and (t.from_tx > %(n)s or t.from_tx = any(%(late)s)
                        or t.to_tx > %(n)s or t.to_tx = any(%(late)s))""",
                parameters,
            )
            for (number,) in cursor.fetchall():
                found.setdefault(number, []).append(decider.name)
    return found


def _versions(
    record: Record, ids: list[int], since: datetime
) -> dict[int, tuple[dict[str, object] | None, dict[str, object] | None]]:
    """Each record as it was known then and as it is now; None where it was not there."""
    table, columns = record.table, tuple(record.words)
    listed = ", ".join(columns)
    known = moments.known_at(since)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select id, {listed} from {table}_history where {moments.condition()} and id = any(%(ids)s)",
            {**moments.parameters(known), "ids": ids},
        )
        then = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in cursor.fetchall()}
        cursor.execute(f"select id, {listed} from {table} where id = any(%(ids)s)", {"ids": ids})
        now = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in cursor.fetchall()}
    return {record_id: (then.get(record_id), now.get(record_id)) for record_id in ids}
