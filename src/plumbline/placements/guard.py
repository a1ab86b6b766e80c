"""The placement guard, kept by the database itself: no placement begins at an adverse setting, no matter who writes it.

The database need not know the rules. A setting carries its status, and two revisions: `judgements_rev`, raised here
on any change of an inspection, judgement, notice, unregistered use or registration, and `evaluated_rev`, set with
the status by the program that applied the rules. While they differ nobody knows the status, and the guard refuses.

A placement is tried when it is written, under a share lock on its setting, so that a judgement being written at the
same instant either waits for it (and then finds the child) or is seen. Locks on several settings are taken in URN
order. Decision record: the placement guard.
"""

import psycopg
from django.db import DatabaseError, connection

from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.people.acting import OF_THE_MACHINE
from plumbline.people.guard import by_a_person, those_who

# The SQLSTATE with which the database refuses.
REFUSED = "PL001"

SQL = """
create or replace function ofsted_raise_judgements_rev(changed bigint[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    -- The lock keeps an evaluation from missing this; a setting that waits to be evaluated is closed
    -- already.
    perform from ofsted_setting where id = any(changed) order by urn, id for no key update;
    update ofsted_setting set judgements_rev = judgements_rev + 1
        where id = any(changed) and judgements_rev = evaluated_rev;
end $$;

create or replace function ofsted_setting_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    changed bigint[];
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct setting_id) into changed from new_rows;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct setting_id) into changed from old_rows;
    else
        select array_agg(distinct x.setting_id) into changed from (
            (select * from new_rows except select * from old_rows)
            union all (select * from old_rows except select * from new_rows)) x;
    end if;
    if changed is not null then
        perform ofsted_raise_judgements_rev(changed);
    end if;
    return null;
end $$;

create or replace function ofsted_judgement_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    inspections bigint[];
    changed bigint[];
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct inspection_id) into inspections from new_rows;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct inspection_id) into inspections from old_rows;
    else
        select array_agg(distinct x.inspection_id) into inspections from (
            (select * from new_rows except select * from old_rows)
            union all (select * from old_rows except select * from new_rows)) x;
    end if;
    -- In a statement of its own: one that is planned for a single row must not go through a table for each of many.
    select array_agg(distinct i.setting_id) into changed from ofsted_inspection i where i.id = any(inspections);
    if changed is not null then
        perform ofsted_raise_judgements_rev(changed);
    end if;
    return null;
end $$;

create or replace function ofsted_registration_changed() returns trigger language plpgsql as $$
begin
    new.judgements_rev := greatest(new.judgements_rev, old.judgements_rev + 1);
    return new;
end $$;
create or replace trigger guard_registration before update on ofsted_setting for each row
    when (new.registration_status is distinct from old.registration_status)
    execute function ofsted_registration_changed();

create or replace function placements_guard() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    place record;
    status_then text;
    blocked constant text[] := array['unregistered', 'adverse', 'closed'];
    imported boolean;
    found_exception bigint;
begin
    -- What a source told had happened. A page that changes it since is no import: only who may say so passes as one.
    imported := new.source <> 'here'
        and has_column_privilege(session_user, 'placements_placement', 'source', 'update');
    if tg_op = 'INSERT' and new.source <> 'here' and not imported then
        raise exception 'Where a child is placed by another system is for its import to say.'
            using errcode = 'insufficient_privilege';
    end if;
    if new.setting_id is null then
        new.began_adverse := false;
        return new;
    end if;
    if tg_op = 'UPDATE' and new.setting_id is not distinct from old.setting_id and new.child_id = old.child_id
        and new.started_on = old.started_on and new.exception_id is not distinct from old.exception_id
        and (new.ended_on is not distinct from old.ended_on or new.ended_on < coalesce(old.ended_on, 'infinity'))
    then
        -- Ended, or ended earlier: always allowed. Whether it began at an adverse setting stays the truth.
        select p.status into status_then from ofsted_statusperiod p where p.setting_id = new.setting_id
            and p.from_on <= new.started_on and (p.to_on is null or p.to_on > new.started_on);
        new.began_adverse := coalesce(status_then, '') = any(blocked)
            and (new.exception_id is not null or new.source <> 'here');
        return new;
    end if;
    select s.urn, s.status, s.judgements_rev, s.evaluated_rev into place
        from ofsted_setting s where s.id = new.setting_id for share;
    -- Read by a statement of its own, after the lock: it sees what was committed while this one waited.
    select p.status into status_then from ofsted_statusperiod p where p.setting_id = new.setting_id
        and p.from_on <= new.started_on and (p.to_on is null or p.to_on > new.started_on);
    new.began_adverse := coalesce(status_then, '') = any(blocked);
    if imported then
        return new;
    end if;
    if place.evaluated_rev = place.judgements_rev and place.status <> all(blocked) and not new.began_adverse then
        return new;
    end if;
    select e.id into found_exception from placements_placementexception e
        where e.child_id = new.child_id and e.setting_id = new.setting_id
            and (new.exception_id is null or e.id = new.exception_id)
            and new.started_on between e.from_on and e.ends_on
            -- At night there is nobody to ask: approval follows by the next working day.
            and (e.state = 'approved'
                or e.state = 'asked' and e.grounds = 'emergency_night' and new.started_on <= e.from_on + 1)
        order by e.state, e.id limit 1 for share;
    if found_exception is not null then
        new.exception_id := found_exception;
        return new;
    end if;
    if place.evaluated_rev <> place.judgements_rev then
        raise exception 'What is known about setting % has changed and has not been evaluated yet, '
            'so no placement may begin there.', place.urn using errcode = 'PL001';
    end if;
    raise exception 'Setting % % % and no placement may begin there without an approved exception for this child.',
        place.urn, case when place.status = any(blocked) then 'is' else 'was' end,
        case when place.status = any(blocked) then place.status
            else status_then || ' on ' || to_char(new.started_on, 'FMDD FMMonth YYYY') || ',' end
        using errcode = 'PL001';
end $$;
create or replace trigger guard_insert before insert on placements_placement
    for each row execute function placements_guard();
create or replace trigger guard_update before update of
    setting_id, started_on, ended_on, child_id, exception_id, source, began_adverse on placements_placement
    for each row execute function placements_guard();

create or replace function placements_keep_exception() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if (new.child_id, new.setting_id, new.grounds, new.reason, new.from_on, new.asked_by_id, new.asked_at)
            is not distinct from
            (old.child_id, old.setting_id, old.grounds, old.reason, old.from_on, old.asked_by_id, old.asked_at)
            and (old.state = 'asked' or (new.state, new.decided_by_id, new.decided_at) is not distinct from
                (old.state, old.decided_by_id, old.decided_at) and new.ends_on <= old.ends_on)
        then
            return new;
        end if;
        raise exception 'An exception stays as it was asked for and decided; ask for another.'
            using errcode = 'restrict_violation';
    end if;
    raise exception 'An exception is never deleted.' using errcode = 'restrict_violation';
end $$;
create or replace trigger keep before update or delete on placements_placementexception
    for each row execute function placements_keep_exception();
"""

