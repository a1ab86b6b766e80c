"""What the logins of pages and work may do in the database is written down, and each right is tried as each login."""

import re
from collections.abc import Iterator
from functools import cache

import psycopg
import pytest
from django.db import connection

from tests import databases
from tests.rights import page

pytestmark = pytest.mark.django_db

STATEMENTS = {
    "read": "select from {0} limit 0",
    "add": "insert into {0} default values",
    "change": "update {0} set {1} = {1} where false",
    "take away": "delete from {0} where false",
    "empty": "truncate {0}",
}


# A view that puts together or works out what it shows cannot be written, whatever the rights.
NOT_OF_A_VIEW = (
    psycopg.errors.ObjectNotInPrerequisiteState,
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.WrongObjectType,
)


@cache
def written() -> dict[str, tuple[dict[str, str], ...]]:
    """The page: of each relation, sequence and function what web and worker may do, by name of the right."""
    found = {}
    for line in page.PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            found[name.strip("`").removesuffix(" (view)")] = tuple(
                {re.split(r" all but | only ", right)[0]: right for right in cell.split("; ") if right != "—"}
                for cell in cells
            )
    return found


@pytest.fixture(params=page.LOGINS)
def signed_in(request: pytest.FixtureRequest, run_database: str) -> Iterator[tuple[int, psycopg.Connection]]:
    """The login's place on the page, and a connection in which nothing is kept."""
    with psycopg.connect(databases.login_url(request.param, run_database)) as other:
        yield page.LOGINS.index(request.param), other
        other.rollback()


def allowed(other: psycopg.Connection, statement: str) -> bool:
    """Whether the database let it come to more than a question of rights. Nothing of it is kept."""
    try:
        with other.transaction(force_rollback=True):
            other.execute(statement)
    except NOT_OF_A_VIEW:
        return False
    except psycopg.errors.InsufficientPrivilege as refused:
        # The right is there; which rows is the matter of row security.
        return "row-level security" in str(refused)
    except psycopg.Error:
        return True
    return True


def names(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def test_the_page_of_rights_is_as_the_database_has_it() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.written(), "run `python -m tests.rights --write`"


def test_no_relation_gives_a_right_that_is_not_written_nor_refuses_one_that_is(signed_in) -> None:
    place, other = signed_in
    wrong = []
    for table in names(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'p')"
    ):
        columns = names(
            "select attname from pg_attribute"
            f" where attrelid = 'public.{table}'::regclass and attnum > 0 and not attisdropped"
        )
        rights = written()[table][place]
        for right, statement in STATEMENTS.items():
            said = rights.get(right, "")
            if right == "change" and said != right:
                tried = {c for c in columns if allowed(other, statement.format(table, f'"{c}"'))}
                meant = _columns(said, columns)
                wrong += [f"{table}: change {column}" for column in sorted(tried ^ meant)]
                continue
            if right == "add" and " " in said:
                tried = {c for c in columns if allowed(other, f'insert into {table} ("{c}") select null where false')}
                wrong += [f"{table}: add {column}" for column in sorted(tried ^ _columns(said, columns))]
                continue
            if allowed(other, statement.format(table, f'"{columns[0]}"' if columns else "id")) != (right in rights):
                wrong.append(f"{table}: {right}")
    assert wrong == []


def _columns(said: str, columns: list[str]) -> set[str]:
    if " all but " in said:
        return set(columns) - set(said.partition(" all but ")[2].split(", "))
    return set(said.partition(" only ")[2].split(", ")) if " only " in said else set()


def test_no_sequence_gives_a_number_that_is_not_written_and_none_can_be_set(signed_in) -> None:
    place, other = signed_in
    wrong = []
    for sequence in names("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S'"):
        rights = written()[sequence][place]
        for right, statement in {"next number": "select nextval('{0}')", "set": "select setval('{0}', 1)"}.items():
            if allowed(other, statement.format(sequence)) != (right in rights):
                wrong.append(f"{sequence}: {right}")
    assert wrong == []
    assert not any("set" in rights for pair in written().values() for rights in pair)


def test_no_function_runs_that_is_not_written(signed_in) -> None:
    """Called with nothing in each place: whether it may be called is decided before what it is called with."""
    place, other = signed_in
    wrong = []
    for name in names(
        """select proname || '(' || coalesce((select string_agg('null::' || t::regtype, ', ' order by n)
               from unnest(proargtypes) with ordinality u(t, n)), '') || ')'
           from pg_proc p where pronamespace = 'public'::regnamespace and prokind = 'f'
               and prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
               and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')"""
    ):
        if allowed(other, f"select {name}") != ("run" in written()[name.partition("(")[0]][place]):
            wrong.append(name)
    assert wrong == []


def test_views_are_only_read_and_belong_to_a_role_that_only_reads() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """select distinct r.rolname, r.rolsuper or r.rolcanlogin or r.rolcreaterole or r.rolcreatedb
                   or r.rolbypassrls or has_schema_privilege(r.oid, 'public', 'create'),
                   (select count(*) from pg_class t where t.relnamespace = 'public'::regnamespace
                       and t.relkind = 'r' and has_table_privilege(r.oid, t.oid, 'insert, update, delete, truncate'))
               from pg_class v join pg_roles r on r.oid = v.relowner
               where v.relkind = 'v' and v.relnamespace = 'public'::regnamespace"""
        )
        assert [row[1:] for row in cursor.fetchall()] == [(False, 0)]


def test_no_login_can_hold_up_every_commit(signed_in) -> None:
    """No commit waits for a lock whose number or table a login may take."""
    _, other = signed_in
    assert not any(
        allowed(other, f"lock table audit_gate in {mode} mode")
        for mode in ("access share", "row exclusive", "exclusive", "access exclusive")
    )
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_proc where proname = 'audit_stamp_moment' and prosrc like '%advisory%'")
        assert cursor.fetchone()[0] == 0
