"""What figures are made of here: placements, exceptions and the settings of children."""

from plumbline.measures.records import Decider, Facts, Record

FACTS = (
    # Setting 0 stands for "no setting could be named": it is never matched.
    Facts(
        "placement",
        "placements_placement",
        "t.id as placement_id, t.child_id, coalesce(t.setting_id, 0) as setting_id, t.started_on, "
        "t.ended_on, t.began_adverse, t.exception_id",
    ),
    Facts("placement_exception", "placements_placementexception", "t.id as exception_id, t.grounds::text as ground"),
)

RECORDS = (
    Record(
        key="placement_id",
        table="placements_placement",
        noun="placement",
        row="t.source_id, t.started_on, t.ended_on, t.urn_wording",
        words={
            "started_on": "start",
            "ended_on": "end",
            "setting_id": "setting",
            "began_adverse": "setting's status at start",
        },
        child="t.child_id",
        sources=("ssd_cla_placement", "school_placements"),
        deciders=(
            Decider(
                "statuses of settings",
                "ofsted_statusperiod",
                "select p.id from placements_placement p where p.setting_id = t.setting_id",
            ),
        ),
    ),
    Record(
        key="setting_id",
        table="ofsted_setting",
        noun="setting",
        row="t.urn, t.status_since, null::date, t.status::text",
        words={"last_checked_on": "last check"},
        deciders=(
            Decider("visits", "contracts_visit", "select t.setting_id"),
            Decider("placements", "placements_placement", "select t.setting_id"),
        ),
    ),
)
