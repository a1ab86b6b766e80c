from django.urls import path

from plumbline.web.home.about import views

urlpatterns = [
    path("council.css", views.council_stylesheet, name="council_stylesheet"),
    path("about/accessibility/", views.accessibility, name="accessibility"),
    path("about/glossary/", views.glossary, name="glossary"),
    path("about/sources/", views.sources, name="sources"),
]
