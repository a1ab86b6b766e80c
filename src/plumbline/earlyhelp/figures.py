"""What figures are made of here: Teams Around the Child and their audits."""

from plumbline.measures.records import Facts, Record

FACTS = (
    Facts(
        "tac",
        "earlyhelp_tac",
        "t.id as tac_id, t.child_id, t.started_on, t.ended_on, t.closure_code, "
        "(t.lead_organisation_id is not null or t.lead_wording <> '') as has_lead, "
        "t.lead_organisation_id, t.step_down_recorded",
    ),
    Facts(
        "tac_audit",
        "earlyhelp_tacaudit",
        "t.id as audit_id, t.tac_id, t.audited_on, case when t.moderated_grade <> '' then "
        "t.moderated_grade else t.grade end as grade",
    ),
)

RECORDS = (
    Record(
        key="tac_id",
        table="earlyhelp_tac",
        noun="{tac}",
        several="{tacs}",
        row=(
            "t.source_id, t.started_on, t.ended_on, coalesce(nullif(t.closure_code, ''), 'no closure "
            "reason') || coalesce(', ' || nullif(t.lead_wording, ''), '')"
        ),
        words={
            "started_on": "start",
            "ended_on": "closing day",
            "closure_code": "closure reason",
            "lead_organisation_id": "lead organisation",
            "child_id": "child",
            "step_down_recorded": "step-down",
        },
        child="t.child_id",
        sources=("ssd_early_help_episodes",),
    ),
    Record(
        key="audit_id",
        table="earlyhelp_tacaudit",
        noun="audit",
        row="t.source_id, t.audited_on, t.audited_on, coalesce(nullif(t.moderated_grade, ''), t.grade)",
        words={"audited_on": "day", "grade": "grade", "moderated_grade": "moderated grade"},
        child="(select child_id from earlyhelp_tac where id = t.tac_id)",
        sources=("tac_audits",),
    ),
)
