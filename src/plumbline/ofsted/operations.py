"""Taking what Ofsted says: a published list, a judgement entered by hand, a notice, an unregistered use.

Called through `placements.operations.take_judgements` and its like only, which then finds the children.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from plumbline.audit import operations as audit
from plumbline.audit.models import Import
from plumbline.evidence.queries import document_to_use
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.names import sort_key
from plumbline.kernel.transitions import check_move
from plumbline.ofsted import evaluation, intake, kinds, list_days, listing, monthly, overruled
from plumbline.ofsted.comparing import Differences, Said, compare_lists
from plumbline.ofsted.evaluation import StatusChange
from plumbline.ofsted.grades import ASPECTS, SAYS_NOTHING, UNKNOWN, Aspect, framework_of
from plumbline.ofsted.models import (
    CheckItem,
    Inspection,
    Judgement,
    MonthlyCheck,
    Notice,
    OfstedList,
    Setting,
    Status,
    UnregisteredUse,
)
from plumbline.ofsted.overruled import Overruled
from plumbline.ofsted.rules import RULE_VERSION, Kind
from plumbline.ofsted.staging import ListRead
from plumbline.ofsted.states import CHECK_MOVES
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.acting import operation
from plumbline.people.models import User
from plumbline.people.queries import holidays_from


@dataclass(frozen=True, slots=True)
class ListTaken:
    """`rows` counts the list's rows: added, changed, unchanged. `differences`: from the list before, if any.
    `overruled`: what was entered by hand, and the list says otherwise; `withstood`: the same, entered after the list's
    day, so that it counts."""

    ofsted_list: OfstedList
    rows: Mapping[str, int]
    status_changes: tuple[StatusChange, ...]
    differences: Differences | None
    overruled: tuple[Overruled, ...]
    withstood: tuple[Overruled, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was recorded by hand (None where something only ended), and whose status changed by it."""

    made: Inspection | Notice | UnregisteredUse | None
    status_changes: tuple[StatusChange, ...]


@operation
def record_list(
    *,
    read: ListRead,
    import_run: Import,
    into: OfstedList | None = None,
    proves_to: date | None = None,
    by: User | None,
    at: datetime,
    on: date,
) -> ListTaken:
    """Take one list whole, or rows of the list `into` that could not be taken with it. `proves_to`: the last day for
    which it proves a check, where that is not its own. Raises RuleBroken (future_date) for a list of a day that is
    still to come.

    An older list than those known fills history and overwrites nothing newer; the same list again changes nothing.
    """
    list_days.check_list_day(read.as_at, on=on)
    taken = listing.take(read, import_run_id=import_run.pk, into=into, proves_to=proves_to)
    others = OfstedList.objects.filter(register=read.register, whole=True)
    moved: set[date] = set()
    changes = evaluation.evaluate(
        listing.in_stage_to_evaluate(rule_version=RULE_VERSION),
        on=on,
        moved=moved,
        days=set(others.values_list("as_at", flat=True)),
    )
    overruled.record(taken.overruled, import_run=import_run, by=by, at=at)
    differences = _compare(taken.ofsted_list)
    _compare_others(taken.ofsted_list, moved)
    for check in MonthlyCheck.objects.filter(month=on.replace(day=1), completed_at=None):
        check.lists.add(taken.ofsted_list)
    rows = _count(read, taken)
    if taken.new_list or rows["added"] or rows["changed"]:
        audit.record(
            "ofsted.list.taken",
            by=by,
            at=at,
            subject=taken.ofsted_list,
            because=import_run.because,
            as_at=read.as_at.isoformat(),
            family=read.family,
            rows=rows,
            status_changes=len(changes),
        )
    return ListTaken(
        taken.ofsted_list, rows, tuple(changes), differences, tuple(taken.overruled), tuple(taken.withstood)
    )


def _count(read: ListRead, taken: listing.Taken) -> dict[str, int]:
    """Row by row: a list of settings adds settings, a list of inspections adds inspections."""
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    changed_urns = taken.changed | {urn for urn, _, _ in taken.new_events | taken.changed_events}
    for row in read.rows:
        if read.whole:
            new, changed = row.urn in taken.added, row.urn in changed_urns
        else:
            events = {(row.urn, str(told.kind), told.inspected_on) for told in row.inspections}
            new = bool(events & taken.new_events) or row.urn in taken.added
            changed = bool(events & taken.changed_events) or row.urn in taken.changed
        counts["added" if new else "changed" if changed else "unchanged"] += 1
    return counts


