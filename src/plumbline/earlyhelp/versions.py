"""What our records said of one TAC, version by version, each from and to the moment it was known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from plumbline.earlyhelp.models import ClosureCode, Tac

# The columns that people read, in words; ids are shown as the name they stand for.
_WORDS: Mapping[str, str] = {
    "started_on": "Start",
    "ended_on": "End",
    "reason_wording": "Reason given",
    "end_wording": "Reason for closing, as the source words it",
    "closure_code": "Reason for closing",
    "lead_wording": "Lead organisation, as the source words it",
    "lead_organisation": "Lead organisation",
    "worker_wording": "Lead professional's number",
    "lead_professional": "Lead professional",
    "missing_since": "No longer in the extract since",
}


@dataclass(frozen=True)
class Change:
    """One thing that a version says otherwise than the one before; None is "not recorded"."""

    what: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Version:
    """`known_to` None: still so. `changes` against the version before; all that is recorded, for the first."""

    known_from: datetime
    known_to: datetime | None
    changes: tuple[Change, ...]
    import_label: str


def tac_versions(tac: Tac) -> list[Version]:
    """Every version, newest first. The caller has found the TAC through `access.tacs_visible_to`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select m.at as known_from, n.at as known_to, i.label as import_label, h.started_on, h.ended_on,
                    h.reason_wording, h.end_wording, h.closure_code, h.lead_wording, o.name as lead_organisation,
                    h.worker_wording, p.name as lead_professional, f.missing_since
                from (select from_tx as tx from earlyhelp_tac_history where id = %(tac)s
                      union select from_tx from earlyhelp_tacorigin_history where id = %(tac)s) v
                join earlyhelp_tac_history h
                    on h.id = %(tac)s and h.from_tx <= v.tx and (h.to_tx is null or h.to_tx > v.tx)
                left join earlyhelp_tacorigin_history f
                    on f.id = %(tac)s and f.from_tx <= v.tx and (f.to_tx is null or f.to_tx > v.tx)
                join audit_moment m on m.tx = v.tx
                left join audit_moment n on n.tx = least(h.to_tx, f.to_tx)
                left join people_organisation o on o.id = h.lead_organisation_id
                left join people_professional p on p.id = h.lead_professional_id
                left join intake_import i on i.id = f.import_run_id
                where m.at is not null order by v.tx""",
            {"tac": tac.pk},
        )
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    versions = []
    before: Mapping[str, Any] = {}
    for row in rows:
        changes = tuple(
            Change(words, _said(name, before.get(name)), _said(name, row[name]))
            for name, words in _WORDS.items()
            if (row[name] or None) != (before.get(name) or None)
        )
        versions.append(Version(row["known_from"], row["known_to"], changes, row["import_label"] or ""))
        before = row
    return versions[::-1]


def _said(name: str, value: Any) -> Any:
    if name == "closure_code" and value:
        return str(ClosureCode(value).label)
    return value or None
