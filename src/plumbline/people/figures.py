"""What figures are made of here: children and organisations."""

from plumbline.measures.records import Facts, Record

FACTS = (
    # When a child was born, and their ethnicity, are read to work out a figure and for nothing else.
    Facts(
        "child",
        "people_child",
        "t.id as child_id, coalesce(t.dob, t.expected_dob) as dob, t.sex, t.ethnicity",
        where="(select people_counting())",
    ),
    Facts("organisation", "people_organisation", "t.id as organisation_id, t.name, t.sector"),
)

RECORDS = (
    Record(
        key="child_id",
        table="people_child",
        noun="child",
        several="children",
        row="t.source_id, null::date, null::date, ''",
        words={"dob": "date of birth", "expected_dob": "expected date of birth"},
        child="t.id",
    ),
)
