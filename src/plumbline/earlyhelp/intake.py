"""TACs and their audits, as an extract brings them, with what the council's map and register say of each wording."""

from plumbline.audit.intake import Column, Intake, Need, same

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
    needs=(
        Need(
            "people_child",
            of="person",
            code="unknown_person",
            reason="No person {} is known, from this extract or an earlier one.",
            absent="The row names no person.",
        ),
    ),
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
