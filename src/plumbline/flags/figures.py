"""What figures are made of here: flags and whether they reached."""

from plumbline.measures.records import Decider, Facts, Record

FACTS = (
    Facts(
        "placement_flag",
        "flags_flag",
        "t.id as flag_id, case when t.subject_type = 'placement' then t.subject_id end as "
        "placement_id, t.kind::text, t.raised_on",
    ),
    Facts(
        "telling",
        "flags_flagfor",
        "t.id as telling_id, t.flag_id, t.why::text, t.reached_on as told_on, extract(hour from "
        "t.reached_at at time zone 'Europe/London')::bigint as told_hour",
    ),
)

RECORDS = (
    Record(
        key="flag_id",
        table="flags_flag",
        noun="flag",
        row="'flag ' || t.id, t.raised_on, (t.closed_at at time zone 'Europe/London')::date, t.kind::text",
        words={"raised_on": "day"},
        child="t.child_id",
        deciders=(Decider("tellings", "flags_flagfor", "select t.flag_id"),),
    ),
)
