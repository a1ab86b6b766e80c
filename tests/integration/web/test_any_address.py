"""No address answers 500: every route with every kind of argument, every filter of every list, as one who may."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import RoutePattern, URLPattern

from plumbline.people.access import ROLES
from plumbline.web.kit import tables
from tests.architecture.test_access import patterns
from tests.factories.people import OrganisationFactory, UserFactory, hold_role
from tests.integration.web.signing_in import as_

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]

# Each route is asked with every one of these in all its arguments together.
VALUES = (("a\0b", "0"), ("x" * 400, "2147483648"), ("%2e%2e", "9" * 30), ("-1", "9223372036854775807"))
# What every list and page may be asked besides what its filters are called.
PARAMETERS = {
    "page",
    "sort",
    "from",
    "to",
    "on",
    "as_at",
    "known_at",
    "by",
    "every",
    "profile",
    "next",
    "check",
    "subject",
}
PARAMETERS |= {each.key for table in tables.Table.__subclasses__() for each in table.filters}


@pytest.fixture
def everybody(bare_answers) -> Client:
    """One who holds every role, so that no page hides its faults behind 404."""
    user = UserFactory()
    of = OrganisationFactory()
    for role in ROLES:
        hold_role(user, role, organisation=of if role == "provider_user" else None)
    return as_(user)


def addresses(pattern: URLPattern, word: str, number: str) -> str:
    """The address of a route with this word and this number for its arguments."""
    assert isinstance(pattern.pattern, RoutePattern)
    found = "/" + _whole(pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        value = number if "int" in kind or "number" in kind else word
        for written in (f"<{kind}:{name}>", f"<{name}>"):
            found = found.replace(written, quote(value, safe=""))
    return found


def _whole(pattern: URLPattern) -> str:
    return str(pattern.pattern)


def answers(client: Client, address: str, method: str = "get", data: Any = None) -> str | None:
    """What is wrong with the answer, if it is a fault of ours."""
    try:
        answer = getattr(client, method)(address, data or {})
    except Exception as fault:
        return f"{method} {address[:90]!r}: {type(fault).__name__}: {fault}"[:300]
    if answer.status_code >= 500:
        return f"{method} {address[:90]!r}: {answer.status_code}"
    kept = answer.get("Cache-Control", "")
    return None if "no-store" in kept or "public" in kept else f"{address!r} may be kept by the browser"


ROUTES = [p for p in patterns(get_resolver()) if p.name not in {"account_logout"}]


def test_no_argument_of_an_address_makes_a_fault(everybody) -> None:
    wrong = [
        answers(everybody, addresses(pattern, word, number), method)
        for number_of, pattern in enumerate(p for p in ROUTES if p.pattern.converters)
        for place, (word, number) in enumerate(VALUES)
        # Half of them as a form that is sent.
        for method in (("get", "post")[(number_of + place) % 2],)
    ]
    assert [each for each in wrong if each] == []


@pytest.mark.parametrize("word", ["\0", "9" * 30, "-1"], ids=["nul", "large", "negative"])
def test_no_parameter_of_an_address_or_a_form_makes_a_fault(everybody, word) -> None:
    data = dict.fromkeys(sorted(PARAMETERS), word)
    wrong = [
        answers(everybody, "/" + _whole(pattern), method, data)
        for pattern in ROUTES
        if not pattern.pattern.converters
        for method in ("get", "post")
    ]
    assert [each for each in wrong if each] == []
