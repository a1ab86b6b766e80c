"""What the database itself refuses about contracts, whoever writes, by whatever route: a service that is being made
ready goes live by a decision, and none is decided without a reason while a critical item of its plan is open."""

from django.db import connection

SQL = """
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


def sync() -> None:
    """Bring the functions and triggers up to date. Run by the owner after every migration."""
    with connection.cursor() as cursor:
        cursor.execute(SQL)
