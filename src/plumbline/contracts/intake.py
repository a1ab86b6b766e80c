"""Contracts and what was looked at under them, as the council's own files bring them.

How rows become rows of a table: see `intake.tables`. Providers and settings that nobody has named yet are made first.
"""

from collections.abc import Collection, Mapping

from django.db import connection

from plumbline.intake import merging
from plumbline.intake.models import Import
from plumbline.intake.tables import Column, Intake, Need, same
from plumbline.kernel.identifiers import CHARITY, COMPANY, LOCAL
from plumbline.ofsted.intake import make_settings, register_meant

# The organisation of a staged row: by its number, else its name, else another wording that was said to mean it. A
# number of which nobody said whose register it is of names the one body that has it as a company or as a charity.
_PROVIDER = f"""(select found.id from (
        select i.organisation_id as id, case i.scheme when '{LOCAL}' then 1 else 0 end as rank
            from people_organisationidentifier i
            where s.provider_value <> '' and i.scheme = s.provider_scheme and i.value = s.provider_value
        union all select min(i.organisation_id), 0 from people_organisationidentifier i
            where s.provider_scheme = '{LOCAL}' and s.provider_value ~ '^[0-9]{{1,7}}$'
                and (i.scheme, i.value) in (('{CHARITY}', ltrim(s.provider_value, '0')),
                    ('{COMPANY}', lpad(s.provider_value, 8, '0')))
            having count(distinct i.organisation_id) = 1
        union all select o.id, 2 from people_organisation o where o.sort_key = s.provider_key
        union all select n.organisation_id, 3 from people_organisationname n where n.sort_key = s.provider_key
    ) found order by rank limit 1)"""

_OF_CONTRACT = Need(
    "contracts_contract",
    of="contract",
    key="reference",
    code="unknown_contract",
    reason="No contract {} is known, from these files or earlier ones.",
    absent="The row names no contract.",
)
_CONTRACT = "join contracts_contract c on c.reference = s.contract"


def _make_providers(staged: str) -> None:
    """The bodies that nobody has named yet, and the numbers: those whose register is said first, for the others are
    looked up among them."""
    for said in (f"s.provider_scheme <> '{LOCAL}'", f"s.provider_scheme = '{LOCAL}'"):
        merging.insert(
            "people_organisation",
            given={"name": "n.provider", "sort_key": "n.provider_key", "sector": "'other'"},
            # Two names of one number are one body, made under the first of them.
            rows=f"""(select distinct on (coalesce(nullif(s.provider_value, ''), s.provider_key), s.provider_scheme)
                        s.provider, s.provider_key from {staged} s where {said} and {_PROVIDER} is null
                    order by coalesce(nullif(s.provider_value, ''), s.provider_key), s.provider_scheme, s.line) n
                order by n.provider_key on conflict do nothing""",
            parameters={},
        )
        merging.insert(
            "people_organisationidentifier",
            given={"organisation_id": "n.organisation", "scheme": "n.provider_scheme", "value": "n.provider_value"},
            rows=f"""(select distinct on (s.provider_scheme, s.provider_value) s.provider_scheme, s.provider_value,
                    {_PROVIDER} as organisation from {staged} s where {said} and s.provider_value <> ''
                    order by s.provider_scheme, s.provider_value, s.line) n
                where n.organisation is not null on conflict do nothing""",
            parameters={},
        )


