from django.urls import path

from plumbline.web.ofsted.check import views

urlpatterns = [
    path("check/", views.this_month, name="check"),
    path("check/<int:year>/<int:month>/", views.of_month, name="check_month"),
    path("check/<int:year>/<int:month>/unchanged/", views.unchanged, name="check_unchanged"),
    path("check/<int:year>/<int:month>/complete/", views.complete, name="check_complete"),
    path("check/items/<int:item_id>/evidence/", views.evidence, name="check_evidence"),
    path("check/items/<int:item_id>/report/", views.report, name="check_report"),
    path("check/items/<int:item_id>/not-found/", views.not_found, name="check_not_found"),
]
