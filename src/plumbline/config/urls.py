"""Every route. Each carries its mark of who may use it (web.access)."""

from django.urls import include, path

urlpatterns = [
    path("sign-in/", include("allauth.urls")),
]
