"""The list of March 2025 into our own tables as a good analyst would write it: one upsert a table from staged text.

History follows by the same triggers. Nothing is read but this one year's columns, nothing is checked, the wordings of
this year alone are known, and where a setting stands is taken from its overall grade alone.
"""

_DATE = "to_date(nullif({}, ''), 'DD/MM/YYYY')"
_GIVEN = "coalesce(nullif({}, 'REDACTED'), '')"
_INSPECTED = _DATE.format('s."Latest full inspection date"')
_NAME = _GIVEN.format('s."Name"')
_OVERALL = 's."Overall experiences and progress of children and young people"'
_SUPPORTED = 's."Supported Accommodation outcome"'
_GRADES = (
    "(values ('Outstanding', 'outstanding'), ('Good', 'good'), ('Requires improvement to be good',"
    " 'requires_improvement'), ('Inadequate', 'inadequate'), ('Consistently strong service delivery',"
    " 'consistently_strong'), ('Inconsistent quality of service delivery', 'inconsistent'),"
    " ('Serious or widespread weaknesses', 'serious_weaknesses')) g(wording, grade)"
)
_OWNER = "regexp_replace(trim(s.\"Organisation which owns the provider\"), '\\s+', ' ', 'g')"
_KIND = "case when s.\"Latest Full inspection event type\" ilike 'monitoring%%' then 'monitoring' else 'full' end"
_ATTRIBUTES = (
    "jsonb_build_object('name', {name}, 'owner', s.\"Organisation which owns the provider\", 'places', s.\"Places\","
    " 'region', s.\"Government Office Region\", 'sector', s.\"Sector\", 'premises',"
    " s.\"Supported accommodation premises\", 'linked_urn', s.\"Linked Education URN\", 'short_breaks',"
    " s.\"Short-break-only children's home\", 'ofsted_region', s.\"Ofsted Region\", 'registered_on',"
    " {registered}, 'multi_building', s.\"Multi Building Children's Home\", 'provision_type',"
    " s.\"Provision type\", 'local_authority', s.\"Local authority\", 'registration_status',"
    ' s."Registration status")'
).format(name=_NAME, registered=_DATE.format('s."Registration date"'))
_SETTING = (
    "name", "sort_key", "provision_type", "local_authority", "region", "sector", "owner_id", "places",
    "registration_status", "registered_on", "linked_urn", "listed_on", "last_checked_on",
)  # fmt: skip
_ASPECTS = {
    "overall": _OVERALL,
    "education_outcomes": 's."Outcomes in education and related learning activities"',
    "health": 's."Health services"',
    "helped_protected": 's."How well children and young people are helped and protected"',
    "leaders": 's."The effectiveness of leaders and managers"',
    "supported_accommodation": _SUPPORTED,
}


def _differs(columns: tuple[str, ...], alias: str) -> str:
    ours, new = (", ".join(f"{prefix}.{column}" for column in columns) for prefix in (alias, "excluded"))
    return f"({', '.join(columns)}) = row({new}) where row({ours}) is distinct from row({new})"


_LIST = (
    "(select id from ofsted_ofstedlist where family = 'by_hand' and as_at = %(as_at)s)",
    "join ofsted_setting t on t.register = 'social_care' and t.urn = s.\"URN\"",
)

