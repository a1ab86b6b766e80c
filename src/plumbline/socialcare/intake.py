"""Referrals and allocated workers, as an extract brings them."""

from dataclasses import replace

from django.db import connection

from plumbline.intake.tables import Column, Intake, same
from plumbline.people import intake as people

# Of rows that may name the child by what is known of another row.
NAMED_CHILD = replace(people.NAMED_CHILD, absent="The row names no person, and none is found by what else it names.")

REFERRALS = Intake(
    table="socialcare_referral",
    columns=(
        Column("child_id", "c.id", "person"),
        *same("referred_on", "source_code", "nfa", "closed_on", "close_reason", "worker_wording"),
    ),
    joins="join people_child c on c.source_id = s.person",
    needs=(NAMED_CHILD,),
    fixed={"source_id": "s.id"},
)

CARE_EPISODES = Intake(
    table="socialcare_careepisode",
    columns=(Column("child_id", "c.id", "person"), *same("period_of_care", "placement")),
    joins="join people_child c on c.source_id = s.person",
    needs=(NAMED_CHILD,),
    fixed={"source_id": "s.id"},
)


def find_child_of_referral(staged: str) -> None:
    """Give staged rows that name a referral and no person the child of that referral."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""update {staged} s set person = c.source_id
                from socialcare_referral r join people_child c on c.id = r.child_id
                where s.person = '' and s.referral <> '' and r.source_id = s.referral"""
        )


def find_child_in_care(staged: str) -> None:
    """Give staged placements that name no person the child of their period of care, or of an episode at the placement.

    Where episodes disagree whose it is, it stays unknown.
    """
    with connection.cursor() as cursor:
        for mine, theirs in (("period_of_care", "period_of_care"), ("id", "placement")):
            cursor.execute(
                f"""update {staged} s set person = f.person
                    from (select e.{theirs} as named, min(c.source_id) as person
                          from socialcare_careepisode e join people_child c on c.id = e.child_id
                          where e.{theirs} <> '' group by 1 having count(distinct e.child_id) = 1) f
                    where s.person = '' and f.named = s.{mine}"""
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
    needs=(NAMED_CHILD,),
    fixed={"source_id": "s.id"},
    fill=find_child_of_referral,
)


def find_workers() -> int:
    """Name the worker of involvements whose id was not known when they came in; how many."""
    return people.find_professionals("socialcare_involvement", column="professional_id", wording="professional_wording")
