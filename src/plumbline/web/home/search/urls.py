from django.urls import path

from plumbline.web.home.search import views

urlpatterns = [path("search/", views.search, name="search")]
