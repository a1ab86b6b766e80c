from django.test import Client

from plumbline.people.models import User


def as_(user: User) -> Client:
    """A client in which someone is signed in: `as_(user).get("/tacs/")`."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
