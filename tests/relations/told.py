"""The crawl: everybody asks for every address of the market, and each mark that stands in an answer is noted."""

import logging
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.test import override_settings

from plumbline.people.access import ROLES, Permission
from plumbline.web.evidence import files
from tests.bare import BARE
from tests.relations import crawl, market
from tests.relations.market import MODERATION, OWN, SCORING, TENDERS, WHOSE, Market
from tests.relations.page import signed_in, text_of

# By viewer, kind of mark and whose: the rooms (the beginnings of addresses) that told it.
Told = Mapping[tuple[str, str, str], frozenset[str]]

_LISTS = ""


@dataclass(frozen=True)
class Asks:
    """For whose records someone asks, and in which rooms (the beginnings of addresses; none: in all).

    `alike`: a viewer who may do the same in all other rooms, and has asked there.
    """

    whose: Collection[str]
    rooms: tuple[str, ...] = ()
    alike: str = ""

    def for_this(self, whose: str, address: str) -> bool:
        return whose in self.whose and (not self.rooms or address.startswith(self.rooms))


# To the council's own it is the same whose a contract is. Whom a special relation or another permission tells apart
# from someone else asks where it matters.
VIEWERS: Mapping[str, Asks] = {
    "manager": Asks((_LISTS, OWN, SCORING)),
    "contract_officer": Asks((OWN,), ("/contracts/", "/incidents/"), alike="manager"),
    "area_lead": Asks((_LISTS, OWN, SCORING)),
    "reporter": Asks((OWN,), ("/incidents/",), alike="area_lead"),
    "service_area_lead": Asks((OWN,), ("/incidents/",), alike="area_lead"),
    "commissioner": Asks((_LISTS, OWN, *TENDERS)),
    "lead": Asks((SCORING,), ("/tenders/", "/bids/"), alike="commissioner"),
    "management_team": Asks((_LISTS, OWN, *TENDERS)),
    "head_of_service": Asks((_LISTS, OWN), ("/contracts/", "/incidents/", "/search/"), alike="management_team"),
    "performance_analyst": Asks((_LISTS, OWN, *TENDERS)),
    "partnership_officer": Asks((_LISTS, OWN)),
    "tied_officer": Asks((_LISTS, OWN), ("/contracts/", "/incidents/", "/search/"), alike="manager"),
    "tied_worker": Asks((_LISTS, OWN)),
    "provider": Asks((_LISTS, *WHOSE, *TENDERS)),
    **{key: Asks((_LISTS, SCORING)) for key in ("locked", "open", "undeclared", "undecided", "excluded")},
    "undecided_lead": Asks((SCORING,)),
    "elsewhere": Asks((_LISTS, SCORING, MODERATION)),
    "moderating": Asks((_LISTS, MODERATION)),
    "assigned": Asks((_LISTS, OWN)),
    "elected_member": Asks((_LISTS, OWN, SCORING)),
    "administrator": Asks((_LISTS, OWN)),
    "information_governance": Asks((_LISTS,)),
    "former_officer": Asks((_LISTS, OWN)),
    "former_provider": Asks((_LISTS, OWN)),
    "former_lead": Asks((_LISTS, SCORING)),
    "former_evaluator": Asks((_LISTS, SCORING)),
}
# Files are made of the same table as a list: both kinds are taken by these.
_TAKE_XLSX = ("provider", "performance_analyst")
# Roles that were not asked, each with one that may do the same with what is bought.
ALIKE: Mapping[str, str] = {
    "director": "management_team",
    **dict.fromkeys(("lead_professional", "tac_member", "early_help_consultant", "auditor", "scrutiny_officer",
                     "committee_chair", "lead_member", "co_opted_member"), "elected_member"),
    **dict.fromkeys(("sen_caseworker", "reviewing_officer", "placement_officer", "team_manager"), "social_worker"),
}  # fmt: skip
# Permissions that open nothing of what is bought. Where a child is placed, an incident of theirs is told.
_OPENS_NOTHING = ("tacs", "placements", "flags", "figures", "imports", "report", "lists", "users", "audit", "settings",
                  "accounts")  # fmt: skip
# The same for everybody, or about the visitor alone, or tried by other tests as what it is.
_ELSEWHERE = ("account", "mfa_", "council_", "glossary", "sources", "accessibility", "check", "figure", "scrutiny",
              "report_new", "import", "upload", "withdrawal", "queue", "people", "user_new", "law_change")  # fmt: skip
# Words of the colours of a contract, which are the council's own.
_COLOUR = re.compile(r"\b(Amber|RAG)\b")


def of_what_is_bought(role: str) -> set[Permission]:
    """The permissions of a role that open something of what is bought."""
    held = ROLES[role].permissions
    # An incident is told to who works with the child; both permissions are needed.
    both = {Permission.CHILDREN_VIEW, Permission.PLACEMENTS_VIEW}
    return {each for each in held if not each.startswith(_OPENS_NOTHING)} - (set() if both <= held else both)


def told_to_all() -> tuple[Told, set[str]]:
    """By viewer, mark and whose, the rooms that told it; and the addresses at which something broke, or a provider
    read a colour. Leaves nothing behind."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
    found: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    wrong: set[str] = set()
    with override_settings(**BARE), transaction.atomic():
        situation = market.make(files.folder())
        for key in VIEWERS:
            for address, said in _answers(situation, key):
                if said is None or (key == "provider" and _COLOUR.search(said)):
                    wrong.add(f"{key}: {address}")
                for kind, at in market.marks_in(said or ""):
                    if market.mark(kind, at) not in address:
                        found[key, kind, at].add(room_of(address))
        transaction.set_rollback(True)
    return {key: frozenset(rooms) for key, rooms in found.items()}, wrong


def room_of(address: str) -> str:
    """ "/contracts/" of "/contracts/meetings/7/"."""
    return "/".join(address.partition("?")[0].split("/")[:2]) + "/"


def _answers(situation: Market, key: str) -> Iterator[tuple[str, str | None]]:
    """The address and what stands in the answer; None where the page broke."""
    user = situation.viewers[key]
    client = signed_in(user)
    client.raise_request_exception = False
    waiting = [
        (pattern, whose, address)
        for pattern, whose, address in crawl.addresses_for(situation, user)
        if VIEWERS[key].for_this(whose, address) and not pattern.name.startswith(_ELSEWHERE)
    ]
    for pattern, at, address in waiting:
        answer = client.get(address)
        said = None if answer.status_code >= 500 else text_of(answer)
        yield address, said
        # A list's files are taken once its page offers them.
        if said and "?" not in address and "format=csv" in said:
            forms = ("csv", "xlsx") if key in _TAKE_XLSX else ("csv",)
            waiting += [(pattern, at, f"{address}?format={form}") for form in forms]
