"""What every page of one contract has around it: its name, rating and sections; and the words for colours."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import resolve, reverse

from plumbline.contracts.access import contract_seen, head_of
from plumbline.contracts.models import Contract
from plumbline.contracts.queries.rating import rating_on
from plumbline.web.kit import navigation, ratings
from plumbline.web.kit.access import access_of, may_use
from plumbline.web.kit.asking import Question
from plumbline.web.kit.request import Request

# The sections of a contract, each a page of its own; shown where its page exists and lets the person in.
_SECTIONS = (
    ("contract", "Now"),
    ("contract_history", "History of its rating"),
    ("contract_meetings", "Meetings"),
    ("contract_assurance", "Assurance"),
    ("contract_visits", "Visits"),
    ("contract_incidents", "Incidents"),
    ("contract_kpis", "Indicators"),
    ("contract_arrangements", "Arrangements"),
    ("contract_commitments", "Commitments"),
    ("contract_documents", "Documents"),
)


def the_contract(request: Request, pk: int) -> Contract:
    """The contract, as the viewer may see it; else the page does not exist."""
    return contract_seen(request.user, contract_id=pk, on=request.day)


def around(request: Request, contract: Contract, section: str, *, day: date | None = None) -> dict[str, Any]:
    """The context of a section: name, rating of the day, tabs, breadcrumbs. `section`: the name of its route."""
    rated = rating_on(day or request.day, contract.pk)
    return {
        "contract": contract,
        "provider": provider_words(contract),
        "rated": rated,
        "colour": ratings.drawn_as(rated.colour if rated else ""),
        "colour_word": ratings.COLOURS[rated.colour if rated else ""],
        "tabs": tabs(request, contract, section),
        "breadcrumbs": [("Contracts", reverse("contracts")), (contract.reference, "")],
    }


def address(contract: Contract, section: str = "") -> str:
    return reverse(f"contract_{section}" if section else "contract", args=[contract.pk])


def question(
    contract: Contract,
    section: str = "",
    *,
    heading: str,
    button: str,
    about: str | Sequence[str] = "",
    points: Sequence[str] = (),
    kind: str = "",
) -> Question:
    """A page with one form, below a section of a contract ("": its own page)."""
    label = contract.called
    return Question(
        heading=heading,
        button=button,
        caption=label,
        about=about,
        points=points,
        kind=kind,
        back=address(contract, section),
        back_words=label,
    )


def tabs(request: Request, contract: Contract, section: str) -> list[tuple[str, str, bool]]:
    """The sections of a contract that the viewer may open, for c-tabs."""
    found = []
    for route, label in _SECTIONS:
        if not navigation.page_exists(route):
            continue
        address = reverse(route, args=[contract.pk])
        if may_use(request.user, access_of(resolve(address).func), on=request.day):
            found.append((label, address, route == section))
    return found


def provider_words(contract: Contract) -> str:
    """The provider as it is called now, and as the contract names it where that is another name."""
    head = head_of(contract.provider)
    if head.pk == contract.provider_id:
        return contract.provider.name
    return f"{head.name} (in the contract: {contract.provider.name})"
