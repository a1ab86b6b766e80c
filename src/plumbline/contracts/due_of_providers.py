"""What a provider is asked for beside returns, actions and incidents; and what it handed in, for the council."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q

from plumbline.audit.moments import shown
from plumbline.contracts.models import Contract, ContractSetting, Policy, PolicyOffer, Visit
from plumbline.contracts.queries import portal
from plumbline.contracts.queries.visits import place
from plumbline.contracts.wording import lacking_assessment, whom_to_ask
from plumbline.kernel.duties import BACK, Duty, Gravity, Source, news_since, organisation, permitted
from plumbline.kernel.wording import day
from plumbline.people.access import Permission

P = Permission


def of_lacking(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """By provider: what its contracts lack and it can put right. Each policy once, for all contracts that lack it; what
    was handed in waits for the council, not for them."""
    rows = Contract.objects.exclude(state="ended").select_related("manager").order_by("reference")
    contracts = list(rows if keys is None else rows.filter(provider__in=keys))
    offers = PolicyOffer.objects.filter(accepted=None, contract__in=contracts)
    handed_in = set(offers.values_list("contract", "policy"))
    policies: dict[tuple[int, str], list[tuple[Contract, portal.Lacking]]] = defaultdict(list)
    lacks = portal.lacking(contracts, on=on)
    asked = portal.self_assessments_open(contracts)
    homes = {
        (contract, urn): setting
        for contract, urn, setting in ContractSetting.objects.filter(contract__in=contracts)
        .order_by("-pk")
        .values_list("contract", "setting__urn", "setting")
    }
    for contract in contracts:
        own = lacks.get(contract.pk, [])
        without = [each for each in own if each.code in portal.SELF_CODES]
        # What was asked for already is a duty of the return.
        if without and contract.pk not in asked:
            yield _of(
                contract,
                "self_assessment",
                lacking_assessment(without),
                whom_to_ask(contract),
                min(each.since for each in without),
                "Open the contract",
                f"provider_contract {contract.pk}",
            )
        for each in own:
            if each.code in portal.POLICY_CODES:
                if (contract.pk, each.about) not in handed_in:
                    policies[contract.provider_id, each.about].append((contract, each))
            elif each.code not in portal.SELF_CODES:
                home = homes.get((contract.pk, each.about)) if each.code in portal.REPORT_CODES else None
                yield _of(
                    contract,
                    each.code,
                    each.sentence,
                    "",
                    each.since,
                    "Hand in the report" if home else "Open the contract",
                    f"home {home}" if home else f"provider_contract {contract.pk}",
                    about=each.about,
                )
    for (provider, policy), found in policies.items():
        contract, first = min(found, key=lambda each: each[1].since)
        many = len({contract.pk for contract, _ in found})
        yield Duty(
            kind="provider.policy",
            subject=("organisation", provider),
            about=policy,
            whose=organisation(provider),
            what=f"Upload the policy on {Policy(policy).label.lower()}",
            why=first.sentence,
            due=first.since,
            called=f"{many} contracts" if len(found) > 1 else contract.reference,
            deed="Upload it",
            place=f"provider_policy {contract.pk} {policy}",
            matter=(f"policy.{policy}", provider),
            key=provider,
        )


def _of(
    contract: Contract, kind: str, what: str, why: str, due: date, deed: str, place: str, *, about: str = ""
) -> Duty:
    return Duty(
        kind=f"provider.{kind}",
        subject=("contract", contract.pk),
        about=about,
        due=due,
        what=what,
        why=why,
        whose=organisation(contract.provider_id),
        called=contract.called,
        deed=deed,
        place=place,
        key=contract.provider_id,
    )


def of_offers(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Policies that wait for the council, one for each document, whichever contracts it serves; and what was decided,
    for the provider."""
    lately = Q(decided_at__gt=news_since(on))
    offers = PolicyOffer.objects.filter(Q(accepted=None) | lately).select_related("contract__provider")
    seen: set[tuple[int, str]] = set()
    for offer in offers.order_by("-offered_at", "-pk"):
        label = Policy(offer.policy).label.lower()
        if (offer.document_id, offer.policy) in seen:
            continue
        seen.add((offer.document_id, offer.policy))
        if offer.decided_at is not None:
            said = "Accepted" if offer.accepted else "Sent back"
            why = f" {offer.refused_because}" if offer.refused_because else ""
            yield Duty(
                kind=f"{BACK}policy",
                subject=("policy_offer", offer.pk),
                whose=organisation(offer.contract.provider_id),
                about=offer.decided_at.isoformat(),
                what=f"{said}: the policy on {label}",
                gravity=Gravity.HOUSEKEEPING,
                why=f"On {day(shown(offer.decided_at))}.{why}",
                called=offer.contract.reference,
                deed="Look at it",
                place=f"provider_contract {offer.contract_id}",
                key=offer.pk,
            )
            continue
        yield Duty(
            kind="policy.accept",
            subject=("policy_offer", offer.pk),
            whose=permitted(P.CONTRACTS_MANAGE),
            what=f"Look at a policy: {label}",
            called=offer.contract.provider.name,
            deed="Look at it",
            why=f"Handed in on {day(shown(offer.offered_at))}. It counts once you have accepted it.",
            place=f"policy_offer {offer.pk}",
            key=offer.pk,
        )


def of_reports(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Reports of visits that were sent, for the providers whose contracts and settings they are about."""
    sent = Visit.objects.filter(state=Visit.State.REPORT_SENT).select_related("contract", "setting")
    if keys is not None:
        sent = sent.filter(pk__in=keys)
    for each in sent.order_by("report_sent_on", "pk"):
        if each.contract is not None:
            providers = [each.contract.provider_id]
        else:
            there = Contract.objects.filter(settings__setting=each.setting_id).order_by("provider")
            providers = list(there.values_list("provider", flat=True).distinct())
        for provider in providers:
            yield Duty(
                kind="visit.answer",
                subject=("visit", each.pk),
                whose=organisation(provider),
                key=each.pk,
                what="Answer the report of a visit",
                called=place(each),
                deed="Read and answer",
                why=f"The council visited on {day(each.visited_on)}.",
                place=f"visit {each.pk}",
            )


_OF_PROVIDER = "select k.provider_id as key from changed c join contracts_contract k on k.id = c.contract_id"
SOURCES = (
    Source("provider", of_lacking, {
        "contracts_contract": "select provider_id as key from changed",
        "contracts_ratingperiod": _OF_PROVIDER, "contracts_reasonperiod": _OF_PROVIDER,
        "contracts_policyoffer": _OF_PROVIDER, "contracts_contractsetting": _OF_PROVIDER,
        "contracts_contractreturn": _OF_PROVIDER,
        "toolkits_return": "select k.provider_id as key from changed c join contracts_contractreturn r"
                           " on r.answer_set_id = c.id join contracts_contract k on k.id = r.contract_id",
    }, settled=frozenset({"people_user", "ofsted_setting", "contracts_assessment"})),
    Source("policy_offers", of_offers, {"contracts_policyoffer": ""},
           settled=frozenset({"contracts_contract", "people_organisation"})),
    Source("visit_reports", of_reports, {
        "contracts_visit": "select id as key from changed", "contracts_contractsetting": "", "contracts_contract": "",
    }, settled=frozenset({"ofsted_setting"})),
)  # fmt: skip
