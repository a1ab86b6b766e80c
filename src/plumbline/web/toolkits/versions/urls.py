from django.urls import path

from plumbline.web.toolkits.versions import views, writing

urlpatterns = [
    path("toolkits/", views.toolkits, name="toolkits"),
    path("toolkits/new/", writing.new_toolkit, name="toolkit_new"),
    path("toolkits/<int:toolkit_id>/", views.toolkit, name="toolkit"),
    path("toolkits/versions/<int:version_id>/", views.version, name="toolkit_version"),
    path("toolkits/versions/<int:version_id>/file/", views.version_file, name="toolkit_file"),
    path("toolkits/versions/<int:version_id>/compare/", views.compare, name="toolkit_compare"),
    path("toolkits/versions/<int:version_id>/copy/", writing.copy, name="toolkit_copy"),
    path("toolkits/versions/<int:version_id>/edit/", writing.edit, name="toolkit_edit"),
    path("toolkits/versions/<int:version_id>/publish/", writing.publish, name="toolkit_publish"),
    path("toolkits/versions/<int:version_id>/withdraw/", writing.withdraw, name="toolkit_withdraw"),
]
