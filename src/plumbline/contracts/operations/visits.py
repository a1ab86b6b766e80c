"""Site visits: planned, made, reported, answered, signed off; another council's accepted, ours sent on."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from plumbline.actions.models import Action
from plumbline.actions.operations import raise_action
from plumbline.contracts import visit_paper
from plumbline.contracts.locked_contract import contract_to_change
from plumbline.contracts.models import Contract, ContractSetting, ContractState, Visit, VisitFinding
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries.visits import MADE, contracts_of, may_answer, open_ends_of, place, provider_of, said
from plumbline.contracts.rules import packs
from plumbline.contracts.rules import visits as rules
from plumbline.contracts.rules.evaluations import ActionGiven
from plumbline.contracts.rules.visits import FindingGiven
from plumbline.contracts.states import VISIT_MOVES
from plumbline.documents import pdf
from plumbline.evidence.models import Sensitivity
from plumbline.evidence.operations import keep_document
from plumbline.evidence.queries import document_to_use
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import User
from plumbline.toolkits.operations import returns
from plumbline.toolkits.queries.versions import current_version
from plumbline.toolkits.states import ANSWERABLE

_S = Visit.State
_REPORT = "visit_report"


@operation
def plan_visit(
    *, contract_id: int | None, setting_id: int | None, visited_on: date, visitors: str = "", act: Act
) -> Visit:
    """Put a visit down for a day, to a setting, or under a contract that has none.

    A setting under one contract is visited under it; one under several or none counts for all of them alike.
    """
    contract, setting = _where(contract_id, setting_id, act=act)
    visit = Visit.objects.create(
        contract=contract,
        setting=setting,
        state=_S.PLANNED,
        visited_on=visited_on,
        visitors=visitors.strip(),
        recorded_at=act.at,
        recorded_by=act.by,
    )
    act.record(
        "contracts.visit.planned",
        subject=visit,
        visited_on=visited_on.isoformat(),
        contract=contract.pk if contract else None,
        setting=setting.urn if setting else "",
    )
    return visit


@operation
def begin_toolkit(*, visit_id: int, act: PersonalAct) -> Visit:
    """Begin the site visit toolkit for a planned visit: a return of the council's own, answered by who begins it.

    What it says of the five areas is what the record of the visit begins with (queries.visits.found_with_toolkit).
    """
    visit = _visit(visit_id, act=act)
    if visit.state != _S.PLANNED:
        raise RuleBroken("The visit is recorded already, or cancelled.", code="wrong_state")
    if visit.answer_set_id is not None:
        raise RuleBroken("The toolkit of this visit is begun already.", code="already_there")
    visit.answer_set = returns.request_return(
        version=current_version("site_visit"),
        title=f"Site visit: {place(visit)}, {wording.day(visit.visited_on)}",
        organisation=None,
        period_from=None,
        period_to=None,
        due_on=None,
        assign_to=[act.by],
        act=act,
    )
    visit.save(update_fields=["answer_set"])
    act.record("contracts.visit.toolkit_begun", subject=visit, answer_set=visit.answer_set.pk)
    return visit


@operation
def hold_visit(
    *,
    visit_id: int,
    visited_on: date,
    visitors: str,
    summary: str,
    findings: Sequence[FindingGiven],
    actions: Sequence[ActionGiven] = (),
    act: Act,
) -> Visit:
    """Record a planned visit as made: who went, what was found in each of the five areas, what is to be done."""
    visit = _visit(visit_id, act=act)
    check_move(VISIT_MOVES, _S(visit.state), _S.HELD)
    if not visitors.strip():
        raise RuleBroken("Say who visited.", code="missing_visitors")
    _write(visit, visited_on, visitors, summary, findings, on=act.on)
    _raise_actions(visit, actions, act=act)
    visit.state, visit.recorded_at, visit.recorded_by = _S.HELD, act.at, act.by
    visit.save()
    act.record(
        "contracts.visit.held",
        subject=visit,
        visited_on=visited_on.isoformat(),
        not_met=rules.wants_action(findings),
        actions=len(actions),
    )
    rerate(contract_ids=contracts_of(visit), act=act)
    return visit


@operation
def add_action(*, visit_id: int, action: ActionGiven, act: Act) -> None:
    """Put down what is to be done because of a visit that was made; another council's that we accepted, too."""
    visit = _visit(visit_id, act=act)
    if visit.state not in MADE:
        raise RuleBroken("Nothing was found yet: record the visit first.", code="wrong_state")
    _raise_actions(visit, [action], act=act)
    act.record("contracts.visit.action_added", subject=visit)
    rerate(contract_ids=contracts_of(visit), act=act)


