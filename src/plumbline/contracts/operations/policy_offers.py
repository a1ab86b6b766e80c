"""Policies that a provider hands in: they count once the council has looked at them (docs/adr/0029)."""

from datetime import date
from pathlib import Path

from plumbline.contracts.models import Contract, Policy, PolicyOffer
from plumbline.contracts.operations.assurance import review_policy
from plumbline.contracts.queries import portal
from plumbline.evidence.operations import give_document
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.queries import same_body


@operation
def offer_policy(
    *, contract_id: int, policy: str, reviewed_on: date, file_name: str, content: bytes, folder: Path, act: PersonalAct
) -> list[PolicyOffer]:
    """Hand in a policy with the day of its last review: one document for every contract of the provider that has not
    ended. What waited of the same policy gives way to it.

    Raises RuleBroken for a day to come, an unknown policy, or a file that cannot be kept; NotAllowed for another's
    contract.
    """
    contract = portal.own_contracts(act.by, on=act.on).filter(pk=contract_id).first()
    if contract is None:
        raise NotAllowed(f"There is no contract {contract_id} of {act.by}'s organisation.")
    if policy not in Policy.values:
        raise RuleBroken("Choose one of the six policies.", code="unknown_policy")
    if reviewed_on > act.on:
        raise RuleBroken(f"{wording.day(reviewed_on)} is a date in the future.", code="future_date")
    document = give_document(
        title=f"{Policy(policy).label} policy, reviewed {wording.day(reviewed_on)}",
        file_name=file_name,
        content=content,
        folder=folder,
        organisation=contract.provider,
        kind=policy,
        act=act,
    )
    together = list(
        Contract.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=portal.own_contracts(act.by, on=act.on), provider__in=same_body([contract.provider_id]))
        .exclude(state="ended")
        .order_by("pk")
    )
    waiting = PolicyOffer.objects.filter(contract__in=together, policy=policy, accepted=None)
    waiting.update(accepted=False, decided_at=act.at, refused_because="The provider handed in a newer one.")
    offers = PolicyOffer.objects.bulk_create(
        PolicyOffer(
            contract=each,
            policy=policy,
            reviewed_on=reviewed_on,
            document=document,
            offered_at=act.at,
            offered_by=act.by,
        )
        for each in together
    )
    act.record(
        "contracts.policy.offered",
        subject=document,
        policy=policy,
        reviewed_on=reviewed_on.isoformat(),
        contracts=[each.pk for each in together],
    )
    return offers


@operation
def decide_policy(*, offer_id: int, accept: bool, because: str, act: PersonalAct) -> list[PolicyOffer]:
    """Accept what was handed in, so that it counts for each contract for which it waits, or send it back with the
    reason. Raises RuleBroken where it was decided on already; NotAllowed for the person who does not manage
    contracts."""
    first = PolicyOffer.objects.filter(pk=offer_id, pk__in=portal.offers_visible_to(act.by, on=act.on)).first()
    if first is None:
        raise NotAllowed(f"There is no policy {offer_id} to look at.")
    offers = list(
        PolicyOffer.objects.select_for_update(of=("self",))
        .filter(document=first.document_id, policy=first.policy, accepted=None)
        .order_by("pk")
    )
    if not offers:
        raise RuleBroken("This was decided on already.", code="wrong_state")
    if not accept and not because.strip():
        raise RuleBroken("Say what is to be corrected.", code="missing_reason")
    for offer in offers:
        offer.accepted, offer.decided_at, offer.decided_by = accept, act.at, act.by
        offer.refused_because = "" if accept else because.strip()
        if accept:
            offer.review = review_policy(
                contract_id=offer.contract_id,
                policy=offer.policy,
                reviewed_on=offer.reviewed_on,
                document_id=offer.document_id,
                act=act,
            )
        offer.save(update_fields=["accepted", "decided_at", "decided_by", "refused_because", "review"])
    act.record(
        "contracts.policy.accepted" if accept else "contracts.policy.sent_back",
        subject=first,
        because=because.strip(),
        policy=first.policy,
        contracts=[offer.contract_id for offer in offers],
    )
    return offers
