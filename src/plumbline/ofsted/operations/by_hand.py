"""Taking what a person enters of a setting: a judgement, a notice, an unregistered use.

Called through `placements.operations.take_judgements` and its like only, which then finds the children.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from plumbline.evidence.queries import document_to_use
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.names import sort_key
from plumbline.kernel.wording import day as day_in_words
from plumbline.ofsted import evaluation, intake, kinds
from plumbline.ofsted.evaluation import StatusChange
from plumbline.ofsted.grades import ASPECTS, SAYS_NOTHING, UNKNOWN, Aspect, framework_of
from plumbline.ofsted.models import (
    Inspection,
    Judgement,
    Notice,
    Setting,
    UnregisteredUse,
)
from plumbline.ofsted.rules import Kind
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was recorded by hand (None where something only ended), and whose status changed by it."""

    made: Inspection | Notice | UnregisteredUse | None
    status_changes: tuple[StatusChange, ...]


@operation
def record_setting(*, register: str, urn: str, name: str, provision_type: str = "", act: Act) -> Setting:
    """A setting that no list names: inspected by others, or not registered at all. Known already: that one."""
    act.check(Permission.MONTHLY_CHECK)
    urn = urn.strip().upper()
    if not urn:
        raise RuleBroken("Give the setting's URN, or a reference of your own where it has none.", code="missing_id")
    setting = _locked(intake.setting_of(register=register, urn=urn).pk)
    if not setting.name and name.strip():
        setting.name, setting.sort_key = name.strip(), sort_key(name)
        setting.provision_type = setting.provision_type or provision_type
        setting.save(update_fields=["name", "sort_key", "provision_type"])
    act.record("ofsted.setting.recorded", subject=setting, urn=urn)
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
    act: PersonalAct,
) -> Outcome:
    """A judgement read from a report. `judgements`: aspect → the report's wording or its grade (ofsted.grades).

    Needs the report's link or the document as evidence. The same inspection again corrects it. Raises RuleBroken
    (kind_of_another_time) where no inspection of that kind was made on that day.
    """
    act.check(Permission.MONTHLY_CHECK)
    setting = _locked(setting_id)
    _check_judgement(kind, inspected_on, published_on, judgements, on=act.on)
    if not report_link.strip() and document_id is None:
        raise RuleBroken(
            "Give the link to the report, or attach it: a judgement needs its evidence.", code="no_evidence"
        )
    document_to_use(document_id, act=act)
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
            "entered_by": act.by,
            "entered_at": act.at,
            "framework": framework_of(setting.register, inspected_on),
        },
    )
    inspection.inspectorate, inspection.published_on = inspectorate, published_on or inspection.published_on
    inspection.report_link = report_link.strip() or inspection.report_link
    inspection.document_id = document_id or inspection.document_id
    inspection.entered_by, inspection.entered_at = act.by, act.at
    inspection.save()
    for aspect, (wording, grade) in graded.items():
        Judgement.objects.update_or_create(
            inspection=inspection, aspect=aspect, defaults={"wording": wording, "grade": grade, "ofsted_list": None}
        )
    changes = _checked(setting, on=act.on)
    act.record(
        "ofsted.judgement.recorded",
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
            raise RuleBroken(f"{day_in_words(day)} is a date in the future.", code="future_date")
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
    *, setting_id: int, kind: str, from_on: date, to_on: date | None = None, wording: str = "", act: PersonalAct
) -> Outcome:
    """An enforcement notice: restriction of accommodation, compliance, suspension (Notice.Kind)."""
    act.check(Permission.MONTHLY_CHECK)
    if kind not in Notice.Kind.values:
        raise RuleBroken(f"“{kind}” is no kind of notice: {', '.join(Notice.Kind.values)}.", code="unknown_code")
    _check_days(from_on, to_on, on=act.on)
    setting = _locked(setting_id)
    notice = Notice.objects.create(
        setting=setting, kind=kind, from_on=from_on, to_on=to_on, wording=wording, entered_by=act.by, entered_at=act.at
    )
    changes = evaluation.evaluate([setting.pk], on=act.on)
    act.record("ofsted.notice.recorded", subject=setting, because=wording, notice=kind)
    return Outcome(notice, tuple(changes))


