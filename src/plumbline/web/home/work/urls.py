from django.urls import path

from plumbline.web.home.work import views

urlpatterns = [path("", views.my_work, name="my_work")]
