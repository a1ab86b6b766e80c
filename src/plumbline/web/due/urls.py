from django.urls import path

from plumbline.web.due import views

urlpatterns = [
    path("", views.my_work, name="my_work"),
    path("work/<slug:matter_type>/<int:matter_id>/put-off/", views.put_off, name="put_off"),
    path("work/<slug:matter_type>/<int:matter_id>/take-up/", views.take_up, name="take_up"),
    path("work/came-back/<int:pk>/", views.read, name="read_back"),
]
