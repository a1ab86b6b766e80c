"""Children, professionals, organisations and the council's code map, as an extract brings them."""

from django.db import connection

from plumbline.intake.tables import Column, Intake, Need, same

# What a row about a child needs.
NAMED_CHILD = Need(
    "people_child",
    of="person",
    code="unknown_person",
    reason="No person {} is known, from this extract or an earlier one.",
    absent="The row names no person.",
)

CHILDREN = Intake(
    table="people_child",
    columns=(
        *same("forename", "surname", "sex", "ethnicity", "dob"),
        # A file without this column may have the day as the date of birth.
        Column("expected_dob", "s.expected_dob", "dob"),
        # Without the name's columns the key stays as well.
        Column("sort_key", "s.sort_key", "surname"),
    ),
    fixed={"source_id": "s.id"},
)

PROFESSIONALS = Intake(
    table="people_professional",
    columns=(
        # A system that gives no names still gives numbers.
        Column("name", "coalesce(nullif(s.name, ''), s.id)", "name"),
        Column("sort_key", "s.sort_key", "name"),
        *same("job_title", "department"),
    ),
    fixed={"source_id": "s.id"},
)

# A register of names and a map, not records of one day: a name that is left out of a later file stays known.
ORGANISATIONS = Intake(
    table="people_organisation",
    columns=same("name", "sector", "urn"),
    fixed={"sort_key": "s.id"},
    match="t.sort_key = s.id",
    traced=False,
)

CODE_MAP = Intake(
    table="people_codemapping",
    columns=same("wording", "code"),
    fixed={"column": "s.of_column", "wording_key": "s.wording_key"},
    match='t."column" = s.of_column and t.wording_key = s.wording_key',
    traced=False,
)


def find_professionals(table: str, *, column: str, wording: str) -> int:
    """Name in `column` the professional whom a row names in its `wording`, by a number that was not known when the row
    came in; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""update {table} t set {column} = p.id from people_professional p
                where t.{column} is null and p.source_id = t.{wording}"""
        )
        return cursor.rowcount
