"""What came in, what could not be taken, and what an extract no longer holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Model, Q, QuerySet

from plumbline.earlyhelp.models import Tac, TacAudit
from plumbline.exchange.models import RefusedRow
from plumbline.intake.models import Import
from plumbline.intake.origins import missing
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.acting import over_all_records
from plumbline.people.models import Child, Professional, User
from plumbline.placements.models import Placement
from plumbline.socialcare.models import CareEpisode, Involvement, Referral

_OPEN = Q(child__restricted=False)
_SINCE = "origin__missing_since"

# By file: its table, and which of the table's rows it speaks of. Restricted records show in no queue.
_SOURCES: Mapping[str, tuple[type[Model], Q]] = {
    "ssd_person": (Child, Q(restricted=False)),
    "ssd_professionals": (Professional, Q()),
    "ssd_early_help_episodes": (Tac, _OPEN),
    "ssd_cin_episodes": (Referral, _OPEN),
    "ssd_cla_episodes": (CareEpisode, _OPEN),
    "ssd_involvements": (Involvement, _OPEN),
    "ssd_cla_placement": (Placement, Q(source=Placement.Source.SOCIAL_CARE) & _OPEN),
    "school_placements": (Placement, Q(source=Placement.Source.SEN) & _OPEN),
    "tac_audits": (TacAudit, Q(tac__child__restricted=False)),
}


# The tables that an extract fills.
RECORDS = tuple(dict.fromkeys(model for model, _ in _SOURCES.values()))


def imports(viewer: User | None, *, on: date) -> QuerySet[Import]:
    """Every import, newest first; none for who may not import."""
    return Import.objects.order_by("-id") if _may(viewer, on=on) else Import.objects.none()


def rows_to_mend(viewer: User | None, *, on: date) -> QuerySet[RefusedRow]:
    """The refused rows that wait to be mended or set aside, the newest import first."""
    rows = RefusedRow.objects if _may(viewer, on=on) else RefusedRow.objects.none()
    waiting = rows.filter(state=RefusedRow.State.OPEN).select_related("import_run")
    return waiting.order_by("-import_run_id", "file", "line")


def refused_row(viewer: User | None, *, refused_id: int, on: date) -> RefusedRow | None:
    """One refused row in any state, or None where it does not exist for this viewer."""
    rows = RefusedRow.objects if _may(viewer, on=on) else RefusedRow.objects.none()
    return rows.filter(pk=refused_id).select_related("import_run", "settled_by", "ofsted_list").first()


@dataclass(frozen=True, slots=True)
class Missing:
    """How many rows of one file the newest extract no longer holds, and from when to when that was seen."""

    file: str
    rows: int
    first_seen: date
    last_seen: date


@over_all_records
def no_longer_in_extract(viewer: User | None, *, on: date) -> list[Missing]:
    """The queue "no longer in the extract", by file; files without such rows are left out."""
    if not _may(viewer, on=on):
        return []
    found = []
    for file in _SOURCES:
        counted = _gone(file).aggregate(rows=Count("pk"), first=Min(_SINCE), last=Max(_SINCE))
        if counted["rows"]:
            found.append(Missing(file, counted["rows"], counted["first"], counted["last"]))
    return found


@over_all_records
def rows_no_longer_in_extract(viewer: User | None, *, file: str, on: date) -> list[tuple[str, date]]:
    """The rows of one file that the newest extract no longer holds: their number, and since when; the newest first."""
    if file not in _SOURCES or not _may(viewer, on=on):
        return []
    return list(_gone(file).order_by(f"-{_SINCE}", "source_id").values_list("source_id", _SINCE))


def _gone(file: str) -> QuerySet[Model]:
    model, scope = _SOURCES[file]
    return missing(model._default_manager.filter(scope))


def _may(viewer: User | None, *, on: date) -> bool:
    return viewer is None or access.may(viewer, Permission.IMPORTS, on=on)
