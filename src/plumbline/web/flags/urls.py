from django.urls import path

from plumbline.web.flags import views

urlpatterns = [
    path("flags/", views.flags, name="flags"),
    path("flags/read/", views.read_all, name="flags_read"),
    path("flags/<int:flag_id>/", views.flag, name="flag"),
    path("flags/<int:flag_id>/acknowledge/", views.acknowledge, name="flag_acknowledge"),
    path("flags/<int:flag_id>/close/", views.close, name="flag_close"),
    path("flags/<int:flag_id>/steps/<int:step_id>/", views.step, name="flag_step"),
]
