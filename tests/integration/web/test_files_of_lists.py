"""Each list is taken out as CSV and as a spreadsheet by who may see it: the columns and the rows of its page."""

import csv
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from plumbline.people.models import User
from plumbline.web.kit import tables
from tests.integration.web.signing_in import as_
from tests.relations import crawl, market
from tests.relations.market import Market

pytestmark = [pytest.mark.django_db, pytest.mark.login("owner")]

# By whom the lists are asked for; each by the first who may see it.
VIEWERS = (
    "manager", "commissioner", "tied_worker", "placement_officer", "head_of_service", "performance_analyst",
    "administrator", "information_governance", "partnership_officer", "scrutiny_officer", "provider",
)  # fmt: skip
# Of a child, an import, a figure, a published report, a toolkit: no address of the market leads to their pages.
NOT_HERE = {"Gone", "RecordsBehind", "Referrals", "Refused", "RunAgain", "Versions", "Workers"}


def test_a_list_is_taken_out_as_both_files_with_the_columns_and_rows_of_its_page(
    tmp_path: Path, bare_answers: None
) -> None:
    found = market.make(tmp_path)
    rows: dict[str, int] = {}
    wrong: list[str] = []
    for table, client in lists(found):
        name = type(table).__name__
        rows[name] = max(table.count, rows.get(name, 0))
        for form, address in (("csv", table.csv_address), ("xlsx", table.xlsx_address)):
            headings, number = taken(client, address, form)
            # Each look at the trail is a row of it.
            whole = number > table.count if name == "Trail" else number == table.count
            if headings != table._file_headings() or not whole:
                wrong.append(f"{name} as {form}: {number} rows of {table.count}, {headings}")
    assert wrong == []
    every = {each.__name__ for each in tables.Table.__subclasses__() if each.__module__.startswith("plumbline.")}
    assert every - set(rows) == NOT_HERE
    # Of lists without a row nothing is shown by their files.
    assert sum(1 for number in rows.values() if number) > len(rows) / 2


def lists(found: Market) -> Iterator[tuple[tables.Table, Client]]:
    """Each list of each page, for the first who sees it."""
    seen: set[str | None] = set()
    for key in VIEWERS:
        user: User = found.viewers[key]
        client = as_(user)
        for pattern, _, address in crawl.addresses_for(found, user):
            if pattern.name in seen or not has_lists(pattern.callback):
                continue
            answer = client.get(address)
            if answer.status_code != 200:
                continue
            seen.add(pattern.name)
            shown = {id(each): each for part in answer.context or () for each in part.dicts for each in each.values()}
            yield from ((each, client) for each in shown.values() if isinstance(each, tables.Table))


def has_lists(view: Callable[..., Any]) -> bool:
    """Whether the module of a page, or one of our modules that it names, knows tables."""
    module = sys.modules[view.__module__]
    named = [each for each in vars(module).values() if isinstance(each, ModuleType)]
    return any(_knows_tables(each) for each in (module, *named) if each.__name__.startswith("plumbline.web."))


def _knows_tables(module: ModuleType) -> bool:
    return any(
        each is tables or (isinstance(each, type) and issubclass(each, tables.Table)) for each in vars(module).values()
    )


def taken(client: Client, address: str, form: str) -> tuple[list[str], int]:
    """The headings of a file, and how many rows follow them."""
    answer = client.get(address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if f".{form}" not in answer.get("Content-Disposition", ""):
        return [f"no file: {answer.status_code}, {body[:80]!r}"], 0
    if form == "csv":
        lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    else:
        lines = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    headings, *rows = lines
    return [str(each) for each in headings], len(rows)
