from django.urls import path

from plumbline.web.evidence import law, views

urlpatterns = [
    path("documents/", views.documents, name="documents"),
    path("documents/new/", views.give, name="document_new"),
    path("documents/<int:pk>/", views.document, name="document"),
    path("documents/<int:pk>/about/", views.page, name="document_page"),
    path("documents/<int:pk>/replace/", views.replace, name="document_replace"),
    path("documents/<int:pk>/withdraw/", views.withdraw, name="document_withdraw"),
    path("documents/<int:pk>/let-open/", views.let_open, name="document_let_open"),
    path("law-changes/", law.changes, name="law_changes"),
    path("law-changes/new/", law.enter, name="law_change_new"),
    path("law-changes/<int:pk>/", law.change, name="law_change"),
    path("law-changes/<int:pk>/withdraw/", law.withdraw, name="law_change_withdraw"),
]
