from django.urls import path

from plumbline.web.imports import views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.new_import, name="import_new"),
    path("imports/<int:import_id>/", views.one_import, name="import"),
    path("imports/uploads/", views.uploads, name="uploads"),
    path("imports/uploads/<int:upload_id>/", views.upload, name="upload"),
    path("imports/uploads/<int:upload_id>/look/", views.look, name="upload_look"),
    path("imports/uploads/<int:upload_id>/take/", views.take, name="upload_take"),
]
