"""What the database itself refuses about contracts, no matter who writes, by whatever route.

- A service that is being made ready goes live by a decision, and none is decided without a reason while a critical item
  of its plan is open.
- No day of a contract is kept with two colours, or twice with the same reason: what is read of it would be either.
- No day is kept as green on which a missing safeguarding assessment is kept.
- A kept reason that an assessment is missing goes only where one has come, the contract no longer needs it, or is no
  longer in force; and no day of a contract in force is left without a rating.

What is taken away is looked at when the change commits, so that a rating may be worked out again in between.
"""

from django.db import connection

from plumbline.contracts.queries.facts import FIRST_DAY, RATED
from plumbline.contracts.rules.rating import NEVER_HIDDEN

_WANTS = ", ".join(f"'{code}'" for code in sorted(NEVER_HIDDEN))
# The days of a contract `c` on which it is rated.
_IN_FORCE = f"""case when c.ends_on < {FIRST_DAY} then 'empty'::daterange
    else daterange({FIRST_DAY}, c.ends_on, '[]') end"""

GO_LIVE = """
create or replace function contracts_goes_live() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (select from contracts_golive g where g.contract_id = new.id) then
        raise exception 'A service goes live by a decision that says what was still open.' using errcode = 'PL003';
    end if;
    return new;
end $$;
create or replace trigger guard_go_live before update of state on contracts_contract for each row
    when (old.state = 'implementation' and new.state = 'live') execute function contracts_goes_live();
create or replace trigger guard_entered_live before insert on contracts_contract for each row
    when (new.state = 'live' and new.plan_id is not null) execute function contracts_goes_live();

create or replace function contracts_decides_go_live() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.override_because = '' and exists (
        select from contracts_contract c join commissioning_planitem i on i.plan_id = c.plan_id
        where c.id = new.contract_id and i.critical and i.state in ('open', 'in_progress'))
    then
        raise exception 'A critical item of the plan is open: going live all the same needs a reason.'
            using errcode = 'PL003';
    end if;
    return new;
end $$;
create or replace trigger guard_open_items before insert or update on contracts_golive for each row
    execute function contracts_decides_go_live();
"""

# Looked at once for each statement: an exclusion constraint takes as long again as all else that is worked out.
DAYS_APART = """
create or replace function contracts_days_apart() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    twice boolean;
begin
    execute format(
        'select exists (select from new_rows n join %I r on r.contract_id = n.contract_id and r.id <> n.id and %s
            where daterange(r.from_on, r.to_on, ''[]'') && daterange(n.from_on, n.to_on, ''[]''))',
        tg_table_name, tg_argv[0]) into twice;
    if twice then
        raise exception 'A contract has one colour on a day, and one reason once.' using errcode = 'PL003';
    end if;
    return null;
end $$;
"""
_DAYS_APART_ON = """
create or replace trigger guard_days_{event} after {event} on {table}
    referencing new table as new_rows for each statement execute function contracts_days_apart('{same}');
"""
_KEPT_BY_DAYS = {
    "contracts_ratingperiod": "true",
    "contracts_reasonperiod": "r.code = n.code and r.about = n.about",
}

RATINGS = f"""
create or replace function contracts_no_green_over_want() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (
        select from new_rows n join contracts_reasonperiod r on r.contract_id = n.contract_id
        where n.colour = 'green' and r.code in ({_WANTS})
            and daterange(r.from_on, r.to_on, '[]') && daterange(n.from_on, n.to_on, '[]'))
    then
        raise exception 'A missing safeguarding assessment is never hidden.' using errcode = 'PL003';
    end if;
    return null;
end $$;
create or replace trigger guard_green_added after insert on contracts_ratingperiod
    referencing new table as new_rows for each statement execute function contracts_no_green_over_want();
create or replace trigger guard_green_changed after update on contracts_ratingperiod
    referencing new table as new_rows for each statement execute function contracts_no_green_over_want();

create or replace function contracts_want_stays() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    lost datemultirange;
begin
    select datemultirange(
            daterange(old.from_on, old.to_on, '[]') * {_IN_FORCE} * case
                when old.code <> 'no_board_assessment' then daterange(null, c.statutory_from)
                when c.statutory_from is null then 'empty'::daterange
                else daterange(c.statutory_from, null) end)
        - coalesce((
            select range_agg(daterange(a.completed_on, a.valid_until, '[]')) from contracts_assessment a
            where a.contract_id = c.id and a.kind = case old.code
                when 'no_board_assessment' then 'board' when 'no_self_assessment' then 'self' else 'plan' end),
            '{{}}'::datemultirange)
        - coalesce((
            select range_agg(daterange(r.from_on, r.to_on, '[]')) from contracts_reasonperiod r
            where r.contract_id = c.id and r.code = old.code), '{{}}'::datemultirange)
        into lost
        from contracts_contract c where c.id = old.contract_id and {RATED};
    if lost is not null and not isempty(lost) then
        raise exception 'A missing safeguarding assessment is never hidden.' using errcode = 'PL003';
    end if;
    return null;
end $$;
drop trigger if exists guard_want on contracts_reasonperiod;
create constraint trigger guard_want after delete or update on contracts_reasonperiod
    deferrable initially deferred for each row when (old.code in ({_WANTS})) execute function contracts_want_stays();

create or replace function contracts_rating_stays() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    lost datemultirange;
begin
    select datemultirange(daterange(old.from_on, old.to_on, '[]') * {_IN_FORCE})
        - coalesce((
            select range_agg(daterange(r.from_on, r.to_on, '[]')) from contracts_ratingperiod r
            where r.contract_id = c.id), '{{}}'::datemultirange)
        into lost
        from contracts_contract c where c.id = old.contract_id and {RATED};
    if lost is not null and not isempty(lost) then
        raise exception 'A contract in force always has a rating.' using errcode = 'PL003';
    end if;
    return null;
end $$;
drop trigger if exists guard_rating on contracts_ratingperiod;
create constraint trigger guard_rating after delete or update on contracts_ratingperiod
    deferrable initially deferred for each row execute function contracts_rating_stays();
"""


def sync() -> None:
    """Bring the functions and triggers up to date. Run by the owner after every migration."""
    with connection.cursor() as cursor:
        cursor.execute(GO_LIVE)
        cursor.execute(DAYS_APART)
        for table, same in _KEPT_BY_DAYS.items():
            for event in ("insert", "update"):
                cursor.execute(_DAYS_APART_ON.format(event=event, table=table, same=same))
        cursor.execute(RATINGS)
