"""A name in a statement that the database refuses stands in neither log: the database's, nor the program's."""

import logging
import sys
import time
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import psycopg
import pytest

from plumbline.config import database
from plumbline.config.logs import NamelessFormatter

NAME = "Zebedee"
# As it may be typed: with marks, and over two lines.
TYPED = (NAME, f'Anna "{NAME}" Quill', f"Anna\n{NAME} O'Neill")
REFUSED = (
    # A check, a row twice, a foreign key, a value that does not fit, a trigger, a wrong cast, a fault of syntax.
    ("insert into t values (1, %s, 1)", psycopg.errors.CheckViolation),
    ("insert into t values (2, %s, null), (2, %s, null)", psycopg.errors.UniqueViolation),
    ("insert into u values (%s)", psycopg.errors.ForeignKeyViolation),
    ("insert into s values (%s)", psycopg.errors.StringDataRightTruncation),
    ("select refuse(%s)", psycopg.errors.RaiseException),
    ("select %s::int", psycopg.errors.InvalidTextRepresentation),
    ("select %s::date", psycopg.errors.InvalidDatetimeFormat),
    ("select ('1 ' || %s)::interval", psycopg.errors.InvalidDatetimeFormat),
    ("select %s::jsonb", psycopg.errors.InvalidTextRepresentation),
    ("select %s::mood", psycopg.errors.InvalidTextRepresentation),
    ("select 'x' ~ ('[' || %s)", psycopg.errors.InvalidRegularExpression),
    ("select %s::int[]", psycopg.errors.InvalidTextRepresentation),
    ("select now() at time zone %s", psycopg.errors.InvalidParameterValue),
    ("selekt %s", psycopg.errors.SyntaxError),
)


def test_no_kind_of_refusal_writes_a_name_into_a_log(tmp_path: Path) -> None:
    kept = database.Embedded(tmp_path / "home")
    lines = []
    try:
        with psycopg.connect(kept.running(), autocommit=True) as owner:
            owner.execute(
                """create table t (id int unique, name text, n int check (n is null)); create table s (name varchar(2));
                create type mood as enum ('calm');
                create table names (name text primary key); create table u (name text references names);
                create function refuse(name text) returns void language plpgsql as $$
                begin execute 'select 1/0 -- ' || name; exception when others then
                    raise exception 'refused' using detail = name, hint = name; end $$"""
            )
            for (statement, kind), typed in product(REFUSED, TYPED):
                with pytest.raises(kind):
                    owner.execute(statement, [typed] * statement.count("%s"))
                for handled in ("as it is", "in the midst of another"):
                    try:
                        try:
                            owner.execute(statement, [typed] * statement.count("%s"))
                        except kind as fault:
                            if handled == "as it is":
                                raise
                            raise OSError("Not written") from fault
                    except (kind, OSError):
                        lines.append(logged("GET /search/?q=%s failed", NAME))
    finally:
        kept.stop()
    log = (kept.root / "data" / "server.log").read_text()
    # It tells of its own life and of nothing that it refuses.
    assert "ready to accept connections" in log
    assert "ERROR" not in log
    assert NAME not in log
    assert [line for line in "\n".join(lines).splitlines() if NAME in line] == []
    # What a fault is, and where, can still be found.
    assert 'psycopg.errors.UniqueViolation: duplicate key value violates unique constraint "t_id_key"' in "".join(lines)


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize(
    "fail",
    [int, float, date.fromisoformat, lambda typed: {}[typed], lambda typed: time.strptime(typed, "%Y"), Decimal],
)
def test_what_python_cannot_read_stands_in_no_log(fail, typed):
    try:
        fail(typed)
    except (ValueError, KeyError, ArithmeticError):
        assert NAME not in logged("It failed")


def test_what_the_database_says_is_told_in_a_line_without_the_value():
    assert NAME not in logged('Not kept: invalid input syntax for type date: "%s"', NAME)


def logged(words: str, *values: str) -> str:
    """The line and the traceback of what has just failed, as the program's log has them."""
    return NamelessFormatter().format(logging.LogRecord("x", logging.ERROR, "", 0, words, values, sys.exc_info()))
