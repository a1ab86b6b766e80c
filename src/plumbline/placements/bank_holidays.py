"""A bank holiday is announced, or was wrong: every clock of working days that runs follows, in one transaction."""

from datetime import date

from plumbline.commissioning.holidays import follow_holiday as follow_standstills
from plumbline.contracts.holidays import follow_holiday as follow_incidents
from plumbline.flags.holidays import follow_holiday as follow_flags
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.ofsted.monthly import follow_holiday as follow_month
from plumbline.people.access import Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import BankHoliday
from plumbline.people.queries import holidays_from


@operation
def change_bank_holiday(*, day: date, counts: bool, name: str, because: str, act: PersonalAct) -> int:
    """Enter a bank holiday (`counts`), or take one out of the list; returns how many running clocks moved.

    A clock that ran out before is left as it was. Raises RuleBroken for a day that is one already, or is none.
    """
    act.check(Permission.LISTS_MANAGE)
    known = BankHoliday.objects.select_for_update().filter(day=day).first()
    if not because.strip():
        raise RuleBroken("Say where this was announced, or why it is wrong.", code="missing_reason")
    if counts == (known is not None and known.counts):
        is_one = f"{wording.day(day)} is a bank holiday already" if counts else f"{wording.day(day)} is no bank holiday"
        raise RuleBroken(f"{is_one}.", code="unchanged")
    if counts and not name.strip() and known is None:
        raise RuleBroken("Give the name of the bank holiday.", code="missing_words")
    if day.weekday() >= 5 and counts:
        raise RuleBroken(
            f"{wording.day(day)} is a {day:%A}, no working day in any case. Enter the day given instead of it.",
            code="bad_date",
        )
    BankHoliday.objects.update_or_create(
        day=day,
        defaults={
            "name": name.strip()[:80] or (known.name if known else ""),
            "counts": counts,
            "because": because.strip(),
            "changed_at": act.at,
            "changed_by": act.by,
        },
    )
    # From a year back: a clock that runs may have begun so long ago.
    holidays = holidays_from(day.replace(year=day.year - 1, day=1))
    moved = follow_flags(day=day, counts=counts, holidays=holidays)
    moved += follow_incidents(day=day, counts=counts, holidays=holidays)
    moved += follow_standstills(day=day, holidays=holidays)
    moved += follow_month(day=day, holidays=holidays)
    act.record("people.bank_holiday.changed", because=because.strip(), day=day.isoformat(), counts=counts, clocks=moved)
    return moved
