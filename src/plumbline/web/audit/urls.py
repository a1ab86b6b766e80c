from django.urls import path

from plumbline.web.audit import views

urlpatterns = [path("audit/", views.audit, name="governance")]