def _compare(ofsted_list: OfstedList) -> Differences | None:
    """How a whole list differs from the one before it, where both cover; kept as counts."""
    if not ofsted_list.whole:
        return None
    earlier = OfstedList.objects.filter(
        family=ofsted_list.family, register=ofsted_list.register, whole=True, as_at__lt=ofsted_list.as_at
    ).order_by("-as_at", "-pk")
    before = next((other for other in earlier if _covers_alike(other, ofsted_list)), None)
    if before is None:
        return None
    both = (
        {*before.regions, *ofsted_list.regions}
        if not before.regions or not ofsted_list.regions
        else (set(before.regions) & set(ofsted_list.regions))
    )
    differences = compare_lists(before=_said(before, both), after=_said(ofsted_list, both))
    counts = {
        "new": len(differences.new), "gone": len(differences.gone), "better": len(differences.better),
        "worse": len(differences.worse), "newly_adverse": len(differences.newly_adverse),
        "unchanged": len(differences.unchanged), "newly_adverse_urns": list(differences.newly_adverse),
    }  # fmt: skip
    if (ofsted_list.compared_with_id, ofsted_list.differences) != (before.pk, counts):
        ofsted_list.compared_with, ofsted_list.differences = before, counts
        ofsted_list.save(update_fields=["compared_with", "differences"])
    return differences


def _compare_others(ofsted_list: OfstedList, moved: Collection[date]) -> None:
    """The next newer list is now compared with this one, whichever was read first; and where a list told us how
    settings had stood on the day of another (`moved`), the comparisons with that day are made again.
    """
    others = OfstedList.objects.filter(register=ofsted_list.register, whole=True).exclude(pk=ofsted_list.pk)
    again = {
        other.pk: other
        for other in others.select_related("compared_with")
        if other.as_at in moved or (other.compared_with and other.compared_with.as_at in moved)
    }
    later = others.filter(family=ofsted_list.family, as_at__gt=ofsted_list.as_at).order_by("as_at", "pk")
    following = next((other for other in later if _covers_alike(other, ofsted_list)), None)
    if ofsted_list.whole and following is not None:
        again[following.pk] = following
    for other in again.values():
        _compare(other)


def _covers_alike(one: OfstedList, other: OfstedList) -> bool:
    return not one.regions or not other.regions or bool(set(one.regions) & set(other.regions))


def _said(ofsted_list: OfstedList, regions: Collection[str]) -> dict[str, Said]:
    return {urn: Said(*said) for urn, said in listing.said_by(ofsted_list, regions=regions).items()}


@operation
def reevaluate(*, by: User | None, at: datetime, on: date, everything: bool = False) -> list[StatusChange]:
    """Apply the rules where something is not evaluated, the rules are newer, or the day has moved a status on.

    `everything`: to every setting, whatever is kept.
    """
    ids = list(Setting.objects.values_list("pk", flat=True)) if everything else evaluation.to_evaluate(on=on)
    changes = evaluation.evaluate(ids, on=on)
    if changes:
        audit.record("ofsted.settings.reevaluated", by=by, at=at, settings=len(ids), status_changes=len(changes))
    return changes


# --- by hand -------------------------------------------------------------------------------------------------------


@operation
def record_setting(
    *, register: str, urn: str, name: str, provision_type: str = "", by: User | None, at: datetime, on: date
) -> Setting:
    """A setting that no list names: inspected by others, or not registered at all. Known already: that one."""
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    urn = urn.strip().upper()
    if not urn:
        raise RuleBroken("Give the setting's URN, or a reference of your own where it has none.", code="missing_id")
    made = intake.ensure_settings(register=register, urns=[urn])
    setting = Setting.objects.get(pk=made[urn])
    if not setting.name and name.strip():
        setting.name, setting.sort_key = name.strip(), sort_key(name)
        setting.provision_type = setting.provision_type or provision_type
        setting.save(update_fields=["name", "sort_key", "provision_type"])
    audit.record("ofsted.setting.recorded", by=by, at=at, subject=setting, urn=urn)
    return setting


