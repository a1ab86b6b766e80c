"""What answers whom: tried with a signed-in client, and written as docs/reference/relations.md.

Read by tests.relations.__main__, which writes the page, and by the tests, which compare it.
"""

import difflib
import html
import io
import logging
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.db import transaction
from django.test import Client, override_settings
from django.urls import resolve

from plumbline.people.access import ROLES
from plumbline.people.models import User
from plumbline.web.kit.access import access_of, may_use
from tests.bare import BARE
from tests.relations import situations
from tests.relations.probes import NO_RECORD, PROBES, Probe
from tests.relations.situations import MEMBERS, RELATIONS, TIED_BY, TODAY, Case

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "relations.md"

YES, NUMBER, NOTHING, NONE_SUCH = "yes", "number", "", "–"

# By role, way and relation.
Answers = Mapping[tuple[str, str, str], str]
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def tried() -> Answers:
    """Sign in as each role, to each of its situations, and ask in every way. Leaves nothing behind."""
    found: dict[tuple[str, str, str], str] = {}
    # Three thousand lines of "not found" would hide the few lines that differ.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    with override_settings(**BARE):
        for role in ROLES:
            alike = _alike(role)
            if alike != role:
                found |= {(role, way, relation): cell for (who, way, relation), cell in found.items() if who == alike}
                continue
            with transaction.atomic():
                found |= _tried_as(role)
                transaction.set_rollback(True)
    return found


def _alike(role: str) -> str:
    """The first role of members answers for them all: what they may do is the same, and nothing else tells one from
    another (tests/architecture/test_access.py)."""
    same = [each.key for each in ROLES.values() if each.permissions == ROLES[role].permissions]
    return same[0] if role in MEMBERS and set(same) == set(MEMBERS) else role


def _tried_as(role: str) -> Answers:
    situations.observed("ssd_early_help_episodes", "ssd_cla_placement", "school_placements")
    situation = situations.make(role)
    clients = {user.pk: signed_in(user) for user in (situation.user, situation.former)}
    kept: dict[tuple[int, str], str] = {}
    found = {}
    for relation, case in situation.cases.items():
        viewer = situation.viewer(relation)
        for probe in PROBES:
            address = probe.address(situation, case)
            found[role, probe.words, relation] = (
                _cell(clients[viewer.pk], probe, address, relation, case, kept, viewer) if address else NONE_SUCH
            )
    return found