@operation
def accept_visit(
    *,
    contract_id: int | None,
    setting_id: int | None,
    by_council: str,
    because: str,
    visited_on: date,
    visitors: str = "",
    summary: str = "",
    findings: Sequence[FindingGiven] = (),
    report_id: int,
    act: Act,
) -> Visit:
    """Take another council's visit for ours, with its report and why that will do; findings where it has them."""
    contract, setting = _where(contract_id, setting_id, act=act)
    if not by_council.strip():
        raise RuleBroken("Say which council visited.", code="missing_council")
    if not because.strip():
        raise RuleBroken("Say why their visit counts in place of ours.", code="missing_reason")
    if (
        Visit.objects.filter(contract=contract, setting=setting, visited_on=visited_on, by_council=by_council.strip())
        .exclude(state=_S.CANCELLED)
        .exists()
    ):
        raise RuleBroken("This visit was accepted already.", code="already_there")
    visit = Visit(
        contract=contract,
        setting=setting,
        state=_S.HELD,
        by_council=by_council.strip(),
        accepted_because=because.strip(),
        report=document_to_use(report_id, act=act),
        visited_on=visited_on,
        recorded_at=act.at,
        recorded_by=act.by,
    )
    visit.save()
    _write(visit, visited_on, visitors, summary, findings, on=act.on)
    visit.save()
    act.record(
        "contracts.visit.accepted",
        subject=visit,
        because=because.strip(),
        by_council=visit.by_council,
        visited_on=visited_on.isoformat(),
    )
    rerate(contract_ids=contracts_of(visit), act=act)
    return visit


@operation
def send_report(
    *, visit_id: int, content: bytes | None, file_name: str, folder: Path, council: str, colour: str, act: Act
) -> Visit:
    """Send the provider the report: a file of our own, or (`content` None) the one drawn from what is recorded."""
    visit = _visit(visit_id, act=act)
    check_move(VISIT_MOVES, _S(visit.state), _S.REPORT_SENT)
    if content is None:
        content, file_name = pdf.write(visit_paper.report(said(visit, council=council, colour=colour))), "visit.pdf"
    visit.report = keep_document(
        title=f"Report of the visit to {place(visit)} on {wording.day(visit.visited_on)}",
        file_name=file_name,
        content=content,
        folder=folder,
        kind=_REPORT,
        organisation=provider_of(visit),
        sensitivity=Sensitivity.SHARED,
        act=act,
    )
    visit.state, visit.report_sent_on = _S.REPORT_SENT, act.on
    visit.save(update_fields=["state", "report", "report_sent_on"])
    act.record("contracts.visit.report_sent", subject=visit, document=visit.report.pk)
    return visit


@operation
def answer_report(*, visit_id: int, answer: str, act: PersonalAct) -> Visit:
    """What the provider says to the report: its own user, or an officer for what came by letter."""
    visit = Visit.objects.select_for_update(of=("self",)).filter(pk=visit_id).first()
    if visit is None or not may_answer(act.by, visit, on=act.on):
        raise NotAllowed(f"There is no visit {visit_id}.")
    check_move(VISIT_MOVES, _S(visit.state), _S.ANSWERED)
    if not answer.strip():
        raise RuleBroken("Write what the provider says to the report.", code="missing_answer")
    visit.state, visit.provider_answer = _S.ANSWERED, answer.strip()
    visit.provider_answered_at, visit.provider_answered_by = act.at, act.by
    visit.save(update_fields=["state", "provider_answer", "provider_answered_at", "provider_answered_by"])
    act.record("contracts.visit.answered", subject=visit)
    return visit


@operation
def sign_off_visit(*, visit_id: int, because: str = "", act: Act) -> Visit:
    """The last word on a visit. `because` is needed where the provider has not answered, the report of our own visit
    was not sent, or an area is not met and nothing is to be done about it."""
    visit = _visit(visit_id, act=act)
    check_move(VISIT_MOVES, _S(visit.state), _S.SIGNED_OFF)
    open_ends = open_ends_of(visit)
    if open_ends and not because.strip():
        raise RuleBroken(f"{' '.join(open_ends)} Say why it is signed off all the same.", code="open_ends")
    visit.state, visit.signed_off_at, visit.signed_off_by = _S.SIGNED_OFF, act.at, act.by
    visit.save(update_fields=["state", "signed_off_at", "signed_off_by"])
    act.record("contracts.visit.signed_off", subject=visit, because=because.strip(), open_ends=open_ends)
    return visit


@operation
def cancel_visit(*, visit_id: int, because: str, act: Act) -> Visit:
    """A planned visit that is not to be, and why; the clock runs on."""
    visit = _visit(visit_id, act=act)
    check_move(VISIT_MOVES, _S(visit.state), _S.CANCELLED)
    if not because.strip():
        raise RuleBroken("Say why it is cancelled.", code="missing_reason")
    visit.state, visit.cancelled_because = _S.CANCELLED, because.strip()
    visit.save(update_fields=["state", "cancelled_because"])
    if visit.answer_set is not None and visit.answer_set.state in ANSWERABLE:
        returns.cancel(return_id=visit.answer_set.pk, because=because.strip(), act=act)
    act.record("contracts.visit.cancelled", subject=visit, because=because.strip())
    return visit


