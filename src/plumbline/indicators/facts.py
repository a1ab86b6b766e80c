"""The fact relations of `measures.facts` as views over the tables and their history. They hold no names of people."""

from django.db import connection

from plumbline.indicators.records import FACTS
from plumbline.ofsted import figures as ofsted


def sync() -> None:
    """Make the views what the tables of today need. Run by the owner after history.sync."""
    with connection.cursor() as cursor:
        for facts in FACTS:
            name = f"fact_{facts.relation}"
            # Made again: a view whose columns have changed cannot be replaced. Nothing is built on them.
            cursor.execute(f"drop view if exists {name}, {name}_version")
            where = f" where {facts.where}" if facts.where else ""
            cursor.execute(f"create view {name} as select {facts.columns} from {facts.table} t{where}")
            cursor.execute(
                f"create view {name}_version as select {facts.columns}, t.from_tx, t.to_tx"
                f" from {facts.table}_history t{where}"
            )
        cursor.execute(ofsted.VIEWS)
