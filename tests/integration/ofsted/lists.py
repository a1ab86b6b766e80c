"""Ofsted's published lists, as the tests take them."""

from datetime import date
from functools import cache
from pathlib import Path

from plumbline.exchange.ofsted_lists import read_lists
from plumbline.exchange.ofsted_rows import OfstedList
from plumbline.intake.models import Import
from plumbline.ofsted.operations import lists
from plumbline.ofsted.operations.lists import ListTaken
from plumbline.people.act import Act
from tests.integration.placements.situations import AT
from tests.published import LISTS, PARTS


@cache
def march(year: int, folder: Path | None = None) -> OfstedList:
    """Ofsted's list of social care as at 31 March: whole of 2015 and 2016, a part of later years' lists."""
    folder = folder or (LISTS if year < 2017 else PARTS)
    return listed(folder / f"provider_at_march_{year}.csv", date(year, 3, 31))


def listed(path: Path, as_at: date) -> OfstedList:
    return read_lists(path, as_at)[0]


def take(read: OfstedList, *, on: date = date(2026, 1, 1)) -> ListTaken:
    run = Import.objects.create(kind="import-ofsted", label=read.file_name, at=AT, by_name="x", as_at=read.as_at)
    return lists.record_list(read=read, import_run=run, act=Act(None, AT, on))
