"""A measure opened: its rule as text, and its records by their numbers in the source."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection

from plumbline.audit import moments
from plumbline.indicators.queries import Behind
from plumbline.indicators.records import counted_by
from plumbline.kernel.periods import Period
from plumbline.measures import compile as compiler
from plumbline.measures.model import Events, Measure
from plumbline.people.act import Act
from plumbline.people.acting import operation


def definition_text(measure: Measure) -> str:
    """The statement that the database is asked, as for a day or period of its own."""
    day = date(2016, 3, 31)
    if isinstance(measure.rule, Events):
        return compiler.flow(measure, [Period(date(2015, 4, 1), day)], None, None, day).text
    return compiler.stock(measure, [day], None, None).text


@operation
def record_rows(
    *, measure: Measure, behind: Iterable[Behind], act: Act, known_at: datetime | None = None
) -> list[dict[str, Any]]:
    """The records behind a figure as they were known: number, days, what it says; never a name. Leaves an event.

    Those of a child whose record is restricted now are counted in the figure, and left out here.
    """
    found = {each.record_id: each for each in behind}
    record = counted_by(measure)
    parameters: dict[str, Any] = {"ids": list(found)}
    table = record.table
    if known_at is not None:
        table = f"(select * from {table}_history where {moments.condition()})"
        parameters |= moments.parameters(moments.known_at(known_at))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select t.id, {record.row} from {table} t where t.id = any(%(ids)s)
                and not exists (select from people_child c where c.restricted and c.id = {record.child})""",
            parameters,
        )
        rows = [
            {
                "source_id": source_id,
                "first": first,
                "last": last,
                "detail": detail.replace("_", " "),
                "group": found[number].group or "",
                "counted": found[number].in_numerator,
            }
            for number, source_id, first, last, detail in cursor.fetchall()
        ]
    act.record("indicators.records.viewed", subject_type="measure", subject_id=measure.key, records=len(rows))
    return rows
