"""Assessments, the annual assurance return and the six policies: asked for, recorded, and for how long they count."""

from collections.abc import Collection, Sequence
from datetime import date

from plumbline.actions.models import Action
from plumbline.actions.operations import raise_action
from plumbline.contracts import locked_contract
from plumbline.contracts.locked_contract import contract_to_change
from plumbline.contracts.models import (
    Assessment,
    AssessmentTerm,
    Contract,
    ContractReturn,
    ContractState,
    Policy,
    PolicyReview,
)
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries.care import plan_actions, term_on
from plumbline.contracts.rules import assurance as rules
from plumbline.contracts.rules.assurance import PolicyAnswer
from plumbline.contracts.rules.evaluations import ActionGiven
from plumbline.evidence.models import Document
from plumbline.evidence.queries import document_to_use
from plumbline.intake.origins import origin_of
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.labels import article, capital
from plumbline.kernel.moments import day_of
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.acting import operation
from plumbline.people.models import User
from plumbline.people.queries import same_body
from plumbline.toolkits.models import Return, ReturnState
from plumbline.toolkits.operations import returns as toolkits
from plumbline.toolkits.queries import returns as toolkit_queries
from plumbline.toolkits.queries.versions import current_version

_PURPOSES = ContractReturn.Purpose
# Which toolkit is sent for what, the first where nothing else is said.
TOOLKITS: dict[str, tuple[str, ...]] = {
    _PURPOSES.SELF_ASSESSMENT: ("section11", "safeguarding_standards", "section11_2007"),
    _PURPOSES.BOARD_ASSESSMENT: ("section11", "section11_2007"),
    _PURPOSES.ASSURANCE: ("contract_assurance",),
    _PURPOSES.EVALUATION: ("joint_evaluation",),
}
_BOARD = frozenset({Permission.BOARD_ASSESSMENTS})
_ASKS = locked_contract.MANAGE | _BOARD


@operation
def set_term(*, kind: str, months: int, from_on: date, because: str, act: Act) -> AssessmentTerm:
    """For how long an assessment of a kind is valid, if completed from a day on. What is in force is not shortened."""
    act.check(Permission.CONTRACTS_DECIDE)
    rules.check_term(kind=kind, months=months, from_on=from_on, because=because, on=act.on)
    term, _ = AssessmentTerm.objects.update_or_create(
        kind=kind,
        from_on=from_on,
        defaults={"months": months, "because": because.strip(), "set_at": act.at, "set_by": act.by},
    )
    act.record(
        "contracts.assessment_term.set",
        subject=term,
        because=because.strip(),
        of=kind,
        months=months,
        from_on=from_on.isoformat(),
    )
    return term


@operation
def request_contract_return(
    *,
    contract_id: int,
    purpose: str,
    toolkit: str,
    due_on: date | None,
    period_from: date | None = None,
    period_to: date | None = None,
    assign_to: Collection[User] = (),
    act: Act,
) -> ContractReturn:
    """Ask the provider for a return under a contract (`purpose` of ContractReturn, `toolkit` one that serves it).

    A joint evaluation is the council's own to fill in: `assign_to` says by whom, else by who asks.
    Raises RuleBroken where one of the same purpose is still open, or the toolkit is not published.
    """
    contract = contract_to_change(contract_id=contract_id, act=act, any_of=_ASKS)
    if toolkit not in TOOLKITS.get(purpose, ()):
        raise RuleBroken("Choose which questions are to be answered.", code="wrong_toolkit")
    if contract.state == ContractState.ENDED:
        raise RuleBroken("The contract has ended.", code="wrong_state")
    over = (ReturnState.SIGNED_OFF, ReturnState.CANCELLED)
    if contract.returns.filter(purpose=purpose).exclude(answer_set__state__in=over).exists():
        raise RuleBroken("One has been asked for and is still open.", code="already_there")
    version = current_version(toolkit)
    own = purpose == _PURPOSES.EVALUATION
    made = toolkits.request_return(
        version=version,
        title=f"{version.title}: {contract.title}"[:300],
        organisation=None if own else contract.provider,
        period_from=period_from,
        period_to=period_to,
        due_on=due_on,
        assign_to=assign_to or ([act.by] if own and act.by else []),
        act=act,
    )
    tied = ContractReturn.objects.create(contract=contract, answer_set=made, purpose=purpose)
    act.record("contracts.return.requested", subject=tied, contract=contract.pk, purpose=purpose, answer_set=made.pk)
    return tied


