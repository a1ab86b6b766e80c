"""Referrals and allocated workers, as an extract brings them."""

from django.db import connection

from plumbline.audit.intake import Column, Intake, Need, same

_CHILD = Need(
    "people_child",
    of="person",
    code="unknown_person",
    reason="No person {} is known, from this extract or an earlier one.",
    absent="The row names no person.",
)

REFERRALS = Intake(
    table="socialcare_referral",
    columns=(
        Column("child_id", "c.id", "person"),
        *same("referred_on", "source_code", "nfa", "closed_on", "close_reason", "worker_wording"),
    ),
    joins="join people_child c on c.source_id = s.person",
    needs=(_CHILD,),
    fixed={"source_id": "s.id"},
)

INVOLVEMENTS = Intake(
    table="socialcare_involvement",
    columns=(
        Column("child_id", "c.id", "person"),
        Column("professional_id", "p.id", "professional_wording"),
        *same("professional_wording", "role", "team", "from_on", "to_on"),
    ),
    joins="join people_child c on c.source_id = s.person"
    " left join people_professional p on p.source_id = s.professional_wording",
    needs=(_CHILD,),
    fixed={"source_id": "s.id"},
)


def find_workers() -> int:
    """Name the worker of involvements whose id was not known when they came in; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update socialcare_involvement i set professional_id = p.id from people_professional p
               where i.professional_id is null and p.source_id = i.professional_wording"""
        )
        return cursor.rowcount
