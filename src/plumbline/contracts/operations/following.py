"""What is changed in rooms that know no contracts, with the contracts it concerns rated again at once."""

from collections.abc import Callable
from typing import Any, TypeVar

from plumbline.actions.models import Action
from plumbline.contracts.models import Contract, Incident
from plumbline.contracts.operations import rating
from plumbline.evidence.models import LawChange
from plumbline.people.act import Act
from plumbline.people.acting import operation

Changed = TypeVar("Changed")


@operation
def change_action(*, change: Callable[..., Changed], action_id: int, act: Act, **said: Any) -> Changed:
    """The way in for what moves an action's day or ends its being overdue. `change` is one of actions.operations
    (mark_done, send_back, move_due, cancel), `said` its other arguments."""
    done = change(action_id=action_id, act=act, **said)
    concerned = _contracts_of(Action.objects.get(pk=action_id))
    if concerned:
        rating.rerate(contract_ids=concerned, act=act)
    return done


@operation
def change_law(*, change: Callable[..., LawChange], act: Act, **said: Any) -> LawChange:
    """The way in for changes in law and guidance: every contract is rated by them. `change` is one of
    evidence.operations (enter_law_change, withdraw_law_change), `said` its other arguments."""
    done = change(act=act, **said)
    rating.rerate(contract_ids=None, act=act)
    return done


def _contracts_of(action: Action) -> list[int]:
    """The contract an action is about, or that of the incident it is about or comes from."""
    incidents = [
        number
        for kind, number in (
            (action.subject_type, action.subject_id),
            (action.origin_type, action.origin_id),
        )
        if kind == "incident" and number is not None
    ]
    found = set(Incident.objects.filter(pk__in=incidents).values_list("contract_id", flat=True))
    if action.subject_type == "contract":
        found |= set(Contract.objects.filter(pk=action.subject_id).values_list("pk", flat=True))
    return sorted(found)
