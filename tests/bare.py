"""The routes of the site with a bare “not found”, for tests that ask for thousands of pages (`bare_answers`)."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from plumbline.config.urls import urlpatterns

__all__ = ["BARE", "handler404", "urlpatterns"]

# Who is signed in is remembered in the process.
BARE = {"ROOT_URLCONF": "tests.bare", "SESSION_ENGINE": "django.contrib.sessions.backends.cache"}


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponseNotFound()
