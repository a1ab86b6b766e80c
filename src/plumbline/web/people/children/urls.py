from django.urls import path

from plumbline.web.people.children import views

urlpatterns = [
    path("children/", views.children, name="children"),
    path("children/<int:child_id>/", views.child, name="child"),
    path("children/<int:child_id>/<slug:section>/", views.child, name="child_section"),
]
