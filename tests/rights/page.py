"""The matrix of logins and relations, as the database's own catalogue says it, as a page of the docs."""

from urllib.parse import urlsplit

from django.db import connection

from tests import databases

PAGE = databases.CHECKOUT / "docs" / "reference" / "rights.md"
LOGINS = ("web", "worker")
RIGHTS = {"select": "read", "insert": "add", "update": "change", "delete": "take away", "truncate": "empty"}

_HEAD = """# What each login may do in the database

Written by `python -m tests.rights --write` from the catalogue of a database that `plumbline init` has set up; a test
compares it, and tries each right as each login. `web` serves the pages; `worker` takes in files and does the
background work. Neither owns anything. Views belong to a role that signs in nowhere and only reads. Whatever is not
named here is refused. How it is given: `plumbline.config.rights`.
"""


def role(login: str) -> str:
    return urlsplit(databases.login_url(login, "any")).username or ""


def written() -> str:
    """The page, as the database that the connection is signed in to has it."""
    lines = [_HEAD]
    for title, rows in (
        ("Tables and views", _relations()),
        ("Sequences", _sequences()),
        ("Functions", _functions()),
    ):
        lines.append(f"\n## {title}\n\n| | web | worker |\n| --- | --- | --- |\n")
        lines += (f"| `{name}` | {' | '.join(cell or '—' for cell in cells)} |\n" for name, *cells in rows)
    return "".join(lines)


def _relations() -> list[list[str]]:
    columns = ", ".join(f"{_relation_right(login)}" for login in LOGINS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select c.relname || case c.relkind when 'v' then ' (view)' else '' end, {columns} from pg_class c
                where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f') order by 1"""
        )
        return [list(row) for row in cursor.fetchall()]


def _relation_right(login: str) -> str:
    """Each right by name; one that holds for some columns only with these, or with those that it leaves out."""
    parts = []
    for right, word in RIGHTS.items():
        if right in {"delete", "truncate"}:
            parts.append(f"case when has_table_privilege('{role(login)}', c.oid, '{right}') then '{word}' end")
            continue
        has = f"has_column_privilege('{role(login)}', c.oid, a.attnum, '{right}')"
        parts.append(
            f"""(select case when bool_and({has}) then '{word}'
                when count(*) filter (where {has}) > count(*) / 2 then '{word} all but '
                    || string_agg(a.attname, ', ' order by a.attnum) filter (where not {has})
                when bool_or({has}) then '{word} only '
                    || string_agg(a.attname, ', ' order by a.attnum) filter (where {has}) end
                from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)"""
        )
    return f"concat_ws('; ', {', '.join(parts)})"


def _sequences() -> list[list[str]]:
    columns = ", ".join(
        f"""concat_ws('; ', {
            ", ".join(
                f"case when has_sequence_privilege('{role(login)}', c.oid, '{right}') then '{word}' end"
                for right, word in {"usage": "next number", "select": "read", "update": "set"}.items()
            )
        })"""
        for login in LOGINS
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select c.relname, {columns} from pg_class c
                where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' order by 1"""
        )
        return [list(row) for row in cursor.fetchall()]


def _functions() -> list[list[str]]:
    columns = ", ".join(
        f"case when has_function_privilege('{role(login)}', p.oid, 'execute') then 'run' else '' end"
        for login in LOGINS
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select p.proname, {columns} from pg_proc p where p.pronamespace = 'public'::regnamespace
                and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1"""
        )
        return [list(row) for row in cursor.fetchall()]
