"""How those who are told of incidents are reached: kept once for the council, by a contract where it has its own."""

from typing import ClassVar

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.contracts.access import contract_seen
from plumbline.contracts.locked_contract import may_change
from plumbline.contracts.models import Contract
from plumbline.contracts.operations.contacts import set_contact
from plumbline.contracts.queries import contacts as queries
from plumbline.contracts.rules.contacts import OFFICES, Way
from plumbline.people.access import Permission
from plumbline.web.contracts.incidents import words
from plumbline.web.contracts.incidents.views import address_of_contract
from plumbline.web.kit import forms
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask
from plumbline.web.kit.request import Request, acting


class ContactForm(forms.PageForm):
    changes_a_record = True
    refused_at: ClassVar = {"wrong_phone": "phone", "wrong_address": "form_url", "missing_words": "phone"}

    phone = forms.LineField(
        label="Telephone", required=False, max_length=60, width=20, hint="For example, 01632 960 001"
    )
    email = forms.EmailField(label="E-mail", required=False, hint="An office’s inbox, never a person’s own")
    form_url = forms.LineField(
        label="Address of their online form", required=False, max_length=500, hint="The whole address, with https://"
    )
    hours = forms.LineField(
        label="When they can be reached", required=False, max_length=200, hint="Such as: Monday to Friday, 8am to 6pm"
    )


@requires(Permission.LISTS_MANAGE)
def of_council(request: Request) -> HttpResponseBase:
    """What holds for every contract that has nothing of its own."""
    return _list(request, None)


@requires(Permission.LISTS_MANAGE)
def change_of_council(request: Request, recipient: str) -> HttpResponseBase:
    return _change(request, None, recipient)


@requires(Permission.CONTRACTS_VIEW, Permission.PROVIDER_PORTAL)
def of_contract(request: Request, pk: int) -> HttpResponseBase:
    """Whom the contract's people reach, and how: its own contacts, and those of the council."""
    return _list(request, contract_seen(request.user, contract_id=pk, on=request.day))


@requires(Permission.CONTRACTS_MANAGE)
def change_of_contract(request: Request, pk: int, recipient: str) -> HttpResponseBase:
    contract = contract_seen(request.user, contract_id=pk, on=request.day)
    if not may_change(request.user, contract, on=request.day):
        raise Http404
    return _change(request, contract, recipient)


def _list(request: Request, contract: Contract | None) -> HttpResponseBase:
    ways = queries.ways_for(contract)
    refused = {
        row.recipient: f"{row.email} refused an e-mail: “{row.refused_because}”. Correct it."
        for row in queries.refused_for(request.user, on=request.day)
        if row.contract_id == (contract.pk if contract else None)
    }
    changes = contract is None or may_change(request.user, contract, on=request.day)
    rows = [
        {
            "who": words.label(key),
            "way": ways.get(key),
            "refused": refused.get(key, ""),
            "change": address_of(contract, key) if changes else "",
        }
        for key in OFFICES
    ]
    above = [(contract.reference, address_of_contract(request, contract))] if contract else []
    return render(
        request,
        "contracts/incidents/contacts.html",
        {
            "contract": contract,
            "rows": rows,
            "site": settings.SITE,
            "breadcrumbs": [*above, ("Whom to tell", "")],
        },
    )


def _change(request: Request, contract: Contract | None, recipient: str) -> HttpResponseBase:
    if recipient not in OFFICES:
        raise Http404
    there = queries.kept(contract, recipient)
    parts = ("phone", "email", "form_url", "hours")
    back = reverse("contract_contacts", args=[contract.pk]) if contract else reverse("reporting_contacts")
    context = {
        "who": words.label(recipient),
        "contract": contract,
        "back": back,
        "council": queries.ways_for(None).get(recipient) if contract else None,
    }
    return ask(
        request,
        ContactForm(request.POST or None, initial={name: getattr(there, name) for name in parts} if there else {}),
        ("contracts/incidents/contact.html", context),
        do=lambda **given: set_contact(
            contract_id=contract.pk if contract else None, recipient=recipient, way=Way(**given), act=acting(request)
        ),
        done=f"{words.label(recipient)}: saved.",
        to=back,
    )


def address_of(contract: Contract | None, recipient: str) -> str:
    if contract is None:
        return reverse("reporting_contact", args=[recipient])
    return reverse("contract_contact", args=[contract.pk, recipient])