def signed_in(user: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(user, backend=_BACKEND)
    return client


def _cell(
    client: Client,
    probe: Probe,
    address: str,
    relation: str,
    case: Case,
    kept: dict[tuple[int, str], str],
    viewer: User,
) -> str:
    # What the guard of a page turns away is tried for every page (tests/architecture/test_access.py); here for who had
    # the role until yesterday.
    if relation != "role ended" and not may_use(viewer, access_of(resolve(address.partition("?")[0]).func), on=TODAY):
        return NOTHING
    if probe.posted:
        with transaction.atomic():
            status = client.post(address).status_code
            transaction.set_rollback(True)
        return NOTHING if status == 404 else YES
    # A list is the same for every relation.
    if (viewer.pk, address) not in kept:
        kept[viewer.pk, address] = text_of(client.get(address))
    said = kept[viewer.pk, address]
    shown = [mark for mark in (case.name, *case.numbers) if mark in said and mark not in address]
    if case.name in shown or (shown and case.name in address):
        return YES
    return NUMBER if shown else NOTHING


def text_of(answer: object) -> str:
    """What an answer says, as a page or as a file; nothing for a page that is not found."""
    if answer.status_code == 404:  # type: ignore[attr-defined]
        return ""
    body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            body = b"\n".join(parts.read(name) for name in parts.namelist() if name.endswith(".xml"))
    return html.unescape(body.decode("utf-8", "replace"))


# --- the page --------------------------------------------------------------------------------------------------------


def written(answers: Answers) -> str:
    """The page, ways with the same table together."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for probe in PROBES:
        table = tuple(answers[role, probe.words, relation] for role in ROLES for relation in RELATIONS)
        groups.setdefault(table, []).append(probe.words)
    parts = [_HEAD, _tied_by(), _NOTES]
    for words in groups.values():
        parts.append(f"## {words[0]}")
        if words[1:]:
            parts.append("The same: " + "; ".join(_lower_first(each) for each in words[1:]) + ".")
        parts.append(_table(answers, words[0]))
    parts += [_nobody(answers), _without_a_record(), _COMMANDS]
    return "\n\n".join(parts) + "\n\n"


_HEAD = """<!-- Written by `python -m tests.relations --write`; do not edit. -->

# Who reaches which record

First every way to a child's record, then [what the council buys](#what-the-council-buys-who-is-told-what), as it really
answers: a test signs in as each role, asks in each way, and compares this page. A page that is not found is a page that
does not exist for the one who asks.

- **yes**: it opens, or the list holds the child, by name; what is asked by POST is not “not found”.
- **number**: it opens or is listed without the child's name, by a number of the source.
- empty: not found, or not in the list.
- –: with this relation there is no such record.

The columns say how the user stands to the record:

""" + "\n".join(f"- **{name}**: {words}." for name, words in RELATIONS.items())


def _tied_by() -> str:
    how = {"allocated": "is the allocated worker", "leads": "leads the TAC", "caseworker": "is the SEN caseworker"}
    known = ", ".join(f"{ROLES[role].label}: {how[key]}" for role, key in TIED_BY.items())
    return (
        f"A tie that fits comes from the records ({known}). For every other role a tie was given by hand, to the child"
        " and to the TAC; where it opens nothing, the role reaches no child."
    )


_NOTES = """What to know when reading the tables:

- A tie is also the named list of a restricted record: without one it is in no list, search or figure's records. Of its
  flags only those tied, the management team and the head of service learn, the last two without who it is.
- A tie opens nothing to a role whose reach is none ([permissions](permissions.md)). The management team and the
  director read flags by number, because flags are put to them.
- A flag about a looked-after child without a known reviewing officer is put to all of them, by number.
- A refused row is nobody's record yet: the person who mends it reads its cells, and that look is recorded.
- “Who looked” names children by number, and says what people typed into a search."""


def _table(answers: Answers, way: str) -> str:
    rows = []
    for role in ROLES.values():
        cells = [answers[role.key, way, relation] for relation in RELATIONS]
        if any(cell in (YES, NUMBER) for cell in cells):
            rows.append(f"| {role.label} | {' | '.join(cells)} |")
    heads = f"| role | {' | '.join(RELATIONS)} |\n|{' --- |' * (len(RELATIONS) + 1)}"
    return "\n".join([heads, *rows, "", "Nobody else."]) if rows else "Nobody."


def _nobody(answers: Answers) -> str:
    reached = {role for (role, _, _), cell in answers.items() if cell in (YES, NUMBER)}
    far = [role.label for role in ROLES.values() if role.key not in reached]
    return f"## Roles that reach no child's record in any of these ways\n\n{', '.join(far)}."


def _without_a_record() -> str:
    told = [f"- {why}: {', '.join(f'`{route}`' for route in routes)}" for why, routes in NO_RECORD.items()]
    return "## Routes that show no child's record\n\n" + "\n".join(told)


_COMMANDS = """## Commands

`plumbline flags`, `night`, `verify-audit`, `backup` and the other commands without `--as` are the machine
administrator's: the person who may run them on the machine may read its database. `plumbline flags` names placements
and workers by their numbers, never a child by name. A command with `--as USER` does what that user's roles allow and no
more; none of those prints a record of a child, but for the refused rows of an import (their number and reason), which
needs `imports.manage`."""


def _lower_first(words: str) -> str:
    return words[:1].lower() + words[1:]


# What begins the second part of the page (tests.relations.market_page).
BUYING = "## What the council buys: who is told what"


def parts() -> tuple[str, str]:
    """The committed page, up to what is bought and from there."""
    before, _, after = (PAGE.read_text(encoding="utf-8") if PAGE.exists() else "").partition(BUYING)
    return before, BUYING + after


def differences(part: str, said: str) -> Iterator[str]:
    """The lines of a part of the committed page that are not as the site answers."""
    return difflib.unified_diff(part.splitlines(), said.splitlines(), "the page", "the site", lineterm="")
