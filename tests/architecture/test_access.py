"""Promise 1: every route says who may use it, and no role reaches a page that it may not.

The table role × route is docs/reference/permissions.md, compared with the code in test_reference_pages.
"""

import ast
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import RoutePattern, URLPattern, URLResolver

from plumbline.people.access import ROLES, Permission
from plumbline.people.models import User
from plumbline.web.kit.access import Unmarked, access_of, routes
from tests.architecture.source import SOURCE, modules
from tests.factories.people import hold_role
from tests.relations.situations import MEMBERS

# A value of each kind of argument that a route may take. No record has them.
VALUES: dict[str, Any] = {
    "int": 999_999_999, "str": "nothing", "slug": "nothing", "path": "nothing",
    "uuid": "00000000-0000-0000-0000-000000000000",
}  # fmt: skip


def patterns(resolver: URLResolver) -> list[URLPattern]:
    """Every route that ends in a page, in the order of `web.access.routes`."""
    found: list[URLPattern] = []
    for pattern in resolver.url_patterns:
        found += patterns(pattern) if isinstance(pattern, URLResolver) else [pattern]
    return found


def address(pattern: URLPattern) -> str:
    """The address of a route, with values for its arguments."""
    assert isinstance(pattern.pattern, RoutePattern), f"{pattern.name}: write routes with path()"
    given = {name: _value(converter) for name, converter in pattern.pattern.converters.items()}
    return reverse(pattern.name or pattern.callback, kwargs=given)


def _value(converter: Any) -> Any:  # a converter of Django's, or one of ours
    kind = type(converter).__name__.removesuffix("Converter").lower()
    return VALUES.get(kind) or VALUES["str"]


def test_every_route_says_who_may_use_it() -> None:
    unmarked = []
    for path, _, view in routes(get_resolver()):
        try:
            access_of(view)
        except Unmarked:
            unmarked.append(path)
    assert unmarked == []


def test_every_route_has_a_name_of_its_own() -> None:
    names = [name for _, name, _ in routes(get_resolver())]
    assert sorted({name or "no name" for name in names}) == sorted(name or "" for name in names)


def test_every_permission_is_some_roles() -> None:
    held = frozenset().union(*(role.permissions for role in ROLES.values()))
    assert set(Permission) - held == set()


def test_no_role_of_members_or_governance_comes_near_a_childs_record() -> None:
    far = {
        "elected_member",
        "committee_chair",
        "lead_member",
        "co_opted_member",
        "administrator",
        "information_governance",
    }
    reached = {key: ROLES[key].reach for key in far}
    assert set(reached.values()) == {"none"}


def test_nothing_tells_the_roles_of_members_apart() -> None:
    """So one of them answers for all four, in the tests that ask for every page. The demonstration has one of each."""
    members = {ROLES[role] for role in MEMBERS}
    alike = {(role.permissions, role.reach) for role in members}
    named = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and node.value in MEMBERS
    }
    said = [t.name for t in SOURCE.rglob("*.html") if re.search("|".join(MEMBERS), t.read_text(encoding="utf-8"))]
    assert (len(alike), named, said) == (1, {"plumbline.people.access", "plumbline.jobs.demo_users"}, [])


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_who_is_not_signed_in_is_sent_to_sign_in() -> None:
    client = Client()
    wrong = []
    for pattern in patterns(get_resolver()):
        if access_of(pattern.callback).kind == "public":
            continue
        answer = client.get(address(pattern))
        if answer.status_code != 302 or not answer["Location"].startswith("/sign-in/"):
            wrong.append(f"{pattern.name}: {answer.status_code}")
    assert wrong == []


# By what they may do, the roles that may do it: the guard of a page asks for nothing else.
ALIKE: dict[frozenset[Permission], list[str]] = {}
for _role in ROLES.values():
    ALIKE.setdefault(_role.permissions, []).append(_role.key)
# One of each.
UNLIKE = sorted(roles[0] for roles in ALIKE.values())


@pytest.mark.django_db
@pytest.mark.login("pages")
@pytest.mark.parametrize("role", UNLIKE)
def test_a_page_answers_the_roles_that_may_use_it(role: str) -> None:
    client = signed_in(role)
    wrong = []
    for pattern in patterns(get_resolver()):
        if not pattern.pattern.converters and may_open(role, pattern):
            status = client.get(address(pattern)).status_code
            if status >= 500 or status == 404:
                wrong.append(f"{pattern.name}: {status}")
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_a_page_about_a_record_that_is_not_there_breaks_for_nobody(bare_answers: None) -> None:
    """It answers 404 to those who may use it, too: so one of them asks."""
    clients = {role: signed_in(role) for role in UNLIKE}
    wrong = []
    for pattern in patterns(get_resolver()):
        role = next((role for role in UNLIKE if may_open(role, pattern)), None)
        if pattern.pattern.converters and role:
            status = clients[role].get(address(pattern)).status_code
            wrong += [f"{pattern.name}: {status}"] if status >= 500 else []
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_a_page_answers_no_other_role(bare_answers: None) -> None:
    """Every page is asked for, and sent a form, by a role that may not use it, and by every one of them some page of
    each mark: the mark is all that the guard reads (web.kit.access)."""
    asked: set[object] = set()
    wrong = []
    for role in UNLIKE:
        client = signed_in(role)
        for pattern in patterns(get_resolver()):
            access = access_of(pattern.callback)
            if access.kind != "requires" or may_open(role, pattern) or asked >= {pattern.name, (role, access)}:
                continue
            answers = [client.get(address(pattern))]
            answers += [client.post(address(pattern))] if pattern.name not in asked else []
            wrong += [f"{pattern.name}: {role} may not, {a.status_code}" for a in answers if a.status_code != 404]
            asked |= {pattern.name, (role, access)}
    assert wrong == []
    marked = {pattern.name for pattern in patterns(get_resolver()) if access_of(pattern.callback).kind == "requires"}
    assert marked - asked == set()


def may_open(role: str, pattern: URLPattern) -> bool:
    access = access_of(pattern.callback)
    return access.kind == "requires" and bool(ROLES[role].permissions.intersection(access.permissions))


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_a_role_that_ended_yesterday_opens_nothing(bare_answers: None) -> None:
    client = signed_in("performance_analyst", to_on=date(2016, 7, 30))
    reached = [
        pattern.name
        for pattern in patterns(get_resolver())
        if access_of(pattern.callback).kind == "requires" and client.get(address(pattern)).status_code != 404
    ]
    assert reached == []


def signed_in(role: str, *, to_on: date | None = None) -> Client:
    user = User.objects.create(username=f"architecture-{role}", name="A Tester")
    hold_role(user=user, role=role, from_on=date(2016, 1, 1), to_on=to_on)
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
