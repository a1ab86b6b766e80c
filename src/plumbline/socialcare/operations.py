"""What follows from social care's records: who may reach whom."""

from plumbline.people import operations as people
from plumbline.people.act import Act
from plumbline.people.acting import operation

# The user of an allocated worker reaches the child while the allocation lasts, and while an extract still holds it.
_ALLOCATED = """
    select u.id as user_id, i.child_id as subject_id, i.from_on, least(i.to_on, o.missing_since) as to_on
    from socialcare_involvement i join people_user u on u.professional_id = i.professional_id
        left join socialcare_involvementorigin o on o.id = i.id"""

# Who manages a team reaches the children of its workers while both last.
_MANAGED = """
    select r.user_id, i.child_id as subject_id, greatest(i.from_on, r.from_on) as from_on,
        least(i.to_on, o.missing_since, r.to_on) as to_on
    from socialcare_involvement i join people_roleheld r on r.role = 'team_manager' and r.team = i.team and r.team <> ''
        left join socialcare_involvementorigin o on o.id = i.id
    where greatest(i.from_on, r.from_on) <= coalesce(least(i.to_on, o.missing_since, r.to_on), 'infinity')"""


@operation
def refresh_ties(*, act: Act) -> int:
    """Tie each user to the children they are the allocated worker of, and managers to those of their team's workers;
    how many ties changed."""
    return sum(
        people.align_ties(subject_type="child", why=why, wanted=wanted, act=act)
        for why, wanted in (("allocated_worker", _ALLOCATED), ("team_manager", _MANAGED))
    )
