"""Lists over real tables: a constant number of queries, an order that never wavers, files without a page's limits."""

from datetime import date, timedelta

import pytest
from django.test import RequestFactory

from plumbline.people.models import BankHoliday
from plumbline.web.kit import tables

pytestmark = [pytest.mark.django_db, pytest.mark.login("owner")]


class Holidays(tables.Table):
    columns = (tables.Column("name", "Name", sort="name"), tables.Column("day", "Day", sort="day"))
    filters = (tables.Text("q", "Name", "name__icontains"),)
    order = "name"


@pytest.fixture
def _holidays() -> None:
    BankHoliday.objects.all().delete()
    first = date(2016, 1, 1)
    BankHoliday.objects.bulk_create(BankHoliday(day=first + timedelta(at), name=f"Day {at % 3}") for at in range(130))


def shown(query: str = "") -> Holidays:
    return Holidays(RequestFactory().get(f"/?{query}"), BankHoliday.objects.all())


@pytest.mark.usefixtures("_holidays")
@pytest.mark.parametrize("query", ["", "page=3&sort=-day&q=day"])
def test_a_page_takes_two_queries_whatever_it_shows(query: str, django_assert_num_queries) -> None:
    table = shown(query)
    with django_assert_num_queries(2):
        _ = (table.lines, table.count_in_words, table.pages, table.headings, table.fields)


@pytest.mark.usefixtures("_holidays")
def test_no_row_is_shown_twice_or_left_out_between_pages() -> None:
    days = [line[1].text for at in (1, 2, 3) for line in shown(f"page={at}").lines]
    assert (len(days), len(set(days))) == (130, 130)


@pytest.mark.usefixtures("_holidays")
def test_a_lookup_narrows_the_rows() -> None:
    assert shown("q=day+2").count == 43


@pytest.mark.usefixtures("_holidays")
def test_a_file_holds_every_row_of_every_page() -> None:
    assert len(b"".join(shown("format=csv").download).splitlines()) == 131


@pytest.mark.usefixtures("_holidays")
def test_what_is_typed_into_a_filter_is_a_value_and_never_a_query() -> None:
    assert shown("q='%20or%20true%20--").count == 0
