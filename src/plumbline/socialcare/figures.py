"""What figures are made of here: referrals to social care."""

from plumbline.measures.records import Facts, Record

FACTS = (Facts("referral", "socialcare_referral", "t.id as referral_id, t.child_id, t.referred_on, t.closed_on"),)

RECORDS = (
    Record(
        key="referral_id",
        table="socialcare_referral",
        noun="referral",
        row="t.source_id, t.referred_on, t.closed_on, t.close_reason",
        words={"referred_on": "day", "closed_on": "closing day"},
        child="t.child_id",
        sources=("ssd_cin_episodes",),
    ),
)