@operation
def record_assessment(
    *,
    contract_id: int,
    kind: str,
    completed_on: date,
    valid_until: date | None = None,
    instrument: str,
    document_id: int | None = None,
    return_id: int | None = None,
    act: Act,
) -> Assessment:
    """A board assessment (the partnership officer's) or a self-assessment, from a document or a signed-off return.

    It counts until the council's term, its document's expiry or `valid_until`, whichever comes first. A return of the
    same provider under another contract serves this one too. Raises RuleBroken (rules.assurance).
    """
    if kind == Assessment.Kind.PLAN:
        raise RuleBroken("An action plan is agreed with its actions.", code="wrong_kind")
    needs = _BOARD if kind == Assessment.Kind.BOARD else locked_contract.MANAGE
    contract = contract_to_change(contract_id=contract_id, act=act, any_of=needs)
    document = document_to_use(document_id, act=act)
    made_with = _signed_off(return_id, contract) if return_id is not None else None
    months = term_on(kind, on=completed_on)
    rules.check_assessment(
        kind=kind,
        completed_on=completed_on,
        said=valid_until,
        months=months,
        instrument=instrument,
        has_source=document is not None or made_with is not None,
        on=act.on,
    )
    recorded = _record(
        contract,
        kind,
        completed_on,
        said=valid_until,
        months=months,
        instrument=instrument,
        document=document,
        made_with=made_with,
        act=act,
    )
    if kind == Assessment.Kind.SELF:
        _plan_from_actions(contract, recorded, act=act)
    rerate(contract_ids=[contract.pk], act=act)
    return recorded


@operation
def agree_plan(
    *, contract_id: int, agreed_on: date, actions: Sequence[ActionGiven] = (), document_id: int | None = None, act: Act
) -> Assessment:
    """The action plan that goes with the newest self-assessment: it counts once at least one action of it exists.

    `actions` are raised here, the provider's own where no user is named. Raises RuleBroken (no_actions, no_self).
    """
    contract = contract_to_change(contract_id=contract_id, act=act)
    own = contract.assessments.filter(kind=Assessment.Kind.SELF).order_by("-completed_on").first()
    if own is None:
        raise RuleBroken("There is no self-assessment that it could go with.", code="no_self")
    document = document_to_use(document_id, act=act)
    signed_off = own.answer_set is not None and own.answer_set.state == ReturnState.SIGNED_OFF
    rules.check_plan(agreed_on=agreed_on, has_source=document is not None or signed_off, on=act.on)
    for action in actions:
        owner = User.objects.filter(pk=action.owner_id, is_active=True).first() if action.owner_id else None
        if action.owner_id and owner is None:
            raise NotAllowed(f"There is no user {action.owner_id}.")
        raise_action(
            title=action.title,
            detail=action.detail,
            subject_type="contract",
            subject_id=contract.pk,
            subject_label=contract.called,
            origin_type=Action.Origin.ASSESSMENT,
            origin_id=own.pk,
            owner=owner,
            owner_organisation=None if owner else contract.provider,
            due_on=action.due_on,
            critical=action.critical,
            act=act,
        )
    if not plan_actions(contract, own).exists() and _plan_within(own, on=act.on) is None:
        raise RuleBroken("A plan counts when its actions are written down: add at least one.", code="no_actions")
    recorded = _record(
        contract,
        Assessment.Kind.PLAN,
        agreed_on,
        said=None,
        months=term_on(Assessment.Kind.PLAN, on=agreed_on),
        instrument="Action plan of the self-assessment",
        document=document or _plan_within(own, on=act.on),
        made_with=own.answer_set,
        act=act,
    )
    rerate(contract_ids=[contract.pk], act=act)
    return recorded


