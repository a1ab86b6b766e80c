"""Who acts, shown to the database so that it can check it: who has the login of the pages alone can act as nobody.

The pages sign the number of the person, the day and this very transaction with a key made from PLUMBLINE_SECRET_KEY.
`init` keeps that key where no login reads it. Decision record: guessing and powers (docs/adr/0033).
"""

import hashlib
from datetime import date

from django.db import connection
from django.utils.crypto import salted_hmac

from plumbline.kernel.errors import RuleBroken
from plumbline.people.models import User

_SALT = "plumbline.people.acting"
_BLOCK = 64

# The machine, which imports and works at night, acts for nobody: it is told by a right that the pages have not.
OF_THE_MACHINE = "has_column_privilege(session_user, 'audit_event', 'seal_no', 'update')"

SQL = f"""
create table if not exists people_actingkey (inner_key bytea not null, outer_key bytea not null);

-- Nobody, where nothing was signed, or for another transaction.
create or replace function people_acting(out acts bigint, out acts_on date)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    said text[] := string_to_array(current_setting('plumbline.acting', true), '|');
    known record;
begin
    select * into known from people_actingkey;
    if said[3] = encode(sha256(known.outer_key || sha256(known.inner_key || convert_to(
        said[1] || '|' || said[2] || '|' || pg_current_xact_id()::text, 'UTF8'))), 'hex')
    then
        acts := said[1]::bigint;
        acts_on := said[2]::date;
    end if;
end $$;

create or replace function people_act(person bigint, on_day date, proof text) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if {OF_THE_MACHINE} then
        return true;
    end if;
    perform set_config('plumbline.acting', person || '|' || to_char(on_day, 'YYYY-MM-DD') || '|' || proof, true);
    return (select acts from people_acting()) is not null;
end $$;

create or replace function people_holds(person bigint, roles text[], on_day date) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from people_roleheld h join people_user u on u.id = h.user_id
        where h.user_id = person and u.is_active and h.role = any(roles)
            and h.from_on <= on_day and (h.to_on is null or h.to_on >= on_day))
$$;
"""


def sync(*, site_key: str) -> None:
    """Keep the functions, and the key that the pages sign with ("": the one that is kept). Run by the owner after every
    migration."""
    with connection.cursor() as cursor:
        cursor.execute(SQL)
    if not site_key:
        return
    key = hashlib.sha256((_SALT + site_key).encode()).digest().ljust(_BLOCK, b"\0")
    halves = [bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C)]
    with connection.cursor() as cursor:
        cursor.execute("delete from people_actingkey")
        cursor.execute("insert into people_actingkey (inner_key, outer_key) values (%s, %s)", halves)


def act(by: User | None, *, on: date) -> None:
    """Show the database who acts, until this transaction is over. None: the machine's administrator, by a command.

    Raises RuleBroken (unknown_key) where the database was set up with another key than this site's.
    """
    if by is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text")
        signed = f"{by.pk}|{on.isoformat()}|{cursor.fetchone()[0]}"
        proof = salted_hmac(_SALT, signed, algorithm="sha256").hexdigest()
        cursor.execute("select people_act(%s, %s, %s)", [by.pk, on, proof])
        if not cursor.fetchone()[0]:
            raise RuleBroken(
                "The database was not set up with the PLUMBLINE_SECRET_KEY that the pages have, so it cannot tell who "
                "acts. The person who looks after the server runs `plumbline init` with the key of the pages.",
                code="unknown_key",
            )