# Run by the pages, which may write none of this themselves.
FUNCTIONS = (
    """
create or replace function placements_decide_exception(
    asked_for bigint, approve boolean, decider bigint, decided timestamptz, why text, on_day date) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    asked record;
begin
    if not {machine} and not exists (select from people_acting() p where p.acts = decider and p.acts_on = on_day) then
        raise exception 'An exception is decided by the person who is signed in.' using errcode = 'PL001';
    end if;
    if not people_holds(decider, array[{deciders}], on_day) then
        raise exception 'Only who holds a role that decides exceptions decides one.' using errcode = 'PL001';
    end if;
    select e.* into asked from placements_placementexception e where e.id = asked_for for update;
    if asked.asked_by_id = decider then
        raise exception 'The person who asks for an exception does not decide it.' using errcode = 'PL001';
    end if;
    update placements_placementexception set state = case when approve then 'approved' else 'refused' end,
        decided_by_id = decider, decided_at = decided, decision_reason = why where id = asked_for;
end $$;

-- One for an emergency at night opens a setting before anyone has decided it, so who asks is checked too.
"""
    + by_a_person(
        "placements_exception_is_asked",
        """    if new.state <> 'asked' or new.decided_by_id is not null then
        raise exception 'An exception is asked for first, and decided by someone else.' using errcode = 'PL001';
    end if;
    if who.acts is distinct from new.asked_by_id or not people_holds(who.acts, array[{askers}], who.acts_on) then
        raise exception 'An exception is asked for by the person who is signed in, in a role that asks for them.'
            using errcode = 'PL001';
    end if;
    return new;
""",
    )
    + """
create or replace trigger guard_asked before insert on placements_placementexception
    for each row execute function placements_exception_is_asked();

-- What the pages make a setting begins as one of which nothing is known.
create or replace function ofsted_setting_is_unknown() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not {machine} then
        new.status := 'unmatched';
        new.status_since := null;
        new.reasons := '[]';
        new.rule_version := '';
        new.judgements_rev := 0;
        new.evaluated_rev := 0;
    end if;
    return new;
end $$;
create or replace trigger guard_made before insert on ofsted_setting
    for each row execute function ofsted_setting_is_unknown();

-- What the rules say of settings, worked out by the caller. One whose judgements have not changed since it
-- was evaluated is not opened by it, and its days that have passed stay as they are.
create or replace function ofsted_keep_evaluation(removed bigint[], added jsonb, outcome jsonb, version text)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    opened text;
    news bigint[];
begin
    perform from ofsted_setting s where s.id in (select (o ->> 'id')::bigint from jsonb_array_elements(outcome) o)
        order by s.urn, s.id for no key update;
    select s.urn into opened from jsonb_array_elements(outcome) o join ofsted_setting s on s.id = (o ->> 'id')::bigint
        where s.status in ('unregistered', 'adverse', 'closed') and s.judgements_rev = s.evaluated_rev
            and o ->> 'status' not in ('unregistered', 'adverse', 'closed') limit 1;
    if opened is not null then
        raise exception 'Nothing is known about setting % that would open it.', opened using errcode = 'PL001';
    end if;
    select array_agg(s.id) into news from jsonb_array_elements(outcome) o
        join ofsted_setting s on s.id = (o ->> 'id')::bigint where s.judgements_rev <> s.evaluated_rev;
    delete from ofsted_statusperiod p where p.id = any(removed) and p.setting_id = any(news);
    insert into ofsted_statusperiod (setting_id, from_on, to_on, status, reasons, rule_version)
        select (a ->> 'id')::bigint, (a ->> 'from_on')::date, (a ->> 'to_on')::date, a ->> 'status', a -> 'reasons',
            a ->> 'version' from jsonb_array_elements(added) a where (a ->> 'id')::bigint = any(news);
    update ofsted_setting s set status = o ->> 'status', status_since = (o ->> 'since')::date, reasons = o -> 'reasons',
            rule_version = version, evaluated_rev = s.judgements_rev
        from jsonb_array_elements(outcome) o where s.id = (o ->> 'id')::bigint;
end $$;
"""
)

