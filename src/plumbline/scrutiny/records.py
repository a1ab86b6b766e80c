"""What the registers of the rooms below say when a report is written: kept with the claim, as it was then.

Each gives {"columns", "rows": [{"header", "cells", "key"?}], "nothing", "note"?, "source"}; a cell is a number, words,
or None where disclosure control keeps it back.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from plumbline.contracts.models import Colour, TeamDecision
from plumbline.contracts.queries.rating import ratings_on
from plumbline.contracts.rules import rating
from plumbline.flags.models import Flag, FlagFor, FlagState
from plumbline.kernel.moments import day_of
from plumbline.kernel.periods import add_months
from plumbline.kernel.wording import month
from plumbline.measures.disclosure import Profile
from plumbline.ofsted.models import CheckItem, MonthlyCheck, OfstedList
from plumbline.people.acting import over_all_records
from plumbline.scrutiny import wording

_FLAGS: Mapping[str, str] = {
    "setting_adverse": "The setting became adverse while the child was there",
    "placed_at_adverse": "Placed at a setting that was adverse already",
    "setting_unmatched": "The setting is not matched to Ofsted's lists",
    "setting_gone": "The setting is gone from Ofsted's newest list",
    "setting_watch": "The setting is to be watched",
    "check_late": "The setting had not been checked for a month",
}
# These flags are about the council's own work: their counts tell nothing of a child.
_ABOUT_WORK = {"check_late"}


# These are about the day that the report is about; the others say how things were when it was written.
_AS_AT = {"contract_reasons"}


def read(register: str, *, as_at: date, on: date, at: datetime, profile: Profile) -> dict[str, Any]:
    """One of library.REGISTERS."""
    return _REGISTERS[register](as_at if register in _AS_AT else on, at, profile)


def _monthly_checks(on: date, at: datetime, profile: Profile) -> dict[str, Any]:
    """The last twelve months' checks, newest first."""
    to_do = Count("items", filter=Q(items__outcome=CheckItem.Outcome.TO_DO))
    changed = Count("items", filter=Q(items__outcome=CheckItem.Outcome.CHANGED))
    checks = (
        MonthlyCheck.objects.filter(month__gt=add_months(on, -12), month__lte=on)
        .annotate(count=Count("items"), to_do=to_do, changed=changed)
        .order_by("-month")
    )
    return {
        "columns": ["Month", "Due", "Done", "Settings looked up", "With a new judgement"],
        "rows": [
            {
                "header": month(check.month),
                "cells": [
                    wording.on_day(check.due_on),
                    _done(check, on),
                    f"{check.count - check.to_do:,} of {check.count:,}",
                    check.changed,
                ],
            }
            for check in checks
        ],
        "nothing": f"No monthly check is recorded for the twelve months to {wording.on_day(on)}.",
        "note": f"The twelve months to {wording.on_day(on)}, when this was written.",
        "source": f"Register of monthly checks, {wording.at_moment(at.isoformat())}",
    }


def _done(check: MonthlyCheck, on: date) -> str:
    if check.completed_at is None:
        return "Not done, and late" if check.due_on < on else "Not done yet"
    day = day_of(check.completed_at, on=on)
    return f"{wording.on_day(day)}{', late' if day > check.due_on else ''}"


def _lists_read(on: date, at: datetime, profile: Profile) -> dict[str, Any]:
    """Every list of Ofsted that has been read, newest first."""
    lists = OfstedList.objects.filter(as_at__lte=on).annotate(count=Count("listings")).order_by("-as_at", "-id")
    return {
        "columns": ["List as at", "Register", "Settings in it", "New", "Gone", "Newly adverse"],
        "rows": [
            {
                "header": wording.on_day(one.as_at),
                "cells": [
                    one.get_register_display(),
                    one.count,
                    *(one.differences.get(name, "no list before") for name in ("new", "gone", "newly_adverse")),
                ],
            }
            for one in lists[:12]
        ],
        "nothing": "None of Ofsted's lists has been read yet.",
        "note": "The counts are of all settings in England that the list holds, not of the council's own.",
        "source": f"Ofsted's published lists as read, {wording.at_moment(at.isoformat())}",
    }


