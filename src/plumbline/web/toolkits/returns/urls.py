from django.urls import path

from plumbline.web.toolkits.returns import answering, evidence, files, handing_in, judging, reading, views

urlpatterns = [
    path("returns/", views.returns_list, name="returns"),
    path("returns/new/", views.new, name="return_new"),
    path("returns/<int:return_id>/", views.one, name="return"),
    path("returns/<int:return_id>/people/", views.people, name="return_people"),
    path("returns/<int:return_id>/cancel/", views.cancel, name="return_cancel"),
    path("returns/<int:return_id>/check/", handing_in.check, name="return_check"),
    path("returns/<int:return_id>/excel/", files.excel, name="return_excel"),
    path("returns/<int:return_id>/excel/back/", files.back, name="return_back"),
    path("returns/<int:return_id>/paper/", files.paper, name="return_paper"),
    path("returns/<int:return_id>/moderate/", judging.moderate, name="return_moderate"),
    path(
        "returns/<int:return_id>/moderate/<slug:section_key>/",
        judging.moderate_section,
        name="return_moderate_section",
    ),
    path("returns/<int:return_id>/send-back/", judging.send_back, name="return_send_back"),
    path("returns/<int:return_id>/sign-off/", judging.sign_off, name="return_sign_off"),
    path("returns/<int:return_id>/evidence/<slug:criterion_key>/", evidence.evidence, name="return_evidence"),
    path("returns/<int:return_id>/sections/<slug:section_key>/", reading.section, name="return_section"),
    path(
        "returns/<int:return_id>/sections/<slug:section_key>/whole/",
        answering.whole_section,
        name="return_section_whole",
    ),
    path("returns/<int:return_id>/questions/<slug:criterion_key>/", answering.question, name="return_question"),
    path("returns/<int:return_id>/draft/", answering.draft, name="return_draft"),
]
