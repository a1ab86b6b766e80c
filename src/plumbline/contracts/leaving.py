"""Contracts as what is someone's own, and the names by which files of contracts mean them."""

from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Q

from plumbline.contracts.models import Contract, ContractState, PersonWording
from plumbline.people.access import Permission
from plumbline.people.leaving import Kind, holders
from plumbline.people.models import User


def _in_force(on: date) -> Q:
    return ~Q(state=ContractState.ENDED) | Q(ends_on__gte=on)


def _give(column: str) -> Callable[[Contract, User, datetime], None]:
    def give(contract: Contract, to: User, at: datetime) -> None:
        said = getattr(contract, f"{column}_wording")
        # A later file that still has the old name means the person who has the contract now.
        if said and not PersonWording.objects.filter(wording__iexact=said).update(user=to, mapped_at=at):
            PersonWording.objects.create(wording=said, user=to, mapped_at=at)
        setattr(contract, column, to)
        setattr(contract, f"{column}_wording", to.called)
        contract.save(update_fields=[column, f"{column}_wording"])

    return give


KINDS = (
    # The names first: that of a contract goes with the contract.
    Kind("names", PersonWording, "user", "name in files of contracts",
         "names in files of contracts", lambda on: Q(), holders(Permission.FLAGS_VIEW),
         lambda row: f"“{row.wording}”"),
    Kind("contracts", Contract, "manager", "contract as contract manager",
         "contracts as contract manager", _in_force,
         holders(Permission.CONTRACTS_MANAGE), lambda contract: contract.reference, give=_give("manager")),
    Kind("contracts_of_service", Contract, "area_lead", "contract as service-area lead",
         "contracts as service-area lead",
         _in_force, holders(Permission.IMPLEMENTATION), lambda contract: contract.reference, give=_give("area_lead")),
)  # fmt: skip
