"""Mapping the council's wordings: what a closure meant, and who led. Set-based: every row and its history follow."""

from plumbline.earlyhelp import intake
from plumbline.earlyhelp.intake import END_REASON
from plumbline.earlyhelp.models import ClosureCode, Tac
from plumbline.earlyhelp.rules import wording_key
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.names import sort_key
from plumbline.people import operations as people
from plumbline.people.access import roles_in_words
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Organisation


@operation
def map_wording(*, column: str, wording: str, code: str, act: Act) -> int:
    """Let a wording mean a closure code, on every TAC that has it; how many changed. Mapped before: mapped again."""
    _check_column(column)
    if code not in ClosureCode.values:
        raise RuleBroken(f"“{code}” is not a closure code.", code="unknown_code")
    key = wording_key(wording)
    if not key:
        raise RuleBroken("Say which wording is mapped.", code="missing_wording")
    people.set_code(column=column, wording=wording, wording_key=key, code=code, act=act)
    return intake.map_closures()


@operation
def unmap_wording(*, column: str, wording: str, act: Act) -> int:
    """Take the mapping back: the TACs count as "not recorded" again; how many."""
    _check_column(column)
    people.unset_code(column=column, wording_key=wording_key(wording), act=act)
    return intake.map_closures()


@operation
def map_organisation(*, wording: str, organisation_id: int, act: Act) -> int:
    """Let a wording mean an organisation, on every TAC that has it; how many changed. Raise RuleBroken if unknown."""
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise RuleBroken("That organisation is not in the register.", code="unknown_organisation")
    people.name_organisation(wording=wording, organisation=organisation, act=act)
    return intake.map_leads()


@operation
def map_new_organisation(*, wording: str, sector: str, name: str = "", act: Act) -> int:
    """Add an organisation to the register and let the wording mean it; its name is the wording if none is given."""
    organisation = people.add_organisation(name=name or wording, sector=sector, act=act)
    if organisation.sort_key != sort_key(wording):
        people.name_organisation(wording=wording, organisation=organisation, act=act)
    return intake.map_leads()


@operation
def unmap_organisation(*, wording: str, act: Act) -> int:
    """Take back what the wording was said to mean; how many TACs have no known lead again."""
    people.unname_organisation(wording=wording, act=act)
    return intake.map_leads()


# The user of a lead professional reaches the TAC and its child while it is open, and while an extract still holds it.
_LED = """
    select u.id as user_id, t.{subject} as subject_id, t.started_on as from_on,
        least(t.ended_on, o.missing_since) as to_on
    from earlyhelp_tac t join people_user u on u.professional_id = t.lead_professional_id
        left join earlyhelp_tacorigin o on o.id = t.id"""
# Who manages a team reaches the TACs that its workers lead.
_LED_BY_TEAM = """
    select r.user_id, t.{subject} as subject_id, greatest(t.started_on, r.from_on) as from_on,
        least(t.ended_on, o.missing_since, r.to_on) as to_on
    from people_roleheld r
        join (select distinct team, professional_id from socialcare_involvement) w on w.team = r.team
        join earlyhelp_tac t on t.lead_professional_id = w.professional_id
        left join earlyhelp_tacorigin o on o.id = t.id
    where r.role = 'team_manager' and r.team <> ''
        and greatest(t.started_on, r.from_on) <= coalesce(least(t.ended_on, o.missing_since, r.to_on), 'infinity')"""


@operation
def refresh_ties(*, act: Act) -> int:
    """Tie each user to the TACs they lead and to the children of those, and managers to those of their team's workers;
    how many ties changed."""
    return sum(
        people.align_ties(subject_type=kind, why=why, wanted=wanted.format(subject=subject), act=act)
        for kind, subject in (("tac", "id"), ("child", "child_id"))
        for why, wanted in (("lead_professional", _LED), ("leads_team", _LED_BY_TEAM))
    )


@operation
def look_at_tac(*, tac: Tac, page: str, act: PersonalAct) -> None:
    """Leave the trace that someone opened a TAC, and as what; the trace is also the child's."""
    act.record(
        "earlyhelp.tac.viewed",
        by_role=roles_in_words(act.by, on=act.on),
        subject=tac,
        child_id=tac.child_id,
        page=page,
        source_id=tac.source_id,
    )


def _check_column(column: str) -> None:
    if column != END_REASON:
        raise RuleBroken(f"{column} is not a column whose wordings are mapped.", code="unknown_column")
