"""What a provider is asked for beside returns, actions and incidents; and what it handed in, for the council."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse

from plumbline.audit.moments import shown
from plumbline.contracts.models import Contract, Policy
from plumbline.contracts.queries import portal
from plumbline.people.models import User
from plumbline.web.kit import wording
from plumbline.web.kit.work_item import Item


def items(viewer: User, on: date) -> Iterable[Item]:
    yield from _to_decide(viewer, on)
    contracts = list(portal.own_contracts(viewer, on=on).exclude(state="ended").order_by("reference"))
    if contracts:
        yield from _lacking(contracts, viewer, on)


def _to_decide(viewer: User, on: date) -> Iterable[Item]:
    for offer in portal.offers_to_decide(viewer, on=on):
        yield Item(
            what=f"Look at a policy: {Policy(offer.policy).label.lower()}", whom=offer.contract.provider.name,
            why=f"Handed in on {wording.day(shown(offer.offered_at))}. It counts once you have accepted it.",
            due=None, url=reverse("policy_offer", args=[offer.pk]), button="Look at it",
        )  # fmt: skip


def _lacking(contracts: list[Contract], viewer: User, on: date) -> Iterable[Item]:
    """Each policy once, for all contracts that lack it; what was handed in waits for the council, not for them."""
    handed_in = set(portal.offers_visible_to(viewer, on=on).filter(accepted=None).values_list("contract", "policy"))
    policies: dict[str, list[tuple[Contract, portal.Lacking]]] = {}
    lacks = portal.lacking(contracts, on=on)
    asked = portal.self_assessments_open(contracts)
    for contract in contracts:
        own = lacks.get(contract.pk, [])
        without = [each for each in own if each.code in portal.SELF_CODES]
        # What was asked for already is an item of the returns.
        if without and contract.pk not in asked:
            yield Item(
                what=in_words(without), whom=f"{contract.reference}, {contract.title}", why=to_ask(contract),
                due=min(each.since for each in without), url=reverse("provider_contract", args=[contract.pk]),
                button="Open the contract", gravity=2,
            )  # fmt: skip
        for each in own:
            if each.code in portal.SELF_CODES:
                continue
            if each.code not in portal.POLICY_CODES:
                url, button = _where(contract, each)
                yield Item(
                    what=each.sentence, whom=f"{contract.reference}, {contract.title}", why="", due=each.since,
                    url=url, button=button, gravity=2,
                )  # fmt: skip
            elif (contract.pk, each.about) not in handed_in:
                policies.setdefault(each.about, []).append((contract, each))
    for policy, found in policies.items():
        contract, first = min(found, key=lambda each: each[1].since)
        many = f"{len({contract.pk for contract, _ in found})} contracts" if len(found) > 1 else contract.reference
        yield Item(
            what=f"Upload the policy on {Policy(policy).label.lower()}", whom=many, why=first.sentence,
            due=first.since, url=reverse("provider_policy", args=[contract.pk, policy]), button="Upload it",
        )  # fmt: skip


def in_words(without: Sequence[portal.Lacking]) -> str:
    """What is to be done about a missing self-assessment, its plan or both."""
    codes = {each.code for each in without}
    if codes == set(portal.SELF_CODES):
        return "A new self-assessment with its action plan is needed"
    return (
        "An action plan to your self-assessment is needed"
        if "no_action_plan" in codes
        else ("A new self-assessment is needed")
    )


def to_ask(contract: Contract) -> str:
    who = contract.manager or contract.manager_wording or "your contract manager"
    return f"The council has not sent you the questions yet. Ask {who} for them."


def _where(contract: Contract, each: portal.Lacking) -> tuple[str, str]:
    """Where it is put right: a home's report at the home; the rest begins at the contract."""
    if each.code in portal.REPORT_CODES:
        home = contract.settings.filter(setting__urn=each.about).values_list("setting", flat=True).first()
        if home is not None:
            return reverse("home", args=[home]), "Hand in the report"
    return reverse("provider_contract", args=[contract.pk]), "Open the contract"
