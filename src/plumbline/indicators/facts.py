"""The fact relations of `measures.facts` as views over the tables and their history. They hold no names of people.

Each relation is one table, so that what was known at a moment is a filter on one view (`fact_R_version`).
"""

from collections.abc import Mapping

from django.db import connection

# relation: (table, its columns in the order of measures.facts.RELATIONS). `t` is the table or its history.
_VIEWS: Mapping[str, tuple[str, str]] = {
    "tac": (
        "earlyhelp_tac",
        "t.id as tac_id, t.child_id, t.started_on, t.ended_on, t.closure_code,"
        " (t.lead_organisation_id is not null or t.lead_wording <> '') as has_lead, t.lead_organisation_id,"
        " t.step_down_recorded",
    ),
    "organisation": ("people_organisation", "t.id as organisation_id, t.name, t.sector"),
    "child": ("people_child", "t.id as child_id, coalesce(t.dob, t.expected_dob) as dob, t.sex, t.ethnicity"),
    "referral": ("socialcare_referral", "t.id as referral_id, t.child_id, t.referred_on, t.closed_on"),
    "tac_audit": (
        "earlyhelp_tacaudit",
        "t.id as audit_id, t.tac_id, t.audited_on,"
        " case when t.moderated_grade <> '' then t.moderated_grade else t.grade end as grade",
    ),
    # Setting 0 stands for "no setting could be named": it is never matched.
    "placement": (
        "placements_placement",
        "t.id as placement_id, t.child_id, coalesce(t.setting_id, 0) as setting_id, t.started_on, t.ended_on,"
        " t.began_adverse, t.exception_id",
    ),
    "placement_exception": ("placements_placementexception", "t.id as exception_id, t.grounds::text as ground"),
    "placement_flag": (
        "flags_flag",
        "t.id as flag_id, case when t.subject_type = 'placement' then t.subject_id end as placement_id, t.kind::text,"
        " t.raised_on",
    ),
    "telling": (
        "flags_flagfor",
        "t.id as telling_id, t.flag_id, t.why::text, t.reached_on as told_on,"
        " extract(hour from t.reached_at at time zone 'Europe/London')::bigint as told_hour",
    ),
    # In force to its last day, which is a day of it; not before it went live, and not if it never did
    # (contracts.queries.facts.RATED).
    "contract": (
        "contracts_contract",
        "t.id as contract_id, case when t.state = 'live'"
        " or t.state = 'ended' and (t.live_on is not null or t.live_before)"
        " then greatest(t.starts_on, coalesce(t.live_on, t.starts_on)) end as started_on,"
        " t.ends_on + 1 as ended_on, t.kind::text, t.service::text, coalesce(round(t.value), 0)::bigint as pounds,"
        " t.value is not null as has_value, t.visit_required",
    ),
    "contract_colour": (
        "contracts_ratingperiod",
        "t.contract_id, t.colour::text, t.from_on, t.to_on + 1 as to_on",
    ),
    "contract_reason": ("contracts_reasonperiod", "t.contract_id, t.code::text, t.from_on, t.to_on + 1 as to_on"),
    "evaluation": (
        "contracts_evaluation",
        "t.id as evaluation_id, t.contract_id, case when t.state = 'held' then t.held_on end as held_on,"
        " coalesce(t.service_area_present, false) as service_area_present",
    ),
    "visit": (
        "contracts_visit",
        "t.id as visit_id, t.setting_id,"
        " case when t.state not in ('planned', 'cancelled') then t.visited_on end as visited_on,"
        " case when t.by_council = '' then 'own' else 'other' end as whose",
    ),
    "incident": (
        "contracts_incident",
        "t.id as incident_id, t.contract_id, t.type::text,"
        " case when t.state <> 'aside' then (t.occurred_at at time zone 'Europe/London')::date end as occurred_on",
    ),
    "notification": (
        "contracts_notification",
        "t.id as notification_id, t.recipient::text, t.duty::text,"
        " (t.due_at at time zone 'Europe/London')::date as due_on, t.not_needed_because = '' and t.aside is not true"
        " as needed,"
        " coalesce(t.sent_at <= t.due_at, false) as in_time, t.sent_at is not null as sent",
    ),
    "tender": (
        "commissioning_tender",
        "t.id as tender_id, t.published_on, t.body::text, t.kind::text, t.stage1_id is not null as has_stage1,"
        " t.scored_safeguarding",
    ),
    "bid": (
        "commissioning_bid",
        "t.id as bid_id, t.tender_id, (t.received_at at time zone 'Europe/London')::date as received_on,"
        " t.state = 'failed' as failed_stage1",
    ),
    "stage1_fail": (
        "commissioning_stage1decision",
        "t.id as decision_id, t.bid_id, t.criterion::text, case when t.decision = 'fail'"
        " then (t.decided_at at time zone 'Europe/London')::date end as decided_on",
    ),
}

# When a child was born, and their ethnicity, are read to work out a figure and for nothing else.
_WHERE: Mapping[str, str] = {"child": " where (select people_counting())"}

# That a setting was looked up is kept on the setting itself, as the last day of it (ofsted). The days before that are
# in its history, and are never taken back.
_CHECKS = """
create or replace view fact_setting_check_version as
    select id as setting_id, last_checked_on as checked_on, min(from_tx) as from_tx, null::bigint as to_tx
    from ofsted_setting_history where last_checked_on is not null group by id, last_checked_on;
create or replace view fact_setting_check as
    select setting_id, checked_on from fact_setting_check_version;
"""

# A setting of no list has no judged status: it is unmatched for as long as the setting's own row says so.
_STATUS = """
create or replace view fact_setting_status as
    select setting_id, status::text, from_on, to_on from ofsted_statusperiod
    union all select id, 'unmatched', date '0001-01-01', null::date from ofsted_setting s where status = 'unmatched'
        and not exists (select from ofsted_statusperiod p where p.setting_id = s.id)
    union all select 0, 'unmatched', date '0001-01-01', null::date;
create or replace view fact_setting_status_version as
    select setting_id, status::text, from_on, to_on, from_tx, to_tx from ofsted_statusperiod_history
    union all select id, 'unmatched', date '0001-01-01', null::date, from_tx, to_tx
        from ofsted_setting_history where status = 'unmatched'
    union all select 0, 'unmatched', date '0001-01-01', null::date, 0, null::bigint;
"""


def sync() -> None:
    """Make the views what the tables of today need. Run by the owner after history.sync."""
    with connection.cursor() as cursor:
        for relation, (table, columns) in _VIEWS.items():
            where = _WHERE.get(relation, "")
            # Made again: a view whose columns have changed cannot be replaced. Nothing is built on them.
            cursor.execute(f"drop view if exists fact_{relation}, fact_{relation}_version")
            cursor.execute(f"create view fact_{relation} as select {columns} from {table} t{where}")
            cursor.execute(
                f"create view fact_{relation}_version as select {columns}, t.from_tx, t.to_tx"
                f" from {table}_history t{where}"
            )
        cursor.execute(_STATUS + _CHECKS)
