"""The incident form of a contract: its steps, who has agreed them, and writing a new version."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.contracts.access import contract_seen
from plumbline.contracts.models import IncidentForm
from plumbline.contracts.operations import incident_forms
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.queries.contacts import ways_for
from plumbline.contracts.rules.contacts import Way
from plumbline.contracts.rules.incidents import SIDES
from plumbline.contracts.rules.notifications import Step, library
from plumbline.kernel.labels import say
from plumbline.people.access import Permission, may
from plumbline.web.contracts.incidents import forms, words
from plumbline.web.contracts.incidents.views import WORKS, address_of_contract
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.people.inviting.whom_to_ask import ways


@requires(Permission.INCIDENTS_VIEW, Permission.PROVIDER_PORTAL)
def incident_form(request: Request, pk: int) -> HttpResponseBase:
    """The newest version with who has agreed it, the one in force where that is another, and those before."""
    on, viewer = request.day, request.user
    contract = contract_seen(viewer, contract_id=pk, on=on)
    versions = queries.forms_of(contract)
    newest = versions[0] if versions else None
    in_force = queries.form_in_force(contract)
    agreed = queries.agreed_of(newest) if newest else None
    mine = queries.sides_of(viewer, contract, on=on) if newest else []
    taken = agreed is not None and viewer.pk in (agreed.manager, agreed.area, agreed.provider)
    return render(
        request,
        "contracts/incidents/form.html",
        {
            "contract": contract,
            "newest": newest,
            "in_force": in_force,
            "steps": _steps(newest, ways_for(contract)),
            "steps_in_force": _steps(in_force) if in_force and in_force != newest else [],
            "sides": [_side(newest, side, offered=side in mine and not taken) for side in SIDES] if newest else [],
            "older": [
                {"form": each, "steps": _steps(each), "sides": [_side(each, side, offered=False) for side in SIDES]}
                for each in versions[1:]
            ],
            "by_all": agreed is not None and agreed.by_all,
            "unreached": ways(
                request,
                contract.provider,
                f"Nobody who signs in for {contract.provider.name} can be asked to agree this form.",
                back=reverse("incident_form", args=[contract.pk]),
            )
            if agreed is not None and agreed.provider is None
            else [],
            "may_write": may(viewer, Permission.INCIDENTS_MANAGE, on=on),
            "breadcrumbs": [(contract.reference, address_of_contract(request, contract)), ("Incident form", "")],
        },
    )


@requires(*WORKS)
def agree(request: Request, pk: int, number: int) -> HttpResponseBase:
    """Agree a version for one side; `number` is the version's."""
    contract = contract_seen(request.user, contract_id=pk, on=request.day)
    form = next((each for each in queries.forms_of(contract) if each.number == number), None)
    if form is None or request.method != "POST":
        raise Http404
    return act(
        request,
        do=partial(incident_forms.agree_form, form_id=form.pk, side=request.POST.get("side", ""), act=acting(request)),
        done="You have agreed the form.",
        to=reverse("incident_form", args=[contract.pk]),
    )


@requires(Permission.INCIDENTS_MANAGE)
def write(request: Request, pk: int) -> HttpResponseBase:
    """A new version, beginning with the newest, or with the steps that are proposed."""
    contract = contract_seen(request.user, contract_id=pk, on=request.day)
    newest = next(iter(queries.forms_of(contract)), None)
    begun = (
        [Step(**step) for step in newest.steps]
        if newest
        else [replace(step, step=say(step.step)) for step in library().steps]
    )
    form = forms.Steps(request.POST or None, steps=begun)
    about = (
        "It is agreed again by the contract manager, the service area and the provider. Until then the agreed version "
        "is in force."
        if newest
        else "These steps are a proposal. The contract manager, the service area and the provider each agree it."
    )
    address = reverse("incident_form", args=[contract.pk])
    return ask(
        request,
        form,
        Question(
            heading="Write a new version of the incident form" if newest else "Write the incident form",
            button="Save as a new version",
            caption=contract.called,
            about=f"{about} Empty a step to leave it out.",
            back=address,
        ),
        do=lambda **_: incident_forms.write_form(contract_id=contract.pk, steps=form.steps(), act=acting(request)),
        done="The new version waits for all three sides to agree.",
        to=address,
    )


def _steps(form: IncidentForm | None, ways: Mapping[str, Way] | None = None) -> list[dict[str, Any]]:
    return [
        {
            "step": step["step"],
            "duty": words.DUTY[step["duty"]],
            "way": (ways or {}).get(step["recipient"]),
            "tells": words.label(step["recipient"]) if step["recipient"] else "",
        }
        for step in (form.steps if form else [])
    ]


def _side(form: IncidentForm, side: str, *, offered: bool) -> dict[str, object]:
    at = getattr(form, f"{side}_agreed_at")
    return {
        "key": side,
        "label": SIDES[side],
        "at": at,
        "by": getattr(form, f"{side}_agreed_by"),
        "offered": offered and at is None,
    }
