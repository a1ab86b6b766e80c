"""The provider's own pages: what we are asked for now, our contracts, our policies. Nothing of anybody else's.

What a provider sees and what not: docs/adr/0029.
"""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.actions import queries as actions
from plumbline.contracts.models import Contract, Policy, PolicyOffer
from plumbline.contracts.operations import policy_offers
from plumbline.contracts.queries import incidents, portal
from plumbline.contracts.rules.rating import since_when
from plumbline.contracts.wording import lacking_assessment, whom_to_ask
from plumbline.due import keeping
from plumbline.due import queries as due
from plumbline.due.rules import Band
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission
from plumbline.toolkits.queries import returns
from plumbline.web.contracts.provider import forms
from plumbline.web.evidence import files
from plumbline.web.kit import duties, navigation, tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask
from plumbline.web.kit.request import Request, acting, now_of

PORTAL = Permission.PROVIDER_PORTAL
# So many of the matters that wait are on the page.
_MOST = 100


@requires(PORTAL)
def home(request: Request) -> HttpResponseBase:
    """What we are asked for now, what is overdue first; then our contracts."""
    on, viewer = request.day, request.user
    now = now_of(request)
    keeping.catch_up(on=on)
    work = due.work_of(viewer, on=on, at=request.at, most=_MOST)
    put_off = due.work_of(viewer, on=on, at=request.at, band=Band.PUT_OFF, most=_MOST)
    contracts = list(portal.own_contracts(viewer, on=on).order_by("state", "reference"))
    return render(
        request,
        "contracts/provider/home.html",
        {
            "asked": [duties.matter_drawn(matter, on=on, now=now) for matter in work.matters],
            "more": work.total - len(work.matters),
            "put_off": duties.put_off_drawn(put_off, viewer, on=on, now=now),
            "back": duties.lines(work.back, on=on, now=now),
            "contracts": [contract for contract in contracts if contract.state != "ended"],
            "ended": [contract for contract in contracts if contract.state == "ended"],
            "waiting": list(_waiting(request)),
            "organisations": sorted({contract.provider.name for contract in contracts}),
        },
    )


def _waiting(request: Request) -> QuerySet[PolicyOffer]:
    return (
        portal.offers_visible_to(request.user, on=request.day)
        .filter(accepted=None, contract__in=portal.own_contracts(request.user, on=request.day).values("pk"))
        .select_related("contract", "document")
        .order_by("offered_at", "pk")
    )


@requires(PORTAL)
def contract(request: Request, pk: int) -> HttpResponseBase:
    """One of our contracts: what is to be put right, incidents, policies, returns, actions, who to speak to."""
    on, viewer = request.day, request.user
    found = _own(request, pk)
    now = now_of(request)
    rows = incidents.incidents_listed(viewer, on=on, now=now).filter(contract=found).order_by("-occurred_at", "-pk")
    lacks = portal.lacking([found], on=on).get(found.pk, [])
    asked = returns.returns_listed(viewer, on=on).filter(for_contract__contract=found).order_by("-pk")
    in_force = incidents.form_in_force(found)
    return render(
        request,
        "contracts/provider/contract.html",
        {
            "contract": found,
            "lacks": _lacks(found, lacks),
            "policies": [_policy(line) for line in portal.policies_of(found, on=on)],
            "incidents": list(rows[:20]),
            "form": in_force,
            "newest_form": next(iter(incidents.forms_of(found)), None),
            "returns": list(asked[:20]),
            "actions": list(actions.actions_about(viewer, subject_type="contract", subject_id=found.pk, on=on)[:20]),
            "breadcrumbs": [("Your contracts", reverse("provider")), (found.reference, "")],
        },
    )


@requires(PORTAL)
def policy(request: Request, pk: int, key: str) -> HttpResponseBase:
    """Upload a policy with the day of its review; one upload serves all our contracts."""
    found = _own(request, pk)
    if key not in Policy.values:
        raise Http404
    line = next(each for each in portal.policies_of(found, on=request.day) if each.key == key)
    form = forms.Upload(request.POST or None, request.FILES or None)
    form.day_field("reviewed_on").no_later_than = (request.day, "The day of the review cannot be in the future")
    return ask(
        request,
        form,
        ("contracts/provider/policy.html", {"contract": found, "line": line}),
        do=lambda file, reviewed_on: policy_offers.offer_policy(
            contract_id=found.pk,
            policy=key,
            reviewed_on=reviewed_on,
            file_name=file.name,
            content=file.read(),
            folder=files.folder(),
            act=acting(request),
        ),
        done="Handed in. The council looks at it; until then the one before counts.",
        to=reverse("provider_contract", args=[found.pk]),
    )


_STATES = {"waiting": None, "accepted": True, "back": False}