def _take_settings(staged: str, import_run: Import, absent: Collection[str]) -> int:
    """Bring the settings of the staged contracts in line with the file; how many contracts changed by this alone."""
    if "setting_urns" in absent:
        return 0
    named = f"""select c.id as contract_id, u.urn from {staged} s
        join contracts_contract c on c.reference = s.id
        left join lateral unnest(string_to_array(s.setting_urns, ';')) u (urn) on u.urn <> ''"""
    make_settings(f"select urn from ({named}) named", register=register_meant("s.urn"))
    # A contract that this import has changed already is counted.
    changed = """(select contract_id as id from gone union select contract_id from come) changed where not exists (
        select from contracts_contractorigin k where k.id = changed.id and k.import_run_id = %(run)s)"""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""create temporary table named_settings on commit drop as
                select distinct on (n.contract_id, n.urn) n.contract_id, n.urn, g.id as setting_id
                from ({named}) n left join ofsted_setting g
                    on g.urn = n.urn and g.register = {register_meant("n.urn")}"""
        )
        cursor.execute(
            f"""with gone as (
                    delete from contracts_contractsetting t using named_settings n
                    where n.contract_id = t.contract_id and not exists (select from named_settings k
                        where k.contract_id = t.contract_id and k.setting_id = t.setting_id)
                    returning t.contract_id),
                come as (
                    insert into contracts_contractsetting (contract_id, setting_id, urn)
                    select contract_id, setting_id, urn from named_settings n
                    where setting_id is not null and not exists (select from contracts_contractsetting k
                        where k.contract_id = n.contract_id and k.setting_id = n.setting_id)
                    returning contract_id)
                {merging.trace("contracts_contractorigin", of=changed)}""",
            {"run": import_run.pk},
        )
        also = cursor.rowcount
        cursor.execute("drop table named_settings")
    return also


CONTRACTS = Intake(
    table="contracts_contract",
    columns=(
        Column("provider_id", _PROVIDER, "provider"),
        *same("title", "kind", "service", "starts_on", "ends_on", "value", "statutory_from", "visit_required"),
        Column("manager_wording", "s.manager", "manager"),
        Column("area_lead_wording", "s.area_lead", "area_lead"),
    ),
    fixed={"reference": "s.id", "state": "'live'", "live_before": "true"},
    match="t.reference = s.id",
    before=_make_providers,
    after=_take_settings,
)

ASSESSMENTS = Intake(
    table="contracts_assessment",
    columns=same("valid_until"),
    joins=_CONTRACT,
    needs=(_OF_CONTRACT,),
    fixed={"contract_id": "c.id", "kind": "s.kind", "completed_on": "s.completed_on"},
    match="t.contract_id = c.id and t.kind = s.kind and t.completed_on = s.completed_on",
)

POLICIES = Intake(
    table="contracts_policyreview",
    columns=(),
    joins=_CONTRACT,
    needs=(_OF_CONTRACT,),
    fixed={"contract_id": "c.id", "policy": "s.policy", "reviewed_on": "s.reviewed_on"},
    match="t.contract_id = c.id and t.policy = s.policy and t.reviewed_on = s.reviewed_on",
)

EVALUATIONS = Intake(
    table="contracts_evaluation",
    # A meeting that was planned for this day was held.
    columns=(*same("service_area_present"), Column("state", "'held'", "held_on")),
    joins=_CONTRACT,
    needs=(_OF_CONTRACT,),
    fixed={"contract_id": "c.id", "held_on": "s.held_on"},
    match="t.contract_id = c.id and t.held_on = s.held_on",
    scope="t.state <> 'cancelled'",
)

VISITS = Intake(
    table="contracts_visit",
    columns=(),
    joins=f"""{_CONTRACT} left join ofsted_setting g
        on g.urn = s.setting_urn and g.register = {register_meant("s.setting_urn")}""",
    needs=(_OF_CONTRACT,),
    fixed={"contract_id": "c.id", "setting_id": "g.id", "visited_on": "s.visited_on", "state": "'held'"},
    match="t.contract_id = c.id and t.visited_on = s.visited_on and t.setting_id is not distinct from g.id",
    scope="t.state not in ('planned', 'cancelled')",
    before=lambda staged: make_settings(f"select setting_urn as urn from {staged}", register=register_meant("s.urn")),
)

LAW_CHANGES = Intake(
    table="evidence_lawchange",
    columns=(
        *same("title", "in_force", "review_by"),
        Column("policies", "string_to_array(s.policies, ';')::varchar[]", "policies"),
    ),
    fixed={"source_id": "s.id"},
)


def follow_registers(meant: Mapping[int, int]) -> list[int]:
    """Let contracts, and what was looked at and happened under them, point to the setting that their URN means now;
    the contracts concerned. `meant`: of `ofsted.intake.meant_otherwise`."""
    concerned: set[int] = set()
    with connection.cursor() as cursor:
        # A contract's URNs are of a file or a form, neither of which names a register.
        cursor.execute(
            f"""create temporary table moved on commit drop as
                select t.id, t.contract_id, t.setting_id as old, m.id as new from contracts_contractsetting t
                join ofsted_setting o on o.id = t.setting_id and o.urn ~ '^[0-9]{{6}}$'
                join ofsted_setting m on m.urn = o.urn and m.register = {register_meant("o.urn")}
                where m.id <> o.id;
                delete from contracts_contractsetting t using moved where t.id = moved.id and exists (
                    select from contracts_contractsetting k
                    where k.contract_id = moved.contract_id and k.setting_id = moved.new);
                update contracts_contractsetting t set setting_id = moved.new from moved where t.id = moved.id;
                update contracts_visit v set setting_id = moved.new from moved
                    where v.contract_id = moved.contract_id and v.setting_id = moved.old;
                update contracts_incident i set setting_id = moved.new from moved
                    where i.contract_id = moved.contract_id and i.setting_id = moved.old"""
        )
        cursor.execute("select contract_id from moved")
        concerned |= {contract for (contract,) in cursor.fetchall()}
        cursor.execute("drop table moved")
        # What else names a setting that no list knows and that was meant otherwise.
        pairs = {"old": list(meant), "new": list(meant.values())}
        for table in ("contracts_visit", "contracts_incident"):
            cursor.execute(
                f"""update {table} t set setting_id = m.new
                    from unnest(%(old)s::bigint[], %(new)s::bigint[]) m (old, new)
                    where t.setting_id = m.old returning t.contract_id""",
                pairs,
            )
            concerned |= {contract for (contract,) in cursor.fetchall() if contract is not None}
        cursor.execute(
            """update contracts_homereport t set setting_id = m.new
               from unnest(%(old)s::bigint[], %(new)s::bigint[]) m (old, new)
               where t.setting_id = m.old and not exists (select from contracts_homereport k
                   where k.setting_id = m.new and k.kind = t.kind and k.period_from = t.period_from)""",
            pairs,
        )
    return sorted(concerned)


# The user whom a wording means: as a person said, else by the number of their professional or the name they sign in
# with, else by their name where one alone has it.
_PERSON = """coalesce(
    (select m.user_id from contracts_personwording m where lower(m.wording) = lower(c.{column}_wording)),
    (select min(u.id) from people_user u left join people_professional p on p.id = u.professional_id
        where u.is_active and (p.source_id = upper(c.{column}_wording) or u.username = lower(c.{column}_wording))
        having count(*) = 1),
    (select min(u.id) from people_user u where u.is_active and lower(u.name) = lower(c.{column}_wording)
        having count(*) = 1))"""


def find_people() -> list[int]:
    """Name the manager and service-area lead of each contract as its wording says: nobody, where it says nobody who is
    known. The person from whom the wording was made, on the register's form, stays. The contracts that changed."""
    found: set[int] = set()
    with connection.cursor() as cursor:
        for column in ("manager", "area_lead"):
            cursor.execute(
                f"""update contracts_contract c set {column}_id = said.person
                    from (select c.id, {_PERSON.format(column=column)} as person from contracts_contract c
                          left join people_user o on o.id = c.{column}_id
                          where c.{column}_wording <> '' and lower(coalesce(o.name, '')) <> lower(c.{column}_wording)
                    ) said
                    where said.id = c.id and c.{column}_id is distinct from said.person returning c.id"""
            )
            found |= {pk for (pk,) in cursor.fetchall()}
    return sorted(found)
