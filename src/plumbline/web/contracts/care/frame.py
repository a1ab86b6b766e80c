"""What every page of a contract's care has around it: the contract's own frame, who may change what, the way back."""

from typing import Any

from django.urls import reverse

from plumbline.contracts.locked_contract import may_change
from plumbline.contracts.models import Contract
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission, may
from plumbline.web.contracts.register import frame as contracts
from plumbline.web.contracts.register.frame import address as address
from plumbline.web.contracts.register.frame import question as question
from plumbline.web.contracts.register.frame import the_contract as the_contract
from plumbline.web.kit import setting_words as settings
from plumbline.web.kit.request import Request


def around(request: Request, contract: Contract, section: str) -> dict[str, Any]:
    """The context of a section: that of every page of the contract, and whether the viewer may change what is here.

    `manages`: who manages contracts; `leads`: they, and the contract's own service-area lead.
    """
    inside = may(request.user, Permission.CONTRACTS_VIEW, on=request.day)
    found = contracts.around(request, contract, f"contract_{section}")
    if not inside:
        # A provider has its own pages: the register's name and tabs are the council's, and so is the colour
        # (docs/adr/0029).
        found["colour_word"] = ""
        own = reverse("provider_contract", args=[contract.pk])
        found["breadcrumbs"] = [("Your contracts", reverse("provider")), (contract.reference, own)]
    return {
        **found,
        "manages": may_change(request.user, contract, on=request.day),
        "leads": may_change(request.user, contract, on=request.day, area_lead=True),
    }


def crumbs(contract: Contract, *last: str | tuple[str, str]) -> list[tuple[str, str]]:
    found = [("Contracts", reverse("contracts")), (contract.reference, address(contract))]
    return [*found, *((each, "") if isinstance(each, str) else each for each in last)]


def may_manage(request: Request) -> bool:
    return may(request.user, Permission.CONTRACTS_MANAGE, on=request.day)


def place(setting: Setting | None, contract: Contract | None = None) -> str:
    if setting is not None:
        return settings.label(setting)
    return contract.title if contract else ""
