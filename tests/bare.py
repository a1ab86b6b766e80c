"""The routes of the site with a bare “not found”, for tests that ask for thousands of pages (`bare_answers`)."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from plumbline.config.urls import urlpatterns

__all__ = ["handler404", "urlpatterns"]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponseNotFound()
