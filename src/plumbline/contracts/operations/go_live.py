"""From the award to a live contract: the contract begun with what was promised, and the decision to go live."""

from collections.abc import Iterator, Sequence
from datetime import date

from plumbline.commissioning.models import Award, ImplementationPlan, PlanItem, Tender
from plumbline.commissioning.operations import implementation as plans
from plumbline.commissioning.queries.evaluation import value_of
from plumbline.contracts.locked_contract import contract_to_change
from plumbline.contracts.models import Commitment, Contract, ContractState, GoLive
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries import go_live as queries
from plumbline.contracts.recipients import Telling
from plumbline.contracts.rules.go_live import KNOWN
from plumbline.contracts.states import CONTRACT_MOVES
from plumbline.flags import operations as flags
from plumbline.flags.models import Flag
from plumbline.flags.rules import Recipient, Wanted
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Organisation, User
from plumbline.people.queries import same_body

OVERRIDDEN, LATE = "go_live_overridden", "go_live_late"
_WHY_CLOSED = {
    OVERRIDDEN: "What was open when the service went live is settled.",
    LATE: "The service is live, its start has moved, or the contract has ended.",
}
_C = ContractState
# What is begun by a tender of a kind; a block contract by any other.
_KINDS = {Tender.Kind.FRAMEWORK: Contract.Kind.FRAMEWORK, Tender.Kind.CALL_OFF: Contract.Kind.CALL_OFF}


@operation
def begin_contract(
    *, award_id: int, reference: str, manager: User | None, visit_required: bool, act: PersonalAct
) -> Contract:
    """Enter the contract of an award that has its plan: in implementation, with the promises as its commitments.

    Raises RuleBroken before the award or the plan, for a reference that is taken, or twice.
    """
    if not (act.may(Permission.CONTRACTS_MANAGE) or act.may(Permission.IMPLEMENTATION)):
        raise NotAllowed(f"{act.by} enters no contracts.")
    award = (
        Award.objects.select_for_update(of=("self",))
        .select_related("bid__supplier__merged_into", "tender")
        .filter(pk=award_id)
        .first()
    )
    if award is None:
        raise NotAllowed(f"There is no award {award_id}.")
    if award.state != Award.State.AWARDED:
        raise RuleBroken("The contract begins with the award.", code="not_awarded")
    if Contract.objects.filter(award=award).exists():
        raise RuleBroken("This award has its contract already.", code="known_contract")
    plan = getattr(award, "plan", None)
    if plan is None:
        raise RuleBroken("Make the implementation plan first: go-live is decided by it.", code="no_plan")
    if not reference.strip():
        raise RuleBroken("Give the contract its number.", code="missing_reference")
    if Contract.objects.filter(reference=reference.strip()).exists():
        raise RuleBroken(f"There is a contract {reference.strip()} already.", code="known_reference")
    tender, supplier = award.tender, award.bid.supplier
    kind = _KINDS.get(Tender.Kind(tender.kind), Contract.Kind.BLOCK)
    contract = Contract.objects.create(
        reference=reference.strip(),
        title=tender.title,
        kind=kind,
        provider=supplier.merged_into or supplier,
        service=tender.service,
        manager=manager,
        area_lead=plan.service_area_lead,
        starts_on=plan.service_starts_on,
        ends_on=tender.service_ends_on,
        value=value_of(award),
        statutory_from=plan.service_starts_on if tender.statutory_function else None,
        visit_required=visit_required,
        state=_C.IMPLEMENTATION,
        award=award,
        plan=plan,
        framework=_framework_of(tender, supplier),
    )
    Commitment.objects.bulk_create(
        Commitment(
            contract=contract, text=promise.text, source=f"Bid for {tender.reference}"[:200], due_on=promise.due_on
        )
        for promise in award.promises.order_by("pk")
    )
    act.record("contracts.contract.begun", subject=contract, award=award.pk)
    rerate(contract_ids=[contract.pk], act=act)
    return contract


def _framework_of(tender: Tender, supplier: Organisation) -> Contract | None:
    """The framework contract that the supplier of a call-off has, by whichever of its names."""
    if tender.framework is None:
        return None
    return Contract.objects.filter(award__tender=tender.framework, provider__in=same_body([supplier.pk])).first()


@operation
def go_live(*, contract_id: int, override_because: str = "", act: PersonalAct) -> GoLive:
    """Decide that the service begins. Refused while a critical item is open, or a supplier new to the council has not
    settled its pack; a manager (contracts.override) may decide it all the same, with the reason, which is flagged to
    the management team until the last of them is settled. Raises RuleBroken (open_items) with all that is open."""
    contract = contract_to_change(
        contract_id=contract_id,
        act=act,
        any_of=(Permission.CONTRACTS_MANAGE, Permission.CONTRACTS_OVERRIDE, Permission.IMPLEMENTATION),
    )
    check_move(CONTRACT_MOVES, _C(contract.state), _C.LIVE)
    open_items = queries.hindrances_of(contract.plan, on=act.on)
    if open_items and not override_because.strip():
        raise RuleBroken("The service cannot go live yet. " + " ".join(open_items), code="open_items")
    if open_items:
        act.check(Permission.CONTRACTS_OVERRIDE)
    if contract.plan:
        _note_what_is_met(contract.plan, act=act)
    decided = GoLive.objects.create(
        contract=contract,
        decided_at=act.at,
        decided_by=act.by,
        on=act.on,
        open_items=[each[:300] for each in open_items],
        override_because=override_because.strip() if open_items else "",
    )
    contract.state, contract.live_on = _C.LIVE, act.on
    contract.save(update_fields=["state", "live_on"])
    act.record(
        "contracts.contract.live", subject=contract, because=decided.override_because, open_items=len(open_items)
    )
    raise_go_live_flags(act=act)
    rerate(contract_ids=[contract.pk], act=act)
    return decided