STATEMENT_TRIGGERS = """
create or replace trigger guard_insert after insert on {table} referencing new table as new_rows
    for each statement execute function {function}();
create or replace trigger guard_update after update on {table} referencing old table as old_rows new table as new_rows
    for each statement execute function {function}();
create or replace trigger guard_delete after delete on {table} referencing old table as old_rows
    for each statement execute function {function}();
"""


def sync() -> None:
    """Bring the guard's functions and triggers up to date. Run by the owner after every migration."""
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        cursor.execute(
            FUNCTIONS.format(
                machine=OF_THE_MACHINE,
                deciders=those_who(Permission.PLACEMENT_EXCEPTION_DECIDE),
                askers=those_who(Permission.PLACEMENT_EXCEPTION_ASK),
            )
        )
        for table in ("ofsted_inspection", "ofsted_notice", "ofsted_unregistereduse"):
            cursor.execute(STATEMENT_TRIGGERS.format(table=table, function="ofsted_setting_changed"))
        cursor.execute(STATEMENT_TRIGGERS.format(table="ofsted_judgement", function="ofsted_judgement_changed"))


def refusal(error: DatabaseError) -> RuleBroken | None:
    """The guard's refusal as a sentence, or None where the database refused for another reason."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error) or cause.sqlstate != REFUSED:
        return None
    return RuleBroken(cause.diag.message_primary or "", code="setting_adverse")
