"""TACs and their audits, as an extract brings them, with what the council's map and register say of each wording."""

from django.db import connection

from plumbline.earlyhelp.rules import wording_key
from plumbline.intake.tables import Column, Intake, Need, same
from plumbline.kernel.names import sort_key
from plumbline.people import intake as people
from plumbline.people.models import CodeMapping, Organisation, OrganisationName

# The column of the source whose wordings the code map turns into closure codes.
END_REASON = "earl_episode_end_reason"

TACS = Intake(
    table="earlyhelp_tac",
    columns=(
        Column("child_id", "c.id", "person"),
        *same("started_on", "ended_on", "reason_wording", "end_wording", "lead_wording", "worker_wording"),
        Column("closure_code", "case when s.ended_on is null then '' else coalesce(m.code, '') end", "end_wording"),
        Column("lead_organisation_id", "coalesce(o.id, n.organisation_id)", "lead_wording"),
        Column("lead_professional_id", "p.id", "worker_wording"),
    ),
    joins=f"""join people_child c on c.source_id = s.person
        left join people_codemapping m on m."column" = '{END_REASON}' and m.wording_key = s.end_key
        left join people_organisation o on o.sort_key = s.lead_key
        left join people_organisationname n on n.sort_key = s.lead_key
        left join people_professional p on p.source_id = s.worker_wording""",
    needs=(people.NAMED_CHILD,),
    fixed={"source_id": "s.id"},
)

AUDITS = Intake(
    table="earlyhelp_tacaudit",
    columns=(
        Column("tac_id", "e.id", "episode"),
        *same("audited_on", "auditor_wording", "grade"),
    ),
    joins="join earlyhelp_tac e on e.source_id = s.episode",
    needs=(
        Need(
            "earlyhelp_tac",
            of="episode",
            code="unknown_episode",
            reason="No early help episode {} is known, from this extract or an earlier one.",
            absent="The row names no early help episode.",
        ),
    ),
    fixed={"source_id": "s.id"},
)


def find_leads() -> int:
    """Name the lead professional of TACs whose worker's id was not known when they came in; how many."""
    return people.find_professionals("earlyhelp_tac", column="lead_professional_id", wording="worker_wording")


def map_closures() -> int:
    """Give every closed TAC the code that its wording means now; how many changed."""
    codes = dict(CodeMapping.objects.filter(column=END_REASON).values_list("wording_key", "code"))
    wordings = _wordings("end_wording")
    with connection.cursor() as cursor:
        cursor.execute(
            """update earlyhelp_tac t set closure_code = m.code
               from unnest(%s::text[], %s::text[]) as m (wording, code)
               where t.end_wording = m.wording and t.ended_on is not null and t.closure_code <> m.code""",
            [wordings, [codes.get(wording_key(wording), "") for wording in wordings]],
        )
        return cursor.rowcount


def map_leads() -> int:
    """Give every TAC the lead organisation that its wording means now; how many changed."""
    known = dict(OrganisationName.objects.values_list("sort_key", "organisation_id"))
    known |= dict(Organisation.objects.values_list("sort_key", "id"))
    wordings = _wordings("lead_wording")
    with connection.cursor() as cursor:
        cursor.execute(
            """update earlyhelp_tac t set lead_organisation_id = m.organisation
               from unnest(%s::text[], %s::bigint[]) as m (wording, organisation)
               where t.lead_wording = m.wording and t.lead_organisation_id is distinct from m.organisation""",
            [wordings, [known.get(sort_key(wording)) for wording in wordings]],
        )
        return cursor.rowcount


def _wordings(column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"select distinct {column} from earlyhelp_tac where {column} <> ''")
        return [wording for (wording,) in cursor.fetchall()]
