"""What every page's frame shows. One query at most: the roles of the person signed in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from plumbline.kernel.labels import Spoken
from plumbline.people.access import ROLES, current_roles
from plumbline.web.kit import navigation


def frame(request: HttpRequest) -> dict[str, Any]:
    """``council``, ``demonstration``, ``day``, ``labels`` (``labels.a_tac``: `kernel.labels`); and, signed in,
    ``person``, ``navigation``, ``search_url``, ``account_url``, ``session_lasts``."""
    shown: dict[str, Any] = {
        "council": settings.COUNCIL,
        "demonstration": settings.DEMO,
        "day": getattr(request, "day", None),
        "labels": Spoken(),
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or shown["day"] is None:
        return shown
    roles = [ROLES[held.role].label for held in current_roles(user, on=shown["day"])]
    return {
        **shown,
        "person": {"name": str(user), "role": ", ".join(dict.fromkeys(roles)) or "No role today"},
        "navigation": navigation.menu(user, on=shown["day"], path=request.path),
        "search_url": navigation.address_of("search"),
        # In seconds after it was last used.
        "session_lasts": settings.SESSION_COOKIE_AGE,
        "account_url": navigation.address_of("account"),
    }
