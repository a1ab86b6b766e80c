"""Papers of a provider that the council holds already, and a contract could count: what passed stage 1 of its tender,
and what was given for another contract of the same provider."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from plumbline.commissioning.models import BidDocument, Decision, Stage1Decision
from plumbline.contracts.models import Assessment, Contract, ContractState, Policy, PolicyReview
from plumbline.contracts.queries.care import needed_kinds
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User
from plumbline.people.queries import same_body
from plumbline.toolkits import content


@dataclass(frozen=True, slots=True)
class Paper:
    """A policy (`policy`, and `assessment` None) with the day of its last review, or an assessment with the day of its
    completion. `where`: how the council came to hold it, in words. `of_bid`: its document was given with the bid."""

    label: str
    day: date
    where: str
    policy: str = ""
    document_id: int | None = None
    of_bid: bool = False
    return_id: int | None = None
    assessment: Assessment | None = None


def papers_held(contract: Contract, *, viewer: User, on: date) -> list[Paper]:
    """What the contract could count and does not: of each policy the newest review, where it is newer than its own; of
    each assessment that the contract needs and has none of, the one that is valid for longest. Board assessments for
    the person who records them."""
    if contract.state == ContractState.ENDED:
        return []
    return [*_policies(contract, on=on), *_assessments(contract, viewer=viewer, on=on)]


def _policies(contract: Contract, *, on: date) -> list[Paper]:
    own: dict[str, date] = {}
    newest: dict[str, Paper] = {}
    for paper in (*_of_stage1(contract), *_of_other_contracts(contract, on=on)):
        if paper.policy not in newest or paper.day > newest[paper.policy].day:
            newest[paper.policy] = paper
    for policy, day in contract.policy_reviews.values_list("policy", "reviewed_on"):
        own[policy] = max(day, own.get(policy, day))
    return [
        newest[policy]
        for policy in Policy.values
        if policy in newest and newest[policy].day > own.get(policy, date.min)
    ]


def _of_stage1(contract: Contract) -> list[Paper]:
    """The policies that passed stage 1 of the contract's own tender, each with its paper."""
    award = contract.award
    if award is None or award.tender.stage1 is None:
        return []
    asked = {each.key: each.policy for each in content.read(award.tender.stage1.content).criteria if each.policy}
    passed = Stage1Decision.objects.filter(
        bid=award.bid_id, decision=Decision.PASS, reviewed_on__isnull=False, criterion__in=asked
    )
    documents = dict(
        BidDocument.objects.filter(bid=award.bid_id, criterion__in=asked)
        .order_by("pk")
        .values_list("criterion", "document")
    )
    return [
        Paper(
            Policy(asked[each.criterion]).label,
            each.reviewed_on,
            f"passed stage 1 of {award.tender.reference}",
            policy=asked[each.criterion],
            document_id=documents.get(each.criterion),
            of_bid=True,
        )
        for each in passed
        if asked[each.criterion] in Policy.values and each.reviewed_on
    ]


def _of_other_contracts(contract: Contract, *, on: date) -> list[Paper]:
    found = PolicyReview.objects.filter(reviewed_on__lte=on, **_elsewhere(contract))
    return [
        Paper(
            Policy(each.policy).label,
            each.reviewed_on,
            f"given for {each.contract.reference}",
            policy=each.policy,
            document_id=each.document_id,
            return_id=each.answer_set_id,
        )
        for each in found.exclude(contract=contract).select_related("contract").order_by("reviewed_on", "pk")
    ]


def _assessments(contract: Contract, *, viewer: User, on: date) -> list[Paper]:
    kinds = needed_kinds(contract, on=max(on, contract.starts_on))
    if not access.may(viewer, Permission.BOARD_ASSESSMENTS, on=on):
        kinds = tuple(kind for kind in kinds if kind != Assessment.Kind.BOARD)
    has = set(contract.assessments.filter(completed_on__lte=on, valid_until__gte=on).values_list("kind", flat=True))
    found = Assessment.objects.filter(
        kind__in=set(kinds) - has, completed_on__lte=on, valid_until__gte=on, **_elsewhere(contract)
    )
    longest: dict[str, Assessment] = {}
    for each in found.exclude(contract=contract).select_related("contract").order_by("valid_until", "pk"):
        longest[each.kind] = each
    if Assessment.Kind.SELF not in longest and Assessment.Kind.SELF not in has:
        longest.pop(Assessment.Kind.PLAN, None)  # a plan goes with its self-assessment
    return [
        Paper(
            each.get_kind_display(),
            each.completed_on,
            f"given for {each.contract.reference}",
            assessment=each,
            document_id=each.document_id,
        )
        for each in (longest[kind] for kind in kinds if kind in longest)
    ]


def _elsewhere(contract: Contract) -> dict[str, Any]:
    return {"contract__provider__in": same_body([contract.provider_id])}
