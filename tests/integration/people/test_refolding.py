"""Keys of names from an older folding, brought to the folding of now by a migration."""

import pytest
from django.db import connection

from plumbline.kernel.refolding import refold

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("unique", "kept"),
    [
        (False, ["o'brien", "o'brien", "los", "los", "vale"]),
        # The first of two that are now called alike is folded, and none where the new key stands already.
        (True, ["o'brien", "o`brien", "łos", "los", "vale"]),
    ],
)
def test_two_that_are_now_called_alike_are_left_where_keys_are_unique(unique: bool, kept: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("create temporary table named (id bigint, sort_key text) on commit drop")
        if unique:
            cursor.execute("create unique index on named (sort_key)")
        cursor.execute("insert into named values (1, 'o’brien'), (2, 'o`brien'), (3, 'łos'), (4, 'los'), (5, 'vale')")
        refold(cursor, "named", unique=unique)
        cursor.execute("select sort_key from named order by id")
        assert [key for (key,) in cursor.fetchall()] == kept
