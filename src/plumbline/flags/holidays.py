"""The clocks of flags when a bank holiday changes."""

from datetime import date, timedelta

from django.db.models import Q

from plumbline.flags.kinds import kinds
from plumbline.flags.models import Flag, FlagState, FlagStep
from plumbline.flags.rules import due_on as due_by_rule
from plumbline.kernel.periods import moved_by_a_holiday

_DAY = timedelta(1)


def follow_holiday(*, day: date, counts: bool, holidays: frozenset[date]) -> int:
    """Move the steps still to be done, and the days of flags without steps; returns how many moved. Its caller records
    why.

    `holidays` as they are now. A day that a flag was given from outside (an action's, a return's) is none of our clocks
    and stays.
    """
    before = holidays - {day} if counts else holidays | {day}
    reaches = Q(due_on__gte=day) | Q(steps__done_at=None, steps__due_on__gte=day)
    running = Flag.objects.filter(reaches, state=FlagState.OPEN, raised_on__lt=day).values("pk")
    moved = 0
    for flag in Flag.objects.select_for_update().filter(pk__in=running).order_by("pk"):
        steps = list(flag.steps.filter(done_at=None).order_by("due_on", "pk"))
        changed = []
        for step in steps:
            new = moved_by_a_holiday(
                step.due_on, counts_from=flag.raised_on + _DAY, day=day, counts=counts, holidays=holidays
            )
            if new != step.due_on:
                step.due_on = new
                changed.append(step)
        FlagStep.objects.bulk_update(changed, ["due_on"])
        by = min((step.due_on for step in steps), default=flag.due_on)
        if not steps and flag.due_on == due_by_rule(kinds()[flag.kind], (), learnt_on=flag.raised_on, holidays=before):
            by = due_by_rule(kinds()[flag.kind], (), learnt_on=flag.raised_on, holidays=holidays)
        moved += len(changed) or int(by != flag.due_on)
        if by != flag.due_on:
            flag.due_on = by
            flag.save(update_fields=["due_on"])
    return moved
