"""What every page of a contract's care has around it: the contract, its sections, and the way back."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from plumbline.contracts.access import contract_seen
from plumbline.contracts.models import Contract
from plumbline.contracts.reaching import may_change
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission, may
from plumbline.web import navigation
from plumbline.web.settings import words as settings

SECTIONS = (
    ("meetings", "Meetings"),
    ("assurance", "Assurance"),
    ("visits", "Visits"),
    ("kpis", "Indicators"),
    ("arrangements", "Arrangements"),
    ("commitments", "Commitments"),
)


def the_contract(request: HttpRequest, pk: int) -> Contract:
    """The contract, as the viewer may see it; else the page does not exist."""
    return contract_seen(request.user, contract_id=pk, on=request.day)


def address(contract: Contract, section: str = "") -> str:
    if not section:
        return reverse("contract", args=[contract.pk]) if navigation.page_exists("contract") else ""
    return reverse(f"contract_{section}", args=[contract.pk])


def around(request: HttpRequest, contract: Contract, section: str) -> dict[str, Any]:
    """The context of a section: heading, tabs, breadcrumbs, and whether it may be changed here."""
    own = address(contract)
    tabs = [("Overview", own, False)] if own else []
    tabs += [(label, address(contract, key), key == section) for key, label in SECTIONS]
    return {
        "contract": contract, "tabs": tabs, "section_label": dict(SECTIONS)[section],
        "manages": may_change(request.user, contract, on=request.day),
        "leads": may_change(request.user, contract, on=request.day, area_lead=True),
        "breadcrumbs": crumbs(contract, dict(SECTIONS)[section]),
    }  # fmt: skip


def crumbs(contract: Contract, *last: str | tuple[str, str]) -> list[tuple[str, str]]:
    found = [("Contracts", reverse("contracts"))] if navigation.page_exists("contracts") else []
    found.append((contract.title, address(contract)))
    return [*found, *((each, "") if isinstance(each, str) else each for each in last)]


def may_manage(request: HttpRequest) -> bool:
    return may(request.user, Permission.CONTRACTS_MANAGE, on=request.day)


def place(setting: Setting | None, contract: Contract | None = None) -> str:
    if setting is not None:
        return settings.label(setting)
    return contract.title if contract else ""
