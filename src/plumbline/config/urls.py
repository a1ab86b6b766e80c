"""Every route. Each carries its mark of who may use it (web.access)."""

from django.urls import include, path

urlpatterns = [
    path("", include("plumbline.web.account.urls")),
    path("", include("plumbline.web.about.urls")),
    path("", include("plumbline.web.figures.urls")),
]
