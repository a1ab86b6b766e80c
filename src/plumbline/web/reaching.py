"""What is said of who is told or asked: only where one of them can be reached (docs/adr/0035).

messages.success(request, if_reached(acting_for(provider.pk, on=on), f"{provider.name} is asked for it.",
                                     otherwise=f"Nobody can be asked for it at {provider.name} here: …"))
"""

from collections.abc import Iterable

from plumbline.people.models import User


def can_be_reached(users: Iterable[User]) -> bool:
    """Whether one of them can sign in and has an address."""
    return any(user.is_active and user.email for user in users)


def if_reached(users: Iterable[User], said: str, *, otherwise: str) -> str:
    """A sentence that says that these are told, asked or see something; what is to be done instead, where none can."""
    return said if can_be_reached(users) else otherwise
