"""The standstill of an award when a bank holiday changes."""

from datetime import date

from plumbline.commissioning.models import Award, Tender
from plumbline.commissioning.rules.award import standstill_ends


def follow_holiday(*, day: date, holidays: frozenset[date]) -> int:
    """Work out again until when each running standstill lasts; returns how many moved. Its caller records why."""
    running = Award.objects.filter(state=Award.State.STANDSTILL, standstill_until__gte=day)
    moved = 0
    for tender in Tender.objects.select_for_update().filter(pk__in=running.values("tender")).order_by("pk"):
        awards = list(tender.awards.filter(state=Award.State.STANDSTILL))
        # A standstill begins with the notice: the database holds that there is one.
        until = max(
            standstill_ends(award.notice_on, tender.standstill_days, holidays) for award in awards if award.notice_on
        )
        if until != tender.standstill_until:
            tender.standstill_until = until
            tender.save(update_fields=["standstill_until"])
            for award in awards:
                award.standstill_until = until
                award.save(update_fields=["standstill_until"])
            moved += 1
    return moved
