"""Who holds a role, kept by the database itself: SQL by the pages' login gives nobody one (docs/adr/0033)."""

from collections.abc import Iterable

from django.db import connection

from plumbline.people.access import MAY_INVITE, PROVIDER_USER, ROLES, Permission, needs_second_person
from plumbline.people.acting import OF_THE_MACHINE


def by_a_person(function: str, body: str) -> str:
    """SQL of a trigger's function, `body`, to be formatted with `machine`: what the machine does goes through, and of
    all else it is known who acts (`who`; nobody where nothing was signed)."""
    return (
        f"create or replace function {function}() returns trigger\n"
        "language plpgsql security definer set search_path = public, pg_temp as $$\n"
        "declare\n    who record;\nbegin\n"
        "    if {machine} then\n        return coalesce(new, old);\n    end if;\n"
        f"    select * into who from people_acting();\n{body}end $$;\n"
    )


_SQL = (
    by_a_person(
        "people_guard_role_held",
        """    if who.acts is null then
        raise exception 'A role is given or ended by someone who is signed in.' using errcode = 'PL001';
    end if;
    if who.acts = coalesce(new.user_id, old.user_id) then
        raise exception 'Nobody changes what they themselves may do.' using errcode = 'PL001';
    end if;
    if tg_op = 'INSERT' and new.role in ({needs_two}) then
        -- Asked for by another, who was checked then, and confirmed by this one.
        if not people_holds(who.acts, array[{confirm}], who.acts_on) or not exists (
            select from people_roleasked a
            where a.state = 'given' and a.decided_by_id = who.acts and a.asked_by_id <> who.acts
                and (a.user_id, a.role, a.team) = (new.user_id, new.role, new.team)
                and a.organisation_id is not distinct from new.organisation_id
                and a.from_on <= new.from_on and a.to_on is not distinct from new.to_on)
        then
            raise exception 'This role is asked for by one person and confirmed by another.' using errcode = 'PL001';
        end if;
        return new;
    end if;
    -- The person who asks an organisation for something invites a person to answer for it: this one role, held by
    -- nobody else than the account that is made for it, which waits for its first password.
    if coalesce(new.role, old.role) = '{invited}' and tg_op in ('INSERT', 'DELETE')
        and people_holds(who.acts, array[{invite}], who.acts_on)
        and exists (
            select from people_invitation i join people_user u on u.id = i.user_id
            where i.user_id = coalesce(new.user_id, old.user_id) and i.state = 'waiting'
                and i.organisation_id = coalesce(new.organisation_id, old.organisation_id)
                and (tg_op = 'DELETE' or i.invited_by_id = who.acts)
                and not u.is_active and u.password like '!%')
        and (tg_op = 'DELETE' or not exists (select from people_roleheld h where h.user_id = new.user_id))
    then
        return coalesce(new, old);
    end if;
    if not people_holds(who.acts, array[{manage}], who.acts_on) then
        raise exception 'Only who manages users gives and ends roles.' using errcode = 'PL001';
    end if;
    if tg_op = 'UPDATE' and (
        to_jsonb(new) - array['to_on', 'ended_at'] <> to_jsonb(old) - array['to_on', 'ended_at']
        or new.to_on is null or new.to_on > old.to_on
        or old.ended_at is not null and new.ended_at is distinct from old.ended_at)
    then
        raise exception 'A role that is held is ended, or ended earlier; nothing else.' using errcode = 'PL001';
    end if;
    return coalesce(new, old);
""",
    )
    + """
create or replace trigger guard before insert or update or delete on people_roleheld
    for each row execute function people_guard_role_held();
"""
    + by_a_person(
        "people_guard_role_asked",
        """    if tg_op = 'INSERT' then
        if new.state = 'asked' and new.asked_by_id = who.acts
            and people_holds(who.acts, array[{manage}], who.acts_on)
        then
            return new;
        end if;
        raise exception 'A role is asked for by who manages users.' using errcode = 'PL001';
    end if;
    -- Two people, neither of them the one it is for: a constraint of the table.
    if old.state = 'asked' and new.decided_by_id = who.acts and people_holds(who.acts, array[{confirm}], who.acts_on)
        and to_jsonb(new) - array['state', 'decided_by_id', 'decided_at']
            = to_jsonb(old) - array['state', 'decided_by_id', 'decided_at']
    then
        return new;
    end if;
    raise exception 'A role that was asked for is confirmed or declined once, by who confirms roles.'
        using errcode = 'PL001';
""",
    )
    + """
create or replace trigger guard before insert or update on people_roleasked
    for each row execute function people_guard_role_asked();
"""
)


def sync() -> None:
    """Bring the guard's functions and triggers up to date. Run by the owner after every migration."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(
                machine=OF_THE_MACHINE,
                needs_two=_quoted(key for key in ROLES if needs_second_person(key)),
                manage=those_who(Permission.USERS_MANAGE),
                invite=those_who(*MAY_INVITE, Permission.USERS_MANAGE),
                invited=PROVIDER_USER,
                confirm=those_who(Permission.USERS_CONFIRM),
            )
        )


def those_who(*any_of: Permission) -> str:
    """As SQL: the roles that permit one of these."""
    return _quoted(role.key for role in ROLES.values() if role.permissions.intersection(any_of))


def _quoted(keys: Iterable[str]) -> str:
    return ", ".join(f"'{key}'" for key in sorted(keys))
