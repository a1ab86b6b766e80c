"""The same import as a good analyst would write it: text staged with COPY, one upsert a table, into the same tables.

History follows by the same triggers. Nothing is checked but what the database itself checks: a wrong row stops it.
"""

# By file, in order: the target's columns in the file's terms. `s` is the row as text.
_DATE = "nullif({}, '')::date"


def _upsert(
    table: str, given: dict[str, str], rows: str, *, key: str = "source_id", fixed: tuple[str, ...] = ()
) -> str:
    compared = [name for name in given if name not in (*key.split(", "), *fixed)]
    return f"""
        with told as (
            insert into {table} as t ({", ".join(given)}) select {", ".join(given.values())} from {rows}
            on conflict ({key}) do update set ({", ".join(compared)})
                = row({", ".join(f"excluded.{name}" for name in compared)})
            where ({", ".join(f"t.{name}" for name in compared)})
                is distinct from ({", ".join(f"excluded.{name}" for name in compared)}) returning id)
        insert into {table}origin (id, import_run_id) select id, %(run)s from told
        on conflict (id) do update set (import_run_id, missing_since) = row(excluded.import_run_id, null)"""


_FOLD = "lower(regexp_replace(btrim({}), '\\s+', ' ', 'g'))"
_ID = "upper(btrim({}))"
_PERSON = "join people_child c on c.source_id = "

