"""Forms as those fill them in who may, sent by those who must not: which of them changed a row."""

from collections import Counter, defaultdict
from collections.abc import Collection
from html.parser import HTMLParser

from django.db import connection, transaction
from django.urls.resolvers import URLPattern

from plumbline.people.models import User
from plumbline.web.kit.access import access_of, may_use
from tests.relations import crawl
from tests.relations.market import Market
from tests.relations.page import signed_in
from tests.relations.situations import TODAY

# Rows that every request of someone signed in may write.
_OF_NO_RECORD = ("django_session", "people_user")


class _Fields(HTMLParser):
    """Every field of a page's forms with something that it takes."""

    def __init__(self) -> None:
        super().__init__()
        self.filled: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and given.get("value"):
            self.filled.setdefault(self._select, given["value"])
        elif tag == "textarea" and name:
            self.filled[name] = "Words of a form."
        elif tag == "input" and name and kind not in ("file", "submit"):
            if kind in ("radio", "checkbox"):
                self.filled.setdefault(name, given.get("value") or "on")
            else:
                self.filled[name] = given.get("value") or _value(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def _value(name: str) -> str:
    parts = {"_0": "31", "_1": "7", "_2": "2016"}
    return next((value for end, value in parts.items() if name.endswith(end)), "Words of a form.")


def fields_of(said: str) -> dict[str, str]:
    parser = _Fields()
    parser.feed(said)
    # The lines that say whose page it was are not for others to send.
    return {name: value for name, value in parser.filled.items() if name not in ("csrfmiddlewaretoken", "typed_into")}


def written() -> dict[str, tuple[int, ...]]:
    """How many rows of each table this transaction has put in, changed and taken away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_xact_user_tables"
            " where n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {name: counts for name, *counts in cursor.fetchall() if name not in _OF_NO_RECORD}


def acts(found: Market, whose: Collection[str]) -> list[tuple[URLPattern, str, dict[str, str]]]:
    """Every address that is about a record of these relations, with what those who may have typed into its form. A form
    is looked for on the first two records: it asks the same of every one."""
    able = [signed_in(found.viewers[key]) for key in ("manager", "lead", "head_of_service")]
    typed: defaultdict[str, dict[str, str]] = defaultdict(dict)
    looked: Counter[str] = Counter()
    done = [each for each in crawl.addresses(found) if each[1] in whose]
    for pattern, _, address in done:
        looked[pattern.name] += 1
        for client in able if looked[pattern.name] <= 2 and not typed[pattern.name] else ():
            answer = client.get(address)
            if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
                typed[pattern.name] |= fields_of(answer.content.decode())
    return [(pattern, address, typed[pattern.name]) for pattern, _, address in done]


def changed_by(viewer: User, done: Collection[tuple[URLPattern, str, dict[str, str]]]) -> list[str]:
    """The routes by which this viewer changed something; each is taken back."""
    client = signed_in(viewer)
    found = []
    for pattern, address, typed in done:
        if not may_use(viewer, access_of(pattern.callback), on=TODAY):
            continue
        before = written()
        with transaction.atomic():
            answer = client.post(address, typed)
            changed = {name for name, counts in written().items() if counts != before.get(name)}
            transaction.set_rollback(True)
        if changed:
            found.append(f"{pattern.name}: {answer.status_code}, {', '.join(sorted(changed))}")
    return sorted(set(found))
