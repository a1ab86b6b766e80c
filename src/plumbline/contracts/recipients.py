"""Whom to tell about a contract: its own manager and service-area lead, else the person who holds their role."""

from collections.abc import Iterable
from datetime import date

from plumbline.contracts.models import Contract
from plumbline.flags.queries import Readers
from plumbline.flags.rules import Recipient
from plumbline.people.models import User

_MANAGER, _AREA_LEAD = "role:contract_officer", "role:service_area_lead"


class Telling:
    """Whom flags of one day are put to. Someone who has left, or may not read flags any more, is told of nothing: then
    all who hold the role are, so that nobody is missed."""

    def __init__(self, on: date) -> None:
        self._readers = Readers(on)

    def manager(self, contract: Contract) -> Recipient:
        return self._told(contract.manager, Recipient(_MANAGER, "contract manager"))

    def area_lead(self, contract: Contract) -> Recipient:
        return self._told(contract.area_lead, Recipient(_AREA_LEAD, "service-area lead"))

    def managers(self, contracts: Iterable[Contract]) -> tuple[Recipient, ...]:
        """Those of several contracts; the role where one has nobody, and where there is no contract at all."""
        found = {self.manager(each) for each in contracts} or {Recipient(_MANAGER, "contract manager")}
        return tuple(sorted(found, key=lambda to: to.name))

    def in_place_of_roles(self, told: Iterable[Recipient], contract: Contract) -> tuple[Recipient, ...]:
        """The contract's own people in place of contract officers and service-area leads; others as they are."""
        own = {_MANAGER: contract.manager, _AREA_LEAD: contract.area_lead}
        return tuple(dict.fromkeys(self._told(own.get(to.name), to) for to in told))

    def _told(self, person: User | None, otherwise: Recipient) -> Recipient:
        return self._readers.by_name(person, otherwise.why) or otherwise