UPSERTS: dict[str, tuple[str, ...]] = {
    "organisations": (
        f"""insert into people_organisation as t (name, sort_key, sector, urn)
            select name, {_FOLD.format("name")}, sector, coalesce(urn, '') from staged_organisations s
            on conflict (sort_key) do update set (name, sector, urn) = row(excluded.name, excluded.sector, excluded.urn)
            where (t.name, t.sector, t.urn) is distinct from (excluded.name, excluded.sector, excluded.urn)""",
    ),
    "code_map": (
        f"""insert into people_codemapping as t ("column", wording, wording_key, code)
            select "column", source_value, {_FOLD.format("source_value")}, code from staged_code_map s
            on conflict ("column", wording_key) do update set code = excluded.code
            where t.code is distinct from excluded.code""",
    ),
    "ssd_professionals": (
        _upsert(
            "people_professional",
            {
                "source_id": _ID.format("prof_professional_id"),
                "name": "prof_professional_name",
                "sort_key": _FOLD.format("prof_professional_name"),
                "job_title": "coalesce(prof_professional_job_title, '')",
                "department": "coalesce(prof_professional_department, '')",
            },
            "staged_ssd_professionals s",
        ),
    ),
    "ssd_person": (
        _upsert(
            "people_child",
            {
                "source_id": _ID.format("pers_person_id"),
                "forename": "pers_forename",
                "surname": "pers_surname",
                "sort_key": f"{_FOLD.format('pers_surname')} || ', ' || {_FOLD.format('pers_forename')}",
                "sex": "pers_sex",
                "dob": _DATE.format("pers_dob"),
                "ethnicity": "pers_ethnicity",
                "restricted": "false",
            },
            "staged_ssd_person s",
            fixed=("restricted",),
        ),
    ),
    "ssd_early_help_episodes": (
        _upsert(
            "earlyhelp_tac",
            {
                "source_id": _ID.format("earl_episode_id"),
                "child_id": "c.id",
                "started_on": _DATE.format("earl_episode_start_date"),
                "ended_on": _DATE.format("earl_episode_end_date"),
                "reason_wording": "coalesce(earl_episode_reason, '')",
                "end_wording": "coalesce(earl_episode_end_reason, '')",
                "closure_code": "case when coalesce(earl_episode_end_date, '') = '' then ''"
                " else coalesce(m.code, '') end",
                "lead_wording": "coalesce(earl_episode_organisation, '')",
                "lead_organisation_id": "o.id",
                "worker_wording": "coalesce(earl_episode_worker_id, '')",
                "lead_professional_id": "p.id",
                "step_down_recorded": "false",
            },
            f"""staged_ssd_early_help_episodes s {_PERSON} {_ID.format("earl_person_id")}
                left join people_codemapping m on m."column" = 'earl_episode_end_reason'
                    and m.wording_key = {_FOLD.format("earl_episode_end_reason")}
                left join people_organisation o on o.sort_key = {_FOLD.format("earl_episode_organisation")}
                left join people_professional p on p.source_id = {_ID.format("earl_episode_worker_id")}""",
            fixed=("step_down_recorded",),
        ),
    ),
    "ssd_cin_episodes": (
        _upsert(
            "socialcare_referral",
            {
                "source_id": _ID.format("cine_referral_id"),
                "child_id": "c.id",
                "referred_on": _DATE.format("cine_referral_date"),
                "source_code": "coalesce(cine_referral_source_code, '')",
                "nfa": "cine_referral_nfa = 'Y'",
                "closed_on": _DATE.format("cine_close_date"),
                "close_reason": "coalesce(cine_close_reason, '')",
                "worker_wording": "coalesce(cine_referral_worker_id, '')",
            },
            f"staged_ssd_cin_episodes s {_PERSON} {_ID.format('cine_person_id')}",
        ),
    ),
    "ssd_involvements": (
        _upsert(
            "socialcare_involvement",
            {
                "source_id": _ID.format("invo_involvements_id"),
                "child_id": "c.id",
                "professional_id": "p.id",
                "professional_wording": "coalesce(invo_professional_id, '')",
                "role": "coalesce(invo_professional_role_id, '')",
                "team": "coalesce(invo_professional_team, '')",
                "from_on": _DATE.format("invo_involvement_start_date"),
                "to_on": _DATE.format("invo_involvement_end_date"),
            },
            f"""staged_ssd_involvements s {_PERSON} {_ID.format("invo_person_id")}
                left join people_professional p on p.source_id = {_ID.format("invo_professional_id")}""",
        ),
    ),
    "ssd_cla_placement": (
        f"""insert into ofsted_setting (register, urn, name, sort_key, provision_type, phase, local_authority, region,
                sector, registration_status, linked_urn, status, reasons, rule_version, judgements_rev, evaluated_rev)
            select distinct 'social_care', {_ID.format("clap_cla_placement_urn")},
                '', '', '', '', '', '', '', '', '', 'unmatched', '[]'::jsonb, '', 0, 0
            from staged_ssd_cla_placement s where clap_cla_placement_urn ~ '[0-9]' order by 2 on conflict do nothing""",
        _upsert(
            "placements_placement",
            {
                "source": "'social_care'",
                "source_id": _ID.format("clap_cla_placement_id"),
                "child_id": "c.id",
                "setting_id": "g.id",
                "urn_wording": "btrim(clap_cla_placement_urn)",
                "placement_type": "coalesce(clap_cla_placement_type, '')",
                "provider_type": "coalesce(clap_cla_placement_provider, '')",
                "caseworker_wording": "''",
                "started_on": _DATE.format("clap_cla_placement_start_date"),
                "ended_on": _DATE.format("clap_cla_placement_end_date"),
                "began_adverse": "false",
            },
            f"""staged_ssd_cla_placement s {_PERSON} {_ID.format("clap_person_id")}
                left join ofsted_setting g on g.register = 'social_care'
                    and g.urn = {_ID.format("clap_cla_placement_urn")}""",
            key="source, source_id",
            fixed=("began_adverse",),
        ),
    ),
    "tac_audits": (
        _upsert(
            "earlyhelp_tacaudit",
            {
                "source_id": _ID.format("audit_id"),
                "tac_id": "e.id",
                "audited_on": _DATE.format("audit_date"),
                "auditor_wording": "coalesce(auditor_id, '')",
                "grade": "replace(lower(grade), ' ', '_')",
                "moderated_grade": "''",
            },
            "staged_tac_audits s join earlyhelp_tac e on e.source_id = upper(btrim(s.earl_episode_id))",
            fixed=("moderated_grade",),
        ),
    ),
}
