"""How large a request with files may be, said before anything of it is read.

    @requires(Permission.IMPORTS)
    @takes_files(largest=2_000_000_000)
    def new_import(request): ...

Every other page takes the largest document that is kept as evidence, and a little more for the form around it.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from plumbline.evidence import rules

_FORM_AROUND_IT = 1024 * 1024
View = Callable[..., HttpResponseBase]


def takes_files(*, largest: int) -> Callable[[View], View]:
    """Mark a view as taking requests of up to so many bytes."""

    def marked(view: View) -> View:
        view.largest_request = largest  # type: ignore[attr-defined]  # a mark of ours on a function
        return view

    return marked


class LargestRequestMiddleware:
    """Answers a request that is too large with a sentence. Comes before whatever reads the form (the CSRF check)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.content_type or not request.content_type.startswith("multipart/"):
            return None
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        largest = getattr(view, "largest_request", rules.LARGEST + _FORM_AROUND_IT)
        if size <= largest:
            return None
        reason = (
            rules.too_large(size)
            if largest < 2 * rules.LARGEST
            else (
                f"What was sent has {size // 1_000_000:,} MB, and at most {largest // 1_000_000:,} MB are taken here."
            )
        )
        return render(request, "refused.html", {"reason": reason}, status=413)
