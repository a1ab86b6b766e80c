"""In which words a person is meant, on a day: their own, those of their roles, of what these permit, and of the
organisation that they act for, under all its names. Duties and flags say so whose they are (`kernel.duties`)."""

from django.db import connection

from plumbline.people.access import ALSO_READ, ROLES, Permission
from plumbline.people.row_rules import lasting

# An organisation and all that are the same body, as `same`: whatever it was merged into, and everything merged into
# that. `{these}`: a select of those it begins with, their number and what each was merged into.
SAME_BODY = """up as (
        {these}
        union select o.id, o.merged_into_id from people_organisation o join up on o.id = up.merged_into_id
    ), same as (
        select id from up where merged_into_id is null
        union select o.id from people_organisation o join same on o.merged_into_id = same.id
    )"""
_ACTED_FOR = """select o.id, o.merged_into_id from held join carried c using (role)
            join people_organisation o on o.id = held.organisation_id where c.permission = '{portal}'"""
_FUNCTIONS = f"""
create or replace function people_keys_of(person bigint, on_day date) returns text[]
language sql stable security definer set search_path = public, pg_temp as $$
    with recursive held as (
        select h.role, h.team, h.organisation_id from people_roleheld h join people_user u on u.id = h.user_id
        where h.user_id = person and u.is_active and {lasting("h", day="on_day")}
    ), carried(role, permission) as (values {{carried}}),
    permitted as (select distinct permission from held join carried using (role)),
    put as (
        select role, team from held union select also.reads, team from held join (values {{also}}) also(role, reads)
            using (role)
    ),
    {SAME_BODY.format(these=_ACTED_FOR)}
    select array(
        select 'u:' || person where exists (select from permitted)
        union all select 'u:' || person || '/' || permission from permitted
        union all select 'may:' || permission from permitted
        union all select 'role:' || role from (select distinct role from held) roles
        -- Of a team, or of any, “*”, for who holds the role in every team.
        union all select distinct 'put:' || role || rest
            from put, unnest(array['', '/' || coalesce(nullif(team, ''), '*')]) rest
            where exists (select from permitted where permission = '{{flags}}')
        union all select 'org:' || id from same
    )
$$;
create or replace function people_keys_of_the_viewer() returns text[]
language sql stable parallel restricted security definer set search_path = public, pg_temp as $$
    select people_keys_of(a.acts, a.acts_on) from people_acting() a where a.acts is not null
$$;
"""


def sync() -> None:
    """Make the functions. Run by the owner after every migration, once it is known who acts (people.acting)."""
    carried = ", ".join(f"('{role.key}', '{each}')" for role in ROLES.values() for each in sorted(role.permissions))
    also = ", ".join(f"('{role}', '{each}')" for role, others in ALSO_READ.items() for each in others)
    of = {"portal": Permission.PROVIDER_PORTAL, "flags": Permission.FLAGS_VIEW}
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTIONS.format(carried=carried, also=also, **of))
