"""The register of contracts: entering, changing and ending them, by hand or from what was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from plumbline.commissioning.models import OcdsContract, OcdsProcess
from plumbline.commissioning.operations import ocds
from plumbline.contracts.access import contract_seen
from plumbline.contracts.models import Contract, ContractSetting, ContractState, ReviewEvery
from plumbline.contracts.operations import rating
from plumbline.contracts.rules import register as rules
from plumbline.contracts.states import CONTRACT_MOVES
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.names import sort_key
from plumbline.kernel.transitions import check_move
from plumbline.ofsted import intake as settings_intake
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Child, Organisation, OrganisationName, User


@dataclass(frozen=True, slots=True)
class Entry:
    """A contract as someone enters it. `provider`: a name, new or known. `urns`: of its settings.

    `child`: the number of the one child of an individual placement agreement; a number that is not known here ties the
    agreement to nobody, and nothing is said about it, since the person who enters it may not see the child. None: as
    it was.
    """

    reference: str
    title: str
    kind: str
    provider: str
    service: str
    starts_on: date
    ends_on: date | None = None
    value: Decimal | None = None
    statutory_from: date | None = None
    visit_required: bool = False
    review_every: int = ReviewEvery.QUARTER
    manager: User | None = None
    area_lead: User | None = None
    framework_id: int | None = None
    urns: Sequence[str] = ()
    child: str | None = None


@operation
def register_contract(*, entry: Entry, ocds_contract_id: int | None = None, act: Act) -> Contract:
    """Put a contract in the register; it is rated at once. Raises RuleBroken (rules.check; reference_taken;
    registered_already, for what was published)."""
    act.check(Permission.CONTRACTS_MANAGE)
    values = _values(entry, None)
    if ocds_contract_id is not None:
        _published(ocds_contract_id)
    if Contract.objects.filter(reference=values["reference"]).exists():
        raise _taken(values["reference"])
    try:
        with transaction.atomic():
            contract = Contract.objects.create(
                **values, state=ContractState.LIVE, live_on=entry.starts_on, ocds_contract_id=ocds_contract_id
            )
    except IntegrityError as error:
        raise _taken(values["reference"]) from error
    _set_settings(contract, entry.urns)
    act.record(
        "contracts.contract.registered",
        subject=contract,
        reference=contract.reference,
        provider=contract.provider.name,
        published=ocds_contract_id,
    )
    rating.rerate(contract_ids=[contract.pk], act=act)
    return contract


@operation
def change_contract(*, contract_id: int, entry: Entry, act: PersonalAct) -> Contract:
    """Put right what the register says of a contract; what was so before stays in its history. Raises as registering,
    and RuleBroken (wrong_state) for one that has ended."""
    contract = _managed(contract_id, act=act)
    if contract.state == ContractState.ENDED:
        raise RuleBroken("This contract has ended: what it was stays as it is.", code="wrong_state")
    values = _values(entry, contract)
    if contract.live_on == contract.starts_on:
        values["live_on"] = entry.starts_on
    changed = sorted(name for name, value in values.items() if getattr(contract, name) != value)
    for name, value in values.items():
        setattr(contract, name, value)
    try:
        with transaction.atomic():
            contract.save(update_fields=list(values))
    except IntegrityError as error:
        raise _taken(values["reference"]) from error
    if _set_settings(contract, entry.urns):
        changed.append("settings")
    # Which fields, not what they hold: one of them is a child.
    act.record("contracts.contract.changed", subject=contract, changed=changed)
    rating.rerate(contract_ids=[contract.pk], act=act)
    return contract


@operation
def end_contract(*, contract_id: int, last_day: date, because: str, act: PersonalAct) -> Contract:
    """End a contract after its last day, which may still be to come. Its ratings up to then stay."""
    contract = _managed(contract_id, act=act)
    check_move(CONTRACT_MOVES, ContractState(contract.state), ContractState.ENDED)
    rules.check_end(starts_on=contract.starts_on, last_day=last_day, because=because)
    contract.state, contract.ends_on, contract.ended_because = ContractState.ENDED, last_day, because.strip()
    if contract.live_on is None and contract.plan_id is None and contract.award_id is None:
        contract.live_on = contract.starts_on
    contract.save(update_fields=["state", "ends_on", "ended_because", "live_on"])
    act.record("contracts.contract.ended", subject=contract, because=because.strip(), last_day=last_day.isoformat())
    rating.rerate(contract_ids=[contract.pk], act=act)
    return contract


@operation
def tie_published(*, ocds_contract_id: int, reference: str, act: PersonalAct) -> Contract:
    """Say that a published contract is one that the register has already. Raises RuleBroken (unknown_contract;
    registered_already, for the published one; published_already, for ours)."""
    act.check(Permission.CONTRACTS_MANAGE)
    _published(ocds_contract_id)
    known = Contract.objects.filter(reference=" ".join(reference.split()).upper()).first()
    if known is None:
        raise RuleBroken(f"The register has no contract “{reference.strip()}”.", code="unknown_contract")
    contract = _managed(known.pk, act=act)
    if contract.ocds_contract_id is not None:
        raise RuleBroken(f"{contract.reference} is tied to another published contract.", code="published_already")
    contract.ocds_contract_id = ocds_contract_id
    contract.save(update_fields=["ocds_contract"])
    act.record("contracts.contract.published", subject=contract, published=ocds_contract_id)
    return contract


@operation
def untie_published(*, contract_id: int, act: PersonalAct) -> Contract:
    """The published contract is not this one after all."""
    contract = _managed(contract_id, act=act)
    if contract.ocds_contract_id is None:
        raise RuleBroken(f"{contract.reference} is tied to no published contract.", code="wrong_state")
    act.record("contracts.contract.unpublished", subject=contract, published=contract.ocds_contract_id)
    contract.ocds_contract_id = None
    contract.save(update_fields=["ocds_contract"])
    return contract


@operation
def tie_notice(*, process_id: int, tender_id: int | None, act: PersonalAct) -> OcdsProcess:
    """Say of which of our tenders a published process is (commissioning.operations.ocds.tie_notice); the contracts
    that came of the tender follow."""
    process = ocds.tie_notice(process_id=process_id, tender_id=tender_id, act=act)
    of_another = Contract.objects.filter(ocds_contract__process=process).exclude(award=None)
    of_another.exclude(award__tender=tender_id).update(ocds_contract=None)
    follow_published(act=act)
    return process


@operation
def follow_published(*, act: Act) -> int:
    """Tie the contracts of our own tenders to what was published of them under the same reference; how many."""
    found = OcdsContract.objects.filter(
        registered=None,
        process__tender__awards__contract__ocds_contract=None,
        process__tender__awards__contract__reference=F("contract_id"),
    ).annotate(ours=F("process__tender__awards__contract"))
    tied = 0
    for published in found.order_by("pk"):
        # The first of several platforms on which it was published.
        tied += Contract.objects.filter(pk=published.ours, ocds_contract=None).update(ocds_contract=published)
    if tied:
        act.record("contracts.published.found", contracts=tied)
    return tied


def _published(ocds_contract_id: int) -> None:
    published = OcdsContract.objects.select_for_update(of=("self",)).filter(pk=ocds_contract_id).first()
    if published is None:
        raise NotAllowed(f"There is no published contract {ocds_contract_id}.")
    if Contract.objects.filter(ocds_contract=published).exists():
        raise RuleBroken("This published contract is in the register already.", code="registered_already")


def _managed(contract_id: int, *, act: PersonalAct) -> Contract:
    contract = contract_seen(act.by, contract_id=contract_id, on=act.on)
    act.check(Permission.CONTRACTS_MANAGE)
    return Contract.objects.select_for_update(no_key=True, of=("self",)).select_related("provider").get(pk=contract.pk)


def _values(entry: Entry, contract: Contract | None) -> dict[str, Any]:
    framework = Contract.objects.filter(pk=entry.framework_id).first() if entry.framework_id else None
    if entry.framework_id and framework is None:
        raise RuleBroken("There is no such framework.", code="not_a_framework")
    keeps_child = contract is not None and contract.child_id is not None and entry.child is None
    reference = " ".join(entry.reference.split()).upper()
    rules.check(
        rules.Line(
            reference=reference,
            title=entry.title,
            kind=entry.kind,
            service=entry.service,
            starts_on=entry.starts_on,
            ends_on=entry.ends_on,
            value=entry.value,
            statutory_from=entry.statutory_from,
            review_every=entry.review_every,
            settings=len(_urns(entry.urns)),
            for_one_child=bool(entry.child) or keeps_child,
            framework_kind=framework.kind if framework else "",
            framework_is_itself=contract is not None and entry.framework_id == contract.pk,
        )
    )
    values: dict[str, Any] = {
        "reference": reference[:60], "title": " ".join(entry.title.split())[:300], "kind": entry.kind,
        "provider_id": _provider(entry.provider, contract).pk, "service": " ".join(entry.service.split())[:200],
        "starts_on": entry.starts_on, "ends_on": entry.ends_on, "value": entry.value,
        "statutory_from": entry.statutory_from, "visit_required": entry.visit_required,
        "review_every": entry.review_every,
        "manager_id": entry.manager.pk if entry.manager else None,
        "area_lead_id": entry.area_lead.pk if entry.area_lead else None,
        "framework_id": framework.pk if framework else None,
    }  # fmt: skip
    if entry.manager:
        values["manager_wording"] = entry.manager.called
    if entry.area_lead:
        values["area_lead_wording"] = entry.area_lead.called
    if entry.child is not None:
        known = Child.objects.filter(source_id=entry.child.strip().upper()).first() if entry.child.strip() else None
        values["child_id"] = known.pk if known else None
    return values


def _provider(name: str, contract: Contract | None) -> Organisation:
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("Say who provides the service.", code="missing_provider")
    key = sort_key(name)
    known = Organisation.objects.filter(sort_key=key).first()
    if known is None:
        wording = OrganisationName.objects.filter(sort_key=key).select_related("organisation").first()
        known = wording.organisation if wording else None
    return known or Organisation.objects.create(name=name[:300], sort_key=key[:300], sector=Organisation.Sector.OTHER)


def _urns(given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(urn for urn in ("".join(part.split()).upper() for part in given) if urn))


def _set_settings(contract: Contract, given: Sequence[str]) -> bool:
    """Make the contract's settings those with these URNs; whether anything changed."""
    wanted = {_setting(urn).pk: urn for urn in _urns(given)}
    standing = {row.setting_id: row for row in ContractSetting.objects.filter(contract=contract)}
    gone = [row.pk for setting, row in standing.items() if setting not in wanted]
    come = [
        ContractSetting(contract=contract, setting_id=setting, urn=urn)
        for setting, urn in wanted.items()
        if setting not in standing
    ]
    ContractSetting.objects.filter(pk__in=gone).delete()
    ContractSetting.objects.bulk_create(come)
    return bool(gone or come)


def _setting(urn: str) -> Setting:
    if len(urn) > 20:
        raise RuleBroken(f"“{urn[:30]}” is not a URN.", code="bad_urn")
    return settings_intake.setting_meant(urn)


def _taken(reference: str) -> RuleBroken:
    return RuleBroken(f"There is a contract {reference} already.", code="reference_taken")
