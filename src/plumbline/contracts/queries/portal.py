"""What a provider sees of its own contracts, and what it has handed in (docs/adr/0029: what a provider sees)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from plumbline.contracts.models import Contract, ContractReturn, Policy, PolicyOffer, PolicyReview
from plumbline.contracts.queries import rating
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User
from plumbline.people.queries import organisations_of
from plumbline.toolkits.models import ReturnState

# Of what counts against a contract, a provider is told what it can put right itself, never the colour.
POLICY_CODES = ("policy_missing", "policy_review_overdue", "policy_before_law_change")
REPORT_CODES = ("reg44_missing",)
# One self-assessment with its plan puts both right.
SELF_CODES = ("no_self_assessment", "no_action_plan")
OWN_CODES = (
    "no_board_assessment",
    *SELF_CODES,
    *POLICY_CODES,
    *REPORT_CODES,
)


def own_contracts(viewer: User, *, on: date) -> QuerySet[Contract]:
    """The contracts of the organisation for which the viewer signs in, under all its names; of the council's own
    people: none."""
    own = organisations_of(viewer, on=on)
    if not own:
        return Contract.objects.none()
    return Contract.objects.filter(provider__in=own).select_related("provider", "manager", "area_lead")


@dataclass(frozen=True, slots=True)
class Lacking:
    """Something that a provider can put right. `about`: the policy or the setting it concerns."""

    code: str
    about: str
    sentence: str
    since: date


def lacking(contracts: Sequence[Contract], *, on: date) -> dict[int, list[Lacking]]:
    """What each contract lacks on a day, by its number, the longest lacking first; two queries for all."""
    rated = rating.ratings_on(on, [contract.pk for contract in contracts])
    return {
        pk: [
            Lacking(reason.code, reason.about, reason.sentence, reason.since)
            for reason in sorted(found.reasons, key=lambda reason: (reason.since, reason.code, reason.about))
            if reason.code in OWN_CODES
        ]
        for pk, found in rated.items()
    }


def self_assessments_open(contracts: Sequence[Contract]) -> dict[int, int]:
    """By contract, the self-assessment that was asked for under it and is not signed off yet; one query."""
    rows = ContractReturn.objects.filter(
        contract__in=contracts, purpose=ContractReturn.Purpose.SELF_ASSESSMENT
    ).exclude(answer_set__state=ReturnState.SIGNED_OFF)
    return dict(rows.order_by("pk").values_list("contract", "answer_set"))


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One of the six: its newest review that counts, what was handed in last, and what it lacks."""

    key: str
    label: str
    review: PolicyReview | None
    offer: PolicyOffer | None
    lacks: str


def policies_of(contract: Contract, *, on: date) -> list[PolicyLine]:
    reviews = {each.policy: each for each in contract.policy_reviews.order_by("reviewed_on", "pk")}
    offers = {
        each.policy: each for each in contract.policy_offers.select_related("document").order_by("offered_at", "pk")
    }
    lacks: dict[str, str] = {}
    for each in lacking([contract], on=on).get(contract.pk, []):
        if each.code in POLICY_CODES:
            lacks[each.about] = each.sentence
    return [
        PolicyLine(key, label, reviews.get(key), offers.get(key), lacks.get(key, "")) for key, label in Policy.choices
    ]


def offers_visible_to(viewer: User, *, on: date) -> QuerySet[PolicyOffer]:
    """What was handed in: all of it for who manages contracts, their own for a provider's people."""
    if access.may(viewer, Permission.CONTRACTS_MANAGE, on=on):
        return PolicyOffer.objects.all()
    return PolicyOffer.objects.filter(contract__in=own_contracts(viewer, on=on).values("pk"))
