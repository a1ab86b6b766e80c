"""Marks of who may use a page."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RegexPattern

from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission
from plumbline.web.kit import access


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("the page")


def user(*roles: str) -> Any:
    """Someone who holds these roles today, without a database."""
    held = tuple(SimpleNamespace(role=role) for role in roles)
    return SimpleNamespace(is_authenticated=True, is_active=True, _roles_by_day={DAY: held})


DAY = date(2016, 7, 31)


def asked(by: Any, method: str = "get", **headers: str) -> HttpRequest:
    request = getattr(RequestFactory(), method)("/settings/?q=Alder", headers=headers or None)
    request.user = by
    request.day = DAY
    return request


def test_a_page_answers_somebody_with_its_permission() -> None:
    view = access.requires(Permission.SETTINGS_VIEW)(page)
    assert view(asked(user("contract_officer"))).content == b"the page"


def test_one_of_several_permissions_is_enough() -> None:
    view = access.requires(Permission.USERS_MANAGE, Permission.SETTINGS_VIEW)(page)
    assert view(asked(user("contract_officer"))).content == b"the page"


def test_somebody_without_the_permission_finds_no_page() -> None:
    view = access.requires(Permission.SETTINGS_VIEW)(page)
    with pytest.raises(Http404):
        view(asked(user("elected_member")))


def test_somebody_who_left_finds_no_page() -> None:
    gone = user("contract_officer")
    gone.is_active = False
    with pytest.raises(Http404):
        access.requires(Permission.SETTINGS_VIEW)(page)(asked(gone))


@override_settings(LOGIN_URL="/sign-in/")
@pytest.mark.parametrize("mark", [access.signed_in, access.requires(Permission.SETTINGS_VIEW)])
def test_a_visitor_is_sent_to_sign_in_and_comes_back(mark: Callable[..., Any]) -> None:
    answer = mark(page)(asked(AnonymousUser()))
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/settings/%3Fq%3DAlder")


@override_settings(LOGIN_URL="/sign-in/")
def test_what_was_posted_after_the_session_ended_does_not_come_back_to_its_address() -> None:
    assert access.signed_in(page)(asked(AnonymousUser(), "post"))["Location"] == "/sign-in/?next=/"


@override_settings(LOGIN_URL="/sign-in/")
def test_a_part_of_a_page_is_not_filled_with_the_sign_in_page() -> None:
    request = asked(AnonymousUser(), HX_Request="true", HX_Current_URL="/settings/")
    answer = access.signed_in(page)(request)
    assert (answer.content, answer["HX-Redirect"]) == (b"", "/sign-in/?next=/settings/")


def test_anybody_may_use_a_public_page() -> None:
    assert access.public(page)(asked(AnonymousUser())).content == b"the page"


def test_what_an_operation_does_not_allow_answers_as_if_it_did_not_exist() -> None:
    @access.public
    def refusing(request: HttpRequest) -> HttpResponse:
        raise NotAllowed("You are not tied to this child.")

    with pytest.raises(Http404):
        refusing(asked(user()))


def test_the_mark_can_be_read_back() -> None:
    view = access.requires(Permission.SETTINGS_VIEW)(page)
    assert access.access_of(view) == access.Access("requires", (Permission.SETTINGS_VIEW,))


def test_a_view_without_a_mark_is_named() -> None:
    with pytest.raises(access.Unmarked, match="page says not who may use it"):
        access.access_of(page)


def test_a_view_is_marked_once() -> None:
    with pytest.raises(TypeError, match="marked twice"):
        access.public(access.signed_in(page))


def test_only_functions_are_marked() -> None:
    with pytest.raises(TypeError, match="write pages as functions"):
        access.public(type("Page", (), {"__call__": page})())


def test_a_permission_is_not_a_string() -> None:
    with pytest.raises(TypeError):
        access.requires("settings.view")


def test_every_route_is_found_below_those_that_include_others() -> None:
    inner: list[URLPattern | URLResolver] = [path("visits/", page, name="visits")]
    root = URLResolver(RegexPattern(r"^/"), [path("homes/", include(inner))])
    assert [(at, name) for at, name, _ in access.routes(root)] == [("homes/visits/", "visits")]
