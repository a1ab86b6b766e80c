"""Signed in as somebody, without a browser."""

from collections.abc import Callable

import pytest
from django.test import Client

from plumbline.people.models import User


@pytest.fixture
def page() -> Callable[[User], Client]:
    """`page(user).get("/tacs/")`."""

    def signed_in(user: User) -> Client:
        client = Client(HTTP_HOST="localhost")
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
