"""The fact views follow the tables of today, whatever they were before."""

import pytest
from django.db import connection

from plumbline.indicators import facts
from plumbline.measures.facts import RELATIONS

pytestmark = [pytest.mark.django_db, pytest.mark.login("owner")]


def columns_of(view: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name from information_schema.columns where table_name = %s order by ordinal_position", [view]
        )
        return [name for (name,) in cursor.fetchall()]


def test_a_view_of_an_older_version_with_other_columns_is_made_anew():
    with connection.cursor() as cursor:
        cursor.execute("drop view fact_contract; create view fact_contract as select 1 as contract_id, 2 as old_column")

    facts.sync()

    assert columns_of("fact_contract") == [column.name for column in RELATIONS["contract"].columns]


@pytest.mark.parametrize("relation", list(RELATIONS.values()), ids=lambda relation: relation.name)
def test_every_relation_has_its_columns_in_the_database(relation):
    assert columns_of(relation.now) == [column.name for column in relation.columns]
