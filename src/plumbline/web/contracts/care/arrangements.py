"""Indicators, arrangements and commitments of a contract."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import Arrangement, Commitment, Contract, Kpi
from plumbline.contracts.operations import arrangements as arrangement_operations
from plumbline.contracts.operations import kpis as kpi_operations
from plumbline.contracts.queries import care
from plumbline.contracts.reaching import may_change
from plumbline.contracts.rules import evaluations as rules
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.access import Permission
from plumbline.web.contracts.care import forms, frame
from plumbline.web.contracts.care.meetings import frame_form
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting

P = Permission


@requires(P.CONTRACTS_VIEW)
def kpis(request: Request, pk: int) -> HttpResponseBase:
    contract = frame.the_contract(request, pk)
    context = {**frame.around(request, contract, "kpis"), "kpis": care.kpis_of(contract), "tag": KPI_TAGS}
    return render(request, "contracts/care/kpis.html", context)


KPI_TAGS = {
    "good": "green",
    "approaching": "blue",
    "requires_improvement": "amber",
    "inadequate": "red",
    "other": "grey",
}


@requires(P.CONTRACTS_MANAGE)
def kpi_new(request: Request, pk: int) -> HttpResponseBase:
    contract = frame.the_contract(request, pk)
    return _one(request, contract, forms.NewKpi(request.POST or None), kpi_operations.add_kpi, section="kpis",
                keys={"contract_id": contract.pk}, heading="Measure something more", button="Add it", field="title",
                done="It is measured from now on.")  # fmt: skip


@requires(P.CONTRACTS_MANAGE)
def kpi_read(request: Request, pk: int) -> HttpResponseBase:
    """What a quarter brought; said again, it corrects what was said before."""
    kpi = _found(request, Kpi, pk)
    form = forms.Reading(request.POST or None, quarters=_quarters(request.day, kpi.contract),
                         initial={"quarter": rules.last_quarter(request.day).isoformat()})  # fmt: skip
    if form.is_valid():
        given = dict(form.cleaned_data)
        quarter = date.fromisoformat(given.pop("quarter"))
        try:
            kpi_operations.record_reading(kpi_id=kpi.pk, quarter_from=quarter, **acting(request), **given)  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "It is recorded, and the contract’s rating is worked out again.")
            return redirect("contract_kpis", kpi.contract_id)
    return frame_form(
        request,
        kpi.contract,
        form,
        heading=kpi.title,
        button="Record it",
        section="kpis",
        about=f"Target: {kpi.target}. Recorded again, a quarter is corrected.",
    )


@requires(P.CONTRACTS_MANAGE)
def kpi_end(request: Request, pk: int) -> HttpResponseBase:
    kpi = _found(request, Kpi, pk)
    return _one(request, kpi.contract, forms.End(request.POST or None), kpi_operations.end_kpi, section="kpis",
                keys={"kpi_id": kpi.pk}, heading=f"Measure “{kpi.title}” no longer", button="End it", field="because",
                done="It is measured no longer. What was measured stays.", kind="warning")  # fmt: skip


@requires(P.CONTRACTS_VIEW)
def arrangements(request: Request, pk: int) -> HttpResponseBase:
    contract = frame.the_contract(request, pk)
    found = contract.arrangements.select_related("recorded_by").order_by("ended_on", "-agreed_on", "-pk")
    context = {**frame.around(request, contract, "arrangements"),
               "standing": [each for each in found if each.ended_on is None],
               "ended": [each for each in found if each.ended_on is not None]}  # fmt: skip
    return render(request, "contracts/care/arrangements.html", context)


@requires(P.CONTRACTS_VIEW)
def arrangement_new(request: Request, pk: int) -> HttpResponseBase:
    contract = frame.the_contract(request, pk)
    _leads(request, contract)
    form = forms.Arrangement(request.POST or None)
    form.day_field("agreed_on").no_later_than = (request.day, "That day is still to come")
    return _one(request, contract, form, arrangement_operations.agree_arrangement, section="arrangements",
                keys={"contract_id": contract.pk}, heading="An arrangement for this contract alone", field="text",
                button="Record it", done="The arrangement is recorded.")  # fmt: skip


@requires(P.CONTRACTS_VIEW)
def arrangement_end(request: Request, pk: int) -> HttpResponseBase:
    found = _found(request, Arrangement, pk)
    _leads(request, found.contract)
    return _one(
        request,
        found.contract,
        forms.End(request.POST or None),
        arrangement_operations.end_arrangement,
        section="arrangements",
        keys={"arrangement_id": found.pk},
        heading="End the arrangement",
        button="End it",
        field="because",
        about=found.text,
        done="The arrangement has ended.",
        kind="warning",
    )


@requires(P.CONTRACTS_VIEW)
def commitments(request: Request, pk: int) -> HttpResponseBase:
    contract = frame.the_contract(request, pk)
    context = {**frame.around(request, contract, "commitments"), "commitments": care.commitments_of(contract),
               "tag": {"met": "green", "partly": "amber", "not_met": "red", "not_seen": "grey"}}  # fmt: skip
    return render(request, "contracts/care/commitments.html", context)


@requires(P.CONTRACTS_VIEW)
def commitment_new(request: Request, pk: int) -> HttpResponseBase:
    contract = frame.the_contract(request, pk)
    _leads(request, contract)
    return _one(request, contract, forms.Commitment(request.POST or None), arrangement_operations.add_commitment,
                section="commitments", keys={"contract_id": contract.pk}, heading="What the provider promised",
                button="Record it", field="text", done="Each evaluation meeting checks it from now on.")  # fmt: skip


@requires(P.CONTRACTS_MANAGE)
def commitment_end(request: Request, pk: int) -> HttpResponseBase:
    found = _found(request, Commitment, pk)
    return _one(
        request,
        found.contract,
        forms.End(request.POST or None),
        arrangement_operations.end_commitment,
        section="commitments",
        keys={"commitment_id": found.pk},
        heading="Check the commitment no longer",
        button="End it",
        field="because",
        about=found.text,
        done="It is checked no longer.",
        kind="warning",
    )


def _quarters(day: date, contract: Contract) -> list[date]:
    found = [rules.quarter_of(day)]
    while len(found) < 9 and found[-1] > contract.starts_on:
        found.append(rules.last_quarter(found[-1]))
    return found


def _found(request: Request, table: Any, pk: int) -> Any:
    seen = contracts_visible_to(request.user, on=request.day)
    found = table.objects.select_related("contract").filter(pk=pk, contract__in=seen).first()
    if found is None:
        raise NotAllowed(f"There is no such record {pk}.")
    return found


def _leads(request: Request, contract: Contract) -> None:
    if not may_change(request.user, contract, on=request.day, area_lead=True):
        raise NotAllowed("This is for the contract's manager and its service-area lead.")


def _one(
    request: Request, contract: Contract, form: Any, operation: Any, *, section: str, keys: dict[str, int],
    field: str, done: str, **words: str,
) -> HttpResponseBase:  # fmt: skip
    if form.is_valid():
        try:
            operation(**acting(request), **keys, **form.cleaned_data)
        except RuleBroken as refusal:
            form.refuse(refusal, field=field)
        else:
            messages.success(request, done)
            return redirect(f"contract_{section}", contract.pk)
    return frame_form(request, contract, form, section=section, **words)
