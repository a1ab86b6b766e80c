from django.urls import path

from plumbline.web.kit import draft_pages

urlpatterns = [
    path("typed/", draft_pages.keep, name="typed_keep"),
    path("typed/discard/", draft_pages.discard, name="typed_discard"),
]
