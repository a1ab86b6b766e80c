"""A name in a statement that the database refuses stands in neither log: the database's, nor the program's."""

import logging
import sys
from pathlib import Path

import psycopg
import pytest

from plumbline.config import database
from plumbline.config.logs import NamelessFormatter

NAME = "Zebedee"
REFUSED = (
    # A check, a row twice, a foreign key, a value that does not fit, a trigger, a wrong cast, a fault of syntax.
    ("insert into t values (1, %s, 1)", psycopg.errors.CheckViolation),
    ("insert into t values (2, %s, null), (2, %s, null)", psycopg.errors.UniqueViolation),
    ("insert into u values (%s)", psycopg.errors.ForeignKeyViolation),
    ("insert into s values (%s)", psycopg.errors.StringDataRightTruncation),
    ("select refuse(%s)", psycopg.errors.RaiseException),
    ("select %s::int", psycopg.errors.InvalidTextRepresentation),
    ("selekt %s", psycopg.errors.SyntaxError),
)


def test_no_kind_of_refusal_writes_a_name_into_a_log(tmp_path: Path) -> None:
    kept = database.Embedded(tmp_path / "home")
    lines = []
    try:
        with psycopg.connect(kept.running(), autocommit=True) as owner:
            owner.execute(
                """create table t (id int unique, name text, n int check (n is null)); create table s (name varchar(2));
                create table names (name text primary key); create table u (name text references names);
                create function refuse(name text) returns void language plpgsql as $$
                begin execute 'select 1/0 -- ' || name; exception when others then
                    raise exception 'refused' using detail = name, hint = name; end $$"""
            )
            for statement, kind in REFUSED:
                with pytest.raises(kind):
                    owner.execute(statement, [NAME] * statement.count("%s"))
                try:
                    owner.execute(statement, [NAME] * statement.count("%s"))
                except kind:
                    record = logging.LogRecord(
                        "x", logging.ERROR, "", 0, "GET /search/?q=%s failed", (NAME,), sys.exc_info()
                    )
                    lines.append(NamelessFormatter().format(record))
    finally:
        kept.stop()
    log = (kept.root / "data" / "server.log").read_text()
    assert "refused" in log
    # What PostgreSQL says in its own first line, of a value that is no number, is all that is left: see the how-to.
    told = [line for line in log.splitlines() if NAME in line]
    assert [line for line in told if "invalid input syntax" not in line] == []
    assert [line for line in "\n".join(lines).splitlines() if NAME in line and "invalid input" not in line] == []
