"""By when the monthly check is due, and its clock when a bank holiday changes."""

from collections.abc import Collection
from datetime import date

from plumbline.kernel.periods import working_days_of_month
from plumbline.ofsted.models import MonthlyCheck

WORKING_DAYS = 5


def due_on(month: date, holidays: Collection[date]) -> date:
    """The fifth working day of a month (domain.md, M: "monthly" is the calendar month, late after that day)."""
    return list(working_days_of_month(month, holidays))[WORKING_DAYS - 1]


def follow_holiday(*, day: date, holidays: Collection[date]) -> int:
    """Move the check of the day's month, where it is still to be done; returns how many moved. Its caller records
    why."""
    check = MonthlyCheck.objects.select_for_update().filter(month=day.replace(day=1), completed_at=None).first()
    if check is None or check.due_on == (new := due_on(check.month, holidays)):
        return 0
    check.due_on = new
    check.save(update_fields=["due_on"])
    return 1