class Offers(tables.Table):
    title = "Policies handed in"
    one, many = "policy", "policies"
    columns = (
        tables.Column("policy", "Policy", lambda row: row.get_policy_display(), sort="policy",
                      link=lambda row: reverse("policy_offer", args=[row.pk])),
        tables.Column("provider", "Provider", "contract.provider.name", sort="contract__provider__sort_key",
                      note=lambda row: row.contract.reference, note_heading="Contract"),
        tables.Column("reviewed_on", "Reviewed", sort="reviewed_on"),
        tables.Column("offered_at", "Handed in", sort="offered_at"),
        tables.Column("state", "State", lambda row: _state(row)[1], kind=lambda row: _state(row)[0], sort="accepted"),
    )  # fmt: skip
    filters = (
        tables.Choice("state", "State", lambda rows, state: rows.filter(accepted=_STATES[state]),
                      choices=(("waiting", "Waiting"), ("accepted", "Accepted"), ("back", "Sent back"))),
    )  # fmt: skip
    order = "-offered_at"
    empty = "No provider has handed in a policy yet."


@requires(Permission.CONTRACTS_MANAGE)
def offers(request: Request) -> HttpResponseBase:
    rows = portal.offers_visible_to(request.user, on=request.day).select_related("contract__provider")
    return tables.page(
        request,
        Offers(request, rows),
        "contracts/provider/offers.html",
        {
            "breadcrumbs": [("Contracts", navigation.address_of("contracts")), ("Policies handed in", "")],
        },
    )


@requires(Permission.CONTRACTS_MANAGE)
def offer(request: Request, pk: int) -> HttpResponseBase:
    """Look at a policy that was handed in, and accept it or send it back."""
    seen = portal.offers_visible_to(request.user, on=request.day)
    found = seen.select_related("contract__provider", "document", "offered_by", "decided_by").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(f"There is no policy {pk}.")
    state, word = _state(found)
    alike = seen.filter(document=found.document_id, policy=found.policy).select_related("contract")
    page = (
        "contracts/provider/offer.html",
        {
            "offer": found,
            "state": state,
            "word": word,
            "contracts": [each.contract for each in alike.order_by("contract__reference")],
            "breadcrumbs": [
                ("Contracts", navigation.address_of("contracts")),
                ("Policies handed in", reverse("policy_offers")),
                (found.get_policy_display(), ""),
            ],
        },
    )
    if found.accepted is not None:
        if request.method == "POST":
            raise Http404
        return render(request, *page)
    return ask(
        request,
        forms.Decide(request.POST or None),
        page,
        do=lambda decision, because: policy_offers.decide_policy(
            offer_id=found.pk, accept=decision == "accept", because=because, act=acting(request)
        ),
        done="Your decision is recorded.",
        to=reverse("policy_offers"),
    )


def _state(row: PolicyOffer) -> tuple[str, str]:
    if row.accepted is None:
        return "amber", "Waiting"
    return ("green", "Accepted") if row.accepted else ("grey", "Sent back")


def _lacks(contract: Contract, lacks: Sequence[portal.Lacking]) -> list[dict[str, str]]:
    """What is to be put right, each with where; a missing self-assessment and of its plan is one matter."""
    found = []
    without = [each for each in lacks if each.code in portal.SELF_CODES]
    if without:
        asked = portal.self_assessments_open([contract]).get(contract.pk)
        since = wording.day(min(each.since for each in without))
        found.append(
            {
                "sentence": f"{lacking_assessment(without)}, since {since}."
                + ("" if asked else f" {whom_to_ask(contract)}"),
                "url": reverse("return", args=[asked]) if asked else "",
                "link": "Answer it",
            }
        )
    for each in lacks:
        if each.code not in portal.SELF_CODES:
            policy = each.code in portal.POLICY_CODES
            found.append(
                {
                    "sentence": since_when(each.sentence, each.since),
                    "url": reverse("provider_policy", args=[contract.pk, each.about]) if policy else "",
                    "link": "Upload the policy",
                }
            )
    return found


def _policy(line: portal.PolicyLine) -> dict[str, object]:
    """What is said of one policy, in words."""
    offer = line.offer
    if offer is not None and offer.accepted is None:
        kind, word, said = "blue", "With the council", f"Handed in, reviewed {wording.day(offer.reviewed_on)}."
    elif line.lacks:
        kind, word, said = "amber", "To be corrected", line.lacks
    elif line.review is not None:
        kind, word, said = "green", "In place", f"Reviewed {wording.day(line.review.reviewed_on)}."
    else:
        kind, word, said = "grey", "Not asked for yet", ""
    back = offer.refused_because if offer is not None and offer.accepted is False else ""
    return {"key": line.key, "label": line.label, "kind": kind, "word": word, "said": said, "back": back}


def _own(request: Request, pk: int) -> Contract:
    """Our own contract; another's answers as if it did not exist."""
    found = portal.own_contracts(request.user, on=request.day).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(f"There is no contract {pk}.")
    return found