@over_all_records
def _flags(on: date, at: datetime, profile: Profile) -> dict[str, Any]:
    """Flags about placements and checks by kind: raised in the last twelve months, acknowledged, closed."""
    seen = FlagFor.objects.filter(flag=OuterRef("pk"), acknowledged_at__isnull=False)
    counts = (
        Flag.objects.filter(kind__in=_FLAGS, raised_on__gt=add_months(on, -12), raised_on__lte=on)
        .annotate(seen=Exists(seen))
        .values("kind")
        .annotate(
            raised=Count("id"),
            acknowledged=Count("id", filter=Q(seen=True)),
            closed=Count("id", filter=Q(state=FlagState.CLOSED)),
        )
    )
    by_kind = {row["kind"]: row for row in counts}
    return {
        "columns": ["What was wrong", "Flags raised", "Acknowledged", "Closed"],
        "rows": [
            {"key": kind, "header": words, "cells": _protected(by_kind[kind], kind, profile)}
            for kind, words in _FLAGS.items()
            if kind in by_kind
        ],
        "nothing": f"No flag about a placement or a check was raised in the twelve months to {wording.on_day(on)}.",
        "note": f"Flags raised in the twelve months to {wording.on_day(on)}, when this was written.",
        "source": f"Register of flags, {wording.at_moment(at.isoformat())}",
    }


def _protected(row: Mapping[str, Any], kind: str, profile: Profile) -> list[int | None]:
    """Raised, acknowledged and closed; a small part, and a part whose rest is small, is kept back."""
    raised = row["raised"]
    parts = [row["acknowledged"], row["closed"]]
    if kind in _ABOUT_WORK or not profile.threshold:
        return [raised, *parts]
    if profile.small(raised):
        return [None, None, None]
    kept = [None if profile.small(part) or profile.small(raised - part) else profile.rounded(part) for part in parts]
    return [profile.rounded(raised), *kept]


def _contract_reasons(on: date, at: datetime, profile: Profile) -> dict[str, Any]:
    """Why contracts were red or amber on the day: each reason with how many contracts it held for."""
    held: dict[tuple[str, str, str], int] = {}
    for rated in ratings_on(on).values():
        for reason in {(each.colour, each.code, each.title) for each in rated.reasons}:
            held[reason] = held.get(reason, 0) + 1
    worst_first = sorted(held.items(), key=lambda each: (each[0][0] != Colour.RED, -each[1], each[0]))
    return {
        "columns": ["Reason", "Rating that it gives", "Contracts"],
        "rows": [
            {"key": code, "header": title, "cells": [Colour(colour).label, count]}
            for (colour, code, title), count in worst_first
        ],
        "nothing": f"No contract was red or amber on {wording.on_day(on)}.",
        "note": f"On {wording.on_day(on)}. A contract may have several reasons, and counts in each.",
        "source": f"Register of contracts, {wording.at_moment(at.isoformat())}",
    }


def _team_decisions(on: date, at: datetime, profile: Profile) -> dict[str, Any]:
    """What the management team decided in the last twelve months on reasons against contracts, newest first."""
    decided = TeamDecision.objects.filter(decided_on__gt=add_months(on, -12), decided_on__lte=on)
    return {
        "columns": ["Contract", "Reason", "What was decided", "By when"],
        "rows": [
            {
                "header": one.contract.reference,
                "cells": [rating.title(one.code), one.decision, wording.on_day(one.by_when)],
            }
            for one in decided.select_related("contract").order_by("-decided_on", "-pk")[:20]
        ],
        "nothing": f"No decision of the management team is recorded for the twelve months to {wording.on_day(on)}.",
        "note": f"The newest decisions of the twelve months to {wording.on_day(on)}, when this was written.",
        "source": f"Register of contracts, {wording.at_moment(at.isoformat())}",
    }


_REGISTERS: Mapping[str, Callable[[date, datetime, Profile], dict[str, Any]]] = {
    "monthly_checks": _monthly_checks,
    "lists_read": _lists_read,
    "flags": _flags,
    "contract_reasons": _contract_reasons,
    "team_decisions": _team_decisions,
}
