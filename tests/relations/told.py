"""The crawl: everybody asks for every address of the market, and each mark that stands in an answer is noted."""

import logging
import re
from collections import defaultdict
from collections.abc import Collection

from django.db import transaction
from django.test import Client

from plumbline.people.models import User
from plumbline.web.access import access_of, may_use
from plumbline.web.evidence import files
from tests.relations import crawl, market
from tests.relations.market import MODERATION, OWN, SCORING, Market
from tests.relations.market_page import Told
from tests.relations.page import signed_in, text_of
from tests.relations.situations import TODAY

# Of each kind of eyes one: roles with the same permissions and those far from what is bought are not asked again.
VIEWERS = (
    "manager", "tied_officer", "undecided_lead", "partnership_officer", "performance_analyst", "administrator",
    "information_governance", "tied_worker", "provider", "locked", "open", "undeclared", "undecided", "excluded",
    "elsewhere", "moderating",
)  # fmt: skip
# To these it matters whose a record is.
_OF_SOME = ("provider",)
_OF_TENDERS = ("undecided_lead", "locked", "open", "undeclared", "undecided", "excluded", "elsewhere", "moderating")
# The same for everybody, or about the visitor alone, or tried by other tests as what it is.
_ELSEWHERE = ("account", "mfa_", "council_", "glossary", "sources", "accessibility", "check", "figure", "scrutiny",
              "report_new", "import", "upload", "queue", "people", "user_new", "law_change")  # fmt: skip
# Words of the colours of a contract, which are the council's own.
_COLOUR = re.compile(r"\b(Amber|RAG)\b")


def told_to_all() -> tuple[Told, set[str]]:
    """By viewer, mark and whose, the routes that told it; and the addresses at which something broke, or a provider
    read a colour. Leaves nothing behind."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
    found: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    wrong: set[str] = set()
    with transaction.atomic():
        situation = market.make(files.folder())
        for key in VIEWERS:
            user = situation.viewers[key]
            whose = None if key in _OF_SOME else ("", SCORING, MODERATION, *(() if key in _OF_TENDERS else (OWN,)))
            for route, address, said in _answers(situation, signed_in(user), user, whose):
                if said is None or (key == "provider" and _COLOUR.search(said)):
                    wrong.add(f"{key}: {address}")
                for kind, at in market.marks_in(said or ""):
                    if market.mark(kind, at) not in address:
                        found[key, kind, at].add(route)
        transaction.set_rollback(True)
    return {key: frozenset(routes) for key, routes in found.items()}, wrong


def _answers(situation: Market, client: Client, user: User, whose: Collection[str] | None):
    """The route, the address and what stands in the answer; None where the page broke."""
    client.raise_request_exception = False
    waiting = [each for each in crawl.addresses(situation) if whose is None or each[1] in whose]
    for pattern, at, address in waiting:
        if pattern.name.startswith(_ELSEWHERE) or not may_use(user, access_of(pattern.callback), on=TODAY):
            continue
        answer = client.get(address)
        said = None if answer.status_code >= 500 else text_of(answer)
        yield pattern.name, address, said
        # A list's files are taken once its page offers them.
        if said and "?" not in address and "format=csv" in said:
            waiting += [(pattern, at, f"{address}?format={form}") for form in ("csv", "xlsx")]
