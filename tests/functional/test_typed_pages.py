"""Nothing typed is lost: at a page that was closed, at a time-out, with scripts and without, and to nobody else."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from plumbline.contracts.models import Incident
from plumbline.people.models import User
from tests.functional.browser import faults, tab_to, visit
from tests.integration.contracts.incident_situations import World, a_world, provider_user

PASSWORD = "a long enough phrase for tests"
ACCOUNT = "The full account"

Writing = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def world(writing: Writing) -> World:
    """A contract whose provider's user signs in with a password."""
    with writing():
        world = a_world()
        with_password(world.provider)
    return world


def with_password(user: User) -> User:
    User.objects.filter(pk=user.pk).update(password=make_password(PASSWORD))
    return user


def sign_in(page: Page, user: User) -> None:
    page.get_by_label("Username").fill(user.username)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def end_sessions(writing: Writing) -> None:
    with writing("web"):
        Session.objects.update(expire_date=timezone.now())


def report_page(world: World) -> str:
    return f"/contracts/{world.contract.pk}/incidents/report/"


def test_a_tender_typed_and_closed_is_there_when_it_is_opened_again(
    wide: Page, signed_in_as: Callable[..., Page], someone: Callable[..., str]
) -> None:
    page = signed_in_as(wide, someone("commissioner"))
    visit(page, "/tenders/new/")
    page.get_by_label("Title").fill("Respite in the east")
    page.get_by_label("What is bought?").fill("Homes near the school")
    expect(page.locator(".pl-saved")).to_contain_text("Kept as a draft at")
    page.goto("about:blank")
    visit(page, "/tenders/new/")
    expect(page.get_by_label("What is bought?")).to_have_value("Homes near the school")
    found = faults(page)
    # Saved, it is offered no more.
    page.get_by_label("Service").fill("Short breaks")
    page.get_by_label("Competition").check()
    page.get_by_role("button", name="Begin the draft").click()
    expect(page.get_by_label("Scored questions")).to_be_visible()
    visit(page, "/tenders/new/")
    expect(page.get_by_label("What is bought?")).to_have_value("")
    assert found == []


def test_back_and_pressed_once_more_makes_it_once(narrow: Page, world: World, writing: Writing) -> None:
    visit(narrow, f"/sign-in/?next={report_page(world)}")
    sign_in(narrow, world.provider)
    narrow.get_by_label("What happened?").select_option("missing")
    narrow.get_by_label("What happened, in a sentence or two").fill("A child did not come back from town.")
    narrow.get_by_role("button", name="Report the incident").click()
    expect(narrow.get_by_text("Reported as")).to_be_visible()
    narrow.go_back()
    expect(narrow.get_by_label("What happened, in a sentence or two")).to_have_value(
        "A child did not come back from town."
    )
    narrow.get_by_role("button", name="Report the incident").click()
    expect(narrow.get_by_text("You had sent exactly this at")).to_be_visible()
    with writing():
        assert Incident.objects.filter(contract=world.contract).count() == 1


def test_what_is_typed_last_is_kept_when_the_page_is_left_at_once(
    wide: Page, signed_in_as: Callable[..., Page], someone: Callable[..., str]
) -> None:
    page = signed_in_as(wide, someone("commissioner"))
    visit(page, "/tenders/new/")
    page.get_by_label("What is bought?").fill("Homes near the school")
    visit(page, "/")
    visit(page, "/tenders/new/")
    expect(page.get_by_label("What is bought?")).to_have_value("Homes near the school")


def test_a_session_that_ends_in_the_middle_of_an_account_loses_nothing_of_it(
    narrow: Page, world: World, writing: Writing
) -> None:
    visit(narrow, f"/sign-in/?next={report_page(world)}")
    sign_in(narrow, world.provider)
    narrow.get_by_label(ACCOUNT).fill("She left at nine")
    expect(narrow.locator(".pl-saved")).to_contain_text("Kept as a draft at")
    end_sessions(writing)
    # The person who types on is told at once.
    narrow.get_by_label(ACCOUNT).fill("She left at nine, and came back at noon.")
    expect(narrow.locator(".pl-saved")).to_contain_text("You have been signed out.")
    expect(narrow.get_by_role("region", name="Signing out")).to_be_visible()
    found = faults(narrow)
    narrow.get_by_role("button", name="Report the incident").click()
    expect(narrow.get_by_text("What you typed is kept for you")).to_be_visible()
    sign_in(narrow, world.provider)
    expect(narrow.get_by_label(ACCOUNT)).to_have_value("She left at nine, and came back at noon.")
    with writing():
        assert not Incident.objects.filter(contract=world.contract).exists()
    assert found == []


def test_another_person_who_signs_in_there_sees_nothing_of_it(narrow: Page, world: World, writing: Writing) -> None:
    with writing():
        colleague = with_password(provider_user(world.contract.provider, name="Bo Finch"))
    visit(narrow, f"/sign-in/?next={report_page(world)}")
    sign_in(narrow, world.provider)
    narrow.get_by_label(ACCOUNT).fill("She left at nine")
    end_sessions(writing)
    narrow.get_by_role("button", name="Report the incident").click()
    sign_in(narrow, colleague)
    expect(narrow.get_by_label(ACCOUNT)).to_have_value("")
    narrow.go_back()
    assert "She left at nine" not in narrow.content()


def test_without_scripts_it_stands_there_after_signing_in_too(
    open_page: Callable[..., Page], world: World, writing: Writing
) -> None:
    page = open_page(320, java_script_enabled=False)
    visit(page, f"/sign-in/?next={report_page(world)}")
    sign_in(page, world.provider)
    page.get_by_label(ACCOUNT).fill("She left at nine")
    end_sessions(writing)
    page.get_by_role("button", name="Report the incident").click()
    sign_in(page, world.provider)
    expect(page.get_by_label(ACCOUNT)).to_have_value("She left at nine")


def test_signed_in_again_in_another_tab_one_goes_on(wide: Page, world: World, writing: Writing) -> None:
    visit(wide, f"/sign-in/?next={report_page(world)}")
    sign_in(wide, world.provider)
    end_sessions(writing)
    wide.get_by_label(ACCOUNT).fill("She left at nine")
    bar = wide.get_by_role("region", name="Signing out")
    with wide.context.expect_page() as opened:
        bar.get_by_role("link", name="Sign in in another tab").click()
    sign_in(opened.value, world.provider)
    expect(bar).to_be_hidden()
    wide.get_by_label(ACCOUNT).fill("She left at nine, and came back.")
    expect(wide.locator(".pl-saved")).to_contain_text("Kept as a draft at")
    wide.get_by_role("button", name="Report the incident").click()
    expect(wide.get_by_label(ACCOUNT)).to_have_value("She left at nine, and came back.")


def test_a_warning_comes_before_the_end_and_the_keyboard_puts_it_off(
    wide: Page, signed_in_as: Callable[..., Page], someone: Callable[..., str]
) -> None:
    page = signed_in_as(wide, someone("commissioner"))
    page.clock.install()
    visit(page, "/tenders/new/")
    bar = page.get_by_role("region", name="Signing out")
    page.clock.fast_forward("07:50:00")
    expect(bar).to_be_hidden()
    page.clock.fast_forward("06:00")
    expect(bar).to_contain_text("You will be signed out at")
    found = faults(page)
    tab_to(page, "Stay signed in")
    page.keyboard.press("Enter")
    expect(bar).to_be_hidden()
    assert found == []
