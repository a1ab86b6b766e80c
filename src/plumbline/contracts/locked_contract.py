"""The contract that someone is about to change: found as they may see it, and locked.

Two changes of one contract wait for each other here, so that its rating is worked out from both.
"""

from collections.abc import Collection
from datetime import date

from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import Contract
from plumbline.kernel.errors import NotAllowed
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.models import User

MANAGE = frozenset({Permission.CONTRACTS_MANAGE})


def contract_to_change(
    *, contract_id: int, act: Act, any_of: Collection[Permission] = MANAGE, area_lead: bool = False
) -> Contract:
    """`any_of`: permissions of which one is enough; `area_lead`: the contract's own service-area lead may as well.

    Raises NotAllowed for the person who may not, as for a contract that does not exist. `act.by` None is the machine.
    """
    found = Contract.objects if act.by is None else contracts_visible_to(act.by, on=act.on)
    locked = Contract.objects.select_for_update(of=("self",), no_key=True)
    contract = locked.filter(pk__in=found.filter(pk=contract_id)).first()
    if contract is None or not may_change(act.by, contract, on=act.on, any_of=any_of, area_lead=area_lead):
        raise NotAllowed(f"There is no contract {contract_id} that {act.by} may change so.")
    return contract


def may_change(
    viewer: User | None,
    contract: Contract,
    *,
    on: date,
    any_of: Collection[Permission] = MANAGE,
    area_lead: bool = False,
) -> bool:
    """The same question of a contract that the viewer was found to see: whether the page offers it."""
    if viewer is None or access.permissions_of(viewer, on=on) & set(any_of):
        return True
    return area_lead and contract.area_lead_id == viewer.pk and access.may(viewer, Permission.CONTRACTS_VIEW, on=on)
