from django.urls import path

from plumbline.web.ofsted.settings import entering, provider, unregistered, views

urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/record/", entering.record, name="setting_record"),
    path("settings/unregistered/", unregistered.uses, name="settings_unregistered"),
    path("settings/<slug:register>/<str:urn>/", views.setting, name="setting"),
    path("settings/<slug:register>/<str:urn>/judgement/", entering.judgement, name="setting_judgement"),
    path("settings/<slug:register>/<str:urn>/notice/", entering.notice, name="setting_notice"),
    path(
        "settings/<slug:register>/<str:urn>/notices/<int:notice_id>/end/",
        entering.end_notice,
        name="setting_notice_end",
    ),
    path("settings/<slug:register>/<str:urn>/unregistered/", unregistered.record, name="setting_unregistered"),
    path("settings/<slug:register>/<str:urn>/unregistered/end/", unregistered.end, name="setting_unregistered_end"),
    path("settings/<slug:register>/<str:urn>/provider/", provider.contact, name="setting_provider"),
    path("settings/<slug:register>/<str:urn>/<slug:section>/", views.setting, name="setting_section"),
]
