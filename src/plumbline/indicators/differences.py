"""What changed since a publication, in words: which records entered, left or were corrected."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import connection

from plumbline.audit import moments
from plumbline.indicators import queries
from plumbline.kernel.labels import say
from plumbline.kernel.names import listed
from plumbline.measures.model import Asked, Events, Measure

# By the relation whose records a measure counts: its table, what one is called, and its columns in words.
_RECORDS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "tac_id": (
        "earlyhelp_tac",
        "{tac}",
        {
            "started_on": "start",
            "ended_on": "closing day",
            "closure_code": "closure reason",
            "lead_organisation_id": "lead organisation",
            "child_id": "child",
            "step_down_recorded": "step-down",
        },
    ),
    "child_id": ("people_child", "child", {"dob": "date of birth", "expected_dob": "expected date of birth"}),
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
    "flag_id": ("flags_flag", "flag", {"raised_on": "day"}),
    "setting_id": ("ofsted_setting", "setting", {"last_checked_on": "last check"}),
    "contract_id": (
        "contracts_contract",
        "contract",
        {
            "starts_on": "start",
            "ends_on": "end",
            "live_on": "go-live",
            "state": "state",
            "kind": "kind",
            "service": "service",
            "value": "value",
            "statutory_from": "statutory function",
            "visit_required": "need of a visit",
        },
    ),
    "evaluation_id": (
        "contracts_evaluation",
        "meeting",
        {"held_on": "day", "state": "state", "service_area_present": "attendance"},
    ),
    "visit_id": ("contracts_visit", "visit", {"visited_on": "day", "state": "state", "by_council": "council"}),
    "incident_id": ("contracts_incident", "incident", {"occurred_at": "day", "type": "type", "state": "state"}),
    "notification_id": (
        "contracts_notification",
        "notification",
        {"due_at": "clock", "sent_at": "sending", "not_needed_because": "need", "aside": "incident"},
    ),
    "tender_id": (
        "commissioning_tender",
        "procurement",
        {"published_on": "publication", "stage1_id": "stage 1", "scored_safeguarding": "question on safeguarding"},
    ),
    "bid_id": ("commissioning_bid", "bid", {"received_at": "day", "state": "outcome"}),
    "decision_id": ("commissioning_stage1decision", "decision", {"decided_at": "day", "decision": "outcome"}),
}

# What else decides whether a record counts: what it is called, its table `t`, and the records it is about, as SELECT.
_OF_SETTINGS = "select cs.contract_id from contracts_contractsetting cs where cs.setting_id = t.setting_id"
_OF_INCIDENT = "select i.contract_id from contracts_incident i where i.id = {}"
_ELSEWHERE: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "contract_id": (
        ("assessments", "contracts_assessment", "select t.contract_id"),
        ("policy reviews", "contracts_policyreview", "select t.contract_id"),
        ("evaluation meetings", "contracts_evaluation", "select t.contract_id"),
        ("visits", "contracts_visit", f"select t.contract_id union {_OF_SETTINGS}"),
        ("incidents", "contracts_incident", "select t.contract_id"),
        ("notifications of incidents", "contracts_notification", _OF_INCIDENT.format("t.incident_id")),
        (
            "actions",
            "actions_action",
            f"select t.subject_id where t.subject_type = 'contract' union {_OF_INCIDENT.format('t.subject_id')}"
            " and t.subject_type = 'incident'",
        ),
        (
            "performance ratings",
            "contracts_kpireading",
            "select k.contract_id from contracts_kpi k where k.id = t.kpi_id",
        ),
        ("reports of homes", "contracts_homereport", _OF_SETTINGS),
        ("statuses of settings", "ofsted_statusperiod", _OF_SETTINGS),
        ("ratings by hand", "contracts_ratingbyhand", "select t.contract_id"),
        ("changes in the law", "evidence_lawchange", "select c.id from contracts_contract c"),
    ),
    "placement_id": (
        (
            "statuses of settings",
            "ofsted_statusperiod",
            "select p.id from placements_placement p where p.setting_id = t.setting_id",
        ),
    ),
    "flag_id": (("tellings", "flags_flagfor", "select t.flag_id"),),
    "setting_id": (
        ("visits", "contracts_visit", "select t.setting_id"),
        ("placements", "placements_placement", "select t.setting_id"),
    ),
}

# Of a measure that asks for reasons by their code, only what they come from decides.
_DECIDES: Mapping[str, frozenset[str]] = {
    "assessments": frozenset({"no_board_assessment", "no_self_assessment", "no_action_plan"}),
    "policy reviews": frozenset({"policy_missing", "policy_review_overdue", "policy_before_law_change"}),
    "changes in the law": frozenset({"policy_before_law_change"}),
    "evaluation meetings": frozenset({"evaluation_overdue"}),
    "visits": frozenset({"visit_overdue"}),
}


def because(*, asked: Asked, on: date, since: datetime, until: date | None, small: int = 0) -> list[str]:
    """Sentences such as "3 closures entered after publication", most frequent first; numbers up to `small` not said.

    `until`: to which day our own records reached at `since`.
    """
    whole = replace(asked, every=None)
    if asked.measure.is_stock and asked.period:
        whole = replace(whole, as_at=min(asked.period.last, on), period=None)
    then = set(queries.records_unchecked(asked=whole, on=on, known_at=since, native_until=until))
    now = set(queries.records_unchecked(asked=whole, on=on))
    column = asked.measure.rule.record.rpartition(".")[2]
    table, noun, words = _RECORDS[column]
    changed = {each.record_id for each in then ^ now}
    # Of an amount, what counts as before may count for more or less.
    looked_at = {each.record_id for each in then | now} if _is_of_amounts(asked) else changed
    versions = {
        number: (before, after)
        for number, (before, after) in _versions(table, sorted(looked_at), tuple(words), since).items()
        if number in changed or before != after
    }
    if not versions:
        return ["The groups or the days within the period changed; the whole did not."]
    elsewhere = _changed_elsewhere(asked.measure, column, list(versions), since)
    closing = _counts_closings(asked)
    happened = Counter(
        _what(noun, words, before, after, closing=closing, elsewhere=elsewhere.get(number, ()))
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
    noun: str,
    words: Mapping[str, str],
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    *,
    closing: bool,
    elsewhere: Sequence[str],
) -> str:
    if before is None:
        return f"{'closure' if closing else noun}|entered"
    if after is None:
        return f"{noun}|removed"
    if noun == "{tac}" and before["ended_on"] is None and after["ended_on"] is not None:
        return "closure|entered"
    differing = [word for name, word in words.items() if before[name] != after[name]]
    if differing:
        return f"{noun}|with its {' and '.join(differing)} corrected"
    if elsewhere:
        return f"{noun}|counted differently, by {listed(elsewhere)} that were entered or corrected"
    if noun == "child":
        return f"{noun}|counted differently, by {{tacs}} that were entered or corrected"
    return f"{noun}|changed by what is recorded elsewhere about the same child or organisation,"


_SEVERAL = {"child": "children", "{tac}": "{tacs}"}


def _many(said: str, count: int) -> str:
    noun, _, verb = said.partition("|")
    if count != 1:
        noun = _SEVERAL.get(noun, f"{noun}s")
        verb = verb.replace("with its", "with their")
    return say(f"{noun} {verb}")


def _changed_elsewhere(measure: Measure, column: str, ids: list[int], since: datetime) -> dict[int, list[str]]:
    """By record: what decides on it and was entered, corrected or taken out since."""
    found: dict[int, list[str]] = {}
    said = set(re.findall(r"'(\w+)'", str(measure.rule))) & {code for codes in _DECIDES.values() for code in codes}
    parameters = {**moments.parameters(moments.known_at(since)), "ids": ids}
    with connection.cursor() as cursor:
        for name, table, about in _ELSEWHERE.get(column, ()):
            if said and not said & _DECIDES.get(name, frozenset()):
                continue
            cursor.execute(
                f"""select distinct about.id from {table}_history t cross join lateral ({about}) about(id)
                    where about.id = any(%(ids)s) and (t.from_tx > %(n)s or t.from_tx = any(%(late)s)
                        or t.to_tx > %(n)s or t.to_tx = any(%(late)s))""",
                parameters,
            )
            for (number,) in cursor.fetchall():
                found.setdefault(number, []).append(name)
    return found


def _versions(
    table: str, ids: list[int], columns: tuple[str, ...], since: datetime
) -> dict[int, tuple[dict[str, object] | None, dict[str, object] | None]]:
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
    return {record_id: (then.get(record_id), now.get(record_id)) for record_id in ids}
