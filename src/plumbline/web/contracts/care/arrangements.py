"""Indicators, arrangements and commitments of a contract."""

from datetime import date
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render

from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.locked_contract import may_change
from plumbline.contracts.models import Arrangement, Commitment, Contract, Kpi, KpiReading
from plumbline.contracts.operations import arrangements as arrangement_operations
from plumbline.contracts.operations import kpis as kpi_operations
from plumbline.contracts.queries import care
from plumbline.contracts.rules import evaluations as rules
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission
from plumbline.web.contracts.care import forms, frame
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask
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
    return ask(
        request,
        forms.NewKpi(request.POST or None),
        frame.question(contract, "kpis", heading="Measure something more", button="Add it"),
        do=partial(kpi_operations.add_kpi, contract_id=contract.pk, act=acting(request)),
        done="It is measured from now on.",
        to=frame.address(contract, "kpis"),
    )


@requires(P.CONTRACTS_MANAGE)
def kpi_read(request: Request, pk: int) -> HttpResponseBase:
    """What a quarter brought; said again, it corrects what was said before."""
    kpi = _found(request, Kpi, pk)
    about = f"Target: {kpi.target}. Recorded again, a quarter is corrected."

    def record(quarter: date, **given: Any) -> KpiReading:
        return kpi_operations.record_reading(kpi_id=kpi.pk, quarter_from=quarter, act=acting(request), **given)

    return ask(
        request,
        forms.Reading(
            request.POST or None,
            quarters=_quarters(request.day, kpi.contract),
            initial={"quarter": rules.last_quarter(request.day).isoformat()},
        ),
        frame.question(kpi.contract, "kpis", heading=kpi.title, button="Record it", about=about),
        do=record,
        done="It is recorded, and the contract’s rating is worked out again.",
        to=frame.address(kpi.contract, "kpis"),
    )


@requires(P.CONTRACTS_MANAGE)
def kpi_end(request: Request, pk: int) -> HttpResponseBase:
    kpi = _found(request, Kpi, pk)
    return ask(
        request,
        forms.End(request.POST or None),
        frame.question(
            kpi.contract, "kpis", heading=f"Stop measuring “{kpi.title}”", button="Stop measuring it", kind="warning"
        ),
        do=partial(kpi_operations.end_kpi, kpi_id=kpi.pk, act=acting(request)),
        done="It is not measured from now on. What was measured stays.",
        to=frame.address(kpi.contract, "kpis"),
    )


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
    return ask(
        request,
        form,
        frame.question(contract, "arrangements", heading="An arrangement for this contract alone", button="Record it"),
        do=partial(arrangement_operations.agree_arrangement, contract_id=contract.pk, act=acting(request)),
        done="The arrangement is recorded.",
        to=frame.address(contract, "arrangements"),
    )


@requires(P.CONTRACTS_VIEW)
def arrangement_end(request: Request, pk: int) -> HttpResponseBase:
    found = _found(request, Arrangement, pk)
    _leads(request, found.contract)
    return ask(
        request,
        forms.End(request.POST or None),
        frame.question(
            found.contract,
            "arrangements",
            heading="End the arrangement",
            button="End it",
            about=found.text,
            kind="warning",
        ),
        do=partial(arrangement_operations.end_arrangement, arrangement_id=found.pk, act=acting(request)),
        done="The arrangement has ended.",
        to=frame.address(found.contract, "arrangements"),
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
    return ask(
        request,
        forms.Commitment(request.POST or None),
        frame.question(contract, "commitments", heading="What the provider promised", button="Record it"),
        do=partial(arrangement_operations.add_commitment, contract_id=contract.pk, act=acting(request)),
        done="Each evaluation meeting checks it from now on.",
        to=frame.address(contract, "commitments"),
    )


@requires(P.CONTRACTS_MANAGE)
def commitment_end(request: Request, pk: int) -> HttpResponseBase:
    found = _found(request, Commitment, pk)
    return ask(
        request,
        forms.End(request.POST or None),
        frame.question(
            found.contract,
            "commitments",
            heading="Stop checking the commitment",
            button="Stop checking it",
            about=found.text,
            kind="warning",
        ),
        do=partial(arrangement_operations.end_commitment, commitment_id=found.pk, act=acting(request)),
        done="It is not checked from now on.",
        to=frame.address(found.contract, "commitments"),
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
