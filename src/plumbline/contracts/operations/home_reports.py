"""The reports of children's homes: received, read, a concern raised; and what is due or missing, told ahead."""

from collections.abc import Mapping, Sequence
from datetime import date

from plumbline.actions.models import Action
from plumbline.actions.operations import raise_action
from plumbline.audit.moments import shown
from plumbline.contracts import flagging_of_care
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import ContractSetting, HomeReport
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries.visits import contracts_of_setting, place_of
from plumbline.contracts.rules import visits as rules
from plumbline.contracts.rules.evaluations import ActionGiven
from plumbline.evidence.queries import document_to_use
from plumbline.flags import operations as flags
from plumbline.flags.operations import Raised
from plumbline.flags.rules import Wanted
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import User


@operation
def receive_report(
    *,
    setting_id: int,
    kind: str,
    period_from: date,
    received_on: date,
    document_id: int | None,
    with_children: Mapping[int, tuple[int, date]],
    act: Act,
) -> HomeReport:
    """A home's report has come (`kind`, `period_from`: rules.visits.check_period); by an officer or the home itself.

    `with_children`: settings with our children, asked of the room above (queries.visits.visits_due).
    """
    setting = _setting(setting_id, act=act)
    rules.check_period(kind, period_from, on=act.on)
    if received_on > act.on:
        raise RuleBroken(f"{wording.day(received_on)} is a date in the future.", code="future_date")
    if received_on < period_from:
        raise RuleBroken("It cannot have come before the period that it speaks for.", code="end_before_start")
    document = document_to_use(document_id, act=act)
    expected = rules.Expected(kind, period_from, rules.due_by(kind, period_from))
    if setting.home_reports.filter(kind=kind, period_from=period_from).exists():
        raise RuleBroken(f"{expected.words().capitalize()} has come already.", code="already_there")
    report = HomeReport.objects.create(
        setting=setting,
        kind=kind,
        period_from=period_from,
        received_on=received_on,
        document=document,
        recorded_at=act.at,
        recorded_by=act.by,
    )
    act.record(
        "contracts.home_report.received",
        subject=report,
        setting=setting.urn,
        report=kind,
        period_from=period_from.isoformat(),
    )
    rerate(contract_ids=contracts_of_setting(setting.pk), act=act)
    _reconcile(
        flagging_of_care.wanted_of_homes(on=act.on, with_children=with_children, setting_ids=[setting.pk]),
        [flagging_of_care.REPORT_MISSING],
        act=act,
        subject=("setting", setting.pk),
    )
    return report


@operation
def read_report(*, report_id: int, concern: str, action: ActionGiven | None = None, act: PersonalAct) -> HomeReport:
    """Someone has read it; `concern`: what it gives cause for, without a name; "" for none.

    `action`: what is done about a concern, which every concern needs. Raises RuleBroken where it was read already.
    """
    act.check(Permission.CONTRACTS_MANAGE)
    report = HomeReport.objects.select_for_update(of=("self",)).select_related("setting").filter(pk=report_id).first()
    if report is None:
        raise NotAllowed(f"There is no report {report_id}.")
    if report.read_at is not None:
        raise RuleBroken(f"{report.read_by} read it on {wording.day(shown(report.read_at))}.", code="wrong_state")
    if action is not None and not concern.strip():
        raise RuleBroken("Say which concern is to be acted on.", code="missing_concern")
    if action is None and concern.strip():
        raise RuleBroken("Say what is to be done about the concern, by whom and by when.", code="missing_what_is_done")
    report.read_at, report.read_by, report.concern = act.at, act.by, concern.strip()
    report.save(update_fields=["read_at", "read_by", "concern"])
    if action is not None:
        _raise_action(report, action, act=act)
    act.record("contracts.home_report.read", subject=report, setting=report.setting.urn, concern=bool(report.concern))
    return report


@operation
def raise_care_flags(*, with_children: Mapping[int, tuple[int, date]], act: Act) -> Raised:
    """The flags of the day about meetings and visits that come near or are late, and reports of homes that are missing.

    `with_children`: settings with our children, asked of the room above (queries.visits.visits_due).
    """
    wanted = [
        *flagging_of_care.wanted_of_meetings(on=act.on),
        *flagging_of_care.wanted_of_visits(on=act.on, with_children=with_children),
        *flagging_of_care.wanted_of_homes(on=act.on, with_children=with_children),
    ]
    return _reconcile(wanted, flagging_of_care.KINDS, act=act)


def _reconcile(
    wanted: Sequence[Wanted],
    kinds: Sequence[str],
    *,
    act: Act,
    subject: tuple[str, int] | None = None,
) -> Raised:
    return flags.reconcile(wanted=wanted, kinds=kinds, why_closed=flagging_of_care.why_closed, act=act, subject=subject)


def _setting(setting_id: int, *, act: Act) -> Setting:
    setting = Setting.objects.filter(pk=setting_id).first()
    if setting is not None and (act.by is None or act.may(Permission.CONTRACTS_MANAGE)):
        return setting
    if setting is not None and act.by is not None:
        own = ContractSetting.objects.filter(setting=setting, contract__in=contracts_visible_to(act.by, on=act.on))
        if act.may(Permission.PROVIDER_PORTAL) and own.exists():
            return setting
    raise NotAllowed(f"There is no setting {setting_id} whose reports {act.by} may hand in.")


def _raise_action(report: HomeReport, given: ActionGiven, *, act: PersonalAct) -> None:
    owner = User.objects.filter(pk=given.owner_id, is_active=True).first() if given.owner_id else None
    rows = ContractSetting.objects.filter(setting=report.setting).select_related("contract__provider").order_by("pk")
    providers = {row.contract.provider_id: row.contract.provider for row in rows}
    whose = next(iter(providers.values())) if owner is None and len(providers) == 1 else None
    raise_action(
        title=given.title,
        detail=given.detail,
        subject_type="setting",
        subject_id=report.setting_id,
        subject_label=place_of(report.setting),
        origin_type=Action.Origin.OTHER,
        origin_id=report.pk,
        owner=owner or (act.by if whose is None else None),
        owner_organisation=whose,
        due_on=given.due_on,
        critical=given.critical,
        act=act,
    )