@operation
def record_judgement(
    *,
    setting_id: int,
    kind: str,
    inspected_on: date,
    judgements: Mapping[str, str],
    report_link: str = "",
    document_id: int | None = None,
    inspectorate: str = "Ofsted",
    published_on: date | None = None,
    by: User,
    at: datetime,
    on: date,
) -> Outcome:
    """A judgement read from a report. `judgements`: aspect → the report's wording or its grade (ofsted.grades).

    Needs the report's link or the document as evidence. The same inspection again corrects it. Raises RuleBroken
    (kind_of_another_time) where no inspection of that kind was made on that day.
    """
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    setting = _locked(setting_id)
    _check_judgement(kind, inspected_on, published_on, judgements, on=on)
    if not report_link.strip() and document_id is None:
        raise RuleBroken(
            "Give the link to the report, or attach it: a judgement needs its evidence.", code="no_evidence"
        )
    document_to_use(document_id, by=by, on=on)
    graded = {aspect: _grade(aspect, wording) for aspect, wording in judgements.items()}
    kinds.check_kind(
        register=setting.register,
        kind=kind,
        inspected_on=inspected_on,
        independent=_independent(setting),
        aspects=[aspect for aspect, (_, grade) in graded.items() if grade not in SAYS_NOTHING],
    )
    inspection, _ = Inspection.objects.get_or_create(
        setting=setting,
        kind=kind,
        inspected_on=inspected_on,
        defaults={
            "source": Inspection.Source.HAND,
            "entered_by": by,
            "entered_at": at,
            "framework": framework_of(setting.register, inspected_on),
        },
    )
    inspection.inspectorate, inspection.published_on = inspectorate, published_on or inspection.published_on
    inspection.report_link = report_link.strip() or inspection.report_link
    inspection.document_id = document_id or inspection.document_id
    inspection.entered_by, inspection.entered_at = by, at
    inspection.save()
    for aspect, (wording, grade) in graded.items():
        Judgement.objects.update_or_create(
            inspection=inspection, aspect=aspect, defaults={"wording": wording, "grade": grade, "ofsted_list": None}
        )
    changes = _checked(setting, on=on)
    audit.record(
        "ofsted.judgement.recorded",
        by=by,
        at=at,
        subject=setting,
        inspection=kind,
        inspected_on=inspected_on.isoformat(),
        judgements={aspect: grade for aspect, (_, grade) in graded.items()},
    )
    return Outcome(inspection, tuple(changes))


def _independent(setting: Setting) -> bool | None:
    """Whether a school is independent, by what it is called; None where nobody has said what it is."""
    return "independent" in setting.provision_type.lower() if setting.provision_type else None


def _check_judgement(
    kind: str, inspected_on: date, published_on: date | None, judgements: Mapping[str, str], *, on: date
) -> None:
    if kind not in set(Kind):
        raise RuleBroken(f"“{kind}” is no kind of inspection: {', '.join(Kind)}.", code="unknown_code")
    for day in (inspected_on, published_on):
        if day and day > on:
            raise RuleBroken(f"{day:%-d %B %Y} is a date in the future.", code="future_date")
    if published_on and published_on < inspected_on:
        raise RuleBroken("The report was published before the inspection.", code="end_before_start")
    if not judgements:
        raise RuleBroken("Enter at least one judgement.", code="missing_judgement")


def _grade(aspect: str, wording: str) -> tuple[str, str]:
    if aspect not in set(Aspect):
        raise RuleBroken(f"“{aspect}” is nothing that is judged.", code="unknown_code")
    scale = ASPECTS[Aspect(aspect)].scale
    said = wording.strip()
    codes = {grade.code: grade.label for grade in scale.grades}
    grade = said if said in codes else scale.grade_of(said)
    if grade == UNKNOWN:
        raise RuleBroken(
            f"“{said}” is not on the scale of {ASPECTS[Aspect(aspect)].label}: {', '.join(codes.values())}.",
            code="unknown_code",
        )
    return codes.get(said, said), grade


