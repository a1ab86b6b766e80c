from django.urls import path

from plumbline.web.scrutiny import views

urlpatterns = [
    path("reports/", views.reports, name="scrutiny"),
    path("reports/new/", views.new_report, name="report_new"),
    path("reports/<int:report_id>/", views.report, name="report"),
    path("reports/<int:report_id>/report.<slug:kind>", views.download, name="report_file"),
    path("reports/<int:report_id>/publish/", views.publish, name="report_publish"),
    path("reports/<int:report_id>/again/", views.again, name="report_again"),
]
