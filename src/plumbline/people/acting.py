"""Who acts and who looks, shown to the database so that it can check it: who has the login of the pages alone can act
as nobody, and sees no child.

The pages sign the number of the person, the day and this very transaction with a key made from PLUMBLINE_SECRET_KEY.
`init` keeps that key where no login reads it. Decision records: guessing and powers (docs/adr/0033), row security
(docs/adr/0017).
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from psycopg.pq import TransactionStatus

from plumbline.kernel.errors import Refusal, RuleBroken
from plumbline.people.models import User
from plumbline.people.row_rules import lasting

_SALT = "plumbline.people.acting"
_BLOCK = 64
_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")

# Whether an operation is under way, or figures are worked out, so that one within another need not ask again.
_beyond: ContextVar[bool] = ContextVar("beyond", default=False)
_counting: ContextVar[bool] = ContextVar("counting", default=False)

# The machine, which imports and works at night, acts for nobody: it is told by a right that the pages have not.
OF_THE_MACHINE = "has_column_privilege(session_user, 'audit_event', 'seal_no', 'update')"

# The transaction that `viewing` opened; "": none, or one that others opened, which is asked for each time.
_this_transaction: ContextVar[str] = ContextVar("this_transaction", default="")

# One transaction of one connection; no two are alike.
TRANSACTION = "pg_backend_pid()::text || '.' || extract(epoch from now())::text"

SQL = f"""
create table if not exists people_actingkey (inner_key bytea not null, outer_key bytea not null);

-- Whether the pages signed these words, in this transaction.
create or replace function people_signed(words text, proof text) returns boolean
language plpgsql stable parallel restricted security definer set search_path = public, pg_temp as $$
declare
    known record;
begin
    select * into known from people_actingkey;
    return proof = encode(sha256(known.outer_key || sha256(known.inner_key || convert_to(
        words || '|' || {TRANSACTION}, 'UTF8'))), 'hex');
end $$;

-- Nobody, where nothing was signed, or for another transaction.
create or replace function people_acting(out acts bigint, out acts_on date)
language plpgsql stable parallel restricted security definer set search_path = public, pg_temp as $$
declare
    said text[] := string_to_array(current_setting('plumbline.acting', true), '|');
begin
    if people_signed(said[1] || '|' || said[2], said[3]) then
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

-- An operation is under way: it checks itself who may, and looks at every record that its rules need.
create or replace function people_beyond() returns boolean
language sql stable parallel restricted security definer set search_path = public, pg_temp as $$
    select coalesce(people_signed('beyond', current_setting('plumbline.beyond', true)), false)
$$;

-- Figures are worked out: who was born when, of which ethnicity, by number, is read for nothing else.
create or replace function people_counting() returns boolean
language sql stable parallel restricted security definer set search_path = public, pg_temp as $$
    select {OF_THE_MACHINE} or coalesce(people_signed('counting', current_setting('plumbline.counting', true)), false)
$$;

create or replace function people_holds(person bigint, roles text[], on_day date) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from people_roleheld h join people_user u on u.id = h.user_id
        where h.user_id = person and u.is_active and h.role = any(roles) and {lasting("h", day="on_day")})
$$;

-- Whether the one who looks holds one of these roles on the day.
create or replace function people_viewer_holds(roles text[]) returns boolean
language sql stable parallel restricted security definer set search_path = public, pg_temp as $$
    select coalesce((select people_holds(a.acts, roles, a.acts_on) from people_acting() a), false)
$$;
create or replace function people_viewer() returns bigint
language sql stable parallel restricted security definer set search_path = public, pg_temp as $$
    select acts from people_acting()
$$;
create or replace function people_viewed_on() returns date
language sql stable parallel restricted security definer set search_path = public, pg_temp as $$
    select acts_on from people_acting()
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
    words = f"{by.pk}|{on.isoformat()}"
    with connection.cursor() as cursor:
        cursor.execute("select people_act(%s, %s, %s)", [by.pk, on, _proof(words)])
        if not cursor.fetchone()[0]:
            raise RuleBroken(
                "The database was not set up with the PLUMBLINE_SECRET_KEY that the pages have, so it cannot tell who "
                "acts. The person who looks after the server runs `plumbline init` with the key of the pages.",
                code="unknown_key",
            )


@contextmanager
def viewing(viewer: User, *, on: date) -> Iterator[None]:
    """What is read in here is read as this viewer, in one transaction: the database shows no child's record that they
    may not open, whatever is asked. Afterwards it shows what it did before: none, or those of who looked until then
    (docs/adr/0017)."""
    within = connection.in_atomic_block
    with transaction.atomic():
        transaction_id, before = _read_transaction()
        token = _this_transaction.set(transaction_id)
        try:
            act(viewer, on=on)
            yield
        finally:
            _this_transaction.reset(token)
            if within:
                _put_back("acting", before)


def operation(do: Callable[_Given, _Answer]) -> Callable[_Given, _Answer]:
    """Mark a change: all of it in one transaction, or nothing.

    An operation checks itself who may, and its rules look at every record that they need: an incident at a home
    concerns children whom the one who reports it may not see.
    """

    @wraps(do)
    def done(*args: _Given.args, **kwargs: _Given.kwargs) -> _Answer:
        try:
            with transaction.atomic(), beyond():
                return do(*args, **kwargs)
        except Refusal as refusal:
            # What an operation within this one has recorded of it was undone with the rest.
            refusal.record_again()
            raise

    return done


@contextmanager
def beyond() -> Iterator[None]:
    """Within a transaction: let the database show every record, as an operation looks at them."""
    with _saying("beyond", _beyond):
        yield


@contextmanager
def counting() -> Iterator[None]:
    """Within a transaction: let the database show what figures are worked out from, of children by number."""
    with _saying("counting", _counting):
        yield


@contextmanager
def _saying(word: str, under_way: ContextVar[bool]) -> Iterator[None]:
    if under_way.get():
        yield
        return
    _say(word, _proof(word))
    token = under_way.set(True)
    try:
        yield
    finally:
        under_way.reset(token)
        _put_back(word, "")


def over_all_records(read: Callable[_Given, _Answer]) -> Callable[_Given, _Answer]:
    """Mark a reading whose answer names no child, for those who see none of them: a count, a number of a record.

    It goes over every record. What is read only afterwards (a QuerySet, an iterator) would be read as the viewer, and
    count too few: it is refused.
    """

    @wraps(read)
    def done(*args: _Given.args, **kwargs: _Given.kwargs) -> _Answer:
        with transaction.atomic(), beyond():
            found = read(*args, **kwargs)
        if isinstance(found, QuerySet | Iterator):
            raise TypeError(f"{read.__qualname__} gives back a {type(found).__name__}, to be read as the viewer.")
        return found

    return done


def _say(word: str, proof: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config(%s, %s, true)", [f"plumbline.{word}", proof])


def _put_back(word: str, before: str) -> None:
    """After an error of the database the transaction is put back, and what was said in it with it."""
    in_error = connection.connection.info.transaction_status == TransactionStatus.INERROR
    if not (in_error or connection.needs_rollback):
        _say(word, before)


def _proof(words: str) -> str:
    return signed(f"{words}|{_this_transaction.get() or _read_transaction()[0]}")


def _read_transaction() -> tuple[str, str]:
    """Which transaction this is, and who was said to look in it until now ("": nobody)."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {TRANSACTION}, coalesce(current_setting('plumbline.acting', true), '')")
        return cursor.fetchone()


def signed(words: str) -> str:
    """What shows the database that the pages say this: these words with the key that `sync` gave it."""
    return salted_hmac(_SALT, words, algorithm="sha256").hexdigest()
