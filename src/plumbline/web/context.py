"""What every page's frame shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    return {
        "council": settings.COUNCIL,
        "demonstration": settings.DEMO,
        "day": getattr(request, "day", None),
    }
