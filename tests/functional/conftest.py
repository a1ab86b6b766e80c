"""Browser tests: the real site behind Debian's Chromium, wide and narrow.

    def test_the_list_opens_a_setting(wide, signed_in_as, someone): ...

`wide` and `narrow` are pages of 1280 and 320 pixels, not signed in; `signed_in_as(wide, "j.marsh")` signs one in, and
`someone("contract_officer")` makes a user to sign in as.
A page on which a script fails, the content security policy refuses something, or a request leaves the site fails its
test.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from plumbline.people.models import User
from tests import conftest as harness
from tests import databases
from tests.factories.people import hold_role
from tests.functional.browser import Watch
from tests.functional.site import CHROMIUM, served

# Playwright keeps an event loop in this thread; Django otherwise refuses the database beside one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def site_database() -> Iterator[str]:
    """The database that the served site has: a copy, for all browser tests together."""
    with databases.copy_of(databases.template("init")) as name:
        yield name


@pytest.fixture
def writing(site_database: str, django_db_blocker: Any) -> Callable[..., AbstractContextManager[None]]:
    """`with writing(): …` writes into the database of the site, with the rights of the worker or of another login."""

    @contextmanager
    def written(login: str = "worker") -> Iterator[None]:
        with django_db_blocker.unblock():
            harness.point_at(site_database, login)
            try:
                yield
            finally:
                connection.close()

    return written


@pytest.fixture(scope="session")
def site(site_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(site_database, tmp_path_factory.mktemp("site") / "log.txt") as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not shutil.which(CHROMIUM):
        pytest.fail(f"{CHROMIUM} is not there. Install it with `apt-get install chromium-headless-shell`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a page of a width: `open_page(320)`; `open_page(1280, java_script_enabled=False)`."""
    watches: list[Watch] = []
    contexts: list[BrowserContext] = []

    def opened(width: int, **options: object) -> Page:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        watches.append(Watch(page, site))
        return page

    yield opened
    for context in contexts:
        context.close()
    wrongs = [wrong for watch in watches for wrong in watch.wrongs]
    assert not wrongs, wrongs


@pytest.fixture
def wide(open_page: Callable[..., Page]) -> Page:
    return open_page(1280)


@pytest.fixture
def narrow(open_page: Callable[..., Page]) -> Page:
    return open_page(320)


@pytest.fixture
def someone(site_database: str, django_db_blocker: Any) -> Callable[..., str]:
    """`someone("contract_officer")`: the username of a new user with this role, and others if given."""

    def made(*roles: str, name: str = "", from_on: date = date(2010, 1, 1), to_on: date | None = None) -> str:
        with django_db_blocker.unblock():
            harness.point_at(site_database, "worker")
            username = f"{roles[0]}.{secrets.token_hex(4)}"
            user = User.objects.create(username=username, name=name or username)
            for role in roles:
                hold_role(user=user, role=role, from_on=from_on, to_on=to_on)
            connection.close()
        return username

    return made


@pytest.fixture
def signed_in_as(site: str, site_database: str, django_db_blocker: Any, settings: Any) -> Callable[[Page, str], Page]:
    """`signed_in_as(page, "username")`: a session made in the database, as signing in makes it, and its cookie."""

    def sign_in(page: Page, username: str) -> Page:
        # Sessions are signed with the key of the site, which keeps it under PLUMBLINE_HOME.
        settings.SECRET_KEY = (Path(databases.HOME) / "secret_key").read_text()
        with django_db_blocker.unblock():
            harness.point_at(site_database, "web")
            user = User.objects.get(username=username)
            session = SessionStore()
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.create()
            connection.close()
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": site}])
        return page

    return sign_in
