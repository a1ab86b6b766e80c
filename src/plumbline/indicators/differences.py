"""What changed since a publication, in words: which records entered, left or were corrected."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import connection

from plumbline.audit import moments
from plumbline.indicators import queries
from plumbline.measures.model import Asked, Events

# By the relation whose records a measure counts: its table, what one is called, and its columns in words.
_RECORDS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "tac_id": (
        "earlyhelp_tac",
        "TAC",
        {
            "started_on": "start",
            "ended_on": "closing day",
            "closure_code": "closure reason",
            "lead_organisation_id": "lead organisation",
            "child_id": "child",
            "step_down_recorded": "step-down",
        },
    ),
    "child_id": ("people_child", "child", {"dob": "date of birth"}),
    "referral_id": ("socialcare_referral", "referral", {"referred_on": "day", "closed_on": "closing day"}),
    "audit_id": (
        "earlyhelp_tacaudit",
        "audit",
        {"audited_on": "day", "grade": "grade", "moderated_grade": "moderated grade"},
    ),
    "placement_id": (
        "placements_placement",
        "placement",
        {
            "started_on": "start",
            "ended_on": "end",
            "setting_id": "setting",
            "began_adverse": "setting's status at start",
        },
    ),
}


def because(*, asked: Asked, on: date, since: datetime, small: int = 0) -> list[str]:
    """Sentences such as "3 closures entered after publication", most frequent first; numbers up to `small` not said."""
    whole = replace(asked, every=None, split_by=None)
    if asked.measure.is_stock and asked.period:
        whole = replace(whole, as_at=min(asked.period.last, on), period=None)
    then = {(r.record_id, r.in_numerator) for r in queries.records_unchecked(asked=whole, on=on, known_at=since)}
    now = {(r.record_id, r.in_numerator) for r in queries.records_unchecked(asked=whole, on=on)}
    changed = sorted({record_id for record_id, _ in then ^ now})
    if not changed:
        return ["The groups or the days within the period changed; the whole did not."]
    column = asked.measure.rule.record.rpartition(".")[2]
    table, noun, words = _RECORDS[column]
    happened: Counter[str] = Counter()
    for before, after in _versions(table, changed, tuple(words), since):
        happened.update([_what(noun, words, before, after, closing=_counts_closings(asked))])
    return [
        f"{count:,} {_many(said, count)} after publication" if count > small
        else f"Some {_many(said, 2)} after publication, too few to say how many"
        for said, count in happened.most_common()
    ]  # fmt: skip


def _counts_closings(asked: Asked) -> bool:
    return isinstance(asked.measure.rule, Events) and asked.measure.rule.on.endswith("ended_on")


def _what(
    noun: str,
    words: Mapping[str, str],
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    *,
    closing: bool,
) -> str:
    if before is None:
        return f"{'closure' if closing else noun}|entered"
    if after is None:
        return f"{noun}|removed"
    if noun == "TAC" and before["ended_on"] is None and after["ended_on"] is not None:
        return "closure|entered"
    differing = [word for name, word in words.items() if before[name] != after[name]]
    if differing:
        return f"{noun}|with its {' and '.join(differing)} corrected"
    if noun == "child":
        return f"{noun}|counted differently, by TACs that were entered or corrected"
    return f"{noun}|changed by what is recorded elsewhere about the same child or organisation,"


def _many(said: str, count: int) -> str:
    noun, _, verb = said.partition("|")
    if count != 1:
        noun = "children" if noun == "child" else f"{noun}s"
        verb = verb.replace("with its", "with their")
    return f"{noun} {verb}"


def _versions(
    table: str, ids: list[int], columns: tuple[str, ...], since: datetime
) -> list[tuple[dict[str, object] | None, dict[str, object] | None]]:
    """Each record as it was known then and as it is now; None where it was not there."""
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
    return [(then.get(record_id), now.get(record_id)) for record_id in ids]
