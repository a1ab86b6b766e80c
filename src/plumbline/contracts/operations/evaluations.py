"""Quarterly evaluation meetings: planned, held with all that was looked at, or cancelled; cases until resolved."""

from datetime import date

from plumbline.actions.models import Action
from plumbline.actions.operations import note_progress, raise_action
from plumbline.contracts import naming
from plumbline.contracts.locked_contract import MANAGE, contract_to_change
from plumbline.contracts.models import (
    CommitmentCheck,
    Contract,
    ContractReturn,
    ContractState,
    Evaluation,
    EvaluationAttendee,
    EvaluationCase,
)
from plumbline.contracts.operations.arrangements import agree_arrangement
from plumbline.contracts.operations.assurance import request_contract_return
from plumbline.contracts.operations.held_texts import hold_text
from plumbline.contracts.operations.kpis import record_reading
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries import held
from plumbline.contracts.rules import evaluations as rules
from plumbline.contracts.rules.evaluations import CaseGiven, Meeting
from plumbline.contracts.states import EVALUATION_MOVES
from plumbline.evidence.queries import document_to_use
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Child, User
from plumbline.people.queries import children_visible_to
from plumbline.toolkits.models import ReturnState

_S = Evaluation.State

SEES_OR_MANAGES = MANAGE | {Permission.CONTRACTS_VIEW}


@operation
def plan_evaluation(*, contract_id: int, held_on: date, act: Act) -> Evaluation:
    """Put a meeting down for a day, also one that has passed and is to be recorded. One a day."""
    contract = contract_to_change(contract_id=contract_id, act=act, area_lead=True)
    return _plan(contract, held_on, act=act)


def _plan(contract: Contract, held_on: date, *, act: Act) -> Evaluation:
    if contract.state == ContractState.ENDED:
        raise RuleBroken("The contract has ended.", code="wrong_state")
    if held_on < contract.starts_on:
        raise RuleBroken(f"The contract began on {wording.day(contract.starts_on)}.", code="before_start")
    if contract.evaluations.filter(held_on=held_on).exclude(state=_S.CANCELLED).exists():
        raise RuleBroken(f"There is a meeting on {wording.day(held_on)} already.", code="already_there")
    meeting = Evaluation.objects.create(
        contract=contract, state=_S.PLANNED, held_on=held_on, recorded_at=act.at, recorded_by=act.by
    )
    act.record("contracts.evaluation.planned", subject=meeting, contract=contract.pk, held_on=held_on.isoformat())
    return meeting


@operation
def move_evaluation(*, evaluation_id: int, held_on: date, because: str, act: Act) -> Evaluation:
    """Put a planned meeting on another day, with the reason."""
    meeting = _meeting(evaluation_id, act=act)
    if meeting.state != _S.PLANNED:
        raise RuleBroken("Only a planned meeting can be put on another day.", code="wrong_state")
    if not because.strip():
        raise RuleBroken("Say why it is on another day.", code="missing_reason")
    _check_free(meeting, held_on)
    before = meeting.held_on
    meeting.held_on = held_on
    meeting.save(update_fields=["held_on"])
    act.record(
        "contracts.evaluation.moved",
        subject=meeting,
        because=because.strip(),
        before=before.isoformat(),
        after=held_on.isoformat(),
    )
    return meeting


@operation
def cancel_evaluation(*, evaluation_id: int, because: str, act: Act) -> Evaluation:
    """A planned meeting that is not to be; why stays on the record, and the clock runs on."""
    meeting = _meeting(evaluation_id, act=act)
    check_move(EVALUATION_MOVES, _S(meeting.state), _S.CANCELLED)
    if not because.strip():
        raise RuleBroken("Say why it is cancelled.", code="missing_reason")
    meeting.state, meeting.cancelled_because = _S.CANCELLED, because.strip()
    meeting.save(update_fields=["state", "cancelled_because"])
    act.record("contracts.evaluation.cancelled", subject=meeting, because=because.strip())
    return meeting


