"""Promise 2: the check that pages use to count queries does see a query for each row."""

from datetime import date, timedelta

import pytest

from plumbline.people.models import BankHoliday
from tests.queries import assert_constant_queries

pytestmark = [pytest.mark.django_db, pytest.mark.login("owner")]


def add_days() -> None:
    BankHoliday.objects.bulk_create(
        BankHoliday(day=date(2150, 1, 1) + timedelta(at), name=f"Day {at}") for at in range(5)
    )


def test_one_query_for_all_rows_is_constant() -> None:
    assert_constant_queries(lambda: len(BankHoliday.objects.all()), more=add_days)


def test_a_query_for_each_row_is_found() -> None:
    def ask() -> None:
        for holiday in BankHoliday.objects.all():
            holiday.refresh_from_db()

    with pytest.raises(AssertionError, match="queries became"):
        assert_constant_queries(ask, more=add_days)