@operation
def record_notice(
    *,
    setting_id: int,
    kind: str,
    from_on: date,
    to_on: date | None = None,
    wording: str = "",
    by: User,
    at: datetime,
    on: date,
) -> Outcome:
    """An enforcement notice: restriction of accommodation, compliance, suspension (Notice.Kind)."""
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    if kind not in Notice.Kind.values:
        raise RuleBroken(f"“{kind}” is no kind of notice: {', '.join(Notice.Kind.values)}.", code="unknown_code")
    _check_days(from_on, to_on, on=on)
    setting = _locked(setting_id)
    notice = Notice.objects.create(
        setting=setting, kind=kind, from_on=from_on, to_on=to_on, wording=wording, entered_by=by, entered_at=at
    )
    changes = evaluation.evaluate([setting.pk], on=on)
    audit.record("ofsted.notice.recorded", by=by, at=at, subject=setting, because=wording, notice=kind)
    return Outcome(notice, tuple(changes))


@operation
def end_notice(*, notice_id: int, to_on: date, by: User, at: datetime, on: date) -> Outcome:
    """The last day on which a notice is in force."""
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    notice = Notice.objects.filter(pk=notice_id).first()
    if notice is None:
        raise NotAllowed(f"There is no notice {notice_id}.")
    setting = _locked(notice.setting_id)
    _check_days(notice.from_on, to_on, on=on)
    notice.to_on = to_on
    notice.save(update_fields=["to_on"])
    changes = evaluation.evaluate([setting.pk], on=on)
    audit.record("ofsted.notice.ended", by=by, at=at, subject=setting, to_on=to_on.isoformat())
    return Outcome(None, tuple(changes))


@operation
def record_unregistered_use(
    *,
    setting_id: int,
    from_on: date,
    legal_basis: str,
    court_order_on: date | None = None,
    ofsted_told_on: date | None = None,
    registration_applied_on: date | None = None,
    by: User,
    at: datetime,
    on: date,
) -> Outcome:
    """A setting is used though it is not registered. Once at a time; the same again adds what was missing."""
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    if not legal_basis.strip():
        raise RuleBroken("Say on what legal basis the child is there.", code="missing_reason")
    _check_days(from_on, None, on=on)
    setting = _locked(setting_id)
    use, made = UnregisteredUse.objects.get_or_create(
        setting=setting,
        to_on=None,
        defaults={"from_on": from_on, "legal_basis": legal_basis.strip(), "entered_by": by, "entered_at": at},
    )
    use.court_order_on = court_order_on or use.court_order_on
    use.ofsted_told_on = ofsted_told_on or use.ofsted_told_on
    use.registration_applied_on = registration_applied_on or use.registration_applied_on
    use.save(update_fields=["court_order_on", "ofsted_told_on", "registration_applied_on"])
    changes = evaluation.evaluate([setting.pk], on=on)
    audit.record(
        "ofsted.unregistered_use.recorded" if made else "ofsted.unregistered_use.added_to",
        by=by,
        at=at,
        subject=setting,
        because=legal_basis.strip(),
    )
    return Outcome(use, tuple(changes))


@operation
def update_unregistered_use(
    *,
    use_id: int,
    legal_basis: str,
    court_order_on: date | None,
    ofsted_told_on: date | None,
    registration_applied_on: date | None,
    by: User,
    at: datetime,
    on: date,
) -> Outcome:
    """What has been done about an open use without registration, as it stands now; the event says what it was."""
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    if not legal_basis.strip():
        raise RuleBroken("Say on what legal basis the child is there.", code="missing_reason")
    use = UnregisteredUse.objects.filter(pk=use_id, to_on=None).first()
    if use is None:
        raise NotAllowed(f"There is no open unregistered use {use_id}.")
    setting = _locked(use.setting_id)
    now = {
        "legal_basis": legal_basis.strip(), "court_order_on": court_order_on, "ofsted_told_on": ofsted_told_on,
        "registration_applied_on": registration_applied_on,
    }  # fmt: skip
    changed = {name: value for name, value in now.items() if getattr(use, name) != value}
    for day in (court_order_on, ofsted_told_on, registration_applied_on):
        if day and day > on:
            raise RuleBroken(f"{day:%-d %B %Y} is a date in the future.", code="future_date")
    before = {name: str(getattr(use, name) or "") for name in changed}
    for name, value in changed.items():
        setattr(use, name, value)
    use.save(update_fields=list(changed))
    audit.record(
        "ofsted.unregistered_use.updated",
        by=by,
        at=at,
        subject=setting,
        because=use.legal_basis,
        before=before,
        now={name: str(value or "") for name, value in changed.items()},
    )
    return Outcome(use, ())