@naming.watched
@operation
def hold_evaluation(*, evaluation_id: int, meeting: Meeting, act: Act) -> Evaluation:
    """Record a planned meeting as held, with everything that was looked at, in one go.

    Each action is raised with the contract as its subject; `next_on` plans the next meeting. Raises RuleBroken for
    what the record lacks (rules.evaluations), NotAllowed for a commitment, indicator or document of elsewhere.
    """
    kept = _meeting(evaluation_id, act=act)
    contract = kept.contract
    check_move(EVALUATION_MOVES, _S(kept.state), _S.HELD)
    safeguarding = rules.check_meeting(meeting, on=act.on)
    _check_free(kept, meeting.held_on)
    kept.state, kept.held_on, kept.chair = _S.HELD, meeting.held_on, meeting.chair.strip()
    kept.service_area_present = rules.service_area_present(meeting.attendees, said=meeting.service_area_said)
    kept.minutes = meeting.minutes.strip()
    kept.minutes_document = document_to_use(meeting.minutes_document_id, act=act)
    kept.safeguarding, kept.next_on = safeguarding, meeting.next_on
    kept.recorded_at, kept.recorded_by = act.at, act.by
    kept.save()
    EvaluationAttendee.objects.bulk_create(
        EvaluationAttendee(
            evaluation=kept,
            name=each.name.strip(),
            organisation=each.organisation.strip(),
            role=each.role.strip(),
            service_area=each.service_area,
        )
        for each in meeting.attendees
    )
    for case in meeting.cases:
        _add_case(kept, case, act=act)
    _check_commitments(kept, meeting)
    _read_kpis(kept, meeting, act=act)
    for action in meeting.actions:
        raise_action(
            title=action.title,
            detail=action.detail,
            subject_type="contract",
            subject_id=contract.pk,
            subject_label=contract.called,
            origin_type=Action.Origin.EVALUATION,
            origin_id=kept.pk,
            owner=_owner(action.owner_id),
            owner_organisation=None if action.owner_id else contract.provider,
            due_on=action.due_on,
            critical=action.critical,
            act=act,
        )
    for action_id, words in meeting.heard:
        say_of_previous_action(evaluation_id=kept.pk, action_id=action_id, said=words, act=act)
    for agreed in meeting.arrangements:
        agree_arrangement(
            contract_id=contract.pk,
            text=agreed.text,
            agreed_on=kept.held_on,
            agreed_by=agreed.agreed_by,
            agreed_with=agreed.agreed_with,
            act=act,
        )
    act.record(
        "contracts.evaluation.held",
        subject=kept,
        contract=contract.pk,
        held_on=kept.held_on.isoformat(),
        service_area_present=kept.service_area_present,
        actions=len(meeting.actions),
        cases=len(meeting.cases),
    )
    following = contract.evaluations.exclude(state=_S.CANCELLED)
    if meeting.next_on and not following.filter(held_on=meeting.next_on).exists():
        _plan(contract, meeting.next_on, act=act)
    rerate(contract_ids=[contract.pk], act=act)
    return kept


@operation
def begin_toolkit(*, evaluation_id: int, act: PersonalAct) -> Evaluation:
    """Begin the joint evaluation toolkit for a meeting: the council's own return, answered by who begins it."""
    meeting = _meeting(evaluation_id, act=act)
    tied = request_contract_return(
        contract_id=meeting.contract_id,
        purpose=ContractReturn.Purpose.EVALUATION,
        toolkit="joint_evaluation",
        due_on=meeting.held_on if meeting.held_on >= act.on else None,
        assign_to=[act.by],
        act=act,
    )
    return tie_toolkit(evaluation_id=evaluation_id, return_id=tied.answer_set_id, act=act)


@operation
def tie_toolkit(*, evaluation_id: int, return_id: int, act: Act) -> Evaluation:
    """The joint evaluation toolkit as filled in for this meeting: a return of this contract, not cancelled."""
    meeting = _meeting(evaluation_id, act=act)
    tied = ContractReturn.objects.filter(contract=meeting.contract_id, answer_set=return_id)
    asked = tied.exclude(answer_set__state=ReturnState.CANCELLED).select_related("answer_set").first()
    if asked is None:
        raise NotAllowed(f"There is no return {return_id} of this contract.")
    meeting.answer_set = asked.answer_set
    meeting.save(update_fields=["answer_set"])
    act.record("contracts.evaluation.toolkit_tied", subject=meeting, answer_set=return_id)
    return meeting


@operation
def say_of_previous_action(*, evaluation_id: int, action_id: int, said: str, act: Act) -> None:
    """What the meeting heard on an action of an earlier one; a note of the action, with the day of the meeting."""
    meeting = _meeting(evaluation_id, act=act)
    action = Action.objects.filter(pk=action_id, subject_type="contract", subject_id=meeting.contract_id).first()
    if action is None:
        raise NotAllowed(f"There is no action {action_id} of this contract.")
    note_progress(
        action_id=action_id, text=f"Evaluation meeting of {wording.day(meeting.held_on)}: {said.strip()}", act=act
    )
    act.record("contracts.evaluation.action_heard", subject=meeting, action=action_id)


@operation
def link_case(*, case_id: int, child: str, act: PersonalAct) -> EvaluationCase:
    """Say which child a case is about, by the child's source id: for the person who sees both the contract and the
    child.

    What others read of it and names the child is not shown until someone has mended it.
    """
    case = _case(case_id, act=act, view_only=True)
    found = _child(child, act=act)
    case.child = found
    for field, instead in (("reference", f"Case {case.pk}"), ("summary", held.HELD), ("resolution", held.HELD)):
        text = getattr(case, field)
        if rules.names_in(text, [found.forename, found.surname]):
            setattr(case, field, instead)
            hold_text(record=case, field=field, text=text, case=case, act=act)
    case.save(update_fields=["child", "reference", "summary", "resolution"])
    act.record("contracts.evaluation.case_linked", subject=case, child_id=found.pk)
    return case