@operation
def move_item(
    *, item_id: int, state: PlanItem.State, note: str, document_id: int | None = None, act: PersonalAct
) -> PlanItem:
    """Progress on an item of a plan. One that the record can meet is done only once it does (rules.go_live): raises
    RuleBroken (not_in_record) with what is not there yet."""
    item = PlanItem.objects.select_related("plan").filter(pk=item_id).first()
    lacks = queries.standing_of(item.plan, on=act.on).lacks.get(item.criterion) if item else None
    return plans.move_item(item_id=item_id, state=state, note=note, lacks=lacks, document_id=document_id, act=act)


def _note_what_is_met(plan: ImplementationPlan, *, act: PersonalAct) -> None:
    """Of the items that the record can meet, those that it does are done from here on, and the others open."""
    met = {item.number: item.settled for item in queries.standing_of(plan, on=act.on).items}
    for item in plan.items.select_for_update().filter(criterion__in=KNOWN).exclude(state=PlanItem.State.NOT_NEEDED):
        if met[item.number] and item.state != PlanItem.State.DONE:
            item.state, item.done_on, item.done_at, item.done_by = PlanItem.State.DONE, act.on, act.at, act.by
        elif not met[item.number] and item.state == PlanItem.State.DONE:
            item.state, item.done_on, item.done_at, item.done_by = PlanItem.State.OPEN, None, None, None
        else:
            continue
        item.save(update_fields=["state", "done_on", "done_at", "done_by"])
        act.record(
            "commissioning.plan.item.moved",
            subject=plan,
            because="By what is recorded.",
            item=item.number,
            state=str(item.state),
        )


@operation
def move_start(*, plan_id: int, service_starts_on: date, because: str, act: PersonalAct) -> int:
    """Another first day of a service that is being made ready, of its plan and of its contract; how many open items of
    the plan moved with it. Raises RuleBroken (missing_reason; end_before_start, after the contract's last day)."""
    moved = plans.move_start(plan_id=plan_id, service_starts_on=service_starts_on, because=because, act=act)
    contract = Contract.objects.select_for_update(no_key=True).filter(plan=plan_id, state=_C.IMPLEMENTATION).first()
    if contract is None:
        return moved
    if contract.ends_on is not None and contract.ends_on < service_starts_on:
        raise RuleBroken(
            f"The contract ends on {wording.day(contract.ends_on)}, before the service would start.",
            code="end_before_start",
        )
    if contract.statutory_from == contract.starts_on:
        contract.statutory_from = service_starts_on
    contract.starts_on = service_starts_on
    contract.save(update_fields=["starts_on", "statutory_from"])
    act.record(
        "contracts.contract.start_moved", subject=contract, because=because.strip(), after=service_starts_on.isoformat()
    )
    rerate(contract_ids=[contract.pk], act=act)
    raise_go_live_flags(act=act)
    return moved


@operation
def raise_go_live_flags(*, act: Act) -> flags.Raised:
    """Flags about services that went live with open items, until these are settled; and about those that should have
    begun by now and have not gone live, which nothing else would show: a contract is rated once it is live."""
    return flags.reconcile(
        wanted=[*_overridden(act.on), *_late(act.on)], kinds=[OVERRIDDEN, LATE], why_closed=_why_closed, act=act
    )


def _overridden(on: date) -> Iterator[Wanted]:
    found = list(GoLive.objects.exclude(override_because="").select_related("contract__plan").order_by("pk"))
    standings = queries.standings([each.contract.plan for each in found if each.contract.plan], on=on)
    for decided in found:
        still = standings[decided.contract.plan_id].hindrances if decided.contract.plan_id else ()
        if still:
            yield Wanted(
                OVERRIDDEN,
                "contract",
                decided.contract_id,
                f"{decided.contract.reference} went live on {wording.day(decided.on)} by decision of"
                f" {decided.decided_by.called}: “{decided.override_because}” Still open: {' '.join(still)}",
                (Recipient("role:management_team", "management team"), Recipient("role:commissioner", "commissioner")),
                subject_source_id=decided.contract.reference,
            )


def _late(on: date) -> Iterator[Wanted]:
    told = Telling(on)
    late = Contract.objects.filter(state=_C.IMPLEMENTATION, starts_on__lt=on).select_related(
        "manager__professional", "area_lead__professional"
    )
    for contract in late.order_by("pk"):
        yield Wanted(
            LATE,
            "contract",
            contract.pk,
            f"{contract.reference} was to begin on {wording.day(contract.starts_on)} and has not gone live, so it is "
            "not  rated yet. Decide that it begins, or move its start.",
            (
                Recipient("role:management_team", "management team"),
                Recipient("role:commissioner", "commissioner"),
                told.manager(contract),
                told.area_lead(contract),
            ),
            subject_source_id=contract.reference,
            due_on=contract.starts_on,
        )


def _why_closed(over: Sequence[Flag]) -> dict[int, str]:
    return {flag.pk: _WHY_CLOSED[flag.kind] for flag in over}