@operation
def end_unregistered_use(*, use_id: int, to_on: date, by: User, at: datetime, on: date) -> Outcome:
    """The last day of use without registration."""
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    use = UnregisteredUse.objects.filter(pk=use_id, to_on=None).first()
    if use is None:
        raise NotAllowed(f"There is no open unregistered use {use_id}.")
    setting = _locked(use.setting_id)
    _check_days(use.from_on, to_on, on=on)
    use.to_on = to_on
    use.save(update_fields=["to_on"])
    changes = evaluation.evaluate([setting.pk], on=on)
    audit.record("ofsted.unregistered_use.ended", by=by, at=at, subject=setting, to_on=to_on.isoformat())
    return Outcome(None, tuple(changes))


def _check_days(from_on: date, to_on: date | None, *, on: date) -> None:
    if from_on > on:
        raise RuleBroken(f"{from_on:%-d %B %Y} is a date in the future.", code="future_date")
    if to_on and to_on < from_on:
        raise RuleBroken(f"It would end on {to_on:%-d %B %Y}, before it begins.", code="end_before_start")


def _locked(setting_id: int) -> Setting:
    setting = Setting.objects.select_for_update(no_key=True).filter(pk=setting_id).first()
    if setting is None:
        raise NotAllowed(f"There is no setting {setting_id}.")
    return setting


def _checked(setting: Setting, *, on: date) -> list[StatusChange]:
    """Evaluate, and note that the setting was looked up today."""
    changes = evaluation.evaluate([setting.pk], on=on)
    Setting.objects.filter(pk=setting.pk).exclude(last_checked_on__gte=on).update(last_checked_on=on)
    return changes


# --- the monthly check ------------------------------------------------------------------------------------------------

# What proves that a setting was checked: its report was read.
_LOOKED_UP = (CheckItem.Outcome.UNCHANGED, CheckItem.Outcome.CHANGED)


@operation
def open_month(*, month: date, setting_ids: Collection[int], by: User | None, at: datetime, on: date) -> MonthlyCheck:
    """The check of a month (its first day), with a line for each of these settings; due on the fifth working day.

    Opened already: lines for settings that are new are added, unless it is complete.
    """
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    check = MonthlyCheck.objects.filter(month=month).first()
    made = check is None
    if check is None:
        due_on = monthly.due_on(month, holidays_from(month))
        check = MonthlyCheck.objects.create(month=month, due_on=due_on, opened_at=at)
    if check.completed_at:
        return check
    there = set(check.items.values_list("setting", flat=True))
    new = sorted(set(setting_ids) - there)
    CheckItem.objects.bulk_create(CheckItem(check_month=check, setting_id=pk) for pk in new)
    if made or new:
        audit.record("ofsted.month.opened", by=by, at=at, subject=check, month=month.isoformat(), settings=len(new))
    return check


@operation
def check_unchanged(
    *, item_id: int, report_link: str, note: str = "", document_id: int | None = None, by: User, at: datetime, on: date
) -> Outcome:
    """The report page was looked at and says nothing new: recorded as evidence of the check.

    Raises RuleBroken (nothing_known) for a setting of which nothing is known: nothing cannot be unchanged.
    """
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    item = _item(item_id)
    if item.setting.status == Status.UNMATCHED:
        raise RuleBroken(
            f"Nothing is known of {item.setting.urn}, so it cannot be unchanged: enter what its report says, or record "
            "that nothing was found.",
            code="nothing_known",
        )
    if not report_link.strip():
        raise RuleBroken("Give the link to the report page that you looked at.", code="no_evidence")
    _settle(item, CheckItem.Outcome.UNCHANGED, report_link, note, document_id, None, by=by, at=at, on=on)
    return Outcome(None, ())


