"""`plumbline init`: the database brought up to date, its logins and their rights, and the reference data.

Everything here is idempotent: run twice, it does nothing twice. Run by the owner's login only.
"""

import secrets
from urllib.parse import quote, urlsplit, urlunsplit

from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql

from plumbline.audit import history
from plumbline.commissioning import guard as commissioning_guard
from plumbline.config.environment import WrongSetting
from plumbline.contracts import guard as contracts_guard
from plumbline.indicators import facts
from plumbline.placements import guard

# Signed in by the pages, and by imports and background work. Neither owns anything.
LOGINS = ("web", "worker")


def bring_up_to_date() -> None:
    """Migrate, then make histories, guards, fact views and rights what the tables of today need."""
    _check_version()
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        history.sync()
        guard.sync()
        commissioning_guard.sync()
        contracts_guard.sync()
        facts.sync()
        _grant_rights(_login_names())


def make_logins(known: dict[str, str]) -> dict[str, str]:
    """The addresses of owner, web and worker; logins that are not known yet are made, with a new password."""
    known = dict(known)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(7161905546)")
        for login, name in _login_names().items():
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
        cursor.execute("select pg_advisory_unlock(7161905546)")
    return known


def _login_names() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        owner = cursor.fetchone()[0]
    stem = owner.removesuffix("_owner")
    return {login: f"{stem}_{login}" for login in LOGINS}


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


def _grant_rights(names: dict[str, str]) -> None:
    web, worker = (connection.ops.quote_name(names[login]) for login in LOGINS)
    both = f"{web}, {worker}"
    with connection.cursor() as cursor:
        cursor.execute(f"revoke all on all tables in schema public from {both}")
        cursor.execute(f"revoke create on schema public from public; grant usage on schema public to {both}")
        cursor.execute(f"grant usage on all sequences in schema public to {both}")
        cursor.execute(f"grant select, insert, update, delete on all tables in schema public to {both}")
        # Written by triggers alone.
        for table in (*_tables_like("%\\_history"), "audit_moment"):
            cursor.execute(f"revoke insert, update, delete on {table} from {both}")
        cursor.execute(f"revoke usage on sequence audit_history_tx from {both}")
        cursor.execute(f"revoke insert, update, delete on django_migrations from {both}")
        # The trail is added to; only the worker seals it.
        cursor.execute(f"revoke update, delete on audit_event, audit_seal from {both}")
        cursor.execute(f"revoke insert on audit_seal from {web}; grant update (seal_no) on audit_event to {worker}")
        # Never deletable.
        for table in ("placements_placementexception", "placements_enquiry", "indicators_frozenfigure"):
            cursor.execute(f"revoke delete on {table} from {both}")
        cursor.execute(f"revoke update on placements_enquiry, indicators_frozenfigure from {both}")
        # That a placement had happened already is for the import to say.
        columns = _columns("placements_placement", but="import_run_id")
        cursor.execute(
            f"revoke insert, update on placements_placement from {web};"
            f"grant insert ({columns}), update ({columns}) on placements_placement to {web}"
        )


def _tables_like(pattern: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select quote_ident(tablename) from pg_tables where schemaname = 'public' and tablename like %s order by 1",
            [pattern],
        )
        return [row[0] for row in cursor.fetchall()]


def _columns(table: str, *, but: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            """select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
               where attrelid = %s::regclass and attnum > 0 and not attisdropped and attname <> %s""",
            [table, but],
        )
        return cursor.fetchone()[0]
