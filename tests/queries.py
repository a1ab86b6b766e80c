"""Promise 2: a page that lists takes the same number of queries for one row as for many."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def assert_constant_queries(ask: Callable[[], Any], *, more: Callable[[], object]) -> None:
    """Assert that what `ask` does takes as many queries after `more` has added rows as before.

    Let there be one row before, so that what is done once for each row is done once:

        assert_constant_queries(lambda: client.get("/settings/"), more=lambda: make_settings(20))

    An answer that has a status must be 200, or there would be nothing to count.
    """
    # Asked once beforehand: what is read once for each process (templates, permissions) is read.
    _ask(ask)
    few = _queries(ask)
    more()
    # What the change means for others' duties is worked out once, by who opens the next page.
    _ask(ask)
    many = _queries(ask)
    added = [query for query in many if many.count(query) > few.count(query)]
    assert len(many) == len(few), f"{len(few)} queries became {len(many)}; asked more often: {sorted(set(added))[:5]}"


def _queries(ask: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        _ask(ask)
    return [_shape(query["sql"]) for query in captured.captured_queries]


def _ask(ask: Callable[[], Any]) -> None:
    answer = ask()
    status = getattr(answer, "status_code", 200)
    assert status == 200, f"The page answered {status}."


def _shape(sql: str) -> str:
    """The query without its values, so that the same query asked of another row is the same."""
    return " ".join("?" if word.strip("(),").isdigit() else word for word in sql.split())
