"""Signed in as someone, without a browser."""

from collections.abc import Callable

import pytest
from django.test import Client

from plumbline.people.models import User
from tests.integration.web.signing_in import as_


@pytest.fixture
def page() -> Callable[[User], Client]:
    """`page(user).get("/tacs/")`."""
    return as_


@pytest.fixture
def prefix(settings) -> None:
    settings.OCID_PREFIX = "ocds-000000"
