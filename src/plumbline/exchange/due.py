"""What imports give people to do: rows to mend, and rows that the newest extract no longer holds."""

from collections.abc import Collection, Iterable
from datetime import date

from plumbline.exchange import queries
from plumbline.kernel.duties import Duty, Gravity, Source, permitted
from plumbline.kernel.wording import how_many
from plumbline.people.access import Permission

P = Permission


def of_imports(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    gone = sum(missing.rows for missing in queries.no_longer_in_extract(None, on=on))
    if gone:
        yield Duty(
            kind="import.gone",
            subject=("queue_gone", 0),
            whose=permitted(P.IMPORTS),
            gravity=Gravity.HOUSEKEEPING,
            what=f"{how_many(gone, 'row is', 'rows are')} no longer in the newest extract",
            why="They are kept as they were. Find out whether they ended or were left out.",
            deed="See which",
            place="queue_gone",
        )
    refused = queries.rows_to_mend(None, on=on).count()
    if refused:
        yield Duty(
            kind="import.mend",
            subject=("queue_refused", 0),
            whose=permitted(P.IMPORTS),
            gravity=Gravity.AGREED,
            what=f"{how_many(refused, 'row was', 'rows were')} refused by an import",
            deed="Mend them",
            why="They are kept and can be mended and tried again; until then they are in no figure.",
            place="queue_refused",
        )


_GONE = "select null::bigint as key from changed where missing_since is not null"
_RECORDS = [model._meta.db_table for model in queries.RECORDS]
SOURCES = (
    Source(
        "imports",
        of_imports,
        # A restricted record, and what is about that child, shows in no queue.
        {"exchange_refusedrow": "", "people_child": "", **{f"{table}origin": _GONE for table in _RECORDS}},
        only_when={"people_child": "update of restricted"},
        settled=frozenset(_RECORDS),
    ),
)