@operation
def export_visit(*, visit_id: int, council: str, colour: str, signing_key: bytes | None, act: Act) -> bytes:
    """Our signed-off visit as a pack for another council (rules.packs): the report, what was found, a signed manifest.

    It names no child. The manifest's checksum goes into the audit trail, which seals it.
    """
    visit = _visit(visit_id, act=act)
    if visit.state != _S.SIGNED_OFF or visit.by_council:
        raise RuleBroken("Only a visit of our own that is signed off is sent on.", code="wrong_state")
    said_now = said(visit, council=council, colour=colour)
    about = {
        "council": council, "place": said_now.place, "urn": said_now.urn, "visited_on": visit.visited_on.isoformat(),
        "visitors": visit.visitors, "exported_at": act.at.isoformat(), "visit": visit.pk,
    }  # fmt: skip
    findings = {
        **about, "summary": visit.summary, "provider_answer": visit.provider_answer,
        "findings": [{"area": area, "judgement": judgement, "finding": words}
                     for area, judgement, words in said_now.findings],
        "actions": [{"title": one.title, "due_on": one.due_on.isoformat()} for one in said_now.actions],
    }  # fmt: skip
    files = {
        "report.pdf": pdf.write(visit_paper.report(said_now)),
        "visit.json": json.dumps(findings, ensure_ascii=False, indent=1, sort_keys=True).encode(),
    }
    built = packs.build(files, about=about, signing_key=signing_key)
    act.record(
        "contracts.visit.exported",
        subject=visit,
        manifest_sha256=built.manifest_sha256,
        signed_by_key=built.fingerprint,
    )
    return built.content


def _where(contract_id: int | None, setting_id: int | None, *, act: Act) -> tuple[Contract | None, Setting | None]:
    setting = Setting.objects.filter(pk=setting_id).first() if setting_id is not None else None
    if setting_id is not None and setting is None:
        raise NotAllowed(f"There is no setting {setting_id}.")
    if contract_id is not None:
        contract = contract_to_change(contract_id=contract_id, act=act)
        if contract.state == ContractState.ENDED:
            raise RuleBroken("The contract has ended.", code="wrong_state")
    else:
        act.check(Permission.CONTRACTS_MANAGE)
        contract = None
    if setting is None:
        if contract is None:
            raise RuleBroken("Say where the visit is.", code="missing_setting")
        only = list(Setting.objects.filter(contracts__contract=contract)[:2])
        return contract, only[0] if len(only) == 1 else None
    under = set(ContractSetting.objects.filter(setting=setting).values_list("contract", flat=True))
    if contract is not None and contract.pk not in under:
        raise RuleBroken("The contract is not delivered in this setting.", code="wrong_setting")
    if len(under) > 1:
        return None, setting
    return Contract.objects.filter(pk__in=under).first(), setting


def _visit(visit_id: int, *, act: Act) -> Visit:
    act.check(Permission.CONTRACTS_MANAGE)
    locked = Visit.objects.select_for_update(of=("self",)).select_related(
        "contract__provider", "setting", "report", "answer_set"
    )
    visit = locked.filter(pk=visit_id).first()
    if visit is None:
        raise NotAllowed(f"There is no visit {visit_id}.")
    if visit.contract_id is not None:
        contract_to_change(contract_id=visit.contract_id, act=act)
    return visit


def _write(
    visit: Visit, visited_on: date, visitors: str, summary: str, findings: Sequence[FindingGiven], *, on: date
) -> None:
    if visited_on > on:
        raise RuleBroken(f"{wording.day(visited_on)} is a date in the future.", code="future_date")
    if findings or not visit.by_council:
        rules.check_findings(findings)
    visit.visited_on, visit.visitors, visit.summary = visited_on, visitors.strip()[:300], summary.strip()
    VisitFinding.objects.bulk_create(
        VisitFinding(visit=visit, area=each.area, judgement=each.judgement, finding=each.finding.strip())
        for each in findings
    )


def _raise_actions(visit: Visit, actions: Sequence[ActionGiven], *, act: Act) -> None:
    contract = visit.contract
    for given in actions:
        owner = User.objects.filter(pk=given.owner_id, is_active=True).first() if given.owner_id else None
        whose = None if owner else provider_of(visit)
        if owner is None and whose is None:
            raise RuleBroken("Say who is to do it: this setting has no provider with a contract.", code="missing_owner")
        subject = contract or visit.setting
        if subject is None:
            raise ValueError(f"visit {visit.pk} is of no contract and of no setting")
        raise_action(
            title=given.title,
            detail=given.detail,
            subject_type="contract" if contract else "setting",
            subject_id=subject.pk,
            subject_label=contract.called if contract else place(visit),
            origin_type=Action.Origin.VISIT,
            origin_id=visit.pk,
            owner=owner,
            owner_organisation=whose,
            due_on=given.due_on,
            critical=given.critical,
            act=act,
        )
