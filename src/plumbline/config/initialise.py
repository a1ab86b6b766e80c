"""`plumbline init`: the database brought up to date, its logins and their rights, and the reference data.

Everything here is idempotent: run twice, it does nothing twice. Run by the owner's login only.
"""

import secrets
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from plumbline.audit import history
from plumbline.commissioning import guard as commissioning_guard
from plumbline.config import rights
from plumbline.config.environment import WrongSetting
from plumbline.contracts import guard as contracts_guard
from plumbline.due import watching
from plumbline.indicators import facts
from plumbline.people import acting, keys, rows
from plumbline.people import guard as people_guard
from plumbline.placements import guard, nameless, near

# Signed in by the pages, and by imports and background work. Neither owns anything.
LOGINS = ("web", "worker")


def bring_up_to_date(known: Mapping[str, str], *, site_key: str) -> None:
    """Migrate, then make histories, guards, fact views and rights what the tables of today need.

    `known`: the addresses of the logins; `site_key`: what the pages sign with ("": as before). Raises WrongSetting
    where this PostgreSQL is too old, or the role of the facts is missing and the owner cannot make it.
    """
    _check_version()
    call_command("migrate", interactive=False, verbosity=0)
    names = _login_names(known)
    with transaction.atomic():
        history.sync()
        acting.sync(site_key=site_key)
        keys.sync()
        people_guard.sync()
        guard.sync()
        commissioning_guard.sync()
        contracts_guard.sync()
        facts.sync()
        nameless.sync()
        watching.sync()
        rows.sync(web=names["web"], worker=names["worker"], facts=_facts_role())
        near.sync()
        rights.sync(web=names["web"], worker=names["worker"], facts=_facts_role())


def make_logins(known: dict[str, str]) -> dict[str, str]:
    """The addresses of owner, web and worker; logins that are not known yet are made, with a new password."""
    known = dict(known)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(7161905546)")
        for login, name in _login_names(known).items():
            if login in known:
                continue
            password = secrets.token_urlsafe(24)
            cursor.execute("select 1 from pg_roles where rolname = %s", [name])
            verb = "alter" if cursor.fetchone() else "create"
            # DDL takes no parameters: psycopg quotes the name and the literal here, on the client.
            statement = sql.SQL(verb + " role {} with login nosuperuser nocreatedb nocreaterole password {}").format(
                sql.Identifier(name), sql.Literal(password)
            )
            cursor.execute(statement.as_string(cursor.connection))
            known[login] = _address(known["owner"], name, password)
        _make_facts_role(cursor)
        cursor.execute("select pg_advisory_unlock(7161905546)")
    return known


def _make_facts_role(cursor: CursorWrapper) -> None:
    """The role that the fact views belong to: it signs in nowhere, and reads only."""
    name = _facts_role()
    cursor.execute("select 1 from pg_roles where rolname = %s", [name])
    if not cursor.fetchone():
        cursor.execute("select rolsuper or rolcreaterole from pg_roles where rolname = current_user")
        if not cursor.fetchone()[0]:
            raise WrongSetting(
                f"The owner's login may not make the role {name}, which the fact views belong to. Make it, as the "
                f"server's administrator: create role {name} nologin; grant {name} to the owner's login."
            )
        cursor.execute(
            f"create role {connection.ops.quote_name(name)} nologin nosuperuser nocreatedb nocreaterole noinherit"
        )
    # Who gives a view to a role must belong to that role. (A superuser need not.)
    cursor.execute("select not pg_has_role(current_user, %s, 'usage')", [name])
    if cursor.fetchone()[0]:
        cursor.execute(f"grant {connection.ops.quote_name(name)} to current_user")


def _stem() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return cursor.fetchone()[0].removesuffix("_owner")


def _facts_role() -> str:
    return f"{_stem()}_facts"


def _login_names(known: Mapping[str, str]) -> dict[str, str]:
    """As they are in the addresses that were given, or as `init` names them."""
    return {login: unquote(urlsplit(known.get(login, "")).username or "") or f"{_stem()}_{login}" for login in LOGINS}


def _address(owner_url: str, user: str, password: str) -> str:
    parts = urlsplit(owner_url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(password)}@{place}"))


def _check_version() -> None:
    with connection.cursor() as cursor:
        cursor.execute("show server_version_num")
        number = int(cursor.fetchone()[0])
    if number < 150000:
        raise WrongSetting(f"This is PostgreSQL {number // 10000}. Plumbline needs 15 or later.")