@naming.watched
@operation
def resolve_case(*, case_id: int, resolution: str, resolved_on: date, act: Act) -> EvaluationCase:
    """How a case was resolved, and when. The words name nobody."""
    case = _case(case_id, act=act)
    if case.resolved_on is not None:
        raise RuleBroken(f"It was resolved on {wording.day(case.resolved_on)}.", code="wrong_state")
    if not resolution.strip():
        raise RuleBroken("Say how it was resolved.", code="missing_resolution")
    if resolved_on > act.on:
        raise RuleBroken(f"{wording.day(resolved_on)} is a date in the future.", code="future_date")
    case.resolution = resolution.strip()
    # Of a case without a child there is no name to compare it with, and nobody for whom it could wait.
    if case.child is not None:
        unseen = act.by is not None and not children_visible_to(act.by, on=act.on).filter(pk=case.child.pk).exists()
        names = naming.Names(seen=[], unseen=unseen)
        case.resolution = naming.shown(case.resolution, names, what="The resolution", act=act)
        if case.resolution == held.HELD:
            hold_text(record=case, field="resolution", text=resolution.strip(), case=case, act=act)
        else:
            rules.check_nameless(resolution, names=[case.child.forename, case.child.surname])
    case.resolved_on = resolved_on
    case.save(update_fields=["resolution", "resolved_on"])
    act.record("contracts.evaluation.case_resolved", subject=case, because=case.resolution)
    return case


def _meeting(evaluation_id: int, *, act: Act) -> Evaluation:
    contract_id = Evaluation.objects.filter(pk=evaluation_id).values_list("contract", flat=True).first()
    if contract_id is None:
        raise NotAllowed(f"There is no meeting {evaluation_id}.")
    contract_to_change(contract_id=contract_id, act=act, area_lead=True)
    locked = Evaluation.objects.select_for_update(of=("self",)).select_related("contract__provider")
    return locked.get(pk=evaluation_id)


def _case(case_id: int, *, act: Act, view_only: bool = False) -> EvaluationCase:
    case = EvaluationCase.objects.select_related("evaluation", "child").filter(pk=case_id).first()
    if case is None:
        raise NotAllowed(f"There is no case {case_id}.")
    contract_to_change(
        contract_id=case.evaluation.contract_id,
        act=act,
        area_lead=True,
        any_of=SEES_OR_MANAGES if view_only else MANAGE,
    )
    return case


def _check_free(meeting: Evaluation, held_on: date) -> None:
    if meeting.contract.starts_on > held_on:
        raise RuleBroken(f"The contract began on {wording.day(meeting.contract.starts_on)}.", code="before_start")
    others = meeting.contract.evaluations.filter(held_on=held_on).exclude(state=_S.CANCELLED).exclude(pk=meeting.pk)
    if others.exists():
        raise RuleBroken(f"There is a meeting on {wording.day(held_on)} already.", code="already_there")


def _owner(owner_id: int | None) -> User | None:
    if owner_id is None:
        return None
    owner = User.objects.filter(pk=owner_id, is_active=True).first()
    if owner is None:
        raise NotAllowed(f"There is no user {owner_id}.")
    return owner


def _child(source_id: str, *, act: Act) -> Child:
    """A child by its source id, as `act.by` may see it; what they may not see is not there."""
    children = Child.objects.all() if act.by is None else children_visible_to(act.by, on=act.on)
    found = children.filter(source_id=source_id.strip().upper()).first()
    if found is None:
        raise RuleBroken(f"No child {source_id.strip()} is known that you may see.", code="unknown_child")
    return found


def _add_case(meeting: Evaluation, case: CaseGiven, *, act: Act) -> EvaluationCase:
    rules.check_case(case)
    child = _child(case.child, act=act) if case.child.strip() else None
    if child is not None:
        rules.check_nameless(f"{case.reference} {case.summary}", names=[child.forename, child.surname])
    return EvaluationCase.objects.create(
        evaluation=meeting, reference=case.reference.strip(), summary=case.summary.strip(), child=child
    )


def _check_commitments(kept: Evaluation, meeting: Meeting) -> None:
    known = set(kept.contract.commitments.values_list("pk", flat=True))
    for given in meeting.commitments:
        if given.commitment_id not in known:
            raise NotAllowed(f"There is no commitment {given.commitment_id} of this contract.")
        if given.result not in CommitmentCheck.Result.values:
            raise RuleBroken("Choose whether the commitment is kept.", code="missing_result")
    CommitmentCheck.objects.bulk_create(
        CommitmentCheck(
            evaluation=kept, commitment_id=given.commitment_id, result=given.result, note=given.note.strip()
        )
        for given in meeting.commitments
    )


def _read_kpis(kept: Evaluation, meeting: Meeting, *, act: Act) -> None:
    known = set(kept.contract.kpis.values_list("pk", flat=True))
    for given in meeting.kpis:
        if given.kpi_id not in known:
            raise NotAllowed(f"There is no indicator {given.kpi_id} of this contract.")
        record_reading(
            kpi_id=given.kpi_id,
            quarter_from=rules.check_quarter(meeting.kpi_quarter, on=act.on),
            value=given.value,
            rating=given.rating,
            note=given.note,
            evaluation=kept,
            act=act,
        )
