from django.urls import path

from plumbline.web.settings import documents, entering, views

urlpatterns = [
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("settings/", views.settings, name="settings"),
    path("settings/<slug:register>/<str:urn>/", views.setting, name="setting"),
    path("settings/<slug:register>/<str:urn>/judgement/", entering.judgement, name="setting_judgement"),
    path("settings/<slug:register>/<str:urn>/notice/", entering.notice, name="setting_notice"),
    path("settings/<slug:register>/<str:urn>/unregistered/", entering.unregistered, name="setting_unregistered"),
    path("settings/<slug:register>/<str:urn>/<slug:section>/", views.setting, name="setting_section"),
]
