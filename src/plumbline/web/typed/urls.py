from django.urls import path

from plumbline.web.typed import views

urlpatterns = [
    path("typed/", views.keep, name="typed_keep"),
    path("typed/discard/", views.discard, name="typed_discard"),
]
