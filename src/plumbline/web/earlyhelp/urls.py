from django.urls import path

from plumbline.web.earlyhelp import views

urlpatterns = [
    path("tacs/", views.tacs, name="tacs"),
    path("tacs/<int:tac_id>/", views.tac, name="tac"),
    path("tacs/<int:tac_id>/<slug:section>/", views.tac, name="tac_section"),
]
