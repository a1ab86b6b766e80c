"""The day and the moment of a request, asked of the clock once, here at the edge."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class DayMiddleware:
    """Sets `request.day` (the day taken for today) and `request.at` (the real moment, always)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = timezone.now()  # type: ignore[attr-defined]
        request.day = settings.TODAY or timezone.localdate()  # type: ignore[attr-defined]
        return self.get_response(request)
