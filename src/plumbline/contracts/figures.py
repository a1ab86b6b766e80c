"""What figures are made of here: contracts, meetings, visits and incidents."""

from plumbline.measures.records import Decider, Facts, Record

FACTS = (
    # In force to its last day, which is a day of it; not before it went live, and not if it never did
    # (contracts.queries.facts.RATED).
    Facts(
        "contract",
        "contracts_contract",
        "t.id as contract_id, case when t.state = 'live' or t.state = 'ended' and (t.live_on is not"
        " null or t.live_before) then greatest(t.starts_on, coalesce(t.live_on, "
        "t.starts_on)) end as started_on, t.ends_on + 1 as ended_on, t.kind::text, t.service::text,"
        " coalesce(round(t.value), 0)::bigint as pounds, t.value is not null as has_value, "
        "t.visit_required",
    ),
    Facts(
        "contract_colour", "contracts_ratingperiod", "t.contract_id, t.colour::text, t.from_on, t.to_on + 1 as to_on"
    ),
    Facts("contract_reason", "contracts_reasonperiod", "t.contract_id, t.code::text, t.from_on, t.to_on + 1 as to_on"),
    Facts(
        "evaluation",
        "contracts_evaluation",
        "t.id as evaluation_id, t.contract_id, case when t.state = 'held' then t.held_on end as "
        "held_on, coalesce(t.service_area_present, false) as service_area_present",
    ),
    Facts(
        "visit",
        "contracts_visit",
        "t.id as visit_id, t.setting_id, case when t.state not in ('planned', 'cancelled') then "
        "t.visited_on end as visited_on, case when t.by_council = '' then 'own' else 'other' end as"
        " whose",
    ),
    Facts(
        "incident",
        "contracts_incident",
        "t.id as incident_id, t.contract_id, t.type::text, case when t.state <> 'aside' then "
        "(t.occurred_at at time zone 'Europe/London')::date end as occurred_on",
    ),
    Facts(
        "notification",
        "contracts_notification",
        "t.id as notification_id, t.recipient::text, t.duty::text, (t.due_at at time zone "
        "'Europe/London')::date as due_on, t.not_needed_because = '' and t.aside is not true as "
        "needed, coalesce(t.sent_at <= t.due_at, false) as in_time, t.sent_at is not null as sent",
    ),
)

RECORDS = (
    Record(
        key="contract_id",
        table="contracts_contract",
        noun="contract",
        row="t.reference, t.starts_on, t.ends_on, t.title",
        words={
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
        deciders=(
            Decider(
                "assessments",
                "contracts_assessment",
                "select t.contract_id",
                frozenset({"no_self_assessment", "no_board_assessment", "no_action_plan"}),
            ),
            Decider(
                "policy reviews",
                "contracts_policyreview",
                "select t.contract_id",
                frozenset({"policy_review_overdue", "policy_before_law_change", "policy_missing"}),
            ),
            Decider(
                "evaluation meetings", "contracts_evaluation", "select t.contract_id", frozenset({"evaluation_overdue"})
            ),
            Decider(
                "visits",
                "contracts_visit",
                "select t.contract_id union select cs.contract_id from contracts_contractsetting cs"
                " where cs.setting_id = t.setting_id",
                frozenset({"visit_overdue"}),
            ),
            Decider("incidents", "contracts_incident", "select t.contract_id"),
            Decider(
                "notifications of incidents",
                "contracts_notification",
                "select i.contract_id from contracts_incident i where i.id = t.incident_id",
            ),
            Decider(
                "actions",
                "actions_action",
                "select t.subject_id where t.subject_type = 'contract' union select i.contract_id "
                "from contracts_incident i where i.id = t.subject_id and t.subject_type = "
                "'incident'",
            ),
            Decider(
                "performance ratings",
                "contracts_kpireading",
                "select k.contract_id from contracts_kpi k where k.id = t.kpi_id",
            ),
            Decider(
                "reports of homes",
                "contracts_homereport",
                "select cs.contract_id from contracts_contractsetting cs where cs.setting_id = t.setting_id",
            ),
            Decider(
                "statuses of settings",
                "ofsted_statusperiod",
                "select cs.contract_id from contracts_contractsetting cs where cs.setting_id = t.setting_id",
            ),
            Decider("ratings by hand", "contracts_ratingbyhand", "select t.contract_id"),
            Decider(
                "changes in the law",
                "evidence_lawchange",
                "select c.id from contracts_contract c",
                frozenset({"policy_before_law_change"}),
            ),
        ),
    ),
    Record(
        key="evaluation_id",
        table="contracts_evaluation",
        noun="meeting",
        row=(
            "'meeting ' || t.id, t.held_on, t.held_on, (select reference from contracts_contract where "
            "id = t.contract_id)"
        ),
        words={"held_on": "day", "state": "state", "service_area_present": "attendance"},
    ),
    Record(
        key="visit_id",
        table="contracts_visit",
        noun="visit",
        row=(
            "'visit ' || t.id, t.visited_on, t.visited_on, coalesce((select urn from ofsted_setting "
            "where id = t.setting_id), (select reference from contracts_contract where id = "
            "t.contract_id), '')"
        ),
        words={"visited_on": "day", "state": "state", "by_council": "council"},
    ),
    Record(
        key="incident_id",
        table="contracts_incident",
        noun="incident",
        row="t.reference, t.occurred_at::date, t.closed_at::date, t.type::text",
        words={"occurred_at": "day", "type": "type", "state": "state"},
    ),
    Record(
        key="notification_id",
        table="contracts_notification",
        noun="notification",
        row="'notification ' || t.id, t.due_at::date, t.sent_at::date, t.recipient::text",
        words={"due_at": "clock", "sent_at": "sending", "not_needed_because": "need", "aside": "incident"},
    ),
)