@operation
def withdraw_assessment(*, assessment_id: int, because: str, act: Act) -> None:
    """One recorded in error does not count. It was recorded here; what an import brought is put right in its file."""
    found = Assessment.objects.filter(pk=assessment_id).first()
    if found is None:
        raise NotAllowed(f"There is no assessment {assessment_id}.")
    needs = _BOARD if found.kind == Assessment.Kind.BOARD else locked_contract.MANAGE
    contract = contract_to_change(contract_id=found.contract_id, act=act, any_of=needs)
    if origin_of(found):
        raise RuleBroken("It came with an import. Correct it in the file and import that.", code="imported")
    if not because.strip():
        raise RuleBroken("Say why it is withdrawn.", code="missing_reason")
    act.record(
        "contracts.assessment.withdrawn",
        subject=found,
        because=because.strip(),
        contract=contract.pk,
        of=found.kind,
        completed_on=found.completed_on.isoformat(),
        valid_until=found.valid_until.isoformat(),
    )
    found.delete()
    rerate(contract_ids=[contract.pk], act=act)


@operation
def review_policy(
    *,
    contract_id: int,
    policy: str,
    reviewed_on: date,
    document_id: int | None = None,
    return_id: int | None = None,
    act: Act,
) -> PolicyReview:
    """A policy of the provider seen in place, and the day on which the provider last reviewed it."""
    contract = contract_to_change(contract_id=contract_id, act=act)
    if policy not in Policy.values:
        raise RuleBroken("Choose one of the six policies.", code="unknown_policy")
    if reviewed_on > act.on:
        raise RuleBroken(f"{wording.day(reviewed_on)} is a date in the future.", code="future_date")
    review, _ = PolicyReview.objects.update_or_create(
        contract=contract,
        policy=policy,
        reviewed_on=reviewed_on,
        defaults={
            "document": document_to_use(document_id, act=act),
            "answer_set_id": return_id,
            "recorded_at": act.at,
            "recorded_by": act.by,
        },
    )
    act.record(
        "contracts.policy.reviewed",
        subject=review,
        contract=contract.pk,
        policy=policy,
        reviewed_on=reviewed_on.isoformat(),
    )
    rerate(contract_ids=[contract.pk], act=act)
    return review


@operation
def take_up(*, return_id: int, act: Act) -> list[str]:
    """What follows from a signed-off return: a self-assessment is recorded, or the reviews of the six policies.

    Sentences that say what was recorded; none where the return is not a contract's, not signed off, or was taken up.
    A board assessment waits for the partnership officer. Call it after every sign-off; doing it again changes nothing.
    """
    tied = (
        ContractReturn.objects.select_related("contract__provider", "answer_set__version__toolkit")
        .filter(answer_set=return_id, answer_set__state=ReturnState.SIGNED_OFF)
        .first()
    )
    if tied is None:
        return []
    contract = Contract.objects.select_for_update(of=("self",), no_key=True).get(pk=tied.contract_id)
    if tied.purpose == _PURPOSES.SELF_ASSESSMENT:
        said = _take_self_assessment(contract, tied.answer_set, act=act)
    elif tied.purpose == _PURPOSES.ASSURANCE:
        said = _take_policies(contract, tied.answer_set, act=act)
    else:
        return []
    if said:
        act.record("contracts.return.taken_up", subject=tied, contract=contract.pk, said=said)
        rerate(contract_ids=[contract.pk], act=act)
    return said


@operation
def take_up_all(*, act: Act) -> int:
    """What `take_up` would have done for each return that was signed off by a way that did not call it; how many."""
    waiting = ContractReturn.objects.filter(answer_set__state=ReturnState.SIGNED_OFF)
    waiting = waiting.filter(purpose__in=[_PURPOSES.SELF_ASSESSMENT, _PURPOSES.ASSURANCE]).order_by("pk")
    return sum(1 for each in waiting if take_up(return_id=each.answer_set_id, act=act))


def _record(
    contract: Contract,
    kind: str,
    completed_on: date,
    *,
    said: date | None,
    months: int,
    instrument: str,
    document: Document | None,
    made_with: Return | None,
    act: Act,
) -> Assessment:
    standing = contract.assessments.filter(kind=kind, completed_on=completed_on)
    if standing.exists():
        called = capital(f"{article(rules.KINDS[kind])} {rules.KINDS[kind]}")
        raise RuleBroken(
            f"{called} completed on {wording.day(completed_on)} is recorded already.", code="already_there"
        )
    standing.delete()
    until = rules.valid_until(
        completed_on=completed_on,
        months=months,
        said=said,
        document_expires_on=document.expires_on if document else None,
    )
    if until < completed_on:
        raise RuleBroken("The document had expired before it was completed.", code="expired_document")
    recorded = Assessment.objects.create(
        contract=contract,
        kind=kind,
        completed_on=completed_on,
        valid_until=until,
        instrument=instrument.strip()[:120],
        document=document,
        answer_set=made_with,
        recorded_at=act.at,
        recorded_by=act.by,
    )
    act.record(
        "contracts.assessment.recorded",
        subject=recorded,
        contract=contract.pk,
        of=kind,
        completed_on=completed_on.isoformat(),
        valid_until=until.isoformat(),
        months=months,
    )
    return recorded