@operation
def end_notice(*, notice_id: int, to_on: date, act: PersonalAct) -> Outcome:
    """The last day on which a notice is in force."""
    act.check(Permission.MONTHLY_CHECK)
    notice = Notice.objects.filter(pk=notice_id).first()
    if notice is None:
        raise NotAllowed(f"There is no notice {notice_id}.")
    setting = _locked(notice.setting_id)
    _check_days(notice.from_on, to_on, on=act.on)
    notice.to_on = to_on
    notice.save(update_fields=["to_on"])
    changes = evaluation.evaluate([setting.pk], on=act.on)
    act.record("ofsted.notice.ended", subject=setting, to_on=to_on.isoformat())
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
    act: PersonalAct,
) -> Outcome:
    """A setting is used though it is not registered. Once at a time; the same again adds what was missing."""
    act.check(Permission.MONTHLY_CHECK)
    if not legal_basis.strip():
        raise RuleBroken("Say on what legal basis the child is there.", code="missing_reason")
    _check_days(from_on, None, on=act.on)
    setting = _locked(setting_id)
    use, made = UnregisteredUse.objects.get_or_create(
        setting=setting,
        to_on=None,
        defaults={"from_on": from_on, "legal_basis": legal_basis.strip(), "entered_by": act.by, "entered_at": act.at},
    )
    use.court_order_on = court_order_on or use.court_order_on
    use.ofsted_told_on = ofsted_told_on or use.ofsted_told_on
    use.registration_applied_on = registration_applied_on or use.registration_applied_on
    use.save(update_fields=["court_order_on", "ofsted_told_on", "registration_applied_on"])
    changes = evaluation.evaluate([setting.pk], on=act.on)
    act.record(
        "ofsted.unregistered_use.recorded" if made else "ofsted.unregistered_use.added_to",
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
    act: PersonalAct,
) -> Outcome:
    """What has been done about an open use without registration, as it is now; the event says what it was."""
    act.check(Permission.MONTHLY_CHECK)
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
        if day and day > act.on:
            raise RuleBroken(f"{day_in_words(day)} is a date in the future.", code="future_date")
    before = {name: str(getattr(use, name) or "") for name in changed}
    for name, value in changed.items():
        setattr(use, name, value)
    use.save(update_fields=list(changed))
    act.record(
        "ofsted.unregistered_use.updated",
        subject=setting,
        because=use.legal_basis,
        before=before,
        now={name: str(value or "") for name, value in changed.items()},
    )
    return Outcome(use, ())


@operation
def end_unregistered_use(*, use_id: int, to_on: date, act: PersonalAct) -> Outcome:
    """The last day of use without registration."""
    act.check(Permission.MONTHLY_CHECK)
    use = UnregisteredUse.objects.filter(pk=use_id, to_on=None).first()
    if use is None:
        raise NotAllowed(f"There is no open unregistered use {use_id}.")
    setting = _locked(use.setting_id)
    _check_days(use.from_on, to_on, on=act.on)
    use.to_on = to_on
    use.save(update_fields=["to_on"])
    changes = evaluation.evaluate([setting.pk], on=act.on)
    act.record("ofsted.unregistered_use.ended", subject=setting, to_on=to_on.isoformat())
    return Outcome(None, tuple(changes))


def _check_days(from_on: date, to_on: date | None, *, on: date) -> None:
    if from_on > on:
        raise RuleBroken(f"{day_in_words(from_on)} is a date in the future.", code="future_date")
    if to_on and to_on < from_on:
        raise RuleBroken(f"It would end on {day_in_words(to_on)}, before it begins.", code="end_before_start")


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
