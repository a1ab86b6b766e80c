"""What waits to be mapped: wordings of closures that mean no code yet, and of leads that name no organisation yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from plumbline.earlyhelp.intake import END_REASON
from plumbline.earlyhelp.rules import wording_key
from plumbline.kernel.names import sort_key
from plumbline.people.acting import over_all_records


@dataclass(frozen=True, slots=True)
class ToMap:
    """One wording, as most rows spell it, on how many TACs, and the days between which those started."""

    column: str
    wording: str
    rows: int
    first_on: date
    last_on: date


def wordings_to_map() -> list[ToMap]:
    """End reasons of closed TACs that the code map does not know: they count as "not recorded" until mapped."""
    return _to_map(
        END_REASON,
        "end_wording",
        "ended_on is not null and closure_code = ''",
        key=wording_key,
    )


def organisations_to_map() -> list[ToMap]:
    """Lead organisations of TACs that are not in the register under this or another name."""
    return _to_map("earl_episode_organisation", "lead_wording", "lead_organisation_id is null", key=sort_key)


@over_all_records
def _to_map(column: str, field: str, where: str, *, key: Callable[[str], str]) -> list[ToMap]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select {field}, count(*), min(started_on), max(started_on) from earlyhelp_tac
                where {field} <> '' and {where} group by {field} order by count(*) desc, {field}"""
        )
        found: dict[str, ToMap] = {}
        for wording, rows, first_on, last_on in cursor.fetchall():
            known = found.get(key(wording))
            found[key(wording)] = (
                ToMap(column, wording, rows, first_on, last_on)
                if known is None
                else ToMap(
                    column, known.wording, known.rows + rows, min(known.first_on, first_on), max(known.last_on, last_on)
                )
            )
    return sorted(found.values(), key=lambda waiting: -waiting.rows)
