"""The menu: only what this person may open. What an entry needs is the mark of the page it opens, said there."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.urls import get_resolver, resolve, reverse

from plumbline.people.models import User
from plumbline.web.access import access_of, may_use, routes


@dataclass(frozen=True)
class Entry:
    """``route`` is the name of the page it opens; ``under``: other addresses at which it counts as open.

    ``unless``: the page that leads there, for whoever may open that one.
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
    Entry("Lists to settle", "queues", unless="imports"),
    Entry("People", "people", ("/users/",)),
    Entry("Governance", "governance", ("/audit/",)),
)


def menu(user: User, *, on: date, path: str) -> list[tuple[str, str, bool]]:
    """(label, address, whether we are there) for each entry that this person may open."""
    shown = []
    for entry in ENTRIES:
        if entry.route not in _names() or (entry.unless in _names() and _opens(user, reverse(entry.unless), on=on)):
            continue
        address = reverse(entry.route)
        if _opens(user, address, on=on):
            shown.append((entry.label, address, _is_open(path, address, entry.under)))
    return shown


def _opens(user: User, address: str, *, on: date) -> bool:
    return may_use(user, access_of(resolve(address).func), on=on)


def _is_open(path: str, address: str, under: tuple[str, ...]) -> bool:
    if path == address:
        return True
    return any(path.startswith(place) for place in (address, *under) if place != "/")


@cache
def _names() -> frozenset[str]:
    return frozenset(name for _, name, _ in routes(get_resolver()) if name)


def page_exists(route: str) -> bool:
    """Whether a page of this name has been built (the frame leaves out what has not)."""
    return route in _names()


def address_of(route: str) -> str:
    return reverse(route) if page_exists(route) else ""
