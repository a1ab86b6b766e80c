"""A measure opened: its rule as text, and its records by their numbers in the source."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection

from plumbline.audit import moments
from plumbline.indicators.queries import Behind
from plumbline.kernel.periods import Period
from plumbline.measures import compile as compiler
from plumbline.measures.model import Events, Measure
from plumbline.people.act import Act
from plumbline.people.acting import operation

# Of what is bought, no child is a part.
_NO_CHILD = "null::bigint"

# By the column that numbers a measure's records: what to read of each (source id, first day, last day, in words), and
# the number of its child.
_ROWS = {
    "tac_id": (
        "earlyhelp_tac t",
        "t.source_id, t.started_on, t.ended_on, coalesce(nullif(t.closure_code, ''), 'no closure reason')"
        " || coalesce(', ' || nullif(t.lead_wording, ''), '')",
        "t.child_id",
    ),
    "child_id": ("people_child t", "t.source_id, null::date, null::date, ''", "t.id"),
    "referral_id": ("socialcare_referral t", "t.source_id, t.referred_on, t.closed_on, t.close_reason", "t.child_id"),
    "audit_id": (
        "earlyhelp_tacaudit t",
        "t.source_id, t.audited_on, t.audited_on, coalesce(nullif(t.moderated_grade, ''), t.grade)",
        "(select child_id from earlyhelp_tac where id = t.tac_id)",
    ),
    "placement_id": ("placements_placement t", "t.source_id, t.started_on, t.ended_on, t.urn_wording", "t.child_id"),
    "flag_id": (
        "flags_flag t",
        "'flag ' || t.id, t.raised_on, (t.closed_at at time zone 'Europe/London')::date, t.kind::text",
        "t.child_id",
    ),
    "setting_id": ("ofsted_setting t", "t.urn, t.status_since, null::date, t.status::text", _NO_CHILD),
    "contract_id": ("contracts_contract t", "t.reference, t.starts_on, t.ends_on, t.title", _NO_CHILD),
    "evaluation_id": (
        "contracts_evaluation t",
        "'meeting ' || t.id, t.held_on, t.held_on, (select reference from contracts_contract where id = t.contract_id)",
        _NO_CHILD,
    ),
    "visit_id": (
        "contracts_visit t",
        "'visit ' || t.id, t.visited_on, t.visited_on, coalesce("
        "(select urn from ofsted_setting where id = t.setting_id),"
        " (select reference from contracts_contract where id = t.contract_id), '')",
        _NO_CHILD,
    ),
    "incident_id": (
        "contracts_incident t",
        "t.reference, t.occurred_at::date, t.closed_at::date, t.type::text",
        _NO_CHILD,
    ),
    "notification_id": (
        "contracts_notification t",
        "'notification ' || t.id, t.due_at::date, t.sent_at::date, t.recipient::text",
        _NO_CHILD,
    ),
    "tender_id": ("commissioning_tender t", "t.reference, t.published_on, null::date, t.title", _NO_CHILD),
    "bid_id": ("commissioning_bid t", "'bid ' || t.id, t.received_at::date, null::date, t.state::text", _NO_CHILD),
    "decision_id": (
        "commissioning_stage1decision t",
        "'decision ' || t.id, t.decided_at::date, null::date, t.criterion::text",
        _NO_CHILD,
    ),
}


def definition_text(measure: Measure) -> str:
    """The statement that the database is asked, as for a day or period of its own."""
    day = date(2016, 3, 31)
    if isinstance(measure.rule, Events):
        return compiler.flow(measure, [Period(date(2015, 4, 1), day)], None, None, day).text
    return compiler.stock(measure, [day], None, None).text


@operation
def record_rows(
    *, measure: Measure, behind: Iterable[Behind], act: Act, known_at: datetime | None = None
) -> list[dict[str, Any]]:
    """The records behind a figure as they were known: number, days, what it says; never a name. Leaves an event.

    Those of a child whose record is restricted now are counted in the figure, and left out here.
    """
    found = {record.record_id: record for record in behind}
    column = measure.rule.record.rpartition(".")[2]
    table, columns, child = _ROWS[column]
    parameters: dict[str, Any] = {"ids": list(found)}
    if known_at is not None:
        name = table.removesuffix(" t")
        table = f"(select * from {name}_history where {moments.condition()}) t"
        parameters |= moments.parameters(moments.known_at(known_at))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select t.id, {columns} from {table} where t.id = any(%(ids)s)
                and not exists (select from people_child c where c.restricted and c.id = {child})""",
            parameters,
        )
        rows = [
            {
                "source_id": source_id,
                "first": first,
                "last": last,
                "detail": detail.replace("_", " "),
                "group": found[number].group or "",
                "counted": found[number].in_numerator,
            }
            for number, source_id, first, last, detail in cursor.fetchall()
        ]
    act.record("indicators.records.viewed", subject_type="measure", subject_id=measure.key, records=len(rows))
    return rows