def _take_self_assessment(contract: Contract, made_with: Return, *, act: Act) -> list[str]:
    if contract.assessments.filter(answer_set=made_with, kind=Assessment.Kind.SELF).exists():
        return []
    completed_on = day_of(made_with.submitted_at, on=act.on) if made_with.submitted_at else act.on
    if contract.assessments.filter(kind=Assessment.Kind.SELF, completed_on=completed_on).exists():
        return []
    recorded = _record(
        contract,
        Assessment.Kind.SELF,
        completed_on,
        said=None,
        months=term_on(Assessment.Kind.SELF, on=completed_on),
        instrument=made_with.version.title,
        document=None,
        made_with=made_with,
        act=act,
    )
    said = [f"The self-assessment counts until {wording.day(recorded.valid_until)}."]
    if _plan_from_actions(contract, recorded, act=act):
        said.append("It holds its action plan, or its actions are written down: the action plan counts too.")
    return said


def _plan_from_actions(contract: Contract, own: Assessment, *, act: Act) -> Assessment | None:
    """The plan, where it was given within the self-assessment (it counts from the same day), or where the provider
    wrote its actions down before the self-assessment was recorded."""
    if own.answer_set is None:
        return None
    within = _plan_within(own, on=act.on)
    if within is None and not plan_actions(contract, own).exists():
        return None
    day = own.completed_on if within else act.on
    if contract.assessments.filter(kind=Assessment.Kind.PLAN, completed_on=day).exists():
        return None
    return _record(
        contract,
        Assessment.Kind.PLAN,
        day,
        said=None,
        months=term_on(Assessment.Kind.PLAN, on=day),
        instrument="Action plan of the self-assessment",
        document=within,
        made_with=own.answer_set,
        act=act,
    )


def _plan_within(own: Assessment, *, on: date) -> Document | None:
    """The action plan that was given as a document in the signed-off return of a self-assessment."""
    if own.answer_set is None or own.answer_set.state != ReturnState.SIGNED_OFF:
        return None
    given = toolkit_queries.held(own.answer_set, on=on).documents.get(rules.PLAN_CRITERION, ())
    return next((each.document for each in given if each.is_valid), None)


def _take_policies(contract: Contract, made_with: Return, *, act: Act) -> list[str]:
    held = toolkit_queries.held(made_with, on=act.on)
    answers = []
    for criterion in held.content.criteria:
        answer = held.answers.get(criterion.key)
        if answer is None or not criterion.policy:
            continue
        documents = [given.document.pk for given in held.documents.get(criterion.key, ()) if given.is_valid]
        answers.append(
            PolicyAnswer(
                criterion.fact,
                criterion.answer,
                answer.moderated_value or answer.value,
                answer.reviewed_on,
                documents[0] if documents else None,
            )
        )
    reviews, without = rules.reviews_of(answers, policies=Policy.values)
    said = []
    for policy, reviewed_on, document_id in reviews:
        _, new = PolicyReview.objects.get_or_create(
            contract=contract,
            policy=policy,
            reviewed_on=reviewed_on,
            defaults={
                "document_id": document_id,
                "answer_set": made_with,
                "recorded_at": act.at,
                "recorded_by": act.by,
            },
        )
        if new:
            said.append(f"{Policy(policy).label}: reviewed on {wording.day(reviewed_on)}.")
    if said:
        said += [f"{Policy(policy).label}: no review is shown." for policy in without]
    return said


def _signed_off(return_id: int, contract: Contract) -> Return:
    """A signed-off return of the contract's provider."""
    found = Return.objects.filter(pk=return_id, organisation__in=same_body([contract.provider_id])).first()
    if found is None:
        raise NotAllowed(f"There is no return {return_id} of this provider.")
    if found.state != ReturnState.SIGNED_OFF:
        raise RuleBroken("The return is not signed off yet.", code="wrong_state")
    return found
