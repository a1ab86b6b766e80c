"""The clocks of incidents when a bank holiday changes."""

from datetime import date, timedelta

from plumbline.contracts.models import IncidentState, Notification
from plumbline.contracts.rules.notifications import library
from plumbline.kernel.moments import day_here, end_of
from plumbline.kernel.periods import moved_by_a_holiday

_DAY = timedelta(1)


def follow_holiday(*, day: date, counts: bool, holidays: frozenset[date]) -> int:
    """Move by when those are to be told who have working days for it and were not told yet; returns how many moved. Its
    caller records why."""
    in_days = {rule.recipient for rule in library().rules if rule.clock.working_days is not None}
    waiting = (
        Notification.objects.select_for_update(of=("self",))
        .filter(recipient__in=in_days, sent_at=None, not_needed_because="", due_at__gte=end_of(day))
        .exclude(incident__state=IncidentState.CLOSED)
        .select_related("incident")
        .order_by("pk")
    )
    moved = []
    for row in waiting:
        knew_at = row.incident.known_at or row.incident.occurred_at
        new = moved_by_a_holiday(
            day_here(row.due_at), counts_from=day_here(knew_at) + _DAY, day=day, counts=counts, holidays=holidays
        )
        if new != day_here(row.due_at):
            row.due_at = end_of(new)
            moved.append(row)
    Notification.objects.bulk_update(moved, ["due_at"])
    return len(moved)
