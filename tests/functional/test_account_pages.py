"""Signing in, one's own account and the second factor, as a browser shows them."""

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from playwright.sync_api import Page, expect

from plumbline.people.models import User
from tests import conftest as harness
from tests.functional.browser import faults, focused, tab_to, visit

PASSWORD = "a long enough phrase for tests"


@pytest.fixture
def username(site_database: str, django_db_blocker: Any, someone: Callable[..., str]) -> str:
    """The username of a social worker with a password."""
    username = someone("social_worker")
    with django_db_blocker.unblock():
        harness.point_at(site_database, "web")
        User.objects.filter(username=username).update(password=make_password(PASSWORD))
        connection.close()
    return username


def sign_in(page: Page, username: str) -> Page:
    """By keyboard, from the page on which one signs in."""
    visit(page, "/sign-in/")
    tab_to(page, "Username")
    page.keyboard.type(username)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/sign-in/"))
    return page


def confirmed(page: Page, path: str) -> Page:
    """A page of the account that asks for the password again first."""
    page.goto(path)
    if "/confirm/" in page.url:
        page.get_by_role("textbox", name="Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{path}")
    return page


def test_signing_in_has_no_fault(wide) -> None:
    assert faults(visit(wide, "/sign-in/")) == []


def test_signing_in_goes_by_keyboard(wide, username) -> None:
    expect(sign_in(wide, username).get_by_role("heading", level=1)).to_have_text("My work")


def test_a_wrong_password_is_said_where_the_keyboard_is_and_has_no_fault(wide, username) -> None:
    visit(wide, "/sign-in/")
    wide.get_by_label("Username").fill(username)
    wide.locator("input[name=password]").fill("not it")
    wide.keyboard.press("Enter")
    expect(wide.get_by_text("There is a problem")).to_be_visible()
    assert (focused(wide)[:18], faults(wide)) == ("There is a problem", [])


@pytest.mark.parametrize("path", ["/account/", "/account/password/", "/account/confirm/", "/sign-out/"])
def test_a_page_of_the_account_has_no_fault(wide, username, path) -> None:
    page = sign_in(wide, username)
    visit(page, path)
    assert faults(page) == []


def test_a_second_factor_is_set_up_asked_for_and_taken_off_without_a_fault(wide, open_page, username) -> None:
    page = sign_in(wide, username)
    wrong = faults(confirmed(page, "/account/second-factor/set-up/"))
    secret = page.locator("strong.pl-code").inner_text()
    page.locator("input[name=code]").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "set-up" not in url)
    for path in (
        "/account/second-factor/codes/",
        "/account/second-factor/codes/make/",
        "/account/second-factor/take-off/",
    ):
        wrong += faults(confirmed(page, path))
    again = sign_in(open_page(1280), username)
    again.wait_for_url("**/sign-in/code/")
    wrong += faults(again)
    assert wrong == []
