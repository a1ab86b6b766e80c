"""The menu: only what this person may open. What an entry needs is the mark of the page it opens, said there."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.urls import get_resolver, reverse

from plumbline.people.models import User
from plumbline.web.kit.access import access_of, may_use, routes


@dataclass(frozen=True)
class Entry:
    """``route`` is the name of the page it opens; ``under``: other addresses at which it counts as open.

    ``unless``: the page that leads there, for the person who may open that one.
    """

    label: str
    route: str
    under: tuple[str, ...] = ()
    unless: str = ""


# In the order of the menu. An entry whose page is not built yet is left out.
ENTRIES = (
    Entry("My work", "my_work", ("/flags/",), unless="provider"),
    Entry("Your contracts", "provider"),
    Entry("Children and families", "children", ("/tacs/",)),
    Entry("Settings and placements", "settings", ("/placements/", "/may-i-place/", "/check/")),
    Entry("Contracts", "contracts", ("/tenders/", "/bids/", "/suppliers/", "/notices/")),
    # For who evaluates and sees no contract.
    Entry("Tenders", "tenders", ("/bids/",), unless="contracts"),
    Entry("Figures", "figures", ("/measures/",)),
    Entry("Scrutiny", "scrutiny", ("/reports/",)),
    Entry("Imports", "imports", ("/queues/",)),
    # For who maps wordings and organisations and takes no files in; the page of imports leads there for who does.
    Entry("Data to match", "queues", unless="imports"),
    Entry("People", "people", ("/users/",)),
    # For managers; the page of people leads there for who makes users.
    Entry("Without an account", "without_account", unless="people"),
    # For who confirms roles and makes no users.
    Entry("Roles to confirm", "roles_asked", unless="people"),
    Entry("Governance", "governance", ("/audit/",)),
)


def menu(user: User, *, on: date, path: str) -> list[tuple[str, str, bool]]:
    """(label, address, whether we are there) for each entry that this person may open."""
    shown = []
    for entry in ENTRIES:
        if opens(user, entry.route, on=on) and not opens(user, entry.unless, on=on):
            address = reverse(entry.route)
            shown.append((entry.label, address, _is_open(path, address, entry.under)))
    return shown


def opens(user: User, route: str, *, on: date) -> bool:
    """Whether there is a page of this name, and this person may open it."""
    return page_exists(route) and may_use(user, access_of(_pages()[route]), on=on)


def _is_open(path: str, address: str, under: tuple[str, ...]) -> bool:
    if path == address:
        return True
    return any(path.startswith(place) for place in (address, *under) if place != "/")


@cache
def _pages() -> dict[str, Any]:
    """Each page by its name. Asked of the addresses once: to resolve one takes longer than all else of the frame."""
    return {name: view for _, name, view in routes(get_resolver()) if name}


def page_exists(route: str) -> bool:
    """Whether a page of this name has been built (the frame leaves out what has not)."""
    return route in _pages()


def address_of(route: str) -> str:
    return reverse(route) if page_exists(route) else ""