STATEMENTS = (
    """insert into intake_import (kind, label, at, by_name, as_at, backfill, files, because, withdrawn_by_name,
           withdrawn_because)
       values ('ofsted', 'by hand', now(), 'by hand', %(as_at)s, false, '{}', '', '', '')""",
    """insert into ofsted_ofstedlist (layout, register, family, as_at, whole, regions, differences, contents,
           import_run_id)
       select 'by_hand', 'social_care', 'by_hand', %(as_at)s, true, '[]', '{}', '[]', max(id) from intake_import
       having not exists (select from ofsted_ofstedlist where family = 'by_hand' and as_at = %(as_at)s)""",
    f"""insert into ofsted_owner (name, sort_key)
        select distinct on (lower(o)) o, lower(o) from (select {_OWNER} as o from staged s) s where o <> ''
        order by lower(o), o on conflict do nothing""",
    f"""insert into ofsted_setting as t (register, urn, phase, {", ".join(_SETTING)}, status, reasons, rule_version,
            judgements_rev, evaluated_rev)
        select 'social_care', s."URN", '', {_NAME}, lower({_NAME}), s."Provision type", s."Local authority",
            s."Government Office Region", s."Sector", o.id, nullif(s."Places", '')::int, s."Registration status",
            {_DATE.format('s."Registration date"')}, s."Linked Education URN", %(as_at)s, %(as_at)s, 'unmatched', '[]',
            '', 1, 0
        from staged s left join ofsted_owner o on o.sort_key = lower({_OWNER})
        order by s."URN" on conflict (register, urn) do update set {_differs(_SETTING, "t")}""",
    f"""insert into ofsted_listing as t (ofsted_list_id, setting_id, line, registration_status, attributes, said_aspect,
            said_grade, said_on)
        select {_LIST[0]}, t.id, 0, s."Registration status", {_ATTRIBUTES},
            case when {_OVERALL} <> '' then 'overall' when {_SUPPORTED} <> '' then 'supported_accommodation'
            else '' end, coalesce(g.grade, ''),
            case when coalesce(nullif({_OVERALL}, ''), {_SUPPORTED}) <> '' then {_INSPECTED} end
        from staged s {_LIST[1]} left join {_GRADES} on g.wording = coalesce(nullif({_OVERALL}, ''), {_SUPPORTED})
        on conflict (ofsted_list_id, setting_id) do update
            set {_differs(("registration_status", "attributes", "said_aspect", "said_grade", "said_on"), "t")}""",
    f"""insert into ofsted_inspection as t (setting_id, kind, framework, event_number, event_wording, inspected_on,
            published_on, predecessor_urn, inspectorate, source, ofsted_list_id, report_link)
        select t.id, {_KIND}, 'sccif', s."Latest full inspection event number", s."Latest Full inspection event type",
            {_INSPECTED}, {_DATE.format('s."Latest full inspection publication date"')}, '', 'Ofsted', 'list',
            {_LIST[0]}, ''
        from staged s {_LIST[1]} where {_INSPECTED} is not null
        on conflict (setting_id, kind, inspected_on) do update
            set {_differs(("event_number", "event_wording", "published_on"), "t")}""",
    f"""insert into ofsted_judgement as t (inspection_id, aspect, wording, grade, ofsted_list_id)
        select i.id, a.aspect, a.wording, g.grade, {_LIST[0]} from staged s {_LIST[1]}
        join ofsted_inspection i on i.setting_id = t.id and i.kind = {_KIND} and i.inspected_on = {_INSPECTED}
        cross join lateral (values {", ".join(f"('{aspect}', {column})" for aspect, column in _ASPECTS.items())})
            a(aspect, wording) join {_GRADES} on g.wording = a.wording where a.wording <> ''
        on conflict (inspection_id, aspect) do update set {_differs(("wording", "grade"), "t")}""",
    """create temporary table standing on commit drop as
       select t.id, case when bool_or(j.grade in ('inadequate', 'serious_weaknesses')) then 'adverse'
           when count(j.id) = 0 or bool_or(j.grade in ('requires_improvement', 'inconsistent')) then 'watch'
           else 'clear' end as status, coalesce(max(i.inspected_on), %(as_at)s) as since
       from ofsted_setting t left join ofsted_inspection i on i.setting_id = t.id
       left join ofsted_judgement j on j.inspection_id = i.id and j.aspect in ('overall', 'supported_accommodation')
       group by t.id""",
    """insert into ofsted_statusperiod (setting_id, status, from_on, to_on, reasons, rule_version)
       select n.id, n.status, n.since, null, '[]', 'by hand' from standing n
       where not exists (select from ofsted_statusperiod p where p.setting_id = n.id and p.from_on = n.since)""",
    """update ofsted_setting t set status = n.status, status_since = n.since, rule_version = 'by hand',
           evaluated_rev = judgements_rev
       from standing n where n.id = t.id and (t.status, t.status_since, t.rule_version, t.evaluated_rev)
           is distinct from (n.status, n.since, 'by hand', t.judgements_rev)""",
)
