"""The monthly check: each of our settings is looked up, and the month is complete when all are.

Called through `placements.operations.take_judgements` and its like only, which then finds the children.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from plumbline.audit.moments import shown
from plumbline.evidence.queries import document_to_use
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.ofsted import monthly
from plumbline.ofsted.models import (
    CheckItem,
    Inspection,
    MonthlyCheck,
    Setting,
    Status,
)
from plumbline.ofsted.operations.by_hand import Outcome, record_judgement
from plumbline.ofsted.states import CHECK_MOVES
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.queries import holidays_from

# What proves that a setting was checked: its report was read.
_LOOKED_UP = (CheckItem.Outcome.UNCHANGED, CheckItem.Outcome.CHANGED)


@operation
def open_month(*, month: date, setting_ids: Collection[int], act: Act) -> MonthlyCheck:
    """The check of a month (its first day), with a line for each of these settings; due on the fifth working day.

    Opened already: lines for settings that are new are added, unless it is complete.
    """
    act.check(Permission.MONTHLY_CHECK)
    check = MonthlyCheck.objects.filter(month=month).first()
    made = check is None
    if check is None:
        due_on = monthly.due_on(month, holidays_from(month))
        check = MonthlyCheck.objects.create(month=month, due_on=due_on, opened_at=act.at)
    if check.completed_at:
        return check
    there = set(check.items.values_list("setting", flat=True))
    new = sorted(set(setting_ids) - there)
    CheckItem.objects.bulk_create(CheckItem(check_month=check, setting_id=pk) for pk in new)
    if made or new:
        act.record("ofsted.month.opened", subject=check, month=month.isoformat(), settings=len(new))
    return check


@operation
def check_unchanged(
    *, item_id: int, report_link: str, note: str = "", document_id: int | None = None, act: PersonalAct
) -> Outcome:
    """The report page was looked at and says nothing new: recorded as evidence of the check.

    Raises RuleBroken (nothing_known) for a setting of which nothing is known: nothing cannot be unchanged.
    """
    act.check(Permission.MONTHLY_CHECK)
    item = _item(item_id)
    if item.setting.status == Status.UNMATCHED:
        raise RuleBroken(
            f"Nothing is known of {item.setting.urn}, so it cannot be unchanged: enter what its report says, or record "
            "that nothing was found.",
            code="nothing_known",
        )
    if not report_link.strip():
        raise RuleBroken("Give the link to the report page that you looked at.", code="no_evidence")
    _settle(item, CheckItem.Outcome.UNCHANGED, report_link, note, document_id, None, act=act)
    return Outcome(None, ())


@operation
def open_report(*, item_id: int, act: PersonalAct) -> CheckItem:
    """The setting's page of Ofsted's reports is opened from the worklist; kept while the month is open."""
    act.check(Permission.MONTHLY_CHECK)
    item = CheckItem.objects.select_for_update(of=("self",)).select_related("setting").filter(pk=item_id).first()
    if item is None:
        raise NotAllowed(f"There is no line {item_id} in a monthly check.")
    if item.outcome in (CheckItem.Outcome.TO_DO, CheckItem.Outcome.NOT_OPENED):
        item.opened_at = act.at
        item.save(update_fields=["opened_at"])
        act.record("ofsted.report.opened", subject_type="ofsted.setting", subject_id=item.setting_id, line=item.pk)
    return item


@operation
def check_not_opened(*, item_id: int, act: PersonalAct) -> Outcome:
    """The report was not opened: the setting is as the lists say. It is settled for the month, and was not checked."""
    act.check(Permission.MONTHLY_CHECK)
    _settle(_item(item_id), CheckItem.Outcome.NOT_OPENED, "", "", None, None, act=act)
    return Outcome(None, ())


@operation
def check_not_found(*, item_id: int, note: str, act: PersonalAct) -> Outcome:
    """A setting of which nothing is known was looked for, and nothing was found; `note`: where it was looked for, and
    what is done about it. It was not checked, and is still not to be taken as safe."""
    act.check(Permission.MONTHLY_CHECK)
    item = _item(item_id)
    if item.setting.status != Status.UNMATCHED:
        raise RuleBroken(f"{item.setting.urn} is known: say what its report page shows.", code="wrong_state")
    if not note.strip():
        raise RuleBroken("Say where it was looked for, and what is done about it.", code="missing_reason")
    _settle(item, CheckItem.Outcome.NOT_FOUND, "", note, None, None, act=act)
    return Outcome(None, ())


@operation
def check_changed(*, item_id: int, note: str = "", act: PersonalAct, **judged: Any) -> Outcome:
    """The report page says something new: `judged` is what `record_judgement` takes, but for the setting."""
    act.check(Permission.MONTHLY_CHECK)
    item = _item(item_id)
    outcome = record_judgement(setting_id=item.setting_id, act=act, **judged)
    made = outcome.made if isinstance(outcome.made, Inspection) else None
    _settle(
        item, CheckItem.Outcome.CHANGED, judged.get("report_link", ""), note, judged.get("document_id"), made, act=act
    )
    return outcome


@operation
def complete_month(*, check_id: int, lists_note: str = "", act: PersonalAct) -> MonthlyCheck:
    """Raises RuleBroken while a setting has not been looked up, or neither a list was read nor the note says why."""
    act.check(Permission.MONTHLY_CHECK)
    check = MonthlyCheck.objects.select_for_update().filter(pk=check_id).first()
    if check is None:
        raise NotAllowed(f"There is no check {check_id}.")
    if check.completed_at:
        raise RuleBroken(f"This check was completed on {wording.day(shown(check.completed_at))}.", code="wrong_state")
    left = check.items.filter(outcome=CheckItem.Outcome.TO_DO).count()
    if left:
        raise RuleBroken(f"{left} settings have not been looked up yet.", code="not_finished")
    if not check.lists.exists() and not lists_note.strip():
        raise RuleBroken(
            "No list was read this month. Read the lists that Ofsted has published, or say that there was none.",
            code="no_lists",
        )
    check.completed_at, check.completed_by, check.lists_note = act.at, act.by, lists_note.strip()
    check.save(update_fields=["completed_at", "completed_by", "lists_note"])
    act.record("ofsted.month.completed", subject=check, because=check.lists_note)
    return check


def _item(item_id: int) -> CheckItem:
    items = CheckItem.objects.select_for_update(of=("self",)).select_related("check_month", "setting")
    item = items.filter(pk=item_id).first()
    if item is None:
        raise NotAllowed(f"There is no line {item_id} in a monthly check.")
    if item.check_month.completed_at:
        raise RuleBroken("The check of this month is complete.", code="wrong_state")
    return item


def _settle(
    item: CheckItem,
    outcome: CheckItem.Outcome,
    report_link: str,
    note: str,
    document_id: int | None,
    inspection: Inspection | None,
    *,
    act: PersonalAct,
) -> None:
    check_move(CHECK_MOVES, CheckItem.Outcome(item.outcome), outcome)
    item.outcome, item.report_link, item.note = outcome, report_link.strip(), note.strip()
    item.document, item.inspection = document_to_use(document_id, act=act), inspection
    item.checked_at, item.checked_by = act.at, act.by
    item.save()
    if outcome in _LOOKED_UP:
        Setting.objects.filter(pk=item.setting_id).exclude(last_checked_on__gte=act.on).update(last_checked_on=act.on)
    act.record(
        "ofsted.setting.checked",
        subject_type="ofsted.setting",
        subject_id=item.setting_id,
        because=item.note,
        outcome=outcome.value,
        link=item.report_link,
    )
