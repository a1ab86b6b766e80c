"""What waits for each role about contracts, for "My work"."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from plumbline.contracts.queries import management
from plumbline.contracts.queries.register import contracts_listed, next_due_of, people_to_map
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.web.contracts.register import words
from plumbline.web.kit import ratings, wording
from plumbline.web.kit.work_item import Item

# What is due within so many days stands on the list of whoever manages the contract.
_SOON = 14
_MOST = 10


def of_contracts(viewer: User, on: date) -> Iterable[Item]:
    if may(viewer, Permission.CONTRACTS_DECIDE, on=on):
        yield from _to_decide(on)
    if may(viewer, Permission.CONTRACTS_VIEW, on=on):
        yield from _own(viewer, on)
    if may(viewer, Permission.CONTRACTS_MANAGE, on=on):
        yield from _nobodys(viewer, on)
        yield from _people()


def _people() -> Iterable[Item]:
    unknown = people_to_map()
    if unknown:
        yield Item(
            what=f"{wording.how_many(len(unknown), 'name in contracts is', 'names in contracts are')} nobody’s yet",
            whom="", why="Until someone says who they are, everybody with the role is told about their contracts.",
            due=None, url=reverse("contracts_people"), button="Say who", gravity=4,
        )  # fmt: skip


def _to_decide(on: date) -> Iterable[Item]:
    """One line for all that nobody has decided on, and one for what was not carried out in time."""
    listed = management.team_list(on)
    address = reverse("contracts_team")
    undecided = [each for each in listed if each.undecided]
    if undecided:
        red = sum(each.colour == "red" for each in undecided)
        yield Item(
            what="Decide what is to be done", url=f"{address}?show=undecided", button="Open the list", due=None,
            whom=wording.how_many(len(undecided), "contract", "contracts"),
            why=f"Red or amber, with reasons on which nothing was decided{f'; {red} red' if red else ''}",
            gravity=1 if red else 2,
        )  # fmt: skip
    overdue = [line.decision for each in listed for line in each.lines if line.overdue and line.decision]
    if overdue:
        yield Item(
            what="Ask what became of a decision", url=f"{address}?show=overdue", button="Open the list",
            whom=wording.how_many(len(overdue), "decision", "decisions"), why="Not carried out in time",
            due=min(decision.by_when for decision in overdue), gravity=2,
        )  # fmt: skip


def _nobodys(viewer: User, on: date) -> Iterable[Item]:
    """One line for the contracts whose manager is no user here: someone has to take them."""
    number = contracts_listed(viewer, on=on).filter(manager=None, colour__in=["red", "amber"]).count()
    if number:
        yield Item(
            what=f"{wording.how_many(number, 'contract', 'contracts')} that nobody here manages "
                 f"{'is' if number == 1 else 'are'} red or amber", whom="",
            why="Their managers are known by name only. Give each a manager, or put right what counts against it.",
            due=None, url=f"{reverse('contracts')}?whose=nobody&rating=wrong", button="See which", gravity=2,
        )  # fmt: skip


def _own(viewer: User, on: date) -> Iterable[Item]:
    """The contracts the viewer manages or leads: what counts against them, and what is due soon."""
    own = contracts_listed(viewer, on=on).filter(mine=True)
    for row in own.filter(colour__in=["red", "amber"]).order_by("gravity", "reference")[:_MOST]:
        yield Item(
            what=f"Put right: {ratings.sentence(row)}", whom=f"{row.reference}, {row.title}",
            why=f"The contract is {row.colour}", due=None, url=words.address(row), button="Open the contract",
            gravity=1 if row.colour == "red" else 2,
        )  # fmt: skip
    for contract, coming in next_due_of(own, on=on, within=_SOON)[:_MOST]:
        said = words.due(coming, on)
        yield Item(
            what=said["what"], whom=f"{contract.reference}, {contract.title}", why="Due at the end of that day",
            due=coming.due_on, url=words.address(contract), button="Open the contract",
        )  # fmt: skip
