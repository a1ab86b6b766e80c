"""What figures are made of here: procurements, bids and decisions."""

from plumbline.measures.records import Facts, Record

FACTS = (
    Facts(
        "tender",
        "commissioning_tender",
        "t.id as tender_id, t.published_on, t.body::text, t.kind::text, t.stage1_id is not null as "
        "has_stage1, t.scored_safeguarding",
    ),
    Facts(
        "bid",
        "commissioning_bid",
        "t.id as bid_id, t.tender_id, (t.received_at at time zone 'Europe/London')::date as "
        "received_on, t.state = 'failed' as failed_stage1",
    ),
    Facts(
        "stage1_fail",
        "commissioning_stage1decision",
        "t.id as decision_id, t.bid_id, t.criterion::text, case when t.decision = 'fail' then "
        "(t.decided_at at time zone 'Europe/London')::date end as decided_on",
    ),
)

RECORDS = (
    Record(
        key="tender_id",
        table="commissioning_tender",
        noun="procurement",
        row="t.reference, t.published_on, null::date, t.title",
        words={
            "published_on": "publication",
            "stage1_id": "stage 1",
            "scored_safeguarding": "question on safeguarding",
        },
    ),
    Record(
        key="bid_id",
        table="commissioning_bid",
        noun="bid",
        row="'bid ' || t.id, t.received_at::date, null::date, t.state::text",
        words={"received_at": "day", "state": "outcome"},
    ),
    Record(
        key="decision_id",
        table="commissioning_stage1decision",
        noun="decision",
        row="'decision ' || t.id, t.decided_at::date, null::date, t.criterion::text",
        words={"decided_at": "day", "decision": "outcome"},
    ),
)