@operation
def open_report(*, item_id: int, by: User, at: datetime, on: date) -> CheckItem:
    """The setting's page of Ofsted's reports is opened from the worklist; kept while the month is open."""
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    item = CheckItem.objects.select_for_update(of=("self",)).select_related("setting").filter(pk=item_id).first()
    if item is None:
        raise NotAllowed(f"There is no line {item_id} in a monthly check.")
    if item.outcome in (CheckItem.Outcome.TO_DO, CheckItem.Outcome.NOT_OPENED):
        item.opened_at = at
        item.save(update_fields=["opened_at"])
        audit.record(
            "ofsted.report.opened",
            by=by,
            at=at,
            subject_type="ofsted.setting",
            subject_id=item.setting_id,
            line=item.pk,
        )
    return item


@operation
def check_not_opened(*, item_id: int, by: User, at: datetime, on: date) -> Outcome:
    """The report was not opened: the setting is as the lists say. It is settled for the month, and was not checked."""
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    _settle(_item(item_id), CheckItem.Outcome.NOT_OPENED, "", "", None, None, by=by, at=at, on=on)
    return Outcome(None, ())


@operation
def check_not_found(*, item_id: int, note: str, by: User, at: datetime, on: date) -> Outcome:
    """A setting of which nothing is known was looked for, and nothing was found; `note`: where it was looked for, and
    what is done about it. It was not checked, and is still not to be taken as safe."""
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    item = _item(item_id)
    if item.setting.status != Status.UNMATCHED:
        raise RuleBroken(f"{item.setting.urn} is known: say what its report page shows.", code="wrong_state")
    if not note.strip():
        raise RuleBroken("Say where it was looked for, and what is done about it.", code="missing_reason")
    _settle(item, CheckItem.Outcome.NOT_FOUND, "", note, None, None, by=by, at=at, on=on)
    return Outcome(None, ())


@operation
def check_changed(*, item_id: int, note: str = "", by: User, at: datetime, on: date, **judged: Any) -> Outcome:
    """The report page says something new: `judged` is what `record_judgement` takes, but for the setting."""
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    item = _item(item_id)
    outcome = record_judgement(setting_id=item.setting_id, by=by, at=at, on=on, **judged)
    made = outcome.made if isinstance(outcome.made, Inspection) else None
    _settle(
        item,
        CheckItem.Outcome.CHANGED,
        judged.get("report_link", ""),
        note,
        judged.get("document_id"),
        made,
        by=by,
        at=at,
        on=on,
    )
    return outcome


@operation
def complete_month(*, check_id: int, lists_note: str = "", by: User, at: datetime, on: date) -> MonthlyCheck:
    """Raises RuleBroken while a setting has not been looked up, or neither a list was read nor the note says why."""
    access.check(by, Permission.MONTHLY_CHECK, on=on)
    check = MonthlyCheck.objects.select_for_update().filter(pk=check_id).first()
    if check is None:
        raise NotAllowed(f"There is no check {check_id}.")
    if check.completed_at:
        raise RuleBroken(f"This check was completed on {check.completed_at:%-d %B %Y}.", code="wrong_state")
    left = check.items.filter(outcome=CheckItem.Outcome.TO_DO).count()
    if left:
        raise RuleBroken(f"{left} settings have not been looked up yet.", code="not_finished")
    if not check.lists.exists() and not lists_note.strip():
        raise RuleBroken(
            "No list was read this month. Read the lists that Ofsted has published, or say that there was none.",
            code="no_lists",
        )
    check.completed_at, check.completed_by, check.lists_note = at, by, lists_note.strip()
    check.save(update_fields=["completed_at", "completed_by", "lists_note"])
    audit.record("ofsted.month.completed", by=by, at=at, subject=check, because=check.lists_note)
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
    by: User,
    at: datetime,
    on: date,
) -> None:
    check_move(CHECK_MOVES, CheckItem.Outcome(item.outcome), outcome)
    item.outcome, item.report_link, item.note = outcome, report_link.strip(), note.strip()
    item.document, item.inspection = document_to_use(document_id, by=by, on=on), inspection
    item.checked_at, item.checked_by = at, by
    item.save()
    if outcome in _LOOKED_UP:
        Setting.objects.filter(pk=item.setting_id).exclude(last_checked_on__gte=on).update(last_checked_on=on)
    audit.record(
        "ofsted.setting.checked",
        by=by,
        at=at,
        subject_type="ofsted.setting",
        subject_id=item.setting_id,
        because=item.note,
        outcome=outcome.value,
        link=item.report_link,
    )
